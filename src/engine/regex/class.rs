//! Character classes: unions, ranges, nested classes, intersections.

use std::fmt::Write as _;

use super::error::PatternError;
use super::property::{HORIZONTAL, VERTICAL};
use super::translate::{MAX_DEPTH, Translator, property};

/// Translates a class in brackets; the cursor stands on the opening one.
pub(super) fn bracket(translator: &mut Translator<'_>) -> Result<(), PatternError> {
    translator.depth += 1;
    if translator.depth > MAX_DEPTH {
        return Err(PatternError::unsupported(
            "classes that deep",
            translator.pattern,
        ));
    }
    translator.at += 1;
    translator.out.push('[');
    if translator.eat("^") {
        translator.out.push('^');
    }
    let mut first = true;
    loop {
        let Some(char) = translator.peek() else {
            let last = translator.chars.len().checked_sub(1);
            return Err(translator.error("Unclosed character class", last));
        };
        match char {
            ']' if !first => break,
            '[' => bracket(translator)?,
            '&' if translator.peek_at(1) == Some('&') => {
                translator.at += 2;
                // What is left of an operator without a right side is dropped.
                if translator.peek() != Some(']') {
                    translator.out.push_str("&&");
                }
            }
            _ if translator.flags.comments && char.is_ascii_whitespace() => translator.at += 1,
            _ => item(translator)?,
        }
        first = false;
    }
    translator.at += 1;
    translator.out.push(']');
    translator.depth -= 1;
    Ok(())
}

/// A character, a range, or a shorthand.
fn item(translator: &mut Translator<'_>) -> Result<(), PatternError> {
    if translator.eat(r"\Q") {
        while translator.peek().is_some() && !translator.eat(r"\E") {
            if let Some(char) = translator.peek() {
                push(translator, char);
                translator.at += 1;
            }
        }
        return Ok(());
    }
    if translator.peek() == Some('\\')
        && let Some((contents, negated)) = shorthand(translator)?
    {
        let not = if negated { "^" } else { "" };
        let _ = write!(translator.out, "[{not}{contents}]");
        return Ok(());
    }
    let start = single(translator)?;
    let is_range = translator.peek() == Some('-')
        && !matches!(translator.peek_at(1), None | Some(']' | '['))
        && !(translator.peek_at(1) == Some('&') && translator.peek_at(2) == Some('&'));
    if !is_range {
        push(translator, start);
        return Ok(());
    }
    let dash = translator.at;
    translator.at += 1;
    if translator.peek() == Some('\\') && shorthand_follows(translator) {
        push(translator, start);
        push(translator, '-');
        return Ok(());
    }
    let end = single(translator)?;
    if end < start {
        return Err(translator.error("Illegal character range", Some(dash + 1)));
    }
    let _ = write!(
        translator.out,
        "\\x{{{:X}}}-\\x{{{:X}}}",
        u32::from(start),
        u32::from(end)
    );
    Ok(())
}

fn push(translator: &mut Translator<'_>, char: char) {
    if char.is_ascii_alphanumeric() {
        translator.out.push(char);
    } else if char == ':' {
        // As a range, so that `[[:` cannot be read as the start of `[[:alpha:]]`.
        translator.out.push_str(":-:");
    } else {
        let _ = write!(translator.out, "\\x{{{:X}}}", u32::from(char));
    }
}

fn single(translator: &mut Translator<'_>) -> Result<char, PatternError> {
    match translator.peek() {
        Some('\\') => escaped_char(translator),
        Some(char) => {
            translator.at += 1;
            Ok(char)
        }
        None => Err(translator.error(
            "Unclosed character class",
            translator.chars.len().checked_sub(1),
        )),
    }
}

fn shorthand_follows(translator: &Translator<'_>) -> bool {
    matches!(
        translator.peek_at(1),
        Some('d' | 'D' | 'w' | 'W' | 's' | 'S' | 'h' | 'H' | 'v' | 'V' | 'p' | 'P')
    )
}

