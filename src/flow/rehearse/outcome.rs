//! What became of a document, and whether that was expected.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::compare::difference;

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It came out changed
    Enriched,
    /// It came out as it went in
    Untouched,
    /// A pipeline dropped it
    Dropped,
    /// A processor failed; a failure that `on_failure` took care of counts
    Failed,
}

impl Outcome {
    /// All outcomes, the best first.
    pub const ALL: [Self; 4] = [Self::Enriched, Self::Untouched, Self::Dropped, Self::Failed];

    /// The outcome as one word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enriched => "enriched",
            Self::Untouched => "untouched",
            Self::Dropped => "dropped",
            Self::Failed => "failed",
        }
    }
}

/// What pipelines made of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Processed {
    /// Its fields afterwards; none when it was dropped or failed as a whole
    pub source: Option<Value>,
    /// The failure as the server reports it, and whether `on_failure` took care
    /// of it
    pub failure: Option<(Value, bool)>,
}

impl Processed {
    /// What became of a document with these fields before.
    #[must_use]
    pub fn outcome(&self, before: &Value) -> Outcome {
        match (&self.failure, &self.source) {
            (Some(_), _) => Outcome::Failed,
            (None, None) => Outcome::Dropped,
            (None, Some(after)) if after == before => Outcome::Untouched,
            (None, Some(_)) => Outcome::Enriched,
        }
    }

    /// Why it failed, in one line.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        let (failure, handled) = self.failure.as_ref()?;
        let text = |key: &str| failure.get(key).and_then(Value::as_str).unwrap_or_default();
        let how = if *handled {
            " (taken care of by on_failure)"
        } else {
            ""
        };
        Some(format!("{}: {}{how}", text("type"), text("reason")))
    }

    /// The result as a line of a file of expected results: `_id` where there is
    /// one, `outcome`, `_source` unless there is none, `error` of a failure.
    #[must_use]
    pub fn line(&self, id: Option<&str>, before: &Value) -> Value {
        let mut line = Map::new();
        if let Some(id) = id {
            line.insert("_id".into(), id.into());
        }
        line.insert("outcome".into(), self.outcome(before).name().into());
        if let Some(source) = &self.source {
            line.insert("_source".into(), source.clone());
        }
        if let Some((failure, _)) = &self.failure {
            let known = |key: &str| failure.get(key).cloned().unwrap_or_default();
            line.insert(
                "error".into(),
                json!({"type": known("type"), "reason": known("reason")}),
            );
        }
        Value::Object(line)
    }
}

/// In what a line that came differs from the expected one. Of the expected line
/// `_id`, `outcome`, `_source` and `error` count, as far as they are there; a line
/// that says nothing of them expects nothing.
#[must_use]
pub fn unexpected(expected: &Map<String, Value>, got: &Value) -> Option<String> {
    ["_id", "outcome", "_source", "error"]
        .iter()
        .find_map(|key| {
            let wanted = expected.get(*key)?;
            match got.get(*key) {
                Some(came) => {
                    let found = difference(wanted, came)?;
                    let field = match found.field.as_str() {
                        "" => (*key).to_owned(),
                        field if *key == "_source" => field.to_owned(),
                        field => format!("{key}.{field}"),
                    };
                    let mut text = found;
                    text.field = field;
                    Some(text.to_string())
                }
                None => Some(format!("there is no {key}, but {wanted} was expected")),
            }
        })
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Processed, unexpected};
    use serde_json::{Value, json};

    fn processed(source: Value, failure: Option<bool>) -> Processed {
        Processed {
            source: (!source.is_null()).then_some(source),
            failure: failure.map(|handled| (json!({"type": "t", "reason": "r"}), handled)),
        }
    }

    #[test]
    fn tells_what_became_of_a_document() {
        let before = json!({"a": 1});
        for (processed, outcome, reason) in [
            (
                processed(json!({"a": 1, "b": 2}), None),
                Outcome::Enriched,
                None,
            ),
            (processed(json!({"a": 1}), None), Outcome::Untouched, None),
            (processed(Value::Null, None), Outcome::Dropped, None),
            (
                processed(Value::Null, Some(false)),
                Outcome::Failed,
                Some("t: r"),
            ),
            (
                processed(json!({"a": 1}), Some(true)),
                Outcome::Failed,
                Some("t: r (taken care of by on_failure)"),
            ),
        ] {
            assert_eq!(processed.outcome(&before), outcome);
            assert_eq!(processed.reason().as_deref(), reason);
        }
    }

    #[test]
    fn compares_what_the_expected_line_states() {
        let before = json!({"a": 1});
        let got = processed(json!({"a": 1, "p": 0.5}), None).line(Some("x"), &before);
        for (expected, difference) in [
            (json!({}), None),
            (
                json!({"_id": "x", "outcome": "enriched", "_source": {"a": 1, "p": 0.5}, "more": 1}),
                None,
            ),
            (
                json!({"_source": {"a": 1, "p": 0.6}}),
                Some("p is 0.5 instead of 0.6"),
            ),
            (
                json!({"outcome": "dropped"}),
                Some("outcome is \"enriched\" instead of \"dropped\""),
            ),
            (
                json!({"error": {"type": "t"}}),
                Some("there is no error, but {\"type\":\"t\"} was expected"),
            ),
        ] {
            let expected = expected.as_object().cloned().unwrap_or_default();
            assert_eq!(unexpected(&expected, &got).as_deref(), difference);
        }
    }
}
