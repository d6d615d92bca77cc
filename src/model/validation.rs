//! Documents with the results that a pipeline must give, and how a result is
//! held against what was expected.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, ErrorKind, OrErr, Result};

/// Numbers that differ by less than this part of themselves are the same: two
/// machines' exponential functions differ in the last digits.
const TOLERANCE: f64 = 1e-9;

/// The most differences that are told of one document.
const MAX_DIFFERENCES: usize = 5;

/// One document of a validation set.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its `_id`.
    pub id: String,
    /// The document before.
    pub source: Value,
    /// The document after; `None` where it must be dropped.
    pub expected: Option<Value>,
}

/// The cases of a set: one JSON object a line with `_id` and `_source` in
/// `documents`; `expected` has the same ids with the `_source` that must come
/// out. Without it each document carries `expected` itself.
///
/// # Errors
/// [`ErrorKind::Malformed`] with the line.
pub fn cases(documents: &str, expected: Option<&str>) -> Result<Vec<Case>> {
    let results: Option<BTreeMap<String, Value>> = match expected {
        None => None,
        Some(text) => Some(lines(text, "expected results")?.into_iter().collect()),
    };
    lines(documents, "documents")?
        .into_iter()
        .enumerate()
        .map(|(number, (id, mut line))| {
            let fault = |what: &str| {
                Error::new(
                    ErrorKind::Malformed,
                    format!("document {id} (line {}) {what}", number + 1),
                )
            };
            let after = match &results {
                Some(results) => results
                    .get(&id)
                    .ok_or_else(|| fault("has no expected result"))?
                    .get("_source")
                    .cloned(),
                None => line.get("expected").cloned(),
            };
            let source = line
                .get_mut("_source")
                .map(Value::take)
                .ok_or_else(|| fault("has no _source"))?;
            Ok(Case {
                source,
                expected: after.filter(|after| !after.is_null()),
                id,
            })
        })
        .collect()
}

/// The objects of ndjson text with their `_id`.
fn lines(text: &str, what: &str) -> Result<Vec<(String, Value)>> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let value: Value = serde_json::from_str(line).or_err(ErrorKind::Malformed, || {
                format!("line {} of the {what} is not JSON", number + 1)
            })?;
            let id = value.get("_id").and_then(Value::as_str).ok_or_else(|| {
                Error::new(
                    ErrorKind::Malformed,
                    format!("line {} of the {what} has no _id", number + 1),
                )
            })?;
            Ok((id.to_owned(), value))
        })
        .collect()
}

/// How one document came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", content = "why", rename_all = "lowercase")]
pub enum Verdict {
    /// As expected.
    Right,
    /// The pipeline failed, or a failure was swallowed: the message.
    Failed(String),
    /// Other than expected: where, and how.
    Different(Vec<String>),
}

/// Holds one entry of the `docs` of `_simulate` against `case`.
#[must_use]
pub fn judge(case: &Case, simulated: &Value) -> Verdict {
    if let Some(error) = simulated.get("error") {
        let reason = error.get("reason").and_then(Value::as_str);
        return Verdict::Failed(reason.unwrap_or("the document failed").to_owned());
    }
    let after = simulated.pointer("/doc/_source");
    let (after, expected) = match (after, &case.expected) {
        (None, None) => return Verdict::Right,
        (None, Some(_)) => return Verdict::Different(vec!["the document was dropped".to_owned()]),
        (Some(_), None) => {
            return Verdict::Different(vec!["the document was not dropped".to_owned()]);
        }
        (Some(after), Some(expected)) => (after, expected),
    };
    // The released pipelines swallow failures into this field.
    let message = |body: &Value| {
        let text = body.pointer("/error/message");
        text.and_then(Value::as_str).map(str::to_owned)
    };
    if let Some(swallowed) = message(after)
        && message(expected).is_none()
        && message(&case.source).is_none()
    {
        return Verdict::Failed(swallowed);
    }
    let mut differences = Vec::new();
    compare("", expected, after, &mut differences);
    if differences.is_empty() {
        Verdict::Right
    } else {
        Verdict::Different(differences)
    }
}

fn compare(path: &str, expected: &Value, found: &Value, out: &mut Vec<String>) {
    if out.len() >= MAX_DIFFERENCES {
        return;
    }
    match (expected, found) {
        (Value::Object(wanted), Value::Object(there)) => {
            for (key, value) in wanted {
                let place = join(path, key);
                match there.get(key) {
                    Some(found) => compare(&place, value, found, out),
                    None => tell(out, format!("{place} is missing")),
                }
            }
            for key in there.keys().filter(|key| !wanted.contains_key(*key)) {
                tell(out, format!("{} was not expected", join(path, key)));
            }
        }
        (Value::Array(wanted), Value::Array(there)) if wanted.len() == there.len() => {
            for (index, (value, found)) in wanted.iter().zip(there).enumerate() {
                compare(&format!("{path}[{index}]"), value, found, out);
            }
        }
        _ if same(expected, found) => {}
        _ => tell(out, format!("{path} is {found}, not {expected}")),
    }
}

fn tell(out: &mut Vec<String>, difference: String) {
    if out.len() < MAX_DIFFERENCES {
        out.push(difference);
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn same(expected: &Value, found: &Value) -> bool {
    match (expected.as_f64(), found.as_f64()) {
        (Some(wanted), Some(there)) => {
            let size = wanted.abs().max(there.abs());
            (wanted - there).abs() <= size * TOLERANCE
        }
        _ => expected == found,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::{Verdict, cases, judge};

    #[test]
    fn results_are_held_against_what_was_expected() {
        let documents = r#"{"_id":"a","_source":{"x":1}}"#;
        let expected = r#"{"_id":"a","_source":{"x":1,"p":0.25}}"#;
        let case = &cases(documents, Some(expected)).unwrap()[0];
        let doc = |source| json!({"doc": {"_source": source}});
        let cases = [
            (
                doc(json!({"x": 1.0, "p": 0.250_000_000_000_1})),
                Verdict::Right,
            ),
            (
                doc(json!({"x": 1, "p": 0.26})),
                Verdict::Different(vec!["p is 0.26, not 0.25".to_owned()]),
            ),
            (
                doc(json!({"x": 1, "q": 2})),
                Verdict::Different(vec![
                    "p is missing".to_owned(),
                    "q was not expected".to_owned(),
                ]),
            ),
            (
                doc(json!({"x": 1, "error": {"message": "no script"}})),
                Verdict::Failed("no script".to_owned()),
            ),
            (
                json!({"error": {"reason": "boom"}}),
                Verdict::Failed("boom".to_owned()),
            ),
            (
                json!(null),
                Verdict::Different(vec!["the document was dropped".to_owned()]),
            ),
        ];
        for (simulated, verdict) in cases {
            assert_eq!(judge(case, &simulated), verdict, "{simulated}");
        }
    }

    #[test]
    fn lines_that_do_not_fit_are_named() {
        for (documents, expected, place) in [
            ("{", None, "line 1"),
            (r#"{"_source":{}}"#, None, "line 1"),
            (r#"{"_id":"a"}"#, None, "document a"),
            (r#"{"_id":"a","_source":{}}"#, Some(""), "document a"),
        ] {
            let error = cases(documents, expected).unwrap_err();
            assert!(error.to_string().contains(place), "{error}");
        }
    }
}
