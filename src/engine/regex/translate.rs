//! From the syntax of `java.util.regex.Pattern` to that of `fancy-regex`.

use std::fmt::Write as _;

use super::class;
use super::error::PatternError;
use super::property::{self, HORIZONTAL, VERTICAL};

/// Groups and classes nest this deep at most.
pub(super) const MAX_DEPTH: usize = 100;

/// Flags that hold at a place of the pattern.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Flags {
    pub(super) insensitive: bool,
    pub(super) multiline: bool,
    pub(super) dotall: bool,
    pub(super) comments: bool,
    /// `\w` and its like in all of Unicode.
    pub(super) unicode: bool,
    pub(super) unix_lines: bool,
}

impl Flags {
    pub(super) fn set(&mut self, flag: char, on: bool) -> bool {
        match flag {
            'i' => self.insensitive = on,
            'm' => self.multiline = on,
            's' => self.dotall = on,
            'x' => self.comments = on,
            'U' => self.unicode = on,
            'd' => self.unix_lines = on,
            'u' => {}
            _ => return false,
        }
        true
    }
}

/// A pattern while it is read.
pub(super) struct Translator<'a> {
    pub(super) pattern: &'a str,
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
    pub(super) flags: Flags,
    pub(super) out: String,
    pub(super) depth: usize,
    /// The groups that have a name so far.
    pub(super) names: Vec<String>,
    /// There was something of no known greatest length.
    pub(super) unbounded: bool,
}

/// Translates a pattern that begins under these flags.
pub(super) fn translate(pattern: &str, flags: &str) -> Result<String, PatternError> {
    let mut translator = Translator {
        pattern,
        chars: pattern.chars().collect(),
        at: 0,
        flags: Flags::default(),
        out: String::with_capacity(pattern.len() + 16),
        depth: 0,
        names: Vec::new(),
        unbounded: false,
    };
    for flag in flags.chars() {
        translator.flags.set(flag, true);
    }
    if translator.flags.insensitive {
        translator.out.push_str("(?i)");
    }
    translator.alternatives()?;
    if translator.peek().is_some() {
        return Err(translator.error("Unmatched closing ')'", translator.at.checked_sub(1)));
    }
    Ok(translator.out)
}

