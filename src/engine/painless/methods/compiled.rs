//! Regular expressions as scripts write them: a pattern and flags.

use crate::engine::regex::{PatternError, Regex};

/// A pattern compiled for searching and for matching whole texts.
#[derive(Clone, Debug)]
pub(in crate::engine::painless) struct Compiled {
    pub(super) source: String,
    flags: String,
    pub(super) search: Regex,
    pub(super) whole: Regex,
}

impl Compiled {
    /// Compiles a pattern with the flags of a regex literal.
    pub(in crate::engine::painless) fn new(
        source: &str,
        flags: &str,
    ) -> Result<Self, PatternError> {
        let inline: String = flags
            .chars()
            .filter(|flag| "imsuUx".contains(*flag))
            .collect();
        let body = if flags.contains('l') {
            format!("\\Q{source}\\E")
        } else {
            source.to_owned()
        };
        // a comment at the end of the pattern must not take the bracket with it
        let end = if flags.contains('x') { "\n" } else { "" };
        Ok(Self {
            search: Regex::with_flags(&body, &inline)?,
            whole: Regex::with_flags(&format!("\\A(?:{body}{end})\\z"), &inline)?,
            source: source.to_owned(),
            flags: flags.to_owned(),
        })
    }

    /// The flags as the number that `Pattern.flags()` gives.
    pub(super) fn bits(&self) -> i32 {
        self.flags.chars().fold(0, |bits, flag| {
            bits | match flag {
                'i' => 2,
                'x' => 4,
                'm' => 8,
                'l' => 16,
                's' => 32,
                'u' => 64,
                'c' => 128,
                'U' => 256 | 64,
                _ => 0,
            }
        })
    }
}
