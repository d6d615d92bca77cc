//! Recorded requests and answers.

use std::path::PathBuf;

use serde_json::{Value, json};

/// One request and its answer.
pub(crate) struct Exchange {
    pub(crate) name: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    pub(crate) status: u64,
    pub(crate) answer: Value,
}

/// The exchanges of a recording, or nothing (and a note) where the shared
/// recordings are not at hand.
pub(crate) fn read(topic: &str) -> Vec<Exchange> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join(format!("../shared/recordings/{topic}.json"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("note: no recording of {topic} at hand, part of the test is left out");
        return Vec::new();
    };
    let recording: Value = serde_json::from_str(&text).unwrap();
    let exchanges = recording["exchanges"].as_array().unwrap();
    exchanges.iter().map(exchange).collect()
}

fn exchange(value: &Value) -> Exchange {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let request = &value["request"];
    let body = request
        .get("body")
        .cloned()
        .or_else(|| request.get("body_generator").map(generated));
    let mut answer = value["response"]["body"].clone();
    let sent = body.as_ref().and_then(|body| body["items"].as_array());
    if let Some(sent) = sent.filter(|_| answer["items"] == "10000 items, sorted") {
        let mut items = sent.clone();
        items.sort_by_key(ToString::to_string);
        answer["items"] = json!(items);
    }
    Exchange {
        name: text(&value["name"]),
        method: text(&request["method"]),
        path: text(&request["path"]),
        body,
        status: value["response"]["status"].as_u64().unwrap(),
        answer,
    }
}

/// A body that the recording describes instead of holding it.
fn generated(generator: &Value) -> Value {
    let count = usize::try_from(generator["count"].as_u64().unwrap()).unwrap();
    if let Some(pattern) = generator["items"].as_str() {
        let items: Vec<String> = (0..count)
            .map(|place| pattern.replace("{i}", &place.to_string()))
            .collect();
        return json!({"items": items});
    }
    let start = generator["script_source"].as_str().unwrap();
    let more = generator["then"].as_str().unwrap().repeat(count);
    json!({"script": {"lang": "painless", "source": format!("{start}{more}")}})
}

/// A body as the recorder sent it: a blank after commas and colons, ASCII only.
pub(crate) fn as_sent(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(as_sent).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", ascii(name), as_sent(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::String(text) => ascii(text),
        other => other.to_string(),
    }
}

fn ascii(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    let mut escaped = String::new();
    for c in quoted.chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    escaped
}
