//! The manifest: what a bundle holds, where it came from, and what it needs.
//!
//! `manifest.json`, the first listed member. One JSON object, two spaces of
//! indent, a newline at the end; unknown and repeated fields are refused.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::digest::Digest;
use crate::model::package::PackageManifest;
use crate::model::path::BundlePath;
use crate::model::signed_list::SignedList;
use crate::model::version::StackVersion;

mod check;

/// The version of the manifest that this program writes and reads.
pub const FORMAT_VERSION: u32 = 1;
/// The largest manifest that is read, in bytes.
pub const MAX_MANIFEST: u64 = 16 << 20;

/// The manifest of a bundle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the manifest: [`FORMAT_VERSION`].
    pub format_version: u32,
    /// What wrote the bundle.
    pub producer: Producer,
    /// Where the payload came from.
    pub sources: Vec<Source>,
    /// Every member after the manifest, in archive order.
    pub files: Vec<FileEntry>,
    /// What can be installed, in install order.
    pub artifacts: Vec<ArtifactEntry>,
    /// Documents with their expected results.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validation: Vec<ValidationSet>,
    /// What the payload's licenses ask for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<LicenseNote>,
}

/// The program that wrote a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Producer {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Producer {
    /// This program.
    #[must_use]
    pub fn this() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// One release, or one local folder or file, that payload came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The folder below `payload/` that holds its files.
    pub folder: String,
    /// The publisher's repository, `OWNER/NAME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The release's tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The number that the publisher knows the release by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_id: Option<u64>,
    /// The asset that was downloaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_url: Option<String>,
    /// The digest of that asset, as the publisher states it or as measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_sha256: Option<Digest>,
    /// The API or mirror that it was fetched from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched_from: Option<String>,
    /// What an integration package says of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<PackageManifest>,
    /// The file of the folder with the publisher's own signature of the asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// One member of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its name in the bundle.
    pub path: BundlePath,
    /// Its length in bytes.
    pub size: u64,
    /// Its digest.
    pub sha256: Digest,
    /// The publisher's name of the file, where it differs from the member's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_name: Option<String>,
}

/// One artifact and the file that holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArtifactEntry {
    /// What it is.
    pub kind: ArtifactKind,
    /// The id of the API.
    pub id: String,
    /// The member that holds it.
    pub path: BundlePath,
    /// The part of that member, when it is not the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// The member's length in bytes.
    pub size: u64,
    /// The member's digest.
    pub sha256: Digest,
    /// The artifacts that must be there before this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<ArtifactId>,
    /// The oldest stack that takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_stack_version: Option<StackVersion>,
    /// The newest stack that takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_stack_version: Option<StackVersion>,
}

impl ArtifactEntry {
    /// The artifact's kind and id.
    #[must_use]
    pub fn artifact(&self) -> ArtifactId {
        ArtifactId::new(self.kind, self.id.clone())
    }
}

/// Where in a file an artifact stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Part {
    /// A line of an ndjson file, counted from 1.
    Line(u64),
    /// A value of a JSON or TOML file, by JSON pointer (RFC 6901).
    Pointer(String),
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Pointer(pointer) => f.write_str(pointer),
        }
    }
}

/// Documents and what a pipeline must make of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidationSet {
    /// What it is called.
    pub name: String,
    /// The pipeline that the documents go through; the bundle's only entry
    /// pipeline where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
    /// The member with the documents, one JSON object per line.
    pub documents: BundlePath,
    /// The member with the expected results, one per document; none where the
    /// documents carry them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<BundlePath>,
    /// How many documents failed, or did not come out as expected, when the set
    /// was rehearsed before packing; only where that was allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<u64>,
}

/// What the license of some payload asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenseNote {
    /// What it is about: a source's folder, or an artifact kind.
    pub about: String,
    /// The note.
    pub note: String,
}

impl Manifest {
    /// The manifest in `bytes`.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for anything that breaks the schema or
    /// contradicts itself.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        // The version is looked at first: later versions may have other fields.
        let version: VersionOnly = serde_json::from_slice(bytes)
            .or_err(ErrorKind::Malformed, || "the manifest is not usable JSON")?;
        if version.format_version != FORMAT_VERSION {
            return Err(malformed(format!(
                "the manifest has version {}, this sealift knows version {FORMAT_VERSION}",
                version.format_version
            ))
            .hint("update sealift on this machine"));
        }
        let manifest: Self = serde_json::from_slice(bytes).or_err(
            ErrorKind::Malformed,
            || "the manifest does not follow its schema",
        )?;
        check::check(&manifest)?;
        Ok(manifest)
    }

    /// The manifest as the bytes of its member.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when it contradicts itself.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        check::check(self)?;
        let mut bytes = serde_json::to_vec_pretty(self)
            .or_err(ErrorKind::Bug, || "cannot write the manifest as JSON")?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The file at `path`.
    #[must_use]
    pub fn file(&self, path: &BundlePath) -> Option<&FileEntry> {
        self.files.iter().find(|file| file.path == *path)
    }

    /// The artifact `id`.
    #[must_use]
    pub fn artifact(&self, id: &ArtifactId) -> Option<&ArtifactEntry> {
        self.artifacts
            .iter()
            .find(|entry| entry.kind == id.kind && entry.id == id.id)
    }

    /// Holds the manifest against the signed list: the same members in the same
    /// order with the same digests.
    ///
    /// # Errors
    /// [`ErrorKind::Integrity`] that names the first member that differs.
    pub fn agree_with(&self, list: &SignedList) -> Result<()> {
        let mut listed = list.entries.iter().skip(1);
        let mut files = self.files.iter();
        loop {
            let fault = match (listed.next(), files.next()) {
                (None, None) => return Ok(()),
                (Some(entry), None) => {
                    format!(
                        "{} is in the signed list but not in the manifest",
                        entry.path
                    )
                }
                (None, Some(file)) => {
                    format!(
                        "{} is in the manifest but not in the signed list",
                        file.path
                    )
                }
                (Some(entry), Some(file)) if entry.path != file.path => format!(
                    "the signed list has {} where the manifest has {}",
                    entry.path, file.path
                ),
                (Some(entry), Some(file)) if entry.digest != file.sha256 => format!(
                    "the signed list and the manifest give {} different digests",
                    file.path
                ),
                _ => continue,
            };
            return Err(Error::new(ErrorKind::Integrity, fault));
        }
    }
}

#[derive(Deserialize)]
struct VersionOnly {
    format_version: u32,
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
}
