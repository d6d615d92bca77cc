//! Rules and saved objects as Kibana exports them: one JSON object a line
//! (ndjson).

use serde_json::Value;

use crate::error::Result;
use crate::model::artifact::ArtifactKind;
use crate::model::content;
use crate::model::manifest::Part;

use super::classify::{Found, malformed, rule};
use super::shape;

/// The rules and saved objects of the ndjson file `name`. The last line of an export counts what
/// was exported; exception lists and connectors that come along are left out
/// with a warning.
pub(super) fn classify(name: &str, bytes: &[u8]) -> Result<Vec<Found>> {
    let text = content::text(name, bytes)?;
    let mut found: Vec<Found> = Vec::new();
    let mut passed_over = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let at = format!("line {number}");
        let value = content::json(&at, line)?;
        if is_rule(&value) {
            let part = Part::Line(number);
            found.push(rule(&value, part).map_err(|error| error.context(at))?);
        } else if let Some(id) = shape::object(&value) {
            let part = Part::Line(number);
            found.push(Found::new(ArtifactKind::Object, &id, Some(part), &value));
        } else if let Some(what) = companion(&value) {
            passed_over.push(format!("line {number} is {what}, which is not installed"));
        } else if !is_summary(&value) {
            return Err(malformed(format!(
                "line {number} is neither a detection rule nor a saved object"
            )));
        }
    }
    match found.first_mut() {
        Some(first) => first.warnings.extend(passed_over),
        None => {
            return Err(malformed(
                "it holds neither detection rules nor saved objects",
            ));
        }
    }
    Ok(found)
}

fn is_rule(value: &Value) -> bool {
    value.get("rule_id").is_some()
        || (value.get("type").is_some() && value.get("risk_score").is_some())
}

fn is_summary(value: &Value) -> bool {
    let keys = value.as_object().into_iter().flatten();
    keys.into_iter().any(|(key, _)| key.starts_with("exported"))
}

/// What else Kibana puts into an export of rules.
fn companion(value: &Value) -> Option<&'static str> {
    if value.get("item_id").is_some() {
        Some("an item of an exception list")
    } else if value.get("list_id").is_some() {
        Some("an exception list")
    } else if value.get("type")?.as_str()? == "action" {
        Some("a connector")
    } else {
        None
    }
}
