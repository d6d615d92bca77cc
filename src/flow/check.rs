//! Proves that what is installed does what it should: the bundle's documents go
//! through the cluster's own `_simulate` and must come out as expected, and what
//! should be at work is looked at.

use serde_json::Value;

use crate::error::{Error, Result};
use crate::flow::observe;
use crate::flow::rehearse::compare::difference;
use crate::io::cluster::Cluster;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::checkup::{Checked, Checkup, State, Unchecked, Verdict, Wrong};
use crate::model::enrichment::Enrichment;
use crate::model::plan::STAGING;
use crate::progress::Progress;

mod course;
pub mod documents;
pub mod recent;

use documents::{Case, Proof, Set};

/// How many documents go into one call.
const AT_ONCE: usize = 50;

/// How many documents that came out wrong are told in full.
const MAX_TOLD: usize = 20;

/// Sends every set of `proof` through its pipeline as it is in the cluster, and
/// looks at the states of those of `artifacts` that have one.
///
/// # Errors
/// As the calls.
pub fn check(
    cluster: &Cluster,
    proof: &Proof,
    artifacts: &[ArtifactId],
    progress: &dyn Progress,
) -> Result<Checkup> {
    check_present(cluster, proof, artifacts, &[], progress)
}

/// The same where the artifacts `absent` are not there: it is done without them, and
/// without the sets that enter one of them.
///
/// # Errors
/// As the calls.
pub fn check_present(
    cluster: &Cluster,
    proof: &Proof,
    artifacts: &[ArtifactId],
    absent: &[ArtifactId],
    progress: &dyn Progress,
) -> Result<Checkup> {
    let sets = proof
        .sets
        .iter()
        .filter(|set| !absent.contains(&set.entry()))
        .map(|set| through(cluster, set, &set.pipeline, &proof.enrichment, progress))
        .collect::<Result<_>>()?;
    Ok(Checkup {
        sets,
        states: states(cluster, artifacts, absent)?,
        failure: None,
    })
}

/// Those of `artifacts` that the cluster does not have; what Kibana keeps counts only
/// where one is named.
///
/// # Errors
/// As the calls.
pub fn missing(cluster: &Cluster, artifacts: &[ArtifactId]) -> Result<Vec<ArtifactId>> {
    let mut missing = Vec::new();
    for artifact in artifacts {
        let is_seen = cluster.kibana.is_some() || !artifact.is_of_kibana();
        if is_seen && observe::read(cluster, artifact, false)?.is_none() {
            missing.push(artifact.clone());
        }
    }
    Ok(missing)
}

/// The sets of `proof` that enter a pipeline that is `absent`.
#[must_use]
pub fn unchecked(proof: &Proof, absent: &[ArtifactId]) -> Vec<Unchecked> {
    let sets = proof.sets.iter();
    sets.filter(|set| absent.contains(&set.entry()))
        .map(|set| Unchecked {
            name: set.name.clone(),
            pipeline: set.pipeline.clone(),
        })
        .collect()
}

/// Whether the jobs, datafeeds and analytics among `artifacts` are at work, but for
/// those that are `absent`.
fn states(
    cluster: &Cluster,
    artifacts: &[ArtifactId],
    absent: &[ArtifactId],
) -> Result<Vec<State>> {
    let kinds = [
        ArtifactKind::Job,
        ArtifactKind::Datafeed,
        ArtifactKind::Analytics,
        ArtifactKind::Transform,
    ];
    let present = artifacts.iter().filter(|id| !absent.contains(id));
    let with_state = present.filter(|id| kinds.contains(&id.kind));
    with_state
        .map(|artifact| {
            Ok(State {
                artifact: artifact.clone(),
                state: cluster.elasticsearch.state(artifact)?,
            })
        })
        .collect()
}

