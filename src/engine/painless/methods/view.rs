//! What a map shows of itself: keys, values, entries.

use std::cell::RefCell;

use super::arguments::{at, size};
use super::{Row, Table, class, hidden};
use crate::engine::painless::interpret::{Function, Run, Vm, null_pointer};
use crate::engine::value::{JavaObject, Map, Object, Order, Value, equals, hash_code};

/// Which part of a map a view shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine::painless) enum Part {
    Keys,
    Values,
    Entries,
}

/// A live view of a map: taking elements out of it takes them out of the map.
pub(in crate::engine::painless) struct View {
    pub(in crate::engine::painless) map: Map,
    pub(in crate::engine::painless) part: Part,
    /// The map is the read-only document of a condition.
    pub(in crate::engine::painless) frozen: bool,
}

impl View {
    pub(super) fn value(map: &Map, part: Part, frozen: bool) -> Value {
        Value::Object(Object::new(Self {
            map: map.clone(),
            part,
            frozen,
        }))
    }

    /// The elements, in the order of the map.
    pub(in crate::engine::painless) fn items(&self) -> Vec<Value> {
        let shown = |value: &Value| match value {
            Value::Map(map) if self.frozen => Value::FrozenMap(map.clone()),
            Value::List(list) if self.frozen => Value::FrozenList(list.clone()),
            other => other.clone(),
        };
        let map = self.map.borrow();
        map.iter()
            .map(|(key, value)| match self.part {
                Part::Keys => key.clone(),
                Part::Values => shown(value),
                Part::Entries => Entry::value(
                    key.clone(),
                    shown(value),
                    (!self.frozen).then(|| self.map.clone()),
                ),
            })
            .collect()
    }

    /// The keys of elements that a test holds for.
    pub(super) fn remove_keys(&self, keys: &[Value]) {
        for key in keys {
            self.map.take(key);
        }
    }
}

impl JavaObject for View {
    fn class_name(&self) -> &'static str {
        let linked = self.map.borrow().order();
        match (linked, self.part) {
            (Order::Hash, Part::Keys) => "java.util.HashMap$KeySet",
            (Order::Hash, Part::Values) => "java.util.HashMap$Values",
            (Order::Hash, Part::Entries) => "java.util.HashMap$EntrySet",
            (Order::Linked, Part::Keys) => "java.util.LinkedHashMap$LinkedKeySet",
            (Order::Linked, Part::Values) => "java.util.LinkedHashMap$LinkedValues",
            (Order::Linked, Part::Entries) => "java.util.LinkedHashMap$LinkedEntrySet",
            (Order::Sorted, Part::Keys) => "java.util.TreeMap$KeySet",
            (Order::Sorted, Part::Values) => "java.util.TreeMap$Values",
            (Order::Sorted, Part::Entries) => "java.util.TreeMap$EntrySet",
        }
    }

    fn to_java_string(&self) -> String {
        Value::list(self.items()).to_java_string()
    }

    fn equals(&self, other: &Object) -> bool {
        let Some(other) = other.downcast::<Self>() else {
            return false;
        };
        let (left, right) = (self.map.borrow(), other.map.borrow());
        let alike = |(key, value): (&Value, &Value)| match right.get(key) {
            Some(other) => self.part == Part::Keys || equals(value, other),
            None => false,
        };
        // What `values()` gives is no set: no other object equals it.
        self.part == other.part
            && self.part != Part::Values
            && left.len() == right.len()
            && left.iter().all(alike)
    }

    fn hash_code(&self) -> i32 {
        self.items()
            .iter()
            .fold(0, |hash: i32, item| hash.wrapping_add(hash_code(item)))
    }
}

/// A key and its value.
pub(super) struct Entry {
    pub(super) key: Value,
    pub(super) value: RefCell<Value>,
    /// The map that `setValue` writes to.
    map: Option<Map>,
}

impl Entry {
    pub(super) fn value(key: Value, value: Value, map: Option<Map>) -> Value {
        Value::Object(Object::new(Self {
            key,
            value: RefCell::new(value),
            map,
        }))
    }
}

