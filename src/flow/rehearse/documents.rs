//! Documents and expected results as lines of JSON.

use std::io::BufRead;

use crate::engine::value::{Map, Value, json};
use crate::error::{Error, ErrorKind, OrErr, Result};

/// The longest line that is read.
const MAX_LINE: u64 = 16 << 20;

/// One line of a file, with its number from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number from 1; empty lines count.
    pub number: usize,
    /// Its text.
    pub text: String,
}

/// The lines of a file of JSON lines, without the empty ones.
pub struct Lines<R> {
    reader: R,
    name: String,
    number: usize,
}

impl<R: BufRead> Lines<R> {
    /// The lines of `reader`, which `name` names in errors.
    pub fn new(reader: R, name: impl Into<String>) -> Self {
        Self {
            reader,
            name: name.into(),
            number: 0,
        }
    }

    /// Up to `count` of the next lines; fewer only at the end.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when reading fails, [`ErrorKind::Malformed`] for a line
    /// that is too long or not UTF-8.
    pub fn take(&mut self, count: usize) -> Result<Vec<Line>> {
        let mut lines = Vec::new();
        while lines.len() < count
            && let Some(line) = self.next_line()?
        {
            if !line.text.trim().is_empty() {
                lines.push(line);
            }
        }
        Ok(lines)
    }

    fn next_line(&mut self) -> Result<Option<Line>> {
        let mut bytes = Vec::new();
        let mut limited = std::io::Read::take(&mut self.reader, MAX_LINE + 1);
        limited
            .read_until(b'\n', &mut bytes)
            .or_err(ErrorKind::Io, || format!("cannot read {}", self.name))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let place = || format!("{} line {}", self.name, self.number);
        if bytes.len() as u64 > MAX_LINE {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("{} has more than {MAX_LINE} bytes", place()),
            ));
        }
        let text = String::from_utf8(bytes)
            .or_err(ErrorKind::Malformed, || format!("{} is not UTF-8", place()))?;
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        Ok(Some(Line {
            number: self.number,
            text,
        }))
    }
}

/// A document to be sent through the pipelines.
#[derive(Clone, Debug)]
pub struct Document {
    /// `_id`, if it has one.
    pub id: Option<String>,
    /// `_index`, if it has one.
    pub index: Option<String>,
    /// Its fields.
    pub source: Map,
}

impl Document {
    /// Reads a line: the fields alone, or an object that holds them under
    /// `_source` beside `_id` and `_index`.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for anything but an object.
    pub fn parse(line: &Line, file: &str) -> Result<Self> {
        let object = object(line, file)?;
        let Some(Value::Map(source)) = object.get("_source") else {
            return Ok(Self {
                id: None,
                index: None,
                source: object,
            });
        };
        let text = |key: &str| Some(object.get(key)?.as_str()?.to_string());
        Ok(Self {
            id: text("_id"),
            index: text("_index"),
            source,
        })
    }
}

/// The object that a line holds.
///
/// # Errors
/// [`ErrorKind::Malformed`] for anything else.
pub(super) fn object(line: &Line, file: &str) -> Result<Map> {
    let place = || format!("{file} line {}", line.number);
    match json::parse(line.text.as_bytes()) {
        Ok(Value::Map(object)) => Ok(object),
        Ok(_) => Err(Error::new(
            ErrorKind::Malformed,
            format!("{} is not a JSON object", place()),
        )),
        Err(error) => {
            Err(error).or_err(ErrorKind::Malformed, || format!("{} is not JSON", place()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, Line, Lines};

    #[test]
    fn lines_are_numbered_and_empty_ones_passed_over() {
        let mut lines = Lines::new("\u{feff}{}\n\n{\"a\":1}\r\n{\"b\":2}".as_bytes(), "f");
        let first = lines.take(2).unwrap_or_default();
        assert_eq!(
            first.iter().map(|line| line.number).collect::<Vec<_>>(),
            [1, 3]
        );
        let rest = lines.take(5).unwrap_or_default();
        assert_eq!(rest.len(), 1);
        assert!(lines.take(5).is_ok_and(|rest| rest.is_empty()));
    }

    #[test]
    fn a_document_is_bare_or_wrapped() {
        let line = |text: &str| Line {
            number: 7,
            text: text.to_owned(),
        };
        for (text, id, fields) in [
            ("{\"a\":1,\"b\":2}", None, 2),
            (
                "{\"_id\":\"x\",\"case\":\"y\",\"_source\":{\"a\":1}}",
                Some("x"),
                1,
            ),
            // A field that happens to be called so.
            ("{\"_source\":1}", None, 1),
        ] {
            let document = Document::parse(&line(text), "f").ok();
            let document = document.map(|document| (document.id, document.source.borrow().len()));
            assert_eq!(document, Some((id.map(str::to_owned), fields)), "{text}");
        }
        for bad in ["[]", "{", "1"] {
            let error = Document::parse(&line(bad), "f").err();
            let message = error.map(|error| error.to_string()).unwrap_or_default();
            assert!(message.starts_with("f line 7 is not"), "{message}");
        }
    }
}
