//! `List`, `ArrayList`, `LinkedList`, and the queues that are kept alike.

use super::arguments::{at, int, position, size};
use super::path::by_path;
use super::queue::{DEQUE, QUEUE, STACK};
use super::sort::sort;
use super::standin::part_of;
use super::{Row, Table, class, hidden};
use crate::engine::painless::interpret::{Run, Vm, null_pointer, throw, throw_bare};
use crate::engine::value::{List, ListKind, Value};

/// The name of the interface.
pub(super) const LIST_CLASS: &str = "java.util.List";

/// The list that an argument is.
pub(super) fn list(a: &[Value], index: usize) -> Run<&List> {
    match at(a, index) {
        Value::List(list) | Value::FrozenList(list) => Ok(list),
        _ => null_pointer("a list is null"),
    }
}

/// A change that this object does not allow.
pub(super) fn unsupported<T>(receiver: &Value) -> Run<T> {
    match receiver {
        Value::FrozenList(_) | Value::FrozenMap(_) => throw(
            "java.lang.UnsupportedOperationException",
            "Mutating ingest documents in conditionals is not supported",
        ),
        _ => throw_bare("java.lang.UnsupportedOperationException"),
    }
}

/// The list, if its elements may be replaced.
pub(super) fn writable(value: &Value) -> Run<&List> {
    match value {
        Value::List(list) if list.kind() != ListKind::Unmodifiable => Ok(list),
        Value::Null => null_pointer("a list is null"),
        other => unsupported(other),
    }
}

/// The list, if elements may come and go.
pub(super) fn growable(value: &Value) -> Run<&List> {
    match value {
        Value::List(list)
            if matches!(
                list.kind(),
                ListKind::Array | ListKind::Linked | ListKind::Deque
            ) =>
        {
            Ok(list)
        }
        Value::Null => null_pointer("a list is null"),
        other => unsupported(other),
    }
}

/// Adds an element at the end.
pub(super) fn push(vm: &mut Vm<'_>, target: &Value, item: Value) -> Run<()> {
    let list = growable(target)?;
    vm.grow(list.len() + 1)?;
    list.push(item);
    Ok(())
}

pub(super) fn shown(value: Value, receiver: &Value) -> Value {
    match (value, receiver) {
        (Value::Map(map), Value::FrozenList(_)) => Value::FrozenMap(map),
        (Value::List(list), Value::FrozenList(_)) => Value::FrozenList(list),
        (value, _) => value,
    }
}

pub(super) fn bounds<T>(index: i32, length: usize) -> Run<T> {
    throw(
        "java.lang.IndexOutOfBoundsException",
        format!("Index {index} out of bounds for length {length}"),
    )
}

fn get(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (list, index) = (list(a, 0)?, int(a, 1));
    match usize::try_from(index)
        .ok()
        .and_then(|index| list.get(index))
    {
        Some(item) => Ok(shown(item, at(a, 0))),
        None => bounds(index, list.len()),
    }
}

fn set(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (list, index) = (writable(at(a, 0))?, int(a, 1));
    let mut items = list.borrow_mut();
    let length = items.len();
    match usize::try_from(index)
        .ok()
        .and_then(|index| items.get_mut(index))
    {
        Some(place) => Ok(std::mem::replace(place, at(a, 2).clone())),
        None => bounds(index, length),
    }
}

pub(super) fn insert(vm: &mut Vm<'_>, target: &Value, index: i32, new: Vec<Value>) -> Run<()> {
    let list = growable(target)?;
    let length = list.len();
    let Some(index) = usize::try_from(index).ok().filter(|index| *index <= length) else {
        return throw(
            "java.lang.IndexOutOfBoundsException",
            format!("Index: {index}, Size: {length}"),
        );
    };
    vm.grow(length + new.len())?;
    vm.allocate(new.len())?;
    list.touch();
    list.borrow_mut().splice(index..index, new);
    Ok(())
}

