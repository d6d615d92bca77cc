//! What a file of a publisher holds, as a value.

use serde_json::Value;

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::manifest::Part;
use crate::model::{json_text, toml};

/// Files up to this size are read so that repeated keys are refused and
/// mistakes named by line and column; larger ones are models.
const PLACED_BYTES: usize = 8 << 20;

/// The value that `part` of the file `name` holds, read by the name's extension:
/// `.json`, `.toml` or `.ndjson`.
///
/// # Errors
/// [`ErrorKind::Malformed`] with file and place for text that cannot be read,
/// and for a part that is not there.
pub fn read(name: &str, part: Option<&Part>, bytes: &[u8]) -> Result<Value> {
    let text = text(name, bytes)?;
    match part {
        None => whole(name, text),
        Some(Part::Line(line)) => {
            let found = usize::try_from(*line)
                .ok()
                .and_then(|line| text.lines().nth(line.checked_sub(1)?))
                .ok_or_else(|| absent(name, &format!("line {line}")))?;
            json(&format!("{name} line {line}"), found)
        }
        Some(Part::Pointer(pointer)) => whole(name, text)?
            .pointer_mut(pointer)
            .map(Value::take)
            .ok_or_else(|| absent(name, pointer)),
    }
}

/// `bytes` of the file `name` as text.
///
/// # Errors
/// [`ErrorKind::Malformed`] when they are not UTF-8.
pub fn text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str> {
    let text = std::str::from_utf8(bytes)
        .or_err(ErrorKind::Malformed, || format!("{name} is not UTF-8 text"))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The JSON value of `text`, which `name` names in errors.
///
/// # Errors
/// [`ErrorKind::Malformed`] with line and column.
pub fn json(name: &str, text: &str) -> Result<Value> {
    if text.len() > PLACED_BYTES {
        return serde_json::from_str(text)
            .or_err(ErrorKind::Malformed, || format!("{name} is not JSON"));
    }
    let node = json_text::parse(text);
    match node.syntax_error() {
        None => Ok(node.to_value()),
        Some(error) => Err(Error::new(
            ErrorKind::Malformed,
            format!("{name} is not JSON: {error}"),
        )),
    }
}

fn whole(name: &str, text: &str) -> Result<Value> {
    if has_extension(name, "toml") {
        toml::parse(text, name, ErrorKind::Malformed)
    } else {
        json(name, text)
    }
}

/// Whether the file `name` ends in `.extension`, in whatever case.
#[must_use]
pub fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(stem, found)| !stem.is_empty() && found.eq_ignore_ascii_case(extension))
}

fn absent(name: &str, what: &str) -> Error {
    Error::new(ErrorKind::Malformed, format!("{name} has no {what}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;
    use crate::model::manifest::Part;

    #[test]
    fn parts_are_found() {
        let pointer = |text: &str| Some(Part::Pointer(text.to_owned()));
        let lines = b"{\"a\":1}\n{\"a\":2}\n";
        for (name, part, bytes, expected) in [
            ("x.json", None, &b"\xef\xbb\xbf[1]"[..], json!([1])),
            (
                "x.json",
                pointer("/body"),
                b"{\"body\":{\"a\":1}}",
                json!({"a": 1}),
            ),
            (
                "x.TOML",
                pointer("/rule"),
                b"[rule]\na = 1",
                json!({"a": 1}),
            ),
            ("x.ndjson", Some(Part::Line(2)), lines, json!({"a": 2})),
        ] {
            assert_eq!(read(name, part.as_ref(), bytes).expect(name), expected);
        }
    }

    #[test]
    fn what_is_not_there_is_named() {
        let cases: [(&str, Option<Part>, &[u8], &str); 6] = [
            ("x.json", None, b"{\"a\":1,\"a\":2}", "x.json is not JSON"),
            ("x.json", None, b"\xff", "x.json is not UTF-8 text"),
            (
                "x.json",
                Some(Part::Pointer("/body".into())),
                b"{}",
                "x.json has no /body",
            ),
            (
                "x.ndjson",
                Some(Part::Line(3)),
                b"{}\n{}",
                "x.ndjson has no line 3",
            ),
            (
                "x.ndjson",
                Some(Part::Line(0)),
                b"{}",
                "x.ndjson has no line 0",
            ),
            ("x.toml", None, b"a = ", "x.toml line 1"),
        ];
        for (name, part, bytes, message) in cases {
            let error = read(name, part.as_ref(), bytes).expect_err(message);
            assert!(error.to_string().starts_with(message), "{error}");
        }
    }
}
