//! Exceptions: those that scripts may name, and those that only happen to them.

use super::arguments::at;
use super::{Row, Table, class, hidden};
use crate::engine::painless::code::NOWHERE;
use crate::engine::painless::interpret::{Exception, Run, null_pointer};
use crate::engine::value::{Array, Object, Value};

fn exception(a: &[Value]) -> Run<&Exception> {
    if let Value::Object(object) = at(a, 0)
        && let Some(exception) = object.downcast::<Exception>()
    {
        return Ok(exception);
    }
    null_pointer("an exception is null")
}

fn message(a: &[Value]) -> Run<Value> {
    Ok(exception(a)?
        .message
        .clone()
        .map_or(Value::Null, Value::Str))
}

/// A new exception of this class.
fn new(class: &'static str, a: &[Value]) -> Run<Value> {
    let text = at(a, 0).as_str().cloned();
    Ok(Exception::value(class, text, NOWHERE))
}

const EXCEPTION: &[Row] = &[
    ("new()", |_, a| new("java.lang.Exception", a)),
    ("new(String)", |_, a| new("java.lang.Exception", a)),
    ("String getLocalizedMessage()", |_, a| message(a)),
    ("String getMessage()", |_, a| message(a)),
    ("StackTraceElement[] getStackTrace()", |_, _| {
        Ok(Value::Array(Array::new(
            "[Ljava.lang.StackTraceElement;",
            vec![Value::Null],
        )))
    }),
    ("boolean equals(Object)", |_, a| {
        Ok(Value::Bool(same(at(a, 0), at(a, 1))))
    }),
];

fn same(left: &Value, right: &Value) -> bool {
    let object = |value: &Value| match value {
        Value::Object(object) => Some(object.clone()),
        _ => None,
    };
    let pair: Option<(Object, Object)> = object(left).zip(object(right));
    pair.is_some_and(|(left, right)| left.same(&right))
}

/// An exception that scripts may make, with or without a message.
macro_rules! exceptions {
    ($($name:literal < $parent:literal,)*) => {
        [$(class($name, &[$parent], &[
            ("new()", |_, a| new($name, a)),
            ("new(String)", |_, a| new($name, a)),
        ])),*]
    };
}

pub(super) static NAMED: &[Table] = &exceptions! {
    "java.lang.RuntimeException" < "java.lang.Exception",
    "java.lang.ArithmeticException" < "java.lang.RuntimeException",
    "java.lang.ArrayStoreException" < "java.lang.RuntimeException",
    "java.lang.ClassCastException" < "java.lang.RuntimeException",
    "java.lang.ReflectiveOperationException" < "java.lang.Exception",
    "java.lang.ClassNotFoundException" < "java.lang.ReflectiveOperationException",
    "java.lang.CloneNotSupportedException" < "java.lang.Exception",
    "java.lang.IllegalAccessException" < "java.lang.ReflectiveOperationException",
    "java.lang.IllegalArgumentException" < "java.lang.RuntimeException",
    "java.lang.IllegalMonitorStateException" < "java.lang.RuntimeException",
    "java.lang.IllegalStateException" < "java.lang.RuntimeException",
    "java.lang.IllegalThreadStateException" < "java.lang.IllegalArgumentException",
    "java.lang.IndexOutOfBoundsException" < "java.lang.RuntimeException",
    "java.lang.ArrayIndexOutOfBoundsException" < "java.lang.IndexOutOfBoundsException",
    "java.lang.StringIndexOutOfBoundsException" < "java.lang.IndexOutOfBoundsException",
    "java.lang.InstantiationException" < "java.lang.ReflectiveOperationException",
    "java.lang.InterruptedException" < "java.lang.Exception",
    "java.lang.NegativeArraySizeException" < "java.lang.RuntimeException",
    "java.lang.NoSuchFieldException" < "java.lang.ReflectiveOperationException",
    "java.lang.NoSuchMethodException" < "java.lang.ReflectiveOperationException",
    "java.lang.NullPointerException" < "java.lang.RuntimeException",
    "java.lang.NumberFormatException" < "java.lang.IllegalArgumentException",
    "java.lang.SecurityException" < "java.lang.RuntimeException",
    "java.lang.UnsupportedOperationException" < "java.lang.RuntimeException",
    "java.util.ConcurrentModificationException" < "java.lang.RuntimeException",
    "java.util.EmptyStackException" < "java.lang.RuntimeException",
    "java.util.NoSuchElementException" < "java.lang.RuntimeException",
    "java.util.InputMismatchException" < "java.util.NoSuchElementException",
    "java.time.DateTimeException" < "java.lang.RuntimeException",
    "java.time.temporal.UnsupportedTemporalTypeException" < "java.time.DateTimeException",
};

pub(super) static OTHERS: &[Table] = &[
    class("java.lang.Exception", &[], EXCEPTION),
    class("java.lang.StackTraceElement", &[], &[]),
    class(
        "java.time.format.DateTimeParseException",
        &["java.time.DateTimeException"],
        &[],
    ),
    class(
        "java.util.IllegalFormatException",
        &["java.lang.IllegalArgumentException"],
        &[],
    ),
    class(
        "java.util.IllegalFormatConversionException",
        &["java.util.IllegalFormatException"],
        &[],
    ),
    class(
        "java.util.MissingFormatArgumentException",
        &["java.util.IllegalFormatException"],
        &[],
    ),
    class(
        "java.util.UnknownFormatConversionException",
        &["java.util.IllegalFormatException"],
        &[],
    ),
    class(
        "java.util.FormatFlagsConversionMismatchException",
        &["java.util.IllegalFormatException"],
        &[],
    ),
    hidden(
        "java.lang.invoke.WrongMethodTypeException",
        &["java.lang.RuntimeException"],
    ),
    hidden("java.lang.StackOverflowError", &[]),
    hidden(
        "java.time.zone.ZoneRulesException",
        &["java.time.DateTimeException"],
    ),
    hidden(
        "org.elasticsearch.ElasticsearchException",
        &["java.lang.RuntimeException"],
    ),
    hidden(
        "org.elasticsearch.ElasticsearchParseException",
        &["org.elasticsearch.ElasticsearchException"],
    ),
];
