//! From the syntax of Oniguruma, as Grok uses it, to that of the engine's
//! regular expressions: group names of any characters, lines at `^` and `$`,
//! ASCII for `\w` and its like, `{` that stands for itself.

use std::fmt::Write as _;

/// A translated expression.
pub(super) struct Translated {
    pub(super) pattern: String,
    /// The name that each named group had, in order.
    pub(super) groups: Vec<String>,
}

/// The name of a group in the translated expression.
pub(super) fn group_name(index: usize) -> String {
    format!("g{index}")
}

/// Translates an expression.
///
/// # Errors
/// What Oniguruma says about one that is not well formed.
pub(super) fn translate(expression: &str) -> Result<Translated, String> {
    let mut out = String::with_capacity(expression.len() + 8);
    out.push_str("(?m)");
    let mut groups = Vec::new();
    let chars: Vec<char> = expression.chars().collect();
    let mut at = 0;
    let mut depth = 0_usize;
    while let Some(&char) = chars.get(at) {
        let rest = chars.get(at..).unwrap_or_default();
        match char {
            '\\' => {
                out.push_str(&escape(rest.get(1).copied(), false)?);
                at += 2;
            }
            '[' => at += class(rest, &mut out)?,
            '(' if is_named(rest) => {
                let name: String = rest
                    .iter()
                    .skip(3)
                    .take_while(|char| **char != '>')
                    .collect();
                let _ = write!(out, "(?<{}>", group_name(groups.len()));
                at += name.chars().count() + 4;
                groups.push(name);
                depth += 1;
            }
            '(' => {
                out.push('(');
                depth += 1;
                at += 1;
            }
            ')' => {
                depth = depth.checked_sub(1).ok_or("unmatched close parenthesis")?;
                out.push(')');
                at += 1;
            }
            '{' => {
                let length = quantifier(rest);
                if length == 0 {
                    out.push_str("\\{");
                    at += 1;
                } else {
                    out.extend(rest.iter().take(length));
                    at += length;
                }
            }
            '}' => {
                out.push_str("\\}");
                at += 1;
            }
            // A quantifier on a quantifier (`.?*`).
            '*' if out.ends_with(['?', '*', '+']) && at >= 2 && chars.get(at - 1) != Some(&')') => {
                at += 1;
            }
            other => {
                out.push(other);
                at += 1;
            }
        }
    }
    if depth > 0 {
        return Err("end pattern with unmatched parenthesis".into());
    }
    Ok(Translated {
        pattern: out,
        groups,
    })
}

fn is_named(rest: &[char]) -> bool {
    matches!(rest, ['(', '?', '<', next, ..] if !matches!(next, '=' | '!'))
}

/// How long the `{n,m}` at the start of `rest` is; 0 when it is none.
fn quantifier(rest: &[char]) -> usize {
    let Some(end) = rest.iter().position(|char| *char == '}') else {
        return 0;
    };
    let inside: String = rest.iter().take(end).skip(1).collect();
    let (min, max) = inside.split_once(',').unwrap_or((&inside, &inside));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let valid = digits(min) && digits(max) && !min.is_empty();
    if valid { end + 1 } else { 0 }
}

/// What an escape means, within a class or outside.
fn escape(letter: Option<char>, in_class: bool) -> Result<String, String> {
    let Some(letter) = letter else {
        return Err("end pattern at escape".into());
    };
    let contents = match letter.to_ascii_lowercase() {
        'd' => "0-9",
        'w' => "a-zA-Z0-9_",
        's' => r" \t\n\x0B\f\r",
        'h' => "0-9a-fA-F",
        _ => "",
    };
    Ok(match (contents, letter) {
        ("", 'Z') => r"(?=\n?\z)".to_owned(),
        (
            "",
            '/' | '"' | '\'' | '<' | '>' | '%' | '@' | '!' | ' ' | ',' | ':' | ';' | '=' | '_'
            | '`',
        ) => letter.to_string(),
        ("", other) => format!("\\{other}"),
        (contents, 'd' | 'w' | 's' | 'h') if in_class => contents.to_owned(),
        (contents, 'd' | 'w' | 's' | 'h') => format!("[{contents}]"),
        (contents, _) => format!("[^{contents}]"),
    })
}

/// Copies a class in brackets with its escapes translated; gives its length.
fn class(rest: &[char], out: &mut String) -> Result<usize, String> {
    let mut at = 1;
    out.push('[');
    if rest.get(at) == Some(&'^') {
        out.push('^');
        at += 1;
    }
    let mut depth = 1;
    let mut first = true;
    while let Some(&char) = rest.get(at) {
        match char {
            '\\' => {
                out.push_str(&escape(rest.get(at + 1).copied(), true)?);
                at += 1;
            }
            ']' if first => out.push_str("\\]"),
            ']' => {
                out.push(']');
                depth -= 1;
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            '[' if rest.get(at + 1) == Some(&':') => {
                let end = rest
                    .iter()
                    .skip(at)
                    .position(|char| *char == ']')
                    .unwrap_or(0);
                out.extend(rest.iter().skip(at).take(end + 1));
                at += end;
            }
            '[' => {
                out.push('[');
                depth += 1;
            }
            // Operators of the engine's classes that Oniguruma has not.
            '~' => out.push_str("\\~"),
            '-' if rest.get(at + 1) == Some(&']') || rest.get(at + 1) == Some(&'-') => {
                out.push_str("\\-");
            }
            other => out.push(other),
        }
        first = false;
        at += 1;
    }
    Err("premature end of char-class".into())
}
