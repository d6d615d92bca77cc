//! A processor within a pipeline, with its condition and what happens when it
//! fails (`CompoundProcessor`, `ConditionalProcessor`).

use super::condition::Condition;
use super::document::Document;
use super::environment::Environment;
use super::limits::is_final;
use super::processors::foreach::Foreach;
use super::processors::pipeline::Call;
use crate::engine::failure::Failure;
use crate::engine::value::Value;

/// What a processor leaves of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Continue,
    /// The rest of the pipeline is passed over.
    Terminate,
    Drop,
}

/// One kind of processor, configured.
pub(super) trait Processor: Send + Sync {
    /// Changes the document.
    ///
    /// # Errors
    /// The exception that the server's processor throws.
    fn run(&self, document: &Document, run: &Run<'_>) -> Result<Flow, Failure>;
}

/// What holds for one document's way through the pipelines.
pub(super) struct Run<'a> {
    pub(super) environment: &'a Environment,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub(super) now: i128,
    /// Failures that a handler took care of or that were ignored.
    pub(super) handled: std::cell::RefCell<Vec<Handled>>,
}

impl<'a> Run<'a> {
    pub(super) fn new(environment: &'a Environment, now: i128) -> Self {
        Self {
            environment,
            now,
            handled: std::cell::RefCell::default(),
        }
    }
}

/// A failure that did not fail its document.
#[derive(Clone, Debug)]
pub struct Handled {
    /// Type of the processor that failed.
    pub processor: String,
    /// Its tag.
    pub tag: Option<String>,
    /// The pipeline it stands in.
    pub pipeline: Option<String>,
    /// What it threw.
    pub failure: Failure,
    /// Whether `ignore_failure` passed over it, rather than an `on_failure`.
    pub ignored: bool,
}

/// A failure on its way up, with the processor that it came from.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) failure: Box<Failure>,
    pub(super) origin: Option<Box<Origin>>,
    /// No handler takes care of it; the server does not catch it for one document
    /// either: the whole request fails.
    pub(super) fatal: bool,
}

/// The processor that failed.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    kind: String,
    tag: Option<String>,
    /// The pipeline, when another one called it.
    pipeline: Option<String>,
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self {
            fatal: is_final(&failure),
            failure: Box::new(failure),
            origin: None,
        }
    }
}

impl Fault {
    /// A failure of the whole request.
    pub(super) fn fatal(failure: Failure) -> Self {
        Self {
            failure: Box::new(failure),
            origin: None,
            fatal: true,
        }
    }

    /// The fault with this origin, unless it has one.
    pub(super) fn blamed_on(mut self, kind: &str, tag: Option<&str>, document: &Document) -> Self {
        self.origin.get_or_insert_with(|| {
            Box::new(Origin {
                kind: kind.to_owned(),
                tag: tag.map(str::to_owned),
                pipeline: match document.pipelines.as_slice() {
                    [_, .., innermost] => Some(innermost.clone()),
                    _ => None,
                },
            })
        });
        self
    }

    /// What is remembered of it once it is handled.
    pub(super) fn handled(
        &self,
        kind: &str,
        tag: Option<&str>,
        document: &Document,
        ignored: bool,
    ) -> Handled {
        let origin = self.origin.as_ref();
        Handled {
            processor: origin
                .map_or(kind, |origin| origin.kind.as_str())
                .to_owned(),
            tag: origin.map_or_else(|| tag.map(str::to_owned), |origin| origin.tag.clone()),
            pipeline: document.pipelines.last().cloned(),
            failure: (*self.failure).clone(),
            ignored,
        }
    }

    /// Writes the `on_failure_*` metadata.
    pub(super) fn describe(&self, document: &Document) {
        let origin = self.origin.as_ref();
        let text =
            |text: Option<&String>| text.map_or(Value::Null, |text| Value::str(text.as_str()));
        let root = self.failure.root();
        let message = match root.reason() {
            "" => Value::Null,
            reason => Value::str(reason),
        };
        let ingest = &document.ingest;
        ingest.put("on_failure_message", message);
        ingest.put(
            "on_failure_processor_type",
            text(origin.map(|origin| &origin.kind)),
        );
        ingest.put(
            "on_failure_processor_tag",
            text(origin.and_then(|origin| origin.tag.as_ref())),
        );
        if let Some(pipeline) = origin.and_then(|origin| origin.pipeline.as_ref()) {
            ingest.put("on_failure_pipeline", Value::str(pipeline.as_str()));
        }
    }
}

