//! Numbers and strings: the tokens that are longer than a character or a word.

use std::borrow::Cow;

use super::token::{Token, Tokens};
use crate::engine::failure::Failure;

impl<'a> Tokens<'a> {
    pub(super) fn number(&mut self) -> Result<Token, Failure> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek() == Some(b'0');
        let digits = self.digits()?;
        if leading_zero && digits > 1 {
            return Err(self.syntax("Invalid numeric value: Leading zeroes not allowed"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let bytes = self.bytes.get(start..self.at).unwrap_or_default();
        self.text = String::from_utf8_lossy(bytes);
        Ok(Token::Number)
    }

    fn digits(&mut self) -> Result<usize, Failure> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        match self.peek() {
            _ if self.at > start => Ok(self.at - start),
            Some(byte) => Err(self.unexpected(byte, "expected a digit in a number")),
            None => Err(self.end_of_input()),
        }
    }

    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, Failure> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let text = self.utf8(start)?;
                    self.at += 1;
                    return Ok(Cow::Borrowed(text));
                }
                Some(b'\\') => return self.escaped_string(start),
                Some(byte) if byte < 0x20 => return Err(self.control_character(byte)),
                Some(_) => self.at += 1,
                None => return Err(self.end_of_input()),
            }
        }
    }

    /// The rest of a string in which an escape was found at the current place.
    fn escaped_string(&mut self, start: usize) -> Result<Cow<'a, str>, Failure> {
        let mut text = self.utf8(start)?.to_owned();
        let mut plain = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    text.push_str(self.utf8(plain)?);
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => {
                    text.push_str(self.utf8(plain)?);
                    self.at += 1;
                    text.push(self.escape()?);
                    plain = self.at;
                }
                Some(byte) if byte < 0x20 => return Err(self.control_character(byte)),
                Some(_) => self.at += 1,
                None => return Err(self.end_of_input()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Failure> {
        let Some(byte) = self.peek() else {
            return Err(self.end_of_input());
        };
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => {
                self.at -= 1;
                return Err(self.unexpected(byte, "unrecognized character escape"));
            }
        })
    }

    /// `\uXXXX`, or a pair of them; a lone surrogate becomes the replacement
    /// character, as names and labels are kept as UTF-8.
    fn unicode_escape(&mut self) -> Result<char, Failure> {
        let high = self.hex4()?;
        if !(0xD800..0xDC00).contains(&high) {
            return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let after = self.at;
        if self.bytes.get(after..after + 2) == Some(b"\\u") {
            self.at += 2;
            let low = self.hex4()?;
            if (0xDC00..0xE000).contains(&low) {
                let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = after;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, Failure> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(byte) = self.peek() else {
                return Err(self.end_of_input());
            };
            let Some(digit) = char::from(byte).to_digit(16) else {
                return Err(
                    self.unexpected(byte, "expected a hex-digit for character escape sequence")
                );
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    fn utf8(&self, start: usize) -> Result<&'a str, Failure> {
        let bytes = self.bytes.get(start..self.at).unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|_| self.syntax("Invalid UTF-8 in a string"))
    }
}
