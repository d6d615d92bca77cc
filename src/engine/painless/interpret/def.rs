//! Operators on values whose types are known only now.

use super::arithmetic::{DivisionByZero, binary, common_kind, compare, convert, is_number, unary};
use super::{Run, Vm, cannot_be_cast, class_cast, illegal_argument, null_pointer, throw};
use crate::engine::painless::ast::{Binary, Comparison, Unary};
use crate::engine::painless::code::{Kind, Linked};
use crate::engine::painless::types::Type;
use crate::engine::value::{Value, equals};

pub(super) fn division<T>(_: DivisionByZero) -> Run<T> {
    throw("java.lang.ArithmeticException", "/ by zero")
}

fn integral(value: &Value) -> Run<Kind> {
    match value {
        Value::Long(_) => Ok(Kind::Long),
        Value::Byte(_) | Value::Short(_) | Value::Char(_) | Value::Int(_) => Ok(Kind::Int),
        other => class_cast(format!(
            "Cannot convert [{}] to an integral value.",
            other.class_name()
        )),
    }
}

impl Vm<'_> {
    pub(super) fn math(&mut self, operator: Binary, left: &Value, right: &Value) -> Run<Value> {
        if operator == Binary::Add
            && let (Value::Str(_), _) | (_, Value::Str(_)) = (left, right)
        {
            return self.joined(left, right);
        }
        if left.is_null() || right.is_null() {
            let side = if left.is_null() { "left" } else { "right" };
            return null_pointer(&format!(
                "Cannot invoke \"Object.getClass()\" because \"{side}\" is null"
            ));
        }
        let kind = match operator {
            Binary::And | Binary::Or | Binary::Xor => {
                if let (Value::Bool(_), Value::Bool(_)) = (left, right) {
                    Kind::Bool
                } else {
                    match (integral(left)?, integral(right)?) {
                        (Kind::Long, _) | (_, Kind::Long) => Kind::Long,
                        _ => Kind::Int,
                    }
                }
            }
            _ if operator.is_shift() => {
                return self.shift(operator, left, right);
            }
            _ => match common_kind(left, right) {
                Some(kind) => kind,
                None => {
                    return class_cast(format!(
                        "Cannot apply [{}] operation to types [{}] and [{}].",
                        operator.symbol(),
                        Self::shown_class(left),
                        Self::shown_class(right)
                    ));
                }
            },
        };
        match binary(operator, kind, left, right) {
            Some(Ok(value)) => Ok(value),
            Some(Err(zero)) => division(zero),
            None => class_cast("operands of another type"),
        }
    }

    fn shift(&mut self, operator: Binary, left: &Value, right: &Value) -> Run<Value> {
        let Ok(kind) = integral(left) else {
            let name = Type::of(self.class_of(left)).unboxed().name(self.library);
            return class_cast(format!(
                "Cannot apply [{}] operation to type [{name}]",
                operator.symbol()
            ));
        };
        integral(right)?;
        let Some(distance) = convert(right, Type::INT) else {
            return class_cast("a shift by something else than a number");
        };
        match binary(operator, kind, left, &distance) {
            Some(Ok(value)) => Ok(value),
            _ => class_cast("operands of another type"),
        }
    }

    /// What a compound assignment to a `def` stores: the result in the class that
    /// was there before.
    pub(super) fn keep_class(&mut self, before: &Value, result: Value) -> Run<Value> {
        let wanted = Type::of(self.class_of(before)).unboxed();
        match before {
            Value::Bool(_) if !matches!(result, Value::Bool(_)) => {
                let name = Type::of(self.class_of(&result))
                    .unboxed()
                    .name(self.library);
                class_cast(format!("Cannot cast {name} to boolean"))
            }
            before if is_number(before) => match convert(&result, wanted) {
                Some(converted) => Ok(converted),
                None if matches!(result, Value::Str(_)) => {
                    let name = self.library.class(self.class_of(before)).name;
                    cannot_be_cast(&result, name)
                }
                None => Ok(result),
            },
            _ => Ok(result),
        }
    }

    pub(super) fn negate(operator: Unary, value: &Value) -> Run<Value> {
        if value.is_null() {
            return null_pointer("Cannot invoke \"Object.getClass()\" because \"unary\" is null");
        }
        let kind = common_kind(value, value);
        match kind.and_then(|kind| unary(operator, kind, value)) {
            Some(value) => Ok(value),
            None => class_cast(format!(
                "Cannot apply [{}] operation to type [{}]",
                operator.symbol(),
                Self::shown_class(value)
            )),
        }
    }

    pub(super) fn compare_def(operator: Comparison, left: &Value, right: &Value) -> Run<bool> {
        if operator.is_equality() {
            let equal = match common_kind(left, right) {
                Some(kind) => compare(Comparison::Equal, kind, left, right).unwrap_or_default(),
                None => equals(left, right),
            };
            return Ok(equal == matches!(operator, Comparison::Equal | Comparison::Same));
        }
        if left.is_null() || right.is_null() {
            let side = if left.is_null() { "left" } else { "right" };
            return null_pointer(&format!(
                "Cannot invoke \"Object.getClass()\" because \"{side}\" is null"
            ));
        }
        let kind = common_kind(left, right);
        if let Some(result) = kind.and_then(|kind| compare(operator, kind, left, right)) {
            Ok(result)
        } else {
            let symbol = match operator {
                Comparison::Less | Comparison::LessEqual => "<",
                _ => ">",
            };
            class_cast(format!(
                "Cannot apply [{symbol}] operation to types [{}] and [{}].",
                Self::shown_class(left),
                Self::shown_class(right)
            ))
        }
    }

    /// `receiver.name` on a `def`.
    pub(super) fn load_dot(
        &mut self,
        receiver: &Value,
        (name, text, linked): (&str, u32, &Linked),
    ) -> Run<Value> {
        if !receiver.is_null() {
            linked.set();
        }
        match receiver {
            // "empty" is a property of maps: isEmpty()
            Value::Map(map) if name != "empty" => {
                let key = self.text(text);
                Ok(map.borrow().get_string(&key).cloned().unwrap_or_default())
            }
            Value::FrozenMap(map) if name != "empty" => {
                let key = self.text(text);
                let value = map.borrow().get_string(&key).cloned().unwrap_or_default();
                Ok(freeze(value))
            }
            Value::Null => no_class(linked.get()),
            Value::List(_) | Value::FrozenList(_) => {
                if let Some(getter) = self.library.class(self.class_of(receiver)).getter(name) {
                    return self.invoke(getter, std::slice::from_ref(receiver));
                }
                let Ok(index) = name.parse::<i32>() else {
                    return illegal_argument(format!("Illegal list shortcut value [{name}]."));
                };
                self.list_item(receiver, index)
            }
            Value::Array(array) if name == "length" => {
                Ok(Value::Int(i32::try_from(array.len()).unwrap_or(i32::MAX)))
            }
            other => {
                let class = self.class_of(other);
                if let Some(getter) = self.library.class(class).getter(name) {
                    self.invoke(getter, std::slice::from_ref(other))
                } else {
                    if Type::MAP.accepts(Type::of(class), self.library) {
                        return self.map_item(other, &Value::str(name));
                    }
                    let shown = Self::shown_class(other);
                    illegal_argument(format!("dynamic getter [{shown}, {name}] not found"))
                }
            }
        }
    }

    /// `receiver.name = value` on a `def`.
    pub(super) fn store_dot(
        &mut self,
        receiver: &Value,
        name: &str,
        text: u32,
        value: Value,
        from: Type,
    ) -> Run<()> {
        match receiver {
            Value::Map(_) | Value::FrozenMap(_) => {
                let key = Value::Str(self.text(text));
                self.put_item(receiver, key, value)
            }
            Value::Null => {
                null_pointer("Cannot invoke \"Object.getClass()\" because \"callArgs[0]\" is null")
            }
            Value::List(_) | Value::FrozenList(_) => {
                let Ok(index) = name.parse::<i32>() else {
                    return illegal_argument(format!("Illegal list shortcut value [{name}]."));
                };
                self.set_item(receiver, index, value)
            }
            other => {
                let class = self.class_of(other);
                let Some(setter) = self.library.class(class).setter(name) else {
                    let shown = Self::shown_class(other);
                    return illegal_argument(format!("dynamic setter [{shown}, {name}] not found"));
                };
                let wanted = self.library.method(setter).parameters.first().copied();
                let value = self.adapt(value, from, wanted.unwrap_or(Type::DEF))?;
                self.invoke(setter, &[other.clone(), value]).map(drop)
            }
        }
    }

    /// The name of a class as errors of dynamic calls show it.
    pub(super) fn shown_class(value: &Value) -> String {
        value.class_name().replace('$', ".")
    }
}

/// A call on null; Java names the variable of its run-time that held it, and that
/// is another one from the second call at the same place on.
pub(super) fn no_class<T>(linked: bool) -> Run<T> {
    let holder = if linked { "receiver" } else { "callArgs[0]" };
    null_pointer(&format!(
        "Cannot invoke \"Object.getClass()\" because \"{holder}\" is null"
    ))
}

/// A value as the read-only document of a condition shows it.
pub(in crate::engine::painless) fn freeze(value: Value) -> Value {
    match value {
        Value::Map(map) => Value::FrozenMap(map),
        Value::List(list) => Value::FrozenList(list),
        other => other,
    }
}
