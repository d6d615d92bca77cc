//! What became of a document, and whether that was expected.

use std::fmt::Write as _;

use serde::Serialize;

use super::compare::{difference, same};
use crate::engine::failure::Failure;
use crate::engine::value::{JavaMap, Map, Value, json};
use crate::error::Result;

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
#[derive(Clone, Debug)]
pub struct Processed {
    /// Its fields afterwards; none when it was dropped or failed as a whole
    pub source: Option<Value>,
    /// The failure, and whether `on_failure` took care of it
    pub failure: Option<(Failure, bool)>,
}

impl Processed {
    /// What became of a document that had so many `fields`; `before` gives it as it
    /// was, where that has to be known.
    ///
    /// # Errors
    /// Those of `before`.
    pub fn outcome(
        &self,
        fields: usize,
        before: impl FnOnce() -> Result<Value>,
    ) -> Result<Outcome> {
        let count = |after: &Value| after.as_map().map(|after| after.borrow().len());
        Ok(match (&self.failure, &self.source) {
            (Some(_), _) => Outcome::Failed,
            (None, None) => Outcome::Dropped,
            (None, Some(after)) if count(after) == Some(fields) && same(&before()?, after) => {
                Outcome::Untouched
            }
            (None, Some(_)) => Outcome::Enriched,
        })
    }

    /// Why it failed, in one line: the failure, what is at the bottom of it, and
    /// where in a script.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        let (failure, handled) = self.failure.as_ref()?;
        let mut reason = format!("{}: {}", failure.kind(), failure.reason());
        if failure.cause().is_some() {
            let root = failure.root();
            // Writing to a string cannot fail.
            let _ = write!(reason, ": {}: {}", root.kind(), root.reason());
        }
        if let Some(place) = script_line(failure) {
            let _ = write!(reason, ", at `{place}`");
        }
        if *handled {
            reason.push_str(" (taken care of by on_failure)");
        }
        Some(reason)
    }

    /// The result as a line of a file of expected results: `_id` where there is
    /// one, `outcome`, `_source` unless there is none, `error` of a failure.
    #[must_use]
    pub fn line(&self, id: Option<&str>, outcome: Outcome) -> Map {
        let mut line = JavaMap::linked();
        if let Some(id) = id {
            line.put_str("_id", id.into());
        }
        line.put_str("outcome", outcome.name().into());
        if let Some(source) = &self.source {
            line.put_str("_source", source.clone());
        }
        if let Some((failure, _)) = &self.failure {
            let mut error = JavaMap::linked();
            error.put_str("type", failure.kind().into());
            error.put_str("reason", failure.reason().into());
            line.put_str("error", Value::Map(Map::new(error)));
        }
        Map::new(line)
    }
}

/// The piece of a script that failed, the first of its stack.
fn script_line(failure: &Failure) -> Option<&str> {
    let stack = failure.metadata("script_stack")?.as_array()?;
    Some(stack.first()?.as_str()?.trim())
}

/// In what a line that came differs from the expected one. Of the expected line
/// `_id`, `outcome`, `_source` and `error` count, as far as they are there; a line
/// that says nothing of them expects nothing.
#[must_use]
pub fn unexpected(expected: &Map, got: &Map) -> Option<String> {
    ["_id", "outcome", "_source", "error"]
        .iter()
        .find_map(|key| {
            let wanted = expected.get(key)?;
            let Some(came) = got.get(key) else {
                let wanted = json::write(&wanted);
                return Some(format!("there is no {key}, but {wanted} was expected"));
            };
            let mut found = difference(&wanted, &came)?;
            found.field = match found.field.as_str() {
                "" => (*key).to_owned(),
                field if *key == "_source" => field.to_owned(),
                field => format!("{key}.{field}"),
            };
            Some(found.to_string())
        })
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Processed, unexpected};
    use crate::engine::failure::Failure;
    use crate::engine::value::Value;
    use serde_json::{Value as Json, json};

    fn processed(source: &Json, failure: Option<bool>) -> Processed {
        Processed {
            source: (!source.is_null()).then_some(source.into()),
            failure: failure.map(|handled| (Failure::new(400, "t", "r"), handled)),
        }
    }

    #[test]
    fn tells_what_became_of_a_document() {
        let before = Value::from(&json!({"a": 1}));
        for (processed, outcome, reason) in [
            (
                processed(&json!({"a": 1, "b": 2}), None),
                Outcome::Enriched,
                None,
            ),
            (processed(&json!({"a": 1}), None), Outcome::Untouched, None),
            (processed(&Json::Null, None), Outcome::Dropped, None),
            (
                processed(&Json::Null, Some(false)),
                Outcome::Failed,
                Some("t: r"),
            ),
            (
                processed(&json!({"a": 1}), Some(true)),
                Outcome::Failed,
                Some("t: r (taken care of by on_failure)"),
            ),
        ] {
            let found = processed.outcome(1, || Ok(before.clone()));
            assert_eq!(found.ok(), Some(outcome));
            assert_eq!(processed.reason().as_deref(), reason);
        }
    }

    #[test]
    fn names_the_bottom_of_a_failure_and_its_place_in_a_script() {
        let cause = Failure::null_pointer("cannot access field [a] from a null def reference");
        let failure = Failure::new(400, "script_exception", "runtime error")
            .with("script_stack", json!(["ctx.x.a = 1; ", "     ^---- HERE"]))
            .because(cause);
        let processed = Processed {
            source: None,
            failure: Some((failure, false)),
        };
        assert_eq!(
            processed.reason().as_deref(),
            Some(
                "script_exception: runtime error: null_pointer_exception: \
                 cannot access field [a] from a null def reference, at `ctx.x.a = 1;`"
            )
        );
    }

    #[test]
    fn compares_what_the_expected_line_states() {
        let got = processed(&json!({"a": 1, "p": 0.5}), None).line(Some("x"), Outcome::Enriched);
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
            let expected = Value::from(&expected);
            let found = expected
                .as_map()
                .and_then(|expected| unexpected(expected, &got));
            assert_eq!(found.as_deref(), difference);
        }
    }
}
