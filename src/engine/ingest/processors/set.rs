//! `set`, `append`, `remove`, `rename`.

use serde_json::Value as Json;

use crate::engine::failure::Failure;
use crate::engine::ingest::config::{Config, class_of, foreign};
use crate::engine::ingest::document::{Document, METADATA};
use crate::engine::ingest::factory::Context;
use crate::engine::ingest::field::Field;
use crate::engine::ingest::mustache::{Escaping, ValueTemplate};
use crate::engine::ingest::step::{Flow, Processor, Run};
use crate::engine::value::{JavaString, Map, Value};

/// Where a new value comes from.
enum Source {
    Template(ValueTemplate),
    Copy(Field),
}

struct Set {
    field: Field,
    source: Source,
    overrides: bool,
    ignore_empty: bool,
}

/// Creates a `set` processor.
pub(super) fn set(
    config: &mut Config,
    context: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field_template("field")?;
    let copy_from = if context.since(7, 11) {
        config.optional_string("copy_from")?
    } else {
        None
    };
    let escaping = media_type(config, context)?;
    let source = if let Some(from) = copy_from {
        if config.take("value").is_some() {
            return Err(config.refuse(
                "copy_from",
                "cannot set both `copy_from` and `value` in the same processor",
            ));
        }
        Source::Copy(Field::fixed(&from))
    } else {
        let value = config.object("value")?;
        Source::Template(ValueTemplate::compile(&value, escaping)?)
    };
    Ok(Box::new(Set {
        field,
        source,
        overrides: config.boolean("override", true)?,
        ignore_empty: config.boolean("ignore_empty_value", false)?,
    }))
}

impl Processor for Set {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let path = self.field.path(document)?;
        if !self.overrides && document.has(&path) && !document.get(&path)?.is_null() {
            return Ok(Flow::Continue);
        }
        let (value, may_be_left_out) = match &self.source {
            Source::Template(template) => (template.fill(document)?, template.is_text()),
            Source::Copy(from) => {
                let value = from.value(document, self.ignore_empty)?.unwrap_or_default();
                let copy = value
                    .deep_copy()
                    .map_err(|error| Failure::illegal_argument(error.to_string()))?;
                (copy, true)
            }
        };
        let is_empty = value.is_null() || value.as_str().is_some_and(JavaString::is_empty);
        if !(self.ignore_empty && may_be_left_out && is_empty) {
            document.set(&path, value)?;
        }
        Ok(Flow::Continue)
    }
}

/// How texts are escaped that templates put into values.
fn media_type(config: &mut Config, context: &Context<'_>) -> Result<Escaping, Failure> {
    if !context.since(7, 12) {
        return Ok(Escaping::Json);
    }
    let given = config.optional_string("media_type")?;
    match given.as_deref() {
        None | Some("application/json") => Ok(Escaping::Json),
        Some("text/plain") => Ok(Escaping::None),
        Some("application/x-www-form-urlencoded") => Ok(Escaping::Url),
        Some(other) => {
            let reason = format!("property does not contain a supported media type [{other}]");
            Err(config.refuse("media_type", &reason))
        }
    }
}

struct Append {
    field: Field,
    value: ValueTemplate,
    allow_duplicates: bool,
}

/// Creates an `append` processor.
pub(super) fn append(
    config: &mut Config,
    context: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field_template("field")?;
    let value = config.object("value")?;
    let allow_duplicates = !context.since(7, 11) || config.boolean("allow_duplicates", true)?;
    let value = ValueTemplate::compile(&value, media_type(config, context)?)?;
    Ok(Box::new(Append {
        field,
        value,
        allow_duplicates,
    }))
}

impl Processor for Append {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let path = self.field.path(document)?;
        let value = self.value.fill(document)?;
        document.append(&path, &value, self.allow_duplicates)?;
        Ok(Flow::Continue)
    }
}

struct Remove {
    fields: Vec<Field>,
    /// Everything else goes.
    keep: Vec<Field>,
    ignore_missing: bool,
}

