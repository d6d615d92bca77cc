//! `Objects.equals` and `==` of references.

use super::copy::is_container;
use super::walk::{Walk, visit};
use super::{JavaMap, ListKind, MAX_DEPTH, Value};

/// `Objects.equals(left, right)`. Containers below [`MAX_DEPTH`] count as
/// different (Java would overflow its stack on ones that hold themselves), and so
/// do those with very many elements.
#[must_use]
#[inline]
pub fn equals(left: &Value, right: &Value) -> bool {
    if let (Value::Str(left), Value::Str(right)) = (left, right) {
        return left == right;
    }
    equals_any(left, right)
}

fn equals_any(left: &Value, right: &Value) -> bool {
    if !is_container(left) && !matches!(left, Value::Object(_)) {
        return equals_at(left, right, 0);
    }
    Walk::begin().is_some_and(|_walk| equals_at(left, right, 0))
}

fn equals_at(left: &Value, right: &Value, depth: usize) -> bool {
    if depth > MAX_DEPTH || depth > 0 && !visit() {
        return false;
    }
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Byte(left), Value::Byte(right)) => left == right,
        (Value::Short(left), Value::Short(right)) => left == right,
        (Value::Char(left), Value::Char(right)) => left == right,
        (Value::Int(left), Value::Int(right)) => left == right,
        (Value::Long(left), Value::Long(right)) => left == right,
        (Value::Float(left), Value::Float(right)) => {
            left.to_bits() == right.to_bits() || left.is_nan() && right.is_nan()
        }
        (Value::Double(left), Value::Double(right)) => {
            left.to_bits() == right.to_bits() || left.is_nan() && right.is_nan()
        }
        (Value::BigInt(left), Value::BigInt(right)) | (Value::Str(left), Value::Str(right)) => {
            left == right
        }
        (
            Value::List(left) | Value::FrozenList(left),
            Value::List(right) | Value::FrozenList(right),
        ) => {
            let deque = [left.kind(), right.kind()].contains(&ListKind::Deque);
            left.same(right)
                || !deque && {
                    let (left, right) = (left.borrow(), right.borrow());
                    left.len() == right.len()
                        && left
                            .iter()
                            .zip(right.iter())
                            .all(|(left, right)| equals_at(left, right, depth + 1))
                }
        }
        (
            Value::Map(left) | Value::FrozenMap(left),
            Value::Map(right) | Value::FrozenMap(right),
        ) => left.same(right) || same_entries(&left.borrow(), &right.borrow(), depth),
        (Value::Set(left), Value::Set(right)) => {
            left.same(right) || same_entries(&left.borrow(), &right.borrow(), depth)
        }
        (Value::Array(left), Value::Array(right)) => left.same(right),
        (Value::Object(left), Value::Object(right)) => left.equals(right),
        (Value::Object(object), Value::List(list) | Value::FrozenList(list))
        | (Value::List(list) | Value::FrozenList(list), Value::Object(object)) => {
            object.list().is_some_and(|items| {
                equals_at(&Value::list(items), &Value::List(list.clone()), depth + 1)
            })
        }
        _ => false,
    }
}

fn same_entries(left: &JavaMap, right: &JavaMap, depth: usize) -> bool {
    left.len() == right.len()
        && left.iter().all(|(key, value)| {
            right
                .get(key)
                .is_some_and(|other| equals_at(value, other, depth + 1))
        })
}

/// `left == right` of Java references: the same object. Boxed whole numbers and
/// characters of -128..=127 and booleans are cached by Java, so equal ones are
/// the same object; others are not.
#[must_use]
pub fn identical(left: &Value, right: &Value) -> bool {
    let cached = |n: i64| (-128..128).contains(&n);
    match (left, right) {
        (Value::Str(left), Value::Str(right)) => left.same(right),
        (
            Value::List(left) | Value::FrozenList(left),
            Value::List(right) | Value::FrozenList(right),
        ) => left.same(right),
        (
            Value::Map(left) | Value::FrozenMap(left),
            Value::Map(right) | Value::FrozenMap(right),
        ) => left.same(right),
        (Value::Set(left), Value::Set(right)) => left.same(right),
        (Value::Object(left), Value::Object(right)) => left.same(right),
        (Value::Short(left), Value::Short(right)) => left == right && cached(i64::from(*left)),
        (Value::Char(left), Value::Char(right)) => left == right && *left < 128,
        (Value::Int(left), Value::Int(right)) => left == right && cached(i64::from(*left)),
        (Value::Long(left), Value::Long(right)) => left == right && cached(*left),
        (Value::Float(_), Value::Float(_))
        | (Value::Double(_), Value::Double(_))
        | (Value::BigInt(_), Value::BigInt(_)) => false,
        _ => equals(left, right),
    }
}
