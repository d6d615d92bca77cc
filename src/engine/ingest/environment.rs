//! The place where pipelines run: what a cluster would hold for them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;

use super::document::Document;
use super::factory::{self, Context};
use super::pipeline::Pipeline;
use super::script::{Purpose, Script};
use super::step::{Flow, Handled, Run};
use crate::engine::failure::Failure;
use crate::engine::inference::Model;
use crate::engine::value::{Map, Value};
use crate::model::version::StackVersion;

/// How the cluster that is imitated is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// `script.painless.regex.enabled`: scripts may use regular expressions.
    pub regex_enabled: bool,
    /// The version, which decides which options processors have.
    pub version: StackVersion,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            regex_enabled: true,
            version: StackVersion::new(9, 0, 0),
        }
    }
}

/// A script that a cluster stores.
#[derive(Clone, Debug)]
pub struct StoredScript {
    /// Its language, `painless`.
    pub lang: String,
    /// Its source.
    pub source: String,
}

/// Scripts, models and pipelines by their ids. It may be shared between threads;
/// each document is a matter of one thread.
///
/// ```
/// use std::time::Duration;
/// use sealift::engine::ingest::{Environment, Options, Outcome};
/// let mut environment = Environment::new(Options::default());
/// let body = serde_json::json!({"processors": [{"uppercase": {"field": "name"}}]});
/// environment.put_pipeline("shout", &body).unwrap();
/// let source = serde_json::json!({"name": "ada"});
/// let outcome = environment.run("shout", &source, &[], Duration::ZERO);
/// let Outcome::Document(document) = outcome else { panic!() };
/// assert_eq!(document.json()["name"], "ADA");
/// ```
#[derive(Debug, Default)]
pub struct Environment {
    options: Options,
    scripts: BTreeMap<String, StoredScript>,
    models: BTreeMap<String, Arc<Model>>,
    pipelines: BTreeMap<String, Pipeline>,
}

/// What became of a document.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It went through.
    Document(Processed),
    /// A processor dropped it.
    Dropped,
    /// A processor failed, and nothing handled that.
    Failed(Failure),
}

/// A document that went through its pipelines.
#[derive(Clone, Debug)]
pub struct Processed {
    /// `_index`, `_id` and the like, as texts.
    pub metadata: Vec<(&'static str, String)>,
    /// Its fields now.
    pub source: Map,
    /// Failures that `on_failure` or `ignore_failure` kept from failing it.
    pub handled: Vec<Handled>,
}

impl Processed {
    /// A metadata field such as `_index`.
    #[must_use]
    pub fn metadata(&self, key: &str) -> Option<&str> {
        let mut fields = self.metadata.iter();
        fields.find_map(|(known, text)| (*known == key).then_some(text.as_str()))
    }

    /// Its fields as JSON.
    #[must_use]
    pub fn json(&self) -> Json {
        Json::from(&Value::Map(self.source.clone()))
    }
}

impl Environment {
    /// An environment that holds nothing.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// How it is set up.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Stores a script. It is compiled only where it is used: pipelines that use
    /// it have to be put after it.
    pub fn put_script(&mut self, id: &str, script: StoredScript) {
        self.scripts.insert(id.to_owned(), script);
    }

    /// Stores a model.
    pub fn put_model(&mut self, id: &str, model: Arc<Model>) {
        self.models.insert(id.to_owned(), model);
    }

    /// Parses, compiles and stores a pipeline.
    ///
    /// # Errors
    /// What the server answers to a request that puts it.
    pub fn put_pipeline(&mut self, id: &str, body: &Json) -> Result<(), Failure> {
        let pipeline = self.parse_pipeline(id, body)?;
        self.pipelines.insert(id.to_owned(), pipeline);
        Ok(())
    }

    /// Parses and compiles a pipeline with the scripts that are stored.
    ///
    /// # Errors
    /// What the server answers to a request that puts it.
    pub fn parse_pipeline(&self, id: &str, body: &Json) -> Result<Pipeline, Failure> {
        factory::parse_pipeline(id, body, &self.context())
    }

