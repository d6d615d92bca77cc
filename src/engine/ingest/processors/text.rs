//! Processors that change one text, or each text of a list: `lowercase`,
//! `uppercase`, `trim`, `gsub`, `bytes`, `html_strip`, `urldecode`.

use crate::engine::failure::Failure;
use crate::engine::ingest::config::Config;
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::field::Field;
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::regex::Regex;
use crate::engine::value::{JavaString, Value};

use super::{bytes, html, url};

/// What is done to the text.
enum Change {
    Lowercase,
    Uppercase,
    Trim,
    Bytes,
    HtmlStrip,
    UrlDecode,
    Gsub { pattern: Regex, replacement: String },
}

struct TextProcessor {
    field: Field,
    target: Field,
    ignore_missing: bool,
    change: Change,
}

/// Creates one of the processors of this file.
///
/// # Errors
/// What the server says about its configuration.
pub(super) fn create(
    kind: &str,
    config: &mut Config,
    context: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field("field")?;
    let ignore_missing = config.boolean("ignore_missing", false)?;
    let target = config.target("target_field", &field)?;
    let change = match kind {
        "lowercase" => Change::Lowercase,
        "uppercase" => Change::Uppercase,
        "trim" => Change::Trim,
        "bytes" => Change::Bytes,
        "html_strip" => Change::HtmlStrip,
        "urldecode" => Change::UrlDecode,
        _ => gsub(config, context)?,
    };
    Ok(Box::new(TextProcessor {
        field,
        target,
        ignore_missing,
        change,
    }))
}

fn gsub(config: &mut Config, _: &Context<'_>) -> Result<Change, Failure> {
    let text = config.string("pattern")?;
    let replacement = config.string("replacement")?;
    let pattern = Regex::new(&text)
        .map_err(|error| config.refuse("pattern", &format!("Invalid regex pattern. {error}")))?;
    Ok(Change::Gsub {
        pattern,
        replacement,
    })
}

impl Processor for TextProcessor {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let value = self
            .field
            .value(document, self.ignore_missing)?
            .unwrap_or_default();
        let changed = match &value {
            Value::Null if self.ignore_missing => return Ok(Flow::Continue),
            Value::Null => {
                return Err(Failure::illegal_argument(format!(
                    "field [{}] is null, cannot process it.",
                    self.field.path(document)?
                )));
            }
            Value::Str(text) => self.change(text, document)?,
            Value::List(list) => Value::list(
                list.items()
                    .iter()
                    .map(|item| self.item(item, document))
                    .collect::<Result<_, _>>()?,
            ),
            other => {
                return Err(Failure::illegal_argument(format!(
                    "field [{}] of type [{}] cannot be cast to [java.lang.String]",
                    self.field.path(document)?,
                    other.class_name()
                )));
            }
        };
        self.target.set(document, changed)?;
        Ok(Flow::Continue)
    }
}

impl TextProcessor {
    fn item(&self, item: &Value, document: &Document) -> Result<Value, Failure> {
        match item {
            Value::Str(text) => self.change(text, document),
            Value::Null => Err(Failure::null_pointer(
                "Cannot invoke \"Object.getClass()\" because \"value\" is null",
            )),
            other => Err(Failure::illegal_argument(format!(
                "value [{}] of type [{}] in list field [{}] cannot be cast to [java.lang.String]",
                other.to_java_string(),
                other.class_name(),
                self.field.path(document)?
            ))),
        }
    }

    fn change(&self, text: &JavaString, document: &Document) -> Result<Value, Failure> {
        let plain = text.to_str();
        Ok(match &self.change {
            Change::Lowercase => plain.to_lowercase().into(),
            Change::Uppercase => plain.to_uppercase().into(),
            Change::Trim => plain.trim_matches(|char| char <= ' ').into(),
            Change::HtmlStrip => html::strip(&plain).into(),
            Change::UrlDecode => url::decode(&plain)?.into(),
            Change::Bytes => {
                let field = self.field.path(document)?.to_string();
                Value::Long(bytes::parse(&plain, &field)?)
            }
            Change::Gsub {
                pattern,
                replacement,
            } => pattern.replace_all(text, replacement)?.into(),
        })
    }
}
