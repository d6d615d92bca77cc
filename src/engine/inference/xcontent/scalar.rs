//! The value at the current token as text, number, boolean, list or map, with
//! the coercions that the server allows.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::object::duplicate;
use super::token::{Token, Tokens};
use crate::engine::failure::Failure;
use crate::model::java::{number_refusal, parse_double};

/// A string, number or boolean as text.
///
/// # Errors
/// Any other token.
pub(crate) fn text(tokens: &mut Tokens<'_>) -> Result<String, Failure> {
    match tokens.current() {
        Some(Token::Boolean(flag)) => Ok(flag.to_string()),
        Some(token) if token.is_value() => Ok(tokens.take_text()),
        token => Err(Failure::new(
            500,
            "illegal_state_exception",
            format!(
                "Can't get text on a {} at {}",
                token.map(|token| token.to_string()).unwrap_or_default(),
                tokens.place()
            ),
        )),
    }
}

/// A number, or a string that says one in Java's grammar.
///
/// # Errors
/// `number_format_exception`, or a token that is no number.
pub(crate) fn double(tokens: &mut Tokens<'_>) -> Result<f64, Failure> {
    match tokens.current() {
        Some(Token::Number) => tokens
            .raw_text()
            .parse()
            .map_err(|_| number_format(tokens.raw_text())),
        Some(Token::String) => {
            parse_double(tokens.raw_text()).ok_or_else(|| number_format(tokens.raw_text()))
        }
        _ => Err(not_numeric(tokens)),
    }
}

/// A whole number within 32 bits; a fraction is cut off a number, but refused in
/// a string.
///
/// # Errors
/// `number_format_exception`, a number out of range, or a token that is no number.
pub(crate) fn int(tokens: &mut Tokens<'_>) -> Result<i32, Failure> {
    let value = whole(
        tokens,
        "Integer",
        "int",
        f64::from(i32::MIN),
        f64::from(i32::MAX),
    )?;
    i32::try_from(value).map_err(|_| out_of_range(tokens.raw_text(), "int"))
}

/// A whole number within 64 bits, under the same rules as [`int`].
///
/// # Errors
/// As [`int`].
pub(crate) fn long(tokens: &mut Tokens<'_>) -> Result<i64, Failure> {
    // The bounds as doubles: -2^63 and 2^63.
    whole(
        tokens,
        "Long",
        "long",
        -9_223_372_036_854_775_808.0,
        9_223_372_036_854_775_808.0,
    )
}

fn whole(
    tokens: &mut Tokens<'_>,
    boxed: &str,
    primitive: &str,
    least: f64,
    most: f64,
) -> Result<i64, Failure> {
    if let Ok(value) = tokens.raw_text().parse::<i64>() {
        return Ok(value);
    }
    let value = double(tokens)?;
    if value.is_nan() || value < least || value > most {
        return Err(out_of_range(tokens.raw_text(), primitive));
    }
    if value.fract() != 0.0 && tokens.current() == Some(Token::String) {
        return Err(Failure::illegal_argument(format!(
            "{value:?} cannot be converted to {boxed} without data loss"
        )));
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked against the bounds"
    )]
    Ok(value as i64)
}

/// A boolean, or one of the strings `true` and `false`.
///
/// # Errors
/// Any other string or token.
pub(crate) fn boolean(tokens: &mut Tokens<'_>) -> Result<bool, Failure> {
    match (tokens.current(), tokens.raw_text()) {
        (Some(Token::Boolean(flag)), _) => Ok(flag),
        (_, "true") => Ok(true),
        (_, "false") => Ok(false),
        (_, other) => Err(Failure::illegal_argument(format!(
            "Failed to parse value [{other}] as only [true] or [false] are allowed."
        ))),
    }
}

/// One string, or an array of them.
///
/// # Errors
/// An element that has no text.
pub(crate) fn strings(tokens: &mut Tokens<'_>) -> Result<Vec<String>, Failure> {
    list(tokens, text)
}

/// One number, or an array of them.
///
/// # Errors
/// As [`double`].
pub(crate) fn doubles(tokens: &mut Tokens<'_>) -> Result<Vec<f64>, Failure> {
    list(tokens, double)
}

/// One whole number, or an array of them.
///
/// # Errors
/// As [`int`].
pub(crate) fn ints(tokens: &mut Tokens<'_>) -> Result<Vec<i32>, Failure> {
    list(tokens, int)
}

fn list<'a, T>(
    tokens: &mut Tokens<'a>,
    item: impl Fn(&mut Tokens<'a>) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    if tokens.current() != Some(Token::StartArray) {
        return Ok(vec![item(tokens)?]);
    }
    let mut items = Vec::new();
    while tokens.advance()? != Token::EndArray {
        items.push(item(tokens)?);
    }
    Ok(items)
}

/// An object of texts, in its order.
///
/// # Errors
/// A value that has no text, a name that comes twice.
pub(crate) fn string_map(tokens: &mut Tokens<'_>) -> Result<Vec<(String, String)>, Failure> {
    let mut entries: Vec<(String, String)> = Vec::new();
    while tokens.advance()? != Token::EndObject {
        let name = tokens.take_text();
        tokens.advance()?;
        entries.push((name, text(tokens)?));
    }
    let mut names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if let Some(name) = names.windows(2).find_map(|pair| match pair {
        [a, b] if a == b => Some(*a),
        _ => None,
    }) {
        return Err(duplicate(name));
    }
    Ok(entries)
}

/// An object of numbers.
///
/// # Errors
/// As [`double`]; a name that comes twice.
pub(crate) fn double_map(tokens: &mut Tokens<'_>) -> Result<HashMap<Box<str>, f64>, Failure> {
    let mut entries: HashMap<Box<str>, f64> = HashMap::new();
    while tokens.advance()? != Token::EndObject {
        let name = tokens.take_text().into_boxed_str();
        tokens.advance()?;
        match entries.entry(name) {
            Entry::Occupied(known) => return Err(duplicate(known.key())),
            Entry::Vacant(place) => place.insert(double(tokens)?),
        };
    }
    Ok(entries)
}

fn number_format(text: &str) -> Failure {
    Failure::new(400, "number_format_exception", number_refusal(text.trim()))
}

fn not_numeric(tokens: &Tokens<'_>) -> Failure {
    let token = match tokens.current() {
        Some(Token::Boolean(flag)) => format!("VALUE_{}", flag.to_string().to_uppercase()),
        Some(token) => token.to_string(),
        None => String::new(),
    };
    Failure::new(
        400,
        "json_parse_exception",
        format!("Current token ({token}) not numeric, can not use numeric value accessors"),
    )
}

fn out_of_range(text: &str, primitive: &str) -> Failure {
    Failure::new(
        400,
        "json_parse_exception",
        format!("Numeric value ({text}) out of range of {primitive}"),
    )
}
