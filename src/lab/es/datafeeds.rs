//! Datafeeds: what brings documents to a job.

use serde_json::{Map, Value, json};

use crate::lab::profile::Feature;
use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::security::Subject;
use crate::lab::store::{Collection, Store};
use crate::model::datafeed::{Datafeed, check_with_job, update as apply_update};
use crate::model::failure::Failure;
use crate::model::job::Job;
use crate::model::json_text;
use crate::model::xcontent::{self, Takes};

use super::ids::stored;
use super::indices::matching;
use super::job_stats::node;
use super::jobs::{allow_no_match, no_job};

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_ml/datafeeds", get),
    Route::new(Method::Get, "/_ml/datafeeds/{datafeed_id}", get),
    Route::new(Method::Put, "/_ml/datafeeds/{datafeed_id}", put),
    Route::new(Method::Delete, "/_ml/datafeeds/{datafeed_id}", delete),
    Route::new(Method::Get, "/_ml/datafeeds/_stats", get_stats),
    Route::new(
        Method::Get,
        "/_ml/datafeeds/{datafeed_id}/_stats",
        get_stats,
    ),
    Route::new(Method::Post, "/_ml/datafeeds/{datafeed_id}/_update", update),
    Route::new(Method::Post, "/_ml/datafeeds/{datafeed_id}/_start", start),
    Route::new(Method::Post, "/_ml/datafeeds/{datafeed_id}/_stop", stop),
];

/// How a datafeed's indices are resolved; its body says it as well.
const INDEX_OPTIONS: [&str; 4] = [
    "ignore_unavailable",
    "allow_no_indices",
    "ignore_throttled",
    "expand_wildcards",
];

/// The datafeed of a job.
pub(super) fn of_job<'a>(store: &'a Store, job: &str) -> Option<(&'a str, &'a Value)> {
    store
        .all(&Collection::Datafeeds)
        .find(|(_, feed)| feed.get("job_id").and_then(Value::as_str) == Some(job))
}

fn missing(id: &str) -> Failure {
    Failure::new(
        404,
        "resource_not_found_exception",
        format!("No datafeed with id [{id}] exists"),
    )
}

fn conflict(reason: String) -> Failure {
    Failure::new(409, "status_exception", reason)
}

/// Refuses a new datafeed that clashes with what is there; `newcomer` is a job
/// that is created in the same call.
pub(super) fn check_new(
    store: &Store,
    id: &str,
    job: &str,
    newcomer: Option<&str>,
) -> Result<(), Failure> {
    if newcomer != Some(job) && !store.has(&Collection::Jobs, job) {
        return Err(no_job(job));
    }
    if let Some((other, _)) = of_job(store, job) {
        return Err(conflict(format!(
            "A datafeed [{other}] already exists for job [{job}]"
        )));
    }
    if store.has(&Collection::Datafeeds, id) {
        return Err(Failure::new(
            400,
            "resource_already_exists_exception",
            format!("A datafeed with id [{id}] already exists"),
        ));
    }
    Ok(())
}

/// The datafeed inside a job's body: its id and stored form.
pub(super) fn inline(call: &Call, job: &str, body: &Value) -> Result<(String, Value), Failure> {
    let mut body = body.clone();
    let id = body
        .get("datafeed_id")
        .and_then(Value::as_str)
        .unwrap_or(job)
        .to_owned();
    if let Some(members) = body.as_object_mut() {
        members.entry("job_id").or_insert_with(|| json!(job));
    }
    let config = Datafeed::create(
        &id,
        &json_text::parse(&body.to_string()),
        call.profile().api(),
    )?;
    may_read(call, &id, &config.indices)?;
    Ok((id, config.to_json()))
}

fn put(call: &Call) -> Answered {
    let id = call.path("datafeed_id");
    let body = call.body()?;
    let config = Datafeed::create(id, body.node(), call.profile().api())?;
    call.params.accept(&INDEX_OPTIONS);
    call.begin("cluster:admin/xpack/ml/datafeeds/put")?;
    call.cluster.require_ml_license()?;
    may_read(call, id, &config.indices)?;
    let stored = config.to_json();
    let job_id = config.job_id.clone().unwrap_or_default();
    call.cluster.change(|store| {
        check_new(store, id, &job_id, None)?;
        check_with_job(&config, &stored_job(call, store, &job_id)?)?;
        store.put(&Collection::Datafeeds, id, stored.clone());
        Ok(())
    })?;
    let mut answer = stored;
    if let (Some(subject), true) = (&call.subject, call.profile().since(7, 16)) {
        answer["authorization"] = authorization(subject);
    }
    Ok(Answer::ok(answer))
}

