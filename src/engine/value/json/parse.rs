//! Reading JSON straight into values. Unlike `serde_json` it keeps lone
//! surrogates and whole numbers of any length, and refuses a key that comes
//! twice, as the server does.

use std::fmt;

use crate::engine::value::{JavaMap, JavaString, List, MAX_DEPTH, Map, Value};

use crate::engine::value::kept::{LONGEST_KEPT, kept, kept_hashed};

/// Why and where a text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong, a fragment.
    pub message: String,
    /// Byte offset in the text.
    pub offset: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 1.
    pub column: usize,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} at line {} column {}",
            self.message, self.line, self.column
        )
    }
}

impl std::error::Error for JsonError {}

/// Reads one JSON text (UTF-8) with nothing after it. Objects become `HashMap`s.
///
/// # Errors
/// When it is no JSON, repeats a key within an object, or nests deeper than
/// [`MAX_DEPTH`].
pub fn parse(text: &[u8]) -> Result<Value, JsonError> {
    read(text, JavaMap::new, false)
}

/// As [`parse`], but of a key that comes twice the last value counts.
///
/// # Errors
/// As [`parse`], but for such keys.
pub fn parse_last_wins(text: &[u8]) -> Result<Value, JsonError> {
    read(text, JavaMap::new, true)
}

/// As [`parse`], with objects as `LinkedHashMap`s, which keep the order of keys.
///
/// # Errors
/// As [`parse`].
pub fn parse_ordered(text: &[u8]) -> Result<Value, JsonError> {
    read(text, JavaMap::linked, false)
}

/// As [`parse`], but what follows the value is not looked at, as the `json`
/// processor has it.
///
/// # Errors
/// As [`parse`].
pub fn parse_prefix(text: &[u8]) -> Result<Value, JsonError> {
    let mut parser = Parser {
        text,
        utf8: std::str::from_utf8(text).ok(),
        at: 0,
        new_map: JavaMap::new,
        last_wins: false,
    };
    let result = parser.value(0);
    parser.place(result)
}

fn read(text: &[u8], new_map: fn() -> JavaMap, last_wins: bool) -> Result<Value, JsonError> {
    let mut parser = Parser {
        text,
        utf8: std::str::from_utf8(text).ok(),
        at: 0,
        new_map,
        last_wins,
    };
    let result = parser.document();
    parser.place(result)
}

struct Parser<'a> {
    text: &'a [u8],
    /// The same as UTF-8, where all of it is
    utf8: Option<&'a str>,
    at: usize,
    new_map: fn() -> JavaMap,
    /// A key may come twice
    last_wins: bool,
}

type Parsed<T> = Result<T, String>;

/// Bytes that end what stands for itself in a string.
static ENDS_PLAIN: [bool; 256] = {
    let mut ends = [false; 256];
    let mut control = 0;
    while control < 0x20 {
        ends[control] = true;
        control += 1;
    }
    ends[b'"' as usize] = true;
    ends[b'\\' as usize] = true;
    ends
};

impl<'a> Parser<'a> {
    /// Adds the place to what is wrong.
    fn place(&self, result: Parsed<Value>) -> Result<Value, JsonError> {
        result.map_err(|message| {
            let before = self.text.get(..self.at).unwrap_or(self.text);
            let newline = before.iter().rposition(|&byte| byte == b'\n');
            JsonError {
                message,
                offset: self.at,
                line: before.split(|&byte| byte == b'\n').count(),
                column: before.len() - newline.map_or(0, |at| at + 1) + 1,
            }
        })
    }

