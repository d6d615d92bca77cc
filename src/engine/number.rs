//! Numbers as Java reads them from text.

/// `Double.parseDouble`: blanks around it, a sign, `NaN`, `Infinity`, decimal
/// digits with an exponent, a suffix `d` or `f`, hexadecimal with a binary
/// exponent. `None` where Java throws a `NumberFormatException`.
#[must_use]
pub fn parse_double(text: &str) -> Option<f64> {
    let text = text.trim_matches(|character| character <= ' ');
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let value = match unsigned {
        "NaN" => f64::NAN,
        "Infinity" => f64::INFINITY,
        _ if unsigned.starts_with("0x") || unsigned.starts_with("0X") => hexadecimal(unsigned)?,
        _ => decimal(unsigned)?,
    };
    Some(if negative { -value } else { value })
}

/// Digits, point, exponent, suffix: what Rust reads but for the suffix, once
/// words such as `inf` are out.
fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    let plain = digits
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    let begins = digits
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_digit() || byte == b'.');
    if plain && begins { digits.parse().ok() } else { None }
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
    #[expect(clippy::cast_precision_loss, reason = "rounding to a double is the purpose")]
    let mut value = mantissa as f64;
    let mut left = exponent.clamp(-2_200, 2_200);
    while left != 0 {
        let step = left.clamp(-1_000, 1_000);
        value *= 2f64.powi(i32::try_from(step).unwrap_or(0));
        left -= step;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::parse_double;

    #[test]
    fn reads_as_java_does() {
        for (text, expected) in [
            ("5", Some(5.0)),
            (" 5.1\t", Some(5.1)),
            ("+7", Some(7.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("1e2", Some(100.0)),
            ("5d", Some(5.0)),
            ("2.5F", Some(2.5)),
            ("-1e400", Some(f64::NEG_INFINITY)),
            ("Infinity", Some(f64::INFINITY)),
            ("0x1p3", Some(8.0)),
            ("0x1.8P1", Some(3.0)),
            ("-0x.8p-1", Some(-0.25)),
            ("0x1p99999999999999999999", Some(f64::INFINITY)),
            ("0x6", None),
            ("0x1.8", None),
            ("0xp1", None),
            ("0x1p", None),
            ("inf", None),
            ("nan", None),
            ("", None),
            ("-", None),
            ("- 1", None),
            ("--1", None),
            ("+-1", None),
            ("1_0", None),
            ("five", None),
            ("1e", None),
            (".", None),
            ("d", None),
            ("1,5", None),
        ] {
            assert_eq!(parse_double(text), expected, "{text:?}");
        }
        assert!(parse_double("NaN").is_some_and(f64::is_nan));
    }
}
