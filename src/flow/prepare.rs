//! Plans what is to be done to one cluster: from a bundle, or back from a
//! receipt.

use crate::error::{Error, ErrorKind, Result};
use crate::flow::claims::Claims;
use crate::flow::{observe, targets};
use crate::io::bundle::VerifiedBundle;
use crate::io::cluster::Cluster;
use crate::model::admission::{Override, Rule};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::Observation;
use crate::model::plan::{Permissions, Plan, Target};
use crate::model::receipt::{Origin, Purpose, Receipt};
use crate::model::reference;
use crate::progress::Progress;

/// What the operator asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// What is allowed.
    pub permissions: Permissions,
    /// Remove what earlier bundles of the channel put there and this one does
    /// not have.
    pub prune: bool,
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
    pub(super) overrides: Vec<String>,
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
        .hint("sealift plan FILE shows the differences"))
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
    wish: Wish,
    progress: &dyn Progress,
) -> Result<Prepared> {
    let claims = Claims::read(cluster)?;
    let origin = targets::origin(bundle);
    let mut overrides = overrides(wish.permissions);
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
        let kept: Vec<&ArtifactId> = wanted.iter().map(|target| &target.artifact).collect();
        let stale = claims
            .artifacts
            .iter()
            .filter(|(id, claim)| claim.mark.channel == origin.channel && !kept.contains(id));
        all.extend(stale.map(|(id, _)| targets::absent(id.clone())));
    }
    let (plan, _) = plan(cluster, &all, &claims, wish.permissions, progress)?;
    Ok(Prepared {
        plan,
        purpose: Purpose::Install,
        origin,
        claims,
        overrides,
    })
}

/// Plans the removal of what `bundle` brought.
///
/// # Errors
/// As the calls.
pub fn prepare_removal(
    cluster: &Cluster,
    bundle: &VerifiedBundle,
    permissions: Permissions,
    progress: &dyn Progress,
) -> Result<Prepared> {
    let claims = Claims::read(cluster)?;
    let (plan, _) = plan(
        cluster,
        &targets::gone(bundle),
        &claims,
        permissions,
        progress,
    )?;
    Ok(Prepared {
        plan,
        purpose: Purpose::Remove,
        origin: targets::origin(bundle),
        claims,
        overrides: overrides(permissions),
    })
}

/// Plans the way back to before `receipt`.
///
/// # Errors
/// [`ErrorKind::Usage`] for a receipt of another cluster; else as the calls.
pub fn prepare_rollback(
    cluster: &Cluster,
    receipt: &Receipt,
    permissions: Permissions,
    progress: &dyn Progress,
) -> Result<Prepared> {
    let identity = cluster.elasticsearch.identity();
    if receipt.header.cluster.uuid != identity.uuid {
        return Err(Error::new(
            ErrorKind::Usage,
            format!(
                "the receipt {} is of another cluster, {}",
                receipt.header.id, receipt.header.cluster.name
            ),
        )
        .hint("name the cluster that it was written for"));
    }
    let claims = Claims::read(cluster)?;
    let targets: Vec<Target> = receipt
        .before()
        .into_iter()
        .map(|(artifact, (body, claim))| Target {
            artifact,
            body,
            mark: claim.map(|claim| claim.mark),
        })
        .collect();
    let (plan, _) = plan(cluster, &targets, &claims, permissions, progress)?;
    Ok(Prepared {
        plan,
        purpose: Purpose::Rollback,
        origin: receipt.header.origin.clone(),
        claims,
        overrides: overrides(permissions),
    })
}

/// Observes and plans.
pub(super) fn plan(
    cluster: &Cluster,
    all: &[Target],
    claims: &Claims,
    permissions: Permissions,
    progress: &dyn Progress,
) -> Result<(Plan, Observation)> {
    let artifacts: Vec<ArtifactId> = all.iter().map(|target| target.artifact.clone()).collect();
    let digests = targets::digests(all);
    let mut observation = observe::observe(cluster, &artifacts, &digests, claims, progress)?;
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
    for artifact in &claims.halted {
        let state = elasticsearch.state(artifact)?;
        plan.wake(artifact, state);
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
    let fault = if origin.sequence < latest.sequence {
        format!(
            "the cluster has sequence {} of channel {}, the bundle is sequence {}",
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
    Err(Error::new(ErrorKind::Policy, fault)
        .hint("install the newest bundle; --allow-older REASON installs this one all the same"))
}
