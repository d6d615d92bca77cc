//! `java.math`: whole and decimal numbers of any size, up to a bound.

mod decimal;
mod decimal_rows;
mod decimal_text;
mod integer;
mod natural;
mod rounding;
mod whole;

use std::cmp::Ordering;

use super::{Table, class};
use crate::engine::painless::interpret::{Run, Vm, beyond, null_pointer, throw};
use crate::engine::value::{JavaObject, Object, Value};
use decimal::Decimal;
use whole::Whole;

/// Bits that a number may have; some six thousand digits.
const MOST_BITS: usize = 20_000;

fn arithmetic<T>(reason: &str) -> Run<T> {
    throw("java.lang.ArithmeticException", reason)
}

fn too_large<T>() -> Run<T> {
    beyond(format!("a big number may have at most {MOST_BITS} bits"))
}

/// Counts the work on a number, which grows with the square of its size.
fn weigh(vm: &mut Vm<'_>, number: &Whole) -> Run<()> {
    let bits = number.size().bits();
    if bits > MOST_BITS {
        return too_large();
    }
    let words = bits / 32;
    vm.work(words * words / 8 + words)
}

/// The whole number that a value is.
fn whole_of(vm: &mut Vm<'_>, value: &Value) -> Run<Whole> {
    let Value::BigInt(text) = value else {
        return null_pointer("a big integer is null");
    };
    if text.len() > MOST_BITS / 3 {
        return too_large();
    }
    let number = Whole::from_text(&text.to_str());
    weigh(vm, &number)?;
    Ok(number)
}

/// A whole number as a value.
fn whole_value(vm: &mut Vm<'_>, number: &Whole) -> Run<Value> {
    weigh(vm, number)?;
    let text = number.text(10);
    vm.allocate(text.len())?;
    Ok(Value::BigInt(text.into()))
}

impl JavaObject for Decimal {
    fn class_name(&self) -> &'static str {
        "java.math.BigDecimal"
    }

    fn to_java_string(&self) -> String {
        self.text()
    }

    fn equals(&self, other: &Object) -> bool {
        other.downcast::<Self>() == Some(self)
    }

    fn hash_code(&self) -> i32 {
        let unscaled = Value::BigInt(self.unscaled.text(10).into());
        let hash = crate::engine::value::hash_code(&unscaled);
        hash.wrapping_mul(31).wrapping_add(self.scale)
    }

    fn compare(&self, other: &Object) -> Option<Ordering> {
        Some(self.order(other.downcast()?))
    }
}

/// The decimal number that a value is.
fn decimal_of<'a>(vm: &mut Vm<'_>, value: &'a Value) -> Run<&'a Decimal> {
    if let Value::Object(object) = value
        && let Some(decimal) = object.downcast::<Decimal>()
    {
        weigh(vm, &decimal.unscaled)?;
        return Ok(decimal);
    }
    null_pointer("a decimal number is null")
}

fn decimal_value(vm: &mut Vm<'_>, number: Decimal) -> Run<Value> {
    weigh(vm, &number.unscaled)?;
    vm.allocate(number.unscaled.size().bits() / 8)?;
    Ok(Value::Object(Object::new(number)))
}

/// A big number as a long or a double, which then become what is asked for: of a
/// whole number the low bits count, of a decimal number those of its whole part.
pub(super) fn plain(value: &Value, floating: bool) -> Option<Run<Value>> {
    let (text, whole) = match value {
        Value::BigInt(text) if floating => (text.to_string(), None),
        Value::BigInt(text) => (String::new(), Some(Ok(Whole::from_text(&text.to_str())))),
        Value::Object(object) => {
            let decimal = object.downcast::<Decimal>()?;
            (decimal.text(), (!floating).then(|| decimal.to_whole()))
        }
        _ => return None,
    };
    Some(match whole {
        Some(whole) => whole.map(|whole| Value::Long(whole.low_bits())),
        None => Ok(Value::Double(text.parse().unwrap_or(f64::NAN))),
    })
}

const NUMBER: &[&str] = &["java.lang.Number", "java.lang.Comparable"];

pub(super) static TABLES: &[Table] = &[
    class("java.math.BigInteger", NUMBER, integer::ROWS),
    class("java.math.BigDecimal", NUMBER, decimal_rows::ROWS),
    class("java.math.MathContext", &[], rounding::MATH_CONTEXT),
    class(
        "java.math.RoundingMode",
        &["java.lang.Comparable"],
        rounding::ROUNDING_MODE,
    ),
];
