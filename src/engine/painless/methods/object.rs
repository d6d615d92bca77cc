//! `Object`, `Comparable`, `Number`, `Objects`, `System`.

use std::cmp::Ordering;

use super::arguments::{at, sequence};
use super::{Row, Table, class, hidden};
use crate::engine::painless::interpret::arithmetic::convert;
use crate::engine::painless::interpret::{Run, Vm, cannot_be_cast, null_pointer, throw};
use crate::engine::painless::types::Type;
use crate::engine::value::{Value, equals, hash_code, natural_order};

/// `left.compareTo(right)`.
pub(super) fn compare(left: &Value, right: &Value) -> Run<Ordering> {
    if left.is_null() || right.is_null() {
        return null_pointer("Cannot invoke \"java.lang.Comparable.compareTo(Object)\" on null");
    }
    match natural_order(left, right) {
        Some(order) => Ok(order),
        None if left.class_name() == right.class_name() => {
            cannot_be_cast(left, "java.lang.Comparable")
        }
        None => cannot_be_cast(right, left.class_name()),
    }
}

/// `compareTo` as Java counts: for strings the difference at the first place
/// where they differ.
pub(super) fn difference(left: &Value, right: &Value) -> Run<i32> {
    let order = compare(left, right)?;
    if let (Value::Str(left), Value::Str(right)) = (left, right) {
        let unlike = left
            .units()
            .zip(right.units())
            .find(|(left, right)| left != right);
        return Ok(if let Some((left, right)) = unlike {
            i32::from(left) - i32::from(right)
        } else {
            let length = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
            length(left.len()) - length(right.len())
        });
    }
    if let (Value::Char(left), Value::Char(right)) = (left, right) {
        return Ok(i32::from(*left) - i32::from(*right));
    }
    if let (Value::Byte(left), Value::Byte(right)) = (left, right) {
        return Ok(i32::from(*left) - i32::from(*right));
    }
    if let (Value::Short(left), Value::Short(right)) = (left, right) {
        return Ok(i32::from(*left) - i32::from(*right));
    }
    Ok(order as i32)
}

fn compare_to(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    difference(at(a, 0), at(a, 1)).map(Value::Int)
}

fn not_null(receiver: &Value) -> Run<()> {
    if receiver.is_null() {
        return null_pointer("a method of null");
    }
    Ok(())
}

const OBJECT: &[Row] = &[
    ("boolean equals(Object)", |_, a| {
        not_null(at(a, 0))?;
        Ok(Value::Bool(equals(at(a, 0), at(a, 1))))
    }),
    ("int hashCode()", |_, a| {
        not_null(at(a, 0))?;
        Ok(Value::Int(hash_code(at(a, 0))))
    }),
    ("String toString()", |vm, a| {
        not_null(at(a, 0))?;
        vm.string_of(at(a, 0)).map(Value::Str)
    }),
];

fn number(a: &[Value], ty: Type) -> Run<Value> {
    let floating = matches!(ty, Type::FLOAT | Type::DOUBLE);
    if let Some(plain) = super::big::plain(at(a, 0), floating) {
        return Ok(convert(&plain?, ty).unwrap_or_default());
    }
    match convert(at(a, 0), ty) {
        Some(value) => Ok(value),
        None => null_pointer("a number is null"),
    }
}

const NUMBER: &[Row] = &[
    ("byte byteValue()", |_, a| number(a, Type::BYTE)),
    ("short shortValue()", |_, a| number(a, Type::SHORT)),
    ("int intValue()", |_, a| number(a, Type::INT)),
    ("long longValue()", |_, a| number(a, Type::LONG)),
    ("float floatValue()", |_, a| number(a, Type::FLOAT)),
    ("double doubleValue()", |_, a| number(a, Type::DOUBLE)),
];

