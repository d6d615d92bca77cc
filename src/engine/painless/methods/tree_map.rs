//! `TreeMap`: what sorted keys allow. Parts and reversals of it are copies.

use std::cmp::Ordering;

use super::Row;
use super::arguments::{at, boolean};
use super::collections::{natural, reversed};
use super::map::{COPIED, MOVED, clone, map, new, put, writable};
use super::sort::order;
use super::text::no_such_element;
use super::view::Entry;
use crate::engine::painless::interpret::{Run, Vm};
use crate::engine::value::{JavaMap, Map, Order, Set, Value};

/// The nearest entry below or above a key.
pub(super) fn bound(
    vm: &mut Vm<'_>,
    map: &JavaMap,
    key: &Value,
    below: bool,
    equal: bool,
) -> Run<Option<(Value, Value)>> {
    vm.work(map.len() / COPIED)?;
    let comparator = map.comparator().cloned().unwrap_or_default();
    let mut found = None;
    for (known, value) in map {
        let side = order(vm, &comparator, known, key)?;
        let fits = match side {
            Ordering::Equal => equal,
            Ordering::Less => below,
            Ordering::Greater => !below,
        };
        if fits {
            found = Some((known.clone(), value.clone()));
            if !below {
                break;
            }
        }
    }
    Ok(found)
}

/// A key and whether it belongs to the range.
type Bound<'a> = Option<(&'a Value, bool)>;

/// The entries between two keys.
pub(super) fn range(
    vm: &mut Vm<'_>,
    map: &JavaMap,
    (from, to): (Bound<'_>, Bound<'_>),
) -> Run<JavaMap> {
    vm.work(map.len() / COPIED)?;
    let comparator = map.comparator().cloned();
    let order_by = comparator.clone().unwrap_or_default();
    let mut part = JavaMap::sorted(comparator);
    for (key, value) in map {
        let mut inside = true;
        if let Some((low, inclusive)) = from {
            let side = order(vm, &order_by, key, low)?;
            inside &= side.is_gt() || inclusive && side.is_eq();
        }
        if let Some((high, inclusive)) = to {
            let side = order(vm, &order_by, key, high)?;
            inside &= side.is_lt() || inclusive && side.is_eq();
        }
        if inside {
            put(vm, &mut part, key.clone(), value.clone())?;
        }
    }
    Ok(part)
}

fn end(a: &[Value], last: bool) -> Run<Option<(Value, Value)>> {
    let map = map(at(a, 0))?.borrow();
    let found = map.end(last);
    Ok(found.map(|(key, value)| (key.clone(), value.clone())))
}

fn key_of(found: Option<(Value, Value)>) -> Run<Value> {
    match found {
        Some((key, _)) => Ok(key),
        None => no_such_element(),
    }
}

fn entry_of(found: Option<(Value, Value)>) -> Run<Value> {
    Ok(found.map_or(Value::Null, |(key, value)| Entry::value(key, value, None)))
}

fn near(vm: &mut Vm<'_>, a: &[Value], below: bool, equal: bool) -> Run<Option<(Value, Value)>> {
    let copy = map(at(a, 0))?.borrow().clone();
    bound(vm, &copy, at(a, 1), below, equal)
}

fn near_key(vm: &mut Vm<'_>, a: &[Value], below: bool, equal: bool) -> Run<Value> {
    Ok(near(vm, a, below, equal)?.map_or(Value::Null, |(key, _)| key))
}

fn sub_map(vm: &mut Vm<'_>, a: &[Value], bounds: (Bound<'_>, Bound<'_>)) -> Run<Value> {
    let copy = map(at(a, 0))?.borrow().clone();
    Ok(Value::Map(Map::new(range(vm, &copy, bounds)?)))
}

fn poll(vm: &mut Vm<'_>, a: &[Value], last: bool) -> Run<Value> {
    let found = end(a, last)?;
    if let Some((key, _)) = &found {
        vm.work(map(at(a, 0))?.borrow().len() / MOVED)?;
        writable(at(a, 0))?.take(key);
    }
    entry_of(found)
}

