//! The way back from a receipt.

use std::collections::{BTreeMap, BTreeSet};

use super::{Prepared, add_leftovers, overrides, plan};
use crate::error::{Error, ErrorKind, Result};
use crate::flow::claims::Claims;
use crate::flow::targets;
use crate::io::cluster::Cluster;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::Claim;
use crate::model::operation::Verb;
use crate::model::plan::{Action, Permissions, Plan, Target, is_staged, unstaged};
use crate::model::receipt::{Purpose, Receipt};
use crate::progress::Progress;

/// Plans the way back to before `receipt`.
///
/// # Errors
/// [`ErrorKind::Usage`] for a receipt of another cluster or another space of
/// Kibana; else as the calls.
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
    refuse_other_space(cluster, receipt)?;
    let claims = Claims::read(cluster)?;
    let mut targets: Vec<Target> = receipt
        .before()
        .into_iter()
        .filter(|(artifact, _)| !is_staged(artifact))
        .filter(|(artifact, _)| !is_undone(receipt, artifact, &claims))
        .map(|(artifact, (body, claim))| Target {
            // Work that was cut off may have left a pipeline that leads to copies.
            body: match artifact.kind {
                ArtifactKind::Pipeline => body.as_ref().map(unstaged),
                ArtifactKind::Rule => {
                    body.map(|body| targets::rule_before(receipt, &artifact, body))
                }
                _ => body,
            },
            artifact,
            mark: claim.map(|claim| claim.mark),
        })
        .collect();
    add_leftovers(&mut targets, cluster, &claims)?;
    let started = receipt.started();
    let (mut plan, _) = plan(
        cluster,
        &targets,
        &claims,
        permissions,
        started.clone(),
        progress,
    )?;
    for artifact in started.iter().rev() {
        plan.halt(artifact, cluster.elasticsearch.state(artifact)?);
    }
    tell_later_work(&mut plan, &receipt.header.id, &claims);
    let restored = restored(receipt, &claims, &plan);
    Ok(Prepared {
        proof: None,
        entry: None,
        plan,
        purpose: Purpose::Rollback,
        origin: receipt.header.origin.clone(),
        claims,
        restored,
        overrides: overrides(permissions),
        undoes: Some(receipt.header.id.clone()),
    })
}

/// Refuses to look in one space of Kibana for what was put into another.
fn refuse_other_space(cluster: &Cluster, receipt: &Receipt) -> Result<()> {
    let space = &receipt.header.space;
    let calls = receipt.calls.iter().map(|call| &call.artifact);
    let mut touched = calls.chain(receipt.remembered.iter().map(|before| &before.artifact));
    if *space == cluster.space || !touched.any(ArtifactId::is_of_kibana) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Usage,
        format!(
            "the receipt {} tells of the Kibana space {space}, and this is the space {}",
            receipt.header.id, cluster.space
        ),
    )
    .hint(format!("add --space {space}")))
}

/// Whether later work took away again what the work of `receipt` put there: then
/// there is nothing to lead back.
fn is_undone(receipt: &Receipt, artifact: &ArtifactId, claims: &Claims) -> bool {
    let id = &receipt.header.id;
    let is_past = claims.receipts.contains(id) && claims.receipts.last() != Some(id);
    let mut calls = receipt.calls.iter().rev();
    let last = calls.find(|call| call.may_have_changed() && call.artifact == *artifact);
    let left = last.is_some_and(|call| call.verb != Verb::Delete);
    is_past && left && !claims.artifacts.contains_key(artifact)
}

/// Says of what work after the receipt `id` put there that it goes too.
fn tell_later_work(plan: &mut Plan, id: &str, claims: &Claims) {
    let mut receipts = claims.receipts.iter();
    if !receipts.any(|receipt| receipt == id) {
        return;
    }
    let later: BTreeSet<&String> = receipts.collect();
    for step in plan.steps.iter_mut().filter(|step| step.action.changes()) {
        let claim = claims.artifacts.get(&step.artifact);
        if let Some(claim) = claim.filter(|claim| later.contains(&claim.receipt)) {
            step.reasons.push(format!(
                "it is as the later {} left it, which is undone too",
                claim.receipt
            ));
        }
    }
}

/// What was remembered of what the work of `receipt` made its own without touching
/// it: it stayed as it was, or it was not its turn yet when the work was cut off.
fn restored(
    receipt: &Receipt,
    claims: &Claims,
    plan: &Plan,
) -> BTreeMap<ArtifactId, Option<Claim>> {
    let origin = &receipt.header.origin;
    let is_untouched = |artifact: &ArtifactId| {
        let mut steps = plan.steps.iter();
        steps.all(|step| step.artifact != *artifact || step.action == Action::Keep)
    };
    // What the last work made of it nobody has changed since.
    let is_last = claims.receipts.last() == Some(&receipt.header.id);
    let is_its = |artifact: &ArtifactId| {
        let now = claims.artifacts.get(artifact);
        let mut marks = now.into_iter().flat_map(Claim::marks);
        marks.any(|mark| {
            let of_mark = (&mark.bundle, &mark.channel, mark.sequence);
            of_mark == (&origin.bundle, &origin.channel, origin.sequence)
        })
    };
    let all = receipt.remembered.iter();
    all.filter(|before| is_untouched(&before.artifact))
        .filter(|before| is_last || is_its(&before.artifact))
        .filter(|before| before.claim.as_ref() != claims.artifacts.get(&before.artifact))
        .map(|before| (before.artifact.clone(), before.claim.clone()))
        .collect()
}