/// The contents of the class that an escape such as `\d` or `\p{L}` stands for,
/// and whether it is negated; `None` when it is no such escape.
pub(super) fn shorthand(
    translator: &mut Translator<'_>,
) -> Result<Option<(String, bool)>, PatternError> {
    let Some(letter) = translator
        .peek_at(1)
        .filter(|_| shorthand_follows(translator))
    else {
        return Ok(None);
    };
    let unicode = translator.flags.unicode;
    let contents = match letter.to_ascii_lowercase() {
        'p' => {
            let negated = letter == 'P';
            return property(translator).map(|contents| Some((contents, negated)));
        }
        'd' if unicode => r"\p{Nd}",
        'd' => "0-9",
        'w' if unicode => r"\w",
        'w' => "a-zA-Z0-9_",
        's' if unicode => r"\s",
        's' => r" \t\n\x0B\f\r",
        'h' => HORIZONTAL,
        _ => VERTICAL,
    };
    translator.at += 2;
    Ok(Some((contents.to_owned(), letter.is_ascii_uppercase())))
}

/// The character that an escape such as `\t`, `\u0041` or `\.` stands for.
pub(super) fn escaped_char(translator: &mut Translator<'_>) -> Result<char, PatternError> {
    let Some(letter) = translator.peek_at(1) else {
        return Err(translator.error("Unescaped trailing backslash", Some(translator.at + 1)));
    };
    let start = translator.at;
    translator.at += 2;
    Ok(match letter {
        't' => '\t',
        'n' => '\n',
        'r' => '\r',
        'f' => '\u{c}',
        'a' => '\u{7}',
        'e' => '\u{1b}',
        'c' => {
            let Some(control) = translator.peek() else {
                return Err(translator.error("Illegal control escape sequence", Some(start + 2)));
            };
            translator.at += 1;
            char::from_u32(u32::from(control) ^ 64).unwrap_or(control)
        }
        '0' => octal(translator)?,
        'x' => hex(translator)?,
        'u' => unicode(translator)?,
        other if other.is_ascii_alphanumeric() => {
            return Err(translator.error("Illegal/unsupported escape sequence", Some(start + 1)));
        }
        other => other,
    })
}

fn octal(translator: &mut Translator<'_>) -> Result<char, PatternError> {
    let mut code = 0;
    let mut count = 0;
    while let Some(digit) = translator.peek().and_then(|char| char.to_digit(8)) {
        if count == 3 || code * 8 + digit > 0o377 {
            break;
        }
        code = code * 8 + digit;
        count += 1;
        translator.at += 1;
    }
    if count == 0 {
        return Err(translator.error("Illegal octal escape sequence", Some(translator.at)));
    }
    Ok(char::from_u32(code).unwrap_or('\0'))
}

/// The number that exactly so many hexadecimal digits make.
fn hex_digits(translator: &mut Translator<'_>, count: usize) -> Option<u32> {
    let digits = translator.chars.get(translator.at..translator.at + count)?;
    let code = digits
        .iter()
        .try_fold(0_u32, |code, char| Some(code * 16 + char.to_digit(16)?))?;
    translator.at += count;
    Some(code)
}

fn hex(translator: &mut Translator<'_>) -> Result<char, PatternError> {
    let illegal = |translator: &Translator<'_>| {
        translator.error("Illegal hexadecimal escape sequence", Some(translator.at))
    };
    let code = if translator.eat("{") {
        let rest = &translator.chars[translator.at..];
        let digits: String = rest
            .iter()
            .take(9)
            .take_while(|char| **char != '}')
            .collect();
        let code = u32::from_str_radix(&digits, 16).map_err(|_| illegal(translator))?;
        translator.at += digits.chars().count();
        if !translator.eat("}") {
            return Err(
                translator.error("Unclosed hexadecimal escape sequence", Some(translator.at))
            );
        }
        code
    } else {
        hex_digits(translator, 2).ok_or_else(|| illegal(translator))?
    };
    char::from_u32(code).ok_or_else(|| illegal(translator))
}

/// `\uXXXX`, or two of them that make a pair of surrogates.
fn unicode(translator: &mut Translator<'_>) -> Result<char, PatternError> {
    let illegal = |translator: &Translator<'_>| {
        translator.error("Illegal Unicode escape sequence", Some(translator.at))
    };
    let high = hex_digits(translator, 4).ok_or_else(|| illegal(translator))?;
    if let Some(char) = char::from_u32(high) {
        return Ok(char);
    }
    let low = if translator.eat(r"\u") {
        hex_digits(translator, 4)
    } else {
        None
    };
    low.filter(|low| (0xD800..0xDC00).contains(&high) && (0xDC00..0xE000).contains(low))
        .and_then(|low| char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)))
        .ok_or_else(|| PatternError::unsupported("half of a surrogate pair", translator.pattern))
}
