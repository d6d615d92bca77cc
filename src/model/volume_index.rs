//! The index of a cut bundle: `NAME.volumes`, one digest for each volume.
//!
//! ```text
//! # sealift-volumes/1 size=BYTES volumes=COUNT
//! 64 hexadecimal digits, two spaces, NAME.001
//! ```
//!
//! It is not signed: it helps to name the bad disc and never decides what is
//! accepted. `sha256sum -c` reads it too.

use std::fmt::Write as _;

use crate::error::{Error, ErrorKind, Result};
use crate::model::digest::Digest;

/// What the names of index files end in.
pub const INDEX_SUFFIX: &str = ".volumes";
/// The most volumes of one bundle: their numbers have three digits.
pub const MAX_VOLUMES: usize = 999;
/// The largest index that is read, in bytes.
pub const MAX_INDEX: u64 = 512 << 10;
/// What an index starts with.
const MAGIC: &str = "# sealift-volumes/1 ";

/// The name of volume `number` (from 1) of the bundle `name`.
#[must_use]
pub fn volume_name(name: &str, number: usize) -> String {
    format!("{name}.{number:03}")
}

/// The bundle's name and the number in the file name `name`, if it is that of a
/// volume.
#[must_use]
pub fn volume_number(name: &str) -> Option<(&str, usize)> {
    let (base, number) = name.rsplit_once('.')?;
    let digits = number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit());
    let number = number.parse().ok().filter(|number| *number > 0)?;
    (digits && !base.is_empty()).then_some((base, number))
}

/// The parsed index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeIndex {
    /// The length of the whole in bytes.
    pub size: u64,
    /// Name and digest of each volume, in order.
    pub volumes: Vec<(String, Digest)>,
}

impl VolumeIndex {
    /// The index in `bytes`.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for anything that [`VolumeIndex::to_text`] would
    /// not have written.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        Self::parse_text(bytes).ok_or_else(|| {
            Error::new(
                ErrorKind::Malformed,
                "the index of volumes does not follow its format",
            )
        })
    }

    fn parse_text(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (first, rest) = text.split_once('\n')?;
        let (size, count) = first.strip_prefix(MAGIC)?.split_once(' ')?;
        let count: usize = count.strip_prefix("volumes=")?.parse().ok()?;
        let volumes: Vec<(String, Digest)> = rest
            .lines()
            .map(|line| {
                let (digest, name) = line.split_once("  ")?;
                Some((name.to_owned(), Digest::parse(digest).ok()?))
            })
            .collect::<Option<_>>()?;
        let index = Self {
            size: size.strip_prefix("size=")?.parse().ok()?,
            volumes,
        };
        let (base, _) = volume_number(&index.volumes.first()?.0)?;
        let numbered = index
            .volumes
            .iter()
            .enumerate()
            .all(|(at, (name, _))| *name == volume_name(base, at + 1));
        let plain = !base.chars().any(char::is_control);
        let sound = numbered && plain && count == index.volumes.len() && count <= MAX_VOLUMES;
        (sound && index.to_text().as_bytes() == bytes).then_some(index)
    }

    /// The index as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{MAGIC}size={} volumes={}\n", self.size, self.volumes.len());
        for (name, digest) in &self.volumes {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{digest}  {name}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{VolumeIndex, volume_name, volume_number};
    use crate::model::digest::Digest;

    #[test]
    fn names_carry_their_number() {
        assert_eq!(volume_name("a.sealift", 7), "a.sealift.007");
        assert_eq!(volume_number("a.sealift.007"), Some(("a.sealift", 7)));
        for other in [
            "a.sealift",
            "a.000",
            "a.1000",
            "a.01",
            ".001",
            "001",
            "a.+01",
        ] {
            assert_eq!(volume_number(other), None, "{other}");
        }
    }

    #[test]
    fn an_index_has_one_spelling() {
        let index = VolumeIndex {
            size: 10,
            volumes: vec![
                ("b.001".to_owned(), Digest::of(b"1")),
                ("b.002".to_owned(), Digest::of(b"2")),
            ],
        };
        let text = index.to_text();
        assert_eq!(VolumeIndex::parse(text.as_bytes()).unwrap(), index);
        for bad in [
            text.replace("volumes=2", "volumes=3"),
            text.replace("b.002", "b.003"),
            text.replace("b.001", "c.001"),
            text.replace("size=10", "size=010"),
            text.replace("/1 ", "/2 "),
            text.trim_end().to_owned(),
            text.replace("  b.001", " b.001"),
            text.replace("  b.", "  \u{1b}[2K."),
            String::new(),
        ] {
            assert!(VolumeIndex::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
