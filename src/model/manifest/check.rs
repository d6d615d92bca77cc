//! What a manifest must not say.

use std::collections::{BTreeMap, BTreeSet};

use super::{FileEntry, Manifest, malformed};
use crate::error::Result;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::package::PackageManifest;
use crate::model::path::BundlePath;
use crate::model::signed_list::MANIFEST_NAME;

/// The longest text of one field, in bytes.
const MAX_TEXT: usize = 4096;

type Files<'a> = BTreeMap<&'a BundlePath, &'a FileEntry>;

/// Refuses a manifest that contradicts itself.
pub(super) fn check(manifest: &Manifest) -> Result<()> {
    let files = check_files(manifest)?;
    check_artifacts(manifest, &files)?;
    check_order(manifest)?;
    let folders: BTreeSet<&str> = manifest.sources.iter().map(|s| s.folder.as_str()).collect();
    if folders.len() != manifest.sources.len() {
        return Err(malformed("two sources of the manifest share a folder"));
    }
    for set in &manifest.validation {
        for path in std::iter::once(&set.documents).chain(&set.expected) {
            if !files.contains_key(path) {
                return Err(malformed(format!(
                    "validation set {:?} names {path}, which is not in the bundle",
                    set.name
                )));
            }
        }
    }
    check_texts(manifest)
}

fn check_files(manifest: &Manifest) -> Result<Files<'_>> {
    let mut files = BTreeMap::new();
    for file in &manifest.files {
        if file.path.as_str() == MANIFEST_NAME || files.insert(&file.path, file).is_some() {
            return Err(malformed(format!("the manifest has {} twice", file.path)));
        }
    }
    Ok(files)
}

fn check_artifacts(manifest: &Manifest, files: &Files) -> Result<()> {
    let mut seen = BTreeSet::new();
    for entry in &manifest.artifacts {
        let name = entry.artifact();
        if !ArtifactKind::ALL.contains(&entry.kind) {
            return Err(malformed(format!("no bundle carries a {}", entry.kind)));
        }
        match files.get(&entry.path) {
            Some(file) if file.size == entry.size && file.sha256 == entry.sha256 => {}
            Some(_) => {
                return Err(malformed(format!(
                    "{name} and its file {} differ in size or digest",
                    entry.path
                )));
            }
            None => {
                return Err(malformed(format!(
                    "{name} stands in {}, which is not in the bundle",
                    entry.path
                )));
            }
        }
        if entry.id.is_empty() {
            return Err(malformed(format!("a {} has an empty id", entry.kind)));
        }
        if !seen.insert(name.clone()) {
            return Err(malformed(format!("the manifest has {name} twice")));
        }
        if entry.references.contains(&name) {
            return Err(malformed(format!("{name} refers to itself")));
        }
        if let (Some(min), Some(max)) = (&entry.min_stack_version, &entry.max_stack_version)
            && min > max
        {
            return Err(malformed(format!(
                "{name} needs stack {min} at least and {max} at most"
            )));
        }
    }
    Ok(())
}

fn check_texts(manifest: &Manifest) -> Result<()> {
    let producer = [&manifest.producer.name, &manifest.producer.version];
    let sources = manifest.sources.iter().flat_map(|source| {
        std::iter::once(&source.folder)
            .chain(&source.repository)
            .chain(&source.tag)
            .chain(&source.asset_url)
            .chain(&source.fetched_from)
            .chain(&source.signature)
            .chain(source.package.iter().flat_map(PackageManifest::texts))
    });
    let files = manifest
        .files
        .iter()
        .filter_map(|f| f.original_name.as_ref());
    let artifacts = manifest.artifacts.iter().flat_map(|entry| {
        std::iter::once(&entry.id).chain(entry.references.iter().map(|id| &id.id))
    });
    let sets = manifest
        .validation
        .iter()
        .flat_map(|set| std::iter::once(&set.name).chain(&set.pipeline));
    let notes = manifest.licenses.iter().flat_map(|n| [&n.about, &n.note]);
    let mut texts = producer
        .into_iter()
        .chain(sources)
        .chain(files)
        .chain(artifacts)
        .chain(sets)
        .chain(notes);
    match texts.find(|text| text.len() > MAX_TEXT || text.chars().any(char::is_control)) {
        None => Ok(()),
        Some(text) => Err(malformed(format!(
            "the manifest has a text that is too long or holds control characters: {:?}",
            text.chars().take(60).collect::<String>()
        ))),
    }
}

/// References must leave an order in which everything can be installed.
fn check_order(manifest: &Manifest) -> Result<()> {
    let mut waiting: BTreeMap<ArtifactId, BTreeSet<&ArtifactId>> = manifest
        .artifacts
        .iter()
        .map(|entry| (entry.artifact(), entry.references.iter().collect()))
        .collect();
    // What is not in the bundle is the cluster's affair.
    let inside: BTreeSet<ArtifactId> = waiting.keys().cloned().collect();
    for references in waiting.values_mut() {
        references.retain(|id| inside.contains(*id));
    }
    loop {
        let ready: BTreeSet<ArtifactId> = waiting
            .iter()
            .filter(|(_, references)| references.is_empty())
            .map(|(id, _)| id.clone())
            .collect();
        if ready.is_empty() {
            break;
        }
        waiting.retain(|id, _| !ready.contains(id));
        for references in waiting.values_mut() {
            references.retain(|id| !ready.contains(*id));
        }
    }
    match waiting.keys().next() {
        None => Ok(()),
        Some(id) => Err(malformed(format!("{id} refers to itself through others"))),
    }
}
