//! JSON that remembers where each token stood, so that refusals can name line
//! and column as Elasticsearch does.
//!
//! The grammar is RFC 8259 with the two liberties of Elasticsearch's reader
//! (comments are skipped, duplicate keys are refused). Columns count bytes from 1.

use serde_json::{Map, Number, Value};

mod reader;

pub use reader::parse;

/// A place in a text; both count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The byte within the line.
    pub column: u32,
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A value and where it stood.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where the first byte of the value stood.
    pub at: Position,
    /// Where the last token of the value began: the closing bracket of an array
    /// or object, else the same as `at`.
    pub end: Position,
    /// The value.
    pub kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object, members in the order of the text.
    Object(Vec<Member>),
    /// The text is not JSON from here on. Only the last element of an array, or
    /// the value of the last member (then possibly nameless), can be this.
    Broken(SyntaxError),
}

/// One `name: value` of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The name, unescaped.
    pub name: String,
    /// Where the opening quote of the name stood.
    pub at: Position,
    /// The value.
    pub value: Node,
}

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where the last good token stood.
    pub after: Position,
    /// Where the text goes wrong.
    pub at: Position,
    /// Whether the text ended too early.
    pub is_end: bool,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} at line {}, column {}",
            self.message, self.at.line, self.at.column
        )
    }
}

impl std::error::Error for SyntaxError {}

impl Node {
    /// The members, if this is an object.
    #[must_use]
    pub fn members(&self) -> Option<&[Member]> {
        match &self.kind {
            Kind::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The value of a member, if this is an object that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.members()?
            .iter()
            .find(|member| member.name == name)
            .map(|member| &member.value)
    }

    /// The elements, if this is an array.
    #[must_use]
    pub fn elements(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The text, if this is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value at a JSON pointer (RFC 6901), if it is there.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<&Node> {
        let mut node = self;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            node = match &node.kind {
                Kind::Object(_) => node.get(&step)?,
                Kind::Array(elements) => elements.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(node)
    }

    /// The first place where the text stops being JSON, if there is one.
    #[must_use]
    pub fn syntax_error(&self) -> Option<&SyntaxError> {
        match &self.kind {
            Kind::Broken(error) => Some(error),
            Kind::Array(elements) => elements.last()?.syntax_error(),
            Kind::Object(members) => members.last()?.value.syntax_error(),
            _ => None,
        }
    }

    /// The same value without positions. What is broken becomes `null`; a number
    /// beyond the range of a double becomes the text that it was.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Null | Kind::Broken(_) => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(text) => number(text),
            Kind::String(text) => Value::String(text.clone()),
            Kind::Array(elements) => elements.iter().map(Self::to_value).collect(),
            Kind::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|member| (member.name.clone(), member.value.to_value()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }
}

fn number(text: &str) -> Value {
    text.parse::<Number>()
        .map_or_else(|_| Value::String(text.to_owned()), Value::Number)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::{Position, parse};

    #[test]
    fn tokens_keep_their_places() {
        let root = parse("{\"a\": [1,\n  {\"bé\": null}, true]}");
        let at = |pointer: &str| root.pointer(pointer).unwrap().at;
        assert_eq!(at("/a"), Position { line: 1, column: 7 });
        assert_eq!(
            at("/a/1/bé"),
            Position {
                line: 2,
                column: 11
            }
        );
        assert_eq!(
            at("/a/2"),
            Position {
                line: 2,
                column: 18
            }
        );
        assert_eq!(
            root.pointer("/a").unwrap().end,
            Position {
                line: 2,
                column: 22
            }
        );
        assert_eq!(
            root.end,
            Position {
                line: 2,
                column: 23
            }
        );
        assert_eq!(root.to_value(), json!({"a": [1, {"bé": null}, true]}));
    }

    #[test]
    fn values_equal_those_of_serde_json() {
        for text in [
            "0",
            "-0",
            "1e3",
            "-1.5E-2",
            "\"\\u00e9\\ud83d\\ude00\\n\\/\"",
            "[]",
            "{}",
            "[[[]]]",
            "\"\u{7f}\"",
            "[1, 2.50, 18446744073709551615, 1e400]",
            "  {\"a\" : \"b\"}  ",
        ] {
            let parsed = parse(text);
            assert_eq!(parsed.syntax_error(), None, "{text}");
            if let Ok(expected) = serde_json::from_str::<serde_json::Value>(text) {
                assert_eq!(parsed.to_value(), expected, "{text}");
            }
        }
    }

    #[test]
    fn what_is_not_json_is_broken_at_its_place() {
        for (text, column) in [
            ("", 1),
            ("{\"items\":[", 11),
            ("{\"a\" 1}", 6),
            ("[1,]", 4),
            ("nul", 1),
            ("[01]", 3),
            ("\"a\nb\"", 3),
            ("{} x", 4),
            ("{\"a\":1,\"a\":2}", 8),
            ("\"\\ud800\"", 2),
            ("[1 2]", 4),
            ("-", 2),
        ] {
            let root = parse(text);
            let error = root
                .syntax_error()
                .unwrap_or_else(|| panic!("{text} was taken"));
            assert_eq!(error.at.column, column, "{text}: {error}");
        }
        let deep = "[".repeat(100_000);
        assert!(
            parse(&deep)
                .syntax_error()
                .unwrap()
                .message
                .contains("deep")
        );
    }
}
