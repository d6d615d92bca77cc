//! The publishers' manifest: what a release's zip holds, with digests.
//!
//! The schema is that of `manifest-TAG.json` beside the zips of the
//! `detection-rules` ML releases: one line of JSON, keys sorted. It is not
//! signed; it guards against accidents, not against a bad publisher.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::digest::Digest;

/// The largest manifest that is read, in bytes.
pub const MAX_BYTES: u64 = 16 << 20;

/// A release as its manifest describes it. Fields stand in the order of their
/// names, so that writing sorts them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseManifest {
    /// The release's assets by name.
    pub assets: BTreeMap<String, AssetManifest>,
    /// The API's address of the list of assets.
    #[serde(default)]
    pub assets_url: String,
    /// Who published it.
    #[serde(default)]
    pub author: String,
    /// When the tagged commit was made (RFC 3339).
    #[serde(default)]
    pub created_at: String,
    /// The description, in Markdown.
    #[serde(default)]
    pub description: Option<String>,
    /// The page for people.
    #[serde(default)]
    pub html_url: String,
    /// The number the publisher knows it by.
    pub id: u64,
    /// The title.
    #[serde(default)]
    pub name: Option<String>,
    /// When it was published (RFC 3339).
    #[serde(default)]
    pub published_at: Option<String>,
    /// The tag.
    pub tag_name: String,
    /// The API's address of the release.
    #[serde(default)]
    pub url: String,
    /// Where the repository at the tag is, as a zip.
    #[serde(default)]
    pub zipball_url: Option<String>,
}

/// One zip of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetManifest {
    /// When it was uploaded (RFC 3339).
    #[serde(default)]
    pub created_at: String,
    /// Its label.
    #[serde(default)]
    pub description: Option<String>,
    /// Its files by name.
    pub entries: BTreeMap<String, EntryManifest>,
    /// Where it is downloaded.
    #[serde(default)]
    pub relative_url: String,
    /// Its own digest.
    pub zipped_sha256: Digest,
}

/// One file of a zip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryManifest {
    /// Its length in the zip.
    #[serde(default)]
    pub compress_size: u64,
    /// Its time in the zip, read as UTC (RFC 3339).
    #[serde(default)]
    pub created_at: String,
    /// Its name without the folder.
    pub name: String,
    /// Its digest.
    pub sha256: Digest,
    /// Its length.
    pub size: u64,
}

impl ReleaseManifest {
    /// The name of the manifest's asset in the release `tag`.
    #[must_use]
    pub fn asset_name(tag: &str) -> String {
        format!("manifest-{tag}.json")
    }

    /// The manifest in `bytes`; `name` names it in errors.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when it does not follow the schema.
    pub fn parse(bytes: &[u8], name: &str) -> Result<Self> {
        serde_json::from_slice(bytes).or_err(ErrorKind::Malformed, || {
            format!("{name} is not a release manifest")
        })
    }

    /// The manifest as publishers write it.
    ///
    /// # Errors
    /// [`ErrorKind::Bug`] never in practice.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).or_err(ErrorKind::Bug, || "a release manifest has no JSON")
    }
}

impl AssetManifest {
    /// Holds the `files` of the zip (name without the folder, size, digest)
    /// against the manifest: the same names with the same content.
    ///
    /// # Errors
    /// [`ErrorKind::Integrity`] that names what differs first.
    pub fn agree_with(&self, files: &[(String, u64, Digest)]) -> Result<()> {
        let fault = files
            .iter()
            .find_map(|(name, size, digest)| match self.entries.get(name) {
                None => Some(format!("{name} is in the zip but not in its manifest")),
                Some(entry) if entry.size != *size => Some(format!(
                    "{name} has {size} bytes, by the manifest {}",
                    entry.size
                )),
                Some(entry) if entry.sha256 != *digest => Some(format!(
                    "{name} has sha256 {digest}, by the manifest {}",
                    entry.sha256
                )),
                Some(_) => None,
            });
        let absent = || {
            let mut entries = self.entries.keys();
            let absent = entries.find(|name| files.iter().all(|(found, _, _)| found != *name))?;
            Some(format!("{absent} is in the manifest but not in the zip"))
        };
        match fault.or_else(absent) {
            None => Ok(()),
            Some(fault) => Err(Error::new(ErrorKind::Integrity, fault)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AssetManifest, ReleaseManifest};
    use crate::model::digest::Digest;

    fn asset() -> AssetManifest {
        let digest = Digest::of(b"x");
        let text = format!(
            r#"{{"entries": {{"a": {{"name": "a", "sha256": "{digest}", "size": 1}}}}, "zipped_sha256": "{digest}"}}"#
        );
        serde_json::from_str(&text).expect("asset")
    }

    #[test]
    fn every_difference_is_named() {
        let file = |name: &str, size: u64, text: &[u8]| (name.to_owned(), size, Digest::of(text));
        let a = file("a", 1, b"x");
        assert!(asset().agree_with(std::slice::from_ref(&a)).is_ok());
        for (files, message) in [
            (vec![], "a is in the manifest but not in the zip"),
            (vec![a, file("b", 1, b"x")], "b is in the zip but not"),
            (vec![file("a", 2, b"x")], "a has 2 bytes, by the manifest 1"),
            (vec![file("a", 1, b"y")], "a has sha256"),
        ] {
            let error = asset().agree_with(&files).expect_err(message);
            assert!(error.to_string().starts_with(message), "{error}");
        }
    }

    #[test]
    fn keys_are_sorted_in_one_line() {
        let manifest = ReleaseManifest::parse(
            br#"{"tag_name": "t", "id": 1, "assets": {}}"#,
            "manifest-t.json",
        );
        let bytes = manifest.expect("manifest").to_bytes().expect("bytes");
        let text = String::from_utf8(bytes).expect("text");
        assert!(text.starts_with(r#"{"assets":{},"assets_url":"#), "{text}");
        assert!(!text.contains('\n'));
    }
}
