//! `BigInteger`.

use super::super::Row;
use super::super::arguments::{at, int, long, size, text};
use super::super::number::{digit, malformed};
use super::natural::Natural;
use super::whole::Whole;
use super::{MOST_BITS, arithmetic, too_large, weigh, whole_of, whole_value};
use crate::engine::painless::interpret::{Run, Vm};
use crate::engine::value::{Array, Value};

/// Applies a function to a number.
fn on_one(vm: &mut Vm<'_>, a: &[Value], f: impl Fn(&Whole) -> Whole) -> Run<Value> {
    let own = whole_of(vm, at(a, 0))?;
    whole_value(vm, &f(&own))
}

/// Applies a function to two numbers.
fn on_two(vm: &mut Vm<'_>, a: &[Value], f: impl Fn(&Whole, &Whole) -> Whole) -> Run<Value> {
    let (own, other) = (whole_of(vm, at(a, 0))?, whole_of(vm, at(a, 1))?);
    whole_value(vm, &f(&own, &other))
}

/// How many digits of a radix Java reads at once, and so names in an error.
fn digits_at_once(radix: u32) -> usize {
    let mut fitting = 0;
    let mut reached = 1_u32;
    while reached <= 0x7fff_ffff / radix {
        reached *= radix;
        fitting += 1;
    }
    fitting
}

fn parsed(vm: &mut Vm<'_>, a: &[Value], radix: i32) -> Run<Value> {
    let whole = text(a, 0)?.to_string();
    let Some(radix) = u32::try_from(radix).ok().filter(|n| (2..=36).contains(n)) else {
        return malformed("Radix out of range");
    };
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(&whole);
    if digits.is_empty() {
        return malformed("Zero length BigInteger");
    }
    if digits.contains(['-', '+']) {
        return malformed("Illegal embedded sign character");
    }
    if digits.len() > MOST_BITS {
        return too_large();
    }
    if let Some(number) = Natural::parse(digits, radix) {
        return whole_value(vm, &Whole::new(whole.starts_with('-'), number));
    }
    let group = bad_group(digits, radix);
    let under = match radix {
        10 => String::new(),
        _ => format!(" under radix {radix}"),
    };
    malformed(format!("For input string: \"{group}\"{under}"))
}

/// The first group of digits that is none.
fn bad_group(digits: &str, radix: u32) -> String {
    let digits: Vec<char> = digits.trim_start_matches('0').chars().collect();
    let at_once = digits_at_once(radix);
    let first = match digits.len() % at_once {
        0 => at_once,
        rest => rest,
    };
    let (head, tail) = digits.split_at(first.min(digits.len()));
    let mut groups = std::iter::once(head).chain(tail.chunks(at_once));
    let bad = |group: &&[char]| group.iter().any(|c| digit(*c).is_none_or(|n| n >= radix));
    groups.find(bad).unwrap_or_default().iter().collect()
}

/// The number as a smaller type that holds it.
fn exact(vm: &mut Vm<'_>, a: &[Value], bits: usize, name: &str) -> Run<i64> {
    let own = whole_of(vm, at(a, 0))?;
    if own.bit_length() >= bits {
        return arithmetic(&format!("BigInteger out of {name} range"));
    }
    Ok(own.low_bits())
}

fn divided(vm: &mut Vm<'_>, a: &[Value]) -> Run<(Whole, Whole)> {
    let (own, by) = (whole_of(vm, at(a, 0))?, whole_of(vm, at(a, 1))?);
    match own.divide(&by) {
        Some(parts) => Ok(parts),
        None => arithmetic("BigInteger divide by zero"),
    }
}

fn shifted(vm: &mut Vm<'_>, a: &[Value], left: bool) -> Run<Value> {
    let own = whole_of(vm, at(a, 0))?;
    let by = int(a, 1);
    let distance = by.unsigned_abs() as usize;
    if left == (by >= 0) {
        if own.size().bits().saturating_add(distance) > MOST_BITS && !own.is_zero() {
            return too_large();
        }
        let distance = if own.is_zero() { 0 } else { distance };
        return whole_value(vm, &own.shift_left(distance));
    }
    whole_value(vm, &own.shift_right(distance))
}

fn power(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let own = whole_of(vm, at(a, 0))?;
    let Ok(exponent) = u32::try_from(int(a, 1)) else {
        return arithmetic("Negative exponent");
    };
    let bits = own.size().bits();
    if bits > 1 && bits.saturating_mul(exponent as usize) > MOST_BITS + exponent as usize {
        return too_large();
    }
    let negative = own.is_negative() && exponent % 2 == 1;
    whole_value(vm, &Whole::new(negative, own.size().power(exponent)))
}