const OBJECTS: &[Row] = &[
    ("static int compare(def,def,Comparator)", |vm, a| {
        if crate::engine::value::identical(at(a, 0), at(a, 1)) {
            return Ok(Value::Int(0));
        }
        vm.call(at(a, 2), &[at(a, 0).clone(), at(a, 1).clone()])
    }),
    ("static boolean deepEquals(Object,Object)", |_, a| {
        Ok(Value::Bool(equals(at(a, 0), at(a, 1))))
    }),
    ("static boolean equals(Object,Object)", |_, a| {
        Ok(Value::Bool(equals(at(a, 0), at(a, 1))))
    }),
    ("static int hash(Object[])", |_, a| match at(a, 0) {
        Value::Array(array) => {
            let items = Value::list(array.borrow().clone());
            Ok(Value::Int(hash_code(&items)))
        }
        _ => Ok(Value::Int(0)),
    }),
    ("static int hashCode(Object)", |_, a| {
        Ok(Value::Int(hash_code(at(a, 0))))
    }),
    ("static boolean isNull(Object)", |_, a| {
        Ok(Value::Bool(at(a, 0).is_null()))
    }),
    ("static boolean nonNull(Object)", |_, a| {
        Ok(Value::Bool(!at(a, 0).is_null()))
    }),
    ("static def requireNonNull(def)", |_, a| match at(a, 0) {
        Value::Null => {
            crate::engine::painless::interpret::throw_bare("java.lang.NullPointerException")
        }
        value => Ok(value.clone()),
    }),
    ("static def requireNonNull(def,String)", |vm, a| {
        match at(a, 0) {
            Value::Null => {
                let message = sequence(vm, a, 1)?;
                throw("java.lang.NullPointerException", message)
            }
            value => Ok(value.clone()),
        }
    }),
    ("static String toString(Object)", |vm, a| {
        vm.string_of(at(a, 0)).map(Value::Str)
    }),
    ("static String toString(Object,String)", |vm, a| {
        match at(a, 0) {
            Value::Null => Ok(at(a, 1).clone()),
            value => vm.string_of(value).map(Value::Str),
        }
    }),
];

const SYSTEM: &[Row] = &[
    ("static long currentTimeMillis()", |vm, _| {
        Ok(Value::Long(vm.now))
    }),
    ("static long nanoTime()", |vm, _| {
        Ok(Value::Long(vm.now.wrapping_mul(1_000_000)))
    }),
    (
        "static void arraycopy(Object,int,Object,int,int)",
        array_copy,
    ),
];

fn array_copy(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    use super::arguments::int;
    let (Value::Array(from), Value::Array(to)) = (at(a, 0), at(a, 2)) else {
        return null_pointer("an array is null");
    };
    let range = |start: i32| {
        let start = usize::try_from(start).ok()?;
        Some(start..start.checked_add(usize::try_from(int(a, 4)).ok()?)?)
    };
    let items = range(int(a, 1)).and_then(|range| from.borrow().get(range).map(<[Value]>::to_vec));
    let done = items.and_then(|items| {
        to.borrow_mut()
            .get_mut(range(int(a, 3))?)?
            .clone_from_slice(&items);
        Some(Value::Null)
    });
    match done {
        Some(done) => Ok(done),
        None => throw(
            "java.lang.ArrayIndexOutOfBoundsException",
            "arraycopy: last index out of bounds",
        ),
    }
}

const EXPLAIN: &[Row] = &[("static void explain(Object)", |_, _| {
    crate::engine::painless::interpret::throw_bare(
        "org.elasticsearch.painless.PainlessExplainError",
    )
})];

pub(super) static TABLES: &[Table] = &[
    class("java.lang.Object", &[], OBJECT),
    class(
        "java.lang.Comparable",
        &[],
        &[("int compareTo(def)", compare_to)],
    ),
    class("java.lang.Number", &["java.lang.Object"], NUMBER),
    class("java.util.Objects", &[], OBJECTS),
    class("java.lang.System", &[], SYSTEM),
    class("org.elasticsearch.painless.api.Debug", &[], EXPLAIN),
    hidden("org.elasticsearch.painless.PainlessExplainError", &[]),
    hidden("org.elasticsearch.painless.PainlessError", &[]),
];
