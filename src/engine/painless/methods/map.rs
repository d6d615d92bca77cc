//! `Map`, `HashMap`, `LinkedHashMap`, `TreeMap`.

use std::cmp::Ordering;

use super::arguments::{at, size};
use super::list::unsupported;
use super::object::compare;
use super::path::by_path;
use super::sort::{order, sort};
use super::tree_map::{NAVIGABLE_MAP, SORTED_MAP, TREE_MAP};
use super::view::{Part, View};
use super::{Row, Table, class, hidden};
use crate::engine::painless::interpret::{Run, Vm, null_pointer};
use crate::engine::value::{JavaMap, Map, Order, Value};

/// Entries of a sorted map that are copied, or moved aside, in a step.
pub(super) const COPIED: usize = 16;
pub(super) const MOVED: usize = 256;

/// The map that an argument is.
pub(super) fn map(value: &Value) -> Run<&Map> {
    match value {
        Value::Map(map) | Value::FrozenMap(map) => Ok(map),
        _ => null_pointer("a map is null"),
    }
}

/// The map, if it may be changed.
pub(super) fn writable(value: &Value) -> Run<&Map> {
    match value {
        Value::Map(map) if !map.borrow().is_fixed() => Ok(map),
        Value::Null => null_pointer("a map is null"),
        other => unsupported(other),
    }
}

fn shown(value: Value, receiver: &Value) -> Value {
    match (value, receiver) {
        (Value::Map(map), Value::FrozenMap(_)) => Value::FrozenMap(map),
        (Value::List(list), Value::FrozenMap(_)) => Value::FrozenList(list),
        (value, _) => value,
    }
}

/// Puts by the order of the map, which may be a function of the script.
pub(super) fn put(
    vm: &mut Vm<'_>,
    map: &mut JavaMap,
    key: Value,
    value: Value,
) -> Run<Option<Value>> {
    if map.order() != Order::Sorted {
        return Ok(map.put(key, value));
    }
    let comparator = map.comparator().cloned().unwrap_or_default();
    if map.is_empty() {
        // Java compares the first key with itself, to see that it can be
        order(vm, &comparator, &key, &key)?;
    }
    map.put_sorted(key, value, &mut |left, right| {
        order(vm, &comparator, left, right)
    })
}

/// Puts into a map that others hold too.
pub(super) fn put_shared(
    vm: &mut Vm<'_>,
    map: &Map,
    key: Value,
    value: Value,
) -> Run<Option<Value>> {
    if map.borrow().order() != Order::Sorted {
        return Ok(map.insert(key, value));
    }
    let length = map.borrow().len();
    if map.borrow().comparator().is_none() {
        vm.work(length / MOVED)?;
        return put(vm, &mut map.borrow_mut(), key, value);
    }
    // The comparator may look at the map meanwhile.
    vm.work(length / COPIED)?;
    let mut copy = map.borrow().clone();
    let old = put(vm, &mut copy, key, value)?;
    *map.borrow_mut() = copy;
    Ok(old)
}

