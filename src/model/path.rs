//! The only names a bundle's members may have.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorKind, Result};

/// A member's name: segments of `[A-Za-z0-9._-]` between single slashes, none
/// with a leading or trailing dot, none a device name of Windows, at most 100
/// bytes in all (the name field of ustar). A name that does not fit is refused,
/// never repaired.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BundlePath(String);

impl BundlePath {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 100;

    /// `text` as a member's name.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self> {
        match fault(text) {
            None => Ok(Self(text.to_owned())),
            Some(fault) => Err(Error::new(
                ErrorKind::Malformed,
                format!("unusable member name {text:?}: {fault}"),
            )),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without regard to case: two members whose keys are equal would
    /// fall on one file on some systems.
    #[must_use]
    pub fn collision_key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// A segment made from any text: bytes outside the set become `_`, so do
    /// dots at the ends; empty text and device names get a leading `_`; cut to
    /// `max` bytes. Not unique by itself.
    #[must_use]
    pub fn slug(text: &str, max: usize) -> String {
        let mut slug: String = text
            .chars()
            .map(|c| if is_plain(c) { c } else { '_' })
            .take(max.max(1))
            .collect();
        if slug.starts_with('.') {
            slug.replace_range(..1, "_");
        }
        if slug.ends_with('.') {
            slug.pop();
            slug.push('_');
        }
        if slug.is_empty() || is_device(&slug) {
            slug.insert(0, '_');
        }
        slug
    }
}

/// What keeps `text` from being a member's name.
fn fault(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("it is empty");
    }
    if text.len() > BundlePath::MAX_BYTES {
        return Some("it is longer than 100 bytes");
    }
    text.split('/').find_map(|segment| {
        if segment.is_empty() {
            Some("it has an empty segment")
        } else if segment.starts_with('.') {
            Some("a segment starts with a dot")
        } else if segment.ends_with('.') {
            Some("a segment ends with a dot")
        } else if !segment.chars().all(is_plain) {
            Some("it has a character outside A-Z a-z 0-9 . _ -")
        } else if is_device(segment) {
            Some("a segment is the name of a device on Windows")
        } else {
            None
        }
    })
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
}

fn is_device(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or_default();
    let stem = stem.to_ascii_uppercase();
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit()))
}

impl fmt::Display for BundlePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for BundlePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BundlePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
