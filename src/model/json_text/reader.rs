//! The reader behind [`super::parse`].

use std::collections::HashSet;

use super::{Kind, Member, Node, Position, SyntaxError};

/// How deep arrays and objects may nest.
const MAX_DEPTH: usize = 200;

/// Reads one JSON text. It never fails: a text that is not JSON gives a tree
/// whose last value is [`Kind::Broken`] (see [`Node::syntax_error`]).
#[must_use]
pub fn parse(text: &str) -> Node {
    let mut reader = Reader {
        text,
        offset: 0,
        line: 1,
        line_start: 0,
        after: Position { line: 1, column: 1 },
        depth: 0,
    };
    let node = reader.value();
    if node.syntax_error().is_some() {
        return node;
    }
    match reader.skip_blank().and_then(|()| match reader.peek() {
        None => Ok(()),
        Some(_) => Err(reader.unexpected("the end of the text")),
    }) {
        Ok(()) => node,
        Err(error) => broken(error),
    }
}

struct Reader<'a> {
    text: &'a str,
    offset: usize,
    line: u32,
    line_start: usize,
    after: Position,
    depth: usize,
}

type Read<T> = Result<T, SyntaxError>;

fn broken(error: SyntaxError) -> Node {
    Node {
        at: error.after,
        end: error.after,
        kind: Kind::Broken(error),
    }
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn position(&self) -> Position {
        let column = self
            .offset
            .saturating_sub(self.line_start)
            .saturating_add(1);
        Position {
            line: self.line,
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    fn error(&self, message: impl Into<String>) -> SyntaxError {
        SyntaxError {
            after: self.after,
            at: self.position(),
            is_end: self.peek().is_none(),
            message: message.into(),
        }
    }

    fn unexpected(&self, expected: &str) -> SyntaxError {
        match self.rest().chars().next() {
            Some(found) => self.error(format!(
                "unexpected character {found:?}, expected {expected}"
            )),
            None => self.error(format!("unexpected end, expected {expected}")),
        }
    }

    fn new_line(&mut self) {
        self.line = self.line.saturating_add(1);
        self.line_start = self.offset;
    }

    fn skip_blank(&mut self) -> Read<()> {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' => self.offset += 1,
                b'\n' | b'\r' => {
                    let both = byte == b'\r' && self.rest().starts_with("\r\n");
                    self.offset += if both { 2 } else { 1 };
                    self.new_line();
                }
                b'/' => self.skip_comment()?,
                _ => break,
            }
        }
        Ok(())
    }

    fn skip_comment(&mut self) -> Read<()> {
        if self.rest().starts_with("//") {
            let length = self.rest().find(['\n', '\r']).unwrap_or(self.rest().len());
            self.offset += length;
            return Ok(());
        }
        if !self.rest().starts_with("/*") {
            return Err(self.unexpected("a value"));
        }
        let Some(length) = self.rest().find("*/") else {
            return Err(self.error("a comment without an end"));
        };
        let end = self.offset + length + 2;
        while self.offset < end {
            let byte = self.peek();
            self.offset += 1;
            if byte == Some(b'\n') {
                self.new_line();
            }
        }
        Ok(())
    }

    fn value(&mut self) -> Node {
        if let Err(error) = self.skip_blank() {
            return broken(error);
        }
        let at = self.position();
        let read = match self.peek() {
            Some(b'{') => return self.object(at),
            Some(b'[') => return self.array(at),
            Some(b'"') => self.string().map(Kind::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Kind::Number),
            Some(b't') => self.word("true", Kind::Bool(true)),
            Some(b'f') => self.word("false", Kind::Bool(false)),
            Some(b'n') => self.word("null", Kind::Null),
            _ => Err(self.unexpected("a value")),
        };
        match read {
            Ok(kind) => {
                self.after = at;
                Node { at, end: at, kind }
            }
            Err(error) => broken(error),
        }
    }

    fn word(&mut self, word: &str, kind: Kind) -> Read<Kind> {
        if !self.rest().starts_with(word) {
            return Err(self.unexpected("a value"));
        }
        self.offset += word.len();
        Ok(kind)
    }

    fn enter(&mut self, at: Position) -> Read<()> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error(format!("nested more than {MAX_DEPTH} deep")));
        }
        self.depth += 1;
        self.offset += 1;
        self.after = at;
        Ok(())
    }

    fn leave(&mut self) -> Position {
        let end = self.position();
        self.offset += 1;
        self.depth = self.depth.saturating_sub(1);
        self.after = end;
        end
    }

    fn array(&mut self, at: Position) -> Node {
        if let Err(error) = self.enter(at) {
            return broken(error);
        }
        let mut elements = Vec::new();
        let end = loop {
            match self.next_element(elements.is_empty(), b']') {
                Ok(Some(end)) => break end,
                Ok(None) => elements.push(self.value()),
                Err(error) => elements.push(broken(error)),
            }
            if elements
                .last()
                .is_some_and(|node| node.syntax_error().is_some())
            {
                break at;
            }
        };
        Node {
            at,
            end,
            kind: Kind::Array(elements),
        }
    }

    fn object(&mut self, at: Position) -> Node {
        if let Err(error) = self.enter(at) {
            return broken(error);
        }
        let mut members: Vec<Member> = Vec::new();
        let mut seen = HashSet::new();
        let end = loop {
            match self.next_element(members.is_empty(), b'}') {
                Ok(Some(end)) => break end,
                Ok(None) => {
                    let member = self.member(&mut seen);
                    members.push(member);
                }
                Err(error) => members.push(nameless(error)),
            }
            if members
                .last()
                .is_some_and(|member| member.value.syntax_error().is_some())
            {
                break at;
            }
        };
        Node {
            at,
            end,
            kind: Kind::Object(members),
        }
    }

    /// Where the closing bracket stands, or `None` when a further element follows.
    fn next_element(&mut self, is_first: bool, close: u8) -> Read<Option<Position>> {
        self.skip_blank()?;
        if self.peek() == Some(close) {
            return Ok(Some(self.leave()));
        }
        if is_first {
            return Ok(None);
        }
        if self.peek() != Some(b',') {
            return Err(self.unexpected("a comma or the closing bracket"));
        }
        self.offset += 1;
        self.skip_blank()?;
        Ok(None)
    }

    fn member(&mut self, seen: &mut HashSet<String>) -> Member {
        let at = self.position();
        let name = match self.member_name(at, seen) {
            Ok(name) => name,
            Err(error) => return nameless(error),
        };
        self.after = at;
        let value = match self.colon() {
            Ok(()) => self.value(),
            Err(error) => broken(error),
        };
        Member { name, at, value }
    }

    fn member_name(&mut self, at: Position, seen: &mut HashSet<String>) -> Read<String> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a name in quotes"));
        }
        let name = self.string()?;
        if !seen.insert(name.clone()) {
            return Err(SyntaxError {
                at,
                ..self.error(format!("Duplicate field '{name}'"))
            });
        }
        Ok(name)
    }

    fn colon(&mut self) -> Read<()> {
        self.skip_blank()?;
        if self.peek() != Some(b':') {
            return Err(self.unexpected("a colon"));
        }
        self.offset += 1;
        Ok(())
    }

    fn number(&mut self) -> Read<String> {
        let start = self.offset;
        if self.peek() == Some(b'-') {
            self.offset += 1;
        }
        let has_leading_zero = self.peek() == Some(b'0');
        if self.digits()? > 1 && has_leading_zero {
            self.offset = start + usize::from(self.text.as_bytes().get(start) == Some(&b'-')) + 1;
            return Err(self.error("a number with a leading zero"));
        }
        if self.peek() == Some(b'.') {
            self.offset += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.offset += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.offset += 1;
            }
            self.digits()?;
        }
        Ok(self
            .text
            .get(start..self.offset)
            .unwrap_or_default()
            .to_owned())
    }

    fn digits(&mut self) -> Read<usize> {
        let start = self.offset;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.offset += 1;
        }
        match self.offset - start {
            0 => Err(self.unexpected("a digit")),
            length => Ok(length),
        }
    }

    fn string(&mut self) -> Read<String> {
        self.offset += 1;
        let mut text = String::new();
        loop {
            let plain = self
                .rest()
                .find(|c: char| c == '"' || c == '\\' || c < ' ')
                .unwrap_or(self.rest().len());
            text.push_str(self.rest().get(..plain).unwrap_or_default());
            self.offset += plain;
            match self.peek() {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return Err(self.error("a control character within a string")),
                None => return Err(self.error("a string without its closing quote")),
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let mut following = self.rest().chars().skip(1);
        let plain = match following.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some(quoted @ ('"' | '\\' | '/')) => quoted,
            Some('u') => return self.unicode_escape(),
            _ => return Err(self.error("an unknown escape within a string")),
        };
        self.offset += 2;
        Ok(plain)
    }

    fn unicode_escape(&mut self) -> Read<char> {
        let unit = |text: &str| {
            let digits = text.strip_prefix("\\u")?.get(..4)?;
            if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            u16::from_str_radix(digits, 16).ok()
        };
        let rest = self.rest();
        let units: Vec<u16> = [unit(rest), rest.get(6..).and_then(unit)]
            .into_iter()
            .map_while(|unit| unit)
            .collect();
        match char::decode_utf16(units).next() {
            Some(Ok(found)) => {
                self.offset += 6 * found.len_utf16();
                Ok(found)
            }
            _ => Err(self.error("half a surrogate pair or a bad unicode escape within a string")),
        }
    }
}

fn nameless(error: SyntaxError) -> Member {
    Member {
        name: String::new(),
        at: error.after,
        value: broken(error),
    }
}
