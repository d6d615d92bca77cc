//! The grammar of patterns: runs of letters, quotes, optional sections.

use crate::engine::painless::interpret::{Run, illegal_argument};

/// The letter for an offset as mail has it: `GMT` or `+0200`. Java reserves it, so
/// that no other pattern has it.
pub(super) const OFFSET_OF_MAIL: char = '#';

/// The letters that Java gives a meaning.
const KNOWN: &str = "GuyDMLdQqYwWEecFaBhKkHmsSAnNVvzOXxZp";

/// Optional sections of a pattern within each other.
const SECTIONS: usize = 16;

/// The text behind an opening quote and how many characters it takes, its closing
/// quote among them (also where that is missing); two quotes stand for one.
pub(super) fn quoted(pattern: impl Iterator<Item = char>) -> (String, usize) {
    let mut pattern = pattern.peekable();
    let (mut text, mut length) = (String::new(), 0);
    while let Some(c) = pattern.next() {
        length += 1;
        if c != '\'' {
            text.push(c);
        } else if length > 1 && pattern.next_if_eq(&'\'').is_some() {
            text.push('\'');
            length += 1;
        } else {
            break;
        }
    }
    if length == 1 {
        text.push('\'');
    }
    (text, length.max(1))
}

/// How many characters of a pattern come before the bracket that ends the section.
pub(super) fn section(pattern: impl Iterator<Item = char>) -> usize {
    let (mut depth, mut quoted) = (0_usize, false);
    pattern
        .take_while(|c| {
            match c {
                '\'' => quoted = !quoted,
                '[' if !quoted => depth += 1,
                ']' if !quoted && depth == 0 => return false,
                ']' if !quoted => depth -= 1,
                _ => {}
            }
            true
        })
        .count()
}

/// Refuses a pattern with too many letters in a row or too many open sections.
pub(super) fn check(pattern: &str) -> Run<()> {
    let (mut depth, mut quoted, mut run, mut last) = (0_usize, false, 0, ' ');
    for c in pattern.chars() {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if c == '\'' {
            quoted = !quoted;
        }
        if quoted {
            continue;
        }
        match c {
            '[' => depth += 1,
            ']' if depth == 0 => {
                return illegal_argument("Pattern invalid as it contains ] without previous [");
            }
            ']' => depth -= 1,
            '{' | '}' | OFFSET_OF_MAIL => {
                return illegal_argument(format!("Pattern includes reserved character: '{c}'"));
            }
            _ => {}
        }
        if c.is_ascii_alphabetic() && !KNOWN.contains(c) {
            return illegal_argument(format!("Unknown pattern letter: {c}"));
        }
        let most = if c == 'S' { 9 } else { 19 };
        if c.is_ascii_alphabetic() && run > most {
            return illegal_argument(format!("Too many pattern letters: {c}"));
        }
        if depth > SECTIONS {
            return illegal_argument(format!(
                "not supported offline: more than {SECTIONS} optional sections within each other"
            ));
        }
    }
    Ok(())
}
