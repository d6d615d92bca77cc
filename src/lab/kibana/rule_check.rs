//! What Kibana checks of a detection rule ("Detections API" of the Elastic
//! Security guide).

use serde_json::Value;

use crate::lab::profile::Profile;

use super::error::{Fault, platform};

/// Kinds of rules and the first version that knows them.
const TYPES: [(&str, (u32, u32)); 8] = [
    ("query", (7, 9)),
    ("saved_query", (7, 9)),
    ("machine_learning", (7, 9)),
    ("threshold", (7, 9)),
    ("eql", (7, 10)),
    ("threat_match", (7, 10)),
    ("new_terms", (8, 4)),
    ("esql", (8, 11)),
];

/// Keys of all kinds of rules.
const KEYS: [&str; 47] = [
    "rule_id",
    "name",
    "description",
    "risk_score",
    "severity",
    "type",
    "enabled",
    "interval",
    "from",
    "to",
    "tags",
    "author",
    "license",
    "references",
    "false_positives",
    "max_signals",
    "meta",
    "note",
    "threat",
    "actions",
    "throttle",
    "version",
    "exceptions_list",
    "risk_score_mapping",
    "severity_mapping",
    "rule_name_override",
    "timestamp_override",
    "timestamp_override_fallback_disabled",
    "building_block_type",
    "output_index",
    "namespace",
    "timeline_id",
    "timeline_title",
    "outcome",
    "alias_target_id",
    "alias_purpose",
    "index",
    "data_view_id",
    "query",
    "language",
    "filters",
    "saved_id",
    "anomaly_threshold",
    "machine_learning_job_id",
    "threshold",
    "id",
    "immutable",
];

/// Keys that came later, or that belong to later kinds.
const LATER_KEYS: [(&str, (u32, u32)); 24] = [
    ("event_category_override", (7, 10)),
    ("threat_query", (7, 10)),
    ("threat_index", (7, 10)),
    ("threat_mapping", (7, 10)),
    ("threat_filters", (7, 10)),
    ("threat_language", (7, 10)),
    ("threat_indicator_path", (7, 12)),
    ("concurrent_searches", (7, 10)),
    ("items_per_search", (7, 10)),
    ("event_category_field", (8, 0)),
    ("tiebreaker_field", (8, 0)),
    ("timestamp_field", (8, 0)),
    ("related_integrations", (8, 1)),
    ("required_fields", (8, 1)),
    ("setup", (8, 1)),
    ("new_terms_fields", (8, 4)),
    ("history_window_start", (8, 4)),
    ("alert_suppression", (8, 6)),
    ("investigation_fields", (8, 10)),
    ("response_actions", (8, 4)),
    ("rule_source", (8, 16)),
    ("revision", (8, 8)),
    ("fields", (7, 10)),
    ("list", (7, 9)),
];

fn refused(what: &str) -> Fault {
    platform(400, format!("[request body]: {what}"))
}

/// Whether this version's validation is the newer one, which leaves unknown keys
/// out instead of refusing them (8.13 on).
fn lenient(profile: &Profile) -> bool {
    profile.since(8, 13)
}

fn is_known(profile: &Profile, key: &str) -> bool {
    KEYS.contains(&key)
        || LATER_KEYS
            .iter()
            .any(|(name, (major, minor))| *name == key && profile.since(*major, *minor))
}

/// Checks a whole rule.
pub(super) fn check(profile: &Profile, rule: &Value) -> Result<(), Fault> {
    let Some(members) = rule.as_object() else {
        return Err(refused("expected an object"));
    };
    check_type(profile, rule)?;
    for key in ["name", "description", "risk_score", "severity"] {
        if rule.get(key).is_none_or(Value::is_null) {
            return Err(missing(profile, key));
        }
    }
    check_values(profile, rule)?;
    check_kind(profile, rule)?;
    let unknown: Vec<&str> = members
        .keys()
        .map(String::as_str)
        .filter(|key| !is_known(profile, key))
        .collect();
    if unknown.is_empty() || lenient(profile) {
        return Ok(());
    }
    Err(refused(&format!("invalid keys \"{}\"", unknown.join(","))))
}

