//! `BigDecimal`.

use super::super::Row;
use super::super::arguments::{at, double, int, size, text};
use super::decimal::Decimal;
use super::rounding::{Context, Rounding};
use super::whole::Whole;
use super::{arithmetic, decimal_of, decimal_value, whole_value};
use crate::engine::painless::interpret::{Run, Vm};
use crate::engine::value::{Array, Value};

/// Applies a function to a number; the result is rounded to the context that
/// comes last, if one does.
fn on_one(vm: &mut Vm<'_>, a: &[Value], f: impl Fn(&Decimal) -> Decimal) -> Run<Value> {
    let result = f(decimal_of(vm, at(a, 0))?).round(Context::of(a, 1)?)?;
    decimal_value(vm, result)
}

/// Applies a function to two numbers and a context.
fn on_two(
    vm: &mut Vm<'_>,
    a: &[Value],
    f: impl Fn(&Decimal, &Decimal, Context) -> Run<Decimal>,
) -> Run<Value> {
    let (own, other) = (decimal_of(vm, at(a, 0))?, decimal_of(vm, at(a, 1))?);
    let result = f(own, other, Context::of(a, 2)?)?;
    decimal_value(vm, result)
}

fn parsed(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let number = Decimal::parse(&text(a, 0)?.to_str())?.round(Context::of(a, 1)?)?;
    decimal_value(vm, number)
}

fn sum(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    on_two(vm, a, Decimal::add_within)
}

fn difference(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    on_two(vm, a, |own, other, context| {
        own.add_within(&other.negate(), context)
    })
}

fn product(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    on_two(vm, a, |own, other, context| {
        own.multiply(other)?.round(context)
    })
}

fn quotient(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    on_two(vm, a, Decimal::divide)
}

fn whole_quotient(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    on_two(vm, a, Decimal::divide_whole)
}

fn remainder(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    on_two(vm, a, Decimal::remainder)
}

fn both(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let parts = vec![whole_quotient(vm, a)?, remainder(vm, a)?];
    Ok(Value::Array(Array::new("[Ljava.math.BigDecimal;", parts)))
}

fn power(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let result = decimal_of(vm, at(a, 0))?.power_within(int(a, 1), Context::of(a, 2)?)?;
    decimal_value(vm, result)
}

/// The larger or the smaller; of equal ones the first.
fn extreme(vm: &mut Vm<'_>, a: &[Value], largest: bool) -> Run<Value> {
    let order = decimal_of(vm, at(a, 0))?.order(decimal_of(vm, at(a, 1))?);
    let first = order.is_eq() || order.is_gt() == largest;
    Ok(at(a, usize::from(!first)).clone())
}

fn set_scale(vm: &mut Vm<'_>, a: &[Value], rounding: Rounding) -> Run<Value> {
    let result = decimal_of(vm, at(a, 0))?.set_scale(int(a, 1).into(), rounding)?;
    decimal_value(vm, result)
}

/// Moves the point by so many places to the right; the scale stays above zero.
fn moved(vm: &mut Vm<'_>, a: &[Value], places: i64) -> Run<Value> {
    let own = decimal_of(vm, at(a, 0))?;
    if places == 0 {
        return Ok(at(a, 0).clone());
    }
    let mut result = Decimal::new(own.unscaled.clone(), i64::from(own.scale) - places)?;
    if result.scale < 0 {
        result = result.set_scale(0, Rounding::Unnecessary)?;
    }
    decimal_value(vm, result)
}

/// The number as a whole number that loses nothing and takes so many bits.
fn exact(vm: &mut Vm<'_>, a: &[Value], bits: usize) -> Run<i64> {
    let whole = decimal_of(vm, at(a, 0))?.set_scale(0, Rounding::Unnecessary)?;
    if whole.unscaled.bit_length() >= bits {
        return arithmetic("Overflow");
    }
    Ok(whole.unscaled.low_bits())
}

