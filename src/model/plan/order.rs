//! What comes before what.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Target;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::reference;

/// The targets in the order in which they are made true: what is wanted by kind,
/// inner pipelines before those that call them; then what goes, reversed.
/// `there` are the pipelines of the cluster, for those that go.
pub(super) fn sorted<'t>(
    targets: &'t [Target],
    there: &BTreeMap<String, Value>,
) -> Vec<&'t Target> {
    let depths = depths(targets, there);
    let place = |target: &'t Target| {
        let depth = depths.get(&target.artifact).copied().unwrap_or(0);
        (target.artifact.kind, depth, &target.artifact.id)
    };
    let (mut wanted, mut gone): (Vec<&Target>, Vec<&Target>) =
        targets.iter().partition(|target| target.body.is_some());
    wanted.sort_by_key(|target| place(target));
    gone.sort_by_key(|target| Reverse(place(target)));
    wanted.extend(gone);
    wanted
}

/// How many pipelines of the targets a pipeline calls below itself, and how many
/// saved objects one needs below itself. A circle ends at the number of them all.
fn depths<'t>(
    targets: &'t [Target],
    there: &BTreeMap<String, Value>,
) -> BTreeMap<&'t ArtifactId, usize> {
    let calls: BTreeMap<&ArtifactId, BTreeSet<ArtifactId>> = targets
        .iter()
        .filter(|target| {
            let kind = target.artifact.kind;
            matches!(kind, ArtifactKind::Pipeline | ArtifactKind::Object)
        })
        .filter_map(|target| {
            let pipeline = target.artifact.kind == ArtifactKind::Pipeline;
            let found = || there.get(&target.artifact.id).filter(|_| pipeline);
            let body = target.body.as_ref().or_else(found)?;
            Some((&target.artifact, reference::of(target.artifact.kind, body)))
        })
        .collect();
    let mut depths: BTreeMap<&ArtifactId, usize> = calls.keys().map(|id| (*id, 0)).collect();
    for _ in 0..calls.len() {
        let mut moved = false;
        for (id, called) in &calls {
            let below = called
                .iter()
                .filter(|other| other != id)
                .filter_map(|other| depths.get(other).copied())
                .max();
            let depth = below.map_or(0, |below| (below + 1).min(calls.len()));
            moved |= depths.insert(id, depth) != Some(depth);
        }
        if !moved {
            break;
        }
    }
    depths
}
