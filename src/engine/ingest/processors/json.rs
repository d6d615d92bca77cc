//! `json`: the JSON text of a field, as the server's parser (Jackson) reads it.

use crate::engine::failure::Failure;
use crate::engine::ingest::config::Config;
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::field::Field;
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::value::{Map, Value, json};

struct JsonProcessor {
    field: Field,
    target: Target,
    reading: Reading,
}

/// Where the value goes.
enum Target {
    Field(Field),
    /// The document itself; whether maps that are in both become one.
    Root {
        merge: bool,
    },
}

/// How a text is read.
#[derive(Clone, Copy, Default)]
struct Reading {
    /// Of a key that comes twice the last value counts.
    last_wins: bool,
    /// Nothing may follow the value.
    strict: bool,
}

/// Creates a `json` processor.
pub(super) fn create(
    config: &mut Config,
    context: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field("field")?;
    let target = config.optional_string("target_field")?;
    let to_root = config.boolean("add_to_root", false)?;
    let (mut last_wins, mut strategy) = (false, None);
    if context.since(7, 15) {
        last_wins = config.boolean("allow_duplicate_keys", false)?;
        strategy = config.optional_string("add_to_root_conflict_strategy")?;
    }
    let key = "add_to_root_conflict_strategy";
    let merge = match strategy.as_deref().map(str::to_lowercase).as_deref() {
        None | Some("replace") => false,
        Some("merge") => true,
        Some(_) => {
            let given = strategy.unwrap_or_default();
            let reason =
                format!("conflict strategy [{given}] not supported, cannot convert field.");
            return Err(config.refuse(key, &reason));
        }
    };
    if to_root && target.is_some() {
        return Err(config.refuse(
            "target_field",
            "Cannot set a target field while also setting `add_to_root` to true",
        ));
    }
    if !to_root && strategy.is_some() {
        return Err(config.refuse(
            key,
            "Cannot set `add_to_root_conflict_strategy` if `add_to_root` is false",
        ));
    }
    let strict = context.since(8, 9) && config.boolean("strict_json_parsing", true)?;
    let target = match target {
        _ if to_root => Target::Root { merge },
        Some(text) => Target::Field(Field::fixed(&text)),
        None => Target::Field(field.clone()),
    };
    Ok(Box::new(JsonProcessor {
        field,
        target,
        reading: Reading { last_wins, strict },
    }))
}

impl Processor for JsonProcessor {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        match &self.target {
            Target::Root { merge } => {
                let name = self.field.path(document)?.to_string();
                let value = document.fields.get(&name).unwrap_or_default();
                let Value::Map(map) = parse(&value, self.reading)? else {
                    return Err(Failure::illegal_argument(
                        "cannot add non-map fields to root of document",
                    ));
                };
                document.budget.write(&Value::Map(map.clone()))?;
                put_all(&document.fields, &map, *merge);
            }
            Target::Field(target) => {
                let value = self.field.value(document, false)?.unwrap_or_default();
                target.set(document, parse(&value, self.reading)?)?;
            }
        }
        Ok(Flow::Continue)
    }
}

/// Puts all entries of `from`; with `merge`, maps under the same key become one.
/// Both come out of JSON or were measured, so that they do not nest too deeply.
fn put_all(into: &Map, from: &Map, merge: bool) {
    let entries = from.entries();
    if !merge {
        into.borrow_mut().reserve(entries.len());
    }
    for (key, value) in entries {
        let known = into.borrow().get(&key).cloned();
        match (known, &value) {
            (Some(Value::Map(known)), Value::Map(value)) if merge && !known.same(value) => {
                put_all(&known, value, merge);
            }
            _ => {
                into.borrow_mut().put(key, value);
            }
        }
    }
}

