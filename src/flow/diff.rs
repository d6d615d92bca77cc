//! What changed from one bundle to another.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::error::Result;
use crate::io::bundle::VerifiedBundle;
use crate::model::artifact::ArtifactId;
use crate::model::content;
use crate::model::diff;
use crate::model::manifest::ArtifactEntry;

/// The largest artifact whose bodies are compared line by line, in bytes.
const MAX_BODY: u64 = 1 << 20;

/// What became of an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Only the new bundle has it.
    Added,
    /// Only the old bundle has it.
    Removed,
    /// Both have it, with other content.
    Changed,
    /// Both have it, with the same content.
    Same,
}

impl Change {
    /// The change as one word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Same => "same",
        }
    }
}

/// An artifact and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The artifact.
    pub artifact: ArtifactId,
    /// What became of it.
    pub change: Change,
    /// The lines that differ, for small artifacts.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub lines: String,
}

/// Compares the artifacts of two bundles; the result is in install order.
///
/// # Errors
/// Those of reading members.
pub fn compare(old: &VerifiedBundle, new: &VerifiedBundle) -> Result<Vec<Difference>> {
    let before = artifacts(old);
    let after = artifacts(new);
    let all: BTreeSet<&ArtifactId> = before.keys().chain(after.keys()).collect();
    all.into_iter()
        .map(|id| {
            let (change, lines) = match (before.get(id), after.get(id)) {
                (Some(a), Some(b)) => both((old, a), (new, b))?,
                (None, _) => (Change::Added, String::new()),
                (_, None) => (Change::Removed, String::new()),
            };
            Ok(Difference {
                artifact: id.clone(),
                change,
                lines,
            })
        })
        .collect()
}

fn artifacts(bundle: &VerifiedBundle) -> BTreeMap<ArtifactId, &ArtifactEntry> {
    let entries = bundle.manifest().artifacts.iter();
    entries.map(|entry| (entry.artifact(), entry)).collect()
}

type Side<'a> = (&'a VerifiedBundle, &'a ArtifactEntry);

fn both(old: Side, new: Side) -> Result<(Change, String)> {
    if old.1.sha256 == new.1.sha256 && old.1.part == new.1.part {
        return Ok((Change::Same, String::new()));
    }
    if old.1.size > MAX_BODY || new.1.size > MAX_BODY {
        return Ok((Change::Changed, String::new()));
    }
    let (before, after) = (body(old)?, body(new)?);
    if before == after {
        return Ok((Change::Same, String::new()));
    }
    Ok((Change::Changed, diff::bodies(&before, &after)))
}

fn body((bundle, entry): Side) -> Result<serde_json::Value> {
    let bytes = bundle.read(&entry.path, MAX_BODY)?;
    content::read(entry.path.as_str(), entry.part.as_ref(), &bytes)
}
