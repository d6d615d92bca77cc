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

/// Plans the removal of `gone`, which the bundle `origin` brought.
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
    let mut all = gone.to_vec();
    let settings = claims
        .artifacts
        .iter()
        .filter(|(id, claim)| id.kind == ArtifactKind::Setting && is_of(claim, origin));
    all.extend(settings.map(|(id, _)| targets::absent(id.clone())));
    add_leftovers(&mut all, cluster, &claims)?;
    let (plan, _) = plan_for(
        Some((origin.channel.clone(), origin.sequence)),
        cluster,
        &all,
        &claims,
        permissions,
        BTreeSet::new(),
        progress,
    )?;
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