impl JavaObject for Entry {
    fn class_name(&self) -> &'static str {
        "java.util.HashMap$Node"
    }

    fn to_java_string(&self) -> String {
        let value = self.value.borrow();
        format!("{}={}", self.key.to_java_string(), value.to_java_string())
    }

    fn equals(&self, other: &Object) -> bool {
        other.downcast::<Self>().is_some_and(|other| {
            equals(&self.key, &other.key) && equals(&self.value.borrow(), &other.value.borrow())
        })
    }

    fn hash_code(&self) -> i32 {
        hash_code(&self.key) ^ hash_code(&self.value.borrow())
    }
}

/// The entry that a value is.
pub(super) fn entry(value: &Value) -> Run<&Entry> {
    if let Value::Object(object) = value
        && let Some(entry) = object.downcast::<Entry>()
    {
        return Ok(entry);
    }
    null_pointer("an entry is null")
}

fn by_part(by_key: bool, comparator: Option<Value>) -> Value {
    let function = move |vm: &mut Vm<'_>, a: &[Value]| {
        let part = |value: &Value| -> Run<Value> {
            let entry = entry(value)?;
            Ok(if by_key {
                entry.key.clone()
            } else {
                entry.value.borrow().clone()
            })
        };
        let pair = [part(at(a, 0))?, part(at(a, 1))?];
        match &comparator {
            Some(comparator) => vm.call(comparator, &pair),
            None => super::object::difference(&pair[0], &pair[1]).map(Value::Int),
        }
    };
    Function::value(function)
}

fn set_value(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let entry = entry(at(a, 0))?;
    let old = entry.value.replace(at(a, 1).clone());
    match &entry.map {
        Some(map) => {
            map.insert(entry.key.clone(), at(a, 1).clone());
            Ok(old)
        }
        None => crate::engine::painless::interpret::throw(
            "java.lang.UnsupportedOperationException",
            "Mutating ingest documents in conditionals is not supported",
        ),
    }
}

const ENTRY: &[Row] = &[
    ("static Comparator comparingByKey()", |_, _| {
        Ok(by_part(true, None))
    }),
    ("static Comparator comparingByKey(Comparator)", |_, a| {
        Ok(by_part(true, Some(at(a, 0).clone())))
    }),
    ("static Comparator comparingByValue()", |_, _| {
        Ok(by_part(false, None))
    }),
    ("static Comparator comparingByValue(Comparator)", |_, a| {
        Ok(by_part(false, Some(at(a, 0).clone())))
    }),
    ("def getKey()", |_, a| Ok(entry(at(a, 0))?.key.clone())),
    ("def getValue()", |_, a| {
        Ok(entry(at(a, 0))?.value.borrow().clone())
    }),
    ("def setValue(def)", set_value),
];

fn new_entry(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    if let [from] = a {
        let from = entry(from)?;
        return Ok(Entry::value(
            from.key.clone(),
            from.value.borrow().clone(),
            None,
        ));
    }
    Ok(Entry::value(at(a, 0).clone(), at(a, 1).clone(), None))
}

const ENTRIES: &[Row] = &[("new(def,def)", new_entry), ("new(Map.Entry)", new_entry)];

/// How many elements a view has.
pub(super) fn length(view: &View) -> Value {
    size(view.map.borrow().len())
}

const SETS: &[&str] = &["java.util.Set"];
const COLLECTIONS: &[&str] = &["java.util.Collection"];

pub(super) static TABLES: &[Table] = &[
    class("java.util.Map$Entry", &[], ENTRY),
    class(
        "java.util.AbstractMap$SimpleEntry",
        &["java.util.Map$Entry"],
        ENTRIES,
    ),
    hidden("java.util.HashMap$Node", &["java.util.Map$Entry"]),
    hidden("java.util.HashMap$KeySet", SETS),
    hidden("java.util.HashMap$EntrySet", SETS),
    hidden("java.util.HashMap$Values", COLLECTIONS),
    hidden("java.util.LinkedHashMap$LinkedKeySet", SETS),
    hidden("java.util.LinkedHashMap$LinkedEntrySet", SETS),
    hidden("java.util.LinkedHashMap$LinkedValues", COLLECTIONS),
    hidden("java.util.TreeMap$KeySet", SETS),
    hidden("java.util.TreeMap$EntrySet", SETS),
    hidden("java.util.TreeMap$Values", COLLECTIONS),
];
