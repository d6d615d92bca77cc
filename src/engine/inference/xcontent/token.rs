//! A pull tokenizer over JSON bytes that knows where each token begins.

use std::borrow::Cow;
use std::fmt;

use crate::engine::failure::Failure;

/// How deeply objects and arrays may nest.
const MAX_DEPTH: usize = 512;

/// Line and column of a token, both from 1; columns count bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The kinds of tokens, under the names that the server uses in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    StartObject,
    EndObject,
    StartArray,
    EndArray,
    FieldName,
    String,
    Number,
    Boolean(bool),
    Null,
}

impl Token {
    /// Whether it is a string, a number or a boolean.
    pub(crate) const fn is_value(self) -> bool {
        matches!(self, Self::String | Self::Number | Self::Boolean(_))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StartObject => "START_OBJECT",
            Self::EndObject => "END_OBJECT",
            Self::StartArray => "START_ARRAY",
            Self::EndArray => "END_ARRAY",
            Self::FieldName => "FIELD_NAME",
            Self::String => "VALUE_STRING",
            Self::Number => "VALUE_NUMBER",
            Self::Boolean(_) => "VALUE_BOOLEAN",
            Self::Null => "VALUE_NULL",
        })
    }
}

/// What is open around the current token.
#[derive(Clone, Debug)]
enum Level {
    /// An object: the name of its current field
    Object(String),
    Array,
}

/// The tokens of one JSON document.
pub(crate) struct Tokens<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    line: usize,
    line_start: usize,
    levels: Vec<Level>,
    current: Option<Token>,
    start: usize,
    place: Place,
    pub(super) text: Cow<'a, str>,
}

