//! Regular expressions of `java.util.regex`, run by `fancy-regex`: the pattern
//! is translated, and matches follow one another as Java's do.
//!
//! Differences to Java that remain: `(?i)` folds case in all of Unicode (Java: in
//! ASCII, unless `(?u)`), look-behind needs a bounded length, Unicode blocks
//! (`\p{InGreek}`) and grapheme clusters are not known, and text is matched as
//! Unicode characters, so that a pattern cannot see half of a surrogate pair.
//! A match that takes too many steps is an error.

mod class;
mod error;
mod group;
mod property;
mod replacement;
mod translate;

pub use error::PatternError;

use super::failure::Failure;
use super::value::JavaString;

/// Steps that a search may take back and forth.
const MAX_STEPS: usize = 1_000_000;
/// Longest pattern, in bytes.
const MAX_PATTERN: usize = 64 << 10;
/// Matches that are found in one text at most.
const MAX_MATCHES: usize = 1 << 20;
/// Longest text that a replacement makes, in bytes.
const MAX_TEXT: usize = 16 << 20;

/// A compiled pattern; may be used by several threads.
#[derive(Clone, Debug)]
pub struct Regex {
    source: String,
    inner: fancy_regex::Regex,
}

/// Where a match and its groups lie, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Group 0 is the whole match; a group that took no part is `None`.
    pub groups: Vec<Option<(usize, usize)>>,
}

impl Match {
    /// Where the whole match begins.
    #[must_use]
    pub fn start(&self) -> usize {
        self.groups.first().copied().flatten().unwrap_or_default().0
    }

    /// Where the whole match ends.
    #[must_use]
    pub fn end(&self) -> usize {
        self.groups.first().copied().flatten().unwrap_or_default().1
    }
}

