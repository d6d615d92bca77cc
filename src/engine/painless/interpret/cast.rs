//! Conversions while running.

use super::arithmetic::{convert, is_number};
use super::{Run, Vm, cannot_be_cast, class_cast, null_pointer, throw};
use crate::engine::painless::code::Cast;
use crate::engine::painless::types::Type;
use crate::engine::value::{JavaString, Value};

/// Which primitive types a boxed value converts to without an explicit cast.
fn fits(value: &Value, ty: Type) -> bool {
    let rank = match ty {
        Type::BYTE => 1,
        Type::SHORT => 2,
        Type::CHAR => return matches!(value, Value::Char(_)),
        Type::INT => 3,
        Type::LONG => 4,
        Type::FLOAT => 5,
        Type::DOUBLE => 6,
        _ => return false,
    };
    let own = match value {
        Value::Byte(_) => 1,
        Value::Short(_) => 2,
        Value::Char(_) | Value::Int(_) => 3,
        Value::Long(_) => 4,
        Value::Float(_) => 5,
        Value::Double(_) => 6,
        _ => return false,
    };
    own <= rank
}

impl Vm<'_> {
    /// The name of a value's class as casts of `def` show it: `int` for Integer.
    fn shown(&self, value: &Value) -> String {
        match value {
            Value::Array(_) => value.class_name().to_owned(),
            _ => Type::of(self.class_of(value)).unboxed().name(self.library),
        }
    }

    pub(super) fn apply(&mut self, cast: Cast, value: Value) -> Run<Value> {
        match cast {
            Cast::None => Ok(value),
            Cast::Number(ty) | Cast::Unbox(ty) => match (&value, ty) {
                (Value::Bool(_), Type::BOOLEAN) => Ok(value),
                (Value::Null, _) => null_pointer("Cannot unbox null"),
                _ => match convert(&value, ty) {
                    Some(converted) => Ok(converted),
                    None => cannot_be_cast(&value, "java.lang.Number"),
                },
            },
            Cast::Check(ty) => self.check(value, ty),
            Cast::CharToText => match value {
                Value::Char(unit) => Ok(Value::Str(JavaString::from_unit(unit))),
                other => Ok(other),
            },
            Cast::TextToChar => text_to_char(&value),
            Cast::Def(ty, explicit) => self.take_def(value, ty, explicit),
        }
    }

    /// A reference that has to be of a class.
    pub(in crate::engine::painless) fn check(&mut self, value: Value, ty: Type) -> Run<Value> {
        if value.is_null() || self.is_instance(&value, ty) {
            return Ok(value);
        }
        let name = if ty.is_array() {
            ty.array_class(self.library)
        } else {
            self.library.class(ty.class).name.to_owned()
        };
        cannot_be_cast(&value, &name)
    }

    /// `value instanceof ty`.
    pub(in crate::engine::painless) fn is_instance(&self, value: &Value, ty: Type) -> bool {
        if value.is_null() {
            return false;
        }
        if ty.is_def() || ty == Type::OBJECT {
            return true;
        }
        if let Value::Array(array) = value {
            let wanted = ty.array_class(self.library);
            let objects = wanted == "[Ljava.lang.Object;";
            return ty.is_array()
                && (array.class_name() == wanted
                    || objects && array.class_name().starts_with(['[']) && {
                        let rest = array.class_name().get(1..).unwrap_or_default();
                        rest.starts_with(['L', '['])
                    });
        }
        !ty.is_array() && self.library.class(self.class_of(value)).is_a(ty.class)
    }

    fn take_def(&mut self, value: Value, ty: Type, explicit: bool) -> Run<Value> {
        if ty == Type::STRING {
            return match value {
                Value::Null | Value::Str(_) => Ok(value),
                Value::Char(unit) if explicit => Ok(Value::Str(JavaString::from_unit(unit))),
                other => self.no_def_cast(&other, "java.lang.String", explicit),
            };
        }
        let primitive = ty.unboxed();
        if !primitive.is_primitive() {
            return self.check(value, ty);
        }
        if value.is_null() {
            if ty.is_primitive() {
                return null_pointer(
                    "Cannot invoke \"Object.getClass()\" because \"value\" is null",
                );
            }
            return Ok(value);
        }
        if primitive == Type::BOOLEAN {
            return match value {
                Value::Bool(_) => Ok(value),
                other => class_cast(format!(
                    "cannot cast def [{}] to {}",
                    self.shown(&other),
                    ty.name(self.library)
                )),
            };
        }
        if explicit
            && primitive == Type::CHAR
            && let Value::Str(_) = value
        {
            return text_to_char(&value);
        }
        let allowed = if explicit {
            is_number(&value)
        } else {
            fits(&value, primitive)
        };
        match convert(&value, primitive).filter(|_| allowed) {
            Some(converted) => Ok(converted),
            None => self.no_def_cast(&value, &ty.name(self.library), explicit),
        }
    }

    fn no_def_cast<T>(&self, value: &Value, wanted: &str, explicit: bool) -> Run<T> {
        let how = if explicit { "explicitly" } else { "implicitly" };
        class_cast(format!(
            "cannot {how} cast def [{}] to {wanted}",
            self.shown(value)
        ))
    }

    /// An argument of a call on `def`: its static type decides what is allowed,
    /// as for Java's method handles.
    pub(super) fn adapt(&mut self, value: Value, from: Type, to: Type) -> Run<Value> {
        if to.is_def() || to == Type::OBJECT {
            return Ok(value);
        }
        if !to.is_primitive() {
            if from.is_primitive() && !self.is_instance(&value, to) {
                return self.wrong_type(from, to);
            }
            return self.check(value, to);
        }
        let unboxed = from.unboxed();
        let known = from != Type::OBJECT && !from.is_def() && from != Type::NUMBER;
        if known && !unboxed.is_primitive() {
            return self.wrong_type(from, to);
        }
        if value.is_null() {
            return null_pointer("Cannot unbox null");
        }
        if to == Type::BOOLEAN {
            return match value {
                Value::Bool(_) => Ok(value),
                other => cannot_be_cast(&other, "java.lang.Boolean"),
            };
        }
        match convert(&value, to).filter(|_| fits(&value, to)) {
            Some(converted) => Ok(converted),
            None if known => self.wrong_type(from, to),
            None => {
                let class = self.library.class(to.boxed().class).name;
                cannot_be_cast(&value, class)
            }
        }
    }

    fn wrong_type<T>(&self, from: Type, to: Type) -> Run<T> {
        throw(
            "java.lang.invoke.WrongMethodTypeException",
            format!(
                "cannot convert an argument of type {} to {}",
                from.name(self.library),
                to.name(self.library)
            ),
        )
    }
}

fn text_to_char(value: &Value) -> Run<Value> {
    match value {
        Value::Str(text) => match (text.len(), text.unit(0)) {
            (1, Some(unit)) => Ok(Value::Char(unit)),
            _ => class_cast("cannot cast java.lang.String with length not equal to one to char"),
        },
        Value::Null => null_pointer("Cannot invoke \"String.length()\" because \"value\" is null"),
        other => cannot_be_cast(other, "java.lang.String"),
    }
}