fn missing(profile: &Profile, key: &str) -> Fault {
    if lenient(profile) {
        refused(&format!("{key}: Required"))
    } else {
        refused(&format!(
            "Invalid value \"undefined\" supplied to \"{key}\""
        ))
    }
}

fn invalid(profile: &Profile, key: &str, value: &Value, expected: &str) -> Fault {
    if lenient(profile) {
        refused(&format!("{key}: {expected}"))
    } else {
        let shown = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        refused(&format!("Invalid value \"{shown}\" supplied to \"{key}\""))
    }
}

fn check_type(profile: &Profile, rule: &Value) -> Result<(), Fault> {
    let kind = rule.get("type").unwrap_or(&Value::Null);
    let known: Vec<&str> = TYPES
        .iter()
        .filter(|(_, (major, minor))| profile.since(*major, *minor))
        .map(|(name, _)| *name)
        .collect();
    if kind.as_str().is_some_and(|kind| known.contains(&kind)) {
        return Ok(());
    }
    if lenient(profile) {
        let names: Vec<String> = known.iter().map(|name| format!("'{name}'")).collect();
        let text = format!(
            "type: Invalid discriminator value. Expected {}",
            names.join(" | ")
        );
        return Err(refused(&text));
    }
    if kind.is_null() {
        return Err(missing(profile, "type"));
    }
    Err(invalid(profile, "type", kind, ""))
}

/// Values that are checked wherever they are given, in a patch too.
pub(super) fn check_values(profile: &Profile, rule: &Value) -> Result<(), Fault> {
    let given = |key: &str| rule.get(key).filter(|value| !value.is_null());
    for key in ["name", "description"] {
        if let Some(value) = given(key)
            && value.as_str().is_none_or(str::is_empty)
        {
            return Err(invalid(
                profile,
                key,
                value,
                "String must contain at least 1 character(s)",
            ));
        }
    }
    if let Some(score) = given("risk_score")
        && !score
            .as_i64()
            .is_some_and(|score| (0..=100).contains(&score))
    {
        return Err(invalid(
            profile,
            "risk_score",
            score,
            "Number must be between 0 and 100",
        ));
    }
    if let Some(severity) = given("severity")
        && !severity
            .as_str()
            .is_some_and(|text| ["low", "medium", "high", "critical"].contains(&text))
    {
        let expected = "Invalid enum value. Expected 'low' | 'medium' | 'high' | 'critical'";
        return Err(invalid(profile, "severity", severity, expected));
    }
    for key in ["enabled", "immutable"] {
        if let Some(value) = given(key)
            && !value.is_boolean()
        {
            return Err(invalid(profile, key, value, "Expected boolean"));
        }
    }
    for key in [
        "tags",
        "references",
        "false_positives",
        "author",
        "index",
        "exceptions_list",
        "threat",
        "actions",
    ] {
        if let Some(value) = given(key)
            && !value.is_array()
        {
            return Err(invalid(profile, key, value, "Expected array"));
        }
    }
    if let Some(threshold) = given("anomaly_threshold")
        && threshold.as_i64().is_none_or(|threshold| threshold < 0)
    {
        return Err(invalid(
            profile,
            "anomaly_threshold",
            threshold,
            "Number must be greater than or equal to 0",
        ));
    }
    Ok(())
}

/// What each kind needs.
fn check_kind(profile: &Profile, rule: &Value) -> Result<(), Fault> {
    let kind = rule.get("type").and_then(Value::as_str).unwrap_or_default();
    let needed: &[&str] = match kind {
        "machine_learning" => &["anomaly_threshold", "machine_learning_job_id"],
        "eql" | "esql" => &["query", "language"],
        "saved_query" => &["saved_id"],
        "threshold" => &["query", "threshold"],
        "threat_match" => &["query", "threat_query", "threat_mapping", "threat_index"],
        "new_terms" => &["query", "new_terms_fields", "history_window_start"],
        _ => &[],
    };
    match needed
        .iter()
        .find(|key| rule.get(**key).is_none_or(Value::is_null))
    {
        Some(key) => Err(missing(profile, key)),
        None => Ok(()),
    }
}