/// Takes an element out.
pub(super) fn remove_at(target: &Value, index: usize) -> Run<Value> {
    let list = growable(target)?;
    let length = list.len();
    if index >= length {
        return bounds(i32::try_from(index).unwrap_or(i32::MAX), length);
    }
    list.touch();
    Ok(list.borrow_mut().remove(index))
}

fn remove(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    match usize::try_from(int(a, 1)) {
        Ok(index) => remove_at(at(a, 0), index),
        Err(_) => bounds(int(a, 1), growable(at(a, 0))?.len()),
    }
}

/// `list.sort(comparator)`.
pub(super) fn sort_list(vm: &mut Vm<'_>, target: &Value, comparator: &Value) -> Run<Value> {
    let list = writable(target)?;
    let sorted = sort(vm, list.items(), comparator)?;
    *list.borrow_mut() = sorted;
    list.touch();
    Ok(Value::Null)
}

fn replace_all(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let list = writable(at(a, 0))?;
    for (index, item) in list.items().into_iter().enumerate() {
        let new = vm.call(at(a, 1), &[item])?;
        if let Some(place) = list.borrow_mut().get_mut(index) {
            *place = new;
        }
    }
    Ok(Value::Null)
}

const LIST: &[Row] = &[
    ("void add(int,def)", |vm, a| {
        insert(vm, at(a, 0), int(a, 1), vec![at(a, 2).clone()])?;
        Ok(Value::Null)
    }),
    ("boolean addAll(int,Collection)", |vm, a| {
        let items = vm.items(at(a, 2))?;
        let any = !items.is_empty();
        insert(vm, at(a, 0), int(a, 1), items)?;
        Ok(Value::Bool(any))
    }),
    ("def get(int)", get),
    ("int indexOf(def)", |_, a| {
        Ok(position(
            list(a, 0)?
                .borrow()
                .iter()
                .position(|item| item == at(a, 1)),
        ))
    }),
    ("int lastIndexOf(def)", |_, a| {
        Ok(position(
            list(a, 0)?
                .borrow()
                .iter()
                .rposition(|item| item == at(a, 1)),
        ))
    }),
    ("ListIterator listIterator()", |vm, a| {
        super::iterator::over_list(vm, at(a, 0), 0)
    }),
    ("ListIterator listIterator(int)", |vm, a| {
        super::iterator::over_list(vm, at(a, 0), int(a, 1))
    }),
    ("def remove(int)", remove),
    ("void replaceAll(UnaryOperator)", replace_all),
    ("def set(int,def)", set),
    ("int getLength()", |_, a| Ok(size(list(a, 0)?.len()))),
    ("void sort(Comparator)", |vm, a| {
        sort_list(vm, at(a, 0), at(a, 1))
    }),
    ("List subList(int,int)", |_, a| part_of(list(a, 0)?, a)),
    ("Object getByPath(String)", |_, a| by_path(a)),
    ("Object getByPath(String,Object)", |_, a| by_path(a)),
];

pub(super) fn copied(vm: &mut Vm<'_>, a: &[Value], kind: ListKind) -> Run<Value> {
    let items = match a {
        [] | [Value::Int(_)] => Vec::new(),
        [from, ..] => vm.items(from)?,
    };
    Ok(Value::List(List::of_kind(kind, items)))
}

fn clone(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let list = list(a, 0)?;
    Ok(Value::List(List::of_kind(list.kind(), list.items())))
}

const ARRAY_LIST: &[Row] = &[
    ("new()", |vm, a| copied(vm, a, ListKind::Array)),
    ("new(Collection)", |vm, a| copied(vm, a, ListKind::Array)),
    ("def clone()", clone),
    ("void trimToSize()", |_, _| Ok(Value::Null)),
];

