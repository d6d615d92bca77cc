//! Findings as SARIF 2.1.0 (OASIS), which code review tools and CI read.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::finding::{Finding, Severity};
use super::json_text::Position;

/// One result.
#[derive(Clone, Copy, Debug)]
pub struct Located<'a> {
    /// The file, as a relative path.
    pub file: &'a str,
    /// Line and column, where they are known.
    pub position: Option<Position>,
    /// What was found.
    pub finding: &'a Finding,
}

/// The whole log: one run of the tool in this `version`.
#[must_use]
pub fn log(version: &str, results: &[Located<'_>]) -> Value {
    let checks: BTreeSet<&str> = results
        .iter()
        .map(|located| located.finding.check)
        .collect();
    let rules: Vec<Value> = checks.iter().map(|check| json!({"id": check})).collect();
    let results: Vec<Value> = results.iter().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "sealift", "version": version, "rules": rules}},
            "results": results,
        }],
    })
}

fn result(located: &Located<'_>) -> Value {
    let finding = located.finding;
    let level = match finding.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let mut physical = json!({"artifactLocation": {"uri": uri(located.file)}});
    if let (Some(place), Some(physical)) = (located.position, physical.as_object_mut()) {
        physical.insert(
            "region".into(),
            json!({"startLine": place.line, "startColumn": place.column}),
        );
    }
    let mut location = json!({"physicalLocation": physical});
    if !finding.path.is_empty()
        && let Some(location) = location.as_object_mut()
    {
        location.insert(
            "logicalLocations".into(),
            json!([{"fullyQualifiedName": finding.path}]),
        );
    }
    json!({
        "ruleId": finding.check,
        "level": level,
        "message": {"text": format!("{}: {}. To do: {}.", finding.what, finding.why, finding.fix)},
        "locations": [location],
    })
}

/// A path as a relative reference: everything that is not plain is escaped.
fn uri(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Finding, Severity};
    use super::super::json_text::Position;
    use super::{Located, log};

    #[test]
    fn a_finding_becomes_a_result_with_its_place() {
        let finding = Finding::new(Severity::Error, "a/b", "what")
            .at("/x")
            .why("why")
            .fix("fix");
        let place = Position { line: 3, column: 5 };
        let located = Located {
            file: "a folder/é.json",
            position: Some(place),
            finding: &finding,
        };
        let log = log("1.2.3", &[located]);
        let result = &log["runs"][0]["results"][0];
        assert_eq!(result["ruleId"], "a/b");
        assert_eq!(result["level"], "error");
        assert_eq!(result["message"]["text"], "what: why. To do: fix.");
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(
            physical["artifactLocation"]["uri"],
            "a%20folder/%C3%A9.json"
        );
        assert_eq!(physical["region"]["startLine"], 3);
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][0]["id"], "a/b");
    }
}