/// A job of the store as the model reads it.
fn stored_job(call: &Call, store: &Store, id: &str) -> Result<Job, Failure> {
    let job = store.get(&Collection::Jobs, id).ok_or_else(|| no_job(id))?;
    Job::read(&json_text::parse(&job.to_string()), call.profile().api())
}

/// As whom a datafeed will run.
fn authorization(subject: &Subject) -> Value {
    match &subject.api_key {
        Some(key) => json!({"api_key": {"id": key.id, "name": key.name}}),
        None => json!({"roles": subject.roles}),
    }
}

/// A datafeed runs as its creator, who must be able to read its indices.
fn may_read(call: &Call, id: &str, indices: &[String]) -> Result<(), Failure> {
    let Some(subject) = &call.subject else {
        return Ok(());
    };
    let search = "indices:data/read/search";
    let denied: Map<String, Value> = indices
        .iter()
        .filter(|index| !subject.allows_on(search, index))
        .map(|index| (index.clone(), json!({search: false})))
        .collect();
    if denied.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        403,
        "security_exception",
        format!(
            "Cannot create datafeed [{id}] because user {} lacks permissions on the indices: {}",
            subject.username,
            Value::Object(denied)
        ),
    ))
}

fn expand<'a>(
    store: &'a Store,
    expression: &str,
    allow: bool,
) -> Result<Vec<(&'a str, &'a Value)>, Failure> {
    stored(store, &Collection::Datafeeds, expression, allow).map_err(|id| missing(&id))
}

fn get(call: &Call) -> Answered {
    let allow = allow_no_match(call, "allow_no_datafeeds")?;
    let exported =
        call.has(Feature::ExcludeGenerated) && call.params.flag("exclude_generated", false)?;
    call.begin("cluster:monitor/xpack/ml/datafeeds/get")?;
    let store = call.cluster.read();
    let feeds: Vec<Value> = expand(&store, call.path("datafeed_id"), allow)?
        .into_iter()
        .map(|(_, feed)| {
            let mut feed = feed.clone();
            if exported && let Some(members) = feed.as_object_mut() {
                members.shift_remove("datafeed_id");
                members.shift_remove("authorization");
            }
            feed
        })
        .collect();
    Ok(Answer::ok(
        json!({"count": feeds.len(), "datafeeds": feeds}),
    ))
}

fn get_stats(call: &Call) -> Answered {
    let allow = allow_no_match(call, "allow_no_datafeeds")?;
    call.begin("cluster:monitor/xpack/ml/datafeeds/stats/get")?;
    let store = call.cluster.read();
    let feeds: Vec<Value> = expand(&store, call.path("datafeed_id"), allow)?
        .into_iter()
        .map(|(id, feed)| stats(call, id, feed, store.has(&Collection::DatafeedTasks, id)))
        .collect();
    Ok(Answer::ok(
        json!({"count": feeds.len(), "datafeeds": feeds}),
    ))
}

fn stats(call: &Call, id: &str, feed: &Value, started: bool) -> Value {
    let mut stats =
        json!({"datafeed_id": id, "state": if started { "started" } else { "stopped" }});
    if started {
        stats["node"] = node(call);
        stats["assignment_explanation"] = json!("");
    }
    stats["timing_stats"] = json!({
        "job_id": feed.get("job_id"),
        "search_count": 0,
        "bucket_count": 0,
        "total_search_time_ms": 0.0,
        "exponential_average_search_time_per_hour_ms": 0.0,
    });
    if started && call.profile().since(8, 0) {
        stats["running_state"] = json!({"real_time_configured": true, "real_time_running": true});
    }
    stats
}

fn update(call: &Call) -> Answered {
    let id = call.path("datafeed_id");
    let body = call.body()?;
    let version = call.profile().api();
    call.params.accept(&INDEX_OPTIONS);
    call.begin("cluster:admin/xpack/ml/datafeeds/update")?;
    call.cluster.change(|store| {
        let stored = store
            .get(&Collection::Datafeeds, id)
            .ok_or_else(|| missing(id))?;
        let updated = apply_update(stored, body.node(), version)?;
        if store.has(&Collection::DatafeedTasks, id) {
            return Err(conflict(format!(
                "Cannot update datafeed [{id}] while its status is started"
            )));
        }
        store.put(&Collection::Datafeeds, id, updated.clone());
        Ok(Answer::ok(updated))
    })
}

