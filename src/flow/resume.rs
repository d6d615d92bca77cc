//! What is left of a plan once work on it was cut off.

use crate::flow::prepare::Prepared;
use crate::model::plan::{Action, Step, is_staged};

impl Prepared {
    /// Whether `step` is what is left of one that was to do `agreed` (`None`: there was
    /// none), after work that was cut off did its part: what the bundle brings is
    /// there, copies are left over, or jobs rest.
    #[must_use]
    pub fn is_rest(&self, step: &Step, agreed: Option<Action>) -> bool {
        if self.claims.unfinished.is_none() {
            return false;
        }
        let artifact = &step.artifact;
        if is_staged(artifact) || self.claims.halted.contains(artifact) {
            return true;
        }
        let claim = self.claims.artifacts.get(artifact);
        match (agreed, step.action) {
            (Some(agreed), Action::Keep) if agreed.puts() => {
                claim.is_some_and(|claim| step.mark.as_ref() == Some(&claim.mark))
            }
            (Some(Action::Delete), Action::Absent) => claim.is_none(),
            _ => false,
        }
    }

    /// Whether a step that was to do `agreed` can be missing, for work that was cut
    /// off did it.
    #[must_use]
    pub fn is_behind_us(&self, agreed: Action) -> bool {
        self.claims.unfinished.is_some() && agreed == Action::Delete
    }
}
