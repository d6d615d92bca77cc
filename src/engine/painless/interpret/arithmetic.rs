//! Java's arithmetic: wrapping integers, promotion, conversions between
//! primitive types.

use crate::engine::painless::ast::{Binary, Comparison, Unary};
use crate::engine::painless::code::Kind;
use crate::engine::painless::types::Type;
use crate::engine::value::Value;

/// Division of a whole number by zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine::painless) struct DivisionByZero;

type Outcome = Result<Value, DivisionByZero>;

/// A number (or character) as `int`, by Java's narrowing conversion.
#[expect(
    clippy::cast_possible_truncation,
    reason = "narrowing drops the high bits and saturates from floating point, as in Java"
)]
#[inline]
pub(in crate::engine::painless) fn to_int(value: &Value) -> Option<i32> {
    Some(match value {
        Value::Byte(n) => i32::from(*n),
        Value::Short(n) => i32::from(*n),
        Value::Char(unit) => i32::from(*unit),
        Value::Int(n) => *n,
        Value::Long(n) => *n as i32,
        Value::Float(n) => *n as i32,
        Value::Double(n) => *n as i32,
        _ => return None,
    })
}

/// A number (or character) as `long`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "narrowing saturates from floating point, as in Java"
)]
pub(in crate::engine::painless) fn to_long(value: &Value) -> Option<i64> {
    Some(match value {
        Value::Long(n) => *n,
        Value::Float(n) => *n as i64,
        Value::Double(n) => *n as i64,
        other => i64::from(to_int(other)?),
    })
}

/// A number (or character) as `float`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "Java rounds so"
)]
pub(in crate::engine::painless) fn to_float(value: &Value) -> Option<f32> {
    Some(match value {
        Value::Long(n) => *n as f32,
        Value::Float(n) => *n,
        Value::Double(n) => *n as f32,
        other => to_int(other)? as f32,
    })
}

/// A number (or character) as `double`.
#[expect(clippy::cast_precision_loss, reason = "Java rounds so")]
pub(in crate::engine::painless) fn to_double(value: &Value) -> Option<f64> {
    Some(match value {
        Value::Long(n) => *n as f64,
        Value::Float(n) => f64::from(*n),
        Value::Double(n) => *n,
        other => f64::from(to_int(other)?),
    })
}

/// A number (or character) as a value of a numeric type.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "narrowing keeps the low bits, as in Java"
)]
pub(in crate::engine::painless) fn convert(value: &Value, ty: Type) -> Option<Value> {
    Some(match ty {
        Type::BYTE => Value::Byte(to_int(value)? as i8),
        Type::SHORT => Value::Short(to_int(value)? as i16),
        Type::CHAR => Value::Char(to_int(value)? as u16),
        Type::INT => Value::Int(to_int(value)?),
        Type::LONG => Value::Long(to_long(value)?),
        Type::FLOAT => Value::Float(to_float(value)?),
        Type::DOUBLE => Value::Double(to_double(value)?),
        _ => return None,
    })
}

/// A binary operator on two `int`s.
#[inline]
pub(super) fn ints(operator: Binary, left: i32, right: i32) -> Option<Outcome> {
    let shift = right.cast_unsigned();
    Some(Ok(Value::Int(match operator {
        Binary::Mul => left.wrapping_mul(right),
        Binary::Div | Binary::Rem if right == 0 => return Some(Err(DivisionByZero)),
        Binary::Div => left.wrapping_div(right),
        Binary::Rem => left.wrapping_rem(right),
        Binary::Add => left.wrapping_add(right),
        Binary::Sub => left.wrapping_sub(right),
        Binary::ShiftLeft => left.wrapping_shl(shift),
        Binary::ShiftRight => left.wrapping_shr(shift),
        Binary::ShiftRightUnsigned => left.cast_unsigned().wrapping_shr(shift).cast_signed(),
        Binary::And => left & right,
        Binary::Xor => left ^ right,
        Binary::Or => left | right,
        Binary::Find | Binary::Match => return None,
    })))
}

fn longs(operator: Binary, left: i64, right: i64) -> Option<Outcome> {
    let shift = u32::try_from(right & 63).unwrap_or_default();
    Some(Ok(Value::Long(match operator {
        Binary::Mul => left.wrapping_mul(right),
        Binary::Div | Binary::Rem if right == 0 => return Some(Err(DivisionByZero)),
        Binary::Div => left.wrapping_div(right),
        Binary::Rem => left.wrapping_rem(right),
        Binary::Add => left.wrapping_add(right),
        Binary::Sub => left.wrapping_sub(right),
        Binary::ShiftLeft => left.wrapping_shl(shift),
        Binary::ShiftRight => left.wrapping_shr(shift),
        Binary::ShiftRightUnsigned => left.cast_unsigned().wrapping_shr(shift).cast_signed(),
        Binary::And => left & right,
        Binary::Xor => left ^ right,
        Binary::Or => left | right,
        Binary::Find | Binary::Match => return None,
    })))
}

