//! Processors that take a text apart: `dissect`, `csv`, `grok`.

use serde_json::Value as Json;

use crate::engine::failure::Failure;
use crate::engine::ingest::config::{Config, foreign};
use crate::engine::ingest::dissect::Dissect;
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::field::Field;
use crate::engine::ingest::grok::Grok;
use crate::engine::ingest::path::Path;
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::value::Value;

use super::csv;

struct DissectProcessor {
    field: Field,
    dissect: Dissect,
    ignore_missing: bool,
}

/// Creates a `dissect` processor.
pub(super) fn dissect(config: &mut Config, _: &Context<'_>) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field("field")?;
    let pattern = config.string("pattern")?;
    let separator = config
        .optional_string("append_separator")?
        .unwrap_or_default();
    let ignore_missing = config.boolean("ignore_missing", false)?;
    let dissect = Dissect::new(&pattern, &separator).map_err(|failure| {
        let class = if failure.kind() == "key_parse" {
            "org.elasticsearch.dissect.DissectException$KeyParse"
        } else {
            "org.elasticsearch.dissect.DissectException$PatternParse"
        };
        foreign(class, failure)
    })?;
    Ok(Box::new(DissectProcessor {
        field,
        dissect,
        ignore_missing,
    }))
}

impl Processor for DissectProcessor {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let text = self
            .field
            .text(document, self.ignore_missing, CANNOT_PROCESS)?;
        if let Some(text) = text {
            for (name, value) in self.dissect.parse(&text.to_str())? {
                document.set(&Path::parse(&name)?, value.into())?;
            }
        }
        Ok(Flow::Continue)
    }
}

const CANNOT_PROCESS: &str = "cannot process it.";

struct GrokProcessor {
    field: Field,
    grok: Grok,
    patterns: usize,
    trace: bool,
    ignore_missing: bool,
}

/// Compiles patterns with definitions.
type Compile = fn(&[String], &[(String, String)], bool) -> Result<Grok, String>;

/// Creates a `grok` processor.
pub(super) fn grok(
    config: &mut Config,
    context: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field("field")?;
    let patterns: Vec<String> = config
        .list("patterns")?
        .iter()
        .map(|pattern| Value::from(pattern).to_java_string())
        .collect();
    let trace = config.boolean("trace_match", false)?;
    let ignore_missing = config.boolean("ignore_missing", false)?;
    if patterns.is_empty() {
        return Err(config.refuse("patterns", "List of patterns must not be empty"));
    }
    let definitions: Vec<(String, String)> = config
        .optional_map("pattern_definitions")?
        .unwrap_or_default()
        .into_iter()
        .map(|(name, pattern)| (name, Value::from(&pattern).to_java_string()))
        .collect();
    let mut compile: Compile = Grok::new;
    if context.since(7, 14) {
        match config.optional_string("ecs_compatibility")?.as_deref() {
            None | Some("disabled") => {}
            Some("v1") => compile = Grok::with_ecs,
            Some(other) => {
                let reason = format!("unsupported mode '{other}'");
                return Err(config.refuse("ecs_compatibility", &reason));
            }
        }
    }
    let grok = compile(&patterns, &definitions, trace).map_err(|message| {
        config.refuse(
            "patterns",
            &format!(
                "Invalid regex pattern found in: [{}]. {message}",
                patterns.join(", ")
            ),
        )
    })?;
    Ok(Box::new(GrokProcessor {
        field,
        grok,
        patterns: patterns.len(),
        trace,
        ignore_missing,
    }))
}

impl Processor for GrokProcessor {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let text = self
            .field
            .text(document, self.ignore_missing, CANNOT_PROCESS)?;
        let Some(text) = text else {
            return Ok(Flow::Continue);
        };
        let text = text.to_str();
        let Some(captures) = self.grok.captures(&text)? else {
            return Err(Failure::illegal_argument(format!(
                "Provided Grok expressions do not match field value: [{text}]"
            )));
        };
        for (name, value) in captures.fields {
            document.set(&Path::parse(&name)?, value)?;
        }
        if self.trace {
            let index = if self.patterns > 1 {
                captures.pattern
            } else {
                0
            };
            document
                .ingest
                .put("_grok_match_index", Value::str(index.to_string()));
        }
        Ok(Flow::Continue)
    }
}

struct CsvProcessor {
    field: Field,
    targets: Vec<Field>,
    rules: csv::Rules,
    empty_value: Option<Json>,
    ignore_missing: bool,
}

/// Creates a `csv` processor.
pub(super) fn csv(config: &mut Config, _: &Context<'_>) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field("field")?;
    let mut single = |key: &str, default: char, what: &str| {
        let text = config.optional_string(key)?;
        let text = text.unwrap_or_else(|| default.to_string());
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(char), None) => Ok(char),
            _ => Err(config.refuse(key, what)),
        }
    };
    let quote = single(
        "quote",
        '"',
        "quote has to be single character like \" or '",
    )?;
    let separator = single(
        "separator",
        ',',
        "separator has to be single character like , or ;",
    )?;
    let trim = config.boolean("trim", false)?;
    let empty_value = config.take("empty_value");
    let ignore_missing = config.boolean("ignore_missing", false)?;
    let targets = config.list("target_fields")?;
    if targets.is_empty() {
        return Err(config.refuse("target_fields", "target fields list can't be empty"));
    }
    Ok(Box::new(CsvProcessor {
        field,
        targets: targets
            .iter()
            .map(|target| Field::fixed(&Value::from(target).to_java_string()))
            .collect(),
        rules: csv::Rules {
            quote,
            separator,
            trim,
        },
        empty_value,
        ignore_missing,
    }))
}

impl Processor for CsvProcessor {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let text = self
            .field
            .text(document, self.ignore_missing, CANNOT_PROCESS)?;
        let Some(text) = text else {
            return Ok(Flow::Continue);
        };
        let columns = self.rules.columns(&text.to_str(), self.targets.len());
        for (target, column) in self.targets.iter().zip(columns) {
            let column = column?;
            if !column.is_empty() {
                target.set(document, column.into())?;
            } else if let Some(empty) = &self.empty_value {
                target.set(document, Value::from(empty))?;
            }
        }
        Ok(Flow::Continue)
    }
}
