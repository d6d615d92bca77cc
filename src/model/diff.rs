//! Differences between two bodies, readable on a terminal of 80 columns.

use std::fmt::Write as _;

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// The widest line of a diff, its sign and blank included.
const WIDTH: usize = 80;

/// Unchanged lines that are shown around a change.
const CONTEXT: usize = 2;

/// The most lines that one diff shows.
const MAX_LINES: usize = 400;

/// The lines that turn `before` into `after`: removed ones start with `- `,
/// added ones with `+ `, unchanged ones with two blanks, and `...` stands for
/// those left out. Texts with line breaks are shown line by line. Empty when the
/// two are equal.
#[must_use]
pub fn bodies(before: &Value, after: &Value) -> String {
    if before == after {
        return String::new();
    }
    // The order of keys says nothing.
    let sorted = |body: &Value| {
        let mut body = body.clone();
        body.sort_all_objects();
        lines(&body)
    };
    texts(&sorted(before), &sorted(after))
}

/// The same for two texts.
#[must_use]
pub fn texts(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut out = String::new();
    let mut shown = 0_usize;
    for (position, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if position > 0 {
            out.push_str("  ...\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            shown += 1;
            if shown > MAX_LINES {
                let _ = writeln!(out, "  ... more than {MAX_LINES} lines differ");
                return out;
            }
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            for piece in fold(change.value().trim_end_matches('\n')) {
                let _ = writeln!(out, "{sign} {piece}");
            }
        }
    }
    out
}

/// The pieces of `line` that fit beside the sign.
fn fold(line: &str) -> Vec<String> {
    let room = WIDTH - 2;
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut length = 0;
    for c in line.chars() {
        if length == room {
            pieces.push(std::mem::take(&mut piece));
            piece.push_str("  ");
            length = 2;
        }
        piece.push(c);
        length += 1;
    }
    pieces.push(piece);
    pieces
}

/// `value` as indented JSON, except that a text with line breaks stands between
/// lines of three quotes, as consoles for Elasticsearch write it.
#[must_use]
pub fn lines(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0);
    out.push('\n');
    out
}

fn write(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('{');
            for (position, (key, inner)) in map.iter().enumerate() {
                next(out, position, depth + 1);
                let _ = write!(out, "{}: ", Value::from(key.as_str()));
                write(out, inner, depth + 1);
            }
            next(out, 0, depth);
            out.push('}');
        }
        Value::Array(items) if items.iter().any(|item| !is_short(item)) || items.len() > 8 => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                next(out, position, depth + 1);
                write(out, item, depth + 1);
            }
            next(out, 0, depth);
            out.push(']');
        }
        Value::String(text) if text.contains('\n') => {
            out.push_str("\"\"\"");
            for line in text.split('\n') {
                out.push('\n');
                out.push_str(line.trim_end_matches('\r'));
            }
            out.push_str("\n\"\"\"");
        }
        _ => {
            let _ = write!(out, "{value}");
        }
    }
}

fn next(out: &mut String, position: usize, depth: usize) {
    if position > 0 {
        out.push(',');
    }
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}

fn is_short(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => text.len() <= 12 && !text.contains('\n'),
        Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{bodies, lines};

    #[test]
    fn shows_only_what_changed_and_a_little_around_it() {
        let before = json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": "x\ny\nz"});
        let after = json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": "x\nY\nz"});
        assert_eq!(
            bodies(&before, &after),
            "    \"f\": \"\"\"\n  x\n- y\n+ Y\n  z\n  \"\"\"\n"
        );
        assert_eq!(bodies(&before, &before), "");
    }

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        let long = "x".repeat(300);
        let diff = bodies(&json!({"k": long}), &json!({"k": "y"}));
        assert!(
            diff.lines().all(|line| line.chars().count() <= 80),
            "{diff}"
        );
        assert_eq!(diff.matches('x').count(), 300);
    }

    #[test]
    fn short_lists_stay_on_one_line() {
        assert_eq!(lines(&json!({"a": ["x", 1]})), "{\n  \"a\": [\"x\",1]\n}\n");
        assert_eq!(
            lines(&json!({"a": [{}]})),
            "{\n  \"a\": [\n    {}\n  ]\n}\n"
        );
    }
}
