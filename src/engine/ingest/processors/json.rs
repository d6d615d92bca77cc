//! The JSON text of a field, as the server's parser (Jackson) reads it.

use crate::engine::failure::Failure;
use crate::engine::value::{Value, json};

/// Reads the first JSON value of a text; what follows it is not looked at.
///
/// # Errors
/// `illegal_argument_exception` caused by `json_parse_exception`.
pub(super) fn parse(value: &Value) -> Result<Value, Failure> {
    let text = value.to_java_string();
    let trimmed = text.trim_start_matches([' ', '\t', '\n', '\r']);
    if trimmed.is_empty() {
        return Ok(Value::Null);
    }
    let start = text.len() - trimmed.len();
    let first = trimmed.chars().next().unwrap_or_default();
    if !matches!(first, '{' | '[' | '"') {
        return scalar(trimmed, &text, start);
    }
    let length = end_of(trimmed).unwrap_or(trimmed.len());
    let token = trimmed.get(..length).unwrap_or(trimmed);
    json::parse(token.as_bytes())
        .map_err(|error| refuse(&error.message, &text, start + error.offset))
}

/// A number or a word.
fn scalar(trimmed: &str, text: &str, start: usize) -> Result<Value, Failure> {
    let word: String = trimmed
        .chars()
        .take_while(|char| char.is_alphanumeric() || matches!(char, '_' | '$' | '+' | '-' | '.'))
        .collect();
    if let Ok(value) = json::parse(word.as_bytes()) {
        return Ok(value);
    }
    if word.starts_with(|char: char| char.is_alphabetic()) {
        if word == "NaN" {
            return Err(refuse(
                "Non-standard token 'NaN': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow",
                text,
                start + word.len(),
            ));
        }
        let message = format!(
            "Unrecognized token '{word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        );
        return Err(refuse(&message, text, start + word.len()));
    }
    let first = trimmed.chars().next().unwrap_or_default();
    let message = format!(
        "Unexpected character ('{first}' (code {})): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        u32::from(first)
    );
    Err(refuse(&message, text, start + first.len_utf8()))
}

/// Where the object, array or string at the start of a text ends.
fn end_of(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 && !quoted {
            return Some(at + 1);
        }
    }
    None
}

fn refuse(message: &str, text: &str, offset: usize) -> Failure {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().len() + 1;
    let reason = format!(
        "{message}\n at [Source: (org.elasticsearch.common.bytes.AbstractBytesReference$MarkSupportingStreamInputWrapper); line: {line}, column: {column}]"
    );
    Failure::illegal_argument(format!(
        "com.fasterxml.jackson.core.JsonParseException: {reason}"
    ))
    .because(Failure::new(400, "json_parse_exception", reason))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::parse;
    use crate::engine::value::{Value, json};

    #[test]
    fn reads_the_first_value() {
        for (text, expected) in [
            (" {\"a\":[1,2.5]} x", "{\"a\":[1,2.5]}"),
            ("5 6", "5"),
            ("\"a\\\"b\" c", "\"a\\\"b\""),
            ("true", "true"),
            ("", "null"),
        ] {
            assert_eq!(
                json::write(&parse(&text.into()).unwrap_or_default()),
                expected
            );
        }
        assert_eq!(
            json::write(&parse(&Value::Null).unwrap_or_default()),
            "null"
        );
        for text in ["text", "{bad", "{\"a\":1,\"a\":2}", "NaN", "'x'", "["] {
            let failure = parse(&text.into()).unwrap_err();
            assert_eq!(failure.root().kind(), "json_parse_exception", "{text}");
        }
    }
}
