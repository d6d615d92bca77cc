//! `StringJoiner` and `StringTokenizer`.

use std::cell::{Cell, RefCell};

use super::arguments::{at, boolean, sequence, size};
use super::text::no_such_element;
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Run, Vm, null_pointer};
use crate::engine::value::{JavaObject, JavaString, Object, Value};

struct Joiner {
    separator: JavaString,
    prefix: JavaString,
    suffix: JavaString,
    empty: RefCell<Option<JavaString>>,
    items: RefCell<Vec<JavaString>>,
}

impl JavaObject for Joiner {
    fn class_name(&self) -> &'static str {
        "java.util.StringJoiner"
    }

    fn to_java_string(&self) -> String {
        let items = self.items.borrow();
        if let (true, Some(empty)) = (items.is_empty(), &*self.empty.borrow()) {
            return empty.to_string();
        }
        let items: Vec<String> = items.iter().map(ToString::to_string).collect();
        format!(
            "{}{}{}",
            self.prefix,
            items.join(&self.separator.to_str()),
            self.suffix
        )
    }
}

fn joiner(a: &[Value]) -> Run<&Joiner> {
    if let Value::Object(object) = at(a, 0)
        && let Some(joiner) = object.downcast::<Joiner>()
    {
        return Ok(joiner);
    }
    null_pointer("a string joiner is null")
}

fn new_joiner(separator: JavaString, prefix: JavaString, suffix: JavaString) -> Value {
    Value::Object(Object::new(Joiner {
        separator,
        prefix,
        suffix,
        empty: RefCell::new(None),
        items: RefCell::new(Vec::new()),
    }))
}

/// Adds what another one has joined, as one element.
fn merge(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (own, other) = (joiner(a)?, joiner(a.get(1..).unwrap_or_default())?);
    let items: Vec<String> = other
        .items
        .borrow()
        .iter()
        .map(ToString::to_string)
        .collect();
    if !items.is_empty() {
        let text = JavaString::from(items.join(&other.separator.to_str()));
        vm.allocate(text.len())?;
        own.items.borrow_mut().push(text);
    }
    Ok(at(a, 0).clone())
}

const JOINER: &[Row] = &[
    ("new(CharSequence)", |vm, a| {
        Ok(new_joiner(sequence(vm, a, 0)?, "".into(), "".into()))
    }),
    ("new(CharSequence,CharSequence,CharSequence)", |vm, a| {
        Ok(new_joiner(
            sequence(vm, a, 0)?,
            sequence(vm, a, 1)?,
            sequence(vm, a, 2)?,
        ))
    }),
    ("StringJoiner add(CharSequence)", |vm, a| {
        let text = vm.string_of(at(a, 1))?;
        vm.allocate(text.len())?;
        joiner(a)?.items.borrow_mut().push(text);
        Ok(at(a, 0).clone())
    }),
    ("int length()", |vm, a| {
        Ok(size(vm.string_of(at(a, 0))?.len()))
    }),
    ("StringJoiner merge(StringJoiner)", merge),
    ("StringJoiner setEmptyValue(CharSequence)", |vm, a| {
        let text = sequence(vm, a, 1)?;
        *joiner(a)?.empty.borrow_mut() = Some(text);
        Ok(at(a, 0).clone())
    }),
];

struct Tokenizer {
    tokens: Vec<JavaString>,
    next: Cell<usize>,
}

impl JavaObject for Tokenizer {
    fn class_name(&self) -> &'static str {
        "java.util.StringTokenizer"
    }
}

fn tokenizer(a: &[Value]) -> Run<&Tokenizer> {
    if let Value::Object(object) = at(a, 0)
        && let Some(tokenizer) = object.downcast::<Tokenizer>()
    {
        return Ok(tokenizer);
    }
    null_pointer("a string tokenizer is null")
}

fn tokenize(vm: &mut Vm<'_>, a: &[Value], delimiters: &str, keep: bool) -> Run<Value> {
    let text = sequence(vm, a, 0)?;
    vm.allocate(text.len())?;
    let delimiters: Vec<u16> = delimiters.encode_utf16().collect();
    let mut tokens = Vec::new();
    let mut current = Vec::new();
    for unit in text.units() {
        if delimiters.contains(&unit) {
            if !current.is_empty() {
                tokens.push(JavaString::from_utf16(&std::mem::take(&mut current)));
            }
            if keep {
                tokens.push(JavaString::from_unit(unit));
            }
        } else {
            current.push(unit);
        }
    }
    if !current.is_empty() {
        tokens.push(JavaString::from_utf16(&current));
    }
    Ok(Value::Object(Object::new(Tokenizer {
        tokens,
        next: Cell::new(0),
    })))
}

const TOKENIZER: &[Row] = &[
    ("new(String)", |vm, a| {
        tokenize(vm, a, " \t\n\r\u{c}", false)
    }),
    ("new(String,String)", |vm, a| {
        let delimiters = sequence(vm, a, 1)?;
        tokenize(vm, a, &delimiters.to_str(), false)
    }),
    ("new(String,String,boolean)", |vm, a| {
        let delimiters = sequence(vm, a, 1)?;
        tokenize(vm, a, &delimiters.to_str(), boolean(a, 2))
    }),
    ("int countTokens()", |_, a| {
        let tokenizer = tokenizer(a)?;
        Ok(size(tokenizer.tokens.len() - tokenizer.next.get()))
    }),
    ("boolean hasMoreTokens()", |_, a| {
        let tokenizer = tokenizer(a)?;
        Ok(Value::Bool(tokenizer.next.get() < tokenizer.tokens.len()))
    }),
    ("String nextToken()", |_, a| {
        let tokenizer = tokenizer(a)?;
        let next = tokenizer.next.get();
        match tokenizer.tokens.get(next) {
            Some(token) => {
                tokenizer.next.set(next + 1);
                Ok(Value::Str(token.clone()))
            }
            None => no_such_element(),
        }
    }),
];

pub(super) static TABLES: &[Table] = &[
    class("java.util.StringJoiner", &[], JOINER),
    class("java.util.StringTokenizer", &[], TOKENIZER),
];
