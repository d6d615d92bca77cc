//! Exceptions.

use std::cell::Cell;

use crate::engine::painless::code::NOWHERE;
use crate::engine::painless::error::Cause;
use crate::engine::value::{JavaObject, JavaString, Object, Value};

/// An exception under way.
#[derive(Debug)]
pub(in crate::engine::painless) struct Thrown {
    /// The fully qualified name of its class.
    pub(in crate::engine::painless) class: &'static str,
    pub(in crate::engine::painless) message: Option<JavaString>,
    /// Where in the script it arose.
    pub(in crate::engine::painless) at: u32,
}

/// The failure of an operation; boxed, as it is rare.
pub(in crate::engine::painless) type Throw = Box<Thrown>;

/// What an operation gives.
pub(in crate::engine::painless) type Run<T> = Result<T, Throw>;

/// An exception of this class with a message.
pub(in crate::engine::painless) fn exception(
    class: &'static str,
    message: impl Into<JavaString>,
) -> Throw {
    Box::new(Thrown {
        class,
        message: Some(message.into()),
        at: NOWHERE,
    })
}

/// The same as the result of an operation.
pub(in crate::engine::painless) fn throw<T>(
    class: &'static str,
    message: impl Into<JavaString>,
) -> Run<T> {
    Err(exception(class, message))
}

/// An exception without a message.
pub(in crate::engine::painless) fn throw_bare<T>(class: &'static str) -> Run<T> {
    Err(Box::new(Thrown {
        class,
        message: None,
        at: NOWHERE,
    }))
}

pub(in crate::engine::painless) fn null_pointer<T>(what: &str) -> Run<T> {
    throw("java.lang.NullPointerException", what)
}

pub(in crate::engine::painless) fn class_cast<T>(reason: impl Into<JavaString>) -> Run<T> {
    throw("java.lang.ClassCastException", reason)
}

pub(in crate::engine::painless) fn illegal_argument<T>(reason: impl Into<JavaString>) -> Run<T> {
    throw("java.lang.IllegalArgumentException", reason)
}

/// A limit of ours that a script went past; no script can catch it.
pub(in crate::engine::painless) fn beyond<T>(reason: impl Into<JavaString>) -> Run<T> {
    throw(PAINLESS_ERROR, reason)
}

/// The error that ends a script that goes on for too long.
pub(in crate::engine::painless) const PAINLESS_ERROR: &str =
    "org.elasticsearch.painless.PainlessError";

/// A class cast that Java itself refuses.
pub(in crate::engine::painless) fn cannot_be_cast<T>(value: &Value, class: &str) -> Run<T> {
    let own = value.class_name();
    let of_java = |name: &str| name.starts_with("java.") || name.starts_with('[');
    let home = if of_java(own) && of_java(class) {
        format!(" ({own} and {class} are in module java.base of loader 'bootstrap')")
    } else {
        String::new()
    };
    class_cast(format!("class {own} cannot be cast to class {class}{home}"))
}

impl Thrown {
    /// The exception as the cause of an error.
    pub(in crate::engine::painless) fn cause(&self) -> Cause {
        let simple = self.class.rsplit(['.', '$']).next().unwrap_or_default();
        let mut kind = String::new();
        for c in simple.chars() {
            if c.is_ascii_uppercase() && !kind.is_empty() {
                kind.push('_');
            }
            kind.push(c.to_ascii_lowercase());
        }
        let kind = kind.strip_prefix("elasticsearch_").unwrap_or(&kind);
        Cause::new(kind, self.message.as_ref().map(ToString::to_string))
    }
}

/// An exception as a value.
#[derive(Debug)]
pub(in crate::engine::painless) struct Exception {
    pub(in crate::engine::painless) class: &'static str,
    pub(in crate::engine::painless) message: Option<JavaString>,
    /// Where it was made.
    pub(in crate::engine::painless) at: Cell<u32>,
}

impl Exception {
    pub(in crate::engine::painless) fn value(
        class: &'static str,
        message: Option<JavaString>,
        at: u32,
    ) -> Value {
        Value::Object(Object::new(Self {
            class,
            message,
            at: Cell::new(at),
        }))
    }
}

impl JavaObject for Exception {
    fn class_name(&self) -> &str {
        self.class
    }

    fn to_java_string(&self) -> String {
        match &self.message {
            Some(message) => format!("{}: {message}", self.class),
            None => self.class.to_owned(),
        }
    }
}
