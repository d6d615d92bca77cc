//! What a cluster holds of the artifacts that matter, and what refers to them.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use crate::flow::claims::Claims;
use crate::io::cluster::Cluster;
use crate::io::elasticsearch::Elasticsearch;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::digest::Digest;
use crate::model::observation::{Observation, Observed, RunState};
use crate::model::{body, mark, reference};
use crate::progress::Progress;

/// Reads `artifacts` and what may refer to them. `digests` are those of the
/// artifacts' files: a model whose mark names another one, or none, is read with
/// its definition.
///
/// # Errors
/// As the calls; with the artifact that was asked for.
pub fn observe(
    cluster: &Cluster,
    artifacts: &[ArtifactId],
    digests: &BTreeMap<ArtifactId, Digest>,
    claims: &Claims,
    progress: &dyn Progress,
) -> Result<Observation> {
    let kinds: BTreeSet<ArtifactKind> = artifacts.iter().map(|artifact| artifact.kind).collect();
    let version = cluster.elasticsearch.version();
    let marked = kinds.iter().copied();
    let mut observation = Observation {
        claims: claims.all(),
        marked: marked
            .filter(|kind| body::room_for_mark(*kind, version))
            .collect(),
        ..Observation::default()
    };
    let any = |wanted: &[ArtifactKind]| wanted.iter().any(|kind| kinds.contains(kind));
    let elasticsearch = &cluster.elasticsearch;
    if any(&[
        ArtifactKind::Enrich,
        ArtifactKind::Script,
        ArtifactKind::Model,
        ArtifactKind::Pipeline,
    ]) {
        observation.pipelines = elasticsearch.pipelines()?;
        observation.index_pipelines = elasticsearch.index_pipelines()?;
        // From then on the server itself keeps a pipeline that an index needs.
        observation.indices_unseen = !version.offers(7, 16) && !elasticsearch.sees_all_indices()?;
        look_for_users(elasticsearch, &mut observation)?;
    } else if any(&[
        ArtifactKind::Component,
        ArtifactKind::Template,
        ArtifactKind::Transform,
    ]) {
        look_for_users(elasticsearch, &mut observation)?;
    }
    if any(&[ArtifactKind::Filter, ArtifactKind::Job]) {
        observation.jobs = elasticsearch.jobs()?;
    }
    if any(&[ArtifactKind::Job, ArtifactKind::Datafeed]) {
        observation.datafeeds = elasticsearch.datafeeds()?;
    }
    if let (true, Some(kibana)) = (any(&[ArtifactKind::Job]), &cluster.kibana) {
        observation.watchers = kibana.watchers()?;
    }
    progress.begin("looking at the cluster", Some(artifacts.len() as u64));
    for artifact in artifacts {
        progress.go_on()?;
        let found = match artifact.kind {
            // Already there in the list.
            ArtifactKind::Pipeline => {
                observation
                    .pipelines
                    .get(&artifact.id)
                    .map(|body| Observed {
                        body: body.clone(),
                        state: RunState::Idle,
                    })
            }
            ArtifactKind::Model => model(cluster, artifact, digests.get(artifact))?,
            _ => read(cluster, artifact, false)?,
        };
        if let Some(found) = found {
            if artifact.kind == ArtifactKind::Model {
                let aliases = reference::aliases(&found.body);
                observation.aliases.insert(artifact.clone(), aliases);
            }
            observation.objects.insert(artifact.clone(), found);
        }
        progress.advance(1);
    }
    progress.end();
    Ok(observation)
}

/// Reads what may use pipelines, scripts, models and components, as far as the user
/// may look at it.
fn look_for_users(elasticsearch: &Elasticsearch, observation: &mut Observation) -> Result<()> {
    match elasticsearch.all_templates()? {
        Some(templates) => {
            observation.templates = templates.index;
            observation.components = templates.component;
            observation.legacy_templates = templates.legacy;
        }
        None => observation.unseen.push("templates"),
    }
    match elasticsearch.seen_transforms()? {
        Some(transforms) => observation.transforms = transforms,
        None => observation.unseen.push("transforms"),
    }
    Ok(())
}

fn model(
    cluster: &Cluster,
    artifact: &ArtifactId,
    digest: Option<&Digest>,
) -> Result<Option<Observed>> {
    let Some(found) = read(cluster, artifact, false)? else {
        return Ok(None);
    };
    let marked = mark::read(artifact.kind, &found.body);
    match (marked, digest) {
        // Removing needs no definition; one of ours need not be compared.
        (_, None) => Ok(Some(found)),
        (Some(mark), Some(digest)) if mark.digest == *digest => Ok(Some(found)),
        _ => read(cluster, artifact, true),
    }
}

/// One object, whole or without its definition.
pub(super) fn read(
    cluster: &Cluster,
    artifact: &ArtifactId,
    whole: bool,
) -> Result<Option<Observed>> {
    let called = if whole {
        cluster.read_whole(artifact)
    } else {
        cluster.read(artifact)
    };
    called.map_err(|failed| Error::from(failed).context(format!("cannot read {artifact}")))
}
