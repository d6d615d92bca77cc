//! The signed list: the bundle's first member, `SHA256SUMS`, the only thing
//! that is signed.
//!
//! ```text
//! # sealift/1 name=NAME channel=CHANNEL sequence=N created=TIME expires=TIME trust=N
//! 64 hexadecimal digits, two spaces, path
//! ```
//!
//! `sha256sum -c --strict` reads it too. There is one spelling: what is parsed
//! must be written back with the same bytes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::model::digest::Digest;
use crate::model::key_id::KeyId;
use crate::model::label::Label;
use crate::model::path::BundlePath;
use crate::model::time::Timestamp;

/// The name of the member.
pub const LIST_NAME: &str = "SHA256SUMS";
/// The name of the first listed member.
pub const MANIFEST_NAME: &str = "manifest.json";
/// The name of the member that tells an auditor what to type.
pub const VERIFY_NAME: &str = "VERIFY.txt";
/// The largest list that is read, in bytes.
pub const MAX_LIST: u64 = 4 << 20;
/// The largest sequence: what every reader of JSON keeps exact.
pub const MAX_SEQUENCE: u64 = (1 << 53) - 1;
/// What the list's first line starts with: the type of what is signed.
const MAGIC: &str = "# sealift/1";
/// What all versions' first lines start with.
const FAMILY: &str = "# sealift/";

/// The name of the signature by the key `id` as a member.
#[must_use]
pub fn signature_name(id: KeyId) -> String {
    format!("{LIST_NAME}.{id}.sig")
}

/// The key id in the member name `name`, if it is that of a signature.
#[must_use]
pub fn signature_key(name: &str) -> Option<KeyId> {
    let id = name
        .strip_prefix(LIST_NAME)?
        .strip_prefix('.')?
        .strip_suffix(".sig")?;
    KeyId::parse(id).ok()
}

/// What the first line says of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListHeader {
    /// What the bundle is called.
    pub name: Label,
    /// The line of bundles that it belongs to.
    pub channel: Label,
    /// Its place in that line.
    pub sequence: u64,
    /// When it was sealed.
    pub created: Timestamp,
    /// When it stops being good.
    pub expires: Timestamp,
    /// The version of the trust root that its signers go by; 0 without one.
    pub trust: u32,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListEntry {
    /// The digest of the member's bytes.
    pub digest: Digest,
    /// The member's name.
    pub path: BundlePath,
}

/// The parsed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedList {
    /// The first line.
    pub header: ListHeader,
    /// The lines below it, in archive order.
    pub entries: Vec<ListEntry>,
}

impl SignedList {
    /// A list of `entries`, put in archive order.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when the manifest is missing, a name is not for
    /// a listed member, or two names collide.
    pub fn new(header: ListHeader, mut entries: Vec<ListEntry>) -> Result<Self> {
        entries.sort_by(|a, b| place(&a.path).cmp(&place(&b.path)));
        let list = Self { header, entries };
        list.check()?;
        Ok(list)
    }

    /// The list in `bytes`.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] that names the line, for everything that
    /// [`SignedList::to_text`] would not have written.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| malformed("the signed list is not UTF-8 text"))?;
        let body = text
            .strip_suffix('\n')
            .ok_or_else(|| malformed("the signed list does not end with a newline"))?;
        let mut lines = body.split('\n').enumerate();
        let first = lines.next().map_or("", |(_, line)| line);
        let header = parse_header(first)
            .map_err(|error| error.context("line 1 of the signed list is not a header"))?;
        let entries = lines
            .map(|(index, line)| {
                parse_entry(line).map_err(|error| {
                    error.context(format!("line {} of the signed list is unusable", index + 1))
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let list = Self { header, entries };
        list.check()?;
        if list.to_text().as_bytes() != bytes {
            return Err(malformed(
                "the signed list is not written in its one spelling",
            ));
        }
        Ok(list)
    }

    /// The list as text, newline at the end included.
    #[must_use]
    pub fn to_text(&self) -> String {
        let header = &self.header;
        let mut text = format!(
            "{MAGIC} name={} channel={} sequence={} created={} expires={} trust={}\n",
            header.name,
            header.channel,
            header.sequence,
            header.created,
            header.expires,
            header.trust
        );
        for entry in &self.entries {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}  {}", entry.digest, entry.path);
        }
        text
    }

    fn check(&self) -> Result<()> {
        let header = &self.header;
        if header.sequence == 0 || header.sequence > MAX_SEQUENCE {
            return Err(malformed(format!(
                "sequence {} is not between 1 and {MAX_SEQUENCE}",
                header.sequence
            )));
        }
        if header.expires <= header.created {
            return Err(malformed("the bundle expires before it was created"));
        }
        if self.entries.first().map(|entry| entry.path.as_str()) != Some(MANIFEST_NAME) {
            return Err(malformed(format!(
                "the signed list does not begin with {MANIFEST_NAME}"
            )));
        }
        let mut seen = BTreeSet::new();
        for entry in &self.entries {
            if rank(&entry.path).is_none() {
                return Err(malformed(format!(
                    "{} has no place in a bundle",
                    entry.path
                )));
            }
            if !seen.insert(entry.path.collision_key()) {
                return Err(malformed(format!(
                    "{} is listed twice, or differs from another name in case only",
                    entry.path
                )));
            }
        }
        let ordered = self
            .entries
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if place(&a.path) < place(&b.path)));
        if !ordered {
            return Err(malformed("the signed list is not in archive order"));
        }
        Ok(())
    }
}