fn nth(a: &[Value], index: i32, take: bool) -> Run<Value> {
    let list = list(a, 0)?;
    match usize::try_from(index) {
        Ok(index) if index < list.len() && take => remove_at(at(a, 0), index),
        Ok(index) if index < list.len() => Ok(list.get(index).unwrap_or_default()),
        _ => throw(
            "java.lang.ArrayIndexOutOfBoundsException",
            format!("{index} >= {}", list.len()),
        ),
    }
}

const VECTOR: &[Row] = &[
    ("new()", |vm, a| copied(vm, a, ListKind::Array)),
    ("new(Collection)", |vm, a| copied(vm, a, ListKind::Array)),
    ("def clone()", clone),
    ("void addElement(def)", |vm, a| {
        push(vm, at(a, 0), at(a, 1).clone())?;
        Ok(Value::Null)
    }),
    ("def elementAt(int)", |_, a| nth(a, int(a, 1), false)),
    ("def firstElement()", |_, a| match list(a, 0)?.get(0) {
        Some(item) => Ok(item),
        None => super::text::no_such_element(),
    }),
    ("def lastElement()", |_, a| {
        match list(a, 0)?.borrow().last() {
            Some(item) => Ok(item.clone()),
            None => super::text::no_such_element(),
        }
    }),
    ("void insertElementAt(def,int)", |vm, a| {
        insert(vm, at(a, 0), int(a, 2), vec![at(a, 1).clone()])?;
        Ok(Value::Null)
    }),
    ("void removeAllElements()", |_, a| {
        let list = growable(at(a, 0))?;
        list.touch();
        list.borrow_mut().clear();
        Ok(Value::Null)
    }),
    ("void removeElementAt(int)", |_, a| {
        nth(a, int(a, 1), true)?;
        Ok(Value::Null)
    }),
    ("void setElementAt(def,int)", |_, a| {
        nth(a, int(a, 2), false)?;
        let index = usize::try_from(int(a, 2)).unwrap_or_default();
        if let Some(place) = list(a, 0)?.borrow_mut().get_mut(index) {
            *place = at(a, 1).clone();
        }
        Ok(Value::Null)
    }),
];

const LINKED_LIST: &[Row] = &[
    ("new()", |vm, a| copied(vm, a, ListKind::Linked)),
    ("new(Collection)", |vm, a| copied(vm, a, ListKind::Linked)),
    ("def clone()", clone),
    // and not `remove(def)` of `Deque`
    ("def remove(int)", remove),
];

const ARRAY_DEQUE: &[Row] = &[
    ("new()", |vm, a| copied(vm, a, ListKind::Deque)),
    ("new(Collection)", |vm, a| copied(vm, a, ListKind::Deque)),
    ("ArrayDeque clone()", clone),
];

pub(super) static TABLES: &[Table] = &[
    class("java.util.List", &["java.util.Collection"], LIST),
    class("java.util.AbstractList", &["java.util.List"], &[]),
    class(
        "java.util.ArrayList",
        &["java.util.AbstractList"],
        ARRAY_LIST,
    ),
    class("java.util.Queue", &["java.util.Collection"], QUEUE),
    class("java.util.Deque", &["java.util.Queue"], DEQUE),
    class(
        "java.util.LinkedList",
        &["java.util.AbstractList", "java.util.Deque"],
        LINKED_LIST,
    ),
    class("java.util.ArrayDeque", &["java.util.Deque"], ARRAY_DEQUE),
    class(
        "java.util.AbstractSequentialList",
        &["java.util.AbstractList"],
        &[],
    ),
    class("java.util.RandomAccess", &[], &[]),
    class("java.util.Vector", &["java.util.AbstractList"], VECTOR),
    class("java.util.Stack", &["java.util.Vector"], STACK),
    hidden("java.util.Arrays$ArrayList", &["java.util.AbstractList"]),
    hidden(
        "java.util.Collections$UnmodifiableRandomAccessList",
        &["java.util.List"],
    ),
    hidden(
        "org.elasticsearch.ingest.ConditionalProcessor$UnmodifiableIngestList",
        &["java.util.List"],
    ),
];
