//! Changes that an operator names one by one, without a bundle: planned, applied
//! and recorded like those of a bundle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::error::{Error, ErrorKind, Result};
use crate::flow::claims::Claims;
use crate::flow::gather::gather;
use crate::flow::prepare::{self, Prepared};
use crate::flow::targets;
use crate::io::cluster::Cluster;
use crate::io::files;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::catalog::naming;
use crate::model::content;
use crate::model::digest::Digest;
use crate::model::plan::{Permissions, Target};
use crate::model::receipt::{Origin, Purpose};
use crate::progress::Progress;

/// What stands in receipts where others name their bundle and its channel.
pub(super) const NAME: &str = "by-hand";
/// The largest file of rules, in bytes.
const MAX_FILE: u64 = 64 << 20;

/// Plans that `targets` become true.
///
/// # Errors
/// As the calls.
pub fn prepare(
    cluster: &Cluster,
    all: &[Target],
    purpose: Purpose,
    permissions: Permissions,
    progress: &dyn Progress,
) -> Result<Prepared> {
    let claims = Claims::read(cluster)?;
    let (plan, _) = prepare::plan(
        cluster,
        all,
        &claims,
        permissions,
        BTreeSet::new(),
        progress,
    )?;
    let names: Vec<String> = all
        .iter()
        .map(|target| target.artifact.to_string())
        .collect();
    let origin = Origin {
        bundle: NAME.to_owned(),
        channel: NAME.to_owned(),
        sequence: 0,
        digest: Digest::of(names.join("\n").as_bytes()),
    };
    Ok(Prepared {
        proof: None,
        entry: None,
        plan,
        purpose,
        origin,
        claims,
        restored: BTreeMap::new(),
        undoes: None,
        overrides: prepare::overrides(permissions)
            .into_iter()
            .chain(targets::switches(all))
            .collect(),
    })
}

/// Everything in `cluster` that is to go: the `models` by their ids, and scripts
/// and pipelines of `families`.
///
/// # Errors
/// As the calls.
pub fn leaving(cluster: &Cluster, models: &[String], families: &[String]) -> Result<Vec<Target>> {
    let models = models
        .iter()
        .map(|id| ArtifactId::new(ArtifactKind::Model, id.as_str()));
    let mut all: BTreeSet<ArtifactId> = models.collect();
    if !families.is_empty() {
        let elasticsearch = &cluster.elasticsearch;
        let pipelines = elasticsearch.pipelines()?.into_keys();
        let scripts = elasticsearch.scripts()?.into_iter();
        let found = pipelines
            .map(|id| ArtifactId::new(ArtifactKind::Pipeline, id))
            .chain(scripts.map(|id| ArtifactId::new(ArtifactKind::Script, id)));
        all.extend(found.filter(|artifact| {
            let mut families = families.iter();
            families.any(|family| naming::is_of_family(artifact, family))
        }));
    }
    Ok(all.into_iter().map(targets::absent).collect())
}

/// The detection rules in `paths`, TOML or ndjson, as targets.
///
/// # Errors
/// As [`gather`]; [`ErrorKind::Usage`] for a file that holds something else, or
/// no rule.
pub fn rules(paths: &[PathBuf], progress: &dyn Progress) -> Result<Vec<Target>> {
    let gathered = gather(paths, false, progress)?;
    let mut targets = Vec::new();
    for item in &gathered.catalog.items {
        if item.artifact.kind != ArtifactKind::Rule {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "{} holds the {}, which is no rule",
                    item.place, item.artifact
                ),
            )
            .hint("put it with the command of its kind, or pack it"));
        }
        let content = gathered.content(&item.place)?;
        let bytes = files::read_to_limit(content.open()?, MAX_FILE, &item.place.file)?;
        let body = content::read(&item.place.file, item.place.part.as_ref(), &bytes)?;
        targets.push(Target {
            artifact: item.artifact.clone(),
            body: Some(body),
            mark: None,
        });
    }
    if targets.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no rule is in these files"));
    }
    Ok(targets)
}