/// Where members of a kind stand in the archive; none for names that no listed
/// member has.
fn rank(path: &BundlePath) -> Option<u8> {
    match path.as_str().split_once('/') {
        None if path.as_str() == MANIFEST_NAME => Some(0),
        None if path.as_str() == VERIFY_NAME => Some(1),
        Some(("trust", _)) => Some(2),
        Some(("payload", _)) => Some(3),
        Some(("validation", _)) => Some(4),
        _ => None,
    }
}

/// Where a member stands in archive order: a key to sort by.
#[must_use]
pub fn place(path: &BundlePath) -> (Option<u8>, &str) {
    (rank(path), path.as_str())
}

fn parse_header(line: &str) -> Result<ListHeader> {
    let rest = line.strip_prefix(MAGIC).ok_or_else(|| {
        if line.starts_with(FAMILY) {
            malformed("the bundle has a format version that this sealift does not know")
                .hint("update sealift on this machine")
        } else {
            malformed(format!("it does not start with {MAGIC:?}"))
        }
    })?;
    let mut fields = rest.split(' ');
    if fields.next() != Some("") {
        return Err(malformed(
            "the bundle has a format version that this sealift does not know",
        ));
    }
    let mut field = |name: &str| {
        fields
            .next()
            .and_then(|field| field.strip_prefix(name)?.strip_prefix('='))
            .ok_or_else(|| malformed(format!("{name}= is missing or out of order")))
    };
    let header = ListHeader {
        name: Label::parse(field("name")?)?,
        channel: Label::parse(field("channel")?)?,
        sequence: number(field("sequence")?)?,
        created: Timestamp::parse(field("created")?)?,
        expires: Timestamp::parse(field("expires")?)?,
        trust: number(field("trust")?)?
            .try_into()
            .map_err(|_| malformed("the trust root's version is too large"))?,
    };
    match fields.next() {
        None => Ok(header),
        Some(extra) => Err(malformed(format!("{extra:?} is one field too many"))),
    }
}

fn number(text: &str) -> Result<u64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| plain)
        .ok_or_else(|| malformed(format!("{text:?} is not a number")))
}

