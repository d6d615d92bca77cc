//! The body of a trained model, read and completed as the server does it
//! (`TrainedModelConfig`).

use serde_json::{Map, Value, json};

use crate::lab::profile::Feature;
use crate::lab::rest::{Body, Call};
use crate::model::base64;
use crate::model::failure::Failure;
use crate::model::gzip;
use crate::model::ml_id;
use crate::model::xcontent::{self, Field, Stop, Takes};

/// Largest inflated definition: what a server with a heap of ten times as much takes.
const MAX_DEFINITION: usize = 512 << 20;

/// A model that was read and may be stored.
pub(super) struct Created {
    /// The configuration as it is stored and shown.
    pub(super) config: Value,
    /// The compressed definition, base64.
    pub(super) definition: Option<String>,
}

const FIELDS: [Field; 22] = [
    ("model_id", Takes::String),
    ("created_by", Takes::String),
    ("version", Takes::String),
    ("description", Takes::String),
    ("create_time", Takes::Scalar),
    ("doc_type", Takes::String),
    ("tags", Takes::Strings),
    ("metadata", Takes::Object),
    ("input", Takes::Object),
    ("estimated_heap_memory_usage_bytes", Takes::Number),
    ("estimated_operations", Takes::Number),
    ("license_level", Takes::String),
    ("default_field_map", Takes::Object),
    ("inference_config", Takes::Object),
    ("compressed_definition", Takes::String),
    ("definition", Takes::Object),
    ("model_size_bytes", Takes::Scalar),
    ("model_type", Takes::String),
    ("location", Takes::Object),
    ("platform_architecture", Takes::String),
    ("prefix_strings", Takes::Object),
    ("model_package", Takes::Object),
];

fn knows(call: &Call, name: &str) -> bool {
    match name {
        "model_size_bytes" | "model_type" | "location" => call.has(Feature::ModelTypes),
        "platform_architecture" | "prefix_strings" => call.profile().since(8, 12),
        "model_package" => call.profile().since(8, 8),
        _ => true,
    }
}

/// Keys that only the server sets, with the first version whose refusal names them.
const GENERATED: [&str; 6] = [
    "version",
    "created_by",
    "create_time",
    "license_level",
    "estimated_heap_memory_usage_bytes",
    "estimated_operations",
];

/// A model whose body was read, before its definition was looked at.
pub(super) struct Read {
    given: Map<String, Value>,
}

/// Reads and checks the body that creates the model `id`.
pub(super) fn create(call: &Call, id: &str, body: &Body, _defer: bool) -> Result<Read, Failure> {
    let fields: Vec<Field> = FIELDS
        .into_iter()
        .filter(|(name, _)| knows(call, name))
        .collect();
    let mut given = Map::new();
    xcontent::object(
        body.node(),
        "trained_model_config",
        &fields,
        |name, value| {
            let stored = match name {
                "tags" => json!(xcontent::string_list(value)?),
                "definition" | "compressed_definition" => {
                    let other = if name == "definition" {
                        "compressed_definition"
                    } else {
                        "definition"
                    };
                    if given.contains_key(other) {
                        let reason = "both [compressed_definition] and [definition] cannot be set.";
                        return Err(Stop::new(value.at, Failure::illegal_argument(reason)));
                    }
                    value.to_value()
                }
                _ => value.to_value(),
            };
            given.insert(name.to_owned(), stored);
            Ok(())
        },
    )?;
    ml_id::agree(
        "model_id",
        given.get("model_id").and_then(Value::as_str),
        id,
    )?;
    if !given.contains_key("input") {
        return Err(Failure::illegal_argument("[input] must not be null."));
    }
    check(id, &given)?;
    Ok(Read { given })
}

