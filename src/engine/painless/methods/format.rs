//! `String.format`.

use super::arguments::text;
use crate::engine::painless::interpret::{Run, Vm, null_pointer, throw};
use crate::engine::value::{JavaString, Value, hash_code};

/// One `%...` of a format.
#[derive(Default)]
struct Directive {
    /// Argument by number, from 1.
    index: Option<usize>,
    flags: String,
    width: usize,
    precision: Option<usize>,
    conversion: char,
}

/// `String.format(format, arguments)`.
pub(super) fn format(vm: &mut Vm<'_>, pattern: &Value, arguments: &Value) -> Run<Value> {
    let pattern = text(std::slice::from_ref(pattern), 0)?.to_string();
    let Value::Array(arguments) = arguments else {
        return null_pointer("the arguments of a format are null");
    };
    let arguments = arguments.borrow().clone();
    let mut out = String::new();
    let mut next = 0;
    let mut rest = pattern.as_str();
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let (directive, after) = directive(rest.get(at + 1..).unwrap_or_default())?;
        rest = after;
        match directive.conversion {
            '%' => out.push_str(&pad(&directive, "%".to_owned())),
            'n' => out.push('\n'),
            _ => {
                let index = if let Some(index) = directive.index {
                    index - 1
                } else {
                    next += 1;
                    next - 1
                };
                let Some(argument) = arguments.get(index) else {
                    return throw(
                        "java.util.MissingFormatArgumentException",
                        format!("Format specifier '%{}'", directive.conversion),
                    );
                };
                out.push_str(&convert(vm, &directive, argument)?);
            }
        }
        if out.len() > vm.limits.text {
            return crate::engine::painless::interpret::beyond("a formatted string is too long");
        }
    }
    out.push_str(rest);
    vm.new_text(JavaString::from(out))
}

fn directive(text: &str) -> Run<(Directive, &str)> {
    let mut directive = Directive::default();
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).count();
    let mut rest = text;
    let count = digits(rest);
    if count > 0 && rest.get(count..).is_some_and(|rest| rest.starts_with('$')) {
        directive.index = rest
            .get(..count)
            .and_then(|n| n.parse().ok())
            .filter(|n| *n > 0);
        rest = rest.get(count + 1..).unwrap_or_default();
    }
    let flags = rest.chars().take_while(|c| "-#+ 0,(".contains(*c)).count();
    rest.get(..flags)
        .unwrap_or_default()
        .clone_into(&mut directive.flags);
    rest = rest.get(flags..).unwrap_or_default();
    let width = digits(rest);
    // no width or precision that would fill the memory
    let bounded = |n: &str| n.parse().unwrap_or(usize::MAX).min(10_000);
    if width > 0 {
        directive.width = bounded(rest.get(..width).unwrap_or_default());
        rest = rest.get(width..).unwrap_or_default();
    }
    if let Some(after) = rest.strip_prefix('.') {
        let count = digits(after);
        directive.precision = Some(bounded(after.get(..count).unwrap_or_default()).min(1_000));
        rest = after.get(count..).unwrap_or_default();
    }
    let mut chars = rest.chars();
    let conversion = chars.next().unwrap_or('%');
    if !"bBhHsScCdoxXeEfgGn%".contains(conversion) || rest.is_empty() {
        return throw(
            "java.util.UnknownFormatConversionException",
            format!("Conversion = '{conversion}'"),
        );
    }
    directive.conversion = conversion;
    Ok((directive, chars.as_str()))
}

fn pad(directive: &Directive, text: String) -> String {
    let missing = directive.width.saturating_sub(text.chars().count());
    if directive.flags.contains('-') {
        text + &" ".repeat(missing)
    } else {
        " ".repeat(missing) + &text
    }
}

fn mismatch<T>(directive: &Directive, value: &Value) -> Run<T> {
    throw(
        "java.util.IllegalFormatConversionException",
        format!("{} != {}", directive.conversion, value.class_name()),
    )
}