fn delete(call: &Call) -> Answered {
    let id = call.path("datafeed_id");
    let force = call.params.flag("force", false)?;
    call.params.accept(&["timeout", "master_timeout"]);
    call.begin("cluster:admin/xpack/ml/datafeeds/delete")?;
    call.cluster.change(|store| {
        if !store.has(&Collection::Datafeeds, id) {
            return Err(missing(id));
        }
        if store.has(&Collection::DatafeedTasks, id) && !force {
            return Err(conflict(format!(
                "Cannot delete datafeed [{id}] while its status is started"
            )));
        }
        store.remove(&Collection::DatafeedTasks, id);
        store.remove(&Collection::Datafeeds, id);
        Ok(Answer::acknowledged())
    })
}

fn start(call: &Call) -> Answered {
    let id = call.path("datafeed_id");
    if let Some(body) = call.optional_body() {
        let fields = [
            ("datafeed_id", Takes::String),
            ("start", Takes::Scalar),
            ("end", Takes::Scalar),
            ("timeout", Takes::String),
        ];
        xcontent::object(body.node(), "datafeed_params", &fields, |_, _| Ok(()))?;
    }
    call.params.accept(&["start", "end", "timeout"]);
    call.begin("cluster:admin/xpack/ml/datafeed/start")?;
    call.cluster.require_ml_license()?;
    let node = call.cluster.identity("node_id");
    call.cluster.change(|store| {
        let feed = store
            .get(&Collection::Datafeeds, id)
            .ok_or_else(|| missing(id))?;
        let job_id = feed
            .get("job_id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let job = store
            .get(&Collection::Jobs, job_id)
            .ok_or_else(|| no_job(job_id))?;
        let state = store
            .get(&Collection::JobTasks, job_id)
            .and_then(|task| task.get("state")?.as_str());
        if state != Some("opened") {
            let state = state.unwrap_or("closed");
            return Err(conflict(format!(
                "cannot start datafeed [{id}] because job [{job_id}] is {state}"
            )));
        }
        if store.has(&Collection::DatafeedTasks, id) {
            return Err(conflict(format!(
                "cannot start datafeed [{id}] because it has already been started"
            )));
        }
        let time_field = job
            .pointer("/data_description/time_field")
            .and_then(Value::as_str)
            .unwrap_or("time");
        if !is_mapped(store, feed, time_field) {
            return Err(Failure::bad_request(format!(
                "[{id}] cannot retrieve field [{time_field}] because it has no mappings"
            )));
        }
        store.put(&Collection::DatafeedTasks, id, json!({"state": "started"}));
        Ok(Answer::ok(json!({"started": true, "node": node})))
    })
}

/// Whether some index of the datafeed has a mapping for a field.
fn is_mapped(store: &Store, feed: &Value, field: &str) -> bool {
    let patterns = feed.get("indices").and_then(Value::as_array);
    let pointer = format!(
        "/mappings/properties/{}",
        field.replace('.', "/properties/")
    );
    patterns
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .flat_map(|pattern| matching(store, pattern))
        .any(|(_, index)| index.pointer(&pointer).is_some())
}

fn stop(call: &Call) -> Answered {
    let allow = allow_no_match(call, "allow_no_datafeeds")?;
    call.params.flag("force", false)?;
    call.params.accept(&["timeout"]);
    if call.profile().since(9, 3) {
        call.params.accept(&["close_job"]);
    }
    if let Some(body) = call.optional_body() {
        let fields = [
            ("datafeed_id", Takes::String),
            ("timeout", Takes::String),
            ("force", Takes::Boolean),
            ("allow_no_datafeeds", Takes::Boolean),
            ("allow_no_match", Takes::Boolean),
            ("close_job", Takes::Boolean),
        ];
        xcontent::object(
            body.node(),
            "cluster:admin/xpack/ml/datafeed/stop",
            &fields,
            |_, _| Ok(()),
        )?;
    }
    call.begin("cluster:admin/xpack/ml/datafeed/stop")?;
    call.cluster.change(|store| {
        let ids: Vec<String> = expand(store, call.path("datafeed_id"), allow)?
            .into_iter()
            .map(|(id, _)| id.to_owned())
            .collect();
        for id in ids {
            store.remove(&Collection::DatafeedTasks, &id);
        }
        Ok(Answer::ok(json!({"stopped": true})))
    })
}
