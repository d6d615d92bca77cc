//! Plans what is to be done to one cluster: from a bundle, or back from a
//! receipt.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, ErrorKind, Result};
use crate::flow::check::documents::{self, Proof};
use crate::flow::claims::Claims;
use crate::flow::rehearse::choose;
use crate::flow::{observe, targets};
use crate::io::bundle::VerifiedBundle;
use crate::io::cluster::Cluster;
use crate::model::admission::{Override, Rule};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::manifest::ArtifactEntry;
use crate::model::observation::{Claim, Observation, RunState};
use crate::model::plan::{Permissions, Plan, STAGING, Target};
use crate::model::receipt::{Origin, Purpose};
use crate::model::{mark, reference};
use crate::progress::Progress;

mod default_pipeline;
mod removal;
mod rollback;

pub use default_pipeline::DefaultPipeline;
pub use removal::prepare_removal;
pub use rollback::prepare_rollback;

/// What the operator asks for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// What is allowed.
    pub permissions: Permissions,
    /// Remove what earlier bundles of the channel put there and this one does
    /// not have.
    pub prune: bool,
    /// Hold the pipelines against the bundle's documents neither before they go
    /// live nor after.
    pub unchecked: bool,
    /// Open the jobs and start the datafeeds of the bundle.
    pub start: bool,
    /// The indices whose default pipeline the bundle's entry becomes.
    pub default_pipelines: Vec<DefaultPipeline>,
}

/// What is going to happen to one cluster, and everything that it rests on.
#[derive(Debug)]
pub struct Prepared {
    /// The steps.
    pub plan: Plan,
    /// Why.
    pub purpose: Purpose,
    /// The bundle.
    pub origin: Origin,
    pub(super) claims: Claims,
    /// What is remembered again of artifacts that the plan does not touch.
    pub(super) restored: BTreeMap<ArtifactId, Option<Claim>>,
    pub(super) overrides: Vec<String>,
    /// The receipt that is undone.
    pub(super) undoes: Option<String>,
    /// What the pipelines are held against, where they are.
    pub(super) proof: Option<Proof>,
    /// The pipeline that documents enter, where the bundle has just one.
    pub(super) entry: Option<String>,
}

impl Prepared {
    /// Refuses a plan that cannot be applied as a whole.
    ///
    /// # Errors
    /// [`ErrorKind::Cluster`] that names every obstacle.
    pub fn refuse_obstacles(&self) -> Result<()> {
        let obstacles: Vec<String> = self
            .plan
            .obstacles()
            .iter()
            .map(|step| format!("{}: {}", step.artifact, step.reasons.join("; ")))
            .collect();
        if obstacles.is_empty() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Cluster,
            format!("nothing was changed; in the way: {}", obstacles.join(" · ")),
        )
        .hint(match self.purpose {
            Purpose::Install => {
                "settle what is named and give the command again, or leave it out: \
                 --without 'KIND ID'; sealift plan FILE shows all of it"
            }
            Purpose::Remove => {
                "settle what is named and give the command again, or leave it where it is: \
                 --without 'KIND ID'"
            }
            Purpose::Rollback | Purpose::Manage => {
                "settle what is named and give the command again"
            }
        }))
    }
}

/// Plans the installation of `bundle`.
///
/// # Errors
/// [`ErrorKind::Policy`] when the channel is further on in this cluster; else as
/// the calls.
pub fn prepare(
    cluster: &Cluster,
    bundle: &VerifiedBundle,
    wanted: &[Target],
    wish: &Wish,
    progress: &dyn Progress,
) -> Result<Prepared> {
    let claims = Claims::read(cluster)?;
    let origin = targets::origin(bundle);
    let mut overrides = overrides(wish.permissions);
    overrides.extend(targets::switches(wanted));
    overrides.extend(bundle.evidence().overrides.iter().map(on_record));
    if let Err(refusal) = refuse_older(&claims, &origin) {
        let given = bundle.override_of(Rule::Sequence).ok_or(refusal)?;
        // There already where this machine remembers a newer bundle as well.
        if !overrides.contains(&on_record(given)) {
            overrides.push(on_record(given));
        }
    }
    let mut all = wanted.to_vec();
    if wish.prune {
        overrides.push("prune".to_owned());
        // What the operator leaves out of the bundle is the bundle's all the same.
        let entries = bundle.manifest().artifacts.iter();
        let kept: BTreeSet<ArtifactId> = entries.map(ArtifactEntry::artifact).collect();
        let stale = claims
            .artifacts
            .iter()
            .filter(|(id, _)| id.kind != ArtifactKind::Setting)
            .filter(|(id, claim)| is_of(claim, &origin) && !kept.contains(*id));
        all.extend(stale.map(|(id, _)| targets::absent(id.clone())));
    }
    let calls = documents::calls(bundle.manifest());
    for asked in &wish.default_pipelines {
        all.extend(default_pipeline::targets(cluster, asked, &calls, &origin)?);
    }
    add_leftovers(&mut all, cluster, &claims)?;
    let allowed = wish.permissions;
    let line = Some((origin.channel.clone(), origin.sequence));
    let (mut plan, observation) = plan_for(
        line,
        cluster,
        &all,
        &claims,
        allowed,
        BTreeSet::new(),
        progress,
    )?;
    if wish.start {
        for target in wanted {
            let found = observation.objects.get(&target.artifact);
            plan.start(
                &target.artifact,
                found.map_or(RunState::Idle, |found| found.state),
            );
        }
    }
    let proof = if wish.unchecked {
        overrides.push("no-check".to_owned());
        None
    } else {
        Some(documents::proof(bundle)?)
    };
    let sets = proof.iter().flat_map(|proof| &proof.sets);
    plan.trials.extend(sets.map(|set| set.pipeline.clone()));
    Ok(Prepared {
        proof,
        entry: choose(&calls, None).ok().map(str::to_owned),
        plan,
        purpose: Purpose::Install,
        origin,
        claims,
        restored: BTreeMap::new(),
        overrides,
        undoes: None,
    })
}

