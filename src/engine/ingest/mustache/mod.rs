//! Mustache templates as the ingest node compiles and fills them.

mod render;
mod template;

use std::borrow::Cow;

use serde_json::{Value as Json, json};

use super::document::Document;
use crate::engine::failure::Failure;
use crate::engine::value::{JavaMap, List, Map, Value};

/// A text that may refer to the document.
#[derive(Clone, Debug)]
pub(super) enum Template {
    Fixed(String),
    Filled(Vec<template::Node>, Escaping),
}

/// How text that is put in is escaped, unless the template says that it is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Escaping {
    /// As within a JSON string
    #[default]
    Json,
    /// As in a form (`application/x-www-form-urlencoded`)
    Url,
    /// Not at all
    None,
}

impl Template {
    /// Compiles a text; without `{{` it stands for itself.
    ///
    /// # Errors
    /// `script_exception` when it is not well formed.
    pub(super) fn compile(text: &str) -> Result<Self, Failure> {
        Self::escaping(text, Escaping::Json)
    }

    /// As [`compile`](Self::compile), with this escaping.
    fn escaping(text: &str, escaping: Escaping) -> Result<Self, Failure> {
        if !text.contains("{{") {
            return Ok(Self::Fixed(text.to_owned()));
        }
        let nodes = template::parse(text);
        nodes
            .map(|nodes| Self::Filled(nodes, escaping))
            .map_err(|message| {
                Failure::new(400, "script_exception", message.clone())
                    .with("script_stack", json!([]))
                    .with("script", text)
                    .with("lang", "mustache")
                    .because(Failure::new(400, "mustache_exception", message))
            })
    }

    /// The text for a document.
    ///
    /// # Errors
    /// `general_script_exception` when a value cannot be put in.
    pub(super) fn fill(&self, document: &Document) -> Result<Cow<'_, str>, Failure> {
        match self {
            Self::Fixed(text) => Ok(Cow::Borrowed(text)),
            Self::Filled(nodes, escaping) => {
                render::render(nodes, *escaping, document).map(Cow::Owned)
            }
        }
    }
}

/// A value of a configuration whose texts may be templates.
#[derive(Clone, Debug)]
pub(super) enum ValueTemplate {
    Fixed(Json),
    Text(Template),
    List(Vec<Self>),
    Map(Vec<(Template, Self)>),
}

impl ValueTemplate {
    /// Compiles a value and what is in it.
    ///
    /// # Errors
    /// `script_exception` when a template is not well formed.
    pub(super) fn compile(value: &Json, escaping: Escaping) -> Result<Self, Failure> {
        Ok(match value {
            Json::String(text) if text.contains("{{") => {
                Self::Text(Template::escaping(text, escaping)?)
            }
            Json::Array(items) => Self::List(
                items
                    .iter()
                    .map(|item| Self::compile(item, escaping))
                    .collect::<Result<_, _>>()?,
            ),
            Json::Object(entries) => Self::Map(
                entries
                    .iter()
                    .map(|(key, value)| {
                        let key = Template::escaping(key, escaping)?;
                        Ok((key, Self::compile(value, escaping)?))
                    })
                    .collect::<Result<_, Failure>>()?,
            ),
            other => Self::Fixed(other.clone()),
        })
    }

    /// A new value for a document.
    ///
    /// # Errors
    /// As [`Template::fill`].
    pub(super) fn fill(&self, document: &Document) -> Result<Value, Failure> {
        Ok(match self {
            Self::Fixed(value) => Value::from(value),
            Self::Text(template) => Value::str(&*template.fill(document)?),
            Self::List(items) => Value::List(List::new(
                items
                    .iter()
                    .map(|item| item.fill(document))
                    .collect::<Result<_, _>>()?,
            )),
            Self::Map(entries) => {
                let mut map = JavaMap::new();
                for (key, value) in entries {
                    let key = key.fill(document)?;
                    map.put_str(&key, value.fill(document)?);
                }
                Value::Map(Map::new(map))
            }
        })
    }

    /// Whether it is one text with a template in it.
    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }
}
