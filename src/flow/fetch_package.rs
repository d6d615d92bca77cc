//! Fetching an integration package from a registry: the zip, its signature, and
//! where both came from become files here.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::files;
use crate::io::registry::Registry;
use crate::io::zip::{ZipLimits, ZipReader};
use crate::model::digest::Digest;
use crate::model::manifest::Source;
use crate::model::package::is_plain;
use crate::progress::Progress;

/// A package by name and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageName {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
}

impl PackageName {
    /// `NAME@VERSION`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let parts = text.split_once('@');
        let parts = parts.filter(|(name, version)| is_plain(name) && is_plain(version));
        let (name, version) = parts.ok_or_else(|| {
            Error::new(
                ErrorKind::Usage,
                format!("{text:?} does not name a package and its version"),
            )
            .hint("write NAME@VERSION, as in dga@2.3.0")
        })?;
        Ok(Self {
            name: name.to_owned(),
            version: version.to_owned(),
        })
    }
}

/// A package that is here now.
#[derive(Clone, Debug)]
pub struct FetchedPackage {
    /// Which one.
    pub package: PackageName,
    /// The zip, `NAME-VERSION.zip`; beside it stand `NAME-VERSION.zip.sig`, if the
    /// registry has a signature, and `NAME-VERSION.source.json`.
    pub path: PathBuf,
    /// The length of the zip.
    pub size: u64,
    /// The digest of the zip.
    pub sha256: Digest,
    /// How many files it holds.
    pub files: usize,
    /// Whether there is a signature.
    pub signed: bool,
}

/// Fetches `package` into the folder `into`. The zip stands under its name only
/// once it is known to be one.
///
/// # Errors
/// As [`Registry::package`]; [`ErrorKind::Malformed`] when it is not a usable zip;
/// [`ErrorKind::Io`] when it cannot be written.
pub fn fetch_package(
    registry: &Registry,
    package: &PackageName,
    into: &Path,
    progress: &dyn Progress,
) -> Result<FetchedPackage> {
    files::create_folder(into)?;
    let PackageName { name, version } = package;
    let served = registry.package(name, version, progress)?;
    let sha256 = Digest::of(&served.zip);
    let stem = format!("{name}-{version}");
    let path = into.join(format!("{stem}.zip"));
    let draft = files::Draft::beside(&path)?;
    draft
        .file()
        .write_all(&served.zip)
        .or_err(ErrorKind::Io, || format!("cannot write {}", path.display()))?;
    let count = ZipReader::open(draft.path(), ZipLimits::default())
        .map(|zip| zip.entries().len())
        .map_err(|error| error.context(format!("{stem} of the registry cannot be used")))?;
    let signature = into.join(format!("{stem}.zip.sig"));
    match &served.signature {
        Some(bytes) => files::write_atomic(&signature, bytes)?,
        // One of an earlier fetch would be another's.
        None if signature.is_file() => {
            std::fs::remove_file(&signature).or_err(ErrorKind::Io, || {
                format!("cannot remove {}", signature.display())
            })?;
        }
        None => {}
    }
    let source = Source {
        folder: stem.clone(),
        repository: None,
        tag: None,
        release_id: None,
        asset_url: Some(served.url.to_string()),
        asset_sha256: Some(sha256),
        fetched_from: Some(registry.origin()),
        package: None,
        signature: None,
    };
    let mut told = serde_json::to_vec_pretty(&source).unwrap_or_default();
    told.push(b'\n');
    files::write_atomic(&into.join(format!("{stem}.source.json")), &told)?;
    draft.publish()?;
    Ok(FetchedPackage {
        package: package.clone(),
        size: served.zip.len() as u64,
        path,
        sha256,
        files: count,
        signed: served.signature.is_some(),
    })
}
