//! The body of data frame analytics, read and completed as the server does it
//! (`DataFrameAnalyticsConfig`).

use serde_json::{Map, Value, json};

use crate::model::byte_size::ByteSize;
use crate::model::failure::Failure;
use crate::model::json_text::{Kind, Node};
use crate::model::ml_id;
use crate::model::version::StackVersion;
use crate::model::xcontent::{self, Field, Read, Stop, Takes};

use super::analysis;

/// The settings of an analysis.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub(super) id: String,
    pub(super) source: Vec<String>,
    pub(super) destination: String,
    given: Map<String, Value>,
}

const FIELDS: [Field; 12] = [
    ("id", Takes::String),
    ("description", Takes::String),
    ("source", Takes::Object),
    ("dest", Takes::Object),
    ("analysis", Takes::Object),
    ("analyzed_fields", Takes::Objects),
    ("model_memory_limit", Takes::Scalar),
    ("allow_lazy_start", Takes::Boolean),
    ("max_num_threads", Takes::Number),
    ("create_time", Takes::Scalar),
    ("version", Takes::String),
    ("_meta", Takes::Object),
];

const UPDATE_FIELDS: [Field; 6] = [
    ("id", Takes::String),
    ("description", Takes::String),
    ("model_memory_limit", Takes::Scalar),
    ("allow_lazy_start", Takes::Boolean),
    ("max_num_threads", Takes::Number),
    ("_meta", Takes::Object),
];

impl Config {
    /// Reads and checks the body that creates the analytics `id`.
    pub(super) fn create(id: &str, body: &Node) -> Result<Self, Failure> {
        let mut config = Self::default();
        let mut own_id = None;
        xcontent::object(
            body,
            "data_frame_analytics_config",
            &FIELDS,
            |name, value| {
                if name == "id" {
                    own_id = Some(xcontent::string(value)?);
                    return Ok(());
                }
                config.take(name, value)
            },
        )?;
        config.id = ml_id::agree("id", own_id.as_deref(), id)?;
        let given = &config.given;
        for (name, present) in [
            ("source", given.contains_key("source")),
            ("dest", given.contains_key("dest")),
            ("analysis", given.contains_key("analysis")),
        ] {
            if !present {
                return Err(Failure::illegal_argument(format!(
                    "[{name}] must not be null."
                )));
            }
        }
        if !ml_id::is_valid(id) {
            return Err(Failure::bad_request(ml_id::invalid("id", id)));
        }
        if id.len() > ml_id::MAX_LENGTH {
            return Err(Failure::bad_request(format!(
                "Invalid id; '{id}' cannot contain more than {} characters.",
                ml_id::MAX_LENGTH
            )));
        }
        if let Some(set) = ["create_time", "version"]
            .iter()
            .find(|key| given.contains_key(**key))
        {
            return Err(Failure::new(
                400,
                "action_request_validation_exception",
                format!("Validation Failed: 1: [{set}] cannot be set at creation;"),
            ));
        }
        Ok(config)
    }

    /// Reads the body of an update: only what may change.
    pub(super) fn change(id: &str, body: &Node) -> Result<Map<String, Value>, Failure> {
        let mut change = Self::default();
        let mut own_id = None;
        xcontent::object(
            body,
            "data_frame_analytics_config_update",
            &UPDATE_FIELDS,
            |name, value| {
                if name == "id" {
                    own_id = Some(xcontent::string(value)?);
                    return Ok(());
                }
                change.take(name, value)
            },
        )?;
        ml_id::agree("id", own_id.as_deref(), id)?;
        Ok(change.given)
    }

    fn take(&mut self, name: &'static str, value: &Node) -> Read<()> {
        let stored = match name {
            "source" => source(value, &mut self.source)?,
            "dest" => destination(value, &mut self.destination)?,
            "analysis" => analysis::read(value)?,
            "model_memory_limit" => {
                let text = xcontent::string(value)?;
                let size =
                    ByteSize::parse(&text, name).map_err(|failure| Stop::new(value.at, failure))?;
                json!(size.text())
            }
            "allow_lazy_start" => json!(xcontent::boolean(value)?),
            "max_num_threads" => {
                let threads = xcontent::integer(value)?;
                if threads < 1 {
                    let reason = "[max_num_threads] must be a positive integer";
                    return Err(Stop::new(value.at, Failure::bad_request(reason)));
                }
                json!(threads)
            }
            "analyzed_fields" => analyzed_fields(value)?,
            "description" | "version" => json!(xcontent::string(value)?),
            _ => value.to_value(),
        };
        self.given.insert(name.to_owned(), stored);
        Ok(())
    }

