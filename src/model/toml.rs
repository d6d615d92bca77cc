//! TOML text to values, with the place of every mistake.

use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Result};

/// The value that the TOML `text` (from `source`, a file's name) holds.
///
/// # Errors
/// `kind` with line, column and reason for text that is not TOML or does not fit
/// the value: unknown keys, wrong types, missing keys.
pub fn parse<T: DeserializeOwned>(text: &str, source: &str, kind: ErrorKind) -> Result<T> {
    toml::from_str(text).map_err(|error| {
        let place = error.span().map_or(String::new(), |span| {
            let before = text.get(..span.start).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
            format!(" line {line} column {column}")
        });
        Error::new(
            kind,
            format!("{source}{place}: {}", one_line(error.message())),
        )
    })
}

/// The TOML text of `value`.
///
/// # Errors
/// [`ErrorKind::Bug`] for a value that TOML has no form for.
pub fn to_text<T: serde::Serialize>(value: &T) -> Result<String> {
    toml::to_string(value)
        .map_err(|error| Error::new(ErrorKind::Bug, "value has no TOML form").because(error))
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
