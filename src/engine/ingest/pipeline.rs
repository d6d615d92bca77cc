//! A compiled pipeline.

use super::document::Document;
use super::step::{Fault, Flow, Run, Step, run_all};
use crate::engine::failure::Failure;
use crate::engine::value::Value;

/// Pipelines may call each other this deep.
const MAX_NESTING: usize = 100;

/// A pipeline, parsed and compiled once; may be used by several threads.
pub struct Pipeline {
    pub(super) id: String,
    pub(super) description: Option<String>,
    pub(super) version: Option<i32>,
    pub(super) steps: Vec<Step>,
    pub(super) on_failure: Vec<Step>,
}

impl Pipeline {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its `description`.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Its `version`.
    #[must_use]
    pub fn version(&self) -> Option<i32> {
        self.version
    }

    /// Sends a document through.
    pub(super) fn run(&self, document: &mut Document, run: &Run<'_>) -> Result<Flow, Fault> {
        self.within(document, |document| {
            run_all(&self.steps, &self.on_failure, document, run)
        })
    }

    /// Does something as part of this pipeline: `_ingest.pipeline` names it
    /// meanwhile.
    pub(super) fn within(
        &self,
        document: &mut Document,
        work: impl FnOnce(&mut Document) -> Result<Flow, Fault>,
    ) -> Result<Flow, Fault> {
        if document.pipelines.contains(&self.id) {
            return Err(illegal_state(format!(
                "Cycle detected for pipeline: {}",
                self.id
            )));
        }
        if document.pipelines.len() >= MAX_NESTING {
            return Err(illegal_state(format!(
                "Too many nested pipelines: more than [{MAX_NESTING}]"
            )));
        }
        document.pipelines.push(self.id.clone());
        let before = document
            .ingest
            .put("pipeline", Value::str(self.id.as_str()));
        let result = work(document);
        document.pipelines.pop();
        match before {
            Some(before) => document.ingest.put("pipeline", before),
            None => document.ingest.remove("pipeline"),
        };
        match result {
            // That was the end of this pipeline only.
            Ok(Flow::Terminate) => Ok(Flow::Continue),
            result => result,
        }
    }
}

/// `illegal_state_exception`, which the server answers with 500.
pub(super) fn illegal_state(reason: String) -> Fault {
    Failure::new(500, "illegal_state_exception", reason).into()
}

impl std::fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pipeline")
            .field("id", &self.id)
            .field("processors", &self.steps.len())
            .finish_non_exhaustive()
    }
}
