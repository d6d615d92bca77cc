//! What a request sends, as pieces that follow one another: the definition of a
//! model goes out of the value that holds it, without a second copy.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use serde_json::{Map, Value};

use crate::error::{ErrorKind, OrErr, Result};

/// Texts from this length on are not copied.
const LARGE: usize = 1 << 20;

/// The pieces of a body.
#[derive(Debug)]
pub(super) struct Payload<'a> {
    pieces: Vec<Cow<'a, [u8]>>,
}

impl<'a> Payload<'a> {
    /// `bytes` as they are.
    pub(super) fn bytes(bytes: &'a [u8]) -> Self {
        Self {
            pieces: vec![Cow::Borrowed(bytes)],
        }
    }

    /// `body` as JSON; nothing for `Null`.
    ///
    /// # Errors
    /// [`ErrorKind::Bug`] when it has no JSON form.
    pub(super) fn json(body: &'a Value) -> Result<Self> {
        let pieces = match body {
            Value::Null => Vec::new(),
            Value::Object(map) => match large(map) {
                Some((key, text)) => split(map, key, text)?,
                None => vec![Cow::Owned(written(body)?)],
            },
            body => vec![Cow::Owned(written(body)?)],
        };
        Ok(Self { pieces })
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.len()).sum()
    }

    /// The body, where it is in one piece.
    pub(super) fn whole(&self) -> Option<&[u8]> {
        match self.pieces.as_slice() {
            [] => Some(&[]),
            [only] => Some(only),
            _ => None,
        }
    }

    /// Reads it from the beginning.
    pub(super) fn reader(&self) -> Box<dyn Read + '_> {
        let empty: Box<dyn Read + '_> = Box::new(std::io::empty());
        let pieces = self.pieces.iter();
        pieces.fold(empty, |before, piece| {
            Box::new(before.chain(Cursor::new(piece.as_ref())))
        })
    }
}

/// A text of `map` that is large and stands in JSON as it is.
fn large(map: &Map<String, Value>) -> Option<(&str, &str)> {
    let texts = map.iter();
    let mut texts = texts.filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)));
    texts.find(|(_, text)| {
        let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
        text.len() >= LARGE && text.bytes().all(plain)
    })
}

/// `map` as JSON around `text`, the value of `key`, which comes last.
fn split<'a>(map: &'a Map<String, Value>, key: &str, text: &'a str) -> Result<Vec<Cow<'a, [u8]>>> {
    let mut head = vec![b'{'];
    for (name, value) in map.iter().filter(|(name, _)| *name != key) {
        head.extend(written(name)?);
        head.push(b':');
        head.extend(written(value)?);
        head.push(b',');
    }
    head.extend(written(key)?);
    head.extend_from_slice(b":\"");
    Ok(vec![
        Cow::Owned(head),
        Cow::Borrowed(text.as_bytes()),
        Cow::Borrowed(b"\"}"),
    ])
}

fn written<T: serde::Serialize + ?Sized>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).or_err(ErrorKind::Bug, || "a body is not JSON")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::{LARGE, Payload};

    #[test]
    fn a_body_is_the_same_in_pieces() {
        let text = "A".repeat(LARGE);
        let quoted = format!("{text}\"");
        for (body, pieces) in [
            (json!({"a": 1, "b\"": [null, "x"]}), 1),
            (json!({"a": 1, "definition": text, "tags": ["t"]}), 3),
            (json!({"definition": text}), 3),
            (json!({"definition": quoted}), 1),
            (json!([1, 2]), 1),
        ] {
            let payload = Payload::json(&body).unwrap();
            assert_eq!(payload.pieces.len(), pieces);
            for _ in 0..2 {
                let mut bytes = Vec::new();
                payload.reader().read_to_end(&mut bytes).unwrap();
                assert_eq!(bytes.len(), payload.len());
                assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), body);
            }
        }
        let nothing = Payload::json(&Value::Null).unwrap();
        assert_eq!((nothing.len(), nothing.whole()), (0, Some(&[][..])));
    }
}
