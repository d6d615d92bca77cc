//! `Double.toString` and `Float.toString` as Java 17 and before print them:
//! mostly the shortest decimal that reads back, not always.
//! The digits come from the method of Steele and White as the class library
//! used it until Java 19, stopping early for small whole numbers.

/// The constant of the class library, one digit short of the double nearest to
/// log10(2).
#[expect(clippy::approx_constant, reason = "the digits decide the estimate")]
const LOG10_OF_2: f64 = 0.301_029_995_663_981;

/// `Double.toString(n)`.
#[must_use]
pub fn double_to_string(n: f64) -> String {
    if let Some(text) = special(n) {
        return text.to_owned();
    }
    let bits = n.to_bits();
    let exponent = i32::try_from(bits >> 52 & 0x7ff).unwrap_or_default();
    let fraction = bits & ((1 << 52) - 1);
    let parts = if exponent == 0 {
        Parts::subnormal(
            fraction,
            fraction.leading_zeros().cast_signed() - 11,
            1 - 1023,
            53,
        )
    } else {
        Parts {
            fraction: fraction | 1 << 52,
            exponent: exponent - 1023,
            significant: 53,
        }
    };
    layout(n.is_sign_negative(), &parts.digits())
}

/// `Float.toString(n)`.
#[must_use]
pub fn float_to_string(n: f32) -> String {
    if let Some(text) = special(f64::from(n)) {
        return text.to_owned();
    }
    let bits = n.to_bits();
    let exponent = i32::try_from(bits >> 23 & 0xff).unwrap_or_default();
    let fraction = bits & ((1 << 23) - 1);
    // the same method serves both: the fraction is aligned to 52 bits
    let wide = u64::from(fraction) << 29;
    let parts = if exponent == 0 {
        Parts::subnormal(
            wide,
            fraction.leading_zeros().cast_signed() - 8,
            1 - 127,
            24,
        )
    } else {
        Parts {
            fraction: wide | 1 << 52,
            exponent: exponent - 127,
            significant: 24,
        }
    };
    layout(n.is_sign_negative(), &parts.digits())
}

fn special(n: f64) -> Option<&'static str> {
    Some(if n.is_nan() {
        "NaN"
    } else if n == f64::INFINITY {
        "Infinity"
    } else if n == f64::NEG_INFINITY {
        "-Infinity"
    } else if n == 0.0 {
        if n.is_sign_negative() { "-0.0" } else { "0.0" }
    } else {
        return None;
    })
}

/// Decimal digits and where the point stands: `0.DIGITS * 10^point`.
struct Digits {
    digits: Vec<u8>,
    point: i32,
}

fn layout(negative: bool, number: &Digits) -> String {
    let sign = if negative { "-" } else { "" };
    let digits: String = number
        .digits
        .iter()
        .map(|&digit| char::from(b'0' + digit))
        .collect();
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    match number.point {
        point @ 1..8 => {
            let zeros = "0".repeat(usize::try_from(point - count).unwrap_or_default());
            let split = usize::try_from(point.min(count)).unwrap_or_default();
            let (whole, rest) = digits.split_at(split);
            let rest = if rest.is_empty() { "0" } else { rest };
            format!("{sign}{whole}{zeros}.{rest}")
        }
        point @ -2..=0 => {
            let zeros = "0".repeat(usize::try_from(-point).unwrap_or_default());
            format!("{sign}0.{zeros}{digits}")
        }
        point => {
            let (first, rest) = digits.split_at(1);
            let rest = if rest.is_empty() { "0" } else { rest };
            format!("{sign}{first}.{rest}E{}", point - 1)
        }
    }
}

/// A positive number `fraction * 2^(exponent - 52)` with the top bit of
/// `fraction` at 52.
struct Parts {
    fraction: u64,
    exponent: i32,
    /// How many bits of the fraction mean something.
    significant: i32,
}

