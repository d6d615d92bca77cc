//! `/api/detection_engine`: detection rules one by one, and the way to the others.

use serde_json::{Value, json};

use crate::lab::profile::Feature;
use crate::lab::store::Collection;

use super::error::{Fault, security};
use super::query::{
    Name, check_allowed, check_signals_index, forget, has_signals_index, keep, signals_key,
};
use super::rule::{complete, patched};
use super::rule_check::{check, check_values};
use super::{Answered, Reply, Visit, bulk, find, import, not_found};

/// Finds the API below `/api/detection_engine`.
pub(super) fn route(visit: &Visit, rest: &[&str]) -> Answered {
    let profile = visit.cluster.profile();
    match (visit.request.method.as_str(), rest) {
        ("POST", ["rules"]) => create(visit, &visit.json()?).map(Reply::ok),
        ("PUT", ["rules"]) => replace(visit, &visit.json()?).map(Reply::ok),
        ("PATCH", ["rules"]) => patch(visit, &visit.json()?).map(Reply::ok),
        ("GET", ["rules"]) => get(visit),
        ("DELETE", ["rules"]) => delete(visit, &named_in_query(visit)?).map(Reply::ok),
        ("GET", ["rules", "_find"]) => find::find(visit),
        ("POST", ["rules", "_import"]) => import::import(visit),
        ("POST", ["rules", "_export"]) => import::export(visit),
        ("POST", ["rules", "_bulk_action"]) if profile.has(Feature::RuleBulkAction) => {
            bulk::action(visit)
        }
        (method, ["rules", verb]) if profile.has(Feature::RuleBulkVerbs) => {
            bulk::verb(visit, method, verb)
        }
        ("GET", ["tags"]) => find::tags(visit),
        ("POST", ["index"]) => create_index(visit),
        ("GET", ["index"]) => get_index(visit),
        ("GET", ["privileges"]) => Ok(Reply::ok(json!({
            "username": visit.username(),
            "is_authenticated": true,
            "has_all_requested": true,
            "has_encryption_key": true,
        }))),
        _ => Err(not_found()),
    }
}

/// Creates a rule.
pub(super) fn create(visit: &Visit, body: &Value) -> Result<Value, Fault> {
    check(visit.cluster.profile(), body)?;
    check_allowed(visit, body)?;
    check_signals_index(visit)?;
    if let Some(rule_id) = body.get("rule_id").and_then(Value::as_str) {
        let name = Name::RuleId(rule_id.to_owned());
        if name.find(&visit.cluster.read(), &visit.space).is_some() {
            return Err(security(
                409,
                format!("rule_id: \"{rule_id}\" already exists"),
            ));
        }
    }
    let rule = complete(visit, body, None);
    keep(visit, &rule)?;
    Ok(rule)
}

fn stored(visit: &Visit, name: &Name) -> Result<Value, Fault> {
    let found = name.find(&visit.cluster.read(), &visit.space);
    found.ok_or_else(|| name.missing())
}

/// Puts a whole rule in another's place: what the body does not say is reset.
pub(super) fn replace(visit: &Visit, body: &Value) -> Result<Value, Fault> {
    check(visit.cluster.profile(), body)?;
    let name = Name::in_body(body)?;
    check_allowed(visit, body)?;
    let old = stored(visit, &name)?;
    let rule = complete(visit, body, Some(&old));
    keep(visit, &rule)?;
    Ok(rule)
}

/// Changes parts of a rule.
pub(super) fn patch(visit: &Visit, body: &Value) -> Result<Value, Fault> {
    check_values(visit.cluster.profile(), body)?;
    let name = Name::in_body(body)?;
    let old = stored(visit, &name)?;
    let rule = patched(visit, &old, body);
    check(visit.cluster.profile(), &without_own(&rule))?;
    check_allowed(visit, &rule)?;
    keep(visit, &rule)?;
    Ok(rule)
}

/// A stored rule as a body: without what only Kibana sets.
pub(super) fn without_own(rule: &Value) -> Value {
    let mut body = rule.clone();
    if let Some(members) = body.as_object_mut() {
        for key in [
            "created_at",
            "created_by",
            "updated_at",
            "updated_by",
            "revision",
            "rule_source",
            "immutable",
        ] {
            members.shift_remove(key);
        }
    }
    body
}

fn named_in_query(visit: &Visit) -> Result<Name, Fault> {
    Name::of(visit.request.param("id"), visit.request.param("rule_id"))
}

fn get(visit: &Visit) -> Answered {
    stored(visit, &named_in_query(visit)?).map(Reply::ok)
}

/// Deletes a rule and answers what it was.
pub(super) fn delete(visit: &Visit, name: &Name) -> Result<Value, Fault> {
    let rule = stored(visit, name)?;
    forget(visit, &rule)?;
    Ok(rule)
}

fn create_index(visit: &Visit) -> Answered {
    visit.cluster.change(|store| {
        store.put(
            &Collection::Cluster,
            &signals_key(&visit.space),
            json!(true),
        );
        Ok(())
    })?;
    Ok(Reply::ok(json!({"acknowledged": true})))
}

fn get_index(visit: &Visit) -> Answered {
    let old = visit.cluster.profile().has(Feature::SignalsIndex);
    if old && !has_signals_index(visit) {
        return Err(security(404, "index for this space does not exist"));
    }
    let prefix = if old {
        ".siem-signals"
    } else {
        ".alerts-security.alerts"
    };
    Ok(Reply::ok(
        json!({"name": format!("{prefix}-{}", visit.space), "index_mapping_outdated": false}),
    ))
}
