//! What one release changes against another.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::Path;

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::flow::fetch::only_zip;
use crate::flow::lint::source;
use crate::io::github::GitHub;
use crate::io::zip::{ZipLimits, ZipReader};
use crate::model::artifact::ArtifactId;
use crate::model::catalog::{Cataloger, naming};
use crate::model::digest::Digest;
use crate::model::release::ReleaseTag;
use crate::model::{content, definition, diff};
use crate::progress::Progress;

/// The largest zip that is read, in bytes.
const MAX_ZIP: u64 = 1 << 30;

/// The artifacts of a release by what they are, with their bodies; a model's
/// definition is only its digest.
pub type Bodies = BTreeMap<ArtifactId, Value>;

/// What became of one artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only the new release has it.
    Added,
    /// Only the old release has it.
    Removed,
    /// Both have it; the difference as a unified diff of its JSON.
    Changed(String),
}

/// Every artifact that differs, in install order.
#[must_use]
pub fn compare(old: &Bodies, new: &Bodies) -> Vec<(ArtifactId, Change)> {
    let all: BTreeSet<&ArtifactId> = old.keys().chain(new.keys()).collect();
    all.into_iter()
        .filter_map(|id| {
            let change = match (old.get(id), new.get(id)) {
                (None, Some(_)) => Change::Added,
                (Some(_), None) => Change::Removed,
                (Some(before), Some(after)) if before != after => {
                    Change::Changed(diff::bodies(before, after))
                }
                _ => return None,
            };
            Some((id.clone(), change))
        })
        .collect()
}

/// The artifacts of the release folder, zip or file at `path`.
///
/// # Errors
/// [`ErrorKind::Io`] when it cannot be read; [`ErrorKind::Malformed`] when it is
/// not a usable release.
pub fn of_path(path: &Path) -> Result<Bodies> {
    let source = source::of_path(path)?;
    bodies(&source.name, &source.load()?)
}

/// The artifacts of the release `tag`, downloaded into memory.
///
/// # Errors
/// As [`super::fetch::fetch`].
pub fn of_tag(github: &GitHub, tag: &ReleaseTag, progress: &dyn Progress) -> Result<Bodies> {
    let release = github.release(tag, progress)?;
    let asset = only_zip(&release)?;
    let bytes = github.asset_bytes(asset, MAX_ZIP, progress)?;
    if asset
        .digest
        .is_some_and(|promised| promised != Digest::of(&bytes))
    {
        return Err(Error::new(
            ErrorKind::Integrity,
            format!("{:?} is not the file that release {tag} lists", asset.name),
        ));
    }
    let mut zip = ZipReader::new(Cursor::new(bytes), &asset.name, ZipLimits::default())?;
    let entries = zip.entries().to_vec();
    let folder = naming::common_folder(entries.iter().map(|entry| entry.name.as_str()));
    let mut files = Vec::new();
    for entry in &entries {
        let name = entry.name.get(folder.len()..).unwrap_or(&entry.name);
        files.push((name.to_owned(), zip.read(entry)?));
    }
    bodies(tag.as_str(), &files)
}

fn bodies(release: &str, files: &[(String, Vec<u8>)]) -> Result<Bodies> {
    let mut cataloger = Cataloger::new().carry_unknown(true);
    cataloger.begin(release, files.iter().map(|(name, _)| name.as_str()));
    for (name, bytes) in files {
        cataloger.file(name, bytes);
    }
    let catalog = cataloger.finish().usable()?;
    let mut bodies = Bodies::new();
    for item in catalog.items {
        let bytes = files
            .iter()
            .find(|(name, _)| *name == item.place.file)
            .map(|(_, bytes)| bytes.as_slice())
            .unwrap_or_default();
        let body = content::read(&item.place.file, item.place.part.as_ref(), bytes)?;
        bodies.insert(item.artifact, short(body));
    }
    Ok(bodies)
}

/// A body with the digest of its definition in the place of the definition.
fn short(mut body: Value) -> Value {
    if let Some(digest) = definition::digest(&body)
        && let Some(map) = body.as_object_mut()
    {
        map.remove("compressed_definition");
        map.insert("definition".to_owned(), Value::String(digest));
    }
    body
}
