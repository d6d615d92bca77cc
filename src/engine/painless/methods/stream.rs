//! Streams. All elements are there from the start, so that each step works
//! through all of them; a script sees a difference only in the order of effects.

use std::cell::RefCell;

use super::arguments::{at, long, size};
use super::optional::optional;
use super::sort::{extreme, sort};
use super::total::{mean, total};
use super::{Native, Row, Table, class, hidden};
use crate::engine::painless::interpret::arithmetic::convert;
use crate::engine::painless::interpret::{Run, Vm, cannot_be_cast, null_pointer, throw};
use crate::engine::painless::types::Type;
use crate::engine::value::{Array, JavaMap, JavaObject, Object, Value};

/// What a stream is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Objects,
    Ints,
    Longs,
    Doubles,
}

impl Of {
    const fn ty(self) -> Type {
        match self {
            Self::Objects => Type::DEF,
            Self::Ints => Type::INT,
            Self::Longs => Type::LONG,
            Self::Doubles => Type::DOUBLE,
        }
    }
}

struct Stream {
    of: Of,
    items: RefCell<Option<Vec<Value>>>,
}

impl JavaObject for Stream {
    fn class_name(&self) -> &'static str {
        match self.of {
            Of::Objects => "java.util.stream.ReferencePipeline$Head",
            Of::Ints => "java.util.stream.IntPipeline$Head",
            Of::Longs => "java.util.stream.LongPipeline$Head",
            Of::Doubles => "java.util.stream.DoublePipeline$Head",
        }
    }
}

pub(super) fn stream(of: Of, items: Vec<Value>) -> Value {
    Value::Object(Object::new(Stream {
        of,
        items: RefCell::new(Some(items)),
    }))
}

/// A stream of objects.
pub(super) fn objects(vm: &mut Vm<'_>, items: Vec<Value>) -> Run<Value> {
    vm.allocate(items.len())?;
    Ok(stream(Of::Objects, items))
}

/// A stream of `int`s.
pub(super) fn ints(vm: &mut Vm<'_>, items: Vec<Value>) -> Run<Value> {
    vm.allocate(items.len())?;
    Ok(stream(Of::Ints, items))
}

/// Takes the elements; a stream gives them once.
pub(super) fn take(value: &Value) -> Run<(Of, Vec<Value>)> {
    let Value::Object(object) = value else {
        return null_pointer("a stream is null");
    };
    let Some(stream) = object.downcast::<Stream>() else {
        return cannot_be_cast(value, "java.util.stream.Stream");
    };
    match stream.items.borrow_mut().take() {
        Some(items) => Ok((stream.of, items)),
        None => throw(
            "java.lang.IllegalStateException",
            "stream has already been operated upon or closed",
        ),
    }
}

/// A result as an element of a stream.
fn element(value: Value, of: Of) -> Run<Value> {
    if of == Of::Objects {
        return Ok(value);
    }
    match convert(&value, of.ty()) {
        Some(number) => Ok(number),
        None if value.is_null() => null_pointer("Cannot unbox null"),
        None => cannot_be_cast(&value, "java.lang.Number"),
    }
}

pub(super) fn map_to(vm: &mut Vm<'_>, a: &[Value], to: Option<Of>) -> Run<Value> {
    let (of, items) = take(at(a, 0))?;
    let to = to.unwrap_or(of);
    let mut results = Vec::with_capacity(items.len());
    for item in items {
        results.push(element(vm.call(at(a, 1), &[item])?, to)?);
    }
    Ok(stream(to, results))
}

pub(super) fn flat_map(vm: &mut Vm<'_>, a: &[Value], to: Option<Of>) -> Run<Value> {
    let (of, items) = take(at(a, 0))?;
    let mut results = Vec::new();
    for item in items {
        let inner = vm.call(at(a, 1), &[item])?;
        if !inner.is_null() {
            results.extend(take(&inner)?.1);
            vm.grow(results.len())?;
        }
    }
    Ok(stream(to.unwrap_or(of), results))
}

pub(super) fn filter(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (of, items) = take(at(a, 0))?;
    let mut kept = Vec::new();
    for item in items {
        if vm.call_test(at(a, 1), std::slice::from_ref(&item))? {
            kept.push(item);
        }
    }
    Ok(stream(of, kept))
}

