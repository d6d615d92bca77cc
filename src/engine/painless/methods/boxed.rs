//! `Byte`, `Short`, `Integer`, `Long`; the tables of all numbers.

use super::arguments::{at, int, long};
use super::floating::{DOUBLE, FLOAT};
use super::number::{decode, malformed, parse_long, signed_text, unsigned_text};
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Run, Vm};
use crate::engine::value::{JavaString, Value, hash_code};

pub(super) fn text_of(a: &[Value]) -> Option<&JavaString> {
    at(a, 0).as_str()
}

pub(super) fn made(vm: &mut Vm<'_>, text: String) -> Run<Value> {
    vm.new_text(text.into())
}

fn radix(a: &[Value]) -> i32 {
    if a.len() > 1 { int(a, 1) } else { 10 }
}

pub(super) fn order(ordering: std::cmp::Ordering) -> Run<Value> {
    Ok(Value::Int(ordering as i32))
}

fn small(a: &[Value], low: i64, high: i64) -> Run<i64> {
    let n = parse_long(text_of(a), radix(a), i32::MIN.into(), i32::MAX.into())?;
    if (low..=high).contains(&n) {
        return Ok(n);
    }
    let text = text_of(a).map(ToString::to_string).unwrap_or_default();
    malformed(format!(
        "Value out of range. Value:\"{text}\" Radix:{}",
        radix(a)
    ))
}

fn byte_of(n: i64) -> Value {
    Value::Byte(i8::try_from(n).unwrap_or_default())
}

fn short_of(n: i64) -> Value {
    Value::Short(i16::try_from(n).unwrap_or_default())
}

fn int_of(n: i64) -> Value {
    Value::Int(i32::try_from(n).unwrap_or_default())
}

fn parse_byte(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    small(a, i8::MIN.into(), i8::MAX.into()).map(byte_of)
}

fn parse_short(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    small(a, i16::MIN.into(), i16::MAX.into()).map(short_of)
}

fn parse_int(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    parse_long(text_of(a), radix(a), i32::MIN.into(), i32::MAX.into()).map(int_of)
}

fn parse_whole(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    parse_long(text_of(a), radix(a), i64::MIN, i64::MAX).map(Value::Long)
}

const BYTE: &[Row] = &[
    ("const int BYTES", |_, _| Ok(Value::Int(1))),
    ("const byte MAX_VALUE", |_, _| Ok(Value::Byte(i8::MAX))),
    ("const byte MIN_VALUE", |_, _| Ok(Value::Byte(i8::MIN))),
    ("const int SIZE", |_, _| Ok(Value::Int(8))),
    ("static int compare(byte,byte)", |_, a| {
        Ok(Value::Int(int(a, 0) - int(a, 1)))
    }),
    ("static Byte decode(String)", |_, a| {
        decode(text_of(a), i8::MIN.into(), i8::MAX.into()).map(byte_of)
    }),
    ("static int hashCode(byte)", |_, a| {
        Ok(Value::Int(int(a, 0)))
    }),
    ("static byte parseByte(String)", parse_byte),
    ("static byte parseByte(String,int)", parse_byte),
    ("static String toString(byte)", |vm, a| {
        made(vm, int(a, 0).to_string())
    }),
    ("static int toUnsignedInt(byte)", |_, a| {
        Ok(Value::Int(int(a, 0) & 0xff))
    }),
    ("static long toUnsignedLong(byte)", |_, a| {
        Ok(Value::Long(long(a, 0) & 0xff))
    }),
    ("static Byte valueOf(byte)", |_, a| Ok(at(a, 0).clone())),
    ("static Byte valueOf(String,int)", parse_byte),
];

