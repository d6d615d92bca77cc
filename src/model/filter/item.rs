//! How the native process reads the items of a filter (`CPatternSet` in ml-cpp).

/// What an item matches. Matching is by bytes and minds the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pattern<'a> {
    /// Nothing: blank items and a lone `*` are left out.
    Nothing,
    /// The very text.
    Exact(&'a str),
    /// Values that begin with the text (`text*`).
    Prefix(&'a str),
    /// Values that end with the text (`*text`).
    Suffix(&'a str),
    /// Values that have the text within (`*text*`).
    Contains(&'a str),
}

impl<'a> Pattern<'a> {
    /// The pattern of an item. A `*` elsewhere than at an end stands for itself,
    /// and so does the second one of `**`.
    #[must_use]
    pub fn of(item: &'a str) -> Self {
        if item.is_empty() || item == "*" {
            return Self::Nothing;
        }
        match (item.strip_prefix('*'), item.strip_suffix('*')) {
            (Some(rest), Some(_)) if item.len() > 2 => {
                Self::Contains(rest.strip_suffix('*').unwrap_or(rest))
            }
            (Some(rest), _) => Self::Suffix(rest),
            (None, Some(rest)) => Self::Prefix(rest),
            (None, None) => Self::Exact(item),
        }
    }

    /// Whether a value is in the filter because of this item.
    #[must_use]
    pub fn matches(self, value: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Exact(text) => value == text,
            Self::Prefix(text) => value.starts_with(text),
            Self::Suffix(text) => value.ends_with(text),
            Self::Contains(text) => value.contains(text),
        }
    }

    /// The text without the wildcards at its ends.
    #[must_use]
    pub fn text(self) -> &'a str {
        match self {
            Self::Nothing => "",
            Self::Exact(text) | Self::Prefix(text) | Self::Suffix(text) | Self::Contains(text) => {
                text
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn items_match_as_the_native_process_matches_them() {
        for (item, value, matched) in [
            ("safe.com", "safe.com", true),
            ("safe.com", "Safe.com", false),
            ("safe.com", "www.safe.com", false),
            ("*.safe.com", "www.safe.com", true),
            ("*.safe.com", "safe.com", false),
            ("safe*", "safe.com", true),
            ("*af*", "safe.com", true),
            ("a*b", "axb", false),
            ("a*b", "a*b", true),
            ("*", "x", false),
            ("", "", false),
            ("**", "x*", true),
            ("**", "x", false),
            ("***", "a*b", true),
            ("***", "ab", false),
        ] {
            assert_eq!(
                Pattern::of(item).matches(value),
                matched,
                "{item:?} {value:?}"
            );
        }
    }
}
