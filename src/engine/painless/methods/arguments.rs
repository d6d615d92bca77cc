//! Taking arguments apart.

use crate::engine::painless::interpret::{Run, Vm, cannot_be_cast, null_pointer};
use crate::engine::value::{JavaString, Value};

/// Argument `index`; null if there are fewer.
pub(super) fn at(arguments: &[Value], index: usize) -> &Value {
    arguments.get(index).unwrap_or(const { &Value::Null })
}

/// A string argument, which must not be null.
pub(super) fn text(arguments: &[Value], index: usize) -> Run<&JavaString> {
    match at(arguments, index) {
        Value::Str(text) => Ok(text),
        Value::Null => null_pointer("a string is null"),
        other => cannot_be_cast(other, "java.lang.String"),
    }
}

/// A `CharSequence` argument as a string.
pub(super) fn sequence(vm: &mut Vm<'_>, arguments: &[Value], index: usize) -> Run<JavaString> {
    match at(arguments, index) {
        Value::Null => null_pointer("a character sequence is null"),
        other => vm.string_of(other),
    }
}

/// An `int` argument.
pub(super) fn int(arguments: &[Value], index: usize) -> i32 {
    match at(arguments, index) {
        Value::Int(n) => *n,
        Value::Short(n) => i32::from(*n),
        Value::Byte(n) => i32::from(*n),
        Value::Char(unit) => i32::from(*unit),
        _ => 0,
    }
}

/// A `long` argument.
pub(super) fn long(arguments: &[Value], index: usize) -> i64 {
    match at(arguments, index) {
        Value::Long(n) => *n,
        _ => i64::from(int(arguments, index)),
    }
}

/// A `double` argument.
pub(super) fn double(arguments: &[Value], index: usize) -> f64 {
    at(arguments, index).as_f64().unwrap_or_default()
}

/// A `float` argument.
pub(super) fn float(arguments: &[Value], index: usize) -> f32 {
    match at(arguments, index) {
        Value::Float(n) => *n,
        _ => 0.0,
    }
}

/// A `boolean` argument.
pub(super) fn boolean(arguments: &[Value], index: usize) -> bool {
    matches!(at(arguments, index), Value::Bool(true))
}

/// A `char` argument.
pub(super) fn unit(arguments: &[Value], index: usize) -> u16 {
    match at(arguments, index) {
        Value::Char(unit) => *unit,
        _ => 0,
    }
}

/// A length or count as an `int`.
pub(super) fn size(count: usize) -> Value {
    Value::Int(i32::try_from(count).unwrap_or(i32::MAX))
}

/// A position, or -1.
pub(super) fn position(found: Option<usize>) -> Value {
    found.map_or(Value::Int(-1), size)
}