fn positive(vm: &mut Vm<'_>, value: &Value) -> Run<Whole> {
    let modulus = whole_of(vm, value)?;
    if modulus.signum() <= 0 {
        return arithmetic("BigInteger: modulus not positive");
    }
    Ok(modulus)
}

fn inverse(own: &Whole, modulus: &Whole) -> Run<Whole> {
    match own.inverse(modulus) {
        Some(inverse) => Ok(inverse),
        None => arithmetic("BigInteger not invertible."),
    }
}

fn modular_power(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let modulus = positive(vm, at(a, 2))?;
    let (mut base, exponent) = (whole_of(vm, at(a, 0))?, whole_of(vm, at(a, 1))?);
    if exponent.is_negative() {
        base = inverse(&base, &modulus)?;
    }
    let within = |number: &Whole| number.modulo(&modulus).unwrap_or_default();
    base = within(&base);
    let mut result = within(&Whole::from_i64(1));
    for bit in (0..exponent.size().bits()).rev() {
        weigh(vm, &modulus)?;
        result = within(&result.multiply(&result));
        if exponent.size().bit(bit) {
            weigh(vm, &modulus)?;
            result = within(&result.multiply(&base));
        }
    }
    whole_value(vm, &result)
}

/// A number with only this bit set.
fn single_bit(a: &[Value]) -> Run<Whole> {
    match usize::try_from(int(a, 1)) {
        Ok(bit) if bit < MOST_BITS => Ok(Whole::from_i64(1).shift_left(bit)),
        Ok(_) => too_large(),
        Err(_) => arithmetic("Negative bit address"),
    }
}

fn with_bit(vm: &mut Vm<'_>, a: &[Value], f: impl Fn(u32, u32) -> u32) -> Run<Value> {
    let bit = single_bit(a)?;
    on_one(vm, a, |own| own.bitwise(&bit, &f))
}

