//! `POST _ml/data_frame/analytics/{id}/_update`: what becomes of the stored
//! analytics.

use serde_json::{Value, json};

use super::super::byte_size::ByteSize;
use super::super::failure::Failure;
use super::super::json_text::Node;
use super::super::ml_id;
use super::super::xcontent::{self, Field, Takes};
use super::memory;

const FIELDS: [Field; 5] = [
    ("id", Takes::String),
    ("description", Takes::String),
    ("model_memory_limit", Takes::Scalar),
    ("allow_lazy_start", Takes::Boolean),
    ("max_num_threads", Takes::Number),
];

/// The stored analytics after the update that `body` asks for; `stored` is an
/// analytics as the server returns it.
///
/// # Errors
/// What the server answers to the body.
pub fn update(stored: &Value, body: &Node) -> Result<Value, Failure> {
    let mut updated = stored.clone();
    let mut own_id = None;
    let Some(object) = updated.as_object_mut() else {
        return Ok(updated);
    };
    xcontent::object(
        body,
        "data_frame_analytics_config_update",
        &FIELDS,
        |name, value| {
            let new = match name {
                "id" => {
                    own_id = Some(xcontent::string(value)?);
                    return Ok(());
                }
                "description" => json!(xcontent::string(value)?),
                "model_memory_limit" => json!(ByteSize::text(memory(value)?)),
                "allow_lazy_start" => json!(xcontent::boolean(value)?),
                _ => json!(xcontent::integer(value)?),
            };
            object.insert(name.to_owned(), new);
            Ok(())
        },
    )?;
    let id = stored.get("id").and_then(Value::as_str).unwrap_or_default();
    ml_id::agree("id", own_id.as_deref(), id)?;
    Ok(updated)
}
