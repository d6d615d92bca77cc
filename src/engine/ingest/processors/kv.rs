//! `kv`

use crate::engine::failure::Failure;
use crate::engine::ingest::config::{Config, foreign};
use crate::engine::ingest::document::Document;
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::field::Field;
use crate::engine::ingest::mustache::Template;
use crate::engine::ingest::path::Path;
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::regex::Regex;
use crate::engine::value::{JavaString, Value};

use super::lists::lazy_pattern;

struct KeyValue {
    field: Field,
    target: Option<Template>,
    field_split: Result<Regex, Failure>,
    value_split: Result<Regex, Failure>,
    value_split_text: String,
    include: Option<Vec<String>>,
    exclude: Vec<String>,
    prefix: String,
    strip_brackets: bool,
    trim_key: Option<Regex>,
    trim_value: Option<Regex>,
    ignore_missing: bool,
}

/// Creates a `kv` processor.
pub(super) fn create(config: &mut Config, _: &Context<'_>) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field("field")?;
    let target = config.optional_string("target_field")?;
    let target = target
        .map(|text| config.template("target_field", &text))
        .transpose()?;
    let field_split = config.string("field_split")?;
    let value_split_text = config.string("value_split")?;
    let trim_key = config.optional_string("trim_key")?;
    let trim_value = config.optional_string("trim_value")?;
    let strip_brackets = config.boolean("strip_brackets", false)?;
    let include = config.optional_strings("include_keys")?;
    let exclude = config.optional_strings("exclude_keys")?.unwrap_or_default();
    let ignore_missing = config.boolean("ignore_missing", false)?;
    let prefix = config.optional_string("prefix")?.unwrap_or_default();
    Ok(Box::new(KeyValue {
        field,
        target,
        field_split: splitter(&field_split)?,
        value_split: splitter(&value_split_text)?,
        value_split_text,
        include,
        exclude,
        prefix,
        strip_brackets,
        trim_key: trimmer(trim_key)?,
        trim_value: trimmer(trim_value)?,
        ignore_missing,
    }))
}

/// Patterns of one character are compiled by the server only when they are used.
fn splitter(text: &str) -> Result<Result<Regex, Failure>, Failure> {
    let pattern = lazy_pattern(text);
    let length = text.chars().count();
    let is_short = length < 2 || length == 2 && text.starts_with('\\');
    match pattern {
        Err(failure) if !is_short => {
            Err(foreign("java.util.regex.PatternSyntaxException", failure))
        }
        other => Ok(other),
    }
}

/// What takes these characters off both ends.
fn trimmer(chars: Option<String>) -> Result<Option<Regex>, Failure> {
    let Some(chars) = chars else { return Ok(None) };
    lazy_pattern(&format!("(^([{chars}]+))|([{chars}]+$)"))
        .map(Some)
        .map_err(|failure| foreign("java.util.regex.PatternSyntaxException", failure))
}

impl Processor for KeyValue {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let text = self.field.text(
            document,
            self.ignore_missing,
            "cannot extract key-value pairs.",
        )?;
        let Some(text) = text else {
            return Ok(Flow::Continue);
        };
        let field_split = self.field_split.as_ref().map_err(Clone::clone)?;
        let value_split = self.value_split.as_ref().map_err(Clone::clone)?;
        for part in field_split.split(&text.to_str(), 0)? {
            let pair = value_split.split(part, 2)?;
            let [key, value] = pair.as_slice() else {
                return Err(Failure::illegal_argument(format!(
                    "field [{}] does not contain value_split [{}]",
                    self.field.path(document)?,
                    self.value_split_text
                )));
            };
            let key = trim(self.trim_key.as_ref(), (*key).to_owned())?;
            if self.wants(&key) {
                let value = if self.strip_brackets {
                    without_brackets(value)
                } else {
                    value
                };
                let value = trim(self.trim_value.as_ref(), value.to_owned())?;
                self.put(&key, value, document)?;
            }
        }
        Ok(Flow::Continue)
    }
}

impl KeyValue {
    fn wants(&self, key: &str) -> bool {
        let included = self
            .include
            .as_ref()
            .is_none_or(|keys| keys.iter().any(|known| known == key));
        included && !self.exclude.iter().any(|known| known == key)
    }

    fn put(&self, key: &str, value: String, document: &Document) -> Result<(), Failure> {
        let mut name = format!("{}{key}", self.prefix);
        if let Some(target) = &self.target {
            name = format!("{}.{name}", target.fill(document)?);
        }
        let path = Path::parse(&name)?;
        if document.has(&path) {
            document.append(&path, &Value::str(value), true)
        } else {
            document.set(&path, value.into())
        }
    }
}

fn trim(pattern: Option<&Regex>, text: String) -> Result<String, Failure> {
    match pattern {
        Some(pattern) => Ok(pattern
            .replace_all(&JavaString::from(text), "")?
            .to_string()),
        None => Ok(text),
    }
}

/// Without one bracket or quote at each end.
fn without_brackets(text: &str) -> &str {
    let text = text
        .strip_prefix(['(', '[', '<', '"', '\''])
        .unwrap_or(text);
    text.strip_suffix([']', ')', '>', '"', '\''])
        .unwrap_or(text)
}
