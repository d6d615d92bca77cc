//! `Set`, `HashSet`, `LinkedHashSet`, `TreeSet`.

use super::arguments::{at, boolean};
use super::map::{put, put_shared};
use super::sort::sort;
use super::text::no_such_element;
use super::tree_map::{bound, turned};
use super::{Row, Table, class, hidden};
use crate::engine::painless::interpret::{Run, Vm, null_pointer};
use crate::engine::value::{JavaMap, Order, Set, Value};

/// The set that an argument is.
pub(super) fn set(value: &Value) -> Run<&Set> {
    match value {
        Value::Set(set) => Ok(set),
        _ => null_pointer("a set is null"),
    }
}

/// Adds an element; whether it was new.
pub(super) fn add(vm: &mut Vm<'_>, set: &Set, item: Value) -> Run<bool> {
    if set.borrow().is_fixed() {
        return super::list::unsupported(&Value::Set(set.clone()));
    }
    vm.grow(set.borrow().len() + 1)?;
    Ok(put_shared(vm, set.as_map(), item, Value::Null)?.is_none())
}

fn new(vm: &mut Vm<'_>, a: &[Value], order: Order) -> Run<Value> {
    let map = match (a, order) {
        ([Value::Int(_)] | [], _) => JavaMap::with_order(order),
        ([comparator], Order::Sorted) => {
            JavaMap::sorted((!comparator.is_null()).then(|| comparator.clone()))
        }
        ([from, ..], order) => {
            let mut items = vm.items(from)?;
            if order == Order::Sorted {
                items = sort(vm, items, &Value::Null)?;
            }
            // as new HashSet(collection) sizes itself
            let mut map = match order {
                Order::Hash => JavaMap::with_capacity((items.len() * 4 / 3 + 1).max(16)),
                order => JavaMap::with_order(order),
            };
            for item in items {
                map.put(item, Value::Null);
            }
            map
        }
    };
    Ok(Value::Set(Set::new(map)))
}

const SET: &[Row] = &[("boolean remove(def)", |_, a| super::collection::remove(a))];

const HASH_SET: &[Row] = &[
    ("new()", |vm, a| new(vm, a, Order::Hash)),
    ("new(Collection)", |vm, a| new(vm, a, Order::Hash)),
    ("def clone()", |_, a| {
        Ok(Value::Set(Set::new(set(at(a, 0))?.borrow().clone())))
    }),
];

const LINKED_SET: &[Row] = &[
    ("new()", |vm, a| new(vm, a, Order::Linked)),
    ("new(Collection)", |vm, a| new(vm, a, Order::Linked)),
];

fn near(vm: &mut Vm<'_>, a: &[Value], below: bool, equal: bool) -> Run<Value> {
    let map = set(at(a, 0))?.borrow().clone();
    Ok(bound(vm, &map, at(a, 1), below, equal)?.map_or(Value::Null, |(key, _)| key))
}

fn end(a: &[Value], last: bool, take: bool) -> Run<Option<Value>> {
    let set = set(at(a, 0))?;
    let item = set.borrow().end(last).map(|(item, _)| item.clone());
    if let (Some(item), true) = (&item, take) {
        set.as_map().take(item);
    }
    Ok(item)
}

fn part(
    vm: &mut Vm<'_>,
    a: &[Value],
    from: Option<(usize, bool)>,
    to: Option<(usize, bool)>,
) -> Run<Value> {
    let set = set(at(a, 0))?;
    let map = super::tree_map::range(
        vm,
        &set.borrow().clone(),
        (
            from.map(|(index, inclusive)| (at(a, index), inclusive)),
            to.map(|(index, inclusive)| (at(a, index), inclusive)),
        ),
    )?;
    Ok(Value::Set(Set::new(map)))
}

const TREE_SET: &[Row] = &[
    ("new()", |vm, a| new(vm, a, Order::Sorted)),
    ("new(Comparator)", |vm, a| new(vm, a, Order::Sorted)),
    ("def clone()", |_, a| {
        Ok(Value::Set(Set::new(set(at(a, 0))?.borrow().clone())))
    }),
];

const SORTED_SET: &[Row] = &[
    ("Comparator comparator()", |_, a| {
        Ok(set(at(a, 0))?
            .borrow()
            .comparator()
            .cloned()
            .unwrap_or_default())
    }),
    ("def first()", |_, a| match end(a, false, false)? {
        Some(item) => Ok(item),
        None => no_such_element(),
    }),
    ("def last()", |_, a| match end(a, true, false)? {
        Some(item) => Ok(item),
        None => no_such_element(),
    }),
    ("SortedSet headSet(def)", |vm, a| {
        part(vm, a, None, Some((1, false)))
    }),
    ("SortedSet tailSet(def)", |vm, a| {
        part(vm, a, Some((1, true)), None)
    }),
    ("SortedSet subSet(def,def)", |vm, a| {
        part(vm, a, Some((1, true)), Some((2, false)))
    }),
];

const NAVIGABLE_SET: &[Row] = &[
    ("def pollFirst()", |_, a| {
        Ok(end(a, false, true)?.unwrap_or_default())
    }),
    ("def pollLast()", |_, a| {
        Ok(end(a, true, true)?.unwrap_or_default())
    }),
    ("def ceiling(def)", |vm, a| near(vm, a, false, true)),
    ("def floor(def)", |vm, a| near(vm, a, true, true)),
    ("def higher(def)", |vm, a| near(vm, a, false, false)),
    ("def lower(def)", |vm, a| near(vm, a, true, false)),
    ("NavigableSet headSet(def,boolean)", |vm, a| {
        part(vm, a, None, Some((1, boolean(a, 2))))
    }),
    ("NavigableSet tailSet(def,boolean)", |vm, a| {
        part(vm, a, Some((1, boolean(a, 2))), None)
    }),
    ("NavigableSet subSet(def,boolean,def,boolean)", |vm, a| {
        part(vm, a, Some((1, boolean(a, 2))), Some((3, boolean(a, 4))))
    }),
    ("Iterator descendingIterator()", |vm, a| {
        let mut items = set(at(a, 0))?.items();
        items.reverse();
        super::iterator::over(vm, &Value::list(items))
    }),
    ("NavigableSet descendingSet()", |vm, a| {
        let own = set(at(a, 0))?.borrow().clone();
        let mut map = JavaMap::sorted(Some(turned(&own)));
        for (item, _) in &own {
            put(vm, &mut map, item.clone(), Value::Null)?;
        }
        Ok(Value::Set(Set::new(map)))
    }),
];

pub(super) static TABLES: &[Table] = &[
    class("java.util.Set", &["java.util.Collection"], SET),
    class("java.util.HashSet", &["java.util.Set"], HASH_SET),
    class(
        "java.util.LinkedHashSet",
        &["java.util.HashSet"],
        LINKED_SET,
    ),
    class("java.util.SortedSet", &["java.util.Set"], SORTED_SET),
    class("java.util.AbstractSet", &["java.util.Set"], &[]),
    class(
        "java.util.NavigableSet",
        &["java.util.SortedSet"],
        NAVIGABLE_SET,
    ),
    class("java.util.TreeSet", &["java.util.NavigableSet"], TREE_SET),
    hidden("java.util.Collections$UnmodifiableSet", &["java.util.Set"]),
];
