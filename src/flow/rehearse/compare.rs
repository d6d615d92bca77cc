//! Comparing a result with the expected one: as JSON documents, whatever Java
//! classes the numbers and texts are of.

use std::borrow::Cow;

use crate::engine::value::{JavaMap, JavaString, MAX_DEPTH, Value, float_to_string, json};

/// How far numbers with a fraction may lie apart: probabilities come out of
/// exponentials, whose last digit depends on the library that computes them.
pub const TOLERANCE: f64 = 1e-12;

/// Where two values differ first, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field, with dots; empty for the whole
    pub field: String,
    /// What was expected, as JSON; `None` for nothing
    pub expected: Option<String>,
    /// What came, as JSON; `None` for nothing
    pub got: Option<String>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let field = if self.field.is_empty() {
            "the document"
        } else {
            &self.field
        };
        write!(
            f,
            "{field} is {} instead of {}",
            spelled(self.got.as_deref()),
            spelled(self.expected.as_deref())
        )
    }
}

/// `json` as a person reads it: the quotes within a text need no mark there.
fn spelled(json: Option<&str>) -> Cow<'_, str> {
    let json = json.unwrap_or("nothing");
    match serde_json::from_str::<String>(json) {
        Ok(text) => format!("\"{text}\"").into(),
        Err(_) => json.into(),
    }
}

impl Difference {
    fn of(expected: Option<&Value>, got: Option<&Value>) -> Self {
        Self {
            field: String::new(),
            expected: expected.map(json::write),
            got: got.map(json::write),
        }
    }

    /// The difference, found within the field of this name.
    fn within(mut self, name: &str) -> Self {
        self.field = match self.field.as_str() {
            "" => name.to_owned(),
            inner => format!("{name}.{inner}"),
        };
        self
    }
}

/// The first difference between two values: numbers with a fraction may differ
/// by [`TOLERANCE`], everything else must be equal; the order of keys is free.
#[must_use]
pub fn difference(expected: &Value, got: &Value) -> Option<Difference> {
    walk(Some(expected), Some(got), TOLERANCE, 0)
}

/// Whether two values are the same JSON, to the last digit.
#[must_use]
pub fn same(one: &Value, other: &Value) -> bool {
    if let (Value::Map(one), Value::Map(other)) = (one, other)
        && one.borrow().len() != other.borrow().len()
    {
        return false;
    }
    walk(Some(one), Some(other), 0.0, 0).is_none()
}

fn walk(
    expected: Option<&Value>,
    got: Option<&Value>,
    tolerance: f64,
    depth: usize,
) -> Option<Difference> {
    let (Some(a), Some(b)) = (expected, got) else {
        return Some(Difference::of(expected, got));
    };
    if depth > MAX_DEPTH {
        return Some(Difference::of(None, None));
    }
    match (a, b) {
        (Value::Str(a), Value::Str(b)) if a == b => None,
        (Value::Map(a), Value::Map(b)) => entries(&a.borrow(), &b.borrow(), tolerance, depth + 1),
        (Value::List(a), Value::List(b)) => items(&a.borrow(), &b.borrow(), tolerance, depth + 1),
        (Value::Set(set), other) => walk(
            Some(&Value::list(set.items())),
            Some(other),
            tolerance,
            depth,
        ),
        (Value::Array(array), other) => {
            let list = Value::list(array.borrow().clone());
            walk(Some(&list), Some(other), tolerance, depth)
        }
        (other, Value::Set(_) | Value::Array(_)) => walk(Some(b), Some(other), tolerance, depth)
            .map(|found| Difference {
                expected: found.got,
                got: found.expected,
                ..found
            }),
        _ if equal(&Scalar::of(a), &Scalar::of(b), tolerance) => None,
        _ => Some(Difference::of(expected, got)),
    }
}

fn entries(a: &JavaMap, b: &JavaMap, tolerance: f64, depth: usize) -> Option<Difference> {
    let in_both = a.iter().find_map(|(key, value)| {
        walk(Some(value), b.get(key), tolerance, depth)
            .map(|found| found.within(&key.to_java_string()))
    });
    // All of `a` is in `b`: as many entries are the same entries.
    if in_both.is_some() || a.len() == b.len() {
        return in_both;
    }
    let (key, value) = b.iter().find(|(key, _)| !a.contains_key(key))?;
    Some(Difference::of(None, Some(value)).within(&key.to_java_string()))
}

