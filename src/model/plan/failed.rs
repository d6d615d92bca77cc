//! What broke down by itself and is put to rest only by force, which is for the
//! operator to do.

use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::RunState;

/// Why `artifact`, which is in `state`, cannot be put to rest, and the call that does;
/// `None` where it did not break down. The server refuses to close, to stop and to
/// delete it with 409.
pub(super) fn needs_force(artifact: &ArtifactId, state: RunState) -> Option<String> {
    if state != RunState::Failed {
        return None;
    }
    let (folder, verb) = match artifact.kind {
        ArtifactKind::Job => ("_ml/anomaly_detectors", "_close"),
        ArtifactKind::Datafeed => ("_ml/datafeeds", "_stop"),
        ArtifactKind::Analytics => ("_ml/data_frame/analytics", "_stop"),
        ArtifactKind::Transform => ("_transform", "_stop"),
        _ => return None,
    };
    let (kind, id) = (artifact.kind, &artifact.id);
    Some(format!(
        "the {kind} failed, and only force puts it to rest: POST {folder}/{id}/{verb}?force=true"
    ))
}
