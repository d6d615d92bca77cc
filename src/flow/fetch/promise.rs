//! What is known of a release's zip before its bytes are here.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::zip::{ZipLimits, ZipReader};
use crate::model::catalog::naming;
use crate::model::digest::{Digest, Hasher};
use crate::model::release::Asset;
use crate::model::release_manifest::{AssetManifest, ReleaseManifest};
use crate::progress::Progress;

use super::Voucher;

/// What is known of a zip before its bytes are here.
pub(super) struct Promise<'a> {
    pub(super) zip: &'a Asset,
    entries: Option<&'a AssetManifest>,
}

impl<'a> Promise<'a> {
    pub(super) fn new(zip: &'a Asset, manifest: Option<&'a ReleaseManifest>) -> Result<Self> {
        let entries = match manifest {
            None => None,
            Some(manifest) => Some(manifest.assets.get(&zip.name).ok_or_else(|| {
                Error::new(
                    ErrorKind::Integrity,
                    format!("the release's manifest does not describe {:?}", zip.name),
                )
            })?),
        };
        if let (Some(api), Some(entries)) = (zip.digest, entries)
            && api != entries.zipped_sha256
        {
            return Err(Error::new(
                ErrorKind::Integrity,
                format!(
                    "the API promises sha256 {api} for {:?}, the release's manifest {}",
                    zip.name, entries.zipped_sha256
                ),
            ));
        }
        Ok(Self { zip, entries })
    }

    fn digest(&self) -> Option<Digest> {
        self.zip
            .digest
            .or(self.entries.map(|entries| entries.zipped_sha256))
    }

    pub(super) fn vouchers(&self) -> Vec<Voucher> {
        let api = self.zip.digest.map(|_| Voucher::Api);
        let manifest = self.entries.map(|_| Voucher::Manifest);
        api.into_iter().chain(manifest).collect()
    }

    /// Digest and number of files of the zip at `path`, if it is there and right.
    pub(super) fn kept_at(
        &self,
        path: &Path,
        progress: &dyn Progress,
    ) -> Result<Option<(Digest, usize)>> {
        let Ok(metadata) = fs::metadata(path) else {
            return Ok(None);
        };
        if metadata.is_file() && metadata.len() == self.zip.size {
            let digest = digest_of(path)?;
            let right = self.digest().is_none_or(|promised| promised == digest);
            if let (true, Ok(files)) = (right, self.check_files(path)) {
                return Ok(Some((digest, files)));
            }
        }
        progress.note(&format!(
            "{} is here, but is not what the release has; fetching it again",
            path.display()
        ));
        Ok(None)
    }

    /// Checks that the bytes at `path` are those of the zip; gives its number of
    /// files.
    pub(super) fn check(&self, path: &Path, digest: Digest) -> Result<usize> {
        if let Some(promised) = self.digest()
            && promised != digest
        {
            return Err(Error::new(
                ErrorKind::Integrity,
                format!(
                    "{:?} has sha256 {digest}, promised was {promised}",
                    self.zip.name
                ),
            )
            .hint("it was damaged or changed on the way, or at the publisher"));
        }
        self.check_files(path)
    }

    fn check_files(&self, path: &Path) -> Result<usize> {
        let files = zip_files(path)?;
        if let Some(entries) = self.entries {
            entries.agree_with(&files).map_err(|error| {
                error.context(format!("{:?} differs from its manifest", self.zip.name))
            })?;
        }
        Ok(files.len())
    }
}

/// The files of the zip at `path` with their sizes and digests, without the one
/// folder that all are in.
///
/// # Errors
/// As [`ZipReader::open`]; [`ErrorKind::Malformed`] when it holds no file.
pub fn zip_files(path: &Path) -> Result<Vec<(String, u64, Digest)>> {
    let mut zip = ZipReader::open(path, ZipLimits::default())?;
    let entries = zip.entries().to_vec();
    let folder = naming::common_folder(entries.iter().map(|entry| entry.name.as_str()));
    let mut found = Vec::with_capacity(entries.len());
    for entry in &entries {
        let mut hasher = Hasher::new();
        zip.copy(entry, &mut hasher)?;
        let name = entry.name.get(folder.len()..).unwrap_or(&entry.name);
        found.push((name.to_owned(), entry.size, hasher.finish()));
    }
    if found.is_empty() {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!("{} holds no file", path.display()),
        ));
    }
    Ok(found)
}

fn digest_of(path: &Path) -> Result<Digest> {
    let cannot = || format!("cannot read {}", path.display());
    let mut file = fs::File::open(path).or_err(ErrorKind::Io, cannot)?;
    let mut hasher = Hasher::new();
    io::copy(&mut file, &mut hasher).or_err(ErrorKind::Io, cannot)?;
    Ok(hasher.finish())
}
