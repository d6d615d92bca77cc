//! Numbers in text, as `java.lang` parses them and words its refusals.

use crate::engine::failure::Failure;
use crate::model::java;

/// `NumberFormatException`
fn not_a_number(reason: String) -> Failure {
    Failure::new(400, "number_format_exception", reason)
}

/// `Long.parseLong`, or with a smaller range `Integer.parseInt`.
///
/// # Errors
/// `number_format_exception`
pub(super) fn whole(
    text: &str,
    radix: u32,
    range: std::ops::RangeInclusive<i64>,
) -> Result<i64, Failure> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let well_formed = !digits.starts_with(['+', '-']);
    i64::from_str_radix(text, radix)
        .ok()
        .filter(|value| well_formed && range.contains(value))
        .ok_or_else(|| {
            let under = if radix == 10 {
                String::new()
            } else {
                format!(" under radix {radix}")
            };
            not_a_number(format!("For input string: \"{text}\"{under}"))
        })
}

/// The range of `Integer`.
pub(super) const INT: std::ops::RangeInclusive<i64> = i32::MIN as i64..=i32::MAX as i64;
/// The range of `Long`.
pub(super) const LONG: std::ops::RangeInclusive<i64> = i64::MIN..=i64::MAX;

/// `Double.parseDouble`: blanks around, a suffix `d` or `f`, `NaN`, `Infinity`.
///
/// # Errors
/// `number_format_exception`
pub(super) fn double(text: &str) -> Result<f64, Failure> {
    java::parse_double(text).ok_or_else(|| not_a_number(java::number_refusal(text)))
}

/// `Float.parseFloat`.
///
/// # Errors
/// `number_format_exception`
pub(super) fn float(text: &str) -> Result<f32, Failure> {
    let value = double(text)?;
    let bare = text
        .trim_matches(|char| char <= ' ')
        .trim_end_matches(['d', 'D', 'f', 'F']);
    // Straight from the decimal digits, so that nothing is rounded twice.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "hexadecimal digits fit exactly"
    )]
    Ok(bare.parse().unwrap_or(value as f32))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{INT, LONG, double, float, whole};

    #[test]
    fn reads_numbers_as_java() {
        assert_eq!(whole("+7", 10, INT).unwrap(), 7);
        assert_eq!(whole("-0", 10, INT).unwrap(), 0);
        assert_eq!(whole("9223372036854775807", 10, LONG).unwrap(), i64::MAX);
        for text in ["", "+", "3000000000", " 5", "1.5", "1_0", "--1"] {
            let failure = whole(text, 10, INT).unwrap_err();
            assert_eq!(failure.reason(), format!("For input string: \"{text}\""));
        }
        for (text, expected) in [
            ("1.5", 1.5),
            (" 5 ", 5.0),
            ("2d", 2.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1e3),
            ("+Infinity", f64::INFINITY),
            ("1E400", f64::INFINITY),
        ] {
            assert_eq!(
                double(text).unwrap().to_bits(),
                f64::to_bits(expected),
                "{text}"
            );
        }
        for text in [
            "abc", "0x1F", "5L", "1_0", "inf", "infinity", "nan", "d", ".", "e5", "1e", "+-1",
        ] {
            assert!(double(text).is_err(), "{text}");
        }
        assert_eq!(double("").unwrap_err().reason(), "empty String");
        assert!((float("9223372036854775808").unwrap() - 9.223_372e18).abs() < 1e12);
    }
}
