//! Packing: releases and their catalog become one sealed bundle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::error::{Error, ErrorKind, Result};
use crate::flow::license;
use crate::io::bundle::{Content, Unsealed};
use crate::model::catalog::{Catalog, Item};
use crate::model::digest::Digest;
use crate::model::key::SecretKey;
use crate::model::key_id::KeyId;
use crate::model::manifest::{
    ArtifactEntry, FORMAT_VERSION, FileEntry, Manifest, Producer, Source, ValidationSet,
};
use crate::model::path::BundlePath;
use crate::model::signed_list::{ListHeader, VERIFY_NAME};
use crate::model::verify_text::verify_text;
use crate::progress::Progress;

/// The files of one release, folder or file, as they go into a bundle.
#[derive(Debug)]
pub struct PackRelease {
    /// The name that the catalog knows it by.
    pub name: String,
    /// Where it came from; the folder is chosen here and need not be set.
    pub source: Source,
    /// The files that go along, by their names in the release.
    pub files: Vec<(String, Content)>,
}

/// Documents and their expected results, to go along.
#[derive(Debug)]
pub struct PackValidation {
    /// What the set is called.
    pub name: String,
    /// The pipeline that it is for.
    pub pipeline: Option<String>,
    /// The documents.
    pub documents: Content,
    /// The expected results, when they stand apart.
    pub expected: Option<Content>,
    /// How many documents of a set that may go along all the same failed.
    pub failed: Option<u64>,
}

/// Everything that goes into a bundle.
#[derive(Debug)]
pub struct PackInput {
    /// What the first line of the signed list says.
    pub header: ListHeader,
    /// The releases.
    pub releases: Vec<PackRelease>,
    /// The artifacts in them.
    pub catalog: Catalog,
    /// Validation sets.
    pub validation: Vec<PackValidation>,
    /// The license of the releases that carry none themselves.
    pub license: Option<String>,
    /// Members of `trust/`, by their names below it.
    pub trust: Vec<(String, Content)>,
}

/// A bundle that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// The digest of the signed list, which stands for the whole bundle.
    pub digest: Digest,
    /// What the first line of the signed list says.
    pub header: ListHeader,
    /// The keys that signed.
    pub signers: Vec<KeyId>,
    /// How many members it has, the manifest included.
    pub members: usize,
    /// How many artifacts it has.
    pub artifacts: usize,
}

