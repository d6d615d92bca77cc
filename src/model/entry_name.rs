//! The names that entries of a foreign archive may have: relative, visible,
//! and the same file on every system.

/// What keeps `name` from being the name of an entry at most `depth` folders
/// deep; a trailing slash marks a folder.
#[must_use]
pub fn fault(name: &str, depth: usize) -> Option<&'static str> {
    let plain = name.strip_suffix('/').unwrap_or(name);
    if plain.is_empty() {
        return Some("has no name");
    }
    if name.len() > 512 {
        return Some("has a name of more than 512 bytes");
    }
    if name.chars().any(is_deceptive) {
        return Some("has a control or direction character in its name");
    }
    if name.contains(['\\', ':']) {
        return Some("has a backslash or colon in its name");
    }
    if plain.split('/').count() > depth + 1 {
        return Some("stands too deep");
    }
    plain.split('/').find_map(|segment| match segment {
        "" => Some("is absolute or has an empty segment in its name"),
        "." | ".." => Some("climbs out of its folder"),
        _ if segment.ends_with(['.', ' ']) => Some("has a segment that ends in a dot or space"),
        _ => None,
    })
}

/// Characters that make a name look like another one: controls, and Unicode's
/// direction marks and invisible ones.
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn names_that_could_escape_or_deceive_are_refused() {
        let long = "x".repeat(513);
        for name in [
            "",
            "/",
            "/etc/passwd",
            "../a",
            "a/../b",
            "a//b",
            "./a",
            "C:/a",
            "a\\b",
            "a\nb",
            "a\u{202e}b",
            "a.",
            "a /b",
            "1/2/3/4/5/6/7/8/9/10",
            &long,
        ] {
            assert!(fault(name, 8).is_some(), "{name:?}");
        }
        for name in ["a", "a/", "a b/c.json", "ü.toml"] {
            assert_eq!(fault(name, 8), None, "{name:?}");
        }
    }
}
