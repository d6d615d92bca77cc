//! Deep copies, and letting go of deep containers without deep recursion.

use std::cell::Cell;
use std::fmt;

use super::walk::{Walk, visit};
use super::{List, ListKind, MAX_DEPTH, Map, Value};

/// Why a value cannot be copied into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyError {
    /// No document may hold a value of this class.
    UnexpectedType(String),
    /// Containers nest deeper than [`MAX_DEPTH`].
    TooDeep,
    /// The copy would have too many values.
    TooLarge,
}

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnexpectedType(class) => write!(f, "unexpected value type [class {class}]"),
            Self::TooDeep => write!(f, "more than {MAX_DEPTH} levels of nesting"),
            Self::TooLarge => f.write_str("more values than a document may hold"),
        }
    }
}

impl std::error::Error for CopyError {}

pub(super) fn deep_copy(value: &Value) -> Result<Value, CopyError> {
    let _walk = Walk::begin();
    copied(value, 0)
}

fn copied(value: &Value, depth: usize) -> Result<Value, CopyError> {
    if depth > MAX_DEPTH {
        return Err(CopyError::TooDeep);
    }
    if !visit() {
        return Err(CopyError::TooLarge);
    }
    match value {
        Value::Map(map) | Value::FrozenMap(map) => {
            let copy = map.borrow().copied(|value| copied(value, depth + 1))?;
            Ok(Value::Map(Map::new(copy)))
        }
        Value::List(list) if list.kind() == ListKind::Deque => {
            Err(CopyError::UnexpectedType(value.class_name().to_owned()))
        }
        Value::List(list) | Value::FrozenList(list) => {
            let items = list.borrow();
            let copy: Result<Vec<Value>, CopyError> =
                items.iter().map(|item| copied(item, depth + 1)).collect();
            Ok(Value::List(List::new(copy?)))
        }
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Long(_)
        | Value::Float(_)
        | Value::Double(_)
        | Value::Str(_) => Ok(value.clone()),
        Value::Object(object) if object.json().is_some() => Ok(value.clone()),
        Value::Object(object) => match object.list() {
            Some(items) => copied(&Value::list(items), depth),
            None => Err(CopyError::UnexpectedType(object.class_name().to_owned())),
        },
        _ => Err(CopyError::UnexpectedType(value.class_name().to_owned())),
    }
}

/// Whether a value holds others.
pub(super) const fn is_container(value: &Value) -> bool {
    matches!(
        value,
        Value::List(_)
            | Value::Map(_)
            | Value::FrozenList(_)
            | Value::FrozenMap(_)
            | Value::Set(_)
            | Value::Array(_)
    )
}

/// How many containers may be dropped within each other.
const NESTED_DROPS: u32 = 32;

thread_local! {
    static DROPS: Cell<u32> = const { Cell::new(0) };
}

/// A container that is being dropped, with all within it.
pub(super) struct Drops(());

impl Drops {
    /// Begins; `None` when too many are under way: those within are then to be
    /// [dropped one after the other](drop_flat).
    pub(super) fn begin() -> Option<Self> {
        let nested = DROPS.get();
        (nested < NESTED_DROPS).then(|| {
            DROPS.set(nested + 1);
            Self(())
        })
    }
}

impl Drop for Drops {
    fn drop(&mut self) {
        DROPS.set(DROPS.get().saturating_sub(1));
    }
}

/// Moves a list, map or set to the pile; null stays in its place.
#[inline]
pub(super) fn give(value: &mut Value, pile: &mut Vec<Value>) {
    if is_container(value) {
        pile.push(std::mem::take(value));
    }
}

/// Drops values one after the other: a container whose last handle goes gives
/// those within it to the pile first, so that no nesting can overflow the stack.
pub(super) fn drop_flat(mut pile: Vec<Value>) {
    while let Some(value) = pile.pop() {
        match &value {
            Value::List(list) | Value::FrozenList(list) if list.is_last() => {
                give_all(&mut list.borrow_mut(), &mut pile);
            }
            Value::Map(map) | Value::FrozenMap(map) if map.is_last() => {
                map.borrow_mut().give_containers(&mut pile);
            }
            Value::Set(set) if set.is_last() => {
                set.borrow_mut().give_containers(&mut pile);
            }
            Value::Array(array) if array.is_last() => {
                give_all(&mut array.borrow_mut(), &mut pile);
            }
            _ => {}
        }
    }
}

/// Drops the elements of a list or array.
pub(super) fn drop_items(mut items: Vec<Value>) {
    if items.is_empty() {
        return;
    }
    if let Some(_drops) = Drops::begin() {
        drop(items);
        return;
    }
    let mut pile = Vec::new();
    give_all(&mut items, &mut pile);
    drop_flat(pile);
}

fn give_all(items: &mut [Value], pile: &mut Vec<Value>) {
    for item in items {
        give(item, pile);
    }
}
