//! `Queue`, `Deque` and `Stack`: the ends of lists.

use super::arguments::{at, size};
use super::list::{copied, growable, insert, list, push, remove_at};
use super::text::no_such_element;
use super::{Native, Row};
use crate::engine::painless::interpret::{Run, throw_bare};
use crate::engine::value::{ListKind, Value};

fn end(a: &[Value], last: bool, take: bool) -> Run<Option<Value>> {
    let whole = list(a, 0)?;
    let length = whole.len();
    if length == 0 {
        return Ok(None);
    }
    let index = if last { length - 1 } else { 0 };
    if take {
        remove_at(at(a, 0), index).map(Some)
    } else {
        Ok(whole.get(index))
    }
}

fn or_null(found: Option<Value>) -> Run<Value> {
    Ok(found.unwrap_or_default())
}

fn or_fail(found: Option<Value>) -> Run<Value> {
    match found {
        Some(value) => Ok(value),
        None => no_such_element(),
    }
}

const PUSH_FIRST: Native = |vm, a| {
    insert(vm, at(a, 0), 0, vec![at(a, 1).clone()])?;
    Ok(Value::Bool(true))
};

const PUSH_LAST: Native = |vm, a| {
    push(vm, at(a, 0), at(a, 1).clone())?;
    Ok(Value::Bool(true))
};

fn remove_equal(a: &[Value], last: bool) -> Run<Value> {
    let whole = growable(at(a, 0))?;
    let found = {
        let items = whole.borrow();
        let mut places = items
            .iter()
            .enumerate()
            .filter(|(_, item)| *item == at(a, 1));
        if last {
            places.next_back()
        } else {
            places.next()
        }
        .map(|(index, _)| index)
    };
    if let Some(index) = found {
        remove_at(at(a, 0), index)?;
    }
    Ok(Value::Bool(found.is_some()))
}

pub(super) const QUEUE: &[Row] = &[
    ("def element()", |_, a| or_fail(end(a, false, false)?)),
    ("boolean offer(def)", PUSH_LAST),
    ("def peek()", |_, a| or_null(end(a, false, false)?)),
    ("def poll()", |_, a| or_null(end(a, false, true)?)),
    ("def remove()", |_, a| or_fail(end(a, false, true)?)),
];

pub(super) const DEQUE: &[Row] = &[
    ("void addFirst(def)", PUSH_FIRST),
    ("void addLast(def)", PUSH_LAST),
    ("Iterator descendingIterator()", |vm, a| {
        let mut items = list(a, 0)?.items();
        items.reverse();
        super::iterator::over(vm, &Value::list(items))
    }),
    ("def getFirst()", |_, a| or_fail(end(a, false, false)?)),
    ("def getLast()", |_, a| or_fail(end(a, true, false)?)),
    ("boolean offerFirst(def)", PUSH_FIRST),
    ("boolean offerLast(def)", PUSH_LAST),
    ("def peekFirst()", |_, a| or_null(end(a, false, false)?)),
    ("def peekLast()", |_, a| or_null(end(a, true, false)?)),
    ("def pollFirst()", |_, a| or_null(end(a, false, true)?)),
    ("def pollLast()", |_, a| or_null(end(a, true, true)?)),
    ("def pop()", |_, a| or_fail(end(a, false, true)?)),
    ("void push(def)", PUSH_FIRST),
    ("def removeFirst()", |_, a| or_fail(end(a, false, true)?)),
    ("boolean remove(def)", |_, a| remove_equal(a, false)),
    ("boolean removeFirstOccurrence(def)", |_, a| {
        remove_equal(a, false)
    }),
    ("def removeLast()", |_, a| or_fail(end(a, true, true)?)),
    ("boolean removeLastOccurrence(def)", |_, a| {
        remove_equal(a, true)
    }),
];

pub(super) const STACK: &[Row] = &[
    ("new()", |vm, a| copied(vm, a, ListKind::Array)),
    ("def push(def)", |vm, a| {
        push(vm, at(a, 0), at(a, 1).clone())?;
        Ok(at(a, 1).clone())
    }),
    ("def pop()", |_, a| match end(a, true, true)? {
        Some(value) => Ok(value),
        None => throw_bare("java.util.EmptyStackException"),
    }),
    ("def peek()", |_, a| match end(a, true, false)? {
        Some(value) => Ok(value),
        None => throw_bare("java.util.EmptyStackException"),
    }),
    ("boolean empty()", |_, a| {
        Ok(Value::Bool(list(a, 0)?.is_empty()))
    }),
    ("int search(def)", |_, a| {
        let list = list(a, 0)?;
        let found = list.borrow().iter().rposition(|item| item == at(a, 1));
        Ok(found.map_or(Value::Int(-1), |index| size(list.len() - index)))
    }),
];
