//! Objects that behave as collections: parts of lists, and priority queues. The
//! rows of collections work on lists; for such an object they get a list of its
//! elements, and what they did to that is done to the object.

use std::cell::Cell;
use std::cmp::Ordering;

use super::arguments::{at, int};
use super::list::LIST_CLASS;
use super::sort::order;
use super::{Row, Table, class, hidden};
use crate::engine::painless::interpret::{
    Run, Vm, beyond, illegal_argument, null_pointer, throw, throw_bare,
};
use crate::engine::painless::library::Method;
use crate::engine::value::{JavaObject, List, ListKind, Object, Value};

/// How many parts of parts of a list there may be.
const MOST_PARTS: usize = 100;

/// What `subList` gives: a view of some elements of a list.
struct Part {
    whole: List,
    /// The part that this is a part of.
    parent: Option<Object>,
    level: usize,
    start: usize,
    length: Cell<usize>,
    changes: Cell<u32>,
}

impl Part {
    fn items(&self) -> Vec<Value> {
        let range = self.start..self.start + self.length.get();
        self.whole.borrow().get(range).unwrap_or_default().to_vec()
    }

    /// Puts other elements in place of its own.
    fn replace(&self, new: Vec<Value>, touched: bool) {
        let range = self.start..self.start + self.length.get();
        let (before, after) = (self.length.get(), new.len());
        if self.whole.borrow().get(range.clone()).is_none() {
            return;
        }
        if touched {
            self.whole.touch();
        }
        self.whole.borrow_mut().splice(range, new);
        self.resize(before, after);
    }

    fn resize(&self, before: usize, after: usize) {
        self.length.set(self.length.get() + after - before);
        self.changes.set(self.whole.changes());
        let parent = self.parent.as_ref().and_then(Object::downcast::<Self>);
        if let Some(parent) = parent {
            parent.resize(before, after);
        }
    }
}

impl JavaObject for Part {
    fn class_name(&self) -> &'static str {
        "java.util.ArrayList$SubList"
    }

    fn to_java_string(&self) -> String {
        Value::list(self.items()).to_java_string()
    }

    fn hash_code(&self) -> i32 {
        crate::engine::value::hash_code(&Value::list(self.items()))
    }

    fn equals(&self, other: &Object) -> bool {
        other
            .list()
            .is_some_and(|items| Value::list(items) == Value::list(self.items()))
    }

    fn list(&self) -> Option<Vec<Value>> {
        Some(self.items())
    }
}

/// `list.subList(from, to)`.
pub(super) fn part_of(list: &List, a: &[Value]) -> Run<Value> {
    let (from, to) = bounds(list.len(), a)?;
    Ok(Value::Object(Object::new(Part {
        whole: list.clone(),
        parent: None,
        level: 1,
        start: from,
        length: Cell::new(to - from),
        changes: Cell::new(list.changes()),
    })))
}

fn bounds(length: usize, a: &[Value]) -> Run<(usize, usize)> {
    let (from, to) = (int(a, 1), int(a, 2));
    let outside = |what: String| throw("java.lang.IndexOutOfBoundsException", what);
    let Ok(start) = usize::try_from(from) else {
        return outside(format!("fromIndex = {from}"));
    };
    match usize::try_from(to) {
        Ok(end) if end > length => outside(format!("toIndex = {to}")),
        Ok(end) if start <= end => Ok((start, end)),
        _ => illegal_argument(format!("fromIndex({from}) > toIndex({to})")),
    }
}

fn part_of_part(object: &Object, part: &Part, a: &[Value]) -> Run<Value> {
    if part.level >= MOST_PARTS {
        return beyond(format!(
            "a list may have at most {MOST_PARTS} parts of parts"
        ));
    }
    let (from, to) = bounds(part.length.get(), a)?;
    Ok(Value::Object(Object::new(Part {
        whole: part.whole.clone(),
        parent: Some(object.clone()),
        level: part.level + 1,
        start: part.start + from,
        length: Cell::new(to - from),
        changes: Cell::new(part.changes.get()),
    })))
}

/// Elements in the order that `java.util.PriorityQueue` keeps them.
struct Heap {
    items: List,
    comparator: Value,
}

impl JavaObject for Heap {
    fn class_name(&self) -> &'static str {
        "java.util.PriorityQueue"
    }

    fn to_java_string(&self) -> String {
        Value::List(self.items.clone()).to_java_string()
    }
}

impl Heap {
    fn less(&self, vm: &mut Vm<'_>, left: &Value, right: &Value) -> Run<bool> {
        Ok(order(vm, &self.comparator, left, right)? == Ordering::Less)
    }

    fn rise(&self, vm: &mut Vm<'_>, mut at: usize) -> Run<()> {
        while at > 0 {
            let above = (at - 1) / 2;
            let (Some(own), Some(other)) = (self.items.get(at), self.items.get(above)) else {
                break;
            };
            if !self.less(vm, &own, &other)? {
                break;
            }
            self.items.borrow_mut().swap(at, above);
            at = above;
        }
        Ok(())
    }

    fn sink(&self, vm: &mut Vm<'_>, mut at: usize) -> Run<()> {
        while let Some(mut child) = self.items.get(2 * at + 1) {
            let mut below = 2 * at + 1;
            if let Some(right) = self.items.get(below + 1)
                && self.less(vm, &right, &child)?
            {
                below += 1;
                child = right;
            }
            let Some(own) = self.items.get(at) else { break };
            if !self.less(vm, &child, &own)? {
                break;
            }
            self.items.borrow_mut().swap(at, below);
            at = below;
        }
        Ok(())
    }

