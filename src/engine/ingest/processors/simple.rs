//! `fail`, `drop`, `terminate`, `dot_expander`, `script`, and the processors that need what
//! is not there offline.

use crate::engine::failure::Failure;
use crate::engine::ingest::config::Config;
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::mustache::Template;
use crate::engine::ingest::path::Path;
use crate::engine::ingest::script::Script;
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::value::{Map, Value};

struct Fail(Template);

/// Creates a `fail` processor.
pub(super) fn fail(config: &mut Config, _: &Context<'_>) -> Result<Box<dyn Processor>, Failure> {
    let message = config.string("message")?;
    Ok(Box::new(Fail(config.template("message", &message)?)))
}

impl Processor for Fail {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let message = self.0.fill(document)?;
        Err(Failure::new(500, "fail_processor_exception", message))
    }
}

/// The `drop` processor.
pub(super) struct Drop;

impl Processor for Drop {
    fn run(&self, _: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        Ok(Flow::Drop)
    }
}

/// The `terminate` processor.
pub(super) struct Terminate;

impl Processor for Terminate {
    fn run(&self, _: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        Ok(Flow::Terminate)
    }
}

struct ScriptProcessor(Script);

/// Creates a `script` processor.
pub(super) fn script(
    config: &mut Config,
    context: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let script = Script::for_processor(config.take_all(), context)?;
    Ok(Box::new(ScriptProcessor(script)))
}

impl Processor for ScriptProcessor {
    fn run(&self, document: &Document, run: &Run<'_>) -> Result<Flow, Failure> {
        self.0.run(document, run)?;
        Ok(Flow::Continue)
    }
}

/// A processor that Elasticsearch has and the engine has not.
struct Unsupported(String);

/// Creates a processor that fails when it runs.
pub(super) fn unsupported(kind: &str, config: &mut Config) -> Box<dyn Processor> {
    config.take_all();
    Box::new(Unsupported(kind.to_owned()))
}

impl Processor for Unsupported {
    fn run(&self, _: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        Err(Failure::new(
            500,
            "unsupported_operation_exception",
            format!("not supported offline: {}", self.0),
        ))
    }
}

struct DotExpander {
    /// The name with dots; `*` for all of them.
    field: String,
    parent: Option<String>,
    overrides: bool,
}

/// Creates a `dot_expander` processor.
pub(super) fn dot_expander(
    config: &mut Config,
    context: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let field = config.string("field")?;
    let wildcard = context.since(7, 12) && field == "*";
    if !wildcard {
        if !field.contains('.') {
            let reason = if context.since(7, 12) {
                "field does not contain a dot and is not a wildcard"
            } else {
                "field does not contain a dot"
            };
            return Err(config.refuse("field", reason));
        }
        if field.starts_with('.') || field.ends_with('.') {
            return Err(config.refuse("field", "Field can't start or end with a dot"));
        }
        if field.contains("..") {
            return Err(config.refuse("field", "No space between dots"));
        }
    }
    let parent = config.optional_string("path")?;
    let overrides = context.since(7, 13) && config.boolean("override", false)?;
    Ok(Box::new(DotExpander {
        field,
        parent,
        overrides,
    }))
}

impl Processor for DotExpander {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let map = match &self.parent {
            None => document.fields.clone(),
            Some(parent) => match document.get(&Path::parse(parent)?)? {
                Value::Map(map) => map,
                other => {
                    return Err(Failure::illegal_argument(format!(
                        "field [{parent}] of type [{}] cannot be cast to [java.util.Map]",
                        other.class_name()
                    )));
                }
            },
        };
        if self.field != "*" {
            self.expand(&self.field, &map, document)?;
            return Ok(Flow::Continue);
        }
        for key in map.keys() {
            let name = key.to_java_string();
            if name.contains('.') {
                self.expand(&name, &map, document)?;
            }
        }
        Ok(Flow::Continue)
    }
}

impl DotExpander {
    fn expand(&self, name: &str, map: &Map, document: &Document) -> Result<(), Failure> {
        let Some(value) = map.get(name) else {
            return Ok(());
        };
        let text = match &self.parent {
            Some(parent) => format!("{parent}.{name}"),
            None => name.to_owned(),
        };
        let path = Path::parse(&text)?;
        if document.has(&path) {
            map.remove(name);
            return if self.overrides {
                document.set(&path, value)
            } else {
                document.append(&path, &value, true)
            };
        }
        for (end, _) in text.match_indices('.') {
            let partial = Path::parse(&text[..end])?;
            if !document.has(&partial) {
                break;
            }
            if document.get(&partial)?.as_map().is_none() {
                return Err(Failure::illegal_argument(format!(
                    "cannot expend [{path}], because [{partial}] is not an object field, but a value field"
                )));
            }
        }
        map.remove(name);
        document.set(&path, value)
    }
}
