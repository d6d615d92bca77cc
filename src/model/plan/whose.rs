//! Whose an artifact is beside the bundle that is worked for, and who may use it
//! unseen.

use super::decide::Decision;
use super::{Action, Step, is_staged};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::mark::Mark;
use crate::model::observation::Observation;

/// The marks of the bundles of other channels whose object `artifact` is. Copies of
/// work that was cut off are nobody's.
pub(super) fn others(observation: &Observation, artifact: &ArtifactId) -> Vec<Mark> {
    if is_staged(artifact) {
        return Vec::new();
    }
    observation.of_other_channels(artifact)
}

impl Decision<'_> {
    /// Whose the artifact is in another channel than the one that is worked for.
    pub(super) fn theirs(&self, artifact: &ArtifactId) -> Option<String> {
        self.observation.bundle.as_ref()?;
        let marks = others(self.observation, artifact);
        let first = marks.first()?;
        Some(format!("of {} of channel {}", first.bundle, first.channel))
    }

    /// What to say of an artifact that is kept and that others brought.
    pub(super) fn shared(&self, artifact: &ArtifactId) -> Option<String> {
        let theirs = self.theirs(artifact)?;
        Some(format!("the same is there already, {theirs}"))
    }

    /// Whether what is to be removed stays because bundles of other channels have it
    /// too, or alone by now; the step says so. Nor does what has no channel itself, a
    /// rollback or a removal by hand, take what several bundles have in common.
    pub(super) fn stays_for_others(&self, step: &mut Step) -> bool {
        let marks = others(self.observation, &step.artifact);
        let own = self.observation.bundle.as_ref();
        let least = if own.is_some() { 1 } else { 2 };
        if marks.len() < least || self.permissions.adopt {
            self.tell_newer(step);
            return false;
        }
        let names: Vec<String> = marks
            .iter()
            .map(|mark| format!("{} of channel {}", mark.bundle, mark.channel))
            .collect();
        let reason = format!(
            "it is of {}; --adopt removes it all the same",
            names.join(" and of ")
        );
        if own.is_some() {
            step.owned = false;
        } else {
            step.action = Action::Blocked;
        }
        step.reasons.push(reason);
        true
    }

    /// Says of what goes with an older bundle that a newer one of the channel has it.
    fn tell_newer(&self, step: &mut Step) {
        let claim = self.observation.claims.get(&step.artifact);
        let newer =
            claim
                .zip(self.observation.bundle.as_ref())
                .and_then(|(claim, (channel, sequence))| {
                    let mut marks = claim.marks();
                    marks.find(|mark| mark.channel == *channel && mark.sequence > *sequence)
                });
        if let Some(mark) = newer {
            step.reasons.push(format!(
                "it is of the newer {}, sequence {} of channel {}",
                mark.bundle, mark.sequence, mark.channel
            ));
        }
    }

    /// Why a pipeline had better stay whose users cannot all be seen; where it goes
    /// all the same, the step says what was not looked at.
    pub(super) fn unseen_users(&self, step: &mut Step) -> Option<String> {
        let kinds = [
            ArtifactKind::Pipeline,
            ArtifactKind::Script,
            ArtifactKind::Model,
        ];
        if !kinds.contains(&step.artifact.kind) || is_staged(&step.artifact) {
            return None;
        }
        let is_pipeline = step.artifact.kind == ArtifactKind::Pipeline;
        if is_pipeline && self.observation.indices_unseen && !self.permissions.unseen {
            return Some(
                "whether it is the default pipeline of an index cannot be seen, and this version \
                 would delete it from under one; grant view_index_metadata on *, or --unseen \
                 removes it all the same"
                    .to_owned(),
            );
        }
        if !self.observation.unseen.is_empty() {
            step.reasons.push(format!(
                "the user may not look at {}, which may use it",
                self.observation.unseen.join(" and ")
            ));
        }
        None
    }
}
