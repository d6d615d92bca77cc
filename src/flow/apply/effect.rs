//! What reading after a call shows of it.

use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::model::artifact::ArtifactKind;
use crate::model::observation::{DOCUMENTS, Observed, RunState};
use crate::model::operation::{Operation, Verb};
use crate::model::plan::{Call, is_staged};
use crate::model::{mark, normal};

/// What reading after a call shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// What the call should bring about.
    Reached,
    /// What was there before the call.
    Nothing,
    /// Something else.
    Other,
}

/// What `found` shows of `call`.
pub(super) fn of(call: &Call<'_>, found: Option<&Observed>) -> Effect {
    let kind = call.operation.artifact.kind;
    if is_reached(call, found) {
        return Effect::Reached;
    }
    let untouched = match (call.operation.verb, found, call.previous.as_deref()) {
        (Verb::Put, None, _) => true,
        (Verb::Put | Verb::Update | Verb::Delete, Some(found), Some(previous)) => {
            is_staged(&call.operation.artifact) || is_same(kind, previous, &found.body)
        }
        (Verb::Put | Verb::Update, _, _) => false,
        _ => true,
    };
    if untouched {
        Effect::Nothing
    } else {
        Effect::Other
    }
}

/// Whether `found` is what `call` should bring about.
pub(super) fn is_reached(call: &Call<'_>, found: Option<&Observed>) -> bool {
    let operation = call.operation.as_ref();
    let kind = operation.artifact.kind;
    let state = found.map_or(RunState::Idle, |found| found.state);
    match operation.verb {
        Verb::Delete => found.is_none(),
        // Nothing tells; to execute it once more does no harm.
        Verb::Execute => false,
        Verb::Open | Verb::Start => state == RunState::Running,
        Verb::Close | Verb::Stop => state == RunState::Idle,
        Verb::Put | Verb::Update => found.is_some_and(|found| {
            let wanted = call.wanted.as_ref();
            same_mark(kind, wanted, &found.body) || normal::same(kind, wanted, &found.body)
        }),
    }
}

/// Whether two bodies that were read are those of an object that nobody changed in
/// between. An index in use changes by itself, but for being empty.
pub(super) fn is_same(kind: ArtifactKind, before: &Value, now: &Value) -> bool {
    if kind == ArtifactKind::Index {
        let has_documents = |body: &Value| {
            let count = body.get(DOCUMENTS).and_then(Value::as_u64);
            count.is_some_and(|count| count > 0)
        };
        return has_documents(before) || !has_documents(now);
    }
    bare(kind, before) == bare(kind, now)
}

/// The body in canonical form, that of a model without its definition, which is not
/// always read and never changes under an id.
fn bare(kind: ArtifactKind, body: &Value) -> Value {
    let mut body = normal::canonical(kind, body);
    if let (ArtifactKind::Model, Value::Object(map)) = (kind, &mut body) {
        map.remove("compressed_definition");
        map.remove("definition");
    }
    body
}

/// Whether a model carries the mark that it was to be put with.
fn same_mark(kind: ArtifactKind, wanted: &Value, found: &Value) -> bool {
    kind == ArtifactKind::Model
        && mark::read(kind, wanted).is_some_and(|mark| mark::read(kind, found) == Some(mark))
}

/// The failure where somebody else has been at what `operation` is to change.
pub(super) fn elsewise(operation: &Operation) -> Error {
    Error::new(
        ErrorKind::Cluster,
        format!(
            "{} is now neither what it was nor what it should be",
            operation.artifact
        ),
    )
    .hint("somebody else changed it meanwhile; see what it is now, and plan again")
}
