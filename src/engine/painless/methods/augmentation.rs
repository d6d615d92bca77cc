//! The methods that Painless adds to collections and maps.

use super::arguments::{at, size};
use super::map::map;
use super::view::Entry;
use super::{Row, Table};
use crate::engine::painless::interpret::arithmetic::to_double;
use crate::engine::painless::interpret::{Run, Vm, cannot_be_cast, null_pointer};
use crate::engine::value::{JavaMap, List, Map, Value};

/// What a function is called with: an element, or a key and a value.
fn inputs(vm: &mut Vm<'_>, a: &[Value]) -> Run<Vec<Vec<Value>>> {
    match at(a, 0) {
        Value::Map(_) | Value::FrozenMap(_) => {
            let entries = map(at(a, 0))?.entries();
            Ok(entries
                .into_iter()
                .map(|(key, value)| vec![key, value])
                .collect())
        }
        other => Ok(vm
            .items(other)?
            .into_iter()
            .map(|item| vec![item])
            .collect()),
    }
}

/// An element, or the entry of a key and a value.
fn whole(input: &[Value]) -> Value {
    match input {
        [key, value] => Entry::value(key.clone(), value.clone(), None),
        _ => at(input, 0).clone(),
    }
}

fn last(a: &[Value]) -> &Value {
    at(a, a.len().saturating_sub(1))
}

pub(super) fn any(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    for input in inputs(vm, a)? {
        if vm.call_test(last(a), &input)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

pub(super) fn every(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    for input in inputs(vm, a)? {
        if !vm.call_test(last(a), &input)? {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

pub(super) fn each(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    if let Value::Map(_) | Value::FrozenMap(_) = at(a, 0) {
        for input in inputs(vm, a)? {
            vm.call(last(a), &input)?;
        }
        return Ok(at(a, 0).clone());
    }
    let mut cursor = Vm::cursor(at(a, 0))?;
    while let Some(item) = vm.advance(&mut cursor)? {
        vm.call(last(a), &[item])?;
    }
    Ok(at(a, 0).clone())
}

pub(super) fn each_with_index(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    for (index, item) in vm.items(at(a, 0))?.into_iter().enumerate() {
        vm.call(at(a, 1), &[item, size(index)])?;
    }
    Ok(at(a, 0).clone())
}

pub(super) fn collect(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let inputs = inputs(vm, a)?;
    let mut results = Vec::with_capacity(inputs.len());
    for input in inputs {
        results.push(vm.call(last(a), &input)?);
    }
    Ok(Value::list(results))
}

pub(super) fn collect_into(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    for input in inputs(vm, a)? {
        let result = vm.call(last(a), &input)?;
        vm.call_method(at(a, 1), "add", &[result])?;
    }
    Ok(at(a, 1).clone())
}

pub(super) fn find(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    for input in inputs(vm, a)? {
        if vm.call_test(last(a), &input)? {
            return Ok(whole(&input));
        }
    }
    Ok(Value::Null)
}

pub(super) fn find_all(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let mut found = Vec::new();
    for input in inputs(vm, a)? {
        if vm.call_test(last(a), &input)? {
            found.push(input);
        }
    }
    if let Value::Map(_) | Value::FrozenMap(_) = at(a, 0) {
        let mut part = match at(a, 0) {
            Value::Map(map) if map.borrow().order() == crate::engine::value::Order::Sorted => {
                JavaMap::sorted(None)
            }
            _ => JavaMap::new(),
        };
        for input in found {
            part.put(at(&input, 0).clone(), at(&input, 1).clone());
        }
        return Ok(Value::Map(Map::new(part)));
    }
    Ok(Value::list(found.into_iter().flatten().collect()))
}

/// The first result that is not null; else the default before the function.
pub(super) fn find_result(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    for input in inputs(vm, a)? {
        let result = vm.call(last(a), &input)?;
        if !result.is_null() {
            return Ok(result);
        }
    }
    Ok(if a.len() > 2 {
        at(a, 1).clone()
    } else {
        Value::Null
    })
}

pub(super) fn find_results(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let mut results = Vec::new();
    for input in inputs(vm, a)? {
        let result = vm.call(last(a), &input)?;
        if !result.is_null() {
            results.push(result);
        }
    }
    Ok(Value::list(results))
}

/// Elements that a test holds for, and the others.
pub(super) fn split(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (mut yes, mut no) = (Vec::new(), Vec::new());
    for item in vm.items(at(a, 0))? {
        if vm.call_test(last(a), std::slice::from_ref(&item))? {
            yes.push(item);
        } else {
            no.push(item);
        }
    }
    Ok(Value::list(vec![Value::list(yes), Value::list(no)]))
}

/// A `LinkedHashMap` from results to the elements that gave them.
pub(super) fn group_by(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let of_map = matches!(at(a, 0), Value::Map(_) | Value::FrozenMap(_));
    let mut groups = JavaMap::linked();
    for input in inputs(vm, a)? {
        let key = vm.call(last(a), &input)?;
        if groups.get(&key).is_none() {
            let group = if of_map {
                Value::map()
            } else {
                Value::List(List::new(Vec::new()))
            };
            groups.put(key.clone(), group);
        }
        match (groups.get(&key), &input[..]) {
            (Some(Value::List(list)), [item]) => list.push(item.clone()),
            (Some(Value::Map(map)), [key, value]) => {
                map.borrow_mut().put(key.clone(), value.clone());
            }
            _ => {}
        }
    }
    Ok(Value::Map(Map::new(groups)))
}

pub(super) fn sum(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let mut sum = 0.0;
    for item in vm.items(at(a, 0))? {
        let number = if a.len() > 1 {
            vm.call(at(a, 1), &[item])?
        } else {
            item
        };
        match to_double(&number) {
            Some(number) => sum += number,
            None if number.is_null() => return null_pointer("a number is null"),
            None => return cannot_be_cast(&number, "java.lang.Number"),
        }
    }
    Ok(Value::Double(sum))
}

fn count(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let mut count = 0;
    for input in inputs(vm, a)? {
        count += usize::from(vm.call_test(last(a), &input)?);
    }
    Ok(size(count))
}

const MAP: &[Row] = &[
    ("List collect(BiFunction)", collect),
    ("def collect(Collection,BiFunction)", collect_into),
    ("int count(BiPredicate)", count),
    ("def each(BiConsumer)", each),
    ("boolean every(BiPredicate)", every),
    ("Map.Entry find(BiPredicate)", find),
    ("Map findAll(BiPredicate)", find_all),
    ("def findResult(BiFunction)", find_result),
    ("def findResult(def,BiFunction)", find_result),
    ("List findResults(BiFunction)", find_results),
    ("Map groupBy(BiFunction)", group_by),
];

/// Rows that belong to classes of other files.
pub(super) static TABLES: &[Table] = &[super::class("java.util.Map", &[], MAP)];