fn doubles(operator: Binary, left: f64, right: f64) -> Option<f64> {
    Some(match operator {
        Binary::Mul => left * right,
        Binary::Div => left / right,
        Binary::Rem => left % right,
        Binary::Add => left + right,
        Binary::Sub => left - right,
        _ => return None,
    })
}

fn floats(operator: Binary, left: f32, right: f32) -> Option<f32> {
    Some(match operator {
        Binary::Mul => left * right,
        Binary::Div => left / right,
        Binary::Rem => left % right,
        Binary::Add => left + right,
        Binary::Sub => left - right,
        _ => return None,
    })
}

/// A binary operator on operands of one type (shifts: the type of the left).
/// `None` if the operands are none that it works on.
#[inline]
pub(in crate::engine::painless) fn binary(
    operator: Binary,
    kind: Kind,
    left: &Value,
    right: &Value,
) -> Option<Outcome> {
    match kind {
        Kind::Int => ints(operator, to_int(left)?, to_int(right)?),
        Kind::Long => longs(operator, to_long(left)?, to_long(right)?),
        Kind::Float => {
            floats(operator, to_float(left)?, to_float(right)?).map(|n| Ok(Value::Float(n)))
        }
        Kind::Double => {
            doubles(operator, to_double(left)?, to_double(right)?).map(|n| Ok(Value::Double(n)))
        }
        Kind::Bool => {
            let (Value::Bool(left), Value::Bool(right)) = (left, right) else {
                return None;
            };
            Some(Ok(Value::Bool(match operator {
                Binary::And => left & right,
                Binary::Or => left | right,
                Binary::Xor => left ^ right,
                _ => return None,
            })))
        }
        Kind::Def => None,
    }
}

/// A unary operator on an operand of its type.
pub(in crate::engine::painless) fn unary(
    operator: Unary,
    kind: Kind,
    operand: &Value,
) -> Option<Value> {
    Some(match (operator, kind) {
        (Unary::Not, _) => match operand {
            Value::Bool(value) => Value::Bool(!value),
            _ => return None,
        },
        (Unary::BitNot, Kind::Int) => Value::Int(!to_int(operand)?),
        (Unary::BitNot, Kind::Long) => Value::Long(!to_long(operand)?),
        (Unary::Minus, Kind::Int) => Value::Int(to_int(operand)?.wrapping_neg()),
        (Unary::Minus, Kind::Long) => Value::Long(to_long(operand)?.wrapping_neg()),
        (Unary::Minus, Kind::Float) => Value::Float(-to_float(operand)?),
        (Unary::Minus, Kind::Double) => Value::Double(-to_double(operand)?),
        (Unary::Plus, Kind::Int) => Value::Int(to_int(operand)?),
        (Unary::Plus, Kind::Long) => Value::Long(to_long(operand)?),
        (Unary::Plus, Kind::Float) => Value::Float(to_float(operand)?),
        (Unary::Plus, Kind::Double) => Value::Double(to_double(operand)?),
        _ => return None,
    })
}

/// A comparison of two numbers.
#[inline]
pub(super) fn decide<T: PartialOrd>(operator: Comparison, left: &T, right: &T) -> bool {
    match operator {
        Comparison::Equal | Comparison::Same => left == right,
        Comparison::NotEqual | Comparison::NotSame => left != right,
        Comparison::Less => left < right,
        Comparison::LessEqual => left <= right,
        Comparison::Greater => left > right,
        Comparison::GreaterEqual => left >= right,
    }
}

/// A comparison of operands of one type.
#[inline]
pub(in crate::engine::painless) fn compare(
    operator: Comparison,
    kind: Kind,
    left: &Value,
    right: &Value,
) -> Option<bool> {
    Some(match kind {
        Kind::Int => decide(operator, &to_int(left)?, &to_int(right)?),
        Kind::Long => decide(operator, &to_long(left)?, &to_long(right)?),
        Kind::Float => decide(operator, &to_float(left)?, &to_float(right)?),
        Kind::Double => decide(operator, &to_double(left)?, &to_double(right)?),
        Kind::Bool => match (left, right) {
            (Value::Bool(left), Value::Bool(right)) => decide(operator, left, right),
            _ => return None,
        },
        Kind::Def => return None,
    })
}

/// Whether it is a number or a character.
pub(in crate::engine::painless) fn is_number(value: &Value) -> bool {
    to_int(value).is_some()
}

/// The type that two numbers of unknown type are promoted to.
pub(in crate::engine::painless) fn common_kind(left: &Value, right: &Value) -> Option<Kind> {
    if !is_number(left) || !is_number(right) {
        return None;
    }
    let rank = |value: &Value| match value {
        Value::Double(_) => 3,
        Value::Float(_) => 2,
        Value::Long(_) => 1,
        _ => 0,
    };
    Some(match rank(left).max(rank(right)) {
        3 => Kind::Double,
        2 => Kind::Float,
        1 => Kind::Long,
        _ => Kind::Int,
    })
}
