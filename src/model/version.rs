//! Stack versions: `major.minor.patch`, with or without a qualifier.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorKind, Result};

/// The version of an Elasticsearch or Kibana, as `GET /` states it
/// (`7.9.3`, `8.0.0-SNAPSHOT`, `8.16.0-rc1`).
///
/// A qualified build orders before the release of the same number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StackVersion {
    major: u32,
    minor: u32,
    patch: u32,
    qualifier: Option<String>,
}

impl StackVersion {
    /// A released version.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch,
            qualifier: None,
        }
    }

    /// The first number.
    #[must_use]
    pub const fn major(&self) -> u32 {
        self.major
    }

    /// The second number.
    #[must_use]
    pub const fn minor(&self) -> u32 {
        self.minor
    }

    /// The third number.
    #[must_use]
    pub const fn patch(&self) -> u32 {
        self.patch
    }

    /// What follows the numbers after a hyphen, such as `SNAPSHOT` or `rc1`.
    #[must_use]
    pub fn qualifier(&self) -> Option<&str> {
        self.qualifier.as_deref()
    }

    /// The three numbers without the qualifier, as stored objects carry them
    /// (`job_version`, the `version` of a model).
    #[must_use]
    pub fn number(&self) -> String {
        format!("{}.{}.{}", self.major, self.minor, self.patch)
    }

    /// Whether a feature that appeared in the release `major.minor` is there.
    ///
    /// `8.0.0-SNAPSHOT` was the name of the development branch for years; the
    /// builds in use under that name stand at the 7.10 line before its changes
    /// of August 2020 and later, so that they answer as 7.9 does.
    #[must_use]
    pub fn offers(&self, major: u32, minor: u32) -> bool {
        self.line() >= (major, minor)
    }

    /// The release line whose API this build follows (see [`Self::offers`]).
    #[must_use]
    pub fn line(&self) -> (u32, u32) {
        if (self.major, self.minor, self.patch) == (8, 0, 0)
            && self.qualifier.as_deref() == Some("SNAPSHOT")
        {
            (7, 9)
        } else {
            (self.major, self.minor)
        }
    }

    /// The path below `/` of the trained models API: `_ml/inference` up to 7.9,
    /// `_ml/trained_models` from 7.10.
    #[must_use]
    pub fn models_path(&self) -> &'static str {
        if self.offers(7, 10) {
            "_ml/trained_models"
        } else {
            "_ml/inference"
        }
    }
}

impl FromStr for StackVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refused = || {
            Error::new(
                ErrorKind::Malformed,
                format!("not a stack version: {text:?}"),
            )
            .hint("write three numbers, such as 8.16.0")
        };
        let (numbers, qualifier) = match text.split_once('-') {
            Some((numbers, qualifier)) => (numbers, Some(qualifier)),
            None => (text, None),
        };
        let well_formed = |part: &str| {
            (1..=32).contains(&part.len())
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
        };
        if !qualifier.is_none_or(well_formed) {
            return Err(refused());
        }
        let mut parts = numbers.split('.').map(|part| {
            if part.len() > 4 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            part.parse::<u32>().ok()
        });
        let mut next = || parts.next().flatten().ok_or_else(refused);
        let (major, minor, patch) = (next()?, next()?, next()?);
        if parts.next().is_some() {
            return Err(refused());
        }
        Ok(Self {
            major,
            minor,
            patch,
            qualifier: qualifier.map(str::to_owned),
        })
    }
}

impl fmt::Display for StackVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        match &self.qualifier {
            Some(qualifier) => write!(f, "-{qualifier}"),
            None => Ok(()),
        }
    }
}

impl Ord for StackVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        let numbers = |v: &Self| (v.major, v.minor, v.patch);
        numbers(self)
            .cmp(&numbers(other))
            .then_with(|| match (&self.qualifier, &other.qualifier) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(mine), Some(theirs)) => mine.cmp(theirs),
            })
    }
}

impl PartialOrd for StackVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for StackVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StackVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::StackVersion;

    fn version(text: &str) -> StackVersion {
        text.parse().unwrap()
    }

    #[test]
    fn versions_order_and_print_as_written() {
        let sorted = [
            "7.8.1",
            "7.9.3",
            "7.10.0",
            "8.0.0-SNAPSHOT",
            "8.0.0-rc1",
            "8.0.0",
            "8.16.1",
            "9.0.0",
        ];
        for pair in sorted.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        for text in sorted {
            assert_eq!(version(text).to_string(), text);
        }
        assert_eq!(version("8.0.0-SNAPSHOT").number(), "8.0.0");
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in [
            "",
            "8",
            "8.1",
            "8.1.2.3",
            "v8.1.2",
            "8.1.x",
            "8.1.2-",
            "8.1.2-a b",
            "8.-1.2",
            "99999.1.1",
            "8..1",
        ] {
            assert!(text.parse::<StackVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_development_build_follows_the_line_before_7_10() {
        assert_eq!(version("8.0.0-SNAPSHOT").models_path(), "_ml/inference");
        assert_eq!(version("7.9.3").models_path(), "_ml/inference");
        assert_eq!(version("7.10.0").models_path(), "_ml/trained_models");
        assert_eq!(version("8.0.0").models_path(), "_ml/trained_models");
        assert!(!version("8.0.0-SNAPSHOT").offers(7, 11));
        assert!(version("8.16.0").offers(8, 16));
    }
}
