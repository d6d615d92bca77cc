//! From text to tokens.

use super::error::{Cause, Fault};
use super::token::{KEYWORDS, Kind, PRIMITIVES, SYMBOLS, Token};

/// Cuts a script into tokens; the last is [`Kind::End`].
///
/// A slash begins a regular expression where no value can stand before it, as
/// in Elasticsearch (so `i++ / 2` does not compile).
pub(super) fn tokens(source: &[char]) -> Result<Vec<Token>, Fault> {
    let mut lexer = Lexer {
        source,
        at: 0,
        tokens: Vec::new(),
    };
    while lexer.next()? {}
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    source: &'a [char],
    at: usize,
    tokens: Vec<Token>,
}

fn is_name_start(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic()
}

fn is_name_part(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.source.get(self.at + ahead).copied()
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(index, c)| self.peek(index) == Some(c))
    }

    fn push(&mut self, kind: Kind, end: usize) {
        let text = self.source.get(self.at..end).unwrap_or_default();
        self.tokens.push(Token {
            kind,
            start: self.at,
            text: text.iter().collect(),
        });
        self.at = end;
    }

    fn run(&self, from: usize, accept: impl Fn(char) -> bool) -> usize {
        let rest = self.source.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|&&c| accept(c)).count()
    }

    fn unexpected(&self, end: usize) -> Fault {
        let text: String = self
            .source
            .get(self.at..end.min(self.source.len()))
            .unwrap_or_default()
            .iter()
            .collect();
        let mut reason = format!("unexpected character [{text}].");
        let first = self.peek(0).unwrap_or_default();
        let escape = end.checked_sub(2).and_then(|at| self.source.get(at));
        if matches!(first, '\'' | '"') && end > self.at + 2 && escape == Some(&'\\') {
            reason.push_str(" The only valid escape sequences in strings starting with [");
            reason.push(first);
            reason.push_str("] are [\\\\] and [\\");
            reason.push(first);
            reason.push_str("].");
        }
        let cause = Cause::illegal_argument(reason)
            .because(Cause::new("lexer_no_viable_alt_exception", None));
        Fault::at(self.at, cause)
    }

    /// Reads one token; `false` at the end.
    fn next(&mut self) -> Result<bool, Fault> {
        let after_dot = self
            .tokens
            .last()
            .is_some_and(|token| token.is(".") || token.is("?."));
        if after_dot {
            return self.after_dot();
        }
        self.skip_blanks();
        let Some(c) = self.peek(0) else {
            self.push(Kind::End, self.at);
            return Ok(false);
        };
        if is_name_start(c) {
            self.word();
        } else if c.is_ascii_digit() {
            self.number();
        } else if c == '\'' || c == '"' {
            self.text(c)?;
        } else if c == '/' && self.slash_is_regex() {
            self.regex()?;
        } else {
            let symbol = SYMBOLS.iter().find(|symbol| self.starts_with(symbol));
            let symbol = symbol.ok_or_else(|| self.unexpected(self.at + 1))?;
            self.push(Kind::Symbol, self.at + symbol.len());
        }
        Ok(true)
    }

    /// Skips blanks and comments. A line comment has to end with its line: at the
    /// very end of a script it is no comment.
    fn skip_blanks(&mut self) {
        loop {
            self.at = self.run(self.at, |c| matches!(c, ' ' | '\t' | '\n' | '\r'));
            let end = if self.starts_with("//") {
                let end = self.run(self.at, |c| c != '\n' && c != '\r');
                (end < self.source.len()).then_some(end + 1)
            } else if self.starts_with("/*") {
                (self.at + 2..self.source.len())
                    .find(|&at| self.source.get(at..at + 2) == Some(&['*', '/']))
                    .map(|at| at + 2)
            } else {
                None
            };
            match end {
                Some(end) => self.at = end,
                None => return,
            }
        }
    }

    fn word(&mut self) {
        let end = self.run(self.at, is_name_part);
        self.push(Kind::Name, end);
        if let Some(token) = self.tokens.last_mut() {
            if PRIMITIVES.contains(&token.text.as_str()) {
                token.kind = Kind::Primitive;
            } else if KEYWORDS.contains(&token.text.as_str()) {
                token.kind = Kind::Keyword;
            }
        }
    }

    fn after_dot(&mut self) -> Result<bool, Fault> {
        match self.peek(0) {
            Some(c) if is_name_start(c) => {
                self.push(Kind::DotName, self.run(self.at, is_name_part));
            }
            Some('0') => self.push(Kind::DotInteger, self.at + 1),
            Some(c) if c.is_ascii_digit() => {
                self.push(Kind::DotInteger, self.run(self.at, |c| c.is_ascii_digit()));
            }
            Some(_) => return Err(self.unexpected(self.at + 1)),
            None => {
                self.push(Kind::End, self.at);
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn number(&mut self) {
        let digit = |c: char| c.is_ascii_digit();
        let long = |end: usize| match self.source.get(end) {
            Some('l' | 'L') => end + 1,
            _ => end,
        };
        if self.peek(0) == Some('0') {
            if let Some('x' | 'X') = self.peek(1) {
                let end = self.run(self.at + 2, |c| c.is_ascii_hexdigit());
                if end > self.at + 2 {
                    return self.push(Kind::Hex, long(end));
                }
            }
            let end = self.run(self.at + 1, |c| ('0'..='7').contains(&c));
            if end > self.at + 1 {
                return self.push(Kind::Octal, long(end));
            }
        }
        let whole = match self.peek(0) {
            Some('0') => self.at + 1,
            _ => self.run(self.at, digit),
        };
        let mut end = whole;
        if self.source.get(end) == Some(&'.') {
            let fraction = self.run(end + 1, digit);
            if fraction > end + 1 {
                end = fraction;
            }
        }
        if let Some('e' | 'E') = self.source.get(end) {
            let sign = usize::from(matches!(self.source.get(end + 1), Some('+' | '-')));
            let exponent = self.run(end + 1 + sign, digit);
            if exponent > end + 1 + sign {
                end = exponent;
            }
        }
        let suffix = self.source.get(end);
        if end == whole {
            let suffixed = matches!(suffix, Some('l' | 'L' | 'f' | 'F' | 'd' | 'D'));
            self.push(Kind::Integer, end + usize::from(suffixed));
        } else {
            let suffixed = matches!(suffix, Some('f' | 'F' | 'd' | 'D'));
            self.push(Kind::Decimal, end + usize::from(suffixed));
        }
    }

    fn text(&mut self, quote: char) -> Result<(), Fault> {
        if self.starts_with("//") {
            // a comment that does not end with its line
            return Err(self.unexpected(self.source.len()));
        }
        let mut end = self.at + 1;
        loop {
            match self.source.get(end) {
                Some('\\') => match self.source.get(end + 1) {
                    Some(&c) if c == '\\' || c == quote => end += 2,
                    _ => return Err(self.unexpected(end + 2)),
                },
                Some(&c) if c == quote => break,
                Some(_) => end += 1,
                None => return Err(self.unexpected(end)),
            }
        }
        self.push(Kind::Text, end + 1);
        Ok(())
    }

    fn slash_is_regex(&self) -> bool {
        let Some(last) = self.tokens.last() else {
            return true;
        };
        let value = matches!(
            last.kind,
            Kind::Octal
                | Kind::Hex
                | Kind::Integer
                | Kind::Decimal
                | Kind::Name
                | Kind::DotName
                | Kind::DotInteger
        );
        !(value || last.is(")") || last.is("]"))
    }

    fn regex(&mut self) -> Result<(), Fault> {
        if self.starts_with("//") {
            // a comment that does not end with its line
            return Err(self.unexpected(self.source.len()));
        }
        let mut end = self.at + 1;
        loop {
            match self.source.get(end) {
                Some('\\') if !matches!(self.source.get(end + 1), Some('\n') | None) => end += 2,
                Some('/') if end > self.at + 1 => break,
                Some('\n' | '/') => return Err(self.unexpected(end + 1)),
                Some(_) => end += 1,
                None => return Err(self.unexpected(end)),
            }
        }
        let end = self.run(end + 1, |c| "cilmsUux".contains(c));
        self.push(Kind::Regex, end);
        Ok(())
    }
}
