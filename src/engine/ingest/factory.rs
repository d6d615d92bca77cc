//! From the JSON of a pipeline to steps that can run
//! (`org.elasticsearch.ingest.ConfigurationUtils`, `Pipeline.create`).

use std::collections::BTreeMap;

use serde_json::{Map as JsonMap, Value as Json, json};

use super::condition::Condition;
use super::config::{Config, class_of, parse_failure};
use super::environment::{Options, StoredScript};
use super::pipeline::Pipeline;
use super::processors;
use super::step::Step;
use crate::engine::failure::Failure;

/// Processors within processors nest this deep at most.
const MAX_DEPTH: usize = 32;

/// What parsing needs to know beside the configuration.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) options: &'a Options,
    pub(super) scripts: &'a BTreeMap<String, StoredScript>,
    depth: usize,
}

impl<'a> Context<'a> {
    pub(super) fn new(options: &'a Options, scripts: &'a BTreeMap<String, StoredScript>) -> Self {
        Self {
            options,
            scripts,
            depth: 0,
        }
    }

    /// Whether the server has what came with this version.
    pub(super) fn since(&self, major: u32, minor: u32) -> bool {
        self.options.version.line() >= (major, minor)
    }

    /// The context of processors within a processor.
    ///
    /// # Errors
    /// `parse_exception` when they nest too deeply.
    pub(super) fn deeper(&self) -> Result<Self, Failure> {
        if self.depth >= MAX_DEPTH {
            return Err(parse_failure(format!(
                "processors nest deeper than [{MAX_DEPTH}] levels"
            )));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..*self
        })
    }
}

/// Parses and compiles a pipeline.
///
/// # Errors
/// What the server answers to a request that puts or simulates it.
pub(super) fn parse_pipeline(
    id: &str,
    body: &Json,
    context: &Context<'_>,
) -> Result<Pipeline, Failure> {
    let Json::Object(entries) = body else {
        return Err(parse_failure("a pipeline must be an object"));
    };
    let mut config = Config::new(entries.clone());
    let description = config.optional_string("description")?;
    let version = config.optional_int("version")?;
    if context.since(7, 16) {
        config.optional_map("_meta")?;
    }
    if context.since(8, 16) {
        config.boolean("deprecated", false)?;
    }
    if context.since(9, 2) {
        for key in [
            "created_date",
            "created_date_millis",
            "modified_date",
            "modified_date_millis",
        ] {
            config.take(key);
        }
    }
    let steps = read_steps(config.list("processors")?, context)?;
    let handlers = config.optional_list("on_failure")?;
    let has_handlers = handlers.is_some();
    let on_failure = read_steps(handlers.unwrap_or_default(), context)?;
    if let Some(keys) = config.leftover() {
        return Err(parse_failure(format!(
            "pipeline [{id}] doesn't support one or more provided configuration parameters {keys}"
        )));
    }
    if has_handlers && on_failure.is_empty() {
        return Err(parse_failure(format!(
            "pipeline [{id}] cannot have an empty on_failure option defined"
        )));
    }
    Ok(Pipeline {
        id: id.to_owned(),
        description,
        version,
        steps,
        on_failure,
    })
}

/// Reads a list of processors. All are read; the first failure counts, and
/// names the others as `suppressed`.
fn read_steps(configs: Vec<Json>, context: &Context<'_>) -> Result<Vec<Step>, Failure> {
    let mut steps = Vec::with_capacity(configs.len());
    let mut failure: Option<Failure> = None;
    let mut suppressed = Vec::new();
    for config in configs {
        let Json::Object(entries) = config else {
            let class = class_of(&config);
            return Err(Failure::class_cast(format!(
                "class {class} cannot be cast to class java.util.Map ({class} and java.util.Map are in module java.base of loader 'bootstrap')"
            )));
        };
        for (kind, inner) in in_hash_order(entries) {
            match read_step(&kind, inner, context) {
                Ok(step) => steps.push(step),
                Err(other) if failure.is_some() => suppressed.push(other.to_json()),
                Err(first) => failure = Some(first),
            }
        }
    }
    match failure {
        None => Ok(steps),
        Some(failure) if suppressed.is_empty() => Err(failure),
        Some(failure) => Err(failure.with("suppressed", suppressed)),
    }
}

/// The entries as a `HashMap` has them.
pub(super) fn in_hash_order(entries: JsonMap<String, Json>) -> Vec<(String, Json)> {
    let keys: Vec<&str> = entries.keys().map(String::as_str).collect();
    let order = crate::model::java::hash_order(&keys);
    let mut entries: Vec<_> = entries.into_iter().map(Some).collect();
    order
        .into_iter()
        .filter_map(|index| entries.get_mut(index)?.take())
        .collect()
}

/// Reads one processor.
///
/// # Errors
/// As [`parse_pipeline`].
pub(super) fn read_step(kind: &str, body: Json, context: &Context<'_>) -> Result<Step, Failure> {
    let entries = match body {
        Json::Object(entries) => entries,
        Json::String(source) if kind == "script" => {
            let mut entries = JsonMap::new();
            entries.insert("source".into(), source.into());
            entries
        }
        other => {
            let class = class_of(&other);
            let reason = format!("property isn't a map, but of type [{class}]");
            return Err(parse_failure(reason).with("processor_type", kind));
        }
    };
    let mut config = Config::new(entries);
    let tag = config.optional_string("tag")?;
    let description = config.optional_string("description")?;
    let condition = config
        .take("if")
        .map(|text| Condition::read(&text, context))
        .transpose()?;
    let blame = Config::new(JsonMap::new()).for_processor(kind, tag.as_deref());
    if !processors::exists(kind, context) {
        return Err(blame.blame(parse_failure(format!(
            "No processor type exists with name [{kind}]"
        ))));
    }
    let ignore_failure = config.boolean("ignore_failure", false)?;
    let handlers = config.optional_list("on_failure")?;
    let has_handlers = handlers.is_some();
    let on_failure = read_steps(handlers.unwrap_or_default(), &context.deeper()?)?;
    if has_handlers && on_failure.is_empty() {
        return Err(blame.refuse("on_failure", "processors list cannot be empty"));
    }
    let mut config = config.for_processor(kind, tag.as_deref());
    let action = processors::create(kind, tag.as_deref(), &mut config, context)
        .map_err(|failure| blame.blame(failure))?;
    if let Some(keys) = config.leftover() {
        return Err(blame.blame(parse_failure(format!(
            "processor [{kind}] doesn't support one or more provided configuration parameters {keys}"
        ))));
    }
    let condition = match condition {
        Some(condition) => Some(
            condition
                .compile(context)
                .map_err(|failure| blame.blame(failure))?,
        ),
        None => None,
    };
    Ok(Step {
        kind: kind.to_owned(),
        tag,
        description,
        condition,
        ignore_failure,
        on_failure,
        action,
    })
}

/// 500 `exception` about a JSON value that cannot be read at a place.
pub(super) fn x_content_failure(place: (usize, usize), what: &str) -> Failure {
    let (line, column) = place;
    Failure::new(
        400,
        "x_content_parse_exception",
        format!("[{line}:{column}] [script] {what}"),
    )
}

/// What a script is sent as.
pub(super) fn source_only(source: &str) -> JsonMap<String, Json> {
    match json!({"source": source}) {
        Json::Object(entries) => entries,
        _ => JsonMap::new(),
    }
}
