//! Arithmetic on constants while compiling.

use crate::engine::painless::ast::{Binary, Unary};
use crate::engine::painless::code::{Constant, Kind};
use crate::engine::painless::interpret::arithmetic;
use crate::engine::painless::types::Type;
use crate::engine::value::Value;

fn from_value(value: &Value) -> Option<Constant> {
    Some(match value {
        Value::Bool(value) => Constant::Bool(*value),
        Value::Byte(n) => Constant::Byte(*n),
        Value::Short(n) => Constant::Short(*n),
        Value::Char(unit) => Constant::Char(*unit),
        Value::Int(n) => Constant::Int(*n),
        Value::Long(n) => Constant::Long(*n),
        Value::Float(n) => Constant::Float(*n),
        Value::Double(n) => Constant::Double(*n),
        _ => return None,
    })
}

/// A numeric constant as a constant of another type.
pub(super) fn convert(constant: Constant, ty: Type) -> Option<Constant> {
    from_value(&arithmetic::convert(&constant.into(), ty)?)
}

/// The result of an operator; `Err` for a division by zero.
pub(super) fn binary(
    operator: Binary,
    kind: Kind,
    left: Constant,
    right: Constant,
) -> Option<Result<Constant, ()>> {
    match arithmetic::binary(operator, kind, &left.into(), &right.into())? {
        Ok(value) => from_value(&value).map(Ok),
        Err(arithmetic::DivisionByZero) => Some(Err(())),
    }
}

/// The result of a unary operator.
pub(super) fn unary(operator: Unary, kind: Kind, operand: Constant) -> Option<Constant> {
    from_value(&arithmetic::unary(operator, kind, &operand.into())?)
}