/// Packs `input`, signs it with `keys`, and writes it to `target`, as a whole or
/// not at all. The same input gives the same bytes.
///
/// # Errors
/// [`ErrorKind::Io`] when reading or writing fails; [`ErrorKind::Malformed`] when
/// the input cannot be told in a manifest.
pub fn pack(
    input: PackInput,
    keys: &[SecretKey],
    target: &Path,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Packed> {
    let signers: Vec<KeyId> = keys
        .iter()
        .map(|key| key.public().id())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let unsealed = arrange(input, &signers, threads, progress)?;
    let list = unsealed.list()?;
    let text = list.to_text();
    let signatures: BTreeMap<KeyId, _> = keys
        .iter()
        .map(|key| (key.public().id(), key.sign(text.as_bytes())))
        .collect();
    let signatures: Vec<_> = signatures.into_iter().collect();
    unsealed.write(target, &signatures, threads, progress)?;
    Ok(Packed {
        digest: Digest::of(text.as_bytes()),
        members: list.entries.len(),
        header: list.header,
        signers,
        artifacts: unsealed.manifest.artifacts.len(),
    })
}

/// Gives every file its place in the bundle and writes the manifest.
fn arrange(
    input: PackInput,
    signers: &[KeyId],
    threads: usize,
    progress: &dyn Progress,
) -> Result<Unsealed> {
    let mut members = Members::default();
    let verify = verify_text(&input.header, signers);
    members.add(VERIFY_NAME, Content::Bytes(verify.into_bytes()), None)?;
    for (name, content) in input.trust {
        members.add(&format!("trust/{name}"), content, None)?;
    }
    let mut sources = Vec::new();
    let mut places: BTreeMap<(String, String), BundlePath> = BTreeMap::new();
    let mut licenses = license::of_rules(&input.catalog);
    for release in input.releases {
        let folder = unique(&BundlePath::slug(&release.name, 40), |folder| {
            sources
                .iter()
                .all(|s: &Source| !s.folder.eq_ignore_ascii_case(folder))
        });
        let stated = input.license.as_deref();
        licenses.extend(license::of_release(&folder, &release.files, stated)?);
        for (name, content) in release.files {
            let path = members.add_below(&format!("payload/{folder}"), &name, content)?;
            places.insert((release.name.clone(), name), path);
        }
        sources.push(Source {
            folder,
            ..release.source
        });
    }
    let mut validation = Vec::new();
    for set in input.validation {
        let documents = members.add_below("validation", &set.name, set.documents)?;
        let expected = match set.expected {
            Some(content) => {
                let name = format!("expected-{}", set.name);
                Some(members.add_below("validation", &name, content)?)
            }
            None => None,
        };
        validation.push(ValidationSet {
            name: set.name,
            pipeline: set.pipeline,
            documents,
            expected,
            failed: set.failed,
        });
    }
    let files = members.measure(threads, progress)?;
    let artifacts = input
        .catalog
        .items
        .iter()
        .map(|item| artifact(item, &places, &files))
        .collect::<Result<_>>()?;
    let manifest = Manifest {
        format_version: FORMAT_VERSION,
        producer: Producer::this(),
        sources,
        files: files.into_values().collect(),
        artifacts,
        validation,
        licenses,
    };
    Unsealed::new(input.header, manifest, members.contents)
}

fn artifact(
    item: &Item,
    places: &BTreeMap<(String, String), BundlePath>,
    files: &BTreeMap<BundlePath, FileEntry>,
) -> Result<ArtifactEntry> {
    let key = (item.place.release.clone(), item.place.file.clone());
    let file = places
        .get(&key)
        .and_then(|path| files.get(path))
        .ok_or_else(|| {
            Error::new(
                ErrorKind::Bug,
                format!("{} of {} was not packed", item.artifact, item.place),
            )
        })?;
    Ok(ArtifactEntry {
        kind: item.artifact.kind,
        id: item.artifact.id.clone(),
        path: file.path.clone(),
        part: item.place.part.clone(),
        size: file.size,
        sha256: file.sha256,
        references: item.references.iter().cloned().collect(),
        min_stack_version: item.min_stack_version.clone(),
        max_stack_version: item.max_stack_version.clone(),
    })
}

/// The members of the bundle to be, by name.
#[derive(Default)]
struct Members {
    contents: BTreeMap<BundlePath, Content>,
    originals: BTreeMap<BundlePath, String>,
    taken: BTreeSet<String>,
}

impl Members {
    /// Adds a member under exactly `path`.
    fn add(&mut self, path: &str, content: Content, original: Option<String>) -> Result<()> {
        let path = BundlePath::parse(path)?;
        if !self.taken.insert(path.collision_key()) {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("two files would become {path} in the bundle"),
            ));
        }
        if let Some(original) = original {
            self.originals.insert(path.clone(), original);
        }
        self.contents.insert(path, content);
        Ok(())
    }

    /// Adds a publisher's file below `folder`, under its own name if that can be
    /// a member's, else under one made from it.
    fn add_below(&mut self, folder: &str, name: &str, content: Content) -> Result<BundlePath> {
        let room = BundlePath::MAX_BYTES.saturating_sub(folder.len() + 1);
        let slugs: Vec<String> = name
            .split('/')
            .map(|segment| BundlePath::slug(segment, room))
            .collect();
        let mut slug = slugs.join("/");
        if slug.len() > room {
            // Too deep or too long: the digest of the name keeps it apart.
            let digest = Digest::of(name.as_bytes()).to_string();
            let tail = slugs.last().map_or("", String::as_str);
            let tail: String = tail.chars().rev().take(room.saturating_sub(18)).collect();
            let tail: String = tail.chars().rev().collect();
            slug = BundlePath::slug(&format!("{}-{tail}", digest.get(..16).unwrap_or("")), room);
        }
        let free = unique(&slug, |slug| {
            !self
                .taken
                .contains(&format!("{folder}/{slug}").to_ascii_lowercase())
        });
        let path = BundlePath::parse(&format!("{folder}/{free}"))?;
        let original = (free != name).then(|| name.to_owned());
        self.add(path.as_str(), content, original)?;
        Ok(path)
    }

    /// Every member with its size and digest.
    fn measure(
        &self,
        threads: usize,
        progress: &dyn Progress,
    ) -> Result<BTreeMap<BundlePath, FileEntry>> {
        let todo: Vec<(&BundlePath, &Content)> = self.contents.iter().collect();
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::new());
        progress.begin("hashing files", Some(todo.len() as u64));
        thread::scope(|scope| {
            for _ in 0..threads.clamp(1, todo.len().max(1)) {
                scope.spawn(|| {
                    while let Some((path, content)) = todo.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let measured = progress.go_on().and_then(|()| content.measure());
                        done.lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(((*path).clone(), measured));
                        progress.advance(1);
                    }
                });
            }
        });
        progress.end();
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut files = BTreeMap::new();
        for (path, measured) in done {
            let (size, sha256) = measured.map_err(|e| e.context(format!("cannot pack {path}")))?;
            let entry = FileEntry {
                original_name: self.originals.get(&path).cloned(),
                path: path.clone(),
                size,
                sha256,
            };
            files.insert(path, entry);
        }
        Ok(files)
    }
}

/// `name`, or `name` with the lowest number that makes it free.
fn unique(name: &str, free: impl Fn(&str) -> bool) -> String {
    if free(name) {
        return name.to_owned();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains('/') => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    (2..u32::MAX)
        .map(|number| format!("{stem}-{number}{extension}"))
        .find(|name| free(name))
        .unwrap_or_default()
}
