//! Sorting with comparisons that may fail.

use std::cmp::Ordering;

use super::object::compare;
use crate::engine::painless::interpret::{Run, Vm};
use crate::engine::value::Value;

/// Compares by a comparator, or by natural order if that is null.
pub(super) fn order(
    vm: &mut Vm<'_>,
    comparator: &Value,
    left: &Value,
    right: &Value,
) -> Run<Ordering> {
    if comparator.is_null() {
        return compare(left, right);
    }
    Ok(match vm.call(comparator, &[left.clone(), right.clone()])? {
        Value::Int(n) => n.cmp(&0),
        Value::Long(n) => n.cmp(&0),
        Value::Short(n) => n.cmp(&0),
        Value::Byte(n) => n.cmp(&0),
        _ => Ordering::Equal,
    })
}

/// A stable merge sort.
pub(super) fn sort(vm: &mut Vm<'_>, mut items: Vec<Value>, comparator: &Value) -> Run<Vec<Value>> {
    vm.work(items.len())?;
    let mut width = 1;
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        let mut runs = items.chunks(width * 2);
        for run in &mut runs {
            let (left, right) = run.split_at(width.min(run.len()));
            merge(vm, left, right, comparator, &mut merged)?;
        }
        items = merged;
        width *= 2;
    }
    Ok(items)
}

fn merge(
    vm: &mut Vm<'_>,
    left: &[Value],
    right: &[Value],
    comparator: &Value,
    out: &mut Vec<Value>,
) -> Run<()> {
    let (mut left, mut right) = (left, right);
    while let (Some((first, rest)), Some((second, others))) =
        (left.split_first(), right.split_first())
    {
        if order(vm, comparator, second, first)? == Ordering::Less {
            out.push(second.clone());
            right = others;
        } else {
            out.push(first.clone());
            left = rest;
        }
    }
    out.extend_from_slice(left);
    out.extend_from_slice(right);
    Ok(())
}

/// The last of the items by an order, or the first.
pub(super) fn extreme(
    vm: &mut Vm<'_>,
    items: &[Value],
    comparator: &Value,
    largest: bool,
) -> Run<Option<Value>> {
    let mut found: Option<Value> = None;
    for item in items {
        let better = match &found {
            None => true,
            Some(best) => {
                let order = order(vm, comparator, item, best)?;
                if largest {
                    order.is_gt()
                } else {
                    order.is_lt()
                }
            }
        };
        if better {
            found = Some(item.clone());
        }
    }
    Ok(found)
}
