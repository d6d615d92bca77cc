//! The validation sets of a bundle, ready to be sent.

use serde_json::{Value, json};

use crate::engine::value::Value as Fields;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::flow::rehearse::{Calls, Document, Lines, choose};
use crate::io::bundle::VerifiedBundle;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::content;
use crate::model::enrichment::Enrichment;
use crate::model::manifest::Manifest;
use crate::model::path::BundlePath;

/// The longest file of documents.
const MAX_FILE: u64 = 256 << 20;

/// One document and the line that tells what must become of it.
#[derive(Clone, Debug)]
pub struct Case {
    pub(super) id: String,
    pub(super) index: Option<String>,
    pub(super) source: Value,
    pub(super) expected: Option<Value>,
}

impl Case {
    /// The document as `_simulate` takes it.
    pub(super) fn document(&self) -> Value {
        let mut document = json!({"_id": self.id, "_source": self.source});
        if let Some(index) = &self.index {
            document["_index"] = Value::from(index.as_str());
        }
        document
    }
}

/// One set, read from the bundle.
#[derive(Clone, Debug)]
pub struct Set {
    /// What it is called.
    pub name: String,
    /// The pipeline that its documents enter.
    pub pipeline: String,
    /// How many documents were known to come out otherwise when it was packed.
    pub(super) known: usize,
    pub(super) cases: Vec<Case>,
}

impl Set {
    /// The pipeline that its documents enter.
    #[must_use]
    pub fn entry(&self) -> ArtifactId {
        ArtifactId::new(ArtifactKind::Pipeline, self.pipeline.as_str())
    }
}

/// What a bundle brings to prove that it works.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// Its validation sets.
    pub sets: Vec<Set>,
    /// What its pipelines leave in documents.
    pub enrichment: Enrichment,
}

/// What `bundle` brings to prove that it works.
///
/// # Errors
/// As reading the bundle; [`ErrorKind::Malformed`] for a set that names no
/// pipeline where the bundle has several entries, and for lines that do not fit.
pub fn proof(bundle: &VerifiedBundle) -> Result<Proof> {
    let mut enrichment = Enrichment::default();
    for entry in &bundle.manifest().artifacts {
        if entry.kind == ArtifactKind::Pipeline {
            let bytes = bundle.read(&entry.path, MAX_FILE)?;
            let body = content::read(entry.path.as_str(), entry.part.as_ref(), &bytes)?;
            enrichment.add_pipeline(&body);
        }
    }
    let sets = sets(bundle)?;
    let cases = sets.iter().flat_map(|set| &set.cases);
    enrichment.learn(cases.filter_map(|case| {
        let after = case.expected.as_ref()?.get("_source")?;
        Some((&case.source, after))
    }));
    Ok(Proof { sets, enrichment })
}

/// The validation sets of `bundle`.
///
/// # Errors
/// As reading the bundle; [`ErrorKind::Malformed`] for a set that names no
/// pipeline where the bundle has several entries, and for lines that do not fit.
fn sets(bundle: &VerifiedBundle) -> Result<Vec<Set>> {
    let manifest = bundle.manifest();
    let calls = calls(manifest);
    let read = |path: &BundlePath| bundle.read(path, MAX_FILE);
    manifest
        .validation
        .iter()
        .map(|set| {
            let unusable = || format!("the validation set {} cannot be used", set.name);
            let pipeline = choose(&calls, set.pipeline.as_deref()).map_err(|error| {
                Error::new(ErrorKind::Malformed, unusable())
                    .because(error)
                    .hint("name the pipeline when packing")
            })?;
            let documents = read(&set.documents)?;
            let expected = set.expected.as_ref().map(&read).transpose()?;
            let cases = cases(&documents, expected.as_deref())
                .map_err(|error| error.context(unusable()))?;
            Ok(Set {
                name: set.name.clone(),
                pipeline: pipeline.to_owned(),
                known: usize::try_from(set.failed.unwrap_or(0)).unwrap_or(usize::MAX),
                cases,
            })
        })
        .collect()
}

/// Which pipelines of the bundle call which.
#[must_use]
pub fn calls(manifest: &Manifest) -> Vec<Calls> {
    let pipelines = manifest.artifacts.iter();
    pipelines
        .filter(|entry| entry.kind == ArtifactKind::Pipeline)
        .map(|entry| {
            let called = entry.references.iter();
            let called = called.filter(|reference| reference.kind == ArtifactKind::Pipeline);
            Calls {
                pipeline: entry.id.clone(),
                called: called.map(|reference| reference.id.clone()).collect(),
            }
        })
        .collect()
}

/// The documents, each with the line of the expected results that stands at its
/// place.
pub(super) fn cases(documents: &[u8], expected: Option<&[u8]>) -> Result<Vec<Case>> {
    let documents = Lines::new(documents, "documents").take(usize::MAX)?;
    let mut wanted = match expected {
        Some(expected) => Lines::new(expected, "expected results").take(usize::MAX)?,
        None => Vec::new(),
    }
    .into_iter();
    let cases: Vec<Case> = documents
        .iter()
        .map(|line| {
            let document = Document::parse(line, "documents")?;
            let expected = match wanted.next() {
                Some(line) => Some(
                    serde_json::from_str(&line.text).or_err(ErrorKind::Malformed, || {
                        format!("line {} of the expected results is not JSON", line.number)
                    })?,
                ),
                None => None,
            };
            Ok(Case {
                id: document.id.unwrap_or_else(|| line.number.to_string()),
                index: document.index,
                source: Value::from(&Fields::Map(document.source)),
                expected,
            })
        })
        .collect::<Result<_>>()?;
    let short = expected.is_some() && cases.iter().any(|case| case.expected.is_none());
    if short || wanted.next().is_some() {
        return Err(Error::new(
            ErrorKind::Malformed,
            "there are not as many expected results as documents",
        ));
    }
    Ok(cases)
}

#[cfg(test)]
mod tests {
    use super::cases;

    #[test]
    fn lines_that_do_not_fit_are_refused() {
        for (documents, expected) in [
            ("{", None),
            ("{}", Some("")),
            ("{}", Some("{}\n{}")),
            ("{}", Some("{")),
        ] {
            assert!(cases(documents.as_bytes(), expected.map(str::as_bytes)).is_err());
        }
    }
}
