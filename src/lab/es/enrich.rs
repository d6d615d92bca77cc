//! Enrich policies: create, look at, execute, delete. Executing one is noted;
//! there is no index of it to look things up in.

use serde_json::{Map, Value, json};

use crate::lab::rest::{Answer, Answered, Call, Method, Route, fits};
use crate::lab::store::{Collection, Store};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::failure::Failure;
use crate::model::reference;

use super::bodies::{texts, unknown_field};
use super::indices::resolve;

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_enrich/policy", get),
    Route::new(Method::Get, "/_enrich/policy/{id}", get),
    Route::new(Method::Put, "/_enrich/policy/{id}", put),
    Route::new(Method::Delete, "/_enrich/policy/{id}", delete),
    Route::new(Method::Put, "/_enrich/policy/{id}/_execute", execute),
    Route::new(Method::Post, "/_enrich/policy/{id}/_execute", execute),
    Route::new(Method::Get, "/_enrich/_stats", stats),
];

/// The types of policies, and the version that came with each.
const TYPES: [(&str, u32, u32); 3] = [("match", 7, 5), ("geo_match", 7, 5), ("range", 7, 16)];

/// What every policy has.
const REQUIRED: [&str; 3] = ["indices", "match_field", "enrich_fields"];

fn put(call: &Call) -> Answered {
    let id = call.path("id");
    let body = call.body()?.map()?;
    call.params.accept(&["master_timeout"]);
    call.begin("cluster:admin/xpack/enrich/put")?;
    let (kind, policy) = parsed(call, &body)?;
    call.cluster.change(|store| {
        if store.has(&Collection::EnrichPolicies, id) {
            return Err(Failure::new(
                400,
                "resource_already_exists_exception",
                format!("policy [{id}] already exists"),
            ));
        }
        for index in texts(policy.get("indices")) {
            resolve(store, &index)?;
        }
        let config = json!({kind: policy});
        store.put(&Collection::EnrichPolicies, id, json!({"config": config}));
        Ok(Answer::acknowledged())
    })
}

/// The one type of the policy and what it says, with lists where one name was given.
fn parsed<'b>(call: &Call, body: &'b Value) -> Result<(&'b str, Value), Failure> {
    let keys: Vec<&String> = body.as_object().into_iter().flat_map(Map::keys).collect();
    let [kind] = keys.as_slice() else {
        return Err(Failure::illegal_argument(
            "required one policy type, found another number of them",
        ));
    };
    let known = TYPES.iter().find(|(name, ..)| name == kind);
    if !known.is_some_and(|(_, major, minor)| call.profile().since(*major, *minor)) {
        return Err(Failure::illegal_argument(format!(
            "unsupported policy type [{kind}], supported types are [match, geo_match, range]"
        )));
    }
    let mut policy = body.get(kind.as_str()).cloned().unwrap_or_default();
    for key in REQUIRED {
        if policy.get(key).is_none() {
            return Err(Failure::illegal_argument(format!("Required [{key}]")));
        }
    }
    let mut keys = policy.as_object().into_iter().flat_map(Map::keys);
    if let Some(key) = keys.find(|key| *key != "query" && !REQUIRED.contains(&key.as_str())) {
        return Err(unknown_field("policy", key));
    }
    for key in ["indices", "enrich_fields"] {
        policy[key] = json!(texts(policy.get(key)));
    }
    Ok((kind, policy))
}

/// An empty list, not a 404, where there is none.
fn get(call: &Call) -> Answered {
    call.params.accept(&["master_timeout"]);
    call.begin("cluster:admin/xpack/enrich/get")?;
    let expression = call.path("id");
    let store = call.cluster.read();
    let policies: Vec<Value> = store
        .sorted(&Collection::EnrichPolicies)
        .into_iter()
        .filter(|(id, _)| expression.is_empty() || expression.split(',').any(|part| fits(part, id)))
        .map(|(id, stored)| json!({"config": shown(id, stored)}))
        .collect();
    Ok(Answer::ok(json!({"policies": policies})))
}

/// A policy with its name.
fn shown(id: &str, stored: &Value) -> Value {
    let mut config = stored.get("config").cloned().unwrap_or_default();
    for (_, policy) in config.as_object_mut().into_iter().flatten() {
        policy["name"] = json!(id);
    }
    config
}

fn execute(call: &Call) -> Answered {
    let id = call.path("id");
    let wait = call.params.flag("wait_for_completion", true)?;
    call.params.accept(&["master_timeout"]);
    call.begin("cluster:admin/xpack/enrich/execute")?;
    call.cluster.change(|store| {
        let stored = store.get(&Collection::EnrichPolicies, id).cloned();
        let mut stored = stored.ok_or_else(|| {
            Failure::new(
                404,
                "resource_not_found_exception",
                format!("policy [{id}] does not exist"),
            )
        })?;
        stored["executed"] = json!(true);
        store.put(&Collection::EnrichPolicies, id, stored);
        Ok(Answer::ok(if wait {
            json!({"status": {"phase": "COMPLETE"}})
        } else {
            json!({"task": "practice:1"})
        }))
    })
}

/// Executions end before anybody can see them here; the counters of lookups are left
/// out.
fn stats(call: &Call) -> Answered {
    call.params.accept(&["master_timeout"]);
    call.begin("cluster:admin/xpack/enrich/stats")?;
    Ok(Answer::ok(
        json!({"executing_policies": [], "coordinator_stats": []}),
    ))
}

fn delete(call: &Call) -> Answered {
    let id = call.path("id");
    call.params.accept(&["master_timeout"]);
    call.begin("cluster:admin/xpack/enrich/delete")?;
    call.cluster.change(|store| {
        if !store.has(&Collection::EnrichPolicies, id) {
            return Err(Failure::new(
                404,
                "resource_not_found_exception",
                format!("policy [{id}] not found"),
            ));
        }
        let policy = ArtifactId::new(ArtifactKind::Enrich, id);
        let users: Vec<&str> = store
            .sorted(&Collection::Pipelines)
            .into_iter()
            .filter(|(_, pipeline)| reference::of_pipeline(pipeline).contains(&policy))
            .map(|(user, _)| user)
            .collect();
        if !users.is_empty() {
            return Err(Failure::new(
                409,
                "status_exception",
                format!(
                    "Could not delete policy [{id}] because a pipeline is referencing it [{}]",
                    users.join(", ")
                ),
            ));
        }
        store.remove(&Collection::EnrichPolicies, id);
        Ok(Answer::acknowledged())
    })
}

/// A pipeline can only look things up in policies that were executed.
pub(super) fn check_policies(store: &Store, pipeline: &Value) -> Result<(), Failure> {
    for artifact in reference::of_pipeline(pipeline) {
        let executed = || {
            let stored = store.get(&Collection::EnrichPolicies, &artifact.id)?;
            stored.get("executed")
        };
        if artifact.kind == ArtifactKind::Enrich && executed().is_none() {
            return Err(Failure::illegal_argument(format!(
                "no enrich index exists for policy with name [{}]",
                artifact.id
            )));
        }
    }
    Ok(())
}
