//! `POST _ml/datafeeds/{id}/_update`: what becomes of the stored datafeed.

use serde_json::Value;

use super::super::failure::Failure;
use super::super::json_text::{self, Node};
use super::super::version::StackVersion;
use super::Datafeed;

/// The stored datafeed after the update that `body` asks for; `stored` is a
/// datafeed as the server returns it.
///
/// # Errors
/// What a server of `version` answers to the body, or to what it would make of
/// the datafeed.
pub fn update(stored: &Value, body: &Node, version: &StackVersion) -> Result<Value, Failure> {
    let change = Datafeed::read(body, "datafeed_update", version)?;
    let same_job = stored.get("job_id").and_then(Value::as_str);
    if change.job_id.is_some() && change.job_id.as_deref() != same_job {
        return Err(Failure::bad_request("Datafeed's job_id cannot be changed."));
    }
    let mut merged = stored.clone();
    if let (Some(merged), Value::Object(given)) = (merged.as_object_mut(), body.to_value()) {
        for (key, value) in given {
            let key = match key.as_str() {
                "indexes" => "indices".to_owned(),
                "aggs" => "aggregations".to_owned(),
                _ => key,
            };
            if key == "max_empty_searches" && value == -1 {
                merged.remove(&key);
            } else {
                merged.insert(key, value);
            }
        }
    }
    let id = stored
        .get("datafeed_id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let rebuilt = Datafeed::create(id, &json_text::parse(&merged.to_string()), version)?;
    Ok(rebuilt.to_json())
}
