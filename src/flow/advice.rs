//! Gathers what the advice after an installation depends on.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::flow::prepare::Prepared;
use crate::io::cluster::Cluster;
use crate::model::advice::{self, Advice, Facts};
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
        let pipelines: Vec<&Value> = of(ArtifactKind::Pipeline)
            .filter_map(|step| step.wanted.as_ref())
            .collect();
        let entry = self.entry.as_deref().filter(|entry| {
            let mut steps = of(ArtifactKind::Pipeline);
            steps.any(|step| step.artifact.id == *entry)
        });
        let led: BTreeSet<String> = entry
            .and_then(|entry| cluster.elasticsearch.index_pipelines().ok()?.remove(entry))
            .unwrap_or_default();
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
            entry,
            pipelines: &pipelines,
            hosts: &cluster.elasticsearch.addresses(),
            led: &led,
            states: &states,
            custom_rules: of(ArtifactKind::Filter).next().is_some()
                || of(ArtifactKind::Job).any(|step| !reference::of_job(&body(step)).is_empty()),
            rules: of(ArtifactKind::Rule).count(),
            kibana: cluster.kibana.is_some(),
            results: &results,
            index_patterns: !cluster.elasticsearch.version().offers(8, 0),
        })
    }
}
