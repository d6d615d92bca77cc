//! Numbers from text and to text, as the boxed classes do it.

use crate::engine::painless::interpret::{Run, null_pointer, throw};
use crate::engine::value::JavaString;

/// `NumberFormatException`.
pub(super) fn malformed<T>(message: impl Into<JavaString>) -> Run<T> {
    throw("java.lang.NumberFormatException", message)
}

/// A whole number in a radix: an optional sign and digits, nothing else.
pub(super) fn parse_long(text: Option<&JavaString>, radix: i32, low: i64, high: i64) -> Run<i64> {
    let Some(text) = text else {
        return malformed("Cannot parse null string");
    };
    let text = text.to_str();
    let bad = || {
        let radix = match radix {
            10 => String::new(),
            radix => format!(" under radix {radix}"),
        };
        malformed(format!("For input string: \"{text}\"{radix}"))
    };
    let Ok(base) = u32::try_from(radix) else {
        return malformed(format!("radix {radix} less than Character.MIN_RADIX"));
    };
    if !(2..=36).contains(&base) {
        return malformed(format!("radix {radix} out of range"));
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let ascii: Option<String> = digits
        .chars()
        .map(|c| {
            digit(c)
                .filter(|digit| *digit < base)
                .and_then(|digit| char::from_digit(digit, base))
        })
        .collect();
    let Some(ascii) = ascii.filter(|digits| !digits.is_empty()) else {
        return bad();
    };
    let sign = if text.starts_with('-') { "-" } else { "" };
    match i64::from_str_radix(&format!("{sign}{ascii}"), base) {
        Ok(n) if (low..=high).contains(&n) => Ok(n),
        _ => bad(),
    }
}

/// The value of a digit or letter as `Character.digit` sees it: also full-width
/// and other decimal digits.
pub(super) fn digit(c: char) -> Option<u32> {
    if let Some(digit) = c.to_digit(36) {
        return Some(digit);
    }
    let start = decimal_block(c)?;
    Some(u32::from(c) - start)
}

/// The zero of the run of ten decimal digits that a character is in.
fn decimal_block(c: char) -> Option<u32> {
    const ZEROS: [u32; 12] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xe50, 0xed0, 0xf20, 0x1040, 0xff10,
    ];
    let point = u32::from(c);
    ZEROS
        .into_iter()
        .find(|zero| (*zero..*zero + 10).contains(&point))
}

/// Whether it is a decimal digit.
pub(super) fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || decimal_block(c).is_some()
}

/// A floating-point number as `Double.parseDouble` reads it.
pub(super) fn parse_double(text: Option<&JavaString>) -> Run<f64> {
    let Some(text) = text else {
        return null_pointer("Cannot invoke \"String.trim()\" because \"in\" is null");
    };
    let whole = text.to_str();
    let trimmed = whole.trim_matches(|c: char| c <= ' ');
    if trimmed.is_empty() {
        return malformed("empty String");
    }
    let body = trimmed
        .strip_suffix(['d', 'D', 'f', 'F'])
        .unwrap_or(trimmed);
    let unsigned = body.strip_prefix(['+', '-']).unwrap_or(body);
    let decimal = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && unsigned
            .chars()
            .all(|c| c.is_ascii_digit() || ".eE+-".contains(c));
    let number = match trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed) {
        "NaN" => Some(f64::NAN),
        "Infinity" if trimmed.starts_with('-') => Some(f64::NEG_INFINITY),
        "Infinity" => Some(f64::INFINITY),
        _ if decimal => body.parse().ok(),
        _ => hexadecimal(unsigned).map(|n| if body.starts_with('-') { -n } else { n }),
    };
    match number {
        Some(number) => Ok(number),
        None => malformed(format!("For input string: \"{whole}\"")),
    }
}

/// `0x1.8p3`: hexadecimal digits and a power of two.
fn hexadecimal(text: &str) -> Option<f64> {
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))?;
    let (digits, exponent) = digits.split_once(['p', 'P'])?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut exponent = exponent.parse::<i32>().ok()?.clamp(-20_000, 20_000);
    let mut mantissa = 0_u64;
    for c in whole.chars().chain(fraction.chars()) {
        let digit = u64::from(c.to_digit(16)?);
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | digit;
        } else {
            // too many to be kept: only whether any is not 0 counts
            mantissa |= u64::from(digit > 0);
            exponent += 4;
        }
    }
    exponent -= i32::try_from(fraction.len()).ok()?.min(20_000) * 4;
    #[expect(clippy::cast_precision_loss, reason = "rounding is what is wanted")]
    let mut number = mantissa as f64;
    while exponent != 0 && number != 0.0 && number.is_finite() {
        let step = exponent.clamp(-1_000, 1_000);
        number *= 2_f64.powi(step);
        exponent -= step;
    }
    Some(number)
}

/// A whole number in a radix, without sign.
pub(super) fn unsigned_text(mut n: u64, radix: u32) -> String {
    let radix = if (2..=36).contains(&radix) { radix } else { 10 };
    let mut digits = Vec::new();
    loop {
        let digit = u32::try_from(n % u64::from(radix)).unwrap_or_default();
        digits.extend(char::from_digit(digit, radix));
        n /= u64::from(radix);
        if n == 0 {
            break;
        }
    }
    digits.iter().rev().collect()
}

/// A whole number in a radix, with its sign.
pub(super) fn signed_text(n: i64, radix: i32) -> String {
    let text = unsigned_text(n.unsigned_abs(), u32::try_from(radix).unwrap_or(10));
    if n < 0 { format!("-{text}") } else { text }
}

/// `decode`: decimal, or `0x`, `#`, `0` before hex and octal digits.
pub(super) fn decode(text: Option<&JavaString>, low: i64, high: i64) -> Run<i64> {
    let Some(text) = text else {
        return null_pointer("Cannot invoke \"String.isEmpty()\" because \"nm\" is null");
    };
    let text = text.to_str();
    if text.is_empty() {
        return malformed("Zero length string");
    }
    let negative = text.starts_with('-');
    let body = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let (digits, radix) = if let Some(hex) = body
        .strip_prefix("0x")
        .or_else(|| body.strip_prefix("0X"))
        .or_else(|| body.strip_prefix('#'))
    {
        (hex, 16)
    } else if body.len() > 1 && body.starts_with('0') {
        (body.get(1..).unwrap_or_default(), 8)
    } else {
        (body, 10)
    };
    if digits.starts_with(['+', '-']) {
        return malformed("Sign character in wrong position");
    }
    let signed = JavaString::from(if negative {
        format!("-{digits}")
    } else {
        digits.to_owned()
    });
    parse_long(Some(&signed), radix, low, high)
}