    /// The analytics as stored and shown.
    pub(super) fn to_json(&self, created: i64, version: &StackVersion) -> Value {
        let mut object = Map::new();
        object.insert("id".into(), json!(self.id));
        for name in [
            "description",
            "source",
            "dest",
            "analysis",
            "analyzed_fields",
        ] {
            if let Some(value) = self.given.get(name) {
                object.insert(name.into(), value.clone());
            }
        }
        let or = |name: &str, default: Value| self.given.get(name).cloned().unwrap_or(default);
        object.insert(
            "model_memory_limit".into(),
            or("model_memory_limit", json!("1gb")),
        );
        object.insert("create_time".into(), json!(created));
        object.insert("version".into(), json!(version.number()));
        object.insert(
            "allow_lazy_start".into(),
            or("allow_lazy_start", json!(false)),
        );
        object.insert("max_num_threads".into(), or("max_num_threads", json!(1)));
        if let Some(meta) = self.given.get("_meta") {
            object.insert("_meta".into(), meta.clone());
        }
        Value::Object(object)
    }

    /// Stored analytics with an update; the order of keys stays that of GET.
    pub(super) fn merged(stored: &Value, change: &Map<String, Value>) -> Value {
        let mut all = stored.as_object().cloned().unwrap_or_default();
        all.extend(change.clone());
        let order = [
            "id",
            "description",
            "source",
            "dest",
            "analysis",
            "analyzed_fields",
        ];
        let mut ordered = Map::new();
        for name in order {
            if let Some(value) = all.shift_remove(name) {
                ordered.insert(name.to_owned(), value);
            }
        }
        ordered.extend(all);
        Value::Object(ordered)
    }
}

fn source(node: &Node, indices: &mut Vec<String>) -> Read<Value> {
    let fields = [
        ("index", Takes::Strings),
        ("query", Takes::Object),
        ("_source", Takes::Objects),
        ("runtime_mappings", Takes::Object),
    ];
    let mut others = Map::new();
    xcontent::object(
        node,
        "data_frame_analytics_source",
        &fields,
        |name, value| {
            if name == "index" {
                *indices = xcontent::string_list(value)?;
            } else {
                others.insert(name.to_owned(), value.to_value());
            }
            Ok(())
        },
    )?;
    xcontent::required(node, &[("index", !indices.is_empty())])?;
    let mut stored = json!({"index": indices, "query": others.get("query").cloned().unwrap_or_else(|| json!({"match_all": {}}))});
    for name in ["_source", "runtime_mappings"] {
        if let Some(value) = others.get(name) {
            stored[name] = value.clone();
        }
    }
    Ok(stored)
}

fn destination(node: &Node, index: &mut String) -> Read<Value> {
    let fields = [("index", Takes::String), ("results_field", Takes::String)];
    let mut results = "ml".to_owned();
    xcontent::object(node, "data_frame_analytics_dest", &fields, |name, value| {
        let text = xcontent::string(value)?;
        if name == "index" {
            *index = text;
        } else {
            results = text;
        }
        Ok(())
    })?;
    xcontent::required(node, &[("index", !index.is_empty())])?;
    Ok(json!({"index": index, "results_field": results}))
}

fn analyzed_fields(node: &Node) -> Read<Value> {
    if let Kind::Array(_) = node.kind {
        return Ok(json!({"includes": xcontent::string_list(node)?, "excludes": []}));
    }
    let given = node.to_value();
    let list = |name: &str| match given.get(name) {
        Some(Value::String(one)) => json!([one]),
        Some(list) => list.clone(),
        None => json!([]),
    };
    Ok(json!({"includes": list("includes"), "excludes": list("excludes")}))
}
