//! Whether what a plan changes is still as the plan found it: another look under
//! the lock, before the first call and before each.

use serde_json::Value;

use super::Hand;
use super::effect::{self, Effect, elsewise, is_reached, is_same};
use crate::error::{Error, ErrorKind, Result};
use crate::flow::observe;
use crate::io::cluster::Cluster;
use crate::model::artifact::ArtifactKind;
use crate::model::operation::Verb;
use crate::model::plan::{Call, Plan, is_staged};

/// Refuses `plan` where something that it replaces or deletes was changed since it
/// was made, while nothing is done yet.
///
/// # Errors
/// [`ErrorKind::Difference`] that names all of it; as the calls.
pub(in crate::flow) fn refuse_moved(cluster: &Cluster, plan: &Plan) -> Result<()> {
    let mut moved = Vec::new();
    for step in &plan.steps {
        let mut calls = step.operations.iter();
        let is_changed = calls.any(|call| call.verb.changes() && call.artifact == step.artifact);
        let (Some(previous), true) = (&step.previous, is_changed) else {
            continue;
        };
        if is_staged(&step.artifact) {
            continue;
        }
        let found = observe::read(cluster, &step.artifact, false)?;
        let is_there =
            found.is_some_and(|found| is_same(step.artifact.kind, previous, &found.body));
        if !is_there {
            moved.push(step.artifact.to_string());
        }
    }
    if moved.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Difference,
        format!(
            "{} changed since the plan was made; nothing was changed",
            moved.join(", ")
        ),
    )
    .hint("plan again, and see what the plan makes of it now"))
}

impl Hand<'_> {
    /// What stands in the place of what `call` changes, for the way back.
    ///
    /// # Errors
    /// [`ErrorKind::Cluster`] where somebody else changed it since the plan was made;
    /// as the calls.
    pub(super) fn previous(&self, call: &Call<'_>) -> Result<Option<Value>> {
        let operation = call.operation.as_ref();
        let artifact = &operation.artifact;
        let planned = call.previous.as_deref();
        // Copies are nobody else's, whatever became of them.
        if !operation.verb.changes() || is_staged(artifact) {
            return Ok(planned.cloned());
        }
        let is_model = artifact.kind == ArtifactKind::Model;
        // Only now is the definition needed, to be able to undo.
        let is_whole = is_model && operation.verb == Verb::Delete;
        let mut found = observe::read(self.cluster, artifact, is_whole)?;
        if is_model && operation.verb == Verb::Put && found.is_some() {
            found = observe::read(self.cluster, artifact, true)?;
        }
        let standing = if self.has_touched(call) {
            effect::of(call, found.as_ref())
        } else if is_reached(call, found.as_ref()) {
            Effect::Reached
        } else {
            let is_as_planned = match (planned, &found) {
                (None, None) => true,
                (Some(planned), Some(found)) => is_same(artifact.kind, planned, &found.body),
                _ => false,
            };
            if is_as_planned {
                Effect::Nothing
            } else {
                Effect::Other
            }
        };
        match standing {
            Effect::Nothing => Ok(found.map(|found| found.body)),
            // By a call of earlier work that came late, as far as it matters.
            Effect::Reached => Ok(planned.cloned()),
            Effect::Other => Err(elsewise(operation)),
        }
    }

    /// Whether an earlier call of this work may have changed what `call` changes.
    fn has_touched(&self, call: &Call<'_>) -> bool {
        let mut made = self.journal.receipt().calls.iter();
        made.any(|made| made.may_have_changed() && made.artifact == call.operation.artifact)
    }
}
