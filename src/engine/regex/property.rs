//! `\p{…}` of Java in terms of the `regex` crate.

use super::Regex;

/// Blanks within a line (`\h`).
pub(super) const HORIZONTAL: &str =
    r" \t\x{A0}\x{1680}\x{180E}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}";
/// Line separators (`\v`).
pub(super) const VERTICAL: &str = r"\n\x0B\f\r\x{85}\x{2028}\x{2029}";

/// The contents of a character class that has the characters of a property.
pub(super) fn class(name: &str) -> Option<String> {
    let ascii = match name {
        "Lower" => "a-z",
        "Upper" => "A-Z",
        "ASCII" => r"\x00-\x7F",
        "Alpha" => "a-zA-Z",
        "Digit" => "0-9",
        "Alnum" => "a-zA-Z0-9",
        "Punct" => r"!-/:-@\[-`{-~",
        "Graph" => "!-~",
        "Print" => " -~",
        "Blank" => r" \t",
        "Cntrl" => r"\x00-\x1F\x7F",
        "XDigit" => "0-9a-fA-F",
        "Space" => r" \t\n\x0B\f\r",
        "javaLowerCase" => r"\p{Lowercase}",
        "javaUpperCase" => r"\p{Uppercase}",
        "javaAlphabetic" => r"\p{Alphabetic}",
        "javaLetter" => r"\p{L}",
        "javaDigit" => r"\p{Nd}",
        "javaLetterOrDigit" => r"\p{L}\p{Nd}",
        "javaWhitespace" => {
            r"\t\n\x0B\f\r\x1C-\x20\x{1680}\x{2000}-\x{2006}\x{2008}-\x{200A}\x{2028}\x{2029}\x{205F}\x{3000}"
        }
        "javaSpaceChar" => r"\p{Z}",
        "L1" => r"\x00-\x{FF}",
        "LC" => r"\p{Lu}\p{Ll}\p{Lt}",
        "all" => r"\x00-\x{10FFFF}",
        _ => "",
    };
    if !ascii.is_empty() {
        return Some(ascii.to_owned());
    }
    let known = match name.split_once('=') {
        Some(("script" | "sc" | "IsScript", script)) => script,
        Some(("general_category" | "gc", category)) => category,
        Some(_) => return None,
        None => match name.strip_prefix("Is") {
            Some(known) => known,
            // without more, only categories
            None if CATEGORIES.contains(&name) => name,
            None => return None,
        },
    };
    let known = match known.to_ascii_uppercase().as_str() {
        "LETTER" => "L",
        "DIGIT" => "Nd",
        "PUNCTUATION" => "P",
        "CONTROL" => "Cc",
        "HEX_DIGIT" => "Hex_Digit",
        "ASSIGNED" => return Some(r"\P{Cn}".into()),
        _ => known,
    };
    let class = format!(r"\p{{{known}}}");
    let plain = known
        .chars()
        .all(|char| char.is_ascii_alphanumeric() || char == '_');
    (plain && Regex::raw(&class).is_ok()).then_some(class)
}

/// The general categories of Unicode that Java knows by themselves.
const CATEGORIES: [&str; 37] = [
    "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn",
    "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm",
    "So", "Z", "Zl", "Zp", "Zs",
];
