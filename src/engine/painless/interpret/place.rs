//! Reading and writing variables, properties and elements.

use super::def::freeze;
use super::{Run, Vm, illegal_argument, null_pointer, throw};
use crate::engine::painless::code::Target;
use crate::engine::painless::types::Type;
use crate::engine::value::{ListKind, Value};

/// What the parts of a target evaluated to.
pub(super) enum Found {
    Local(u16),
    One(Value),
    Two(Value, Value),
}

fn read_only<T>() -> Run<T> {
    throw(
        "java.lang.UnsupportedOperationException",
        "Mutating ingest documents in conditionals is not supported",
    )
}

impl Vm<'_> {
    pub(super) fn load(&mut self, target: &Target) -> Run<Value> {
        let found = self.find(target)?;
        self.read(target, &found)
    }

    pub(super) fn find(&mut self, target: &Target) -> Run<Found> {
        Ok(match target {
            Target::Local(slot) => Found::Local(*slot),
            Target::Dot(receiver, ..)
            | Target::ArrayLength(receiver)
            | Target::Property(receiver, ..) => Found::One(self.eval(receiver)?),
            Target::MapItem(receiver, index)
            | Target::ListItem(receiver, index)
            | Target::ArrayItem(receiver, index)
            | Target::Item(receiver, index, ..) => {
                let receiver = self.eval(receiver)?;
                Found::Two(receiver, self.eval(index)?)
            }
        })
    }

    pub(super) fn read(&mut self, target: &Target, found: &Found) -> Run<Value> {
        match (target, found) {
            (Target::Dot(_, name, text, linked), Found::One(receiver)) => {
                self.load_dot(receiver, (name, *text, linked))
            }
            (Target::ArrayLength(_), Found::One(receiver)) => match receiver {
                Value::Array(array) => {
                    Ok(Value::Int(i32::try_from(array.len()).unwrap_or(i32::MAX)))
                }
                _ => null_pointer("Cannot read the array length because it is null"),
            },
            (Target::Property(_, Some(getter), _), Found::One(receiver)) => {
                self.invoke(*getter, std::slice::from_ref(receiver))
            }
            (Target::MapItem(..), Found::Two(receiver, key)) => self.map_item(receiver, key),
            (Target::ListItem(..), Found::Two(receiver, Value::Int(index))) => {
                self.list_item(receiver, *index)
            }
            (Target::ArrayItem(..), Found::Two(receiver, Value::Int(index))) => {
                Self::array_item(receiver, *index)
            }
            (Target::Item(_, _, ty, at), Found::Two(receiver, index)) => {
                self.item(receiver, index, *ty, *at)
            }
            (_, Found::Local(slot)) => Ok(self.local(*slot)),
            _ => null_pointer("nothing to read"),
        }
    }

    pub(super) fn write(
        &mut self,
        target: &Target,
        found: &Found,
        value: Value,
        from: Type,
    ) -> Run<()> {
        match (target, found) {
            (Target::Dot(_, name, text, _), Found::One(receiver)) => {
                self.store_dot(receiver, name, *text, value, from)
            }
            (Target::Property(_, _, Some(setter)), Found::One(receiver)) => {
                self.invoke(*setter, &[receiver.clone(), value]).map(drop)
            }
            (Target::MapItem(..), Found::Two(receiver, key)) => {
                self.put_item(receiver, key.clone(), value)
            }
            (Target::ListItem(..), Found::Two(receiver, Value::Int(index))) => {
                self.set_item(receiver, *index, value)
            }
            (Target::ArrayItem(..), Found::Two(receiver, Value::Int(index))) => {
                Self::set_array_item(receiver, *index, value)
            }
            (Target::Item(_, _, ty, at), Found::Two(receiver, index)) => match receiver {
                Value::Map(_) | Value::FrozenMap(_) => {
                    self.put_item(receiver, index.clone(), value)
                }
                Value::List(_) | Value::FrozenList(_) => {
                    let index = self.index(index, *ty, *at)?;
                    self.set_item(receiver, index, value)
                }
                Value::Array(array) => {
                    let index = self.index(index, *ty, *at)?;
                    let element = self.element_type(array.class_name());
                    let value = self.adapt(value, from, element)?;
                    Self::set_array_item(receiver, index, value)
                }
                other => Self::no_item(other, *at),
            },
            (_, Found::Local(slot)) => {
                self.set_local(*slot, value);
                Ok(())
            }
            _ => null_pointer("nothing to write to"),
        }
    }

    /// The value under a key of a map.
    pub(super) fn map_item(&mut self, receiver: &Value, key: &Value) -> Run<Value> {
        match (receiver, key) {
            (Value::Map(map), Value::Str(key)) => {
                Ok(map.borrow().get_string(key).cloned().unwrap_or_default())
            }
            (Value::Map(map), key) => Ok(map.borrow().get(key).cloned().unwrap_or_default()),
            (Value::FrozenMap(map), key) => {
                Ok(freeze(map.borrow().get(key).cloned().unwrap_or_default()))
            }
            (Value::Null, _) => null_pointer("Cannot invoke \"java.util.Map.get(Object)\" on null"),
            (other, key) => self.call_method(other, "get", std::slice::from_ref(key)),
        }
    }

    pub(super) fn put_item(&mut self, receiver: &Value, key: Value, value: Value) -> Run<()> {
        match receiver {
            Value::Map(_) => self.map_put(receiver, key, value).map(drop),
            Value::FrozenMap(_) => read_only(),
            Value::Null => {
                null_pointer("Cannot invoke \"java.util.Map.put(Object, Object)\" on null")
            }
            other => self.call_method(other, "put", &[key, value]).map(drop),
        }
    }

    /// A negative index counts from the end.
    fn normal(index: i32, length: usize) -> i32 {
        let length = i32::try_from(length).unwrap_or(i32::MAX);
        if index < 0 {
            index.wrapping_add(length)
        } else {
            index
        }
    }

    pub(super) fn list_item(&mut self, receiver: &Value, index: i32) -> Run<Value> {
        match receiver {
            Value::List(list) | Value::FrozenList(list) => {
                let items = list.borrow();
                let index = Self::normal(index, items.len());
                let item = usize::try_from(index)
                    .ok()
                    .and_then(|index| items.get(index));
                match (item, receiver) {
                    (Some(item), Value::List(_)) => Ok(item.clone()),
                    (Some(item), _) => Ok(freeze(item.clone())),
                    (None, _) => out_of_bounds(index, items.len()),
                }
            }
            Value::Null => null_pointer("Cannot invoke \"java.util.List.get(int)\" on null"),
            other => {
                let size = self.call_method(other, "size", &[])?;
                let size = match size {
                    Value::Int(size) => usize::try_from(size).unwrap_or_default(),
                    _ => 0,
                };
                let index = Value::Int(Self::normal(index, size));
                self.call_method(other, "get", &[index])
            }
        }
    }

    pub(super) fn set_item(&mut self, receiver: &Value, index: i32, value: Value) -> Run<()> {
        match receiver {
            Value::List(list) if list.kind() != ListKind::Unmodifiable => {
                let mut items = list.borrow_mut();
                let length = items.len();
                let index = Self::normal(index, length);
                match usize::try_from(index)
                    .ok()
                    .and_then(|index| items.get_mut(index))
                {
                    Some(place) => {
                        *place = value;
                        Ok(())
                    }
                    None => out_of_bounds(index, length),
                }
            }
            Value::FrozenList(_) => read_only(),
            Value::Null => {
                null_pointer("Cannot invoke \"java.util.List.set(int, Object)\" on null")
            }
            other => self
                .call_method(other, "set", &[Value::Int(index), value])
                .map(drop),
        }
    }

    pub(super) fn array_item(receiver: &Value, index: i32) -> Run<Value> {
        let Value::Array(array) = receiver else {
            return null_pointer("Cannot load from an array that is null");
        };
        let items = array.borrow();
        let index = Self::normal(index, items.len());
        match usize::try_from(index)
            .ok()
            .and_then(|index| items.get(index))
        {
            Some(item) => Ok(item.clone()),
            None => array_out_of_bounds(index, items.len()),
        }
    }

    pub(super) fn set_array_item(receiver: &Value, index: i32, value: Value) -> Run<()> {
        let Value::Array(array) = receiver else {
            return null_pointer("Cannot store to an array that is null");
        };
        let mut items = array.borrow_mut();
        let length = items.len();
        let index = Self::normal(index, length);
        match usize::try_from(index)
            .ok()
            .and_then(|index| items.get_mut(index))
        {
            Some(place) => {
                *place = value;
                Ok(())
            }
            None => array_out_of_bounds(index, length),
        }
    }

    /// An index on a `def`.
    fn item(&mut self, receiver: &Value, index: &Value, ty: Type, at: u32) -> Run<Value> {
        match receiver {
            Value::Map(_) | Value::FrozenMap(_) => self.map_item(receiver, index),
            Value::List(_) | Value::FrozenList(_) => {
                let index = self.index(index, ty, at)?;
                self.list_item(receiver, index)
            }
            Value::Array(_) => {
                let index = self.index(index, ty, at)?;
                Self::array_item(receiver, index)
            }
            other => Self::no_item(other, at),
        }
    }

    fn no_item<T>(receiver: &Value, at: u32) -> Run<T> {
        let failure = if receiver.is_null() {
            null_pointer("Cannot invoke \"Object.getClass()\" because \"callArgs[0]\" is null")
        } else {
            illegal_argument(format!(
                "Attempting to address a non-array-like type [{}] as an array.",
                Self::shown_class(receiver)
            ))
        };
        failure.map_err(|thrown| Self::locate_exactly(thrown, at))
    }

    fn index(&mut self, index: &Value, ty: Type, at: u32) -> Run<i32> {
        let adapted = self.adapt(index.clone(), ty, Type::INT);
        match adapted.map_err(|thrown| Self::locate_exactly(thrown, at))? {
            Value::Int(index) => Ok(index),
            _ => Ok(0),
        }
    }

    /// The type of the elements of an array of this class.
    pub(super) fn element_type(&self, class: &str) -> Type {
        let element = class.get(1..).unwrap_or_default();
        let depth = element.bytes().take_while(|&byte| byte == b'[').count();
        let dims = u8::try_from(depth).unwrap_or(u8::MAX);
        let plain = match element.get(depth..).unwrap_or_default() {
            "Z" => Type::BOOLEAN,
            "B" => Type::BYTE,
            "S" => Type::SHORT,
            "C" => Type::CHAR,
            "I" => Type::INT,
            "J" => Type::LONG,
            "F" => Type::FLOAT,
            "D" => Type::DOUBLE,
            other => {
                let name = other.trim_start_matches('L').trim_end_matches(';');
                match name {
                    "java.lang.Object" => Type::DEF,
                    name => Type::of(self.library.runtime_class(name)),
                }
            }
        };
        Type {
            class: plain.class,
            dims,
        }
    }
}

pub(in crate::engine::painless) fn out_of_bounds<T>(index: i32, length: usize) -> Run<T> {
    throw(
        "java.lang.IndexOutOfBoundsException",
        format!("Index {index} out of bounds for length {length}"),
    )
}

fn array_out_of_bounds<T>(index: i32, length: usize) -> Run<T> {
    throw(
        "java.lang.ArrayIndexOutOfBoundsException",
        format!("Index {index} out of bounds for length {length}"),
    )
}