    fn document(&mut self) -> Parsed<Value> {
        let value = self.value(0)?;
        self.blanks();
        match self.peek() {
            None => Ok(value),
            Some(_) => Err("unexpected characters after the value".into()),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Parsed<()> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(match self.peek() {
            Some(_) => format!("expected '{}'", char::from(byte)),
            None => "unexpected end of input".into(),
        })
    }

    fn literal(&mut self, word: &'static [u8], value: Value) -> Parsed<Value> {
        if self
            .text
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word))
        {
            self.at += word.len();
            return Ok(value);
        }
        Err("unrecognized token".into())
    }

    fn value(&mut self, depth: usize) -> Parsed<Value> {
        self.blanks();
        match self.peek() {
            Some(b'{' | b'[') if depth >= MAX_DEPTH => {
                Err(format!("more than {MAX_DEPTH} levels of nesting"))
            }
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::Str),
            Some(b't') => self.literal(b"true", Value::Bool(true)),
            Some(b'f') => self.literal(b"false", Value::Bool(false)),
            Some(b'n') => self.literal(b"null", Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err("unexpected character".into()),
            None => Err("unexpected end of input".into()),
        }
    }

    fn object(&mut self, depth: usize) -> Parsed<Value> {
        self.at += 1;
        let mut map = (self.new_map)();
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Map(Map::new(map)));
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err("expected a key in double quotes".into());
            }
            let key = self.key()?;
            self.blanks();
            self.expect(b':')?;
            let value = self.value(depth + 1)?;
            if map.put(Value::Str(key.clone()), value).is_some() && !self.last_wins {
                return Err(format!("duplicate field '{key}'"));
            }
            self.blanks();
            if self.peek() == Some(b',') {
                self.at += 1;
            } else {
                self.expect(b'}')?;
                return Ok(Value::Map(Map::new(map)));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Parsed<Value> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(List::new(items)));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.blanks();
            if self.peek() == Some(b',') {
                self.at += 1;
            } else {
                self.expect(b']')?;
                return Ok(Value::List(List::new(items)));
            }
        }
    }

    fn digits(&mut self) -> Parsed<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            return Err("expected a digit".into());
        }
        Ok(())
    }

    fn number(&mut self) -> Parsed<Value> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let first = self.at;
        self.digits()?;
        if self.at > first + 1 && self.text.get(first) == Some(&b'0') {
            return Err("leading zeros are not allowed in numbers".into());
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            whole = false;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            whole = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = self.slice(start, self.at)?;
        if !whole {
            let number = text.parse().map_err(|_| "number out of range".to_owned())?;
            return Ok(Value::Double(number));
        }
        Ok(match text.parse::<i64>() {
            Ok(n) => i32::try_from(n).map_or(Value::Long(n), Value::Int),
            Err(_) => Value::BigInt(text.into()),
        })
    }

    fn slice(&self, start: usize, end: usize) -> Parsed<&'a str> {
        if let Some(slice) = self.utf8.and_then(|text| text.get(start..end)) {
            return Ok(slice);
        }
        let bytes = self.text.get(start..end).unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|_| "invalid UTF-8".into())
    }

    fn string(&mut self) -> Parsed<JavaString> {
        self.at += 1;
        let start = self.at;
        self.plain();
        match self.peek() {
            Some(b'"') => {
                let text = self.slice(start, self.at)?;
                self.at += 1;
                Ok(JavaString::from(text))
            }
            Some(b'\\') => self.escaped(start),
            Some(_) => Err("unescaped control character in a string".into()),
            None => Err("unexpected end of input in a string".into()),
        }
    }

    /// Passes over what stands for itself in a string.
    fn plain(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|&byte| ENDS_PLAIN[usize::from(byte)])
            .unwrap_or(rest.len());
        self.at += length;
    }

    /// A key: as a string, but the same object for the same text wherever it is
    /// short, as the server's parser has it.
    fn key(&mut self) -> Parsed<JavaString> {
        let start = self.at + 1;
        let rest = self.text.get(start..).unwrap_or_default();
        let (mut hash, mut bits) = (0_i32, 0);
        let mut end = None;
        for (length, &byte) in rest.iter().take(LONGEST_KEPT).enumerate() {
            if ENDS_PLAIN[usize::from(byte)] {
                end = (byte == b'"').then_some(length);
                break;
            }
            hash = hash.wrapping_mul(31).wrapping_add(i32::from(byte));
            bits |= byte;
        }
        let Some(length) = end else {
            return self.string();
        };
        self.at = start + length + 1;
        let text = self.slice(start, start + length)?;
        Ok(if bits.is_ascii() {
            kept_hashed(text, hash)
        } else {
            kept(text)
        })
    }

    /// The rest of a string from its first escape on.
    fn escaped(&mut self, start: usize) -> Parsed<JavaString> {
        let mut units: Vec<u16> = self.slice(start, self.at)?.encode_utf16().collect();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(JavaString::from_utf16(&units));
                }
                Some(b'\\') => {
                    self.at += 1;
                    units.push(self.escape()?);
                }
                Some(0..=0x1f) => return Err("unescaped control character in a string".into()),
                Some(_) => {
                    let from = self.at;
                    self.plain();
                    units.extend(self.slice(from, self.at)?.encode_utf16());
                }
                None => return Err("unexpected end of input in a string".into()),
            }
        }
    }

    fn escape(&mut self) -> Parsed<u16> {
        let escape = self.peek();
        self.at += 1;
        Ok(match escape {
            Some(plain @ (b'"' | b'\\' | b'/')) => plain.into(),
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => 10,
            Some(b'r') => 13,
            Some(b't') => 9,
            Some(b'u') => {
                let digits = self.slice(self.at, self.at + 4)?;
                if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    return Err("expected four hex digits after \\u".into());
                }
                self.at += 4;
                u16::from_str_radix(digits, 16).map_err(|error| error.to_string())?
            }
            _ => return Err("unrecognized character escape".into()),
        })
    }
}
