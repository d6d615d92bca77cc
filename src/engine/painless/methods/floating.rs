//! `Float` and `Double`.

use super::Row;
use super::arguments::{at, double, float, int, long};
use super::boxed::{count, made, order, text_of};
use super::number::parse_double;
use crate::engine::painless::interpret::{Run, Vm};
use crate::engine::value::{Value, double_to_string, float_to_string, hash_code, natural_order};

fn is_nan(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    Ok(Value::Bool(double(a, 0).is_nan()))
}

fn is_infinite(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    Ok(Value::Bool(double(a, 0).is_infinite()))
}

fn is_finite(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    Ok(Value::Bool(double(a, 0).is_finite()))
}

fn compare(left: f64, right: f64) -> Run<Value> {
    let found = natural_order(&Value::Double(left), &Value::Double(right));
    order(found.unwrap_or(std::cmp::Ordering::Equal))
}

/// The bits of a number; all NaNs are one.
fn bits(n: f64) -> u64 {
    if n.is_nan() { f64::NAN } else { n }.to_bits()
}

/// `toHexString`: the significand in hexadecimal and a power of two. `least` is
/// the exponent below which numbers are subnormal.
fn hexadecimal(n: f64, least: i64) -> String {
    if n.is_nan() || n.is_infinite() {
        return double_to_string(n);
    }
    let sign = if n.is_sign_negative() { "-" } else { "" };
    let bits = n.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let biased = i64::try_from(bits >> 52 & 0x7ff).unwrap_or_default();
    if biased == 0 && fraction == 0 {
        return format!("{sign}0x0.0p0");
    }
    let exponent = if biased == 0 { -1022 } else { biased - 1023 };
    let mut whole = u64::from(biased != 0);
    let mut fraction = fraction;
    let mut shown = exponent;
    if exponent < least {
        // a float that is subnormal
        let shift = u32::try_from(least - exponent).unwrap_or_default().min(52);
        fraction = (fraction | 1 << 52) >> shift;
        whole = 0;
        shown = least;
    }
    let digits = format!("{fraction:013x}");
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    format!("{sign}0x{whole}.{digits}p{shown}")
}

pub(super) const FLOAT: &[Row] = &[
    ("const int BYTES", |_, _| Ok(Value::Int(4))),
    ("const int MAX_EXPONENT", |_, _| Ok(Value::Int(127))),
    ("const float MAX_VALUE", |_, _| Ok(Value::Float(f32::MAX))),
    ("const int MIN_EXPONENT", |_, _| Ok(Value::Int(-126))),
    ("const float MIN_NORMAL", |_, _| {
        Ok(Value::Float(f32::MIN_POSITIVE))
    }),
    ("const float MIN_VALUE", |_, _| {
        Ok(Value::Float(f32::from_bits(1)))
    }),
    ("const float NaN", |_, _| Ok(Value::Float(f32::NAN))),
    ("const float NEGATIVE_INFINITY", |_, _| {
        Ok(Value::Float(f32::NEG_INFINITY))
    }),
    ("const float POSITIVE_INFINITY", |_, _| {
        Ok(Value::Float(f32::INFINITY))
    }),
    ("const int SIZE", |_, _| Ok(Value::Int(32))),
    ("static int compare(float,float)", |_, a| {
        compare(float(a, 0).into(), float(a, 1).into())
    }),
    ("static int floatToIntBits(float)", |_, a| {
        count(if float(a, 0).is_nan() {
            f32::NAN.to_bits()
        } else {
            float(a, 0).to_bits()
        })
    }),
    ("static int floatToRawIntBits(float)", |_, a| {
        count(if float(a, 0).is_nan() {
            f32::NAN.to_bits()
        } else {
            float(a, 0).to_bits()
        })
    }),
    ("static int hashCode(float)", |_, a| {
        Ok(Value::Int(hash_code(at(a, 0))))
    }),
    ("static float intBitsToFloat(int)", |_, a| {
        Ok(Value::Float(f32::from_bits(int(a, 0).cast_unsigned())))
    }),
    ("static boolean isFinite(float)", is_finite),
    ("boolean isInfinite()", is_infinite),
    ("static boolean isInfinite(float)", is_infinite),
    ("boolean isNaN()", is_nan),
    ("static boolean isNaN(float)", is_nan),
    ("static float max(float,float)", |_, a| {
        Ok(Value::Float(float(a, 0).max(float(a, 1))))
    }),
    ("static float min(float,float)", |_, a| {
        Ok(Value::Float(float(a, 0).min(float(a, 1))))
    }),
    ("static float parseFloat(String)", |_, a| {
        let wide = parse_double(text_of(a))?;
        let text = text_of(a).map(ToString::to_string).unwrap_or_default();
        let body = text.trim().trim_end_matches(['d', 'D', 'f', 'F']);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "for infinities and NaN only"
        )]
        let wide = wide as f32;
        Ok(Value::Float(body.parse().unwrap_or(wide)))
    }),
    ("static float sum(float,float)", |_, a| {
        Ok(Value::Float(float(a, 0) + float(a, 1)))
    }),
    ("static String toHexString(float)", |vm, a| {
        made(vm, hexadecimal(f64::from(float(a, 0)), -126))
    }),
    ("static String toString(float)", |vm, a| {
        made(vm, float_to_string(float(a, 0)))
    }),
    ("static Float valueOf(float)", |_, a| Ok(at(a, 0).clone())),
];

