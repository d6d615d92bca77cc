//! Replacement texts of `Matcher.replaceAll`.

use super::{MAX_TEXT, Match, Regex};
use crate::engine::failure::Failure;
use crate::engine::value::JavaString;

/// Appends what a replacement means for one match.
///
/// # Errors
/// Java's exception about the replacement.
pub(super) fn expand(
    regex: &Regex,
    replacement: &str,
    text: &str,
    found: &Match,
    out: &mut String,
) -> Result<(), Failure> {
    let mut chars = replacement.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some(next) => out.push(next),
                None => {
                    return Err(Failure::illegal_argument(
                        "character to be escaped is missing",
                    ));
                }
            },
            '$' => {
                let group = match chars.next() {
                    None => {
                        return Err(Failure::illegal_argument(
                            "Illegal group reference: group index is missing",
                        ));
                    }
                    Some('{') => named(regex, &mut chars)?,
                    Some(digit) => {
                        let digit = digit
                            .to_digit(10)
                            .ok_or_else(|| Failure::illegal_argument("Illegal group reference"))?;
                        numbered(regex, digit as usize, &mut chars)
                    }
                };
                let place = found.groups.get(group).ok_or_else(|| {
                    Failure::new(
                        500,
                        "index_out_of_bounds_exception",
                        format!("No group {group}"),
                    )
                })?;
                if let Some((start, end)) = place {
                    out.push_str(text.get(*start..*end).unwrap_or_default());
                }
            }
            other => out.push(other),
        }
    }
    Ok(())
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// The group of `${name}`; the cursor stands behind the brace.
fn named(regex: &Regex, chars: &mut Chars<'_>) -> Result<usize, Failure> {
    let mut name = String::new();
    while let Some(char) = chars.next_if(char::is_ascii_alphanumeric) {
        name.push(char);
    }
    if name.is_empty() || chars.next() != Some('}') {
        return Err(Failure::illegal_argument(
            "named capturing group is missing trailing '}'",
        ));
    }
    if name.starts_with(|char: char| char.is_ascii_digit()) {
        return Err(Failure::illegal_argument(format!(
            "capturing group name {{{name}}} starts with digit character"
        )));
    }
    regex
        .group_named(&name)
        .ok_or_else(|| Failure::illegal_argument(format!("No group with name {{{name}}}")))
}

/// As many digits as still make the number of a group.
fn numbered(regex: &Regex, first: usize, chars: &mut Chars<'_>) -> usize {
    let mut group = first;
    while let Some(digit) = chars.peek().and_then(|char| char.to_digit(10)) {
        let longer = group * 10 + digit as usize;
        if longer > regex.group_count() {
            break;
        }
        group = longer;
        chars.next();
    }
    group
}

/// The replacement before, behind and between all UTF-16 units, which is where
/// the empty pattern matches.
///
/// # Errors
/// As [`expand`], and when the text grows too long.
pub(super) fn between_units(
    regex: &Regex,
    text: &JavaString,
    replacement: &str,
) -> Result<JavaString, Failure> {
    let everywhere = Match {
        groups: vec![Some((0, 0))],
    };
    let mut between = String::new();
    expand(regex, replacement, "", &everywhere, &mut between)?;
    let between: Vec<u16> = between.encode_utf16().collect();
    if (text.len() + 1).saturating_mul(between.len() + 1) > MAX_TEXT {
        return Err(Failure::illegal_argument(format!(
            "the text would grow beyond [{MAX_TEXT}] bytes"
        )));
    }
    let mut units = between.clone();
    for unit in text.units() {
        units.push(unit);
        units.extend_from_slice(&between);
    }
    Ok(JavaString::from_utf16(&units))
}
