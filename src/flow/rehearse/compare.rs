//! Comparing a result with the expected one.

use serde_json::Value;

/// How far numbers with a fraction may lie apart: probabilities come out of
/// exponentials, whose last digit depends on the library that computes them.
pub const TOLERANCE: f64 = 1e-12;

/// Where two values differ first, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The field, with dots; empty for the whole
    pub field: String,
    /// What was expected; `None` for nothing
    pub expected: Option<Value>,
    /// What came; `None` for nothing
    pub got: Option<Value>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |value: &Option<Value>| match value {
            Some(value) => value.to_string(),
            None => "nothing".to_owned(),
        };
        let field = if self.field.is_empty() {
            "the document"
        } else {
            &self.field
        };
        write!(
            f,
            "{field} is {} instead of {}",
            text(&self.got),
            text(&self.expected)
        )
    }
}

/// The first difference between two values: numbers with a fraction may differ
/// by [`TOLERANCE`], everything else must be equal; the order of keys is free.
#[must_use]
pub fn difference(expected: &Value, got: &Value) -> Option<Difference> {
    let mut field = Vec::new();
    walk(Some(expected), Some(got), &mut field).map(|(expected, got)| Difference {
        field: field.join("."),
        expected: expected.cloned(),
        got: got.cloned(),
    })
}

type Pair<'v> = (Option<&'v Value>, Option<&'v Value>);

fn walk<'v>(
    expected: Option<&'v Value>,
    got: Option<&'v Value>,
    field: &mut Vec<String>,
) -> Option<Pair<'v>> {
    let (Some(a), Some(b)) = (expected, got) else {
        return Some((expected, got));
    };
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let more = b.keys().filter(|key| !a.contains_key(*key));
            for key in a.keys().chain(more) {
                field.push(key.clone());
                if let Some(found) = walk(a.get(key), b.get(key), field) {
                    return Some(found);
                }
                field.pop();
            }
            None
        }
        (Value::Array(a), Value::Array(b)) => {
            for index in 0..a.len().max(b.len()) {
                field.push(index.to_string());
                if let Some(found) = walk(a.get(index), b.get(index), field) {
                    return Some(found);
                }
                field.pop();
            }
            None
        }
        _ if equal(a, b) => None,
        _ => Some((expected, got)),
    }
}

/// Whether two values without others inside are equal.
fn equal(a: &Value, b: &Value) -> bool {
    if a == b {
        return true;
    }
    let (Value::Number(a), Value::Number(b)) = (a, b) else {
        return false;
    };
    match (a.is_f64() && b.is_f64(), a.as_f64(), b.as_f64()) {
        (true, Some(a), Some(b)) => (a - b).abs() <= TOLERANCE,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::difference;
    use serde_json::json;

    #[test]
    fn finds_the_first_difference() {
        for (expected, got, field) in [
            (
                json!({"a": 1, "b": [1, 2]}),
                json!({"b": [1, 2], "a": 1}),
                None,
            ),
            (json!({"p": 0.5}), json!({"p": 0.500_000_000_000_9}), None),
            (
                json!({"p": 0.5}),
                json!({"p": 0.500_000_000_002}),
                Some("p"),
            ),
            (json!({"n": 1}), json!({"n": 1.0}), Some("n")),
            (json!({"n": 1}), json!({"n": 2}), Some("n")),
            (
                json!({"a": {"b": [1]}}),
                json!({"a": {"b": [1, 2]}}),
                Some("a.b.1"),
            ),
            (json!({"a": {"b": 1}}), json!({"a": {}}), Some("a.b")),
            (json!({}), json!({"x": null}), Some("x")),
            (json!({"a": "1"}), json!({"a": 1}), Some("a")),
            (json!([]), json!({}), Some("")),
        ] {
            let found = difference(&expected, &got).map(|found| found.field);
            assert_eq!(found.as_deref(), field, "{expected} {got}");
        }
        let found = difference(&json!({"a": 1}), &json!({}));
        let text = found.map(|found| found.to_string());
        assert_eq!(text.as_deref(), Some("a is nothing instead of 1"));
    }
}