/// Looks for an element for which the test is `wanted`.
fn search(vm: &mut Vm<'_>, a: &[Value], wanted: bool) -> Run<bool> {
    for item in take(at(a, 0))?.1 {
        if vm.call_test(at(a, 1), &[item])? == wanted {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn each(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    for item in take(at(a, 0))?.1 {
        vm.call(at(a, 1), &[item])?;
    }
    Ok(Value::Null)
}

pub(super) fn peek(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (of, items) = take(at(a, 0))?;
    for item in &items {
        vm.call(at(a, 1), std::slice::from_ref(item))?;
    }
    Ok(stream(of, items))
}

pub(super) fn distinct(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (of, items) = take(at(a, 0))?;
    let mut seen = JavaMap::linked();
    for item in items {
        seen.put(item, Value::Null);
    }
    Ok(stream(
        of,
        seen.iter().map(|(item, _)| item.clone()).collect(),
    ))
}

pub(super) fn sorted(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (of, items) = take(at(a, 0))?;
    Ok(stream(of, sort(vm, items, at(a, 1))?))
}

pub(super) fn part(a: &[Value], skip: bool) -> Run<Value> {
    let (of, items) = take(at(a, 0))?;
    let Ok(count) = usize::try_from(long(a, 1)) else {
        return throw("java.lang.IllegalArgumentException", long(a, 1).to_string());
    };
    let items = if skip {
        items.into_iter().skip(count).collect()
    } else {
        items.into_iter().take(count).collect()
    };
    Ok(stream(of, items))
}

pub(super) fn first(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (of, items) = take(at(a, 0))?;
    Ok(optional(of.ty(), items.into_iter().next()))
}

fn most(vm: &mut Vm<'_>, a: &[Value], largest: bool) -> Run<Value> {
    let (of, items) = take(at(a, 0))?;
    Ok(optional(of.ty(), extreme(vm, &items, at(a, 1), largest)?))
}

pub(super) fn reduce(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (of, items) = take(at(a, 0))?;
    if a.len() == 2 {
        let mut result: Option<Value> = None;
        for item in items {
            result = Some(match result {
                Some(before) => element(vm.call(at(a, 1), &[before, item])?, of)?,
                None => item,
            });
        }
        return Ok(optional(of.ty(), result));
    }
    let mut result = at(a, 1).clone();
    for item in items {
        result = element(vm.call(at(a, 2), &[result, item])?, of)?;
    }
    Ok(result)
}

pub(super) fn collect(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let items = take(at(a, 0))?.1;
    if a.len() == 2 {
        return super::collectors::collect(vm, at(a, 1), items);
    }
    let result = vm.call(at(a, 1), &[])?;
    for item in items {
        vm.call(at(a, 2), &[result.clone(), item])?;
    }
    Ok(result)
}

pub(super) fn to_array(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (of, items) = take(at(a, 0))?;
    let class = match of {
        Of::Objects => "[Ljava.lang.Object;",
        Of::Ints => "[I",
        Of::Longs => "[J",
        Of::Doubles => "[D",
    };
    Ok(Value::Array(Array::new(class, items)))
}

fn iterator(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let items = take(at(a, 0))?.1;
    super::iterator::over(vm, &Value::list(items))
}

pub(super) fn concat(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (of, mut items) = take(at(a, 0))?;
    items.extend(take(at(a, 1))?.1);
    Ok(stream(of, items))
}

pub(super) fn of_array(a: &[Value], of: Of) -> Run<Value> {
    match at(a, 0) {
        Value::Array(array) => Ok(stream(of, array.borrow().clone())),
        _ => null_pointer("an array is null"),
    }
}

pub(super) fn as_stream(a: &[Value], to: Of) -> Run<Value> {
    let items: Run<Vec<Value>> = take(at(a, 0))?
        .1
        .into_iter()
        .map(|item| element(item, to))
        .collect();
    Ok(stream(to, items?))
}

pub(super) fn range(vm: &mut Vm<'_>, a: &[Value], of: Of, closed: bool) -> Run<Value> {
    let (start, end) = (long(a, 0), long(a, 1));
    let end = if closed { end.saturating_add(1) } else { end };
    let count = usize::try_from(end.saturating_sub(start)).unwrap_or_default();
    vm.grow(count)?;
    vm.allocate(count)?;
    let item = |n: i64| match of {
        Of::Ints => Value::Int(i32::try_from(n).unwrap_or_default()),
        _ => Value::Long(n),
    };
    Ok(stream(of, (start..end).map(item).collect()))
}

pub(super) const ALL: Native = |vm, a| Ok(Value::Bool(!search(vm, a, false)?));
pub(super) const ANY: Native = |vm, a| Ok(Value::Bool(search(vm, a, true)?));
pub(super) const NONE: Native = |vm, a| Ok(Value::Bool(!search(vm, a, true)?));
pub(super) const MAX: Native = |vm, a| most(vm, a, true);
pub(super) const MIN: Native = |vm, a| most(vm, a, false);
pub(super) const SUM: Native = |_, a| {
    let (of, items) = take(at(a, 0))?;
    Ok(total(&items, of))
};
pub(super) const AVERAGE: Native = |_, a| {
    let items = take(at(a, 0))?.1;
    Ok(optional(Type::DOUBLE, mean(&items).map(Value::Double)))
};
pub(super) const SAME: Native = |_, a| Ok(at(a, 0).clone());
pub(super) const COUNT: Native = |_, a| {
    let items = take(at(a, 0))?.1;
    Ok(Value::Long(long(&[size(items.len())], 0)))
};

const BASE: &[Row] = &[
    ("void close()", |_, _| Ok(Value::Null)),
    ("boolean isParallel()", |_, _| Ok(Value::Bool(false))),
    ("Iterator iterator()", iterator),
];

const STREAM: &[Row] = &[
    ("boolean allMatch(Predicate)", ALL),
    ("boolean anyMatch(Predicate)", ANY),
    ("boolean noneMatch(Predicate)", NONE),
    ("def collect(Collector)", collect),
    ("def collect(Supplier,BiConsumer,BiConsumer)", collect),
    ("static Stream concat(Stream,Stream)", concat),
    ("long count()", COUNT),
    ("Stream distinct()", distinct),
    ("static Stream empty()", |_, _| {
        Ok(stream(Of::Objects, Vec::new()))
    }),
    ("Stream filter(Predicate)", filter),
    ("Optional findAny()", first),
    ("Optional findFirst()", first),
    ("Stream flatMap(Function)", |vm, a| flat_map(vm, a, None)),
    ("DoubleStream flatMapToDouble(Function)", |vm, a| {
        flat_map(vm, a, Some(Of::Doubles))
    }),
    ("IntStream flatMapToInt(Function)", |vm, a| {
        flat_map(vm, a, Some(Of::Ints))
    }),
    ("LongStream flatMapToLong(Function)", |vm, a| {
        flat_map(vm, a, Some(Of::Longs))
    }),
    ("void forEach(Consumer)", each),
    ("void forEachOrdered(Consumer)", each),
    ("Stream limit(long)", |_, a| part(a, false)),
    ("Stream map(Function)", |vm, a| map_to(vm, a, None)),
    ("DoubleStream mapToDouble(ToDoubleFunction)", |vm, a| {
        map_to(vm, a, Some(Of::Doubles))
    }),
    ("IntStream mapToInt(ToIntFunction)", |vm, a| {
        map_to(vm, a, Some(Of::Ints))
    }),
    ("LongStream mapToLong(ToLongFunction)", |vm, a| {
        map_to(vm, a, Some(Of::Longs))
    }),
    ("Optional max(Comparator)", MAX),
    ("Optional min(Comparator)", MIN),
    ("static Stream of(def[])", |_, a| of_array(a, Of::Objects)),
    ("Stream peek(Consumer)", peek),
    ("Optional reduce(BinaryOperator)", reduce),
    ("def reduce(def,BinaryOperator)", reduce),
    ("def reduce(def,BiFunction,BinaryOperator)", reduce),
    ("Stream skip(long)", |_, a| part(a, true)),
    ("Stream sorted()", sorted),
    ("Stream sorted(Comparator)", sorted),
    ("Stream sequential()", SAME),
    ("Stream unordered()", SAME),
    ("def[] toArray()", to_array),
    ("def[] toArray(IntFunction)", to_array),
];

const ABOVE: &[&str] = &["java.util.stream.BaseStream"];

pub(super) static TABLES: &[Table] = &[
    class("java.util.stream.BaseStream", &[], BASE),
    class("java.util.stream.Stream", ABOVE, STREAM),
    hidden(
        "java.util.stream.ReferencePipeline$Head",
        &["java.util.stream.Stream"],
    ),
];
