//! `String.valueOf`.

use std::fmt;

use super::walk::{Walk, visit};
use super::{JavaString, MAX_DEPTH, Value, double_to_string, float_to_string};

/// The longest text that is made where no other bound is given.
const LONGEST: usize = 64 << 20;

/// Why a value cannot be turned into a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderError {
    /// Containers nest deeper than [`MAX_DEPTH`], or hold themselves.
    TooDeep,
    /// The text is longer than allowed.
    TooLong,
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooDeep => "containers nest too deeply",
            Self::TooLong => "text too long",
        })
    }
}

impl std::error::Error for RenderError {}

/// What to do with the parts of a text.
trait Sink {
    fn text(&mut self, text: &str);
    fn string(&mut self, text: &JavaString);
    fn full(&self) -> bool;
}

fn write(value: &Value, out: &mut impl Sink, depth: usize) -> Result<(), RenderError> {
    if depth > MAX_DEPTH {
        return Err(RenderError::TooDeep);
    }
    if out.full() || !visit() {
        return Err(RenderError::TooLong);
    }
    match value {
        Value::Null => out.text("null"),
        Value::Bool(true) => out.text("true"),
        Value::Bool(false) => out.text("false"),
        Value::Byte(n) => out.text(&n.to_string()),
        Value::Short(n) => out.text(&n.to_string()),
        Value::Char(unit) => out.string(&JavaString::from_unit(*unit)),
        Value::Int(n) => out.text(&n.to_string()),
        Value::Long(n) => out.text(&n.to_string()),
        Value::Float(n) => out.text(&float_to_string(*n)),
        Value::Double(n) => out.text(&double_to_string(*n)),
        Value::BigInt(text) | Value::Str(text) => out.string(text),
        Value::List(list) | Value::FrozenList(list) => {
            items(list.borrow().iter(), out, depth)?;
        }
        Value::Set(set) => items(set.borrow().iter().map(|(key, _)| key), out, depth)?,
        Value::Map(map) | Value::FrozenMap(map) => {
            out.text("{");
            for (index, (key, value)) in map.borrow().iter().enumerate() {
                if index > 0 {
                    out.text(", ");
                }
                write(key, out, depth + 1)?;
                out.text("=");
                write(value, out, depth + 1)?;
            }
            out.text("}");
        }
        Value::Array(array) => {
            out.text(array.class_name());
            out.text("@1");
        }
        Value::Object(object) => out.text(&object.to_java_string()),
    }
    Ok(())
}

fn items<'a>(
    items: impl Iterator<Item = &'a Value>,
    out: &mut impl Sink,
    depth: usize,
) -> Result<(), RenderError> {
    out.text("[");
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.text(", ");
        }
        write(item, out, depth + 1)?;
    }
    out.text("]");
    Ok(())
}

/// UTF-8, lone surrogates replaced, too deep parts left out.
#[derive(Default)]
pub(super) struct Lossy(String);

impl Lossy {
    pub(super) fn value(&mut self, value: &Value) {
        let walk = Walk::begin();
        if walk.is_none() || write(value, self, 0).is_err() {
            self.0.push_str("...");
        }
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

impl Sink for Lossy {
    fn text(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn string(&mut self, text: &JavaString) {
        self.0.push_str(&text.to_str());
    }

    fn full(&self) -> bool {
        self.0.len() > LONGEST
    }
}

/// UTF-8 until a character beyond ASCII comes, then UTF-16.
struct Exact {
    ascii: String,
    wide: Vec<u16>,
    limit: usize,
}

impl Sink for Exact {
    fn text(&mut self, text: &str) {
        if self.wide.is_empty() && text.is_ascii() {
            self.ascii.push_str(text);
        } else {
            self.widen();
            self.wide.extend(text.encode_utf16());
        }
    }

    fn string(&mut self, text: &JavaString) {
        if let Some(text) = text.as_ascii() {
            self.text(text);
        } else {
            self.widen();
            self.wide.extend(text.units());
        }
    }

    fn full(&self) -> bool {
        self.ascii.len() + self.wide.len() > self.limit
    }
}

impl Exact {
    fn widen(&mut self) {
        if self.wide.is_empty() {
            self.wide = std::mem::take(&mut self.ascii).encode_utf16().collect();
        }
    }
}

pub(super) fn render(value: &Value, limit: usize) -> Result<JavaString, RenderError> {
    if let Value::Str(text) = value {
        return Ok(text.clone());
    }
    let mut out = Exact {
        ascii: String::new(),
        wide: Vec::new(),
        limit,
    };
    let _walk = Walk::begin();
    write(value, &mut out, 0)?;
    if out.full() {
        return Err(RenderError::TooLong);
    }
    Ok(if out.wide.is_empty() {
        JavaString::from(out.ascii)
    } else {
        JavaString::from_utf16(&out.wide)
    })
}