/// What the server checks of the whole, all complaints at once.
fn check(id: &str, given: &Map<String, Value>) -> Result<(), Failure> {
    let mut complaints = Vec::new();
    let typed = given.get("model_type") == Some(&json!("pytorch"));
    if !given.contains_key("definition") && !given.contains_key("compressed_definition") && !typed {
        complaints.push("[definition] must not be null.".to_owned());
    }
    if !given.contains_key("inference_config") {
        complaints.push("[inference_config] must not be null.".to_owned());
    }
    if !ml_id::is_valid(id) {
        complaints.push(ml_id::invalid("model_id", id));
    } else if id.len() > ml_id::MAX_LENGTH {
        complaints.push(format!(
            "Invalid model_id; '{id}' cannot contain more than {} characters.",
            ml_id::MAX_LENGTH
        ));
    }
    let tags: Vec<&str> = given
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let bad: Vec<&str> = tags
        .iter()
        .copied()
        .filter(|tag| !ml_id::is_valid(tag) || tag.len() > ml_id::MAX_LENGTH)
        .collect();
    if !bad.is_empty() {
        complaints.push(format!(
            "Invalid tags [{}]; must only can contain lowercase alphanumeric (a-z and 0-9), hyphens or underscores, \
             must start and end with alphanumeric, and must be less than {} characters.",
            bad.join(", "),
            ml_id::MAX_LENGTH
        ));
    }
    if tags.contains(&id) {
        complaints.push("none of the tags must equal the model_id".to_owned());
    }
    for key in GENERATED {
        if given.contains_key(key) {
            complaints.push(format!(
                "illegal to set [{key}] at inference model creation"
            ));
        }
    }
    if complaints.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = complaints
        .iter()
        .enumerate()
        .map(|(index, complaint)| format!("{}: {complaint};", index + 1))
        .collect();
    Err(Failure::new(
        400,
        "action_request_validation_exception",
        format!("Validation Failed: {}", list.concat()),
    ))
}

impl Read {
    /// Looks at the definition and completes the configuration.
    pub(super) fn examined(self, call: &Call, id: &str, defer: bool) -> Result<Created, Failure> {
        let definition = match (
            self.given.get("compressed_definition"),
            self.given.get("definition"),
        ) {
            (Some(Value::String(compressed)), _) => {
                if !defer {
                    inflate(id, compressed)?;
                }
                Some(compressed.clone())
            }
            (_, Some(definition)) => Some(base64::encode(&gzip::deflate(
                definition.to_string().as_bytes(),
            ))),
            _ => None,
        };
        let mut config = Map::new();
        let mut put = |name: &str, value: Value| {
            config.insert(name.to_owned(), value);
        };
        put("model_id", json!(id));
        if call.has(Feature::ModelTypes) {
            put(
                "model_type",
                self.given
                    .get("model_type")
                    .cloned()
                    .unwrap_or(json!("tree_ensemble")),
            );
        }
        put("created_by", json!("api_user"));
        put("version", json!(call.profile().build().number));
        put("create_time", json!(call.cluster.now()));
        let size = definition.as_ref().map_or(0, String::len);
        if call.has(Feature::ModelTypes) {
            put("model_size_bytes", json!(size));
        } else {
            put("estimated_heap_memory_usage_bytes", json!(size));
        }
        put("estimated_operations", json!(0));
        put("license_level", json!("platinum"));
        for name in [
            "description",
            "tags",
            "metadata",
            "input",
            "default_field_map",
            "inference_config",
        ] {
            if let Some(value) = self.given.get(name) {
                put(name, value.clone());
            } else if name == "tags" {
                put(name, json!([]));
            }
        }
        Ok(Created {
            config: Value::Object(config),
            definition,
        })
    }
}

/// The definition inside its base64 and gzip.
pub(super) fn inflate(id: &str, compressed: &str) -> Result<Value, Failure> {
    let bytes = base64::decode(compressed).map_err(|_| {
        let odd = compressed
            .bytes()
            .find(|byte| !byte.is_ascii_alphanumeric() && !b"+/=".contains(byte));
        Failure::illegal_argument(format!(
            "Illegal base64 character {:x}",
            odd.unwrap_or_default()
        ))
    })?;
    let failed = |cause: Failure| {
        Failure::bad_request(format!("Failed to parse definition for [{id}]")).because(cause)
    };
    let text = gzip::inflate(&bytes, MAX_DEFINITION)
        .map_err(|_| failed(Failure::new(400, "zip_exception", "Not in GZIP format")))?;
    serde_json::from_slice(&text)
        .map_err(|error| failed(Failure::new(400, "json_parse_exception", error.to_string())))
}