/// Creates a `remove` processor.
pub(super) fn remove(
    config: &mut Config,
    context: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let keep = if context.since(8, 5) {
        config.take("keep")
    } else {
        None
    };
    let fields = if keep.is_some() {
        config.take("field")
    } else {
        Some(config.object("field")?)
    };
    if let (Some(_), Some(_)) = (&keep, &fields) {
        return Err(config.refuse("field", "ambiguous: both [field] and [keep] are set"));
    }
    let read = |value: Option<Json>, key: &str, config: &Config| {
        let items = match value {
            Some(Json::Array(items)) => items,
            Some(one) => vec![one],
            None => Vec::new(),
        };
        items
            .iter()
            .map(|item| match item {
                Json::String(text) => config.template(key, text).map(Field::filled),
                other => Err(foreign("java.lang.ClassCastException", not_a_string(other))),
            })
            .collect::<Result<Vec<_>, Failure>>()
    };
    Ok(Box::new(Remove {
        fields: read(fields, "field", config)?,
        keep: read(keep, "keep", config)?,
        ignore_missing: config.boolean("ignore_missing", false)?,
    }))
}

fn not_a_string(value: &Json) -> Failure {
    let class = class_of(value);
    Failure::class_cast(format!(
        "class {class} cannot be cast to class java.lang.String ({class} and java.lang.String are in module java.base of loader 'bootstrap')"
    ))
}

impl Processor for Remove {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        for field in &self.fields {
            let path = field.path(document)?;
            if !self.ignore_missing || document.has(&path) {
                document.remove(&path)?;
            }
        }
        if !self.keep.is_empty() {
            let kept = self
                .keep
                .iter()
                .map(|field| field.path(document).map(|path| path.to_string()))
                .collect::<Result<Vec<_>, _>>()?;
            keep_only(&document.fields, "", &kept);
        }
        Ok(Flow::Continue)
    }
}

/// Takes out what is neither one of the kept fields nor within or around one.
/// `outer` is the path of the map, with a dot at its end.
fn keep_only(map: &Map, outer: &str, kept: &[String]) {
    let is_within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    for (key, value) in map.entries() {
        let name = key.to_java_string();
        if outer.is_empty() && METADATA.contains(&name.as_str()) {
            continue;
        }
        let path = format!("{outer}{name}");
        if kept
            .iter()
            .any(|kept| *kept == path || is_within(&path, kept))
        {
            continue;
        }
        match value {
            Value::Map(inner) if kept.iter().any(|kept| is_within(kept, &path)) => {
                keep_only(&inner, &format!("{path}."), kept);
            }
            _ => {
                map.borrow_mut().remove(&key);
            }
        }
    }
}

struct Rename {
    field: Field,
    target: Field,
    ignore_missing: bool,
    overrides: bool,
}

/// Creates a `rename` processor.
pub(super) fn rename(
    config: &mut Config,
    context: &Context<'_>,
) -> Result<Box<dyn Processor>, Failure> {
    let field = config.field_template("field")?;
    let target = config.field_template("target_field")?;
    Ok(Box::new(Rename {
        field,
        target,
        ignore_missing: config.boolean("ignore_missing", false)?,
        overrides: context.since(8, 13) && config.boolean("override", false)?,
    }))
}

impl Processor for Rename {
    fn run(&self, document: &Document, _: &Run<'_>) -> Result<Flow, Failure> {
        let path = self.field.path(document)?;
        if !document.has_within_lists(&path)? {
            if self.ignore_missing {
                return Ok(Flow::Continue);
            }
            return Err(Failure::illegal_argument(format!(
                "field [{path}] doesn't exist"
            )));
        }
        let target = self.target.path(document)?;
        if document.has_within_lists(&target)? && !self.overrides {
            return Err(Failure::illegal_argument(format!(
                "field [{target}] already exists"
            )));
        }
        let value: Value = document.get(&path)?;
        document.remove(&path)?;
        if let Err(failure) = document.set(&target, value.clone()) {
            document.set(&path, value)?;
            return Err(failure);
        }
        Ok(Flow::Continue)
    }
}
