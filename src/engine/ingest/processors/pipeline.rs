//! `pipeline`: runs another pipeline.

use crate::engine::failure::Failure;
use crate::engine::ingest::config::Config;
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::mustache::Template;
use crate::engine::ingest::pipeline::{Pipeline, illegal_state};
use crate::engine::ingest::step::{Fault, Flow, Run};

/// A call of a pipeline by its name.
pub(in crate::engine::ingest) struct Call {
    name: Template,
    ignore_missing: bool,
}

impl Call {
    /// Creates the processor.
    pub(super) fn create(config: &mut Config, context: &Context<'_>) -> Result<Self, Failure> {
        let name = config.string("name")?;
        Ok(Self {
            name: config.template("name", &name)?,
            ignore_missing: context.since(7, 15)
                && config.boolean("ignore_missing_pipeline", false)?,
        })
    }

    /// The pipeline that is meant; `None` when it may be missing and is.
    pub(in crate::engine::ingest) fn pipeline<'a>(
        &self,
        document: &Document,
        run: &Run<'a>,
    ) -> Result<Option<&'a Pipeline>, Fault> {
        let name = self.name.fill(document)?;
        match run.environment.pipeline(&name) {
            Some(pipeline) => Ok(Some(pipeline)),
            None if self.ignore_missing => Ok(None),
            None => Err(illegal_state(format!(
                "Pipeline processor configured for non-existent pipeline [{name}]"
            ))),
        }
    }

    /// Runs it.
    pub(in crate::engine::ingest) fn run(
        &self,
        document: &mut Document,
        run: &Run<'_>,
    ) -> Result<Flow, Fault> {
        match self.pipeline(document, run)? {
            Some(pipeline) => pipeline.run(document, run),
            None => Ok(Flow::Continue),
        }
    }
}