/// Removes the `on_failure_*` metadata.
pub(super) fn forget_failure(document: &Document) {
    for key in [
        "on_failure_message",
        "on_failure_processor_type",
        "on_failure_processor_tag",
        "on_failure_pipeline",
    ] {
        document.ingest.remove(key);
    }
}

/// What a step does.
pub(super) enum Action {
    /// Runs another pipeline.
    Call(Call),
    /// Runs a processor for each element of a list.
    Foreach(Foreach),
    Other(Box<dyn Processor>),
}

/// A processor with all that surrounds it.
pub(super) struct Step {
    pub(super) kind: String,
    pub(super) tag: Option<String>,
    pub(super) description: Option<String>,
    pub(super) condition: Option<Condition>,
    pub(super) ignore_failure: bool,
    pub(super) on_failure: Vec<Self>,
    pub(super) action: Action,
}

impl Step {
    /// Whether the step handles its own failures.
    pub(super) fn handles_failures(&self) -> bool {
        self.ignore_failure || !self.on_failure.is_empty()
    }

    /// The type that a failure of this step is put down to.
    fn failing_kind(&self) -> &str {
        if self.condition.is_some() {
            "conditional"
        } else {
            &self.kind
        }
    }

    /// Runs the step if its condition holds.
    ///
    /// # Errors
    /// The failure of its condition, or that of its processor unless the step
    /// handles it.
    pub(super) fn run(&self, document: &mut Document, run: &Run<'_>) -> Result<Flow, Fault> {
        if let Some(condition) = &self.condition
            && !condition.holds(document, run)?
        {
            return Ok(Flow::Continue);
        }
        let fault = match self.act(document, run) {
            Err(fault) if self.handles_failures() && !fault.fatal => fault,
            result => return result,
        };
        let tag = self.tag.as_deref();
        run.handled.borrow_mut().push(fault.handled(
            &self.kind,
            tag,
            document,
            self.ignore_failure,
        ));
        if self.ignore_failure {
            return Ok(Flow::Continue);
        }
        let fault = fault.blamed_on(&self.kind, tag, document);
        handle(&fault, &self.on_failure, document, run)
    }

    /// Runs the processor itself.
    ///
    /// # Errors
    /// The failure of the processor; a fatal one when too many have run.
    pub(super) fn act(&self, document: &mut Document, run: &Run<'_>) -> Result<Flow, Fault> {
        document.budget.step()?;
        match &self.action {
            Action::Call(call) => call.run(document, run),
            Action::Foreach(foreach) => foreach.run(document, run),
            Action::Other(processor) => Ok(processor.run(document, run)?),
        }
    }
}

/// Runs steps one after the other; when one fails, `on_failure` instead of the
/// rest.
///
/// # Errors
/// The fault of a step when there is no `on_failure`, or one of `on_failure`.
pub(super) fn run_all(
    steps: &[Step],
    on_failure: &[Step],
    document: &mut Document,
    run: &Run<'_>,
) -> Result<Flow, Fault> {
    for step in steps {
        match step.run(document, run) {
            Ok(Flow::Continue) => {}
            Ok(end) => return Ok(end),
            Err(fault) if fault.fatal => return Err(fault),
            Err(fault) => {
                let (kind, tag) = (step.failing_kind(), step.tag.as_deref());
                let fault = fault.blamed_on(kind, tag, document);
                if on_failure.is_empty() {
                    return Err(fault);
                }
                run.handled
                    .borrow_mut()
                    .push(fault.handled(kind, tag, document, false));
                return handle(&fault, on_failure, document, run);
            }
        }
    }
    Ok(Flow::Continue)
}

/// Runs the handlers of a fault.
fn handle(
    fault: &Fault,
    handlers: &[Step],
    document: &mut Document,
    run: &Run<'_>,
) -> Result<Flow, Fault> {
    fault.describe(document);
    let mut result = Ok(Flow::Continue);
    for step in handlers {
        result = step
            .run(document, run)
            .map_err(|fault| fault.blamed_on(step.failing_kind(), step.tag.as_deref(), document));
        if !matches!(result, Ok(Flow::Continue)) {
            break;
        }
    }
    forget_failure(document);
    result
}
