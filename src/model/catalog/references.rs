//! What artifacts need to be there before them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::reference;

/// What an artifact of `kind` with this `body` refers to.
pub(super) fn of(kind: ArtifactKind, body: &Value) -> BTreeSet<ArtifactId> {
    match kind {
        ArtifactKind::Datafeed => jobs(body.get("job_id")),
        ArtifactKind::Rule => jobs(body.get("machine_learning_job_id")),
        _ => reference::of(kind, body),
    }
}

/// One job, or a list of them as rules have from 7.12 on.
fn jobs(value: Option<&Value>) -> BTreeSet<ArtifactId> {
    let ids: Vec<&Value> = match value {
        Some(Value::Array(ids)) => ids.iter().collect(),
        Some(id) => vec![id],
        None => Vec::new(),
    };
    ids.into_iter()
        .filter_map(Value::as_str)
        .map(|id| ArtifactId::new(ArtifactKind::Job, id))
        .collect()
}
