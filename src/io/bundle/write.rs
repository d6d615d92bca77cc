//! Writing a bundle: beside its target, checked by the reader, then renamed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Cursor, Read};
use std::path::{Path, PathBuf};

use super::feed::Feed;
use super::read;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::archive::ArchiveWriter;
use crate::io::files::Draft;
use crate::io::medium::Medium;
use crate::io::zip::{ZipLimits, ZipReader};
use crate::model::digest::{Digest, Hasher};
use crate::model::key::Signature;
use crate::model::key_id::KeyId;
use crate::model::manifest::{ArtifactEntry, Manifest};
use crate::model::path::BundlePath;
use crate::model::signed_list::{
    LIST_NAME, ListEntry, ListHeader, MANIFEST_NAME, SignedList, place, signature_name,
};
use crate::progress::Progress;

/// How much is copied in one go.
const BUFFER: usize = 256 << 10;

/// Where the bytes of a member to be come from.
#[derive(Clone, Debug)]
pub enum Content {
    /// From memory.
    Bytes(Vec<u8>),
    /// From a file.
    File(PathBuf),
    /// From a zip: its path and the name of the entry.
    Entry(PathBuf, String),
}

impl Content {
    /// The content as a stream.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when the file cannot be opened; [`ErrorKind::Malformed`]
    /// when the zip cannot be used.
    pub fn open(&self) -> Result<Box<dyn Read + '_>> {
        match self {
            Self::Bytes(bytes) => Ok(Box::new(Cursor::new(bytes))),
            Self::File(path) => {
                let file = File::open(path)
                    .or_err(ErrorKind::Io, || format!("cannot open {}", path.display()))?;
                Ok(Box::new(BufReader::with_capacity(BUFFER, file)))
            }
            Self::Entry(path, name) => Ok(Box::new(Cursor::new(inflate(path, name)?))),
        }
    }

    /// The content's length in bytes and digest.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be read.
    pub fn measure(&self) -> Result<(u64, Digest)> {
        if let Self::Bytes(bytes) = self {
            return Ok((bytes.len() as u64, Digest::of(bytes)));
        }
        let mut reader = self.open()?;
        let mut hasher = Hasher::new();
        let mut size = 0;
        let mut buffer = vec![0; BUFFER];
        loop {
            let count = reader
                .read(&mut buffer)
                .or_err(ErrorKind::Io, || "cannot read a file to be packed")?;
            if count == 0 {
                return Ok((size, hasher.finish()));
            }
            hasher.update(buffer.get(..count).unwrap_or_default());
            size += count as u64;
        }
    }
}

fn inflate(path: &Path, name: &str) -> Result<Vec<u8>> {
    let mut zip = ZipReader::open(path, ZipLimits::default())?;
    let entry = zip
        .entries()
        .iter()
        .find(|entry| entry.name == name)
        .cloned();
    let entry = entry.ok_or_else(|| {
        Error::new(
            ErrorKind::Io,
            format!("{} has lost its entry {name:?}", path.display()),
        )
    })?;
    zip.read(&entry)
}

/// Everything that a bundle is made of, but the signatures.
#[derive(Debug)]
pub struct Unsealed {
    /// The signed facts.
    pub header: ListHeader,
    /// What the bundle holds.
    pub manifest: Manifest,
    /// The contents of the manifest's files.
    contents: BTreeMap<BundlePath, Content>,
}

impl Unsealed {
    /// A bundle of `contents`, which are the files that `manifest` names. The
    /// manifest's files are put in archive order, its artifacts in install order.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when the manifest or the list would break a rule.
    pub fn new(
        header: ListHeader,
        mut manifest: Manifest,
        contents: BTreeMap<BundlePath, Content>,
    ) -> Result<Self> {
        manifest
            .files
            .sort_by(|a, b| place(&a.path).cmp(&place(&b.path)));
        manifest.artifacts.sort_by_key(ArtifactEntry::artifact);
        let unsealed = Self {
            header,
            manifest,
            contents,
        };
        unsealed.manifest.agree_with(&unsealed.list()?)?;
        Ok(unsealed)
    }

