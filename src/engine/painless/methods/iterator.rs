//! `Iterator`.

use std::cell::{Cell, RefCell};

use super::arguments::at;
use super::text::no_such_element;
use super::view::{Part, View, entry};
use super::{Row, Table, class, hidden};
use crate::engine::painless::interpret::{Cursor, Run, Vm, null_pointer, throw, throw_bare};
use crate::engine::value::{JavaObject, Object, Value};

/// An iterator.
pub(in crate::engine::painless) struct JavaIterator {
    cursor: RefCell<Cursor>,
    source: Value,
    last: RefCell<Option<Value>>,
    /// `remove` is allowed.
    fresh: Cell<bool>,
    of_list: bool,
}

impl JavaObject for JavaIterator {
    fn class_name(&self) -> &'static str {
        if self.of_list {
            "java.util.ArrayList$ListItr"
        } else {
            "java.util.ArrayList$Itr"
        }
    }
}

/// An iterator over a collection.
pub(super) fn over(vm: &mut Vm<'_>, source: &Value) -> Run<Value> {
    vm.work(1)?;
    let cursor = Vm::cursor(source)?;
    Ok(Value::Object(Object::new(JavaIterator {
        cursor: RefCell::new(cursor),
        source: source.clone(),
        last: RefCell::new(None),
        fresh: Cell::new(false),
        of_list: false,
    })))
}

/// A list iterator that stands before an element.
pub(super) fn over_list(vm: &mut Vm<'_>, source: &Value, start: i32) -> Run<Value> {
    vm.work(1)?;
    let list = super::list::list(std::slice::from_ref(source), 0)?;
    let Some(start) = usize::try_from(start)
        .ok()
        .filter(|start| *start <= list.len())
    else {
        return throw(
            "java.lang.IndexOutOfBoundsException",
            format!("Index: {start}"),
        );
    };
    let mut cursor = Vm::cursor(source)?;
    cursor.go_to(start);
    Ok(Value::Object(Object::new(JavaIterator {
        cursor: RefCell::new(cursor),
        source: source.clone(),
        last: RefCell::new(None),
        fresh: Cell::new(false),
        of_list: true,
    })))
}

/// The index of the element that comes next.
fn next_index(a: &[Value]) -> Run<i32> {
    let next = iterator(a)?.cursor.borrow().list_position();
    Ok(i32::try_from(next.unwrap_or_default()).unwrap_or(i32::MAX))
}

const LIST_ITERATOR: &[Row] = &[
    ("void add(def)", |vm, a| {
        super::list::insert(
            vm,
            &iterator(a)?.source,
            next_index(a)?,
            vec![at(a, 1).clone()],
        )?;
        let iterator = iterator(a)?;
        let mut cursor = iterator.cursor.borrow_mut();
        cursor.resync(0);
        let next = cursor.list_position().unwrap_or_default();
        cursor.go_to(next + 1);
        iterator.fresh.set(false);
        Ok(Value::Null)
    }),
    ("boolean hasPrevious()", |_, a| {
        Ok(Value::Bool(next_index(a)? > 0))
    }),
    ("int nextIndex()", |_, a| next_index(a).map(Value::Int)),
    ("int previousIndex()", |_, a| {
        Ok(Value::Int(next_index(a)? - 1))
    }),
    ("void set(def)", |_, a| {
        let iterator = iterator(a)?;
        if !iterator.fresh.get() {
            return throw_bare("java.lang.IllegalStateException");
        }
        let list = super::list::writable(&iterator.source)?;
        let last = iterator.cursor.borrow().list_position().unwrap_or_default();
        if let Some(place) = list.borrow_mut().get_mut(last.saturating_sub(1)) {
            *place = at(a, 1).clone();
        }
        Ok(Value::Null)
    }),
];

fn iterator(a: &[Value]) -> Run<&JavaIterator> {
    if let Value::Object(object) = at(a, 0)
        && let Some(iterator) = object.downcast::<JavaIterator>()
    {
        return Ok(iterator);
    }
    null_pointer("an iterator is null")
}

fn next(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let iterator = iterator(a)?;
    let item = vm.advance(&mut iterator.cursor.borrow_mut())?;
    let Some(item) = item else {
        return no_such_element();
    };
    iterator.fresh.set(true);
    iterator.last.replace(Some(item.clone()));
    Ok(item)
}

fn remove(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let iterator = iterator(a)?;
    if !iterator.fresh.replace(false) {
        return throw_bare("java.lang.IllegalStateException");
    }
    let last = iterator.last.borrow().clone().unwrap_or_default();
    let mut cursor = iterator.cursor.borrow_mut();
    match &iterator.source {
        Value::List(_) => {
            let position = cursor.list_position().and_then(|next| next.checked_sub(1));
            super::list::remove_at(&iterator.source, position.unwrap_or_default())?;
            cursor.resync(1);
        }
        Value::Set(set) => {
            set.as_map().take(&last);
            cursor.resync(0);
        }
        Value::Object(object) => {
            if let Some(view) = object.downcast::<View>() {
                let key = match view.part {
                    Part::Entries => entry(&last)?.key.clone(),
                    _ => last,
                };
                view.remove_keys(&[key]);
                cursor.resync(0);
            }
        }
        _ => return super::list::unsupported(&iterator.source),
    }
    vm.work(1)?;
    Ok(Value::Null)
}

const ITERATOR: &[Row] = &[
    ("boolean hasNext()", |_, a| {
        Ok(Value::Bool(iterator(a)?.cursor.borrow().has_next()))
    }),
    ("def next()", next),
    ("void remove()", remove),
    ("void forEachRemaining(Consumer)", |vm, a| {
        while iterator(a)?.cursor.borrow().has_next() {
            let item = next(vm, a)?;
            vm.call(at(a, 1), &[item])?;
        }
        Ok(Value::Null)
    }),
];

const ENUMERATION: &[Row] = &[
    ("boolean hasMoreElements()", |_, a| {
        Ok(Value::Bool(iterator(a)?.cursor.borrow().has_next()))
    }),
    ("def nextElement()", next),
];

pub(super) static TABLES: &[Table] = &[
    class("java.util.Iterator", &[], ITERATOR),
    hidden(
        "java.util.ArrayList$Itr",
        &["java.util.Iterator", "java.util.Enumeration"],
    ),
    class(
        "java.util.ListIterator",
        &["java.util.Iterator"],
        LIST_ITERATOR,
    ),
    hidden("java.util.ArrayList$ListItr", &["java.util.ListIterator"]),
    class("java.util.Enumeration", &[], ENUMERATION),
];