/// Has the copies gone that are still there, or there again: of work that was cut
/// off, or put by a call that came after its own repeat.
fn add_leftovers(targets: &mut Vec<Target>, cluster: &Cluster, claims: &Claims) -> Result<()> {
    let kinds = [ArtifactKind::Script, ArtifactKind::Pipeline];
    let mut all = targets.iter().map(|target| &target.artifact);
    let is_concerned = !claims.copies.is_empty() || all.any(|id| kinds.contains(&id.kind));
    if is_concerned {
        let left = leftovers(cluster, claims)?.into_iter();
        targets.extend(left.map(targets::absent));
    }
    Ok(())
}

/// The copies that are there and are sealift's.
pub(super) fn leftovers(cluster: &Cluster, claims: &Claims) -> Result<Vec<ArtifactId>> {
    let found = cluster.elasticsearch.beginning_with(STAGING)?;
    let ours = found.into_iter().filter(|(copy, body)| {
        claims.copies.contains_key(copy) || mark::read(copy.kind, body).is_some()
    });
    Ok(ours.map(|(copy, _)| copy).collect())
}

/// Whether the bundle `origin` has a place in the channels of `claim`.
fn is_of(claim: &Claim, origin: &Origin) -> bool {
    claim.marks().any(|mark| mark.channel == origin.channel)
}

/// Observes and plans, for no bundle. What is among `begun` may be stopped to be
/// removed.
pub(super) fn plan(
    cluster: &Cluster,
    all: &[Target],
    claims: &Claims,
    permissions: Permissions,
    begun: BTreeSet<ArtifactId>,
    progress: &dyn Progress,
) -> Result<(Plan, Observation)> {
    plan_for(None, cluster, all, claims, permissions, begun, progress)
}

/// Observes and plans for a bundle of this channel and sequence.
pub(super) fn plan_for(
    bundle: Option<(String, u64)>,
    cluster: &Cluster,
    all: &[Target],
    claims: &Claims,
    permissions: Permissions,
    begun: BTreeSet<ArtifactId>,
    progress: &dyn Progress,
) -> Result<(Plan, Observation)> {
    let artifacts: Vec<ArtifactId> = all.iter().map(|target| target.artifact.clone()).collect();
    let digests = targets::digests(all);
    let mut observation = observe::observe(cluster, &artifacts, &digests, claims, progress)?;
    observation.begun = begun;
    observation.bundle = bundle;
    let elasticsearch = &cluster.elasticsearch;
    for index in all.iter().flat_map(source_indices) {
        if !elasticsearch.has_index(index)? {
            observation.absent_indices.insert(index.to_owned());
        }
    }
    let mut plan = Plan::new(
        elasticsearch.identity().clone(),
        elasticsearch.version(),
        all,
        &observation,
        permissions,
    );
    for job in plan.deaf_jobs(elasticsearch.version(), &observation.jobs) {
        if elasticsearch.state(&job)? == RunState::Running {
            observation.datafeeds = elasticsearch.datafeeds()?;
            plan.reopen(&job, &observation.started_feeds(&job), permissions);
        }
    }
    for artifact in &claims.halted {
        let found = observe::read(cluster, artifact, false)?;
        let is_planned = plan.steps.iter().any(|step| step.artifact == *artifact);
        if found.is_some() || is_planned {
            plan.wake(artifact, found.map_or(RunState::Idle, |found| found.state));
        }
    }
    Ok((plan, observation))
}

/// The indices that the target reads and that should be there before it.
fn source_indices(target: &Target) -> Vec<&str> {
    match (&target.body, target.artifact.kind) {
        (Some(body), ArtifactKind::Analytics | ArtifactKind::Transform | ArtifactKind::Enrich) => {
            reference::reads(target.artifact.kind, body)
        }
        _ => Vec::new(),
    }
}

/// An override as receipts record it.
fn on_record(given: &Override) -> String {
    format!("{}: {}", given.rule.name(), given.reason)
}

/// The names of what the operator allowed.
pub(super) fn overrides(permissions: Permissions) -> Vec<String> {
    [
        (permissions.adopt, "adopt"),
        (permissions.restart_jobs, "restart-jobs"),
        (permissions.unseen, "unseen"),
    ]
    .into_iter()
    .filter(|(set, _)| *set)
    .map(|(_, name)| name.to_owned())
    .collect()
}

/// Sequences never go backwards per channel, and one sequence is one bundle.
fn refuse_older(claims: &Claims, origin: &Origin) -> Result<()> {
    let Some(latest) = claims.channels.get(&origin.channel) else {
        return Ok(());
    };
    let withdrawn = claims.is_withdrawn(&origin.channel);
    let fault = if origin.sequence < latest.sequence {
        let had = if withdrawn { "had" } else { "has" };
        format!(
            "the cluster {had} sequence {} of channel {}, the bundle is sequence {}",
            latest.sequence, origin.channel, origin.sequence
        )
    } else if origin.sequence == latest.sequence && origin.digest != latest.digest {
        format!(
            "the cluster has another bundle of sequence {} of channel {}",
            origin.sequence, origin.channel
        )
    } else {
        return Ok(());
    };
    let hint = if withdrawn {
        "that one was rolled back or removed; sealift status shows what is in place; \
         --allow-older REASON installs this one all the same"
    } else {
        "install the newest bundle; --allow-older REASON installs this one all the same"
    };
    Err(Error::new(ErrorKind::Policy, fault).hint(hint))
}
