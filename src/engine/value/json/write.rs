//! Writing JSON: numbers as Java prints them, `NaN` and infinities as strings,
//! keys in the order of the map.

use std::fmt::Write as _;

use crate::engine::value::{JavaString, MAX_DEPTH, Value, double_to_string, float_to_string};

/// The JSON text of a value, without blanks. A lone surrogate is written as an
/// escape; a key that is not a string as its `toString()`. Parts nested deeper
/// than [`MAX_DEPTH`] (only a container that holds itself is) become `null`.
#[must_use]
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, 0);
    out
}

fn write_value(out: &mut String, value: &Value, depth: usize) {
    if depth > MAX_DEPTH {
        out.push_str("null");
        return;
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => push(out, *value),
        Value::Byte(n) => push(out, *n),
        Value::Short(n) => push(out, *n),
        Value::Int(n) => push(out, *n),
        Value::Long(n) => push(out, *n),
        Value::Float(n) => number(out, &float_to_string(*n), n.is_finite()),
        Value::Double(n) => number(out, &double_to_string(*n), n.is_finite()),
        Value::BigInt(text) => out.push_str(&text.to_str()),
        Value::Char(unit) => string(out, &JavaString::from_unit(*unit)),
        Value::Str(text) => string(out, text),
        Value::List(list) | Value::FrozenList(list) => {
            array(out, list.borrow().iter(), depth);
        }
        Value::Array(items) => array(out, items.borrow().iter(), depth),
        Value::Set(set) => array(out, set.borrow().iter().map(|(item, _)| item), depth),
        Value::Map(map) | Value::FrozenMap(map) => {
            out.push('{');
            for (index, (key, value)) in map.borrow().iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                match key {
                    Value::Str(key) => string(out, key),
                    other => string(out, &JavaString::from(other.to_java_string())),
                }
                out.push(':');
                write_value(out, value, depth + 1);
            }
            out.push('}');
        }
        Value::Object(object) => {
            let text = object.json();
            string(out, &text.unwrap_or_else(|| object.to_java_string().into()));
        }
    }
}

fn push(out: &mut String, value: impl std::fmt::Display) {
    let _ = write!(out, "{value}");
}

fn number(out: &mut String, text: &str, finite: bool) {
    if finite {
        out.push_str(text);
    } else {
        let _ = write!(out, "\"{text}\"");
    }
}

fn array<'a>(out: &mut String, items: impl Iterator<Item = &'a Value>, depth: usize) {
    out.push('[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_value(out, item, depth + 1);
    }
    out.push(']');
}

fn string(out: &mut String, text: &JavaString) {
    out.push('"');
    match text.as_ascii() {
        Some(text) => text.chars().for_each(|c| character(out, c)),
        None => {
            for unit in char::decode_utf16(text.units()) {
                match unit {
                    Ok(c) => character(out, c),
                    Err(lone) => {
                        let _ = write!(out, "\\u{:04x}", lone.unpaired_surrogate());
                    }
                }
            }
        }
    }
    out.push('"');
}

/// Text as it stands inside a JSON string.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| character(&mut out, c));
    out
}

fn character(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        c if c < ' ' => {
            let _ = write!(out, "\\u{:04X}", u32::from(c));
        }
        c => out.push(c),
    }
}
