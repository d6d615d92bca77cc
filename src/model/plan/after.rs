//! The cluster as it is once a plan is applied, as far as objects refer to others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Target;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::{Observation, Watcher};
use crate::model::reference;

/// Those of `leaving` that can go: what others use stays, and so does what that uses.
pub(super) fn free(mut leaving: BTreeSet<ArtifactId>, after: &Observation) -> BTreeSet<ArtifactId> {
    loop {
        let stay: Vec<ArtifactId> = leaving
            .iter()
            .filter(|artifact| !after.referents(artifact, &leaving).is_empty())
            .cloned()
            .collect();
        if stay.is_empty() {
            return leaving;
        }
        leaving.retain(|artifact| !stay.contains(artifact));
    }
}

/// The objects of the cluster that may name others, with those of `targets` as they will be.
pub(super) fn after(targets: &[Target], observation: &Observation) -> Observation {
    let mut after = Observation {
        pipelines: observation.pipelines.clone(),
        transforms: observation.transforms.clone(),
        templates: observation.templates.clone(),
        components: observation.components.clone(),
        legacy_templates: observation.legacy_templates.clone(),
        aliases: observation.aliases.clone(),
        jobs: observation.jobs.clone(),
        datafeeds: observation.datafeeds.clone(),
        index_pipelines: observation.index_pipelines.clone(),
        watchers: observation.watchers.clone(),
        ..Observation::default()
    };
    for target in targets {
        let Some(body) = &target.body else { continue };
        let id = &target.artifact.id;
        let list = match target.artifact.kind {
            ArtifactKind::Pipeline => &mut after.pipelines,
            ArtifactKind::Transform => &mut after.transforms,
            ArtifactKind::Template => &mut after.templates,
            ArtifactKind::Component => &mut after.components,
            ArtifactKind::Job => &mut after.jobs,
            ArtifactKind::Rule => {
                watch(&mut after.watchers, id, body);
                continue;
            }
            ArtifactKind::Setting => {
                lead(&mut after.index_pipelines, id, body);
                continue;
            }
            _ => continue,
        };
        list.insert(id.clone(), body.clone());
    }
    after
}

/// Has the documents of `index` go where its setting `body` leads them.
fn lead(pipelines: &mut BTreeMap<String, BTreeSet<String>>, index: &str, body: &Value) {
    for led in pipelines.values_mut() {
        led.remove(index);
    }
    let pipeline = body.get("default_pipeline").and_then(Value::as_str);
    let led = pipelines.entry(pipeline.unwrap_or_default().to_owned());
    led.or_default().insert(index.to_owned());
}

/// Puts the rule `id` with the jobs of `body` among `watchers`.
fn watch(watchers: &mut Vec<Watcher>, id: &str, body: &Value) {
    watchers.retain(|watcher| watcher.space.is_some() || watcher.rule_id != id);
    watchers.push(Watcher {
        rule_id: id.to_owned(),
        space: None,
        jobs: reference::jobs_of_rule(body),
    });
}
