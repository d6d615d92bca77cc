//! Scalars as the server's reader converts them.

use super::super::failure::Failure;
use super::super::java;
use super::super::json_text::{Kind, Node};
use super::{Read, Stop, nested, syntax, token};

/// The text of a string, number or boolean.
///
/// # Errors
/// When the value is none of these.
pub fn string(node: &Node) -> Read<String> {
    match &node.kind {
        Kind::String(text) | Kind::Number(text) => Ok(text.clone()),
        Kind::Bool(value) => Ok(value.to_string()),
        Kind::Broken(error) => Err(Stop::new(node.at, syntax(error))),
        other => {
            let reason = format!("Can't get text on a {} at {}", token(other), node.at);
            Err(Stop::new(
                node.at,
                Failure::new(500, "illegal_state_exception", reason),
            ))
        }
    }
}

/// The text, or nothing for `null`.
///
/// # Errors
/// When the value is an array or an object.
pub fn string_or_null(node: &Node) -> Read<Option<String>> {
    match &node.kind {
        Kind::Null => Ok(None),
        _ => string(node).map(Some),
    }
}

/// The texts of an array; a single value counts as an array of one.
///
/// # Errors
/// When an element is not a scalar.
pub fn string_list(node: &Node) -> Read<Vec<String>> {
    let Kind::Array(elements) = &node.kind else {
        return Ok(vec![string(node)?]);
    };
    elements
        .iter()
        .map(|element| match &element.kind {
            Kind::Array(_) => Err(nested(element)),
            _ => string(element),
        })
        .collect()
}

/// A truth value, also as a string.
///
/// # Errors
/// When the value says neither `true` nor `false`.
pub fn boolean(node: &Node) -> Read<bool> {
    match &node.kind {
        Kind::Bool(value) => Ok(*value),
        _ => match string(node)?.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            other => {
                let reason = format!(
                    "Failed to parse value [{other}] as only [true] or [false] are allowed."
                );
                Err(Stop::new(node.at, Failure::illegal_argument(reason)))
            }
        },
    }
}

/// A number, also as a string.
///
/// # Errors
/// When the text is no number.
pub fn double(node: &Node) -> Read<f64> {
    let text = string(node)?;
    java::parse_double(&text).ok_or_else(|| {
        let reason = java::number_refusal(&text);
        Stop::new(
            node.at,
            Failure::new(400, "number_format_exception", reason),
        )
    })
}

/// A number, also as a string; nothing for `null`.
///
/// # Errors
/// When the text is no number.
pub fn double_or_null(node: &Node) -> Read<Option<f64>> {
    match &node.kind {
        Kind::Null => Ok(None),
        _ => double(node).map(Some),
    }
}

/// A whole number of 32 bits; fractions are cut off, as the server does.
///
/// # Errors
/// When the text is no number or out of range.
pub fn integer(node: &Node) -> Read<i32> {
    let value = long_within(node, f64::from(i32::MIN), f64::from(i32::MAX), "an integer")?;
    i32::try_from(value).map_err(|_| out_of_range(node, "an integer"))
}

/// A whole number of 64 bits; fractions are cut off, as the server does.
///
/// # Errors
/// When the text is no number or out of range.
pub fn long(node: &Node) -> Read<i64> {
    #[expect(clippy::cast_precision_loss, reason = "the bounds as doubles")]
    long_within(node, i64::MIN as f64, i64::MAX as f64, "a long")
}

fn long_within(node: &Node, least: f64, most: f64, what: &str) -> Read<i64> {
    if let Ok(whole) = string(node)?.parse::<i64>() {
        return Ok(whole);
    }
    let value = double(node)?;
    if value.is_nan() || value < least || value > most {
        return Err(out_of_range(node, what));
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked against the range; fractions are cut off"
    )]
    let whole = value as i64;
    Ok(whole)
}

fn out_of_range(node: &Node, what: &str) -> Stop {
    let text = string(node).unwrap_or_default();
    let reason = format!("Value [{text}] is out of range for {what}");
    Stop::new(node.at, Failure::illegal_argument(reason))
}
