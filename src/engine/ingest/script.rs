//! Scripts of `script` processors and conditions: how they are given, and how
//! they run on a document.

use serde_json::{Map as JsonMap, Value as Json};

use super::config::foreign;
use super::document::Document;
use super::factory::{Context, in_hash_order, x_content_failure};
use super::limits::{self, Excess};
use super::step::Run;
use crate::engine::failure::Failure;
use crate::engine::painless;
use crate::engine::value::{JavaMap, Map, Value, json};

/// A script as a configuration gives it (`org.elasticsearch.script.Script`).
pub(super) struct Definition {
    source: Source,
    lang: String,
    params: JsonMap<String, Json>,
}

enum Source {
    Inline(String),
    Stored(String),
}

/// What a script is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A `script` processor (context `ingest`).
    Processor,
    /// The `if` of a processor (context `processor_conditional`).
    Condition,
    /// The execute API (context `painless_test`).
    Test,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Processor => "ingest",
            Self::Condition => "processor_conditional",
            Self::Test => "painless_test",
        }
    }
}

impl Definition {
    /// Reads the keys of a script.
    ///
    /// # Errors
    /// `x_content_parse_exception` for keys and values that a script has not,
    /// `illegal_argument_exception` when they do not go together.
    pub(super) fn read(entries: JsonMap<String, Json>) -> Result<Self, Failure> {
        let mut source = None;
        let mut id = None;
        let mut lang = None;
        let mut params = JsonMap::new();
        // The server writes the map as JSON again and names places in that.
        let mut column = 2;
        for (key, value) in in_hash_order(entries) {
            let value_column = column + key.chars().count() + 3;
            let length = json::write(&Value::from(&value)).chars().count();
            let wrong = |expected: &str| {
                let kind = token(&value);
                x_content_failure(
                    (1, value_column),
                    &format!("{expected} doesn't support values of type: {kind}"),
                )
            };
            match (key.as_str(), &value) {
                ("source" | "inline", Json::String(text)) => source = Some(text.clone()),
                ("source" | "inline", Json::Object(_)) => source = Some(value.to_string()),
                ("id" | "stored", Json::String(text)) => id = Some(text.clone()),
                ("lang", Json::String(text)) => lang = Some(text.clone()),
                ("params", Json::Object(entries)) => params.clone_from(entries),
                ("options", Json::Object(_)) => {}
                ("source" | "inline" | "id" | "stored" | "lang" | "params" | "options", _) => {
                    return Err(wrong(&key));
                }
                _ => {
                    return Err(x_content_failure(
                        (1, column),
                        &format!("unknown field [{key}]"),
                    ));
                }
            }
            column = value_column + length + 1;
        }
        let source = match (source, id) {
            (Some(source), None) => Source::Inline(source),
            (None, Some(id)) => {
                if lang.is_some() {
                    return Err(Failure::illegal_argument(
                        "illegally specified <lang> for a stored script",
                    ));
                }
                Source::Stored(id)
            }
            _ => {
                return Err(Failure::illegal_argument(
                    "must specify either [source] for an inline script or [id] for a stored script",
                ));
            }
        };
        Ok(Self {
            source,
            lang: lang.unwrap_or_else(|| "painless".into()),
            params,
        })
    }

    /// The source, or the id of a stored script.
    pub(super) fn text(&self) -> &str {
        match &self.source {
            Source::Inline(text) | Source::Stored(text) => text,
        }
    }
}

/// The name of a JSON value in the messages of the server's parser.
fn token(value: &Json) -> &'static str {
    match value {
        Json::Null => "VALUE_NULL",
        Json::Bool(_) => "VALUE_BOOLEAN",
        Json::Number(_) => "VALUE_NUMBER",
        Json::String(_) => "VALUE_STRING",
        Json::Array(_) => "START_ARRAY",
        Json::Object(_) => "START_OBJECT",
    }
}

/// A compiled script with its parameters.
pub(super) struct Script {
    compiled: Compiled,
    params: Json,
}

impl Script {
    /// The script of a `script` processor.
    ///
    /// # Errors
    /// What the server says about the keys, or that it does not compile.
    pub(super) fn for_processor(
        entries: JsonMap<String, Json>,
        context: &Context<'_>,
    ) -> Result<Self, Failure> {
        let definition = Definition::read(entries).map_err(|failure| {
            let class = if failure.kind() == "x_content_parse_exception" {
                "org.elasticsearch.common.xcontent.XContentParseException"
            } else {
                "java.lang.IllegalArgumentException"
            };
            foreign(class, failure)
        })?;
        Self::compile(definition, Purpose::Processor, context)
    }

    /// The script of a condition.
    ///
    /// # Errors
    /// `script_exception` when it does not compile.
    pub(super) fn for_condition(
        definition: Definition,
        context: &Context<'_>,
    ) -> Result<Self, Failure> {
        Self::compile(definition, Purpose::Condition, context)
    }

    /// Compiles a source.
    ///
    /// # Errors
    /// `script_exception` when it does not compile.
    pub(super) fn check(
        source: &str,
        purpose: Purpose,
        context: &Context<'_>,
    ) -> Result<(), Failure> {
        Compiled::new(source, purpose, context).map(|_| ())
    }

