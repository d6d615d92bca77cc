//! Percent-encoded text (`java.net.URLDecoder`).

use crate::engine::failure::Failure;

/// The text with `+` and `%XX` taken out; bytes that are no UTF-8 become
/// U+FFFD.
///
/// # Errors
/// `illegal_argument_exception` for an escape that is not complete.
pub(super) fn decode(text: &str) -> Result<String, Failure> {
    let refuse = |what: &str| Err(Failure::illegal_argument(format!("URLDecoder: {what}")));
    let mut out = String::with_capacity(text.len());
    let mut escaped = Vec::new();
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        if char != '%' {
            out.push_str(&String::from_utf8_lossy(&escaped));
            escaped.clear();
            out.push(if char == '+' { ' ' } else { char });
            rest = rest.get(char.len_utf8()..).unwrap_or_default();
            continue;
        }
        let pair: Vec<char> = rest.chars().skip(1).take(2).collect();
        let [high, low] = pair.as_slice() else {
            return refuse("Incomplete trailing escape (%) pattern");
        };
        match (high.to_digit(16), low.to_digit(16)) {
            (Some(high), Some(low)) => escaped.push(u8::try_from(high * 16 + low).unwrap_or(0)),
            (high_digit, _) => {
                return refuse(&format!(
                    "Illegal hex characters in escape (%) pattern - Error at index {} in: \"{high}{low}\"",
                    usize::from(high_digit.is_some())
                ));
            }
        }
        rest = rest.get(3..).unwrap_or_default();
    }
    out.push_str(&String::from_utf8_lossy(&escaped));
    Ok(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::decode;

    #[test]
    fn decodes_escapes() {
        for (text, expected) in [
            ("a%20b+c", "a b c"),
            ("%C3%A9%E9", "é\u{fffd}"),
            ("%F0%9F%98%80!", "😀!"),
            ("", ""),
        ] {
            assert_eq!(decode(text).unwrap(), expected);
        }
        for text in ["%", "%2", "%zz", "a%u0041", "%éé"] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}
