//! Gathers what the advice after an installation depends on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::flow::prepare::Prepared;
use crate::flow::rehearse::{Calls, entries};
use crate::io::cluster::Cluster;
use crate::model::advice::{self, Advice, Entry, Facts, Left};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::RunState;
use crate::model::plan::Step;
use crate::model::receipt::Purpose;
use crate::model::reference;

impl Prepared {
    /// What is left to do on `cluster` after the plan is applied. What cannot be
    /// looked at is left out.
    pub(super) fn advice(&self, cluster: &Cluster) -> Vec<Advice> {
        if self.purpose != Purpose::Install {
            return Vec::new();
        }
        let of = |kind: ArtifactKind| {
            let steps = self.plan.steps.iter();
            steps.filter(move |step| step.artifact.kind == kind && step.wanted.is_some())
        };
        let body = |step: &'_ Step| step.wanted.clone().unwrap_or_default();
        let pipelines: BTreeMap<&str, &Value> = of(ArtifactKind::Pipeline)
            .filter_map(|step| Some((step.artifact.id.as_str(), step.wanted.as_ref()?)))
            .collect();
        let led = cluster.elasticsearch.index_pipelines().unwrap_or_default();
        let entries: Vec<Entry<'_>> = self
            .entries(&pipelines)
            .into_iter()
            .map(|pipeline| Entry {
                pipeline,
                bodies: reached(pipeline, &pipelines),
                led: led.get(pipeline).cloned().unwrap_or_default(),
            })
            .collect();
        let states: Vec<(ArtifactId, RunState)> = of(ArtifactKind::Job)
            .chain(of(ArtifactKind::Datafeed))
            .filter_map(|step| {
                let state = cluster.elasticsearch.state(&step.artifact).ok()?;
                Some((step.artifact.clone(), state))
            })
            .collect();
        let proof = self.proof.as_ref();
        let results: Vec<String> = proof
            .into_iter()
            .flat_map(|proof| proof.enrichment.results())
            .map(str::to_owned)
            .collect();
        advice::of(&Facts {
            entries: &entries,
            left: &self.left(cluster, &led),
            hosts: &cluster.elasticsearch.addresses(),
            way_in: cluster.elasticsearch.way_in(),
            states: &states,
            custom_rules: of(ArtifactKind::Filter).next().is_some()
                || of(ArtifactKind::Job).any(|step| !reference::of_job(&body(step)).is_empty()),
            rules: of(ArtifactKind::Rule).count(),
            kibana: cluster.kibana.is_some(),
            results: &results,
            index_patterns: !cluster.elasticsearch.version().offers(8, 0),
        })
    }

    /// Those of `pipelines` that documents enter: the one that the bundle has, or all
    /// that no other calls.
    fn entries<'p>(&self, pipelines: &BTreeMap<&'p str, &'p Value>) -> Vec<&'p str> {
        if let Some(entry) = &self.entry {
            let known = pipelines.get_key_value(entry.as_str());
            return known.into_iter().map(|(id, _)| *id).collect();
        }
        let calls: Vec<Calls> = pipelines
            .iter()
            .map(|(id, body)| Calls {
                pipeline: (*id).to_owned(),
                called: called(body).collect(),
            })
            .collect();
        let entries = entries(&calls);
        let ids = pipelines.keys().copied();
        ids.filter(|id| entries.contains(id)).collect()
    }

    /// The pipelines that earlier bundles of the channel brought, that this one does
    /// not, and that are still there; `led` are the indices that pipelines lead.
    fn left(&self, cluster: &Cluster, led: &BTreeMap<String, BTreeSet<String>>) -> Vec<Left> {
        let claims = &self.claims.artifacts;
        let wanted = self.plan.steps.iter().filter(|step| step.wanted.is_some());
        let wanted: BTreeSet<&ArtifactId> = wanted.map(|step| &step.artifact).collect();
        let stale: Vec<&str> = claims
            .iter()
            .filter(|(id, claim)| {
                let mut marks = claim.marks();
                let is_earlier = marks.any(|mark| {
                    mark.channel == self.origin.channel && mark.sequence < self.origin.sequence
                });
                id.kind == ArtifactKind::Pipeline && is_earlier && !wanted.contains(id)
            })
            .map(|(id, _)| id.id.as_str())
            .collect();
        if stale.is_empty() {
            return Vec::new();
        }
        let there = cluster.elasticsearch.pipelines().unwrap_or_default();
        let stale = stale.into_iter().filter(|id| there.contains_key(*id));
        stale
            .map(|pipeline| {
                let led = led.get(pipeline).cloned().unwrap_or_default();
                let setting = |index: &str| ArtifactId::new(ArtifactKind::Setting, index);
                let is_foreign = |index: &&String| !claims.contains_key(&setting(index.as_str()));
                Left {
                    pipeline: pipeline.to_owned(),
                    foreign: led.iter().filter(is_foreign).cloned().collect(),
                    led,
                }
            })
            .collect()
    }
}

/// The pipelines that `body` calls.
fn called(body: &Value) -> impl Iterator<Item = String> {
    let named = reference::of_pipeline(body).into_iter();
    named
        .filter(|artifact| artifact.kind == ArtifactKind::Pipeline)
        .map(|artifact| artifact.id)
}

/// The body of `entry`, and those of `pipelines` that it leads to.
fn reached<'p>(entry: &str, pipelines: &BTreeMap<&'p str, &'p Value>) -> Vec<&'p Value> {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut next = vec![entry.to_owned()];
    let mut bodies = Vec::new();
    while let Some(id) = next.pop() {
        let Some(body) = pipelines.get(id.as_str()) else {
            continue;
        };
        if seen.insert(id) {
            bodies.push(*body);
            next.extend(called(body));
        }
    }
    bodies
}
