//! Steps along a path of keys, `[]` and `*` through a JSON value.

use serde_json::{Map, Value};

/// One step of a path.
enum Part<'a> {
    Key(&'a str),
    Each,
    Any,
}

fn parts(path: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for segment in path.split('.') {
        let (key, each) = match segment.strip_suffix("[]") {
            Some(key) => (key, true),
            None => (segment, false),
        };
        parts.push(if key == "*" {
            Part::Any
        } else {
            Part::Key(key)
        });
        if each {
            parts.push(Part::Each);
        }
    }
    parts
}

/// Calls `change` with every value at `path`.
pub(super) fn each(value: &mut Value, path: &str, change: &mut dyn FnMut(&mut Value)) {
    visit(value, &parts(path), change);
}

fn visit(value: &mut Value, parts: &[Part<'_>], change: &mut dyn FnMut(&mut Value)) {
    let Some((first, rest)) = parts.split_first() else {
        return change(value);
    };
    match (first, value) {
        (Part::Key(key), Value::Object(map)) => {
            if let Some(inner) = map.get_mut(*key) {
                visit(inner, rest, change);
            }
        }
        (Part::Each, Value::Array(items)) => {
            for item in items {
                visit(item, rest, change);
            }
        }
        (Part::Any, Value::Object(map)) => {
            for (_, inner) in map.iter_mut() {
                visit(inner, rest, change);
            }
        }
        _ => {}
    }
}

/// Adds what `defaults` has and `value` lacks, object by object.
pub(super) fn fill(value: &mut Value, defaults: &Value) {
    let (Value::Object(map), Value::Object(defaults)) = (value, defaults) else {
        return;
    };
    for (key, default) in defaults {
        match map.get_mut(key) {
            None | Some(Value::Null) => {
                map.insert(key.clone(), default.clone());
            }
            Some(inner) => fill(inner, default),
        }
    }
}

/// Removes the last key of `path` from `value` wherever `named` does not have it.
pub(super) fn forget_unnamed(value: &mut Value, named: &Value, path: &str) {
    let parts = parts(path);
    forget(value, Some(named), &parts);
}

fn forget(value: &mut Value, named: Option<&Value>, parts: &[Part<'_>]) {
    let Some((first, rest)) = parts.split_first() else {
        return;
    };
    match (first, value) {
        (Part::Key(key), Value::Object(map)) => {
            let inner = named.and_then(|named| named.get(*key));
            if rest.is_empty() {
                if inner.is_none() {
                    map.remove(*key);
                }
            } else if let Some(value) = map.get_mut(*key) {
                forget(value, inner, rest);
                if inner.is_none() && value.as_object().is_some_and(Map::is_empty) {
                    map.remove(*key);
                }
            }
        }
        (Part::Each, Value::Array(items)) => {
            for (position, item) in items.iter_mut().enumerate() {
                forget(item, named.and_then(|named| named.get(position)), rest);
            }
        }
        (Part::Any, Value::Object(map)) => {
            for (key, inner) in map.iter_mut() {
                forget(inner, named.and_then(|named| named.get(key)), rest);
            }
        }
        _ => {}
    }
}

/// Below `path`, removes from the objects of `value` every key that `named`
/// does not have; gone altogether where `named` has nothing there.
pub(super) fn keep_only_named(value: &mut Value, named: &Value, path: &str) {
    let pointer = format!("/{}", path.replace('.', "/"));
    match (value.pointer_mut(&pointer), named.pointer(&pointer)) {
        (Some(value), Some(named)) => keep(value, named),
        (Some(_), None) => forget_unnamed(value, named, path),
        (None, _) => {}
    }
}

/// Removes from the objects of `value` every key that `named` does not have.
pub(super) fn keep(value: &mut Value, named: &Value) {
    let (Value::Object(map), Value::Object(named)) = (value, named) else {
        return;
    };
    map.retain(|key, _| named.contains_key(key));
    for (key, inner) in map.iter_mut() {
        if let Some(named) = named.get(key) {
            keep(inner, named);
        }
    }
}

/// Removes the last key of `path` where its value says nothing: `null`, `false`,
/// an empty list, object or text, and the neutral `boost` of 1.
pub(super) fn forget_empty(value: &mut Value, path: &str) {
    let (parent, key) = match path.rsplit_once('.') {
        Some((parent, key)) => (Some(parent), key),
        None => (None, path),
    };
    let mut drop_empty = |value: &mut Value| {
        if let Value::Object(map) = value
            && map.get(key).is_some_and(|inner| says_nothing(key, inner))
        {
            map.remove(key);
        }
    };
    match parent {
        Some(parent) => each(value, parent, &mut drop_empty),
        None => drop_empty(value),
    }
}

fn says_nothing(key: &str, value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Number(number) => key == "boost" && number.as_f64() == Some(1.0),
        Value::Bool(true) => false,
    }
}
