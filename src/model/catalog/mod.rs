//! The artifacts found in releases, classified and cross-checked.
//!
//! Files go in one by one through a [`Cataloger`]; out comes a [`Catalog`]. The
//! conventions of the releases are those of the `detection-rules` publishers:
//!
//! - first naming (until spring 2021): five files `dga_*_model.json`,
//!   `dga_*_ngrams_create.json`, … with fixed ids ([`naming`]);
//! - later naming: the file's stem ends in `_model`, `_script`, `_pipeline`,
//!   `_transform`, `_policy`, `_index_template` or `_component_template` and is the
//!   id, but for a model, whose id is its `model_id`; of `NAME_mappings` the index
//!   is `NAME`;
//! - detections: jobs, datafeeds, analytics and filters as
//!   `{"name", "type", "body"}`, rules as TOML or ndjson;
//! - dashboards and other saved objects of Kibana as ndjson;
//! - filters of our own in TOML, each a table `[filter.ID]` with `items` and
//!   perhaps a `description`;
//! - beyond these, files whose content names kind and id by itself, as the APIs
//!   return them.
//!
//! What follows none of these is reported, never guessed.

use std::collections::BTreeSet;
use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::manifest::Part;
use crate::model::version::StackVersion;

mod cataloger;
mod classify;
mod document;
mod filters;
mod lines;
pub mod naming;
mod package;
mod references;
mod shape;

pub use cataloger::Cataloger;
pub use document::document_stem;

/// Where something stands: release, file, part of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The release's tag, or the name of the folder or file that was given.
    pub release: String,
    /// The file's name within the release.
    pub file: String,
    /// The part of the file, when it is not the whole.
    pub part: Option<Part>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.release, self.file)?;
        match &self.part {
            Some(part) => write!(f, " {part}"),
            None => Ok(()),
        }
    }
}

/// One artifact of a catalog.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its kind and the id it gets in a cluster.
    pub artifact: ArtifactId,
    /// The file that holds it; [`crate::model::content::read`] gets the body.
    pub place: Place,
    /// What it needs to be there before it.
    pub references: BTreeSet<ArtifactId>,
    /// Its name for people, where it has one.
    pub title: Option<String>,
    /// The terms that it comes under, where it states them itself (rules do).
    pub license: Option<String>,
    /// The oldest stack that takes it, where its publisher says so.
    pub min_stack_version: Option<StackVersion>,
    /// The newest stack that takes it, where its publisher says so.
    pub max_stack_version: Option<StackVersion>,
}

/// Whether a finding stops the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Warning,
    /// The catalog cannot be used.
    Error,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it stops the work.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What, as a fragment.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// A reference to an artifact that the catalog does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// What is not there.
    pub wanted: ArtifactId,
    /// Who refers to it.
    pub by: ArtifactId,
    /// Where that stands.
    pub place: Place,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} refers to {}, which is not here",
            self.place, self.by, self.wanted
        )
    }
}

/// The artifacts of some releases.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// The artifacts, in install order.
    pub items: Vec<Item>,
    /// Files that come along without being installed: documents for people, and
    /// unknown files that were asked to be carried.
    pub others: Vec<Place>,
    /// What is not as it should be, errors and warnings, by place.
    pub findings: Vec<Finding>,
}

impl Catalog {
    /// The artifact `id`.
    #[must_use]
    pub fn get(&self, id: &ArtifactId) -> Option<&Item> {
        self.items.iter().find(|item| item.artifact == *id)
    }

    /// The artifacts of one kind.
    pub fn of_kind(&self, kind: ArtifactKind) -> impl Iterator<Item = &Item> {
        self.items
            .iter()
            .filter(move |item| item.artifact.kind == kind)
    }

    /// Every reference to something that is not in this catalog. The cluster may
    /// have it; without a cluster to ask, each is worth a warning.
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        let mut missing: Vec<Missing> = self
            .items
            .iter()
            .flat_map(|item| {
                let absent = item.references.iter();
                let absent = absent.filter(|wanted| self.get(wanted).is_none());
                absent.map(|wanted| Missing {
                    wanted: wanted.clone(),
                    by: item.artifact.clone(),
                    place: item.place.clone(),
                })
            })
            .collect();
        missing.sort();
        missing
    }

    /// The catalog, if it has no finding that stops the work.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] that names the first such finding and the number
    /// of others, the others as causes.
    pub fn usable(self) -> Result<Self> {
        let is_error = |finding: &&Finding| finding.severity == Severity::Error;
        let errors: Vec<String> = self
            .findings
            .iter()
            .filter(is_error)
            .map(ToString::to_string)
            .collect();
        match errors.as_slice() {
            [] => Ok(self),
            [only] => Err(Error::new(ErrorKind::Malformed, only)),
            [first, rest @ ..] => Err(Error::new(ErrorKind::Malformed, first).because(format!(
                "and {} more: {}",
                rest.len(),
                rest.join("; ")
            ))),
        }
    }
}
