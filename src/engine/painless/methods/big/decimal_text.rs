//! `BigDecimal` from text and to text.

use super::MOST_BITS;
use super::decimal::Decimal;
use super::natural::Natural;
use super::too_large;
use super::whole::Whole;
use crate::engine::painless::interpret::Run;
use crate::engine::painless::methods::number::{digit, malformed};

/// Characters of text that are read or written.
const MOST_TEXT: usize = MOST_BITS;

fn no_digit<T>(c: char) -> Run<T> {
    malformed(format!(
        "Character {c} is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."
    ))
}

impl Decimal {
    /// `new BigDecimal(text)`.
    pub(super) fn parse(text: &str) -> Run<Self> {
        if text.len() > MOST_TEXT {
            return too_large();
        }
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        if unsigned.is_empty() {
            let length = text.len();
            return malformed(format!("Index {length} out of bounds for length {length}"));
        }
        let (number, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => {
                let (number, rest) = unsigned.split_at(at);
                (number, parse_exponent(rest.get(1..).unwrap_or_default())?)
            }
            None => (unsigned, 0),
        };
        let mut digits = String::new();
        let mut scale = None;
        for c in number.chars() {
            match (digit(c).filter(|n| *n < 10), scale) {
                (Some(_), _) => {
                    digits.push(c);
                    scale = scale.map(|n: i64| n + 1);
                }
                (None, None) if c == '.' => scale = Some(0),
                (None, Some(_)) if c == '.' => {
                    return malformed("Character array contains more than one decimal point.");
                }
                _ => return no_digit(c),
            }
        }
        if digits.is_empty() {
            return malformed("No digits found.");
        }
        let size = Natural::parse(&digits, 10).unwrap_or_default();
        let scale = scale.unwrap_or(0) - exponent;
        if i32::try_from(scale).is_err() {
            return malformed("Scale out of range.");
        }
        Self::new(Whole::new(text.starts_with('-'), size), scale)
    }

    /// `toString()`: with an exponent where the number is small or its scale is
    /// negative.
    pub(super) fn text(&self) -> String {
        self.written(false)
    }

    /// `toEngineeringString()`: exponents are multiples of three.
    pub(super) fn engineering(&self) -> String {
        self.written(true)
    }

    fn written(&self, engineering: bool) -> String {
        let digits = self.unscaled.size().digits(10);
        let sign = if self.unscaled.is_negative() { "-" } else { "" };
        let scale = i64::from(self.scale);
        let length = i64::try_from(digits.len()).unwrap_or(i64::MAX);
        let exponent = length - 1 - scale;
        if scale == 0 {
            return format!("{sign}{digits}");
        }
        if scale > 0 && exponent >= -6 {
            let places = usize::try_from(scale).unwrap_or_default();
            return format!("{sign}{}", pointed(&digits, places));
        }
        let (mantissa, exponent) = if engineering {
            by_thousands(&digits, exponent, self.is_zero())
        } else {
            (pointed(&digits, digits.len() - 1), exponent)
        };
        if exponent == 0 {
            return format!("{sign}{mantissa}");
        }
        format!("{sign}{mantissa}E{exponent:+}")
    }

    /// `toPlainString()`: without an exponent.
    pub(super) fn plain(&self) -> Run<String> {
        let digits = self.unscaled.size().digits(10);
        let sign = if self.unscaled.is_negative() { "-" } else { "" };
        let places = self.scale.unsigned_abs() as usize;
        if places.saturating_add(digits.len()) > MOST_TEXT {
            return too_large();
        }
        let text = match self.scale {
            0 => digits,
            ..0 if self.is_zero() => digits,
            ..0 => digits + &"0".repeat(places),
            _ => pointed(&digits, places),
        };
        Ok(format!("{sign}{text}"))
    }
}

/// An exponent: a sign and at most ten digits.
fn parse_exponent(text: &str) -> Run<i64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned.is_empty() {
        return malformed("No exponent digits.");
    }
    let significant = unsigned.trim_start_matches('0');
    if significant.chars().count() > 10 {
        return malformed("Too many nonzero exponent digits.");
    }
    let mut exponent = 0;
    for c in significant.chars() {
        match digit(c).filter(|n| *n < 10) {
            Some(digit) => exponent = exponent * 10 + i64::from(digit),
            None => return malformed("Not a digit."),
        }
    }
    Ok(if text.starts_with('-') {
        -exponent
    } else {
        exponent
    })
}

/// Digits with a point before the last `places` of them.
fn pointed(digits: &str, places: usize) -> String {
    if places == 0 {
        return digits.to_owned();
    }
    let missing = (places + 1).saturating_sub(digits.len());
    let padded = "0".repeat(missing) + digits;
    let (whole, fraction) = padded.split_at(padded.len() - places);
    format!("{whole}.{fraction}")
}

/// Digits and an exponent that is a multiple of three.
fn by_thousands(digits: &str, exponent: i64, zero: bool) -> (String, i64) {
    let above = exponent.rem_euclid(3);
    let exponent = exponent - above;
    let whole = usize::try_from(above).unwrap_or_default() + 1;
    if zero {
        return match whole {
            2 => ("0.00".to_owned(), exponent + 3),
            3 => ("0.0".to_owned(), exponent + 3),
            _ => (digits.to_owned(), exponent),
        };
    }
    if whole >= digits.len() {
        let zeros = "0".repeat(whole - digits.len());
        return (format!("{digits}{zeros}"), exponent);
    }
    (pointed(digits, digits.len() - whole), exponent)
}
