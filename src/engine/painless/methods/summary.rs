//! `IntSummaryStatistics` and its kin.

use std::cell::RefCell;

use super::arguments::{at, long, size};
use super::pipeline::Of;
use super::stream::take;
use super::total::{mean, total};
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Run, Vm, null_pointer};
use crate::engine::value::{JavaObject, Object, Value};

/// Numbers whose sum, mean and bounds are asked for.
struct Summary {
    of: Of,
    items: RefCell<Vec<Value>>,
}

impl Summary {
    fn count(&self) -> usize {
        self.items.borrow().len()
    }

    fn sum(&self) -> Value {
        let of = if self.of == Of::Doubles {
            Of::Doubles
        } else {
            Of::Longs
        };
        total(&self.items.borrow(), of)
    }

    fn average(&self) -> f64 {
        mean(&self.items.borrow()).unwrap_or_default()
    }

    /// The largest or smallest.
    fn bound(&self, largest: bool) -> Value {
        let items = self.items.borrow();
        match self.of {
            Of::Doubles | Of::Objects => {
                let numbers = items.iter().filter_map(Value::as_f64);
                Value::Double(if largest {
                    numbers.fold(f64::NEG_INFINITY, super::math::max)
                } else {
                    numbers.fold(f64::INFINITY, super::math::min)
                })
            }
            Of::Longs => {
                let numbers = items.iter().filter_map(Value::as_i64);
                Value::Long(if largest {
                    numbers.max().unwrap_or(i64::MIN)
                } else {
                    numbers.min().unwrap_or(i64::MAX)
                })
            }
            Of::Ints => {
                let numbers = items.iter().filter_map(Value::as_i64);
                let found = if largest {
                    numbers.max().unwrap_or(i32::MIN.into())
                } else {
                    numbers.min().unwrap_or(i32::MAX.into())
                };
                Value::Int(i32::try_from(found).unwrap_or_default())
            }
        }
    }
}

impl JavaObject for Summary {
    fn class_name(&self) -> &'static str {
        match self.of {
            Of::Ints => "java.util.IntSummaryStatistics",
            Of::Longs => "java.util.LongSummaryStatistics",
            Of::Doubles | Of::Objects => "java.util.DoubleSummaryStatistics",
        }
    }

    fn to_java_string(&self) -> String {
        let name = self.class_name().trim_start_matches("java.util.");
        let shown = |value: &Value| match value {
            Value::Double(n) => format!("{n:.6}"),
            other => other.to_java_string(),
        };
        format!(
            "{name}{{count={}, sum={}, min={}, average={:.6}, max={}}}",
            self.count(),
            shown(&self.sum()),
            shown(&self.bound(false)),
            self.average(),
            shown(&self.bound(true))
        )
    }
}

/// The statistics of numbers.
pub(super) fn summary(items: Vec<Value>, of: Of) -> Value {
    Value::Object(Object::new(Summary {
        of,
        items: RefCell::new(items),
    }))
}

/// `stream.summaryStatistics()`.
pub(super) fn summary_of(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let (of, items) = take(vm, at(a, 0))?;
    Ok(summary(items, of))
}

fn own(a: &[Value], index: usize) -> Run<&Summary> {
    if let Value::Object(object) = at(a, index)
        && let Some(summary) = object.downcast::<Summary>()
    {
        return Ok(summary);
    }
    null_pointer("a summary is null")
}

fn combine(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let more = own(a, 1)?.items.borrow().clone();
    vm.grow(more.len())?;
    vm.allocate(more.len())?;
    own(a, 0)?.items.borrow_mut().extend(more);
    Ok(Value::Null)
}

/// The rows of one of the classes: its name, and the types of its sum and bounds.
macro_rules! statistics {
    ($name:literal $sum:literal $bound:literal $of:expr) => {
        &[
            ("new()", |_, _| Ok(summary(Vec::new(), $of))),
            (concat!("void combine(", $name, ")"), combine),
            ("double getAverage()", |_, a| {
                Ok(Value::Double(own(a, 0)?.average()))
            }),
            ("long getCount()", |_, a| {
                Ok(Value::Long(long(&[size(own(a, 0)?.count())], 0)))
            }),
            (concat!($bound, " getMax()"), |_, a| {
                Ok(own(a, 0)?.bound(true))
            }),
            (concat!($bound, " getMin()"), |_, a| {
                Ok(own(a, 0)?.bound(false))
            }),
            (concat!($sum, " getSum()"), |_, a| Ok(own(a, 0)?.sum())),
        ]
    };
}

const INTS: &[Row] = statistics!("IntSummaryStatistics" "long" "int" Of::Ints);
const LONGS: &[Row] = statistics!("LongSummaryStatistics" "long" "long" Of::Longs);
const DOUBLES: &[Row] = statistics!("DoubleSummaryStatistics" "double" "double" Of::Doubles);

pub(super) static TABLES: &[Table] = &[
    class("java.util.IntSummaryStatistics", &[], INTS),
    class("java.util.LongSummaryStatistics", &[], LONGS),
    class("java.util.DoubleSummaryStatistics", &[], DOUBLES),
];