pub(super) const TREE_MAP: &[Row] = &[
    ("new()", |vm, a| new(vm, a, Order::Sorted)),
    ("new(Comparator)", |_, a| {
        let comparator = (!at(a, 0).is_null()).then(|| at(a, 0).clone());
        Ok(Value::Map(Map::new(JavaMap::sorted(comparator))))
    }),
    ("def clone()", clone),
];

pub(super) const SORTED_MAP: &[Row] = &[
    ("Comparator comparator()", |_, a| {
        Ok(map(at(a, 0))?
            .borrow()
            .comparator()
            .cloned()
            .unwrap_or_default())
    }),
    ("def firstKey()", |_, a| key_of(end(a, false)?)),
    ("def lastKey()", |_, a| key_of(end(a, true)?)),
    ("SortedMap headMap(def)", |vm, a| {
        sub_map(vm, a, (None, Some((at(a, 1), false))))
    }),
    ("SortedMap tailMap(def)", |vm, a| {
        sub_map(vm, a, (Some((at(a, 1), true)), None))
    }),
    ("SortedMap subMap(def,def)", |vm, a| {
        sub_map(vm, a, (Some((at(a, 1), true)), Some((at(a, 2), false))))
    }),
];

/// A comparator of the opposite order.
pub(super) fn turned(map: &JavaMap) -> Value {
    match map.comparator() {
        Some(comparator) => reversed(comparator),
        None => natural(true),
    }
}

fn descending(vm: &mut Vm<'_>, a: &[Value]) -> Run<JavaMap> {
    let own = map(at(a, 0))?.borrow().clone();
    let mut turned = JavaMap::sorted(Some(turned(&own)));
    for (key, value) in &own {
        put(vm, &mut turned, key.clone(), value.clone())?;
    }
    Ok(turned)
}

pub(super) const NAVIGABLE_MAP: &[Row] = &[
    ("Map.Entry firstEntry()", |_, a| entry_of(end(a, false)?)),
    ("Map.Entry lastEntry()", |_, a| entry_of(end(a, true)?)),
    ("Map.Entry pollFirstEntry()", |vm, a| poll(vm, a, false)),
    ("Map.Entry pollLastEntry()", |vm, a| poll(vm, a, true)),
    ("def ceilingKey(def)", |vm, a| near_key(vm, a, false, true)),
    ("def floorKey(def)", |vm, a| near_key(vm, a, true, true)),
    ("def higherKey(def)", |vm, a| near_key(vm, a, false, false)),
    ("Map.Entry ceilingEntry(def)", |vm, a| {
        entry_of(near(vm, a, false, true)?)
    }),
    ("Map.Entry floorEntry(def)", |vm, a| {
        entry_of(near(vm, a, true, true)?)
    }),
    ("Map.Entry higherEntry(def)", |vm, a| {
        entry_of(near(vm, a, false, false)?)
    }),
    ("Map.Entry lowerEntry(def)", |vm, a| {
        entry_of(near(vm, a, true, false)?)
    }),
    ("NavigableMap headMap(def,boolean)", |vm, a| {
        sub_map(vm, a, (None, Some((at(a, 1), boolean(a, 2)))))
    }),
    ("NavigableMap tailMap(def,boolean)", |vm, a| {
        sub_map(vm, a, (Some((at(a, 1), boolean(a, 2))), None))
    }),
    ("NavigableMap subMap(def,boolean,def,boolean)", |vm, a| {
        let bounds = ((at(a, 1), boolean(a, 2)), (at(a, 3), boolean(a, 4)));
        sub_map(vm, a, (Some(bounds.0), Some(bounds.1)))
    }),
    ("NavigableMap descendingMap()", |vm, a| {
        Ok(Value::Map(Map::new(descending(vm, a)?)))
    }),
    ("NavigableSet descendingKeySet()", |vm, a| {
        Ok(Value::Set(Set::new(descending(vm, a)?)))
    }),
    ("NavigableSet navigableKeySet()", |_, a| {
        Ok(Value::Set(Set::new(map(at(a, 0))?.borrow().clone())))
    }),
];
