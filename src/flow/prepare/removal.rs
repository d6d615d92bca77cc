//! The removal of what a bundle brought.

use std::collections::{BTreeMap, BTreeSet};

use super::{Prepared, add_leftovers, is_of, overrides, plan_for};
use crate::error::Result;
use crate::flow::claims::Claims;
use crate::flow::targets;
use crate::io::cluster::Cluster;
use crate::model::artifact::ArtifactKind;
use crate::model::plan::{Permissions, Target};
use crate::model::receipt::{Origin, Purpose};
use crate::progress::Progress;

/// Plans the removal of `gone`, which the bundle `origin` brought. What a newer
/// bundle of the channel has by now stays, unless the operator takes that too.
///
/// # Errors
/// As the calls.
pub fn prepare_removal(
    cluster: &Cluster,
    origin: &Origin,
    gone: &[Target],
    permissions: Permissions,
    progress: &dyn Progress,
) -> Result<Prepared> {
    let claims = Claims::read(cluster)?;
    let newer = |target: &Target| {
        let mut marks = claims.artifacts.get(&target.artifact)?.marks();
        marks.find(|mark| mark.channel == origin.channel && mark.sequence > origin.sequence)
    };
    let (stay, mut all): (Vec<Target>, Vec<Target>) = gone
        .iter()
        .cloned()
        .partition(|target| !permissions.adopt && newer(target).is_some());
    let settings = claims
        .artifacts
        .iter()
        .filter(|(id, claim)| id.kind == ArtifactKind::Setting && is_of(claim, origin));
    all.extend(settings.map(|(id, _)| targets::absent(id.clone())));
    add_leftovers(&mut all, cluster, &claims)?;
    let (mut plan, _) = plan_for(
        Some((origin.channel.clone(), origin.sequence)),
        cluster,
        &all,
        &claims,
        permissions,
        BTreeSet::new(),
        progress,
    )?;
    for target in stay {
        let whose = newer(&target).map_or_else(String::new, |mark| {
            format!(
                "it is of {}, sequence {}, by now; remove that bundle, or --adopt removes it all \
                 the same",
                mark.bundle, mark.sequence
            )
        });
        plan.keep(&target.artifact, whose);
    }
    Ok(Prepared {
        proof: None,
        entry: None,
        plan,
        purpose: Purpose::Remove,
        origin: origin.clone(),
        claims,
        restored: BTreeMap::new(),
        overrides: overrides(permissions),
        undoes: None,
    })
}
