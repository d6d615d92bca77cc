//! Scripts of `script` processors and conditions: how they are given, and how
//! they run on a document.

use serde_json::{Map as JsonMap, Value as Json};

use super::config::foreign;
use super::document::Document;
use super::environment::StoredScript;
use super::factory::{Context, in_hash_order, x_content_failure};
use crate::engine::failure::Failure;
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
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Processor,
    Condition,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Processor => "ingest",
            Self::Condition => "processor_conditional",
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

    /// Compiles a stored script as one for processors.
    ///
    /// # Errors
    /// `script_exception` when it does not compile.
    pub(super) fn check(script: &StoredScript, context: &Context<'_>) -> Result<(), Failure> {
        Compiled::new(&script.source, Purpose::Processor, context).map(|_| ())
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
    /// `script_exception` when it fails.
    pub(super) fn run(&self, document: &Document) -> Result<(), Failure> {
        self.compiled.run(document, &self.params()).map(|_| ())
    }

    /// Whether the script gives true for the document, which it cannot change.
    ///
    /// # Errors
    /// `script_exception` when it fails.
    pub(super) fn test(&self, document: &Document) -> Result<bool, Failure> {
        self.compiled.test(document, &self.params())
    }

    fn params(&self) -> Map {
        match Value::from(&self.params) {
            Value::Map(map) => map,
            _ => Map::new(JavaMap::new()),
        }
    }
}

/// Longest source, in bytes.
const MAX_SOURCE: usize = 65_535;

/// What the Painless engine makes of a source.
struct Compiled(String);

impl Compiled {
    fn new(source: &str, _: Purpose, _: &Context<'_>) -> Result<Self, Failure> {
        if source.len() > MAX_SOURCE {
            return Err(Failure::illegal_argument(format!(
                "exceeded max allowed inline script size in bytes [{MAX_SOURCE}] with size [{}] for script",
                source.len()
            )));
        }
        Ok(Self(source.to_owned()))
    }

    fn run(&self, _: &Document, _: &Map) -> Result<Value, Failure> {
        Err(Failure::illegal_argument(format!(
            "not supported offline: script [{}]",
            self.0
        )))
    }

    fn test(&self, document: &Document, params: &Map) -> Result<bool, Failure> {
        self.run(document, params)
            .map(|value| matches!(value, Value::Bool(true)))
    }
}