pub(super) const ROWS: &[Row] = &[
    ("const BigDecimal ONE", |vm, _| {
        decimal_value(vm, Decimal::whole(1))
    }),
    ("const BigDecimal TEN", |vm, _| {
        decimal_value(vm, Decimal::whole(10))
    }),
    ("const BigDecimal ZERO", |vm, _| {
        decimal_value(vm, Decimal::whole(0))
    }),
    ("new(String)", parsed),
    ("new(String,MathContext)", parsed),
    ("static BigDecimal valueOf(double)", |vm, a| {
        let shown = crate::engine::value::double_to_string(double(a, 0));
        let number = Decimal::parse(&shown)?;
        decimal_value(vm, number)
    }),
    ("BigDecimal abs()", |vm, a| on_one(vm, a, Decimal::absolute)),
    ("BigDecimal abs(MathContext)", |vm, a| {
        on_one(vm, a, Decimal::absolute)
    }),
    ("BigDecimal negate()", |vm, a| {
        on_one(vm, a, Decimal::negate)
    }),
    ("BigDecimal negate(MathContext)", |vm, a| {
        on_one(vm, a, Decimal::negate)
    }),
    ("BigDecimal plus()", |vm, a| on_one(vm, a, Clone::clone)),
    ("BigDecimal plus(MathContext)", |vm, a| {
        on_one(vm, a, Clone::clone)
    }),
    ("BigDecimal round(MathContext)", |vm, a| {
        on_one(vm, a, Clone::clone)
    }),
    ("BigDecimal stripTrailingZeros()", |vm, a| {
        on_one(vm, a, Decimal::strip_trailing_zeros)
    }),
    ("BigDecimal ulp()", |vm, a| {
        on_one(vm, a, |own| Decimal {
            unscaled: Whole::from_i64(1),
            scale: own.scale,
        })
    }),
    ("BigDecimal add(BigDecimal)", sum),
    ("BigDecimal add(BigDecimal,MathContext)", sum),
    ("BigDecimal subtract(BigDecimal)", difference),
    ("BigDecimal subtract(BigDecimal,MathContext)", difference),
    ("BigDecimal multiply(BigDecimal)", product),
    ("BigDecimal multiply(BigDecimal,MathContext)", product),
    ("BigDecimal divide(BigDecimal)", quotient),
    ("BigDecimal divide(BigDecimal,MathContext)", quotient),
    (
        "BigDecimal divideToIntegralValue(BigDecimal)",
        whole_quotient,
    ),
    (
        "BigDecimal divideToIntegralValue(BigDecimal,MathContext)",
        whole_quotient,
    ),
    ("BigDecimal remainder(BigDecimal)", remainder),
    ("BigDecimal remainder(BigDecimal,MathContext)", remainder),
    ("BigDecimal[] divideAndRemainder(BigDecimal)", both),
    (
        "BigDecimal[] divideAndRemainder(BigDecimal,MathContext)",
        both,
    ),
    ("BigDecimal pow(int)", power),
    ("BigDecimal pow(int,MathContext)", power),
    ("BigDecimal max(BigDecimal)", |vm, a| extreme(vm, a, true)),
    ("BigDecimal min(BigDecimal)", |vm, a| extreme(vm, a, false)),
    ("BigDecimal movePointLeft(int)", |vm, a| {
        moved(vm, a, -i64::from(int(a, 1)))
    }),
    ("BigDecimal movePointRight(int)", |vm, a| {
        moved(vm, a, int(a, 1).into())
    }),
    ("BigDecimal scaleByPowerOfTen(int)", |vm, a| {
        let own = decimal_of(vm, at(a, 0))?;
        let scale = i64::from(own.scale) - i64::from(int(a, 1));
        let result = Decimal::new(own.unscaled.clone(), scale)?;
        decimal_value(vm, result)
    }),
    ("BigDecimal setScale(int)", |vm, a| {
        set_scale(vm, a, Rounding::Unnecessary)
    }),
    ("BigDecimal setScale(int,RoundingMode)", |vm, a| {
        let rounding = Rounding::of(a, 2)?;
        set_scale(vm, a, rounding)
    }),
    ("int compareTo(BigDecimal)", |vm, a| {
        let order = decimal_of(vm, at(a, 0))?.order(decimal_of(vm, at(a, 1))?);
        Ok(Value::Int(order as i32))
    }),
    ("int precision()", |vm, a| {
        Ok(size(decimal_of(vm, at(a, 0))?.precision()))
    }),
    ("int scale()", |vm, a| {
        Ok(Value::Int(decimal_of(vm, at(a, 0))?.scale))
    }),
    ("int signum()", |vm, a| {
        Ok(Value::Int(decimal_of(vm, at(a, 0))?.unscaled.signum()))
    }),
    ("byte byteValueExact()", |vm, a| {
        Ok(Value::Byte(
            i8::try_from(exact(vm, a, 8)?).unwrap_or_default(),
        ))
    }),
    ("short shortValueExact()", |vm, a| {
        Ok(Value::Short(
            i16::try_from(exact(vm, a, 16)?).unwrap_or_default(),
        ))
    }),
    ("int intValueExact()", |vm, a| {
        Ok(Value::Int(
            i32::try_from(exact(vm, a, 32)?).unwrap_or_default(),
        ))
    }),
    ("long longValueExact()", |vm, a| {
        exact(vm, a, 64).map(Value::Long)
    }),
    ("BigInteger toBigInteger()", |vm, a| {
        let whole = decimal_of(vm, at(a, 0))?.to_whole()?;
        whole_value(vm, &whole)
    }),
    ("BigInteger toBigIntegerExact()", |vm, a| {
        let whole = decimal_of(vm, at(a, 0))?.set_scale(0, Rounding::Unnecessary)?;
        whole_value(vm, &whole.unscaled)
    }),
    ("String toEngineeringString()", |vm, a| {
        let text = decimal_of(vm, at(a, 0))?.engineering();
        vm.new_text(text.into())
    }),
    ("String toPlainString()", |vm, a| {
        let text = decimal_of(vm, at(a, 0))?.plain()?;
        vm.new_text(text.into())
    }),
];