const SHORT: &[Row] = &[
    ("const int BYTES", |_, _| Ok(Value::Int(2))),
    ("const short MAX_VALUE", |_, _| Ok(Value::Short(i16::MAX))),
    ("const short MIN_VALUE", |_, _| Ok(Value::Short(i16::MIN))),
    ("const int SIZE", |_, _| Ok(Value::Int(16))),
    ("static int compare(short,short)", |_, a| {
        Ok(Value::Int(int(a, 0) - int(a, 1)))
    }),
    ("static Short decode(String)", |_, a| {
        decode(text_of(a), i16::MIN.into(), i16::MAX.into()).map(short_of)
    }),
    ("static int hashCode(short)", |_, a| {
        Ok(Value::Int(int(a, 0)))
    }),
    ("static short parseShort(String)", parse_short),
    ("static short parseShort(String,int)", parse_short),
    ("static short reverseBytes(short)", |_, a| {
        Ok(match at(a, 0) {
            Value::Short(n) => Value::Short(n.swap_bytes()),
            other => other.clone(),
        })
    }),
    ("static String toString(short)", |vm, a| {
        made(vm, int(a, 0).to_string())
    }),
    ("static int toUnsignedInt(short)", |_, a| {
        Ok(Value::Int(int(a, 0) & 0xffff))
    }),
    ("static long toUnsignedLong(short)", |_, a| {
        Ok(Value::Long(long(a, 0) & 0xffff))
    }),
    ("static Short valueOf(short)", |_, a| Ok(at(a, 0).clone())),
    ("static Short valueOf(String,int)", parse_short),
];

fn unsigned(a: &[Value]) -> u64 {
    int(a, 0).cast_unsigned().into()
}

fn by_zero<T>() -> Run<T> {
    crate::engine::painless::interpret::throw("java.lang.ArithmeticException", "/ by zero")
}

pub(super) fn count(n: u32) -> Run<Value> {
    Ok(Value::Int(n.cast_signed()))
}

const INTEGER: &[Row] = &[
    ("const int BYTES", |_, _| Ok(Value::Int(4))),
    ("const int MAX_VALUE", |_, _| Ok(Value::Int(i32::MAX))),
    ("const int MIN_VALUE", |_, _| Ok(Value::Int(i32::MIN))),
    ("const int SIZE", |_, _| Ok(Value::Int(32))),
    ("static int bitCount(int)", |_, a| {
        count(int(a, 0).count_ones())
    }),
    ("static int compare(int,int)", |_, a| {
        order(int(a, 0).cmp(&int(a, 1)))
    }),
    ("static int compareUnsigned(int,int)", |_, a| {
        order(int(a, 0).cast_unsigned().cmp(&int(a, 1).cast_unsigned()))
    }),
    ("static Integer decode(String)", |_, a| {
        decode(text_of(a), i32::MIN.into(), i32::MAX.into()).map(int_of)
    }),
    ("static int divideUnsigned(int,int)", |_, a| {
        match int(a, 0)
            .cast_unsigned()
            .checked_div(int(a, 1).cast_unsigned())
        {
            Some(n) => count(n),
            None => by_zero(),
        }
    }),
    ("static int hashCode(int)", |_, a| Ok(Value::Int(int(a, 0)))),
    ("static int highestOneBit(int)", |_, a| {
        let n = int(a, 0).cast_unsigned();
        count(n.checked_ilog2().map_or(0, |bit| 1 << bit))
    }),
    ("static int lowestOneBit(int)", |_, a| {
        Ok(Value::Int(int(a, 0) & int(a, 0).wrapping_neg()))
    }),
    ("static int max(int,int)", |_, a| {
        Ok(Value::Int(int(a, 0).max(int(a, 1))))
    }),
    ("static int min(int,int)", |_, a| {
        Ok(Value::Int(int(a, 0).min(int(a, 1))))
    }),
    ("static int numberOfLeadingZeros(int)", |_, a| {
        count(int(a, 0).leading_zeros())
    }),
    ("static int numberOfTrailingZeros(int)", |_, a| {
        count(int(a, 0).trailing_zeros())
    }),
    ("static int parseInt(String)", parse_int),
    ("static int parseInt(String,int)", parse_int),
    ("static int parseUnsignedInt(String)", parse_unsigned_int),
    (
        "static int parseUnsignedInt(String,int)",
        parse_unsigned_int,
    ),
    ("static int remainderUnsigned(int,int)", |_, a| {
        match int(a, 0)
            .cast_unsigned()
            .checked_rem(int(a, 1).cast_unsigned())
        {
            Some(n) => count(n),
            None => by_zero(),
        }
    }),
    ("static int reverse(int)", |_, a| {
        Ok(Value::Int(int(a, 0).reverse_bits()))
    }),
    ("static int reverseBytes(int)", |_, a| {
        Ok(Value::Int(int(a, 0).swap_bytes()))
    }),
    ("static int rotateLeft(int,int)", |_, a| {
        Ok(Value::Int(
            int(a, 0).rotate_left(int(a, 1).cast_unsigned() & 31),
        ))
    }),
    ("static int rotateRight(int,int)", |_, a| {
        Ok(Value::Int(
            int(a, 0).rotate_right(int(a, 1).cast_unsigned() & 31),
        ))
    }),
    ("static int signum(int)", |_, a| {
        Ok(Value::Int(int(a, 0).signum()))
    }),
    ("static String toBinaryString(int)", |vm, a| {
        made(vm, unsigned_text(unsigned(a), 2))
    }),
    ("static String toHexString(int)", |vm, a| {
        made(vm, unsigned_text(unsigned(a), 16))
    }),
    ("static String toOctalString(int)", |vm, a| {
        made(vm, unsigned_text(unsigned(a), 8))
    }),
    ("static String toString(int)", |vm, a| {
        made(vm, int(a, 0).to_string())
    }),
    ("static String toString(int,int)", |vm, a| {
        made(vm, signed_text(long(a, 0), int(a, 1)))
    }),
    ("static long toUnsignedLong(int)", |_, a| {
        Ok(Value::Long(long(a, 0) & 0xffff_ffff))
    }),
    ("static String toUnsignedString(int)", |vm, a| {
        made(vm, unsigned_text(unsigned(a), 10))
    }),
    ("static String toUnsignedString(int,int)", |vm, a| {
        made(vm, unsigned_text(unsigned(a), int(a, 1).cast_unsigned()))
    }),
    ("static Integer valueOf(int)", |_, a| Ok(at(a, 0).clone())),
    ("static Integer valueOf(String,int)", parse_int),
];