    /// Runs a script on its parameters alone; gives its result.
    ///
    /// # Errors
    /// What the server says about its keys, its source or its run.
    pub(super) fn execute(
        entries: JsonMap<String, Json>,
        context: &Context<'_>,
        now: i128,
    ) -> Result<Value, Failure> {
        let definition = Definition::read(entries)?;
        let script = Self::compile(definition, Purpose::Test, context)?;
        script.compiled.call(Value::Null, script.params(), now)
    }

    fn compile(
        definition: Definition,
        purpose: Purpose,
        context: &Context<'_>,
    ) -> Result<Self, Failure> {
        let (source, lang) = match &definition.source {
            Source::Inline(source) => (source, &definition.lang),
            Source::Stored(id) => {
                let stored = context.scripts.get(id).ok_or_else(|| {
                    Failure::new(
                        404,
                        "resource_not_found_exception",
                        format!("unable to find script [{id}] in cluster state"),
                    )
                })?;
                (&stored.source, &stored.lang)
            }
        };
        match lang.as_str() {
            "painless" => {}
            "mustache" => {
                let cause = format!(
                    "mustache engine does not know how to handle context [{}]",
                    purpose.name()
                );
                return Err(Failure::new(
                    500,
                    "general_script_exception",
                    format!("Failed to compile inline script [{source}] using lang [mustache]"),
                )
                .because(Failure::illegal_argument(cause)));
            }
            other => {
                let cause =
                    Failure::illegal_argument(format!("script_lang not supported [{other}]"));
                return Err(foreign("java.lang.IllegalArgumentException", cause));
            }
        }
        Ok(Self {
            compiled: Compiled::new(source, purpose, context)?,
            params: Json::Object(definition.params),
        })
    }

    /// Runs the script with the document as `ctx`.
    ///
    /// # Errors
    /// `script_exception` when it fails, `illegal_argument_exception` when the
    /// document holds itself afterwards, `circuit_breaking_exception` when it is too
    /// large.
    pub(super) fn run(&self, document: &Document, run: &Run<'_>) -> Result<(), Failure> {
        self.compiled.run(document, self.params(), run)?;
        match limits::measure(&Value::Map(document.fields.clone())) {
            Ok(_) => Ok(()),
            Err(Excess::Endless) => Err(Failure::illegal_argument(
                "Iterable object is self-referencing itself (ingest script)",
            )),
            Err(Excess::Size) => Err(limits::exhausted("the document grew too large in a script")),
        }
    }

    /// Whether the script gives true for the document, which it cannot change.
    ///
    /// # Errors
    /// `script_exception` when it fails.
    pub(super) fn test(&self, document: &Document, run: &Run<'_>) -> Result<bool, Failure> {
        let result = self.compiled.run(document, self.params(), run)?;
        Ok(matches!(result, Value::Bool(true)))
    }

    fn params(&self) -> Map {
        match Value::from(&self.params) {
            Value::Map(map) => map,
            _ => Map::new(JavaMap::new()),
        }
    }
}

/// What the Painless engine makes of a source.
struct Compiled(painless::Script);

impl Compiled {
    fn new(source: &str, purpose: Purpose, context: &Context<'_>) -> Result<Self, Failure> {
        let options = painless::Options {
            regex_enabled: context.options.regex_enabled,
            ..painless::Options::default()
        };
        let kind = match purpose {
            Purpose::Processor => painless::Context::Ingest,
            Purpose::Condition => painless::Context::Condition,
            Purpose::Test => painless::Context::Test,
        };
        painless::compile(source, kind, &options)
            .map(Self)
            .map_err(|error| script_failure(&error))
    }

    fn run(&self, document: &Document, params: Map, run: &Run<'_>) -> Result<Value, Failure> {
        let ctx = Value::Map(document.fields.clone());
        self.call(ctx, params, run.now)
    }

    fn call(&self, ctx: Value, params: Map, now: i128) -> Result<Value, Failure> {
        let now = i64::try_from(now / 1_000_000).unwrap_or(i64::MAX);
        self.0
            .run_at(ctx, Value::Map(params), now)
            .map_err(|error| script_failure(&error))
    }
}

/// `script_exception`
fn script_failure(error: &painless::ScriptError) -> Failure {
    let mut failure = Failure::new(400, "script_exception", error.reason())
        .with("script_stack", error.script_stack.clone())
        .with("script", error.script.clone())
        .with("lang", "painless");
    if let Some(position) = error.position {
        let position = serde_json::json!({
            "offset": position.offset,
            "start": position.start,
            "end": position.end,
        });
        failure = failure.with("position", position);
    }
    failure.because(cause_failure(&error.caused_by))
}

fn cause_failure(cause: &painless::Cause) -> Failure {
    let failure = Failure::new(
        400,
        cause.kind.clone(),
        cause.reason.clone().unwrap_or_default(),
    );
    let failure = if cause.reason.is_none() {
        failure.without_reason()
    } else {
        failure
    };
    match &cause.caused_by {
        Some(cause) => failure.because(cause_failure(cause)),
        None => failure,
    }
}
