//! The artifacts that a rehearsal needs: scripts, models and pipelines, out of a
//! bundle or out of releases that are yet to be packed.

use std::collections::BTreeSet;

use serde_json::Value;

use super::entry::Calls;
use crate::engine::inference::LARGEST_DEFINITION;
use crate::error::Result;
use crate::flow::gather::Gathered;
use crate::io::bundle::VerifiedBundle;
use crate::io::files;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::body::for_cluster;
use crate::model::catalog::Catalog;
use crate::model::content;
use crate::model::manifest::Part;
use crate::model::version::StackVersion;

/// The largest file that holds an artifact: a model's definition as plain JSON.
const MAX_FILE: u64 = LARGEST_DEFINITION as u64;

/// What is rehearsed.
#[derive(Clone, Debug, Default)]
pub struct Artifacts {
    /// Stored scripts: id and body (`{"script": …}`)
    pub scripts: Vec<(String, Value)>,
    /// Pipelines: id and body
    pub pipelines: Vec<(String, Value)>,
    /// Models: id and file, as it was published
    pub models: Vec<(String, Vec<u8>)>,
    /// Which pipelines call which
    pub calls: Vec<Calls>,
}

impl Artifacts {
    /// The artifacts of a bundle.
    ///
    /// # Errors
    /// As [`VerifiedBundle::read`]; [`crate::error::ErrorKind::Malformed`] for a body that
    /// cannot be read.
    pub fn of_bundle(bundle: &VerifiedBundle) -> Result<Self> {
        let mut artifacts = Self::default();
        for entry in &bundle.manifest().artifacts {
            let id = ArtifactId::new(entry.kind, entry.id.as_str());
            artifacts.add(&id, entry.path.as_str(), entry.part.as_ref(), || {
                bundle.read(&entry.path, MAX_FILE)
            })?;
            let references = entry.references.iter();
            artifacts.call(&id, references);
        }
        Ok(artifacts)
    }

    /// The artifacts of releases.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Io`] when a file cannot be read,
    /// [`crate::error::ErrorKind::Malformed`] for
    /// a body that cannot.
    pub fn of_releases(gathered: &Gathered) -> Result<Self> {
        let mut artifacts = Self::default();
        for item in &gathered.catalog.items {
            let place = &item.place;
            let content = gathered.content(place)?;
            artifacts.add(&item.artifact, &place.file, place.part.as_ref(), || {
                files::read_to_limit(content.open()?, MAX_FILE, &place.to_string())
            })?;
            artifacts.call(&item.artifact, item.references.iter());
        }
        Ok(artifacts)
    }

    /// The artifacts of the files of one release, by their names.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Malformed`] for a body that cannot be read.
    pub fn of_files(catalog: &Catalog, files: &[(String, Vec<u8>)]) -> Result<Self> {
        let mut artifacts = Self::default();
        for item in &catalog.items {
            let place = &item.place;
            let bytes = || {
                let mut files = files.iter();
                let found = files.find(|(name, _)| *name == place.file);
                Ok(found.map(|(_, bytes)| bytes.clone()).unwrap_or_default())
            };
            artifacts.add(&item.artifact, &place.file, place.part.as_ref(), bytes)?;
            artifacts.call(&item.artifact, item.references.iter());
        }
        Ok(artifacts)
    }

    fn add(
        &mut self,
        id: &ArtifactId,
        file: &str,
        part: Option<&Part>,
        read: impl FnOnce() -> Result<Vec<u8>>,
    ) -> Result<()> {
        let newest = StackVersion::new(u32::MAX, 0, 0);
        let body = |bytes: &[u8]| -> Result<Value> {
            let raw = content::read(file, part, bytes)?;
            Ok(for_cluster(id, &raw, &newest, None))
        };
        match id.kind {
            ArtifactKind::Script => self.scripts.push((id.id.clone(), body(&read()?)?)),
            ArtifactKind::Pipeline => self.pipelines.push((id.id.clone(), body(&read()?)?)),
            ArtifactKind::Model => {
                let bytes = read()?;
                // A whole file goes to the engine as it is: a definition can be large.
                let bytes = match part {
                    None => bytes,
                    Some(_) => body(&bytes)?.to_string().into_bytes(),
                };
                self.models.push((id.id.clone(), bytes));
            }
            _ => {}
        }
        Ok(())
    }

    fn call<'r>(&mut self, id: &ArtifactId, references: impl Iterator<Item = &'r ArtifactId>) {
        if id.kind != ArtifactKind::Pipeline {
            return;
        }
        let called: BTreeSet<String> = references
            .filter(|reference| reference.kind == ArtifactKind::Pipeline)
            .map(|reference| reference.id.clone())
            .collect();
        self.calls.push(Calls {
            pipeline: id.id.clone(),
            called,
        });
    }
}
