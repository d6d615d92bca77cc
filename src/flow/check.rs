//! Proves that what is installed does what it should: the bundle's documents go
//! through the cluster's own `_simulate` and must come out as expected.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};

use crate::engine::value::Value as Fields;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::flow::rehearse::compare::difference;
use crate::flow::rehearse::{Document, Lines};
use crate::io::bundle::VerifiedBundle;
use crate::io::cluster::Cluster;
use crate::model::artifact::ArtifactKind;
use crate::model::manifest::{Manifest, ValidationSet};
use crate::model::path::BundlePath;
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

/// How one document came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", content = "why", rename_all = "lowercase")]
pub enum Verdict {
    /// As expected.
    Right,
    /// The pipeline failed, or a failure was swallowed: the message.
    Failed(String),
    /// Other than expected: where, and how.
    Different(String),
}

/// One document and the line that tells what must become of it.
#[derive(Debug)]
pub(super) struct Case {
    id: String,
    source: Value,
    expected: Option<Value>,
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
            match judge(case, answer) {
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
    let read = |path: &BundlePath| bundle.read(path, MAX_FILE);
    manifest
        .validation
        .iter()
        .map(|set| {
            let documents = read(&set.documents)?;
            let expected = set.expected.as_ref().map(&read).transpose()?;
            let cases = cases(&documents, expected.as_deref()).map_err(|error| {
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

/// The documents, each with the line of the expected results that stands at its
/// place.
fn cases(documents: &[u8], expected: Option<&[u8]>) -> Result<Vec<Case>> {
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

/// Holds one entry of the `docs` of `_simulate` against what was expected; where
/// nothing was, only a failure is wrong.
fn judge(case: &Case, simulated: &Value) -> Verdict {
    let wanted = |key: &str| case.expected.as_ref().and_then(|line| line.get(key));
    let outcome = wanted("outcome")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if let Some(error) = simulated.get("error") {
        let reason = error.get("reason").and_then(Value::as_str);
        return if outcome == "failed" {
            Verdict::Right
        } else {
            Verdict::Failed(reason.unwrap_or("the document failed").to_owned())
        };
    }
    let Some(after) = simulated.pointer("/doc/_source") else {
        return if outcome == "dropped" {
            Verdict::Right
        } else {
            Verdict::Different("the document was dropped".to_owned())
        };
    };
    // The released pipelines swallow failures into this field.
    let message = |body: Option<&Value>| {
        let text = body.and_then(|body| body.pointer("/error/message"));
        text.and_then(Value::as_str).map(str::to_owned)
    };
    if let Some(swallowed) = message(Some(after))
        && message(wanted("_source")).is_none()
        && message(Some(&case.source)).is_none()
    {
        return Verdict::Failed(swallowed);
    }
    match wanted("_source").and_then(|wanted| difference(&wanted.into(), &after.into())) {
        Some(found) => Verdict::Different(found.to_string()),
        None => Verdict::Right,
    }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::{Verdict, cases, judge};

    #[test]
    fn results_are_held_against_what_was_expected() {
        let documents = br#"{"_id":"a","_source":{"x":1}}"#;
        let expected = br#"{"_id":"a","outcome":"enriched","_source":{"x":1,"p":0.25}}"#;
        let case = &cases(documents, Some(expected)).unwrap()[0];
        let doc = |source| json!({"doc": {"_source": source}});
        let differs = |text: &str| Verdict::Different(text.to_owned());
        let cases = [
            (doc(json!({"x": 1, "p": 0.25})), Verdict::Right),
            (
                doc(json!({"x": 1, "p": 0.26})),
                differs("p is 0.26 instead of 0.25"),
            ),
            (
                doc(json!({"x": 1})),
                differs("p is nothing instead of 0.25"),
            ),
            (
                doc(json!({"x": 1, "error": {"message": "no script"}})),
                Verdict::Failed("no script".to_owned()),
            ),
            (
                json!({"error": {"reason": "boom"}}),
                Verdict::Failed("boom".to_owned()),
            ),
            (json!(null), differs("the document was dropped")),
        ];
        for (simulated, verdict) in cases {
            assert_eq!(judge(case, &simulated), verdict, "{simulated}");
        }
    }

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