impl Translator<'_> {
    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let length = text.chars().count();
        let here = self.chars.get(self.at..self.at + length);
        let found = here.is_some_and(|here| text.chars().eq(here.iter().copied()));
        if found {
            self.at += length;
        }
        found
    }

    pub(super) fn error(&self, description: &str, index: Option<usize>) -> PatternError {
        let units = |index: usize| {
            self.chars
                .iter()
                .take(index)
                .map(|char| char.len_utf16())
                .sum()
        };
        PatternError::at(description, self.pattern, index.map(units))
    }

    /// Appends a character that stands for itself.
    pub(super) fn literal(&mut self, char: char) {
        if char.is_ascii_alphanumeric() || char == '_' || !char.is_ascii() {
            self.out.push(char);
        } else {
            let _ = write!(self.out, "\\x{{{:X}}}", u32::from(char));
        }
    }

    /// Up to the end or a closing parenthesis.
    pub(super) fn alternatives(&mut self) -> Result<(), PatternError> {
        while let Some(char) = self.peek() {
            match char {
                ')' => break,
                '|' => {
                    self.at += 1;
                    self.out.push('|');
                }
                _ if self.flags.comments && char.is_ascii_whitespace() => self.at += 1,
                '#' if self.flags.comments => {
                    while self.peek().is_some_and(|char| char != '\n') {
                        self.at += 1;
                    }
                }
                _ => {
                    if self.atom(char)? {
                        self.quantifier()?;
                    }
                }
            }
        }
        Ok(())
    }

    /// One element; false when nothing can be repeated about it.
    fn atom(&mut self, char: char) -> Result<bool, PatternError> {
        match char {
            '(' => return self.group(),
            '[' => class::bracket(self)?,
            '\\' => return self.escape(),
            '.' => {
                self.at += 1;
                self.out.push_str(match self.flags {
                    Flags { dotall: true, .. } => "(?s:.)",
                    Flags {
                        unix_lines: true, ..
                    } => r"[^\n]",
                    _ => r"[^\n\r\x{85}\x{2028}\x{2029}]",
                });
            }
            '^' => {
                self.at += 1;
                self.out.push_str(if self.flags.multiline {
                    "(?m:^)"
                } else {
                    r"\A"
                });
            }
            '$' => {
                self.at += 1;
                self.out.push_str(match self.flags {
                    Flags {
                        multiline: true, ..
                    } => "(?m:$)",
                    Flags {
                        unix_lines: true, ..
                    } => r"(?=\n?\z)",
                    _ => r"(?=(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])?\z)",
                });
            }
            '*' | '+' | '?' => {
                let description = format!("Dangling meta character '{char}'");
                return Err(self.error(&description, Some(self.at)));
            }
            '{' => return Err(self.error("Illegal repetition", self.at.checked_sub(1))),
            other => {
                self.at += 1;
                self.literal(other);
            }
        }
        Ok(true)
    }

    /// A backslash and what it means outside of a class.
    fn escape(&mut self) -> Result<bool, PatternError> {
        let Some(next) = self.peek_at(1) else {
            return Err(self.error("Unescaped trailing backslash", Some(self.at + 1)));
        };
        let meaning = match next {
            'Q' => {
                self.at += 2;
                while self.peek().is_some() && !self.eat(r"\E") {
                    if let Some(char) = self.peek() {
                        self.literal(char);
                        self.at += 1;
                    }
                }
                return Ok(true);
            }
            'E' => {
                self.at += 2;
                return Ok(false);
            }
            'b' | 'B' | 'A' | 'z' | 'G' => format!("\\{next}"),
            'Z' => r"(?=(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])?\z)".to_owned(),
            'R' => format!(r"(?:\r\n|[{VERTICAL}])"),
            'h' => format!("[{HORIZONTAL}]"),
            'H' => format!("[^{HORIZONTAL}]"),
            'v' => format!("[{VERTICAL}]"),
            'V' => format!("[^{VERTICAL}]"),
            'X' => return Err(PatternError::unsupported(r"\X", self.pattern)),
            '1'..='9' => {
                self.unbounded = true;
                format!("(?:\\{next})")
            }
            'k' => {
                self.at += 2;
                let rest: String = self.chars[self.at..].iter().collect();
                let name = rest.strip_prefix('<').and_then(|it| it.split_once('>'));
                let Some((name, _)) = name else {
                    return Err(self.error(
                        r"\k is not followed by '<' for named capturing group",
                        Some(self.at),
                    ));
                };
                self.at += name.chars().count() + 2;
                if !self.names.iter().any(|known| known == name) {
                    let description = format!("named capturing group <{name}> does not exist");
                    return Err(self.error(&description, Some(self.at - 1)));
                }
                self.unbounded = true;
                let _ = write!(self.out, "\\k<{name}>");
                return Ok(true);
            }
            _ => {
                if let Some((contents, negated)) = class::shorthand(self)? {
                    let not = if negated { "^" } else { "" };
                    let _ = write!(self.out, "[{not}{contents}]");
                } else {
                    let char = class::escaped_char(self)?;
                    self.literal(char);
                }
                return Ok(true);
            }
        };
        self.at += 2;
        self.out.push_str(&meaning);
        Ok(true)
    }
}

/// The class of a property, in the place of `\p`.
pub(super) fn property(translator: &mut Translator<'_>) -> Result<String, PatternError> {
    translator.at += 2;
    let name: String = if translator.eat("{") {
        let rest = &translator.chars[translator.at..];
        let Some(end) = rest.iter().position(|char| *char == '}') else {
            return Err(translator.error(
                "Unclosed character family",
                translator.chars.len().checked_sub(1),
            ));
        };
        translator.at += end + 1;
        rest[..end].iter().collect()
    } else {
        let name = translator.peek().map(String::from).unwrap_or_default();
        translator.at += 1;
        name
    };
    property::class(&name).ok_or_else(|| {
        let description = format!("Unknown character property name {{{name}}}");
        translator.error(&description, translator.at.checked_sub(1))
    })
}
