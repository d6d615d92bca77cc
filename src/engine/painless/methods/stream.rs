//! Streams: their methods.

use super::arguments::{at, long, size};
use super::optional::optional;
use super::pipeline::{Of, Pipeline, Step, element, stream};
use super::sort::extreme;
use super::total::{mean, total};
use super::{Native, Row, Table, class, hidden};
use crate::engine::painless::interpret::{Run, Vm, null_pointer, throw, throw_bare};
use crate::engine::painless::types::Type;
use crate::engine::value::{Array, JavaMap, Value};

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
pub(super) fn take(vm: &mut Vm<'_>, value: &Value) -> Run<(Of, Vec<Value>)> {
    let pipeline = Pipeline::of(value)?;
    let of = pipeline.kind();
    Ok((of, pipeline.collect(vm)?))
}

pub(super) fn map_to(a: &[Value], to: Option<Of>) -> Run<Value> {
    Pipeline::then(a, |of| Step::Map(at(a, 1).clone(), to.unwrap_or(of)))
}

pub(super) fn flat_map(a: &[Value], to: Option<Of>) -> Run<Value> {
    Pipeline::then(a, |of| Step::Flat(at(a, 1).clone(), to.unwrap_or(of)))
}

pub(super) fn filter(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    Pipeline::then(a, |_| Step::Filter(at(a, 1).clone()))
}

/// Looks for an element for which the test is `wanted`.
fn search(vm: &mut Vm<'_>, a: &[Value], wanted: bool) -> Run<bool> {
    let mut found = false;
    Pipeline::of(at(a, 0))?.each(vm, &mut |vm, item| {
        found = vm.call_test(at(a, 1), &[item])? == wanted;
        Ok(!found)
    })?;
    Ok(found)
}

pub(super) fn each(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    Pipeline::of(at(a, 0))?.each(vm, &mut |vm, item| {
        vm.call(at(a, 1), &[item])?;
        Ok(true)
    })?;
    Ok(Value::Null)
}

pub(super) fn peek(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    Pipeline::then(a, |_| Step::Peek(at(a, 1).clone()))
}

pub(super) fn distinct(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    Pipeline::then(a, |_| Step::Distinct(JavaMap::linked()))
}

pub(super) fn sorted(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    Pipeline::then(a, |_| Step::Sorted(at(a, 1).clone()))
}

pub(super) fn part(a: &[Value], skip: bool) -> Run<Value> {
    let Ok(count) = usize::try_from(long(a, 1)) else {
        return throw("java.lang.IllegalArgumentException", long(a, 1).to_string());
    };
    Pipeline::then(a, |_| {
        if skip {
            Step::Skip(count)
        } else {
            Step::Limit(count)
        }
    })
}

/// An optional of an element; null is none that an optional may have.
fn found(of: Of, item: Option<Value>) -> Run<Value> {
    if item.as_ref().is_some_and(Value::is_null) {
        return throw_bare("java.lang.NullPointerException");
    }
    Ok(optional(of.ty(), item))
}

pub(super) fn first(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let pipeline = Pipeline::of(at(a, 0))?;
    let of = pipeline.kind();
    let mut first = None;
    pipeline.each(vm, &mut |_, item| {
        first = Some(item);
        Ok(false)
    })?;
    found(of, first)
}

fn most(vm: &mut Vm<'_>, a: &[Value], largest: bool) -> Run<Value> {
    let (of, items) = take(vm, at(a, 0))?;
    let most = extreme(vm, &items, at(a, 1), largest)?;
    found(of, most)
}

pub(super) fn reduce(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let pipeline = Pipeline::of(at(a, 0))?;
    let of = pipeline.kind();
    let alone = a.len() == 2;
    let operator = at(a, if alone { 1 } else { 2 });
    let mut result = (!alone).then(|| at(a, 1).clone());
    pipeline.each(vm, &mut |vm, item| {
        result = Some(match result.take() {
            Some(before) => element(vm.call(operator, &[before, item])?, of)?,
            None => item,
        });
        Ok(true)
    })?;
    if alone {
        return found(of, result);
    }
    Ok(result.unwrap_or_default())
}

pub(super) fn collect(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    if a.len() == 2 {
        let (_, items) = take(vm, at(a, 0))?;
        return super::collectors::collect(vm, at(a, 1), items);
    }
    let result = vm.call(at(a, 1), &[])?;
    Pipeline::of(at(a, 0))?.each(vm, &mut |vm, item| {
        vm.call(at(a, 2), &[result.clone(), item])?;
        Ok(true)
    })?;
    Ok(result)
}

pub(super) fn to_array(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (of, items) = take(vm, at(a, 0))?;
    let class = match of {
        Of::Objects => "[Ljava.lang.Object;",
        Of::Ints => "[I",
        Of::Longs => "[J",
        Of::Doubles => "[D",
    };
    Ok(Value::Array(Array::new(class, items)))
}

fn iterator(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (_, items) = take(vm, at(a, 0))?;
    super::iterator::over(vm, &Value::list(items))
}

pub(super) fn concat(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (of, mut items) = take(vm, at(a, 0))?;
    items.extend(take(vm, at(a, 1))?.1);
    vm.grow(items.len())?;
    Ok(stream(of, items))
}

pub(super) fn of_array(a: &[Value], of: Of) -> Run<Value> {
    match at(a, 0) {
        Value::Array(array) => Ok(stream(of, array.borrow().clone())),
        _ => null_pointer("an array is null"),
    }
}

pub(super) fn as_stream(a: &[Value], to: Of) -> Run<Value> {
    Pipeline::then(a, |_| Step::As(to))
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
pub(super) const SUM: Native = |vm, a| {
    let (of, items) = take(vm, at(a, 0))?;
    Ok(total(&items, of))
};
pub(super) const AVERAGE: Native = |vm, a| {
    let (_, items) = take(vm, at(a, 0))?;
    Ok(optional(Type::DOUBLE, mean(&items).map(Value::Double)))
};
pub(super) const SAME: Native = |_, a| Ok(at(a, 0).clone());
/// Elements are not looked at where their number is known, as in Java.
pub(super) const COUNT: Native = |vm, a| {
    let pipeline = Pipeline::of(at(a, 0))?;
    let count = match pipeline.size() {
        Some(count) => count,
        None => pipeline.collect(vm)?.len(),
    };
    Ok(Value::Long(long(&[size(count)], 0)))
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
    ("Stream flatMap(Function)", |_, a| flat_map(a, None)),
    ("DoubleStream flatMapToDouble(Function)", |_, a| {
        flat_map(a, Some(Of::Doubles))
    }),
    ("IntStream flatMapToInt(Function)", |_, a| {
        flat_map(a, Some(Of::Ints))
    }),
    ("LongStream flatMapToLong(Function)", |_, a| {
        flat_map(a, Some(Of::Longs))
    }),
    ("void forEach(Consumer)", each),
    ("void forEachOrdered(Consumer)", each),
    ("Stream limit(long)", |_, a| part(a, false)),
    ("Stream map(Function)", |_, a| map_to(a, None)),
    ("DoubleStream mapToDouble(ToDoubleFunction)", |_, a| {
        map_to(a, Some(Of::Doubles))
    }),
    ("IntStream mapToInt(ToIntFunction)", |_, a| {
        map_to(a, Some(Of::Ints))
    }),
    ("LongStream mapToLong(ToLongFunction)", |_, a| {
        map_to(a, Some(Of::Longs))
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