impl Parts {
    fn subnormal(fraction: u64, shift: i32, exponent: i32, significant: i32) -> Self {
        Self {
            fraction: fraction << shift,
            exponent: exponent - shift,
            significant: significant - shift,
        }
    }

    fn digits(&self) -> Digits {
        let tail = self.fraction.trailing_zeros().cast_signed();
        let bits = 53 - tail;
        let tiny = (bits - self.exponent - 1).max(0);
        if tiny == 0 && (-21..=62).contains(&self.exponent) && bits < 64 {
            return self.whole();
        }
        self.generate(tail, bits, tiny)
    }

    /// A whole number below 2^63: its digits, without those that the precision
    /// does not carry.
    fn whole(&self) -> Digits {
        let mut point = 0;
        let mut number = if self.exponent >= 52 {
            self.fraction << (self.exponent - 52)
        } else {
            self.fraction >> (52 - self.exponent)
        };
        let spare = self.exponent - self.significant - 1;
        if spare > 1 {
            // floor(spare * log10(2)) digits say nothing
            let drop = u32::try_from(spare * 30103 / 100_000).unwrap_or_default();
            if drop > 0 {
                let unit = 10_u64.pow(drop);
                let residue = number % unit;
                number = number / unit + u64::from(residue >= unit / 2);
                point += drop.cast_signed();
            }
        }
        while number % 10 == 0 && number > 0 {
            number /= 10;
            point += 1;
        }
        let digits: Vec<u8> = number.to_string().bytes().map(|byte| byte - b'0').collect();
        point += i32::try_from(digits.len()).unwrap_or_default();
        Digits { digits, point }
    }

    /// An estimate of floor(log10), at most one too high.
    fn estimate(&self) -> i32 {
        let mantissa = f64::from_bits(1023 << 52 | self.fraction & ((1 << 52) - 1));
        let log = (mantissa - 1.5) * 0.289_529_654
            + 0.176_091_259
            + f64::from(self.exponent) * LOG10_OF_2;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a logarithm of a double is small"
        )]
        let floor = log.floor() as i32;
        floor
    }

    /// Digits of B/S, one after the other, until the rest is within half a unit
    /// (M) of the last place: B, S and M are products of powers of 2 and 5.
    fn generate(&self, tail: i32, bits: i32, tiny: i32) -> Digits {
        let mut exponent = self.estimate();
        let five_b = (-exponent).max(0);
        let five_s = exponent.max(0);
        let mut two_b = five_b + tiny + self.exponent;
        let mut two_s = five_s + tiny;
        let mut two_m = two_b - self.significant;
        two_b -= bits - 1;
        let common = two_b.min(two_s);
        two_b -= common;
        two_s -= common;
        two_m -= common;
        if bits == 1 {
            // the neighbour below a power of two is half as far away
            two_m -= 1;
        }
        if two_m < 0 {
            two_b -= two_m;
            two_s -= two_m;
            two_m = 0;
        }
        // the class library compares with >= where it needs big integers
        let inclusive = !(bits + two_b + bits_of_five(five_b) < 64
            && two_s + 1 + bits_of_five(five_s + 1) < 64);
        let mut b = Big::power(self.fraction >> tail, five_b, two_b);
        let s = Big::power(1, five_s, two_s);
        let mut m = Big::power(1, five_b, two_m);
        let tens = s.times(10);

        let mut digits = Vec::with_capacity(20);
        let mut low;
        let mut high;
        let step = |b: &mut Big, m: &mut Big| {
            let digit = b.take(&s);
            *b = b.times(10);
            *m = m.times(10);
            let sum = b.plus(m).cmp(&tens);
            let high = sum.is_gt() || inclusive && sum.is_eq();
            (digit, *b < *m, high)
        };
        let (digit, is_low, is_high) = step(&mut b, &mut m);
        (low, high) = (is_low, is_high);
        if digit == 0 && !high {
            exponent -= 1;
        } else {
            digits.push(digit);
        }
        if !(-3..8).contains(&exponent) {
            // this form always shows two digits
            (low, high) = (false, false);
        }
        while !low && !high {
            let (digit, is_low, is_high) = step(&mut b, &mut m);
            (low, high) = (is_low, is_high);
            digits.push(digit);
        }
        let up = high
            && (!low
                || match b.times(2).cmp(&tens) {
                    std::cmp::Ordering::Less => false,
                    std::cmp::Ordering::Equal => digits.last().is_some_and(|digit| digit & 1 == 1),
                    std::cmp::Ordering::Greater => true,
                });
        let mut point = exponent + 1;
        if up {
            point += round_up(&mut digits);
        }
        Digits { digits, point }
    }
}

