//! Functions of `Math` that Java computes by the algorithms of fdlibm (Sun's
//! "freely distributable" mathematical library), so that the last digit agrees.
//! What the virtual machine computes by itself (`sin`, `log`, `pow`) is nearly
//! exact and left to the standard library.

/// Logarithm of two in two parts: high bits, and the rest.
const LN2: (f64, f64) = (0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10);
const OVERFLOW: f64 = 709.782_712_893_384;

/// Multiplies by a power of two.
fn scaled(n: f64, power: i32) -> f64 {
    let half = power / 2;
    n * 2_f64.powi(half) * 2_f64.powi(power - half)
}

#[expect(
    clippy::many_single_char_names,
    reason = "as in the literature on these approximations"
)]
/// `exp`, with an error of up to one digit as fdlibm has it (at 1, for example).
fn exp(x: f64) -> f64 {
    if x.is_nan() || x > OVERFLOW {
        return if x.is_nan() { x } else { f64::INFINITY };
    }
    if x < -745.133_219_101_941_1 {
        return 0.0;
    }
    let size = x.abs();
    let (high, low, k);
    if size > 0.5 * std::f64::consts::LN_2 {
        if size < 1.5 * std::f64::consts::LN_2 {
            k = if x < 0.0 { -1 } else { 1 };
        } else {
            #[expect(clippy::cast_possible_truncation, reason = "below 1100")]
            let near = (std::f64::consts::LOG2_E * x + 0.5_f64.copysign(x)) as i32;
            k = near;
        }
        high = x - f64::from(k) * LN2.0;
        low = f64::from(k) * LN2.1;
    } else if size < 2_f64.powi(-28) {
        return 1.0 + x;
    } else {
        (high, low, k) = (x, 0.0, 0);
    }
    let x = high - low;
    let t = x * x;
    let c = x - t
        * (0.166_666_666_666_666_02
            + t * (-0.002_777_777_777_701_559_3
                + t * (6.613_756_321_437_934e-5
                    + t * (-1.653_390_220_546_525_2e-6 + t * 4.138_136_797_057_238_5e-8))));
    if k == 0 {
        return 1.0 - ((x * c) / (c - 2.0) - x);
    }
    let y = 1.0 - ((low - (x * c) / (2.0 - c)) - high);
    scaled(y, k)
}

/// `cosh`
pub(super) fn cosh(x: f64) -> f64 {
    let size = x.abs();
    if size < 0.5 * std::f64::consts::LN_2 {
        let t = size.exp_m1();
        let w = 1.0 + t;
        return if size < 2_f64.powi(-55) {
            w
        } else {
            1.0 + (t * t) / (w + w)
        };
    }
    if size < 22.0 {
        let t = exp(size);
        return 0.5 * t + 0.5 / t;
    }
    half_exp(size)
}

/// `sinh`
pub(super) fn sinh(x: f64) -> f64 {
    let size = x.abs();
    let h = 0.5_f64.copysign(x);
    if size < 22.0 {
        if size < 2_f64.powi(-28) {
            return x;
        }
        let t = size.exp_m1();
        return if size < 1.0 {
            h * (2.0 * t - t * t / (t + 1.0))
        } else {
            h * (t + t / (t + 1.0))
        };
    }
    half_exp(size).copysign(x)
}

/// `tanh`
pub(super) fn tanh(x: f64) -> f64 {
    let size = x.abs();
    if x.is_nan() || size < 2_f64.powi(-55) {
        return x;
    }
    let z = if size >= 22.0 {
        1.0
    } else if size >= 1.0 {
        1.0 - 2.0 / ((2.0 * size).exp_m1() + 2.0)
    } else {
        let t = (-2.0 * size).exp_m1();
        -t / (t + 2.0)
    };
    z.copysign(x)
}

fn half_exp(size: f64) -> f64 {
    if size < OVERFLOW {
        return 0.5 * exp(size);
    }
    let half = exp(0.5 * size);
    0.5 * half * half
}

/// A number of twice the precision: the sum of both.
type Pair = (f64, f64);

fn sum(a: Pair, b: Pair) -> Pair {
    let s = a.0 + b.0;
    let v = s - a.0;
    let low = (a.0 - (s - v)) + (b.0 - v) + a.1 + b.1;
    let high = s + low;
    (high, low - (high - s))
}

fn product(a: Pair, b: Pair) -> Pair {
    let p = a.0 * b.0;
    let low = a.0.mul_add(b.0, -p) + a.0 * b.1 + a.1 * b.0;
    let high = p + low;
    (high, low - (high - p))
}

fn quotient(a: Pair, b: Pair) -> Pair {
    let first = a.0 / b.0;
    let rest = sum(a, product((-first, 0.0), b));
    let second = rest.0 / b.0;
    let rest = sum(rest, product((-second, 0.0), b));
    sum((first, second), (rest.0 / b.0, 0.0))
}

/// `log10`, rounded correctly but for rare ties.
pub(super) fn log10(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 || x.is_infinite() {
        return x.log10();
    }
    let (x, mut power) = if x < f64::MIN_POSITIVE {
        (x * 2_f64.powi(54), -54)
    } else {
        (x, 0)
    };
    let bits = x.to_bits();
    power += i32::try_from(bits >> 52).unwrap_or_default() - 1023;
    let mut m = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    if m > std::f64::consts::SQRT_2 {
        m /= 2.0;
        power += 1;
    }
    // ln m = 2 atanh((m - 1) / (m + 1))
    let s = quotient(sum((m, 0.0), (-1.0, 0.0)), sum((m, 0.0), (1.0, 0.0)));
    let square = product(s, s);
    let mut series = (0.0, 0.0);
    for n in (0..24).rev() {
        let term = quotient((1.0, 0.0), (f64::from(2 * n + 1), 0.0));
        series = sum(product(series, square), term);
    }
    let ln = product((2.0, 0.0), product(s, series));
    // log10 e and log10 2, each in two parts
    let part = product(ln, (std::f64::consts::LOG10_E, 1.098_319_650_216_765e-17));
    let whole = product(
        (f64::from(power), 0.0),
        (std::f64::consts::LOG10_2, -2.803_728_127_785_170_4e-18),
    );
    let log = sum(whole, part);
    log.0 + log.1
}

#[cfg(test)]
mod tests {
    use super::{cosh, log10, sinh, tanh};

    #[test]
    fn the_last_digit_is_javas() {
        for (ours, javas) in [
            (cosh(1.0), 1.543_080_634_815_244),
            (log10(15.408_712), 1.187_766_337_961_073),
            (log10(1000.0), 3.0),
            (log10(1e-5), -5.0),
            (log10(2.0), std::f64::consts::LOG10_2),
            (sinh(1.0), 1.175_201_193_643_801_4),
            (tanh(1.0), 0.761_594_155_955_764_9),
        ] {
            assert!(ours.to_bits() == f64::to_bits(javas), "{ours} {javas}");
        }
        assert!(cosh(800.0).is_infinite() && sinh(f64::NAN).is_nan());
    }
}