fn items(a: &[Value], b: &[Value], tolerance: f64, depth: usize) -> Option<Difference> {
    (0..a.len().max(b.len())).find_map(|index| {
        walk(a.get(index), b.get(index), tolerance, depth)
            .map(|found| found.within(&index.to_string()))
    })
}

/// A value without others inside, as JSON knows it.
#[derive(PartialEq)]
enum Scalar<'v> {
    Null,
    Bool(bool),
    Whole(i64),
    /// A whole number of any length, in decimal
    Long(&'v JavaString),
    Fraction(f64),
    Text(Cow<'v, JavaString>),
    /// A list or map
    Container,
}

impl<'v> Scalar<'v> {
    fn of(value: &'v Value) -> Self {
        let owned = |text: String| Self::Text(Cow::Owned(text.into()));
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Byte(n) => Self::Whole((*n).into()),
            Value::Short(n) => Self::Whole((*n).into()),
            Value::Int(n) => Self::Whole((*n).into()),
            Value::Long(n) => Self::Whole(*n),
            Value::BigInt(text) => Self::Long(text),
            // What its shortest decimal is read as
            Value::Float(n) if n.is_finite() => {
                Self::Fraction(float_to_string(*n).parse().unwrap_or(f64::NAN))
            }
            Value::Double(n) if n.is_finite() => Self::Fraction(*n),
            Value::Str(text) => Self::Text(Cow::Borrowed(text)),
            Value::Float(_) | Value::Double(_) | Value::Char(_) => owned(value.to_java_string()),
            Value::Object(object) => match object.json() {
                Some(text) => Self::Text(Cow::Owned(text)),
                None => owned(object.to_java_string()),
            },
            _ => Self::Container,
        }
    }
}

fn equal(a: &Scalar<'_>, b: &Scalar<'_>, tolerance: f64) -> bool {
    match (a, b) {
        (Scalar::Fraction(a), Scalar::Fraction(b)) => (a - b).abs() <= tolerance,
        (Scalar::Container, Scalar::Container) => false,
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::{difference, same};
    use crate::engine::value::{Array, Value};
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
            let (expected, got) = (Value::from(&expected), Value::from(&got));
            let found = difference(&expected, &got).map(|found| found.field);
            assert_eq!(found.as_deref(), field, "{expected:?} {got:?}");
        }
        let found = difference(&Value::from(&json!({"a": 1})), &Value::from(&json!({})));
        let text = found.map(|found| found.to_string());
        assert_eq!(text.as_deref(), Some("a is nothing instead of 1"));
        let quoted = Value::from(&json!({"a": "no \"x\""}));
        let text = difference(&Value::from(&json!({"a": 1})), &quoted);
        let text = text.map(|found| found.to_string());
        assert_eq!(text.as_deref(), Some("a is \"no \"x\"\" instead of 1"));
    }

    #[test]
    fn java_classes_do_not_count() {
        let list = Value::list(vec![Value::Int(1)]);
        for (one, other, alike) in [
            (Value::Int(1), Value::Long(1), true),
            (Value::Int(1), Value::Byte(1), true),
            (Value::Float(0.1), Value::Double(0.1), true),
            (Value::Char(97), Value::str("a"), true),
            (Value::Double(f64::NAN), Value::str("NaN"), true),
            (
                Value::Array(Array::new("[I", vec![Value::Int(1)])),
                list.clone(),
                true,
            ),
            (
                list.clone(),
                Value::Array(Array::new("[I", vec![Value::Int(1)])),
                true,
            ),
            (list.clone(), Value::map(), false),
            (Value::Int(1), Value::Double(1.0), false),
            (
                Value::Double(0.1),
                Value::Double(0.100_000_000_000_001),
                false,
            ),
        ] {
            assert_eq!(same(&one, &other), alike, "{one:?} {other:?}");
        }
    }
}
