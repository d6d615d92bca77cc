//! A folder or zip that is an integration package: what Fleet would make of it is
//! made here.

use std::path::Path;

use super::{MAX_FILE, MAX_SOURCE, PackRelease};
use crate::error::Result;
use crate::io::bundle::Content;
use crate::io::files;
use crate::model::package::{self, Choices, Files, MANIFEST, is_manifest, is_read};

/// The largest of the files that are read to make others of, in bytes.
const MAX_TEXT: u64 = 16 << 20;

/// Adds to `release`, if it is a package, the files that are made of it, and what
/// it says of itself to its source.
///
/// # Errors
/// As [`package::read`]; [`crate::error::ErrorKind::Io`] when a file cannot be
/// read.
pub(super) fn complete(release: &mut PackRelease, choices: &Choices) -> Result<()> {
    let about = release.files.iter().find(|(name, _)| name == MANIFEST);
    let Some((_, about)) = about else {
        return Ok(());
    };
    if !is_manifest(&files::read_to_limit(about.open()?, MAX_FILE, MANIFEST)?) {
        return Ok(());
    }
    let mut texts = Files::new();
    for (name, content) in &release.files {
        if is_read(name) {
            let label = format!("{name} of {}", release.name);
            let bytes = files::read_to_limit(content.open()?, MAX_TEXT, &label)?;
            texts.insert(name.clone(), bytes);
        }
    }
    let read = package::read(&texts, choices)
        .map_err(|error| error.context(format!("cannot use the package {}", release.name)))?;
    for (name, bytes) in read.made {
        release.files.push((name, Content::Bytes(bytes)));
    }
    release.source.package = Some(read.manifest);
    Ok(())
}

/// Adds the publisher's signature that stands beside the `zip` of a package: it is
/// kept for whoever wants to look, and proves nothing here.
///
/// # Errors
/// [`crate::error::ErrorKind::Io`] when it cannot be read.
pub(super) fn add_signature(release: &mut PackRelease, zip: &Path, name: &str) -> Result<()> {
    let name = format!("{name}.sig");
    let beside = zip.with_file_name(&name);
    if release.source.package.is_none() || !beside.is_file() {
        return Ok(());
    }
    let bytes = files::read_limited(&beside, MAX_SOURCE)?;
    release.files.push((name.clone(), Content::Bytes(bytes)));
    release.source.signature = Some(name);
    Ok(())
}