    /// Compiles a Painless source as `PUT _scripts/ID/CONTEXT` does.
    ///
    /// # Errors
    /// `script_exception` for a script that does not compile.
    pub fn check_script(&self, source: &str, purpose: Purpose) -> Result<(), Failure> {
        Script::check(source, purpose, &self.context())
    }

    /// Runs a script (`source` or `id`, `params`) as `_scripts/painless/_execute`
    /// does; gives its result as text. `now` is the time since 1970.
    ///
    /// # Errors
    /// `script_exception` for a script that does not compile or fails.
    pub fn execute_script(&self, script: &Json, now: Duration) -> Result<String, Failure> {
        let entries = match script {
            Json::Object(entries) => entries.clone(),
            Json::String(source) => factory::source_only(source),
            _ => {
                return Err(Failure::illegal_argument(
                    "must specify either [source] for an inline script or [id] for a stored script",
                ));
            }
        };
        Script::execute(entries, &self.context(), nanoseconds(now))
            .map(|result| result.to_java_string())
    }

    pub(super) fn context(&self) -> Context<'_> {
        Context::new(&self.options, &self.scripts)
    }

    /// A pipeline by its id.
    #[must_use]
    pub fn pipeline(&self, id: &str) -> Option<&Pipeline> {
        self.pipelines.get(id)
    }

    /// A model by its id.
    ///
    /// # Errors
    /// 404 `resource_not_found_exception`
    pub(super) fn model(&self, id: &str) -> Result<&Model, Failure> {
        self.models.get(id).map(Arc::as_ref).ok_or_else(|| {
            Failure::new(
                404,
                "resource_not_found_exception",
                format!("Could not find trained model [{id}]"),
            )
        })
    }

    /// Sends one document through a pipeline, as indexing it would. `metadata`
    /// are fields such as `("_index", "logs")`; `now` is the time since
    /// 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn run(
        &self,
        pipeline: &str,
        source: &Json,
        metadata: &[(&'static str, &str)],
        now: Duration,
    ) -> Outcome {
        match Value::from(source) {
            Value::Map(source) => self.send(pipeline, &source, metadata, now),
            _ => Outcome::Failed(Failure::illegal_argument("a document must be an object")),
        }
    }

    /// As [`run`](Self::run) with fields that are read already. What lies within
    /// them belongs to the document from then on and is changed by it: hand in a
    /// [deep copy](Value::deep_copy) where they are needed afterwards.
    #[must_use]
    pub fn send(
        &self,
        pipeline: &str,
        source: &Map,
        metadata: &[(&'static str, &str)],
        now: Duration,
    ) -> Outcome {
        let Some(pipeline) = self.pipeline(pipeline) else {
            return Outcome::Failed(Failure::illegal_argument(format!(
                "pipeline with id [{pipeline}] does not exist"
            )));
        };
        let metadata = metadata
            .iter()
            .map(|(key, text)| (*key, Value::from(*text)))
            .collect();
        let mut document = Document::new(source, metadata, &timestamp(now));
        let run = Run::new(self, nanoseconds(now));
        match pipeline.run(&mut document, &run) {
            Ok(Flow::Drop) => Outcome::Dropped,
            Ok(Flow::Continue | Flow::Terminate) => Outcome::Document(Processed {
                metadata: document.take_metadata(),
                source: document.fields,
                handled: run.handled.into_inner(),
            }),
            Err(fault) => Outcome::Failed(*fault.failure),
        }
    }
}

/// Nanoseconds of a time since the epoch.
pub(super) fn nanoseconds(now: Duration) -> i128 {
    i128::try_from(now.as_nanos()).unwrap_or(i128::MAX)
}

/// `_ingest.timestamp`: RFC 3339 with as many digits as there are.
pub(super) fn timestamp(now: Duration) -> String {
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    super::dates::iso_instant(seconds, now.subsec_nanos())
}
