//! What Kibana checks of a detection rule ("Detections API" of the Elastic
//! Security guide).

use serde_json::Value;

use crate::lab::profile::Profile;
use crate::model::detection_rule;

use super::error::{Fault, platform};

fn refused(what: &str) -> Fault {
    platform(400, format!("[request body]: {what}"))
}

fn lenient(profile: &Profile) -> bool {
    detection_rule::drops_unknown_keys(profile.version())
}

/// Checks a whole rule.
pub(super) fn check(profile: &Profile, rule: &Value) -> Result<(), Fault> {
    let Some(members) = rule.as_object() else {
        return Err(refused("expected an object"));
    };
    check_type(profile, rule)?;
    for key in detection_rule::REQUIRED {
        if rule.get(key).is_none_or(Value::is_null) {
            return Err(missing(profile, key));
        }
    }
    check_values(profile, rule)?;
    check_kind(profile, rule)?;
    let unknown: Vec<&str> = members
        .keys()
        .map(String::as_str)
        .filter(|key| !detection_rule::knows(profile.version(), key))
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
    let known: Vec<&str> = detection_rule::types(profile.version()).collect();
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
            .is_some_and(|text| detection_rule::SEVERITIES.contains(&text))
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
    for key in detection_rule::LISTS {
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
    let needed = detection_rule::needs(kind);
    match needed
        .iter()
        .find(|key| rule.get(**key).is_none_or(Value::is_null))
    {
        Some(key) => Err(missing(profile, key)),
        None => Ok(()),
    }
}
