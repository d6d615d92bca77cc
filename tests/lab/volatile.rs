//! The values that differ between any two runs of a server, by name, with the
//! reason. Only the value is replaced, and only by what has the same JSON type.

use serde_json::{Map, Value, json};

/// Members whose value is replaced wherever they stand.
const MEMBERS: [(&str, &str); 24] = [
    ("cluster_uuid", "chosen at the first start"),
    ("uid", "chosen when a license is issued"),
    ("issue_date", "the clock"),
    ("issue_date_in_millis", "the clock"),
    ("expiry_date", "the clock"),
    ("expiry_date_in_millis", "the clock"),
    ("create_time", "the clock"),
    ("log_time", "the clock"),
    ("timestamp", "the clock, inside `_ingest`"),
    ("took", "the clock"),
    ("ingest_took", "the clock"),
    ("expiration", "the clock"),
    ("open_time", "the clock"),
    ("node", "the node's id, or its description"),
    ("ephemeral_id", "chosen at each start"),
    ("transport_address", "the port"),
    ("ml.machine_memory", "the machine"),
    ("effective_max_model_memory_limit", "the machine"),
    ("api_key", "a secret"),
    ("randomize_seed", "random by its nature"),
    ("active_primary_shards", "indices of the server itself"),
    ("active_shards", "indices of the server itself"),
    ("estimated_heap_memory_usage_bytes", "sizes of Java objects"),
    ("number", "the version of the root answer"),
];

/// The same value with all volatile ones replaced.
pub fn normalized(value: &Value) -> Value {
    match value {
        Value::Array(elements) => {
            let mut elements: Vec<_> = elements.iter().map(normalized).collect();
            elements.truncate(20_000);
            Value::Array(elements)
        }
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| member(name, value))
                .collect::<Map<_, _>>(),
        ),
        other => other.clone(),
    }
}

fn member(name: &str, value: &Value) -> (String, Value) {
    let replaced = match (name, value) {
        // Keyed by the node's id.
        ("nodes", Value::Object(nodes)) => nodes.values().map(normalized).collect(),
        // A list that the recording replaces by its length.
        ("items", Value::Array(items))
            if items.len() == 10_000 && items.is_sorted_by_key(|item| item.as_str()) =>
        {
            json!("10000 items, sorted")
        }
        // Chosen by the server where the client gave none.
        ("_id", Value::String(id)) if id.len() == 20 && !id.contains(['.', ' ']) => {
            json!("<generated>")
        }
        (name, value) if MEMBERS.iter().any(|(known, _)| *known == name) => typed(value),
        (_, value) => normalized(value),
    };
    (name.to_owned(), replaced)
}

fn typed(value: &Value) -> Value {
    match value {
        Value::Number(_) => json!("<number>"),
        Value::String(_) => json!("<text>"),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| {
                    if name == "id" {
                        (name.clone(), typed(value))
                    } else {
                        member(name, value)
                    }
                })
                .collect(),
        ),
        other => other.clone(),
    }
}