fn convert(vm: &mut Vm<'_>, directive: &Directive, value: &Value) -> Run<String> {
    let text = match directive.conversion.to_ascii_lowercase() {
        'b' => match value {
            Value::Bool(value) => value.to_string(),
            other => (!other.is_null()).to_string(),
        },
        's' => vm.string_of(value)?.to_string(),
        _ if value.is_null() => "null".to_owned(),
        'h' => format!("{:x}", hash_code(value)),
        'c' => match value {
            Value::Char(unit) => JavaString::from_unit(*unit).to_string(),
            Value::Int(point) => {
                let c = u32::try_from(*point).ok().and_then(char::from_u32);
                c.unwrap_or('?').to_string()
            }
            other => return mismatch(directive, other),
        },
        'd' => match value.as_i64() {
            Some(n) => return Ok(number(directive, &n.unsigned_abs().to_string(), n < 0)),
            None => return mismatch(directive, value),
        },
        'x' | 'o' => match value {
            Value::Int(n) => radix(directive, n.cast_unsigned().into()),
            Value::Byte(n) => radix(directive, n.cast_unsigned().into()),
            Value::Short(n) => radix(directive, n.cast_unsigned().into()),
            Value::Long(n) => radix(directive, n.cast_unsigned()),
            other => return mismatch(directive, other),
        },
        _ => match value {
            Value::Float(_) | Value::Double(_) => {
                let n = value.as_f64().unwrap_or_default();
                if !n.is_finite() {
                    let text = crate::engine::value::double_to_string(n);
                    return Ok(pad(directive, text));
                }
                let text = decimal(directive, n.abs());
                let text = number(directive, &text, n.is_sign_negative());
                return Ok(if directive.conversion.is_ascii_uppercase() {
                    text.to_uppercase()
                } else {
                    text
                });
            }
            other => return mismatch(directive, other),
        },
    };
    let text = match (
        directive.conversion.to_ascii_lowercase(),
        directive.precision,
    ) {
        ('s' | 'b' | 'h', Some(precision)) => text.chars().take(precision).collect(),
        _ => text,
    };
    let text = if directive.conversion.is_ascii_uppercase() {
        text.to_uppercase()
    } else {
        text
    };
    Ok(pad(directive, text))
}

fn radix(directive: &Directive, n: u64) -> String {
    let hex = directive.conversion.eq_ignore_ascii_case(&'x');
    let digits = if hex {
        format!("{n:x}")
    } else {
        format!("{n:o}")
    };
    let prefix = match (directive.flags.contains('#'), hex) {
        (true, true) => "0x",
        (true, false) => "0",
        (false, _) => "",
    };
    let zeros = if directive.flags.contains('0') {
        "0".repeat(directive.width.saturating_sub(digits.len() + prefix.len()))
    } else {
        String::new()
    };
    format!("{prefix}{zeros}{digits}")
}

/// Halves go away from zero, as Java's `HALF_UP`.
fn decimal(directive: &Directive, n: f64) -> String {
    let precision = directive.precision.unwrap_or(6);
    match directive.conversion.to_ascii_lowercase() {
        'e' => scientific(n, precision),
        'g' => {
            let precision = precision.max(1);
            if n != 0.0 && !(1e-4..10_f64.powi(i32::try_from(precision).unwrap_or(6))).contains(&n)
            {
                return scientific(n, precision - 1);
            }
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a logarithm of a double is small"
            )]
            let whole = if n == 0.0 {
                1
            } else {
                n.log10().floor() as i64 + 1
            };
            let digits = i64::try_from(precision).unwrap_or(6) - whole;
            fixed(n, usize::try_from(digits).unwrap_or_default())
        }
        _ => fixed(n, precision),
    }
}

/// The shortest decimal of the number, rounded half up.
fn fixed(n: f64, precision: usize) -> String {
    let shortest = format!("{n}");
    let (whole, fraction) = shortest.split_once('.').unwrap_or((&shortest, ""));
    if fraction.len() <= precision {
        let dot = if precision > 0 { "." } else { "" };
        return format!("{whole}{dot}{fraction:0<precision$}");
    }
    let (kept, rest) = fraction.split_at(precision);
    let mut digits: Vec<u8> = whole.bytes().chain(kept.bytes()).collect();
    if rest.as_bytes().first().is_some_and(|digit| *digit >= b'5') {
        let mut carry = true;
        for digit in digits.iter_mut().rev() {
            if !carry {
                break;
            }
            carry = *digit == b'9';
            *digit = if carry { b'0' } else { *digit + 1 };
        }
        if carry {
            digits.insert(0, b'1');
        }
    }
    let text: String = digits.into_iter().map(char::from).collect();
    let (whole, fraction) = text.split_at(text.len() - precision);
    let dot = if precision > 0 { "." } else { "" };
    format!("{whole}{dot}{fraction}")
}

fn scientific(n: f64, precision: usize) -> String {
    let text = format!("{n:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

fn number(directive: &Directive, magnitude: &str, negative: bool) -> String {
    let mut digits = magnitude.to_owned();
    if directive.flags.contains(',') {
        let (whole, rest) = match magnitude.find(['.', 'e']) {
            Some(at) => magnitude.split_at(at),
            None => (magnitude, ""),
        };
        let mut grouped = String::new();
        for (index, c) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(c);
        }
        digits = grouped + rest;
    }
    let (before, after) = match (negative, directive.flags.contains('(')) {
        (true, true) => ("(", ")"),
        (true, false) => ("-", ""),
        (false, _) if directive.flags.contains('+') => ("+", ""),
        (false, _) if directive.flags.contains(' ') => (" ", ""),
        (false, _) => ("", ""),
    };
    if directive.flags.contains('0') {
        let used = digits.len() + before.len() + after.len();
        let zeros = "0".repeat(directive.width.saturating_sub(used));
        return format!("{before}{zeros}{digits}{after}");
    }
    pad(directive, format!("{before}{digits}{after}"))
}