pub(super) const ROWS: &[Row] = &[
    ("const BigInteger ONE", |_, _| Ok(Value::BigInt("1".into()))),
    ("const BigInteger TEN", |_, _| {
        Ok(Value::BigInt("10".into()))
    }),
    ("const BigInteger ZERO", |_, _| {
        Ok(Value::BigInt("0".into()))
    }),
    ("new(String)", |vm, a| parsed(vm, a, 10)),
    ("new(String,int)", |vm, a| parsed(vm, a, int(a, 1))),
    ("static BigInteger valueOf(long)", |vm, a| {
        whole_value(vm, &Whole::from_i64(long(a, 0)))
    }),
    ("BigInteger abs()", |vm, a| on_one(vm, a, Whole::absolute)),
    ("BigInteger negate()", |vm, a| on_one(vm, a, Whole::negate)),
    ("BigInteger not()", |vm, a| {
        on_one(vm, a, |own| own.bitwise(own, |a, _| !a))
    }),
    ("BigInteger add(BigInteger)", |vm, a| {
        on_two(vm, a, Whole::add)
    }),
    ("BigInteger subtract(BigInteger)", |vm, a| {
        on_two(vm, a, Whole::subtract)
    }),
    ("BigInteger multiply(BigInteger)", |vm, a| {
        on_two(vm, a, Whole::multiply)
    }),
    ("BigInteger divide(BigInteger)", |vm, a| {
        let (quotient, _) = divided(vm, a)?;
        whole_value(vm, &quotient)
    }),
    ("BigInteger remainder(BigInteger)", |vm, a| {
        let (_, rest) = divided(vm, a)?;
        whole_value(vm, &rest)
    }),
    ("BigInteger[] divideAndRemainder(BigInteger)", |vm, a| {
        let (quotient, rest) = divided(vm, a)?;
        let parts = vec![whole_value(vm, &quotient)?, whole_value(vm, &rest)?];
        Ok(Value::Array(Array::new("[Ljava.math.BigInteger;", parts)))
    }),
    ("BigInteger mod(BigInteger)", |vm, a| {
        let modulus = positive(vm, at(a, 1))?;
        on_one(vm, a, |own| own.modulo(&modulus).unwrap_or_default())
    }),
    ("BigInteger modInverse(BigInteger)", |vm, a| {
        let modulus = positive(vm, at(a, 1))?;
        let inverse = inverse(&whole_of(vm, at(a, 0))?, &modulus)?;
        whole_value(vm, &inverse)
    }),
    ("BigInteger modPow(BigInteger,BigInteger)", modular_power),
    ("BigInteger pow(int)", power),
    ("BigInteger gcd(BigInteger)", |vm, a| {
        let own = whole_of(vm, at(a, 0))?;
        // as many divisions as there are digits
        vm.work(own.size().bits() * own.size().words().len() / 4)?;
        on_two(vm, a, Whole::greatest_divisor)
    }),
    ("BigInteger max(BigInteger)", |vm, a| {
        on_two(vm, a, |own, other| own.max(other).clone())
    }),
    ("BigInteger min(BigInteger)", |vm, a| {
        on_two(vm, a, |own, other| own.min(other).clone())
    }),
    ("BigInteger and(BigInteger)", |vm, a| {
        on_two(vm, a, |own, other| own.bitwise(other, |a, b| a & b))
    }),
    ("BigInteger andNot(BigInteger)", |vm, a| {
        on_two(vm, a, |own, other| own.bitwise(other, |a, b| a & !b))
    }),
    ("BigInteger or(BigInteger)", |vm, a| {
        on_two(vm, a, |own, other| own.bitwise(other, |a, b| a | b))
    }),
    ("BigInteger xor(BigInteger)", |vm, a| {
        on_two(vm, a, |own, other| own.bitwise(other, |a, b| a ^ b))
    }),
    ("BigInteger setBit(int)", |vm, a| {
        with_bit(vm, a, |own, bit| own | bit)
    }),
    ("BigInteger clearBit(int)", |vm, a| {
        with_bit(vm, a, |own, bit| own & !bit)
    }),
    ("BigInteger flipBit(int)", |vm, a| {
        with_bit(vm, a, |own, bit| own ^ bit)
    }),
    ("boolean testBit(int)", |vm, a| {
        match usize::try_from(int(a, 1)) {
            Ok(bit) => Ok(Value::Bool(whole_of(vm, at(a, 0))?.bit(bit))),
            Err(_) => arithmetic("Negative bit address"),
        }
    }),
    ("BigInteger shiftLeft(int)", |vm, a| shifted(vm, a, true)),
    ("BigInteger shiftRight(int)", |vm, a| shifted(vm, a, false)),
    ("int bitCount()", |vm, a| {
        Ok(size(whole_of(vm, at(a, 0))?.bit_count() as usize))
    }),
    ("int bitLength()", |vm, a| {
        Ok(size(whole_of(vm, at(a, 0))?.bit_length()))
    }),
    ("int getLowestSetBit()", |vm, a| {
        let own = whole_of(vm, at(a, 0))?;
        let lowest = (0..own.size().bits()).find(|bit| own.size().bit(*bit));
        Ok(super::super::arguments::position(lowest))
    }),
    ("int signum()", |vm, a| {
        Ok(Value::Int(whole_of(vm, at(a, 0))?.signum()))
    }),
    ("int compareTo(BigInteger)", |vm, a| {
        let (own, other) = (whole_of(vm, at(a, 0))?, whole_of(vm, at(a, 1))?);
        Ok(Value::Int(own.cmp(&other) as i32))
    }),
    ("byte byteValueExact()", |vm, a| {
        let n = exact(vm, a, 8, "byte")?;
        Ok(Value::Byte(i8::try_from(n).unwrap_or_default()))
    }),
    ("short shortValueExact()", |vm, a| {
        let n = exact(vm, a, 16, "short")?;
        Ok(Value::Short(i16::try_from(n).unwrap_or_default()))
    }),
    ("int intValueExact()", |vm, a| {
        let n = exact(vm, a, 32, "int")?;
        Ok(Value::Int(i32::try_from(n).unwrap_or_default()))
    }),
    ("long longValueExact()", |vm, a| {
        exact(vm, a, 64, "long").map(Value::Long)
    }),
    ("byte[] toByteArray()", |vm, a| {
        let bytes = whole_of(vm, at(a, 0))?.bytes();
        super::super::coders::bytes(vm, &bytes)
    }),
    ("String toString(int)", |vm, a| {
        let own = whole_of(vm, at(a, 0))?;
        let radix = u32::try_from(int(a, 1))
            .ok()
            .filter(|n| (2..=36).contains(n));
        vm.new_text(own.text(radix.unwrap_or(10)).into())
    }),
];