    /// The list that is to be signed.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when the manifest or the list would break a rule.
    pub fn list(&self) -> Result<SignedList> {
        let manifest = ListEntry {
            digest: Digest::of(&self.manifest.to_bytes()?),
            path: BundlePath::parse(MANIFEST_NAME)?,
        };
        let files = self.manifest.files.iter().map(|file| ListEntry {
            digest: file.sha256,
            path: file.path.clone(),
        });
        let entries = std::iter::once(manifest).chain(files).collect();
        SignedList::new(self.header.clone(), entries)
    }

    /// Writes the bundle with `signatures` to `target`, as a whole or not at all.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when reading or writing fails or a file changed
    /// meanwhile; [`ErrorKind::Malformed`] when a rule of the format would be
    /// broken.
    pub fn write(
        &self,
        target: &Path,
        signatures: &[(KeyId, Signature)],
        threads: usize,
        progress: &dyn Progress,
    ) -> Result<()> {
        let list = self.list()?;
        let mut draft = Draft::beside(target)?;
        let mut archive = ArchiveWriter::new(BufWriter::with_capacity(BUFFER, &mut draft));
        append_bytes(&mut archive, LIST_NAME, list.to_text().as_bytes())?;
        append_signatures(&mut archive, signatures)?;
        append_bytes(&mut archive, MANIFEST_NAME, &self.manifest.to_bytes()?)?;
        let total = self.manifest.files.iter().map(|file| file.size).sum();
        progress.begin_bytes("writing the bundle", Some(total));
        for file in &self.manifest.files {
            let content = self.contents.get(&file.path).ok_or_else(|| {
                Error::new(ErrorKind::Bug, format!("{} has no content", file.path))
            })?;
            archive.append(&file.path, file.size, content.open()?)?;
            progress.advance(file.size);
            progress.go_on()?;
        }
        archive.finish()?;
        progress.end();
        publish(draft, threads, progress)
    }
}

/// Writes the bundle on `medium` with all of `signatures` instead of its own to
/// `target`; every other byte is carried over.
///
/// # Errors
/// As [`Unsealed::write`].
pub(super) fn rewrite(
    medium: &Medium,
    list_bytes: &[u8],
    rest: u64,
    signatures: &[(KeyId, Signature)],
    target: &Path,
    threads: usize,
    progress: &dyn Progress,
) -> Result<()> {
    let mut draft = Draft::beside(target)?;
    let mut out = BufWriter::with_capacity(BUFFER, &mut draft);
    let mut archive = ArchiveWriter::new(&mut out);
    append_bytes(&mut archive, LIST_NAME, list_bytes)?;
    append_signatures(&mut archive, signatures)?;
    medium.copy_from(rest, &mut out)?;
    drop(out);
    publish(draft, threads, progress)
}

fn append_bytes<W: std::io::Write>(
    archive: &mut ArchiveWriter<W>,
    name: &str,
    bytes: &[u8],
) -> Result<()> {
    archive.append(&BundlePath::parse(name)?, bytes.len() as u64, bytes)
}

fn append_signatures<W: std::io::Write>(
    archive: &mut ArchiveWriter<W>,
    signatures: &[(KeyId, Signature)],
) -> Result<()> {
    let mut sorted: Vec<_> = signatures.iter().collect();
    sorted.sort_by_key(|(id, _)| *id);
    for (id, signature) in sorted {
        append_bytes(archive, &signature_name(*id), signature.bytes())?;
    }
    Ok(())
}

/// Reads the draft back as strictly as the other side will, then gives it its
/// name.
fn publish(draft: Draft, threads: usize, progress: &dyn Progress) -> Result<()> {
    let medium = Medium::file(draft.path())?;
    read::check_structure(Feed::medium(&medium), threads, progress)
        .map_err(|error| error.context("the new bundle does not stand its own check"))?;
    drop(medium);
    draft.publish()
}
