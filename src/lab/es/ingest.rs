//! The offline engine behind pipelines: documents on their way into an index.

use serde_json::Value;

use crate::engine::ingest::Outcome;
use crate::lab::rest::Call;
use crate::lab::store::Collection;
use crate::model::failure::Failure;

use super::engine;
use super::write::Operation;

/// The document after its pipelines; nothing when they dropped it.
pub(super) fn run(
    call: &Call,
    pipelines: &[String],
    operation: Operation,
    source: Value,
) -> Result<Option<(Operation, Value)>, Failure> {
    let store = call.cluster.read();
    for pipeline in pipelines {
        if !store.has(&Collection::Pipelines, pipeline) {
            return Err(Failure::illegal_argument(format!(
                "pipeline with id [{pipeline}] does not exist"
            )));
        }
    }
    if pipelines.is_empty() {
        return Ok(Some((operation, source)));
    }
    drop(store);
    let environment = engine::runner(call, pipelines);
    let mut operation = operation;
    let mut source = source;
    for pipeline in pipelines {
        let metadata = [
            ("_index", operation.index.as_str()),
            ("_id", operation.id.as_str()),
        ];
        match environment.run(pipeline, &source, &metadata, engine::now(call)) {
            Outcome::Dropped => return Ok(None),
            Outcome::Failed(failure) => return Err(failure),
            Outcome::Document(document) => {
                if let Some(index) = document.metadata("_index") {
                    index.clone_into(&mut operation.index);
                }
                if let Some(id) = document.metadata("_id") {
                    id.clone_into(&mut operation.id);
                }
                source = document.json();
            }
        }
    }
    Ok(Some((operation, source)))
}
