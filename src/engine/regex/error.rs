//! What is wrong with a pattern.

use std::fmt;

/// `java.util.regex.PatternSyntaxException`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    description: String,
    pattern: String,
    index: Option<usize>,
}

impl PatternError {
    /// An error at a place, as an index of UTF-16 units.
    pub(super) fn at(description: impl Into<String>, pattern: &str, index: Option<usize>) -> Self {
        Self {
            description: description.into(),
            pattern: pattern.to_owned(),
            index,
        }
    }

    /// A pattern that Java would take, perhaps, but this engine does not.
    pub(super) fn unsupported(what: &str, pattern: &str) -> Self {
        Self::at(
            format!("Pattern not supported offline: {what}"),
            pattern,
            None,
        )
    }

    /// The place, as an index of UTF-16 units, if it is known.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }
}

/// The message as Java words it: the place, the pattern, a caret below it.
impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)?;
        if let Some(index) = self.index {
            write!(f, " near index {index}")?;
        }
        write!(f, "\n{}", self.pattern)?;
        match self.index {
            Some(index) if index < self.pattern.encode_utf16().count() => {
                write!(f, "\n{:index$}^", "")
            }
            _ => Ok(()),
        }
    }
}

impl std::error::Error for PatternError {}
