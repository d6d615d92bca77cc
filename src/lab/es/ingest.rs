//! The offline engine behind pipelines: documents on their way into an index.

use serde_json::Value;

use crate::lab::rest::Call;
use crate::lab::store::Collection;
use crate::model::failure::Failure;

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
    Err(Failure::new(
        501,
        "unsupported_operation_exception",
        "this practice cluster cannot run pipelines",
    ))
}