fn parse_unsigned_int(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let n = parse_long(text_of(a), radix(a), 0, u32::MAX.into())?;
    count(u32::try_from(n).unwrap_or_default())
}

fn parse_unsigned_long(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let text = text_of(a).map(ToString::to_string).unwrap_or_default();
    let digits = text.strip_prefix('+').unwrap_or(&text);
    let radix = radix(a).cast_unsigned();
    let plain = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match u64::from_str_radix(digits, radix.clamp(2, 36)) {
        Ok(n) if plain => Ok(Value::Long(n.cast_signed())),
        // the same complaints as about signed numbers
        _ => parse_long(text_of(a), radix.cast_signed(), 0, i64::MAX).map(Value::Long),
    }
}

const LONG: &[Row] = &[
    ("const int BYTES", |_, _| Ok(Value::Int(8))),
    ("const long MAX_VALUE", |_, _| Ok(Value::Long(i64::MAX))),
    ("const long MIN_VALUE", |_, _| Ok(Value::Long(i64::MIN))),
    ("const int SIZE", |_, _| Ok(Value::Int(64))),
    ("static int bitCount(long)", |_, a| {
        count(long(a, 0).count_ones())
    }),
    ("static int compare(long,long)", |_, a| {
        order(long(a, 0).cmp(&long(a, 1)))
    }),
    ("static int compareUnsigned(long,long)", |_, a| {
        order(long(a, 0).cast_unsigned().cmp(&long(a, 1).cast_unsigned()))
    }),
    ("static Long decode(String)", |_, a| {
        decode(text_of(a), i64::MIN, i64::MAX).map(Value::Long)
    }),
    (
        "static long divideUnsigned(long,long)",
        |_, a| match long(a, 0)
            .cast_unsigned()
            .checked_div(long(a, 1).cast_unsigned())
        {
            Some(n) => Ok(Value::Long(n.cast_signed())),
            None => by_zero(),
        },
    ),
    ("static int hashCode(long)", |_, a| {
        Ok(Value::Int(hash_code(&Value::Long(long(a, 0)))))
    }),
    ("static long highestOneBit(long)", |_, a| {
        let n = long(a, 0).cast_unsigned();
        Ok(Value::Long(n.checked_ilog2().map_or(0, |bit| 1_i64 << bit)))
    }),
    ("static long lowestOneBit(long)", |_, a| {
        Ok(Value::Long(long(a, 0) & long(a, 0).wrapping_neg()))
    }),
    ("static long max(long,long)", |_, a| {
        Ok(Value::Long(long(a, 0).max(long(a, 1))))
    }),
    ("static long min(long,long)", |_, a| {
        Ok(Value::Long(long(a, 0).min(long(a, 1))))
    }),
    ("static int numberOfLeadingZeros(long)", |_, a| {
        count(long(a, 0).leading_zeros())
    }),
    ("static int numberOfTrailingZeros(long)", |_, a| {
        count(long(a, 0).trailing_zeros())
    }),
    ("static long parseLong(String)", parse_whole),
    ("static long parseLong(String,int)", parse_whole),
    ("static long parseUnsignedLong(String)", parse_unsigned_long),
    (
        "static long parseUnsignedLong(String,int)",
        parse_unsigned_long,
    ),
    (
        "static long remainderUnsigned(long,long)",
        |_, a| match long(a, 0)
            .cast_unsigned()
            .checked_rem(long(a, 1).cast_unsigned())
        {
            Some(n) => Ok(Value::Long(n.cast_signed())),
            None => by_zero(),
        },
    ),
    ("static long reverse(long)", |_, a| {
        Ok(Value::Long(long(a, 0).reverse_bits()))
    }),
    ("static long reverseBytes(long)", |_, a| {
        Ok(Value::Long(long(a, 0).swap_bytes()))
    }),
    ("static long rotateLeft(long,int)", |_, a| {
        Ok(Value::Long(
            long(a, 0).rotate_left(int(a, 1).cast_unsigned() & 63),
        ))
    }),
    ("static long rotateRight(long,int)", |_, a| {
        Ok(Value::Long(
            long(a, 0).rotate_right(int(a, 1).cast_unsigned() & 63),
        ))
    }),
    ("static int signum(long)", |_, a| {
        Ok(Value::Int(
            i32::try_from(long(a, 0).signum()).unwrap_or_default(),
        ))
    }),
    ("static long sum(long,long)", |_, a| {
        Ok(Value::Long(long(a, 0).wrapping_add(long(a, 1))))
    }),
    ("static String toBinaryString(long)", |vm, a| {
        made(vm, unsigned_text(long(a, 0).cast_unsigned(), 2))
    }),
    ("static String toHexString(long)", |vm, a| {
        made(vm, unsigned_text(long(a, 0).cast_unsigned(), 16))
    }),
    ("static String toOctalString(long)", |vm, a| {
        made(vm, unsigned_text(long(a, 0).cast_unsigned(), 8))
    }),
    ("static String toString(long)", |vm, a| {
        made(vm, long(a, 0).to_string())
    }),
    ("static String toString(long,int)", |vm, a| {
        made(vm, signed_text(long(a, 0), int(a, 1)))
    }),
    ("static String toUnsignedString(long)", |vm, a| {
        made(vm, unsigned_text(long(a, 0).cast_unsigned(), 10))
    }),
    ("static String toUnsignedString(long,int)", |vm, a| {
        let n = long(a, 0).cast_unsigned();
        made(vm, unsigned_text(n, int(a, 1).cast_unsigned()))
    }),
    ("static Long valueOf(long)", |_, a| Ok(at(a, 0).clone())),
    ("static Long valueOf(String,int)", parse_whole),
];

const NUMERIC: &[&str] = &["java.lang.Number", "java.lang.Comparable"];

pub(super) static TABLES: &[Table] = &[
    class("java.lang.Byte", NUMERIC, BYTE),
    class("java.lang.Short", NUMERIC, SHORT),
    class("java.lang.Integer", NUMERIC, INTEGER),
    class("java.lang.Long", NUMERIC, LONG),
    class("java.lang.Float", NUMERIC, FLOAT),
    class("java.lang.Double", NUMERIC, DOUBLE),
];