pub(super) const DOUBLE: &[Row] = &[
    ("const int BYTES", |_, _| Ok(Value::Int(8))),
    ("const int MAX_EXPONENT", |_, _| Ok(Value::Int(1023))),
    ("const double MAX_VALUE", |_, _| Ok(Value::Double(f64::MAX))),
    ("const int MIN_EXPONENT", |_, _| Ok(Value::Int(-1022))),
    ("const double MIN_NORMAL", |_, _| {
        Ok(Value::Double(f64::MIN_POSITIVE))
    }),
    ("const double MIN_VALUE", |_, _| {
        Ok(Value::Double(f64::from_bits(1)))
    }),
    ("const double NaN", |_, _| Ok(Value::Double(f64::NAN))),
    ("const double NEGATIVE_INFINITY", |_, _| {
        Ok(Value::Double(f64::NEG_INFINITY))
    }),
    ("const double POSITIVE_INFINITY", |_, _| {
        Ok(Value::Double(f64::INFINITY))
    }),
    ("const int SIZE", |_, _| Ok(Value::Int(64))),
    ("static int compare(double,double)", |_, a| {
        compare(double(a, 0), double(a, 1))
    }),
    ("static long doubleToLongBits(double)", |_, a| {
        Ok(Value::Long(bits(double(a, 0)).cast_signed()))
    }),
    ("static long doubleToRawLongBits(double)", |_, a| {
        Ok(Value::Long(bits(double(a, 0)).cast_signed()))
    }),
    ("static int hashCode(double)", |_, a| {
        Ok(Value::Int(hash_code(&Value::Double(double(a, 0)))))
    }),
    ("static boolean isFinite(double)", is_finite),
    ("boolean isInfinite()", is_infinite),
    ("static boolean isInfinite(double)", is_infinite),
    ("boolean isNaN()", is_nan),
    ("static boolean isNaN(double)", is_nan),
    ("static double longBitsToDouble(long)", |_, a| {
        Ok(Value::Double(f64::from_bits(long(a, 0).cast_unsigned())))
    }),
    ("static double max(double,double)", |_, a| {
        Ok(Value::Double(super::math::max(double(a, 0), double(a, 1))))
    }),
    ("static double min(double,double)", |_, a| {
        Ok(Value::Double(super::math::min(double(a, 0), double(a, 1))))
    }),
    ("static double parseDouble(String)", |_, a| {
        parse_double(text_of(a)).map(Value::Double)
    }),
    ("static double sum(double,double)", |_, a| {
        Ok(Value::Double(double(a, 0) + double(a, 1)))
    }),
    ("static String toHexString(double)", |vm, a| {
        made(vm, hexadecimal(double(a, 0), -1022))
    }),
    ("static String toString(double)", |vm, a| {
        made(vm, double_to_string(double(a, 0)))
    }),
    ("static Double valueOf(double)", |_, a| Ok(at(a, 0).clone())),
];
