//! Puts named patterns in the place of `%{NAME}` and `%{NAME:field:type}`.

use super::bank::Bank;

/// References that one expression may take to expand.
const MAX_REFERENCES: usize = 10_000;
/// Longest expanded expression, in bytes.
const MAX_LENGTH: usize = 1 << 20;
/// Patterns may refer to each other this deep.
const MAX_DEPTH: usize = 100;

struct Reference<'a> {
    start: usize,
    end: usize,
    name: &'a str,
    /// The name with the field and type, if there is a field.
    capture: Option<&'a str>,
}

/// The expression with all references expanded.
///
/// # Errors
/// The server's message about a pattern that is not known or refers to itself.
pub(super) fn expand(expression: &str, bank: &Bank) -> Result<String, String> {
    let mut done = String::with_capacity(expression.len() * 2);
    let mut rest = expression.to_owned();
    for _ in 0..MAX_REFERENCES {
        let Some(reference) = next_reference(&rest) else {
            done.push_str(&rest);
            return Ok(done);
        };
        let name = reference.name;
        let pattern = bank.get(name).ok_or_else(|| {
            format!("Unable to find pattern [{name}] in Grok's pattern dictionary")
        })?;
        if refers_to(pattern, name) {
            return Err(format!("circular reference in pattern back [{name}]"));
        }
        let part = match reference.capture {
            Some(capture) => format!("(?<{capture}>{pattern})"),
            None => format!("(?:{pattern})"),
        };
        done.push_str(rest.get(..reference.start).unwrap_or_default());
        rest = part + rest.get(reference.end..).unwrap_or_default();
        if done.len() + rest.len() > MAX_LENGTH {
            return Err(format!("the expression grows beyond [{MAX_LENGTH}] bytes"));
        }
    }
    Err("Can not convert grok patterns to regular expression".into())
}

fn next_reference(text: &str) -> Option<Reference<'_>> {
    let is_name = |char: char| char.is_ascii_alphanumeric() || "[\\]^_`".contains(char);
    let is_field = |char: char| char.is_alphanumeric() || "@[]_:.-".contains(char);
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find("%{")?;
        let inside = text.get(start + 2..)?;
        let name_end = inside.find(|char| !is_name(char)).unwrap_or(inside.len());
        let after = inside.get(name_end..)?;
        let field_length = match after.strip_prefix(':') {
            Some(field) => 1 + field.find(|char| !is_field(char)).unwrap_or(field.len()),
            None => 0,
        };
        let capture_end = name_end + field_length;
        let mut end = capture_end;
        if let Some(definition) = inside.get(end..)?.strip_prefix('=') {
            end += 1 + definition.find(['{', '}']).unwrap_or(0);
        }
        let closed = inside.get(end..)?.starts_with('}');
        if closed && name_end > 0 && field_length != 1 {
            return Some(Reference {
                start,
                end: start + 2 + end + 1,
                name: inside.get(..name_end)?,
                capture: (field_length > 0)
                    .then(|| inside.get(..capture_end))
                    .flatten(),
            });
        }
        from = start + 2;
    }
}

fn refers_to(pattern: &str, name: &str) -> bool {
    pattern.contains(&format!("%{{{name}}}")) || pattern.contains(&format!("%{{{name}:"))
}

/// Refuses definitions that refer to themselves, over others or not.
///
/// # Errors
/// The server's message about them.
pub(super) fn forbid_cycles(bank: &Bank, definitions: &[(String, String)]) -> Result<(), String> {
    let mut names: Vec<&String> = definitions.iter().map(|(name, _)| name).collect();
    names.sort();
    for name in &names {
        if let Some(pattern) = bank.get(*name)
            && refers_to(pattern, name)
        {
            return Err(format!("circular reference in pattern [{name}][{pattern}]"));
        }
    }
    for name in names {
        if let Some(pattern) = bank.get(name) {
            let mut seen = Vec::new();
            follow(name, &mut seen, pattern, bank, 0)?;
        }
    }
    Ok(())
}

/// Follows the references of `pattern` in search of one to `name`. `seen` are
/// the patterns that were met.
fn follow<'a>(
    name: &str,
    seen: &mut Vec<&'a str>,
    pattern: &'a str,
    bank: &'a Bank,
    depth: usize,
) -> Result<(), String> {
    if refers_to(pattern, name) {
        let Some(last) = seen.pop() else {
            return Err(format!("circular reference in pattern [{name}][{pattern}]"));
        };
        let via = if seen.is_empty() {
            String::new()
        } else {
            format!(" via patterns [{}]", seen.join("=>"))
        };
        return Err(format!(
            "circular reference in pattern [{last}][{pattern}] back to pattern [{name}]{via}"
        ));
    }
    if depth > MAX_DEPTH {
        return Err(format!(
            "patterns refer to each other deeper than [{MAX_DEPTH}]"
        ));
    }
    let mut rest = pattern;
    while let Some(reference) = next_reference(rest) {
        if !seen.contains(&reference.name)
            && let Some(other) = bank.get(reference.name)
        {
            seen.push(reference.name);
            follow(name, seen, other, bank, depth + 1)?;
        }
        rest = rest.get(reference.end..).unwrap_or_default();
    }
    Ok(())
}
