//! What comes before what.

use std::collections::{BTreeMap, BTreeSet};

use super::Target;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::reference;

/// The targets in the order in which they are made true: what is wanted by kind,
/// inner pipelines before those that call them; then what goes, reversed.
pub(super) fn sorted(targets: &[Target]) -> Vec<&Target> {
    let depths = depths(targets);
    let depth = |target: &Target| depths.get(&target.artifact).copied().unwrap_or(0);
    let mut wanted: Vec<&Target> = targets.iter().filter(|t| t.body.is_some()).collect();
    wanted.sort_by(|a, b| {
        (a.artifact.kind, depth(a), &a.artifact.id).cmp(&(
            b.artifact.kind,
            depth(b),
            &b.artifact.id,
        ))
    });
    let mut gone: Vec<&Target> = targets.iter().filter(|t| t.body.is_none()).collect();
    gone.sort_by(|a, b| b.artifact.cmp(&a.artifact));
    wanted.extend(gone);
    wanted
}

/// How many pipelines of the targets a pipeline calls below itself, and how many
/// saved objects one needs below itself. A circle ends at the number of them all.
fn depths(targets: &[Target]) -> BTreeMap<&ArtifactId, usize> {
    let calls: BTreeMap<&ArtifactId, BTreeSet<ArtifactId>> = targets
        .iter()
        .filter(|target| {
            let kind = target.artifact.kind;
            matches!(kind, ArtifactKind::Pipeline | ArtifactKind::Object)
        })
        .filter_map(|target| {
            let body = target.body.as_ref()?;
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