    fn add(&self, vm: &mut Vm<'_>, item: Value) -> Run<Value> {
        if item.is_null() {
            return throw_bare("java.lang.NullPointerException");
        }
        if self.items.is_empty() {
            // as Java checks that a first element can be compared at all
            self.less(vm, &item, &item)?;
        }
        vm.grow(self.items.len() + 1)?;
        self.items.push(item);
        self.rise(vm, self.items.len() - 1)?;
        Ok(Value::Bool(true))
    }

    fn take(&self, vm: &mut Vm<'_>, at: usize) -> Run<Option<Value>> {
        let length = self.items.len();
        if at >= length {
            return Ok(None);
        }
        self.items.touch();
        let taken = self.items.borrow_mut().swap_remove(at);
        if at + 1 < length {
            self.sink(vm, at)?;
            self.rise(vm, at)?;
        }
        Ok(Some(taken))
    }

    fn order_all(&self, vm: &mut Vm<'_>) -> Run<()> {
        for at in (0..self.items.len() / 2).rev() {
            self.sink(vm, at)?;
        }
        Ok(())
    }
}

/// The iterable that an object which behaves as a collection stands for.
pub(in crate::engine::painless) fn elements(object: &Object) -> Option<Value> {
    if let Some(heap) = object.downcast::<Heap>() {
        return Some(Value::List(heap.items.clone()));
    }
    object.list().map(Value::list)
}

/// Calls a method of collections on an object that behaves as one; `None` for
/// other objects.
pub(in crate::engine::painless) fn call(
    vm: &mut Vm<'_>,
    object: &Object,
    method: &Method,
    values: &[Value],
) -> Option<Run<Value>> {
    if let Some(part) = object.downcast::<Part>() {
        return Some(call_on_part(vm, object, part, method, values));
    }
    object
        .downcast::<Heap>()
        .map(|heap| call_on_heap(vm, heap, method, values))
}

fn on_list(vm: &mut Vm<'_>, method: &Method, list: &List, values: &[Value]) -> Run<Value> {
    let mut values = values.to_vec();
    if let Some(receiver) = values.first_mut() {
        *receiver = Value::List(list.clone());
    }
    (method.native)(vm, &values)
}

fn call_on_part(
    vm: &mut Vm<'_>,
    object: &Object,
    part: &Part,
    method: &Method,
    values: &[Value],
) -> Run<Value> {
    let changes = part.whole.changes();
    if changes != part.changes.get() {
        return throw_bare("java.util.ConcurrentModificationException");
    }
    if method.name == "subList" {
        return part_of_part(object, part, values);
    }
    if method.name == "get"
        && let Ok(index) = usize::try_from(int(values, 1))
        && index < part.length.get()
    {
        return Ok(part.whole.get(part.start + index).unwrap_or_default());
    }
    let before = part.items();
    vm.work(before.len())?;
    let list = List::of_kind(part.whole.kind(), before.clone());
    let result = on_list(vm, method, &list, values)?;
    if part.whole.changes() != changes {
        return throw_bare("java.util.ConcurrentModificationException");
    }
    let same = |(left, right): (&Value, &Value)| crate::engine::value::identical(left, right);
    let after = list.items();
    if list.changes() > 0 || before.len() != after.len() || !before.iter().zip(&after).all(same) {
        part.replace(after, list.changes() > 0);
    }
    Ok(result)
}

fn call_on_heap(vm: &mut Vm<'_>, heap: &Heap, method: &Method, values: &[Value]) -> Run<Value> {
    match (method.name, values) {
        ("add" | "offer", [_, item]) => heap.add(vm, item.clone()),
        ("poll", [_]) => Ok(heap.take(vm, 0)?.unwrap_or_default()),
        ("remove", [_]) => match heap.take(vm, 0)? {
            Some(item) => Ok(item),
            None => super::text::no_such_element(),
        },
        ("remove", [_, item]) => {
            let place = heap.items.borrow().iter().position(|known| known == item);
            match place {
                Some(place) => Ok(Value::Bool(heap.take(vm, place)?.is_some())),
                None => Ok(Value::Bool(false)),
            }
        }
        ("addAll", [_, items]) => {
            let items = vm.items(items)?;
            let any = !items.is_empty();
            for item in items {
                heap.add(vm, item)?;
            }
            Ok(Value::Bool(any))
        }
        _ => {
            let changes = heap.items.changes();
            let result = on_list(vm, method, &heap.items, values)?;
            if heap.items.changes() != changes {
                heap.order_all(vm)?;
            }
            Ok(result)
        }
    }
}

fn new_heap(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    Ok(Value::Object(Object::new(Heap {
        items: List::of_kind(ListKind::Array, Vec::new()),
        comparator: at(a, 0).clone(),
    })))
}

const PRIORITY_QUEUE: &[Row] = &[
    ("new()", new_heap),
    ("new(Comparator)", new_heap),
    ("boolean remove(def)", |vm, a| match at(a, 0) {
        Value::Object(object) => match object.downcast::<Heap>() {
            Some(heap) => {
                let place = heap.items.borrow().iter().position(|item| item == at(a, 1));
                let taken = match place {
                    Some(place) => heap.take(vm, place)?,
                    None => None,
                };
                Ok(Value::Bool(taken.is_some()))
            }
            None => null_pointer("a queue is null"),
        },
        _ => null_pointer("a queue is null"),
    }),
];

pub(super) static TABLES: &[Table] = &[
    class("java.util.AbstractQueue", &["java.util.Queue"], &[]),
    class(
        "java.util.PriorityQueue",
        &["java.util.AbstractQueue"],
        PRIORITY_QUEUE,
    ),
    hidden("java.util.ArrayList$SubList", &[LIST_CLASS]),
];