impl Regex {
    /// Compiles a pattern of Java.
    ///
    /// # Errors
    /// What Java says about a pattern that is not well formed, or that it is
    /// not supported here.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        Self::with_flags(pattern, "")
    }

    /// Compiles a pattern as if it began with these inline flags (`i`, `m`, `s`,
    /// `x`, `u`, `U`, `d`).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_flags(pattern: &str, flags: &str) -> Result<Self, PatternError> {
        if pattern.len() > MAX_PATTERN {
            return Err(PatternError::unsupported("a pattern this long", pattern));
        }
        let translated = translate::translate(pattern, flags)?;
        Self::compile(pattern, &translated)
    }

    /// Compiles what is in the syntax of `fancy-regex` already, such as a
    /// translated pattern of Grok.
    ///
    /// # Errors
    /// When the pattern is not well formed.
    pub fn raw(pattern: &str) -> Result<Self, PatternError> {
        Self::compile(pattern, pattern)
    }

    fn compile(source: &str, translated: &str) -> Result<Self, PatternError> {
        let inner = fancy_regex::RegexBuilder::new(translated)
            .backtrack_limit(MAX_STEPS)
            .build()
            .map_err(|error| PatternError::unsupported(&error.to_string(), source))?;
        Ok(Self {
            source: source.to_owned(),
            inner,
        })
    }

    /// The pattern as it was given.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How many groups it has, group 0 not counted.
    #[must_use]
    pub fn group_count(&self) -> usize {
        self.inner.captures_len().saturating_sub(1)
    }

    /// The index of a named group.
    #[must_use]
    pub fn group_named(&self, name: &str) -> Option<usize> {
        self.inner
            .capture_names()
            .position(|known| known == Some(name))
    }

    /// The first match that begins at byte `from` or behind it.
    ///
    /// # Errors
    /// When the search takes too many steps.
    pub fn find_from(&self, text: &str, from: usize) -> Result<Option<Match>, Failure> {
        if from > text.len() || !text.is_char_boundary(from) {
            return Ok(None);
        }
        let captures = self
            .inner
            .captures_from_pos(text, from)
            .map_err(|_| too_many_steps(&self.source))?;
        Ok(captures.map(|captures| Match {
            groups: (0..captures.len())
                .map(|index| {
                    captures
                        .get(index)
                        .map(|group| (group.start(), group.end()))
                })
                .collect(),
        }))
    }

    /// All matches, one after the other as `Matcher.find()` gives them: an empty
    /// one may stand right behind another.
    ///
    /// # Errors
    /// When the search takes too many steps or finds too many.
    pub fn find_all(&self, text: &str) -> Result<Vec<Match>, Failure> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(next) = self.find_from(text, from)? {
            from = next.end();
            if next.start() == next.end() {
                let rest = text.get(from..).unwrap_or_default();
                from += rest.chars().next().map_or(1, char::len_utf8);
            }
            found.push(next);
            if found.len() > MAX_MATCHES {
                return Err(Failure::illegal_argument(format!(
                    "the pattern matches more than [{MAX_MATCHES}] times"
                )));
            }
        }
        Ok(found)
    }

    /// `Matcher.replaceAll`: `$1` and `${name}` stand for groups.
    ///
    /// # Errors
    /// Java's exception about the replacement (only when there is a match), or
    /// when the search takes too many steps or the text grows too long.
    pub fn replace_all(&self, text: &JavaString, replacement: &str) -> Result<JavaString, Failure> {
        if self.source.is_empty() {
            return replacement::between_units(self, text, replacement);
        }
        let plain = text.to_str();
        let matches = self.find_all(&plain)?;
        if matches.is_empty() {
            return Ok(text.clone());
        }
        let mut out = String::with_capacity(plain.len());
        let mut last = 0;
        for found in &matches {
            out.push_str(plain.get(last..found.start()).unwrap_or_default());
            replacement::expand(self, replacement, &plain, found, &mut out)?;
            last = found.end();
            if out.len() > MAX_TEXT {
                return Err(Failure::illegal_argument(format!(
                    "the text would grow beyond [{MAX_TEXT}] bytes"
                )));
            }
        }
        out.push_str(plain.get(last..).unwrap_or_default());
        Ok(out.into())
    }

    /// `Matcher.replaceFirst`: as [`replace_all`](Self::replace_all) for the first
    /// match only.
    ///
    /// # Errors
    /// As [`replace_all`](Self::replace_all).
    pub fn replace_first(
        &self,
        text: &JavaString,
        replacement: &str,
    ) -> Result<JavaString, Failure> {
        let plain = text.to_str();
        let Some(found) = self.find_from(&plain, 0)? else {
            return Ok(text.clone());
        };
        let mut out = plain.get(..found.start()).unwrap_or_default().to_owned();
        replacement::expand(self, replacement, &plain, &found, &mut out)?;
        out.push_str(plain.get(found.end()..).unwrap_or_default());
        Ok(out.into())
    }

    /// `Pattern.split`: with limit 0 empty parts at the end are dropped, with a
    /// positive limit there are at most so many parts.
    ///
    /// # Errors
    /// When the search takes too many steps.
    pub fn split<'text>(&self, text: &'text str, limit: i32) -> Result<Vec<&'text str>, Failure> {
        let most = usize::try_from(limit).ok().filter(|most| *most > 0);
        let mut parts = Vec::new();
        let mut last = 0;
        for found in self.find_all(text)? {
            if most.is_some_and(|most| parts.len() + 1 >= most) {
                break;
            }
            if last == 0 && found.end() == 0 {
                continue;
            }
            parts.push(text.get(last..found.start()).unwrap_or_default());
            last = found.end();
        }
        if last == 0 {
            return Ok(vec![text]);
        }
        parts.push(text.get(last..).unwrap_or_default());
        if limit == 0 {
            while parts.last().is_some_and(|part| part.is_empty()) {
                parts.pop();
            }
        }
        Ok(parts)
    }
}

fn too_many_steps(pattern: &str) -> Failure {
    let shown: String = pattern.chars().take(100).collect();
    Failure::illegal_argument(format!(
        "matching the pattern [{shown}] takes more than [{MAX_STEPS}] steps"
    ))
}

#[cfg(test)]
mod tests;