/// Adds one to the last place; 1 when that gives a digit more in front.
fn round_up(digits: &mut [u8]) -> i32 {
    for digit in digits.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return 0;
        }
        *digit = 0;
    }
    if let Some(first) = digits.first_mut() {
        *first = 1;
    }
    1
}

/// How many bits 5^n needs, as the class library estimates it.
fn bits_of_five(n: i32) -> i32 {
    if n < 27 {
        // floor(n * log2(5)) + 1
        n * 2_321_928 / 1_000_000 + i32::from(n > 0)
    } else {
        n * 3
    }
}

/// A natural number, least significant word first, without zero words on top.
#[derive(Clone, PartialEq, Eq)]
struct Big(Vec<u32>);

impl Big {
    fn power(factor: u64, fives: i32, twos: i32) -> Self {
        let low = u32::try_from(factor & 0xffff_ffff).unwrap_or_default();
        let high = u32::try_from(factor >> 32).unwrap_or_default();
        let mut number = Self(vec![low, high]);
        let mut left = fives;
        while left > 0 {
            let step = left.min(13);
            number = number.times(5_u32.pow(step.unsigned_abs()));
            left -= step;
        }
        let twos = twos.max(0).unsigned_abs();
        number = number.times(1 << (twos % 32));
        let mut words = vec![0; twos as usize / 32];
        words.append(&mut number.0);
        Self(words).trim()
    }

    fn trim(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    fn times(&self, factor: u32) -> Self {
        let mut carry = 0_u64;
        let mut words = Vec::with_capacity(self.0.len() + 1);
        for &word in &self.0 {
            carry += u64::from(word) * u64::from(factor);
            words.push((carry & 0xffff_ffff) as u32);
            carry >>= 32;
        }
        words.push((carry & 0xffff_ffff) as u32);
        Self(words).trim()
    }

    fn plus(&self, other: &Self) -> Self {
        let mut carry = 0_u64;
        let mut words = Vec::with_capacity(self.0.len().max(other.0.len()) + 1);
        for index in 0..self.0.len().max(other.0.len()) {
            let word = |big: &Self| u64::from(big.0.get(index).copied().unwrap_or_default());
            carry += word(self) + word(other);
            words.push((carry & 0xffff_ffff) as u32);
            carry >>= 32;
        }
        words.push((carry & 0xffff_ffff) as u32);
        Self(words).trim()
    }

    /// The quotient by `divisor`, which is a digit; the rest stays.
    fn take(&mut self, divisor: &Self) -> u8 {
        let mut quotient = 0;
        while *self >= *divisor && quotient < 10 {
            let mut borrow = 0_i64;
            for (index, word) in self.0.iter_mut().enumerate() {
                let part = divisor.0.get(index).copied().unwrap_or_default();
                let rest = i64::from(*word) - i64::from(part) + borrow;
                *word = u32::try_from(rest & 0xffff_ffff).unwrap_or_default();
                borrow = rest >> 32;
            }
            *self = std::mem::replace(self, Self(Vec::new())).trim();
            quotient += 1;
        }
        quotient
    }
}

impl Ord for Big {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0
            .len()
            .cmp(&other.0.len())
            .then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

impl PartialOrd for Big {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
