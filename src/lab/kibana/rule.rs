//! A detection rule as Kibana keeps and shows it.

use serde_json::{Map, Value, json};

use crate::lab::profile::Profile;
use crate::lab::random;
use crate::model::time::rfc3339_millis;

use super::Visit;

/// Keys that only Kibana sets.
const OWN: [&str; 9] = [
    "id",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "revision",
    "immutable",
    "rule_source",
    "execution_summary",
];

/// A whole rule out of a body: what it does not say has its default. `old` is the
/// rule that it takes the place of.
pub(super) fn complete(visit: &Visit, body: &Value, old: Option<&Value>) -> Value {
    let profile = visit.cluster.profile();
    let now = rfc3339_millis(visit.cluster.now());
    let mut rule = Map::new();
    let kept = |key: &str, fresh: Value| old.and_then(|old| old.get(key).cloned()).unwrap_or(fresh);
    rule.insert("id".into(), kept("id", json!(random::uuid())));
    rule.insert("updated_at".into(), json!(now));
    rule.insert("updated_by".into(), json!(visit.username()));
    rule.insert("created_at".into(), kept("created_at", json!(now)));
    rule.insert(
        "created_by".into(),
        kept("created_by", json!(visit.username())),
    );
    let kind = body.get("type").and_then(Value::as_str).unwrap_or_default();
    let given = |key: &str| body.get(key).filter(|value| !value.is_null()).cloned();
    for key in ["name", "description", "risk_score", "severity", "type"] {
        rule.insert(key.into(), given(key).unwrap_or_default());
    }
    for (key, default) in defaults(profile) {
        rule.insert(key.into(), given(key).unwrap_or(default));
    }
    let rule_id = given("rule_id").or_else(|| old.and_then(|old| old.get("rule_id").cloned()));
    rule.insert(
        "rule_id".into(),
        rule_id.unwrap_or_else(|| json!(random::uuid())),
    );
    rule.insert(
        "version".into(),
        given("version").unwrap_or_else(|| next_version(old)),
    );
    for (key, default) in of_kind(kind) {
        rule.insert(key.into(), given(key).unwrap_or(default));
    }
    if let Some(Value::String(job)) = given("machine_learning_job_id")
        && profile.since(7, 10)
    {
        rule.insert("machine_learning_job_id".into(), json!([job]));
    }
    for (key, value) in body.as_object().into_iter().flatten() {
        if !rule.contains_key(key) && !OWN.contains(&key.as_str()) && !value.is_null() {
            rule.insert(key.clone(), value.clone());
        }
    }
    rule.insert("immutable".into(), kept("immutable", json!(false)));
    if profile.since(8, 8) {
        let revision = old
            .and_then(|old| old.get("revision")?.as_u64())
            .map_or(0, |revision| revision + 1);
        rule.insert("revision".into(), json!(revision));
    }
    if profile.since(8, 16) {
        rule.insert("rule_source".into(), json!({"type": "internal"}));
    }
    Value::Object(rule)
}

fn next_version(old: Option<&Value>) -> Value {
    match old.and_then(|old| old.get("version")?.as_u64()) {
        Some(version) => json!(version + 1),
        None => json!(1),
    }
}

/// What a rule of any kind has when its body does not say.
fn defaults(profile: &Profile) -> Vec<(&'static str, Value)> {
    let mut defaults = vec![
        ("enabled", json!(true)),
        ("interval", json!("5m")),
        ("from", json!("now-6m")),
        ("to", json!("now")),
        ("tags", json!([])),
        ("author", json!([])),
        ("false_positives", json!([])),
        ("references", json!([])),
        ("max_signals", json!(100)),
        ("threat", json!([])),
        ("actions", json!([])),
        ("exceptions_list", json!([])),
        ("risk_score_mapping", json!([])),
        ("severity_mapping", json!([])),
    ];
    if profile.since(8, 1) {
        defaults.push(("related_integrations", json!([])));
        defaults.push(("required_fields", json!([])));
        defaults.push(("setup", json!("")));
    }
    if profile.since(8, 0) {
        defaults.push(("output_index", json!("")));
    } else {
        defaults.push(("throttle", json!("no_actions")));
    }
    defaults
}

/// What the kinds have besides.
fn of_kind(kind: &str) -> Vec<(&'static str, Value)> {
    match kind {
        "query" | "saved_query" | "threshold" | "threat_match" | "new_terms" => {
            vec![("query", json!("")), ("language", json!("kuery"))]
        }
        _ => Vec::new(),
    }
}

/// A stored rule with the changes of a patch.
pub(super) fn patched(visit: &Visit, old: &Value, patch: &Value) -> Value {
    let mut body = old.clone();
    if let (Some(body), Some(patch)) = (body.as_object_mut(), patch.as_object()) {
        for key in OWN {
            body.shift_remove(key);
        }
        let same = patch
            .iter()
            .all(|(key, value)| OWN.contains(&key.as_str()) || body.get(key) == Some(value));
        if !same && !patch.contains_key("version") {
            body.shift_remove("version");
        }
        body.extend(patch.clone());
    }
    complete(visit, &body, Some(old))
}