/// The value of a key; fails in a sorted map if the key cannot be compared.
fn find(vm: &mut Vm<'_>, map: &Map, key: &Value) -> Run<Option<Value>> {
    let map = map.borrow();
    if map.order() != Order::Sorted {
        return Ok(map.get(key).cloned());
    }
    let Some(comparator) = map.comparator().cloned() else {
        if let Some((first, _)) = map.iter().next() {
            compare(key, first)?;
        }
        return Ok(map.get(key).cloned());
    };
    vm.work(map.len() / COPIED)?;
    let entries: Vec<(Value, Value)> = map
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    drop(map);
    for (known, value) in entries {
        if order(vm, &comparator, key, &known)? == Ordering::Equal {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

impl Vm<'_> {
    /// `map.put(key, value)`: what was there before.
    pub(in crate::engine::painless) fn map_put(
        &mut self,
        target: &Value,
        key: Value,
        value: Value,
    ) -> Run<Value> {
        let map = writable(target)?;
        self.grow(map.borrow().len() + 1)?;
        Ok(put_shared(self, map, key, value)?.unwrap_or_default())
    }
}

fn get(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let found = find(vm, map(at(a, 0))?, at(a, 1))?;
    Ok(shown(found.unwrap_or_default(), at(a, 0)))
}

fn get_or_default(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let found = find(vm, map(at(a, 0))?, at(a, 1))?;
    Ok(found.map_or_else(|| at(a, 2).clone(), |value| shown(value, at(a, 0))))
}

fn compute(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let target = writable(at(a, 0))?;
    let old = find(vm, target, at(a, 1))?;
    let new = vm.call(
        at(a, 2),
        &[at(a, 1).clone(), old.clone().unwrap_or_default()],
    )?;
    if new.is_null() {
        target.take(at(a, 1));
    } else {
        vm.map_put(at(a, 0), at(a, 1).clone(), new.clone())?;
    }
    Ok(new)
}

fn compute_if_absent(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let target = writable(at(a, 0))?;
    match find(vm, target, at(a, 1))? {
        Some(value) if !value.is_null() => Ok(value),
        _ => {
            let new = vm.call(at(a, 2), &[at(a, 1).clone()])?;
            if !new.is_null() {
                vm.map_put(at(a, 0), at(a, 1).clone(), new.clone())?;
            }
            Ok(new)
        }
    }
}

fn compute_if_present(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let target = writable(at(a, 0))?;
    match find(vm, target, at(a, 1))? {
        Some(value) if !value.is_null() => compute(vm, a),
        _ => Ok(Value::Null),
    }
}

fn merge(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let target = writable(at(a, 0))?;
    if at(a, 2).is_null() {
        return null_pointer("a merged value is null");
    }
    let new = match find(vm, target, at(a, 1))? {
        Some(old) if !old.is_null() => vm.call(at(a, 3), &[old, at(a, 2).clone()])?,
        _ => at(a, 2).clone(),
    };
    if new.is_null() {
        target.take(at(a, 1));
    } else {
        vm.map_put(at(a, 0), at(a, 1).clone(), new.clone())?;
    }
    Ok(new)
}

fn put_all(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let entries = map(at(a, 1))?.entries();
    writable(at(a, 0))?.borrow_mut().reserve(entries.len());
    for (key, value) in entries {
        vm.map_put(at(a, 0), key, value)?;
    }
    Ok(Value::Null)
}

fn replace(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    match find(vm, writable(at(a, 0))?, at(a, 1))? {
        Some(_) => vm.map_put(at(a, 0), at(a, 1).clone(), at(a, 2).clone()),
        None => Ok(Value::Null),
    }
}

fn replace_all(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    for (key, value) in writable(at(a, 0))?.entries() {
        let new = vm.call(at(a, 1), &[key.clone(), value])?;
        vm.map_put(at(a, 0), key, new)?;
    }
    Ok(Value::Null)
}

fn part(a: &[Value], part: Part) -> Run<Value> {
    let frozen = matches!(at(a, 0), Value::FrozenMap(_));
    Ok(View::value(map(at(a, 0))?, part, frozen))
}

fn each(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    for (key, value) in map(at(a, 0))?.entries() {
        vm.call(at(a, 1), &[key, shown(value, at(a, 0))])?;
    }
    Ok(Value::Null)
}

const MAP: &[Row] = &[
    ("void clear()", |_, a| {
        writable(at(a, 0))?.borrow_mut().clear();
        Ok(Value::Null)
    }),
    ("def compute(def,BiFunction)", compute),
    ("def computeIfAbsent(def,Function)", compute_if_absent),
    ("def computeIfPresent(def,BiFunction)", compute_if_present),
    ("boolean containsKey(def)", |vm, a| {
        Ok(Value::Bool(find(vm, map(at(a, 0))?, at(a, 1))?.is_some()))
    }),
    ("boolean containsValue(def)", |vm, a| {
        let map = map(at(a, 0))?.borrow();
        vm.work(map.len() / COPIED)?;
        let found = map.iter().any(|(_, value)| value == at(a, 1));
        Ok(Value::Bool(found))
    }),
    ("Set entrySet()", |_, a| part(a, Part::Entries)),
    ("void forEach(BiConsumer)", each),
    ("def get(def)", get),
    ("def getOrDefault(def,def)", get_or_default),
    ("boolean isEmpty()", |_, a| {
        Ok(Value::Bool(map(at(a, 0))?.borrow().is_empty()))
    }),
    ("Set keySet()", |_, a| part(a, Part::Keys)),
    ("def merge(def,def,BiFunction)", merge),
    ("def put(def,def)", |vm, a| {
        vm.map_put(at(a, 0), at(a, 1).clone(), at(a, 2).clone())
    }),
    ("void putAll(Map)", put_all),
    ("def putIfAbsent(def,def)", |vm, a| {
        match find(vm, writable(at(a, 0))?, at(a, 1))? {
            Some(value) if !value.is_null() => Ok(value),
            _ => vm.map_put(at(a, 0), at(a, 1).clone(), at(a, 2).clone()),
        }
    }),
    ("def remove(def)", |vm, a| {
        if map(at(a, 0))?.borrow().order() == Order::Sorted {
            vm.work(map(at(a, 0))?.borrow().len() / MOVED)?;
        }
        Ok(writable(at(a, 0))?.take(at(a, 1)).unwrap_or_default())
    }),
    ("boolean remove(def,def)", |_, a| {
        let map = writable(at(a, 0))?;
        let same = map.borrow().get(at(a, 1)) == Some(at(a, 2));
        if same {
            map.take(at(a, 1));
        }
        Ok(Value::Bool(same))
    }),
    ("def replace(def,def)", replace),
    ("boolean replace(def,def,def)", |vm, a| {
        let same = writable(at(a, 0))?.borrow().get(at(a, 1)) == Some(at(a, 2));
        if same {
            vm.map_put(at(a, 0), at(a, 1).clone(), at(a, 3).clone())?;
        }
        Ok(Value::Bool(same))
    }),
    ("void replaceAll(BiFunction)", replace_all),
    ("int size()", |_, a| Ok(size(map(at(a, 0))?.borrow().len()))),
    ("Collection values()", |_, a| part(a, Part::Values)),
    ("Object getByPath(String)", |_, a| by_path(a)),
    ("Object getByPath(String,Object)", |_, a| by_path(a)),
];

pub(super) fn new(vm: &mut Vm<'_>, a: &[Value], order: Order) -> Run<Value> {
    let [from] = a else {
        return Ok(Value::Map(Map::new(JavaMap::with_order(order))));
    };
    let mut keys = map(from)?.keys();
    vm.allocate(keys.len())?;
    if order == Order::Sorted {
        // so that each comes after those that are there
        keys = sort(vm, keys, &Value::Null)?;
    }
    let mut made = match order {
        Order::Hash => JavaMap::for_entries(keys.len()),
        order => JavaMap::with_order(order),
    };
    let entries = map(from)?.borrow();
    for key in keys {
        let value = entries.get(&key).cloned().unwrap_or_default();
        made.put(key, shown(value, from));
    }
    Ok(Value::Map(Map::new(made)))
}

pub(super) fn clone(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    Ok(Value::Map(Map::new(map(at(a, 0))?.borrow().clone())))
}

const HASH_MAP: &[Row] = &[
    ("new()", |vm, a| new(vm, a, Order::Hash)),
    ("new(Map)", |vm, a| new(vm, a, Order::Hash)),
    ("def clone()", clone),
];

const LINKED_MAP: &[Row] = &[
    ("new()", |vm, a| new(vm, a, Order::Linked)),
    ("new(Map)", |vm, a| new(vm, a, Order::Linked)),
];

pub(super) static TABLES: &[Table] = &[
    class("java.util.Map", &[], MAP),
    class("java.util.AbstractMap", &["java.util.Map"], &[]),
    class("java.util.HashMap", &["java.util.AbstractMap"], HASH_MAP),
    class("java.util.Hashtable", &["java.util.Map"], HASH_MAP),
    class(
        "java.util.LinkedHashMap",
        &["java.util.HashMap"],
        LINKED_MAP,
    ),
    class("java.util.SortedMap", &["java.util.Map"], SORTED_MAP),
    class(
        "java.util.NavigableMap",
        &["java.util.SortedMap"],
        NAVIGABLE_MAP,
    ),
    class("java.util.IdentityHashMap", &["java.util.Map"], HASH_MAP),
    class("java.util.Dictionary", &[], &[]),
    class(
        "java.util.TreeMap",
        &["java.util.AbstractMap", "java.util.NavigableMap"],
        TREE_MAP,
    ),
    hidden("java.util.Collections$UnmodifiableMap", &["java.util.Map"]),
    hidden(
        "org.elasticsearch.ingest.ConditionalProcessor$UnmodifiableIngestData",
        &["java.util.Map"],
    ),
];
