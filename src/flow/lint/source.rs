//! What is linted: a file, a folder, a release zip, a bundle.

use std::path::Path;

use super::Source;
use crate::error::{Error, ErrorKind, Result};
use crate::io::bundle::VerifiedBundle;
use crate::io::files;
use crate::io::zip::{ZipLimits, ZipReader};

/// How many files a folder may hold.
const MAX_FILES: usize = 20_000;
/// How large one file may be: models are a few hundred megabytes.
const MAX_FILE: u64 = 512 << 20;

/// The files at `path`.
///
/// # Errors
/// [`ErrorKind::Io`] when something cannot be read, [`ErrorKind::Malformed`] for
/// a zip that breaks its format or a limit.
pub fn read(path: &Path) -> Result<Source> {
    let name = path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    );
    let files = if path.is_dir() {
        folder(path)?
    } else if path.extension().is_some_and(|extension| extension == "zip") {
        zip(path)?
    } else {
        vec![(name.clone(), files::read_limited(path, MAX_FILE)?)]
    };
    Ok(Source { name, files })
}

fn folder(path: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let found = files::walk(path, MAX_FILES)?;
    found
        .into_iter()
        .map(|file| {
            let inner = file.strip_prefix(path).unwrap_or(&file);
            let parts: Vec<String> = inner
                .components()
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect();
            Ok((parts.join("/"), files::read_limited(&file, MAX_FILE)?))
        })
        .collect()
}

fn zip(path: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut reader = ZipReader::open(path, ZipLimits::default())?;
    let entries = reader.entries().to_vec();
    let mut files = Vec::new();
    for entry in &entries {
        let bytes = reader.read(entry)?;
        // Releases have one folder at the top, which says nothing.
        let name = entry
            .name
            .split_once('/')
            .map_or(entry.name.as_str(), |(_, inner)| inner);
        files.push((name.to_owned(), bytes));
    }
    if files.is_empty() {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!("{} holds no files", path.display()),
        ));
    }
    Ok(files)
}

/// The publishers' files of a bundle, each release a source.
///
/// # Errors
/// As [`VerifiedBundle::read`].
pub fn of_bundle(bundle: &VerifiedBundle) -> Result<Vec<Source>> {
    let manifest = bundle.manifest();
    let mut sources = Vec::new();
    for release in &manifest.sources {
        let folder = format!("payload/{}/", release.folder);
        let mut files = Vec::new();
        for file in &manifest.files {
            let Some(inner) = file.path.as_str().strip_prefix(&folder) else {
                continue;
            };
            let name = file.original_name.as_deref().unwrap_or(inner);
            files.push((name.to_owned(), bundle.read(&file.path, MAX_FILE)?));
        }
        sources.push(Source {
            name: release
                .tag
                .clone()
                .unwrap_or_else(|| release.folder.clone()),
            files,
        });
    }
    Ok(sources)
}
