//! Going through the elements of something.

use std::vec::IntoIter;

use super::def::freeze;
use super::{Run, Vm, illegal_argument, null_pointer, throw_bare};
use crate::engine::painless::methods::iterator::JavaIterator;
use crate::engine::painless::methods::standin;
use crate::engine::painless::methods::view::View;
use crate::engine::value::{List, Map, Set, Value};

/// A position within something that can be gone through. Fails when that is
/// changed meanwhile, as Java's iterators do.
pub(in crate::engine::painless) enum Cursor {
    Items(IntoIter<Value>),
    List {
        list: List,
        next: usize,
        changes: u32,
        frozen: bool,
    },
    Set {
        set: Set,
        items: IntoIter<Value>,
        changes: u32,
    },
    View {
        map: Map,
        items: IntoIter<Value>,
        changes: u32,
    },
    Iterator(Value),
}

fn modified<T>() -> Run<T> {
    throw_bare("java.util.ConcurrentModificationException")
}

impl Cursor {
    /// A cursor over these values.
    pub(in crate::engine::painless) fn over(items: Vec<Value>) -> Self {
        Self::Items(items.into_iter())
    }

    /// How many elements a list cursor has given; for `remove`.
    pub(in crate::engine::painless) const fn list_position(&self) -> Option<usize> {
        match self {
            Self::List { next, .. } => Some(*next),
            _ => None,
        }
    }

    /// Goes to an element of a list.
    pub(in crate::engine::painless) const fn go_to(&mut self, index: usize) {
        if let Self::List { next, .. } = self {
            *next = index;
        }
    }

    /// Goes on after a change that the iterator itself made, `back` elements
    /// before where it was.
    pub(in crate::engine::painless) fn resync(&mut self, back: usize) {
        match self {
            Self::List {
                list,
                next,
                changes,
                ..
            } => {
                *next = next.saturating_sub(back);
                *changes = list.changes();
            }
            Self::Set { set, changes, .. } => *changes = set.borrow().changes(),
            Self::View { map, changes, .. } => *changes = map.borrow().changes(),
            Self::Items(_) | Self::Iterator(_) => {}
        }
    }

    /// Whether there is a next element.
    pub(in crate::engine::painless) fn has_next(&self) -> bool {
        match self {
            Self::Items(items) | Self::Set { items, .. } | Self::View { items, .. } => {
                !items.as_slice().is_empty()
            }
            Self::List { list, next, .. } => *next != list.len(),
            Self::Iterator(_) => false,
        }
    }
}

impl Vm<'_> {
    /// A cursor over something that can be gone through.
    pub(in crate::engine::painless) fn cursor(over: &Value) -> Run<Cursor> {
        Ok(match over {
            Value::List(list) | Value::FrozenList(list) => Cursor::List {
                list: list.clone(),
                next: 0,
                changes: list.changes(),
                frozen: matches!(over, Value::FrozenList(_)),
            },
            Value::Set(set) => Cursor::Set {
                items: set.items().into_iter(),
                changes: set.borrow().changes(),
                set: set.clone(),
            },
            Value::Array(array) => Cursor::over(array.borrow().clone()),
            Value::Null => {
                return null_pointer("Cannot invoke \"java.lang.Iterable.iterator()\" on null");
            }
            Value::Object(object) => {
                if let Some(view) = object.downcast::<View>() {
                    Cursor::View {
                        items: view.items().into_iter(),
                        changes: view.map.borrow().changes(),
                        map: view.map.clone(),
                    }
                } else if object.downcast::<JavaIterator>().is_some() {
                    Cursor::Iterator(over.clone())
                } else if let Some(elements) = standin::elements(object) {
                    return Self::cursor(&elements);
                } else {
                    return illegal_argument(format!(
                        "Cannot iterate over [{}]",
                        Self::shown_class(over)
                    ));
                }
            }
            other => {
                return illegal_argument(format!(
                    "Cannot iterate over [{}]",
                    Self::shown_class(other)
                ));
            }
        })
    }

    /// The next element.
    pub(in crate::engine::painless) fn advance(
        &mut self,
        cursor: &mut Cursor,
    ) -> Run<Option<Value>> {
        match cursor {
            Cursor::Items(items) => Ok(items.next()),
            Cursor::List {
                list,
                next,
                changes,
                frozen,
            } => {
                if *next == list.len() {
                    return Ok(None);
                }
                if list.changes() != *changes {
                    return modified();
                }
                let item = list.get(*next);
                *next += 1;
                Ok(if *frozen { item.map(freeze) } else { item })
            }
            Cursor::Set {
                set,
                items,
                changes,
            } => {
                if items.as_slice().is_empty() {
                    return Ok(None);
                }
                if set.borrow().changes() != *changes {
                    return modified();
                }
                Ok(items.next())
            }
            Cursor::View {
                map,
                items,
                changes,
            } => {
                if items.as_slice().is_empty() {
                    return Ok(None);
                }
                if map.borrow().changes() != *changes {
                    return modified();
                }
                Ok(items.next())
            }
            Cursor::Iterator(iterator) => {
                let iterator = iterator.clone();
                let more = self.call_method(&iterator, "hasNext", &[])?;
                if !matches!(more, Value::Bool(true)) {
                    return Ok(None);
                }
                self.call_method(&iterator, "next", &[]).map(Some)
            }
        }
    }

    /// All elements of a collection.
    pub(in crate::engine::painless) fn items(&mut self, collection: &Value) -> Run<Vec<Value>> {
        let mut cursor = Self::cursor(collection)?;
        let mut items = Vec::new();
        while let Some(item) = self.advance(&mut cursor)? {
            items.push(item);
        }
        self.work(items.len())?;
        self.allocate(items.len())?;
        Ok(items)
    }
}
