//! The small objects of a job: where the time stands, whether the model is drawn,
//! whether partitions have categories of their own.

use serde_json::{Map, Value, json};

use super::super::failure::Failure;
use super::super::json_text::{Kind, Node};
use super::super::version::StackVersion;
use super::super::xcontent::{self, Field, Read, Stop, Takes, token};

/// `data_description`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDescription {
    /// The field that holds the time.
    pub time_field: String,
    /// How the time is written.
    pub time_format: String,
    /// The format of posted data, when it is not JSON.
    pub format: Option<String>,
}

impl Default for DataDescription {
    fn default() -> Self {
        Self {
            time_field: "time".to_owned(),
            time_format: "epoch_ms".to_owned(),
            format: None,
        }
    }
}

const DATA_FIELDS: [Field; 5] = [
    ("format", Takes::String),
    ("time_field", Takes::String),
    ("time_format", Takes::String),
    ("field_delimiter", Takes::String),
    ("quote_character", Takes::String),
];

impl DataDescription {
    /// Reads the description of a body.
    ///
    /// # Errors
    /// What the server answers to its shape.
    pub fn read(node: &Node) -> Read<Self> {
        let mut data = Self::default();
        xcontent::object(node, "data_description", &DATA_FIELDS, |name, value| {
            let text = xcontent::string(value)?;
            match name {
                "format" => data.format = Some(text.to_lowercase()),
                "time_field" => data.time_field = text,
                "time_format" => data.time_format = time_format(value, text)?,
                _ if text.chars().count() != 1 => {
                    let reason =
                        "String must be a single character, found [".to_owned() + &text + "]";
                    return Err(Stop::new(value.at, Failure::illegal_argument(reason)));
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(data)
    }

    /// The description as the server returns it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        if let Some(format) = self.format.as_ref().filter(|format| *format != "xcontent") {
            object.insert("format".into(), json!(format));
        }
        object.insert("time_field".into(), json!(self.time_field));
        object.insert("time_format".into(), json!(self.time_format));
        Value::Object(object)
    }
}

/// `epoch`, `epoch_ms`, or a pattern of `java.time` with a date and a time.
fn time_format(value: &Node, text: String) -> Read<String> {
    let outside_quotes: String = text.split('\'').step_by(2).collect();
    let is_pattern = text.matches('\'').count().is_multiple_of(2)
        && outside_quotes
            .chars()
            .all(|c| !c.is_ascii_alphabetic() || "GuyDMdQqYwWEecFaBhKkHmsSAnNVvzOXxZp".contains(c))
        && ['y', 'u', 'd', 'H']
            .iter()
            .any(|c| outside_quotes.contains(*c));
    if text == "epoch" || text == "epoch_ms" || is_pattern {
        return Ok(text);
    }
    let reason = format!("Invalid Time format string '{text}'");
    Err(Stop::new(value.at, Failure::bad_request(reason)))
}

/// `model_plot_config`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelPlot {
    /// Whether the bounds of the model are kept.
    pub enabled: bool,
    /// For which values only.
    pub terms: Option<String>,
    /// Whether changes of the model are annotated.
    pub annotations_enabled: Option<bool>,
}

impl ModelPlot {
    /// Reads the configuration of a body.
    ///
    /// # Errors
    /// What the server answers to its shape.
    pub fn read(node: &Node) -> Read<Self> {
        let fields = [
            ("enabled", Takes::Boolean),
            ("terms", Takes::String),
            ("annotations_enabled", Takes::Boolean),
        ];
        let (mut enabled, mut terms, mut annotations_enabled) = (None, None, None);
        xcontent::object(node, "model_plot_config", &fields, |name, value| {
            match name {
                "enabled" => enabled = Some(xcontent::boolean(value)?),
                "terms" => terms = Some(xcontent::string(value)?),
                _ => annotations_enabled = Some(xcontent::boolean(value)?),
            }
            Ok(())
        })?;
        xcontent::required(node, &[("enabled", enabled.is_some())])?;
        Ok(Self {
            enabled: enabled.unwrap_or_default(),
            terms,
            annotations_enabled,
        })
    }

    /// The configuration as a server of `version` returns it.
    #[must_use]
    pub fn to_json(&self, version: &StackVersion) -> Value {
        let mut object = Map::new();
        object.insert("enabled".into(), json!(self.enabled));
        if let Some(terms) = &self.terms {
            object.insert("terms".into(), json!(terms));
        }
        if version.offers(7, 9) {
            let annotations = self.annotations_enabled.unwrap_or(self.enabled);
            object.insert("annotations_enabled".into(), json!(annotations));
        }
        Value::Object(object)
    }
}

/// `per_partition_categorization`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CategorizationPartition {
    /// Whether each partition has categories of its own.
    pub enabled: bool,
    /// Whether categorization stops for partitions where it does not work.
    pub stop_on_warn: bool,
}

impl CategorizationPartition {
    /// Reads the configuration of a body.
    ///
    /// # Errors
    /// What the server answers to its shape.
    pub fn read(node: &Node) -> Read<Self> {
        let name = "per_partition_categorization";
        let fields = [
            ("enabled", Takes::Boolean),
            ("stop_on_warn", Takes::Boolean),
        ];
        let (mut enabled, mut stop_on_warn) = (None, false);
        xcontent::object(node, name, &fields, |key, value| {
            match key {
                "enabled" => enabled = Some(xcontent::boolean(value)?),
                _ => stop_on_warn = xcontent::boolean(value)?,
            }
            Ok(())
        })?;
        xcontent::required(node, &[("enabled", enabled.is_some())])?;
        let enabled = enabled.unwrap_or_default();
        if stop_on_warn && !enabled {
            let build = format!("Failed to build [{name}] after last required field arrived");
            let cause =
                "stop_on_warn cannot be true unless per-partition categorization is enabled";
            let failure = Failure::new(400, "x_content_parse_exception", build);
            return Err(Stop::new(
                node.end,
                failure.because(Failure::bad_request(cause)),
            ));
        }
        Ok(Self {
            enabled,
            stop_on_warn,
        })
    }

    /// The configuration as the server returns it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        if self.enabled {
            json!({"enabled": true, "stop_on_warn": self.stop_on_warn})
        } else {
            json!({"enabled": false})
        }
    }
}

/// Reads a time that only the server may set: a number or a date.
pub(super) fn read_time(value: &Node, name: &str) -> Read<()> {
    match &value.kind {
        Kind::Number(_) => xcontent::long(value).map(|_| ()),
        Kind::String(_) => Ok(()),
        other => {
            let reason = format!("unexpected token [{}] for [{name}]", token(other));
            Err(Stop::new(value.at, Failure::illegal_argument(reason)))
        }
    }
}