impl<'a> Tokens<'a> {
    /// A tokenizer that stands before the first token.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            line: 1,
            line_start: 0,
            levels: Vec::new(),
            current: None,
            start: 0,
            place: Place { line: 1, column: 1 },
            text: Cow::Borrowed(""),
        }
    }

    /// The token at which the parser stands.
    pub(crate) const fn current(&self) -> Option<Token> {
        self.current
    }

    /// Where the current token begins.
    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    /// The text of the current string, number or field name.
    pub(crate) fn raw_text(&self) -> &str {
        &self.text
    }

    /// The text of the current string, number or field name, taken out.
    pub(crate) fn take_text(&mut self) -> String {
        std::mem::take(&mut self.text).into_owned()
    }

    /// The name of the field to which the current token belongs, as the server
    /// sees it: at the end of an object that is the field that holds the object.
    pub(crate) fn current_name(&self) -> &str {
        self.levels
            .iter()
            .rev()
            .find_map(|level| match level {
                Level::Object(name) => Some(name.as_str()),
                Level::Array => None,
            })
            .unwrap_or_default()
    }

    /// A refusal at the current token.
    pub(crate) fn refuse(&self, reason: impl fmt::Display) -> Failure {
        refusal(self.place, reason)
    }

    /// Moves to the next token; `None` after the last one.
    ///
    /// # Errors
    /// `json_parse_exception` or `json_e_o_f_exception` when the bytes are not JSON.
    pub(crate) fn next(&mut self) -> Result<Option<Token>, Failure> {
        self.text = Cow::Borrowed("");
        self.skip_space();
        if self.levels.is_empty() && self.current.is_some() {
            self.mark();
            self.current = None;
            return match self.peek() {
                None => Ok(None),
                Some(byte) => Err(self.unexpected(byte, "expected nothing after the document")),
            };
        }
        self.separator()?;
        self.mark();
        let token = self.token()?;
        self.current = Some(token);
        Ok(Some(token))
    }

    /// Moves to the next token, which must be there.
    pub(crate) fn advance(&mut self) -> Result<Token, Failure> {
        self.next()?.ok_or_else(|| self.end_of_input())
    }

    /// Skips as [`Tokens::skip_children`] does and gives the text of the value.
    ///
    /// # Errors
    /// As [`Tokens::next`].
    pub(crate) fn take_raw(&mut self) -> Result<&'a [u8], Failure> {
        let start = self.start;
        self.skip_children()?;
        Ok(self.bytes.get(start..self.at).unwrap_or_default())
    }

    /// Skips the object or array that begins at the current token; stands at its
    /// end afterwards. Does nothing at any other token.
    pub(crate) fn skip_children(&mut self) -> Result<(), Failure> {
        if !matches!(self.current, Some(Token::StartObject | Token::StartArray)) {
            return Ok(());
        }
        let outside = self.levels.len().saturating_sub(1);
        while self.levels.len() > outside {
            self.advance()?;
        }
        Ok(())
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn mark(&mut self) {
        self.start = self.at;
        self.place = Place {
            line: self.line,
            column: self.at - self.line_start + 1,
        };
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\n' => {
                    self.at += 1;
                    self.line += 1;
                    self.line_start = self.at;
                }
                _ => return,
            }
        }
    }

    /// Steps over the comma or colon that stands before the next token.
    fn separator(&mut self) -> Result<(), Failure> {
        let wanted = match (self.levels.last(), self.current) {
            (Some(Level::Object(_)), Some(Token::FieldName)) => b':',
            (None, _) | (Some(_), Some(Token::StartObject | Token::StartArray)) => return Ok(()),
            (Some(level), _) => {
                let closing = match level {
                    Level::Object(_) => b'}',
                    Level::Array => b']',
                };
                if self.peek() == Some(closing) {
                    return Ok(());
                }
                b','
            }
        };
        match self.peek() {
            Some(byte) if byte == wanted => {
                self.at += 1;
                self.skip_space();
                match self.peek() {
                    Some(byte @ (b'}' | b']')) => Err(self.unexpected(byte, "expected a value")),
                    _ => Ok(()),
                }
            }
            Some(byte) => {
                Err(self.unexpected(byte, &format!("was expecting '{}'", char::from(wanted))))
            }
            None => Err(self.end_of_input()),
        }
    }

    fn token(&mut self) -> Result<Token, Failure> {
        let Some(byte) = self.peek() else {
            return Err(self.end_of_input());
        };
        let names = matches!(self.levels.last(), Some(Level::Object(_)))
            && self.current != Some(Token::FieldName);
        match byte {
            b'"' if names => {
                let name = self.string()?;
                if let Some(Level::Object(known)) = self.levels.last_mut() {
                    known.clear();
                    known.push_str(&name);
                }
                self.text = name;
                Ok(Token::FieldName)
            }
            b'}' if matches!(self.levels.last(), Some(Level::Object(_))) => {
                Ok(self.close(Token::EndObject))
            }
            b']' if matches!(self.levels.last(), Some(Level::Array)) => {
                Ok(self.close(Token::EndArray))
            }
            _ if names => {
                Err(self.unexpected(byte, "was expecting double-quote to start field name"))
            }
            b'"' => {
                self.text = self.string()?;
                Ok(Token::String)
            }
            b'{' => self.open(Level::Object(String::new()), Token::StartObject),
            b'[' => self.open(Level::Array, Token::StartArray),
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.word(byte),
        }
    }

    fn open(&mut self, level: Level, token: Token) -> Result<Token, Failure> {
        if self.levels.len() >= MAX_DEPTH {
            return Err(self.syntax(&format!(
                "the document nests more than {MAX_DEPTH} levels deep"
            )));
        }
        self.levels.push(level);
        self.at += 1;
        Ok(token)
    }

    fn close(&mut self, token: Token) -> Token {
        self.levels.pop();
        self.at += 1;
        token
    }

    fn word(&mut self, byte: u8) -> Result<Token, Failure> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        for (word, token) in [
            (&b"true"[..], Token::Boolean(true)),
            (b"false", Token::Boolean(false)),
            (b"null", Token::Null),
        ] {
            if rest.starts_with(word)
                && !rest.get(word.len()).is_some_and(u8::is_ascii_alphanumeric)
            {
                self.at += word.len();
                return Ok(token);
            }
        }
        Err(self.unexpected(
            byte,
            "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        ))
    }

    pub(super) fn control_character(&self, byte: u8) -> Failure {
        self.syntax(&format!(
            "Illegal unquoted character ((CTRL-CHAR, code {byte})): has to be escaped using backslash to be included in string value"
        ))
    }

    pub(super) fn unexpected(&self, byte: u8, what: &str) -> Failure {
        let character = char::from(byte);
        self.syntax(&format!(
            "Unexpected character ('{character}' (code {byte})): {what}"
        ))
    }

    pub(super) fn syntax(&self, reason: &str) -> Failure {
        self.malformed("json_parse_exception", reason)
    }

    pub(super) fn end_of_input(&self) -> Failure {
        self.malformed("json_e_o_f_exception", "Unexpected end-of-input")
    }

    fn malformed(&self, kind: &'static str, reason: &str) -> Failure {
        let column = self.at.saturating_sub(self.line_start) + 1;
        Failure::new(
            400,
            kind,
            format!("{reason}\n at [line: {}, column: {column}]", self.line),
        )
    }
}

/// `x_content_parse_exception` with the place in front of the reason.
pub(crate) fn refusal(place: Place, reason: impl fmt::Display) -> Failure {
    Failure::new(
        400,
        "x_content_parse_exception",
        format!("[{place}] {reason}"),
    )
}