/// Sends `set` through the pipeline `id`: that of the set, or its copy.
pub(super) fn through(
    cluster: &Cluster,
    set: &Set,
    id: &str,
    enrichment: &Enrichment,
    progress: &dyn Progress,
) -> Result<Checked> {
    let mut checked = Checked {
        name: set.name.clone(),
        pipeline: set.pipeline.clone(),
        documents: set.cases.len(),
        right: 0,
        known: set.known,
        wrong: Vec::new(),
    };
    progress.begin("checking documents", Some(set.cases.len() as u64));
    for cases in set.cases.chunks(AT_ONCE) {
        progress.go_on()?;
        let documents: Vec<Value> = cases.iter().map(Case::document).collect();
        let answers = simulate(cluster, id, &documents)?;
        for (case, answer) in cases.iter().zip(&answers) {
            let verdict = judge(case, enrichment, answer);
            if verdict == Verdict::Right {
                checked.right += 1;
                continue;
            }
            if checked.wrong.len() < MAX_TOLD {
                let failed = matches!(verdict, Verdict::Failed(_));
                checked.wrong.push(Wrong {
                    id: case.id.clone(),
                    processor: if failed && checked.wrong.is_empty() {
                        culprit(cluster, id, case)?
                    } else {
                        None
                    },
                    verdict,
                });
            }
        }
        progress.advance(cases.len() as u64);
    }
    progress.end();
    Ok(checked)
}

/// What the pipeline `id` makes of `documents`; messages that name a copy name
/// what it is a copy of.
fn simulate(cluster: &Cluster, id: &str, documents: &[Value]) -> Result<Vec<Value>> {
    let mut answers = cluster
        .elasticsearch
        .simulate(id, documents, false)
        .map_err(|failed| {
            Error::from(failed).context(format!("cannot simulate the pipeline {id}"))
        })?;
    answers.iter_mut().for_each(unstage);
    Ok(answers)
}

fn unstage(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(STAGING) => *text = text.replace(STAGING, ""),
        Value::Array(items) => items.iter_mut().for_each(unstage),
        Value::Object(map) => map.values_mut().for_each(unstage),
        _ => {}
    }
}

/// The processor in which `case` fails, seen by simulating step by step.
fn culprit(cluster: &Cluster, id: &str, case: &Case) -> Result<Option<String>> {
    let documents = [case.document()];
    let answers = cluster.elasticsearch.simulate(id, &documents, true)?;
    let results = answers
        .first()
        .and_then(|answer| answer.get("processor_results")?.as_array());
    let failed = results.into_iter().flatten().find(|result| {
        let error = result.get("error").or_else(|| result.get("ignored_error"));
        error.is_some()
    });
    Ok(failed.map(|result| {
        let text = |key: &str| result.get(key).and_then(Value::as_str);
        let kind = text("processor_type").unwrap_or("unknown");
        match text("tag") {
            Some(tag) => format!("the processor {kind} with the tag {tag}"),
            None => format!("a processor {kind}"),
        }
    }))
}

/// Holds one entry of the `docs` of `_simulate` against what was expected; where
/// nothing was, only a failure is wrong.
fn judge(case: &Case, enrichment: &Enrichment, simulated: &Value) -> Verdict {
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
    let clean = |body: Option<&Value>| body.is_none_or(|body| enrichment.message(body).is_none());
    if let Some(swallowed) = enrichment.message(after)
        && clean(wanted("_source"))
        && clean(Some(&case.source))
    {
        return Verdict::Failed(swallowed);
    }
    match wanted("_source").and_then(|wanted| difference(&wanted.into(), &after.into())) {
        Some(found) => Verdict::Different(found.to_string()),
        None => Verdict::Right,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::documents::cases;
    use super::{Enrichment, Verdict, judge};

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
        let mut enrichment = Enrichment::default();
        enrichment.add_pipeline(&json!({"on_failure": [
            {"set": {"field": "error.message", "value": "{{ _ingest.on_failure_message }}"}}]}));
        for (simulated, verdict) in cases {
            assert_eq!(judge(case, &enrichment, &simulated), verdict, "{simulated}");
        }
    }
}
