//! Habits of the Java platform that show in the server's answers: number
//! grammar, hashing order, its random numbers, its text forms.

/// `String.hashCode` (Java language API, `java.lang.String`).
#[must_use]
pub fn string_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(i32::from(unit))
    })
}

/// The indices of `keys` in the order in which a `java.util.HashMap` that took
/// them one after another would give them back.
#[must_use]
pub fn hash_order(keys: &[&str]) -> Vec<usize> {
    let mut capacity: u32 = 16;
    while keys.len() > (capacity as usize / 4).saturating_mul(3) {
        capacity = capacity.saturating_mul(2);
    }
    let bucket = |key: &str| {
        let hash = string_hash(key).cast_unsigned();
        (hash ^ (hash >> 16)) & (capacity - 1)
    };
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|&index| keys.get(index).map(|key| bucket(key)));
    order
}

/// `Double.parseDouble`: blanks around, a sign, decimal digits, an exponent, a
/// trailing `d` or `f`, `NaN` and `Infinity`, hexadecimal digits with a binary
/// exponent.
#[must_use]
pub fn parse_double(text: &str) -> Option<f64> {
    let trimmed = text.trim_matches(|c: char| c <= ' ');
    let unsigned = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    let sign = if trimmed.starts_with('-') { -1.0 } else { 1.0 };
    match unsigned {
        "NaN" => return Some(f64::NAN),
        "Infinity" => return Some(sign * f64::INFINITY),
        _ if unsigned.starts_with("0x") || unsigned.starts_with("0X") => {
            return hexadecimal(unsigned).map(|value| sign * value);
        }
        _ => {}
    }
    let digits = unsigned
        .strip_suffix(['d', 'D', 'f', 'F'])
        .unwrap_or(unsigned);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if !digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'))
    {
        return None;
    }
    digits.parse::<f64>().ok().map(|value| sign * value)
}

/// `0x1.8p3`: hexadecimal digits times a power of two, which must be given.
fn hexadecimal(text: &str) -> Option<f64> {
    let text = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    let (digits, exponent) = text.get(2..)?.split_once(['p', 'P'])?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let exponent_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if exponent_digits.is_empty() || !exponent_digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Beyond this the value is zero or infinite whatever the digits that fit in memory.
    let exponent: i64 = exponent.parse().unwrap_or(if exponent.starts_with('-') {
        i64::from(i32::MIN)
    } else {
        i64::from(i32::MAX)
    });
    let mut mantissa: u64 = 0;
    let mut scale: i64 = 0;
    for (place, character) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u64::from(character.to_digit(16)?);
        let after_point = place >= whole.len();
        if mantissa >> 59 == 0 {
            mantissa = mantissa << 4 | digit;
            scale -= if after_point { 4 } else { 0 };
        } else {
            // Digits that do not fit only decide which way to round.
            mantissa |= u64::from(digit != 0);
            scale += if after_point { 0 } else { 4 };
        }
    }
    Some(times_power_of_two(mantissa, exponent.saturating_add(scale)))
}

fn times_power_of_two(mantissa: u64, exponent: i64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "rounding to a double is the purpose"
    )]
    let mut value = mantissa as f64;
    let mut left = exponent.clamp(-2_200, 2_200);
    while left != 0 {
        let step = left.clamp(-1_000, 1_000);
        value *= 2f64.powi(i32::try_from(step).unwrap_or(0));
        left -= step;
    }
    value
}

/// The message of the `NumberFormatException` that refuses `text`.
#[must_use]
pub fn number_refusal(text: &str) -> String {
    if text.trim_matches(|c: char| c <= ' ').is_empty() {
        "empty String".to_owned()
    } else {
        format!("For input string: \"{text}\"")
    }
}

/// `java.util.Random`: a linear congruential generator of 48 bits.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    const MASK: u64 = (1 << 48) - 1;

    /// The generator that starts from `seed`.
    #[must_use]
    pub fn new(seed: i64) -> Self {
        Self((seed.cast_unsigned() ^ 0x5_DEEC_E66D) & Self::MASK)
    }

    fn next_int(&mut self) -> i32 {
        self.0 = self.0.wrapping_mul(0x5_DEEC_E66D).wrapping_add(0xB) & Self::MASK;
        let bits = u32::try_from(self.0 >> 16).unwrap_or_default();
        bits.cast_signed()
    }

    /// The next 64 bits.
    pub fn next_long(&mut self) -> i64 {
        let high = i64::from(self.next_int()) << 32;
        high.wrapping_add(i64::from(self.next_int()))
    }

    /// The next number of `longs(origin, bound)`; `origin` when there is none
    /// below `bound`.
    pub fn long_between(&mut self, origin: i64, bound: i64) -> i64 {
        let range = bound.saturating_sub(origin);
        if range <= 0 {
            return origin;
        }
        if range & (range - 1) == 0 {
            return (self.next_long() & (range - 1)) + origin;
        }
        loop {
            let positive = (self.next_long().cast_unsigned() >> 1).cast_signed();
            let remainder = positive % range;
            if positive.checked_add(range - 1 - remainder).is_some() {
                return remainder + origin;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Random, hash_order, parse_double, string_hash};

    #[test]
    fn hashes_and_orders_as_java_does() {
        assert_eq!(string_hash("hello"), 99_162_322);
        assert_eq!(string_hash("polygenelubricants"), i32::MIN);
        assert_eq!(hash_order(&["my_partition", "my_over", "my_by"]), [0, 2, 1]);
        assert_eq!(hash_order(&["filter_id", "colour"]), [1, 0]);
        assert_eq!(hash_order(&["filter_id", "filter_type"]), [0, 1]);
    }

    #[test]
    fn draws_the_numbers_that_java_draws() {
        for (job, delay) in [("j1", 68_582), ("dj", 69_843)] {
            let mut random = Random::new(i64::from(string_hash(job)));
            assert_eq!(random.long_between(60_000, 120_000), delay, "{job}");
        }
    }

    #[test]
    fn reads_doubles_by_the_grammar_of_java() {
        for (text, value) in [
            ("5", Some(5.0)),
            (" -0.5 ", Some(-0.5)),
            ("1d", Some(1.0)),
            ("1e3f", Some(1000.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("+2", Some(2.0)),
            ("now", None),
            ("0x1p3", Some(8.0)),
            ("0x1.8P1", Some(3.0)),
            ("-0x.8p-1", Some(-0.25)),
            ("0x1p99999999999999999999", Some(f64::INFINITY)),
            ("0x6", None),
            ("0x1.8", None),
            ("0xp1", None),
            ("0x1p", None),
            ("- 1", None),
            ("1,5", None),
            ("", None),
            ("inf", None),
            ("1_0", None),
            ("--1", None),
            ("e5", None),
            ("d", None),
            ("-Infinity", Some(f64::NEG_INFINITY)),
        ] {
            assert_eq!(parse_double(text), value, "{text:?}");
        }
        assert!(parse_double("NaN").is_some_and(f64::is_nan));
    }
}