/// Reads the first JSON value of a text.
///
/// # Errors
/// `illegal_argument_exception` caused by `json_parse_exception`, or for what
/// follows where nothing may.
fn parse(value: &Value, reading: Reading) -> Result<Value, Failure> {
    let text = value.to_java_string();
    let (first, end) = first_value(&text, 0, reading)?;
    let rest = text.get(end..).unwrap_or_default();
    if !reading.strict || trimmed(rest).is_empty() {
        return Ok(first);
    }
    let failure = Failure::illegal_argument(format!(
        "The input {text} is not valid JSON and the strict_json_parsing parameter is true"
    ));
    Err(match first_value(&text, end, reading) {
        Ok(_) => failure,
        Err(cause) => failure.because(cause),
    })
}

fn trimmed(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\n', '\r'])
}

/// The value that begins at byte `from` or behind blanks, and where it ends.
fn first_value(text: &str, from: usize, reading: Reading) -> Result<(Value, usize), Failure> {
    let trimmed = trimmed(text.get(from..).unwrap_or_default());
    let start = text.len() - trimmed.len();
    let Some(first) = trimmed.chars().next() else {
        return Ok((Value::Null, text.len()));
    };
    if !matches!(first, '{' | '[' | '"') {
        let (value, length) = scalar(trimmed, text, start)?;
        return Ok((value, start + length));
    }
    let length = end_of(trimmed).unwrap_or(trimmed.len());
    let token = trimmed.get(..length).unwrap_or(trimmed).as_bytes();
    let value = if reading.last_wins {
        json::parse_last_wins(token)
    } else {
        json::parse(token)
    };
    match value {
        Ok(value) => Ok((value, start + length)),
        Err(error) => Err(refuse(&error.message, text, start + error.offset)),
    }
}

/// A number or a word, and its length.
fn scalar(trimmed: &str, text: &str, start: usize) -> Result<(Value, usize), Failure> {
    let word: String = trimmed
        .chars()
        .take_while(|char| char.is_alphanumeric() || matches!(char, '_' | '$' | '+' | '-' | '.'))
        .collect();
    if let Ok(value) = json::parse(word.as_bytes()) {
        return Ok((value, word.len()));
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

    use super::{Reading, parse};
    use crate::engine::value::{Value, json};

    fn read(text: &str, reading: Reading) -> String {
        match parse(&text.into(), reading) {
            Ok(value) => json::write(&value),
            Err(failure) => failure.reason().to_owned(),
        }
    }

    #[test]
    fn reads_the_first_value() {
        for (text, expected) in [
            (" {\"a\":[1,2.5]} x", "{\"a\":[1,2.5]}"),
            ("5 6", "5"),
            ("\"a\\\"b\" c", "\"a\\\"b\""),
            ("true", "true"),
            ("", "null"),
        ] {
            assert_eq!(read(text, Reading::default()), expected);
        }
        let null = parse(&Value::Null, Reading::default()).unwrap();
        assert!(null.is_null());
        for text in ["text", "{bad", "{\"a\":1,\"a\":2}", "NaN", "'x'", "["] {
            let failure = parse(&text.into(), Reading::default()).unwrap_err();
            assert_eq!(failure.root().kind(), "json_parse_exception", "{text}");
        }
    }

    #[test]
    fn reads_as_strictly_as_is_said() {
        let strict = Reading {
            strict: true,
            ..Reading::default()
        };
        let last_wins = Reading {
            last_wins: true,
            ..Reading::default()
        };
        let refused =
            "The input 123 \"foo\" is not valid JSON and the strict_json_parsing parameter is true";
        for (text, reading, expected) in [
            ("123 \"foo\"", strict, refused),
            ("123 \"foo\"", Reading::default(), "123"),
            (" 123 ", strict, "123"),
            (
                "{\"a\":1,\"a\":{\"b\":1,\"b\":2}}",
                last_wins,
                "{\"a\":{\"b\":2}}",
            ),
        ] {
            assert_eq!(read(text, reading), expected, "{text}");
        }
        let failure = parse(&"{} }".into(), strict).unwrap_err();
        assert_eq!(failure.root().kind(), "json_parse_exception");
    }
}
