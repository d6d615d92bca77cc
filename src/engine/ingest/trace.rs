//! Runs a pipeline as `_simulate?verbose` does, with a record of every
//! processor (`TrackingResultProcessor`).

use serde_json::{Map as JsonMap, Value as Json};

use super::condition::Condition;
use super::document::Document;
use super::pipeline::Pipeline;
use super::render::document_json;
use super::step::{Action, Fault, Flow, Run, Step, forget_failure};
use crate::engine::failure::Failure;

/// The records of a run, the entries of `processor_results`.
pub(super) struct Trace<'run, 'environment> {
    run: &'run Run<'environment>,
    pub(super) records: Vec<Json>,
}

/// A few processors of a pipeline (or the one of a step) and what follows when
/// one of them fails.
struct Group<'a> {
    steps: &'a [Step],
    on_failure: &'a [Step],
    ignore_failure: bool,
    /// The condition under which the group stands.
    condition: Option<&'a Condition>,
    /// The steps' own conditions and handlers were taken apart already.
    bare: bool,
}

/// What a record says about the document.
#[derive(Clone, Copy)]
enum Outcome<'a> {
    Success(&'a Document),
    Gone,
    Error(&'a Failure),
    Ignored(&'a Failure, &'a Document),
}

impl<'run, 'environment> Trace<'run, 'environment> {
    pub(super) fn new(run: &'run Run<'environment>) -> Self {
        Self {
            run,
            records: Vec::new(),
        }
    }

    /// Runs a pipeline.
    ///
    /// # Errors
    /// As without a trace; a fatal fault fails the whole request.
    pub(super) fn pipeline(
        &mut self,
        pipeline: &Pipeline,
        document: &mut Document,
    ) -> Result<Flow, Fault> {
        pipeline.within(document, |document| {
            let group = Group {
                steps: &pipeline.steps,
                on_failure: &pipeline.on_failure,
                ignore_failure: false,
                condition: None,
                bare: false,
            };
            self.group(&group, document)
        })
    }

    fn group(&mut self, group: &Group<'_>, document: &mut Document) -> Result<Flow, Fault> {
        for step in group.steps {
            match self.step(step, group, document) {
                Ok(Flow::Continue) => {}
                Ok(end) => return Ok(end),
                Err(fault) if fault.fatal => return Err(fault),
                Err(_) if group.ignore_failure => {}
                Err(fault) => {
                    let fault = fault.blamed_on(&step.kind, step.tag.as_deref(), document);
                    if group.on_failure.is_empty() {
                        return Err(fault);
                    }
                    return self.handle(&fault, group, document);
                }
            }
        }
        Ok(Flow::Continue)
    }

    fn handle(
        &mut self,
        fault: &Fault,
        group: &Group<'_>,
        document: &mut Document,
    ) -> Result<Flow, Fault> {
        fault.describe(document);
        let handlers = Group {
            steps: group.on_failure,
            on_failure: &[],
            condition: None,
            bare: false,
            ..*group
        };
        let mut result = Ok(Flow::Continue);
        for step in group.on_failure {
            result = self
                .step(step, &handlers, document)
                .map_err(|fault| fault.blamed_on(&step.kind, step.tag.as_deref(), document));
            if !matches!(result, Ok(Flow::Continue)) {
                break;
            }
        }
        forget_failure(document);
        result
    }

    fn step(
        &mut self,
        step: &Step,
        group: &Group<'_>,
        document: &mut Document,
    ) -> Result<Flow, Fault> {
        if group.bare {
            return self.act(step, group.condition, group.ignore_failure, document);
        }
        let condition = step.condition.as_ref().or(group.condition);
        if !step.handles_failures() {
            return self.act(step, condition, group.ignore_failure, document);
        }
        let own = Group {
            steps: std::slice::from_ref(step),
            on_failure: &step.on_failure,
            ignore_failure: step.ignore_failure,
            condition,
            bare: true,
        };
        self.group(&own, document)
    }

    /// Runs one processor and records it.
    fn act(
        &mut self,
        step: &Step,
        condition: Option<&Condition>,
        ignored: bool,
        document: &mut Document,
    ) -> Result<Flow, Fault> {
        // The server does not catch what a condition throws here.
        let held = condition
            .map(|condition| condition.holds(document, self.run).map_err(Fault::fatal))
            .transpose()?;
        let condition = condition.zip(held);
        if held == Some(false) {
            self.record(step, condition, "skipped", Outcome::Gone)?;
            return Ok(Flow::Continue);
        }
        if let Action::Call(call) = &step.action {
            let pipeline = call.pipeline(document, self.run).map_err(|fault| {
                // Nor a pipeline that is missing.
                Fault::fatal(Failure::illegal_argument(fault.failure.reason()))
            })?;
            let Some(pipeline) = pipeline else {
                self.record(step, condition, "success", Outcome::Gone)?;
                return Ok(Flow::Continue);
            };
            // A trial on a copy, so that a cycle is seen before anything runs.
            let mut copy = document.copy().map_err(Fault::fatal)?;
            let trial = Run::new(self.run.environment, self.run.now);
            if let Err(fault) = pipeline.run(&mut copy, &trial)
                && fault.failure.kind() == "illegal_state_exception"
                && fault.failure.reason().starts_with("Cycle detected")
            {
                let outcome = if ignored {
                    Outcome::Ignored(&fault.failure, document)
                } else {
                    Outcome::Error(&fault.failure)
                };
                let status = if ignored { "error_ignored" } else { "error" };
                self.record(step, condition, status, outcome)?;
                return Err(fault);
            }
            self.record(step, condition, "success", Outcome::Gone)?;
            return self.pipeline(pipeline, document);
        }
        let result = step.act(document, self.run);
        match &result {
            Err(fault) if fault.fatal => {}
            Err(fault) if ignored => {
                let outcome = Outcome::Ignored(&fault.failure, document);
                self.record(step, condition, "error_ignored", outcome)?;
            }
            Err(fault) => {
                self.record(step, condition, "error", Outcome::Error(&fault.failure))?;
            }
            Ok(Flow::Continue | Flow::Terminate) => {
                self.record(step, condition, "success", Outcome::Success(document))?;
            }
            Ok(Flow::Drop) => self.record(step, condition, "dropped", Outcome::Gone)?,
        }
        result
    }

    fn record(
        &mut self,
        step: &Step,
        condition: Option<(&Condition, bool)>,
        status: &str,
        outcome: Outcome<'_>,
    ) -> Result<(), Fault> {
        let mut record = JsonMap::new();
        record.insert("processor_type".into(), step.kind.as_str().into());
        record.insert("status".into(), status.into());
        for (key, text) in [("description", &step.description), ("tag", &step.tag)] {
            if let Some(text) = text {
                record.insert(key.into(), text.as_str().into());
            }
        }
        if let Some((condition, result)) = condition {
            let said = serde_json::json!({"condition": condition.text(), "result": result});
            record.insert("if".into(), said);
        }
        let error = |failure: &Failure| failure.to_answer()["error"].take();
        let document = match outcome {
            Outcome::Gone => None,
            Outcome::Success(document) => Some(document),
            Outcome::Error(failure) => {
                record.insert("error".into(), error(failure));
                None
            }
            Outcome::Ignored(failure, document) => {
                let ignored = serde_json::json!({"error": error(failure)});
                record.insert("ignored_error".into(), ignored);
                Some(document)
            }
        };
        if let Some(document) = document {
            let copy = document.copy().map_err(Fault::fatal)?;
            record.insert("doc".into(), document_json(&copy));
        }
        self.records.push(Json::Object(record));
        Ok(())
    }
}
