//! Proves that what is installed does what it should: the bundle's documents go
//! through the cluster's own `_simulate` and must come out as expected.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};

use crate::error::{Error, ErrorKind, Result};
use crate::io::bundle::VerifiedBundle;
use crate::io::cluster::Cluster;
use crate::model::artifact::ArtifactKind;
use crate::model::manifest::{Manifest, ValidationSet};
use crate::model::path::BundlePath;
use crate::model::validation::{self, Case, Verdict};
use crate::progress::Progress;

/// How many documents go into one call.
const AT_ONCE: usize = 50;

/// The longest file of documents.
const MAX_FILE: u64 = 256 << 20;

/// How many documents that came out wrong are told in full.
const MAX_TOLD: usize = 20;

/// What one validation set gave.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// What the set is called.
    pub name: String,
    /// The pipeline that the documents went through.
    pub pipeline: String,
    /// How many documents there are.
    pub documents: usize,
    /// How many came out as expected.
    pub right: usize,
    /// The others, the first of them.
    pub wrong: Vec<Wrong>,
}

/// A document that did not come out as expected.
#[derive(Debug, Serialize)]
pub struct Wrong {
    /// Its `_id`.
    pub id: String,
    /// Why.
    #[serde(flatten)]
    pub verdict: Verdict,
}

impl Checked {
    /// Whether every document came out as expected.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.right == self.documents
    }
}

/// One set, read from the bundle.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) name: String,
    pub(super) pipeline: String,
    pub(super) cases: Vec<Case>,
}

/// Sends every validation set of `bundle` through the pipelines as they are in
/// the cluster. A bundle without one gives nothing.
///
/// # Errors
/// As reading the bundle and the calls.
pub fn check(
    cluster: &Cluster,
    bundle: &VerifiedBundle,
    progress: &dyn Progress,
) -> Result<Vec<Checked>> {
    let sets = sets(bundle)?;
    sets.iter()
        .map(|set| through(cluster, set, &set.pipeline, progress))
        .collect()
}

/// Sends `set` through the pipeline `id`.
pub(super) fn through(
    cluster: &Cluster,
    set: &Set,
    id: &str,
    progress: &dyn Progress,
) -> Result<Checked> {
    let mut checked = Checked {
        name: set.name.clone(),
        pipeline: set.pipeline.clone(),
        documents: set.cases.len(),
        right: 0,
        wrong: Vec::new(),
    };
    progress.begin("checking documents", Some(set.cases.len() as u64));
    for cases in set.cases.chunks(AT_ONCE) {
        progress.go_on()?;
        let documents: Vec<Value> = cases
            .iter()
            .map(|case| json!({"_id": case.id, "_source": case.source}))
            .collect();
        let answers = cluster
            .elasticsearch
            .simulate(id, &documents)
            .map_err(|failed| {
                Error::from(failed).context(format!("cannot simulate the pipeline {id}"))
            })?;
        for (case, answer) in cases.iter().zip(&answers) {
            match validation::judge(case, answer) {
                Verdict::Right => checked.right += 1,
                verdict if checked.wrong.len() < MAX_TOLD => checked.wrong.push(Wrong {
                    id: case.id.clone(),
                    verdict,
                }),
                _ => {}
            }
        }
        progress.advance(cases.len() as u64);
    }
    progress.end();
    Ok(checked)
}

/// The validation sets of `bundle`.
///
/// # Errors
/// As reading the bundle; [`ErrorKind::Malformed`] for a set that names no
/// pipeline where the bundle has several entries.
pub(super) fn sets(bundle: &VerifiedBundle) -> Result<Vec<Set>> {
    let manifest = bundle.manifest();
    let read = |path: &BundlePath| -> Result<String> {
        String::from_utf8(bundle.read(path, MAX_FILE)?)
            .map_err(|_| Error::new(ErrorKind::Malformed, format!("{path} is not UTF-8 text")))
    };
    manifest
        .validation
        .iter()
        .map(|set| {
            let documents = read(&set.documents)?;
            let expected = set.expected.as_ref().map(&read).transpose()?;
            let cases = validation::cases(&documents, expected.as_deref()).map_err(|error| {
                error.context(format!("the validation set {} cannot be used", set.name))
            })?;
            Ok(Set {
                name: set.name.clone(),
                pipeline: pipeline(manifest, set)?,
                cases,
            })
        })
        .collect()
}

/// The pipeline that a set is for: the one that it names, or the only one of the
/// bundle that no other calls.
fn pipeline(manifest: &Manifest, set: &ValidationSet) -> Result<String> {
    if let Some(named) = &set.pipeline {
        return Ok(named.clone());
    }
    let pipelines = || {
        let entries = manifest.artifacts.iter();
        entries.filter(|entry| entry.kind == ArtifactKind::Pipeline)
    };
    let called: BTreeSet<&str> = pipelines()
        .flat_map(|entry| &entry.references)
        .filter(|reference| reference.kind == ArtifactKind::Pipeline)
        .map(|reference| reference.id.as_str())
        .collect();
    let mut entries = pipelines().filter(|entry| !called.contains(entry.id.as_str()));
    match (entries.next(), entries.next()) {
        (Some(only), None) => Ok(only.id.clone()),
        _ => Err(Error::new(
            ErrorKind::Malformed,
            format!(
                "the validation set {} names no pipeline, and the bundle has not just one entry",
                set.name
            ),
        )
        .hint("name the pipeline when packing")),
    }
}
