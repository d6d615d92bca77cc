//! Which conversions are legal, and what type operators work on.

use crate::engine::painless::code::{Cast, Kind};
use crate::engine::painless::library::Library;
use crate::engine::painless::types::Type;

/// The conversion from `actual` to `wanted`, or `None` if there is none.
/// `internal` allows boxing, `explicit` is a cast that stands in the script.
pub(super) fn legal_cast(
    library: &Library,
    actual: Type,
    wanted: Type,
    explicit: bool,
    internal: bool,
) -> Option<Cast> {
    if actual == wanted {
        return Some(Cast::None);
    }
    if actual.is_def() {
        return match wanted {
            Type::VOID => None,
            Type::OBJECT => Some(Cast::None),
            _ => Some(Cast::Def(wanted, explicit)),
        };
    }
    if let Some(cast) = primitive_cast(actual, wanted, explicit, internal) {
        return Some(cast);
    }
    if actual != Type::VOID && wanted.is_def() {
        return Some(Cast::None);
    }
    if actual.is_primitive() || wanted.is_primitive() {
        return None;
    }
    if wanted.accepts(actual, library) {
        return Some(Cast::None);
    }
    (explicit && actual.accepts(wanted, library)).then_some(Cast::Check(wanted))
}

fn is_numeric(ty: Type) -> bool {
    ty.is_primitive() && ty != Type::BOOLEAN && ty != Type::VOID
}

/// Whether `from` becomes `to` without losing its size.
fn widens(from: Type, to: Type) -> bool {
    let rank = |ty: Type| match ty {
        Type::BYTE => 1,
        Type::SHORT => 2,
        Type::CHAR => 3,
        Type::INT => 4,
        Type::LONG => 5,
        Type::FLOAT => 6,
        _ => 7,
    };
    from == to
        || to != Type::CHAR
            && (from != Type::BYTE || to != Type::BYTE)
            && rank(from) < rank(to)
            && !(from == Type::CHAR && to == Type::SHORT)
}

fn primitive_cast(actual: Type, wanted: Type, explicit: bool, internal: bool) -> Option<Cast> {
    if actual == Type::STRING {
        return (explicit && wanted == Type::CHAR).then_some(Cast::TextToChar);
    }
    if actual.is_primitive() {
        let target = wanted.unboxed();
        let to_class = target != wanted;
        if !to_class && !wanted.is_primitive() {
            let boxed = wanted == Type::OBJECT && actual != Type::VOID
                || wanted == Type::NUMBER && is_numeric(actual);
            if actual == Type::CHAR && wanted == Type::STRING {
                return explicit.then_some(Cast::CharToText);
            }
            return (boxed && internal).then_some(Cast::None);
        }
        if to_class && !internal {
            return None;
        }
        if actual == target {
            return Some(Cast::None);
        }
        let fits = is_numeric(actual) && is_numeric(target) && (explicit || widens(actual, target));
        return fits.then_some(Cast::Number(target));
    }
    let unboxed = actual.unboxed();
    if unboxed != actual && wanted.is_primitive() && internal {
        let fits = unboxed == wanted
            || is_numeric(unboxed) && is_numeric(wanted) && (explicit || widens(unboxed, wanted));
        return fits.then_some(Cast::Unbox(wanted));
    }
    None
}

/// The type that a unary operator works on.
pub(super) fn promote_one(ty: Type, decimal: bool) -> Option<Type> {
    if ty.is_def() {
        return Some(Type::DEF);
    }
    match ty.unboxed() {
        float @ (Type::DOUBLE | Type::FLOAT) => decimal.then_some(float),
        Type::LONG => Some(Type::LONG),
        Type::INT | Type::CHAR | Type::SHORT | Type::BYTE => Some(Type::INT),
        _ => None,
    }
}

/// The type that a numeric operator works on. One operand decides; the other
/// has to be converted to it then.
pub(super) fn promote(left: Type, right: Type, decimal: bool) -> Option<Type> {
    if left.is_def() || right.is_def() {
        return Some(Type::DEF);
    }
    let either = |ty: Type| left.unboxed() == ty || right.unboxed() == ty;
    if decimal && either(Type::DOUBLE) {
        return Some(Type::DOUBLE);
    }
    if decimal && either(Type::FLOAT) {
        return Some(Type::FLOAT);
    }
    if either(Type::LONG) {
        return Some(Type::LONG);
    }
    let small = [Type::INT, Type::CHAR, Type::SHORT, Type::BYTE];
    small.into_iter().any(either).then_some(Type::INT)
}

/// The type of a sum.
pub(super) fn promote_add(left: Type, right: Type) -> Option<Type> {
    if left == Type::STRING || right == Type::STRING {
        return Some(Type::STRING);
    }
    promote(left, right, true)
}

/// The type of `^`, and of `&=` and its like.
pub(super) fn promote_xor(left: Type, right: Type) -> Option<Type> {
    if left.is_def() || right.is_def() {
        return Some(Type::DEF);
    }
    if left.unboxed() == Type::BOOLEAN || right.unboxed() == Type::BOOLEAN {
        return Some(Type::BOOLEAN);
    }
    promote(left, right, false)
}

/// The type that two values are compared in for equality.
pub(super) fn promote_equality(left: Type, right: Type) -> Option<Type> {
    if left.is_def() || right.is_def() {
        return Some(Type::DEF);
    }
    if left.is_primitive() && right.is_primitive() {
        if left == Type::BOOLEAN && right == Type::BOOLEAN {
            return Some(Type::BOOLEAN);
        }
        return promote(left, right, true);
    }
    Some(Type::OBJECT)
}

/// The type of a conditional whose surroundings want none.
pub(super) fn promote_conditional(left: Type, right: Type) -> Type {
    if left == right {
        return left;
    }
    if left.is_def() || right.is_def() {
        return Type::DEF;
    }
    if is_numeric(left) && is_numeric(right) {
        for wide in [Type::DOUBLE, Type::FLOAT, Type::LONG, Type::INT] {
            if left == wide || right == wide {
                return wide;
            }
        }
        let other = if left == Type::BYTE { right } else { left };
        return match (left, right) {
            (Type::BYTE, Type::SHORT | Type::CHAR) | (Type::SHORT | Type::CHAR, Type::BYTE) => {
                Type::SHORT
            }
            _ => other,
        };
    }
    Type::OBJECT
}

/// How arithmetic on this type is done.
pub(super) fn kind_of(ty: Type) -> Kind {
    match ty {
        Type::BOOLEAN => Kind::Bool,
        Type::LONG => Kind::Long,
        Type::FLOAT => Kind::Float,
        Type::DOUBLE => Kind::Double,
        Type::DEF => Kind::Def,
        _ => Kind::Int,
    }
}
