//! What a cluster keeps of work that has just begun: should the machine with the
//! journal be lost in the middle of it, any other can lead back.

use std::collections::BTreeMap;

use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::Claim;
use crate::model::operation::Verb;
use crate::model::plan::{Course, is_staged};
use crate::model::receipt::{Call, Outcome, Receipt};

/// `receipt` with all calls of `course`, of none of which the outcome is known.
/// Copies are left out, for they are found by what is remembered of them, and so
/// are models that go: what it takes to make them again is read only then.
pub(super) fn foretold(
    receipt: &Receipt,
    course: &Course<'_>,
    claims: &BTreeMap<ArtifactId, Claim>,
) -> Receipt {
    let mut foretold = receipt.clone();
    for call in course.calls() {
        let operation = call.operation.as_ref();
        let artifact = &operation.artifact;
        let is_lost = operation.verb == Verb::Delete && artifact.kind == ArtifactKind::Model;
        if is_lost || is_staged(artifact) {
            continue;
        }
        foretold.calls.push(Call {
            verb: operation.verb,
            artifact: artifact.clone(),
            previous: call.previous.as_deref().cloned(),
            claim: claims.get(artifact).cloned(),
            outcome: Outcome::Unknown,
            reason: None,
        });
    }
    foretold
}
