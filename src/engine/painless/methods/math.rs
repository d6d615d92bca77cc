//! `Math` and `StrictMath`.

#![expect(
    clippy::float_cmp,
    reason = "the class library tells exact values apart"
)]

use super::arguments::{double, int};
use super::fdlibm;
use super::{Row, Table, class};
use crate::engine::painless::interpret::{Run, Vm};
use crate::engine::value::Value;

fn one(a: &[Value], function: impl Fn(f64) -> f64) -> Run<Value> {
    Ok(Value::Double(function(double(a, 0))))
}

fn two(a: &[Value], function: impl Fn(f64, f64) -> f64) -> Run<Value> {
    Ok(Value::Double(function(double(a, 0), double(a, 1))))
}

/// The larger; NaN if one is, and 0.0 before -0.0.
pub(super) fn max(left: f64, right: f64) -> f64 {
    if left.is_nan() || right.is_nan() {
        f64::NAN
    } else if left == 0.0 && right == 0.0 {
        if left.is_sign_negative() { right } else { left }
    } else {
        left.max(right)
    }
}

/// The smaller; NaN if one is, and -0.0 before 0.0.
pub(super) fn min(left: f64, right: f64) -> f64 {
    -max(-left, -right)
}

/// `Math.round`: halves go up.
#[expect(clippy::cast_possible_truncation, reason = "saturates, as in Java")]
fn round(_: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let n = double(a, 0);
    let down = n.floor();
    let rounded = if n - down >= 0.5 { down + 1.0 } else { down };
    Ok(Value::Long(rounded as i64))
}

fn next(n: f64, up: bool) -> f64 {
    if up { n.next_up() } else { n.next_down() }
}

fn signum(n: f64) -> f64 {
    if n == 0.0 || n.is_nan() {
        n
    } else {
        n.signum()
    }
}

/// Java's remainder to the nearest multiple.
fn ieee_remainder(left: f64, right: f64) -> f64 {
    if right.is_infinite() && left.is_finite() {
        return left;
    }
    let rest = left % right;
    let half = right.abs() / 2.0;
    let odd = ((left - rest) / right).abs() % 2.0 == 1.0;
    if rest.abs() > half || rest.abs() == half && odd {
        rest - right.abs().copysign(rest)
    } else {
        rest
    }
}

/// Java gives NaN for a base of magnitude 1 and an infinite exponent.
fn pow(base: f64, exponent: f64) -> f64 {
    if exponent.is_nan() || base.abs() == 1.0 && exponent.is_infinite() {
        f64::NAN
    } else {
        base.powf(exponent)
    }
}

fn ulp(n: f64) -> f64 {
    if n.is_finite() {
        let n = n.abs();
        if n.next_up().is_finite() {
            n.next_up() - n
        } else {
            n - n.next_down()
        }
    } else {
        n.abs()
    }
}

const MATH: &[Row] = &[
    ("const double E", |_, _| {
        Ok(Value::Double(std::f64::consts::E))
    }),
    ("const double PI", |_, _| {
        Ok(Value::Double(std::f64::consts::PI))
    }),
    ("static double abs(double)", |_, a| one(a, f64::abs)),
    ("static double acos(double)", |_, a| one(a, f64::acos)),
    ("static double asin(double)", |_, a| one(a, f64::asin)),
    ("static double atan(double)", |_, a| one(a, f64::atan)),
    ("static double atan2(double,double)", |_, a| {
        two(a, f64::atan2)
    }),
    ("static double cbrt(double)", |_, a| one(a, f64::cbrt)),
    ("static double ceil(double)", |_, a| one(a, f64::ceil)),
    ("static double copySign(double,double)", |_, a| {
        two(a, f64::copysign)
    }),
    ("static double cos(double)", |_, a| one(a, f64::cos)),
    ("static double cosh(double)", |_, a| one(a, fdlibm::cosh)),
    ("static double exp(double)", |_, a| one(a, f64::exp)),
    ("static double expm1(double)", |_, a| one(a, f64::exp_m1)),
    ("static double floor(double)", |_, a| one(a, f64::floor)),
    ("static double hypot(double,double)", |_, a| {
        two(a, f64::hypot)
    }),
    ("static double IEEEremainder(double,double)", |_, a| {
        two(a, ieee_remainder)
    }),
    ("static double log(double)", |_, a| one(a, f64::ln)),
    ("static double log10(double)", |_, a| one(a, fdlibm::log10)),
    ("static double log1p(double)", |_, a| one(a, f64::ln_1p)),
    ("static double max(double,double)", |_, a| two(a, max)),
    ("static double min(double,double)", |_, a| two(a, min)),
    ("static double nextAfter(double,double)", |_, a| {
        two(a, |n, to| if n == to { to } else { next(n, to > n) })
    }),
    ("static double nextDown(double)", |_, a| {
        one(a, f64::next_down)
    }),
    ("static double nextUp(double)", |_, a| one(a, f64::next_up)),
    ("static double pow(double,double)", |_, a| two(a, pow)),
    ("static double random()", |vm, _| {
        let bits = vm.random() >> 11;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let fraction = bits as f64 / (1_u64 << 53) as f64;
        Ok(Value::Double(fraction))
    }),
    ("static double rint(double)", |_, a| {
        one(a, f64::round_ties_even)
    }),
    ("static long round(double)", round),
    ("static double scalb(double,int)", |_, a| {
        Ok(Value::Double(double(a, 0) * 2_f64.powi(int(a, 1))))
    }),
    ("static double signum(double)", |_, a| one(a, signum)),
    ("static double sin(double)", |_, a| one(a, f64::sin)),
    ("static double sinh(double)", |_, a| one(a, fdlibm::sinh)),
    ("static double sqrt(double)", |_, a| one(a, f64::sqrt)),
    ("static double tan(double)", |_, a| one(a, f64::tan)),
    ("static double tanh(double)", |_, a| one(a, fdlibm::tanh)),
    ("static double toDegrees(double)", |_, a| {
        one(a, |n| n * (180.0 / std::f64::consts::PI))
    }),
    ("static double toRadians(double)", |_, a| {
        one(a, |n| n * (std::f64::consts::PI / 180.0))
    }),
    ("static double ulp(double)", |_, a| one(a, ulp)),
];

pub(super) static TABLES: &[Table] = &[
    class("java.lang.Math", &[], MATH),
    class("java.lang.StrictMath", &[], MATH),
];