fn parse_entry(line: &str) -> Result<ListEntry> {
    let (digest, path) = line
        .split_once("  ")
        .ok_or_else(|| malformed("it is not a digest, two spaces and a name"))?;
    Ok(ListEntry {
        digest: Digest::parse(digest)?,
        path: BundlePath::parse(path)?,
    })
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{ListEntry, ListHeader, SignedList, signature_key, signature_name};
    use crate::error::ErrorKind;
    use crate::model::digest::Digest;
    use crate::model::key_id::KeyId;
    use crate::model::label::Label;
    use crate::model::path::BundlePath;
    use crate::model::time::Timestamp;

    fn entry(path: &str) -> ListEntry {
        ListEntry {
            digest: Digest::of(path.as_bytes()),
            path: BundlePath::parse(path).unwrap(),
        }
    }

    fn list() -> SignedList {
        let header = ListHeader {
            name: Label::parse("dga").unwrap(),
            channel: Label::parse("prod").unwrap(),
            sequence: 3,
            created: Timestamp::from_seconds(1_600_000_000).unwrap(),
            expires: Timestamp::from_seconds(1_700_000_000).unwrap(),
            trust: 0,
        };
        let entries = ["payload/r/b", "payload/r/a", "VERIFY.txt", "manifest.json"];
        SignedList::new(header, entries.map(entry).to_vec()).unwrap()
    }

    #[test]
    fn a_list_needs_the_manifest_from_the_start() {
        let error = SignedList::new(list().header, vec![entry("payload/r/a")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }

    #[test]
    fn a_list_is_written_in_archive_order_and_read_back() {
        let text = list().to_text();
        assert!(text.starts_with(
            "# sealift/1 name=dga channel=prod sequence=3 created=2020-09-13T12:26:40Z \
             expires=2023-11-14T22:13:20Z trust=0\n"
        ));
        let names: Vec<&str> = text.lines().skip(1).map(|line| &line[66..]).collect();
        assert_eq!(
            names,
            ["manifest.json", "VERIFY.txt", "payload/r/a", "payload/r/b"]
        );
        assert_eq!(SignedList::parse(text.as_bytes()).unwrap(), list());
    }

    #[test]
    fn every_other_spelling_is_refused() {
        let text = list().to_text();
        let digest = Digest::of(b"payload/r/a").to_string();
        let cases = [
            (text.trim_end().to_owned(), "newline"),
            (text.replace('\n', "\r\n"), "line 1"),
            (text.replace("sealift/1 ", "sealift/2 "), "line 1"),
            (text.replace("sealift/1 ", "sealift/10 "), "line 1"),
            (text.replace("sequence=3", "sequence=03"), "one spelling"),
            (text.replace("sequence=3", "sequence=0"), "sequence 0"),
            (
                text.replace("sequence=3", "sequence=18446744073709551615"),
                "sequence",
            ),
            (text.replace("sequence=3", "sequence=-3"), "line 1"),
            (text.replace("channel=prod ", ""), "line 1"),
            (text.replace("trust=0", "trust=0 more=1"), "line 1"),
            (text.replace("trust=0", "trust=4294967296"), "line 1"),
            (text.replace("2023-11", "2013-11"), "expires before"),
            (text.replace("26:40Z", "26:40+00:00"), "one spelling"),
            (text.replace(&digest, &digest.to_uppercase()), "line 4"),
            (text.replace(&digest, &digest[..40]), "line 4"),
            (text.replace(&digest, &format!("\\{digest}")), "line 4"),
            (text.replace("  payload/r/a", " *payload/r/a"), "line 4"),
            (text.replace("  payload/r/a", "  payload/r/../a"), "line 4"),
            (text.replace("payload/r/a", "payload/r/B"), "case only"),
            (text.replace("payload/r/a", "payload/r/b"), "twice"),
            (text.replace("payload/r/a", "SHA256SUMS"), "no place"),
            (text.replace("payload/r/a", "other/a"), "no place"),
            (text.replace("payload/r/a", "payload/r/c"), "archive order"),
            (text.replace("manifest.json", "VERIFY.txt"), "begin with"),
            (text.replace("payload/r/a", "payload/r/a\n"), "line 5"),
            (text.replace("payload/r/a", "payload/r/a\0"), "line 4"),
            (String::new(), "newline"),
            ("\n".to_owned(), "line 1"),
        ];
        for (bad, expected) in cases {
            assert_ne!(bad, text, "{expected}");
            let error = SignedList::parse(bad.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Malformed);
            assert!(error.to_string().contains(expected), "{error} for {bad}");
        }
        assert!(SignedList::parse(b"\xff\n").is_err());
    }

    #[test]
    fn signatures_are_named_by_their_key() {
        let id = KeyId::parse("0123456789abcdef").unwrap();
        assert_eq!(signature_name(id), "SHA256SUMS.0123456789abcdef.sig");
        assert_eq!(signature_key("SHA256SUMS.0123456789abcdef.sig"), Some(id));
        for other in [
            "SHA256SUMS",
            "SHA256SUMS..sig",
            "SHA256SUMS.0123456789ABCDEF.sig",
        ] {
            assert_eq!(signature_key(other), None);
        }
    }
}
