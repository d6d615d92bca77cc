//! Text without its HTML markup, as Lucene's `HTMLStripCharFilter` leaves it:
//! inline elements vanish, others leave a line break, character references are
//! resolved, scripts, styles and comments go.

/// Elements that leave nothing behind.
const INLINE: [&str; 34] = [
    "a", "abbr", "acronym", "b", "basefont", "bdo", "big", "cite", "code", "dfn", "em", "font",
    "i", "img", "input", "kbd", "label", "q", "s", "samp", "select", "small", "span", "strike",
    "strong", "sub", "sup", "textarea", "tt", "u", "var", "ins", "del", "map",
];

/// The text without markup. Text without `<` and `>` stays as it is.
pub(super) fn strip(text: &str) -> String {
    if !(text.contains('<') && text.contains('>')) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, markup) = rest.split_at(at);
        out.push_str(before);
        let (replacement, length) = if markup.starts_with('&') {
            reference(markup)
        } else {
            element(markup)
        }
        .unwrap_or_else(|| (markup.chars().take(1).collect(), 1));
        out.push_str(&replacement);
        rest = markup.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// What a markup at the start of `markup` is replaced by, and how long it is.
fn element(markup: &str) -> Option<(String, usize)> {
    if markup.starts_with("<!--") {
        let end = markup.get(4..)?.find("-->")?;
        return Some((String::new(), end + 7));
    }
    if let Some(data) = markup.strip_prefix("<![CDATA[") {
        let end = data.find("]]>")?;
        return Some((data.get(..end)?.to_owned(), end + 12));
    }
    if markup.starts_with("<!") || markup.starts_with("<?") {
        return Some((String::new(), tag_end(markup)?));
    }
    let name_start = if markup.starts_with("</") { 2 } else { 1 };
    let name: String = markup
        .get(name_start..)?
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    if !name.starts_with(|char: char| char.is_ascii_alphabetic()) {
        return None;
    }
    let mut end = tag_end(markup)?;
    if name_start == 1 && matches!(name.as_str(), "script" | "style") {
        let close = format!("</{name}");
        let inside = markup.get(end..)?.to_ascii_lowercase();
        let close_at = end + inside.find(&close)?;
        end = close_at + tag_end(markup.get(close_at..)?)?;
    }
    let replacement = if INLINE.contains(&name.as_str()) {
        ""
    } else {
        "\n"
    };
    Some((replacement.to_owned(), end))
}

/// Where a tag ends, minding quoted attributes.
fn tag_end(markup: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in markup.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    markup.find('>').map(|at| at + 1)
}

/// The character that `&name;` or `&#n;` stands for.
fn reference(markup: &str) -> Option<(String, usize)> {
    const LONGEST: usize = 12;
    let end = markup.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = markup.get(1..end)?;
    let char = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).unwrap_or('\u{fffd}')
        }
        None => NAMED
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, char)| *char)?,
    };
    Some((char.to_string(), end + 1))
}

/// The usual named character references.
const NAMED: [(&str, char); 32] = [
    ("amp", '&'),
    ("AMP", '&'),
    ("lt", '<'),
    ("LT", '<'),
    ("gt", '>'),
    ("GT", '>'),
    ("quot", '"'),
    ("QUOT", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("euro", '€'),
    ("pound", '£'),
    ("sect", '§'),
    ("deg", '°'),
    ("middot", '·'),
    ("hellip", '…'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("szlig", 'ß'),
    ("eacute", 'é'),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::strip;

    #[test]
    fn takes_markup_out() {
        for (html, expected) in [
            ("<b>x</b>", "x"),
            ("a < b", "a < b"),
            ("a &amp; b", "a &amp; b"),
            ("<i>a &amp; b</i>&#65;&#x42;&nope;", "a & bAB&nope;"),
            ("<p>x</p>y", "\nx\ny"),
            ("a<!-- > -->b", "ab"),
            ("<script>if (a < b) {}</script>x", "\nx"),
            ("<a href='>'>x</a>", "x"),
            ("1 < 2 > 0", "1 < 2 > 0"),
            ("<b", "<b"),
        ] {
            assert_eq!(strip(html), expected, "{html}");
        }
    }
}
