//! A release's zip as publishers make it, and its description for the manifest.

use std::collections::BTreeMap;
use std::io::Cursor;

use crate::error::Result;
use crate::io::zip::{ZipBuilder, ZipLimits, ZipReader};
use crate::model::catalog::naming;
use crate::model::digest::Digest;
use crate::model::release_manifest::{AssetManifest, EntryManifest};

/// A zip with the folder `tag` and the `files` in it, sorted by name. The same
/// files give the same bytes.
///
/// # Errors
/// When a name or a length does not fit the format.
pub fn build<'a>(
    tag: &str,
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<Vec<u8>> {
    let files: BTreeMap<&str, &[u8]> = files.into_iter().collect();
    let mut zip = ZipBuilder::new(Cursor::new(Vec::new()));
    zip.folder(tag)?;
    for (name, bytes) in files {
        zip.file(&format!("{tag}/{name}"), bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// What a manifest says of the zip `bytes`: its own digest and those of its
/// files, names without the folder, with their times in the zip. `name` names it
/// in errors, `created_at` is when it was uploaded.
///
/// # Errors
/// As [`ZipReader::open`].
pub fn describe(name: &str, bytes: &[u8], created_at: &str) -> Result<AssetManifest> {
    let mut zip = ZipReader::new(Cursor::new(bytes), name, ZipLimits::default())?;
    let found = zip.entries().to_vec();
    let folder = naming::common_folder(found.iter().map(|entry| entry.name.as_str()));
    let mut entries = BTreeMap::new();
    for entry in &found {
        let name = entry.name.get(folder.len()..).unwrap_or(&entry.name);
        let described = EntryManifest {
            compress_size: entry.stored,
            created_at: entry.modified.clone(),
            name: name.to_owned(),
            sha256: Digest::of(&zip.read(entry)?),
            size: entry.size,
        };
        entries.insert(name.to_owned(), described);
    }
    Ok(AssetManifest {
        created_at: created_at.to_owned(),
        description: None,
        entries,
        relative_url: String::new(),
        zipped_sha256: Digest::of(bytes),
    })
}
