//! Replays recorded cases and says what differs.

use sealift::engine::painless::{Context, Options, Script, ScriptError, compile};
use sealift::engine::value::{JavaMap, Map, Value, json};
use serde_json::{Value as Json, json as object};

/// The time that scripts see: 2020-09-13.
const NOW: i64 = 1_600_000_000_000;

/// A recorded case.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) topic: String,
    pub(crate) unstable: bool,
    condition: bool,
    regex: bool,
    source: String,
    params: Value,
    docs: Vec<Value>,
    /// As recorded, in the server's order of keys and form of numbers.
    expected: Value,
}

fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .map(|text| text.to_java_string())
        .unwrap_or_default()
}

/// The cases of a file.
pub(crate) fn read(path: &std::path::Path, regex: bool) -> Vec<Case> {
    let content = std::fs::read_to_string(path).unwrap();
    content
        .lines()
        .map(|line| {
            let ordered = json::parse_ordered(line.as_bytes()).unwrap();
            let plain = json::parse(line.as_bytes()).unwrap();
            let condition = text(&plain, "kind") == "condition";
            Case {
                name: text(&plain, "name"),
                topic: text(&plain, "topic"),
                unstable: plain.get("unstable").is_some(),
                condition,
                regex,
                source: text(&plain, if condition { "if" } else { "source" }),
                params: plain.get("params").unwrap_or_else(Value::map),
                docs: plain.get("docs").unwrap().as_list().unwrap().items(),
                expected: ordered,
            }
        })
        .collect()
}

/// A document as the ingest service holds it, metadata included.
fn document(doc: &Value) -> Value {
    let mut map = JavaMap::new();
    let source = doc.get("_source").unwrap_or_else(|| doc.clone());
    let entries = source.as_map().unwrap().entries();
    map.reserve(entries.len());
    for (key, value) in entries {
        map.put(key, value);
    }
    for key in ["_index", "_id"] {
        let given = doc.get("_source").and_then(|_| doc.get(key));
        map.put_str(key, given.unwrap_or_else(|| Value::str(key)));
    }
    if let Some(routing) = doc.get("_source").and_then(|_| doc.get("_routing")) {
        map.put_str("_routing", routing);
    }
    Value::Map(Map::new(map))
}

/// What the service makes of an error of a script.
fn script_error(error: &ScriptError) -> Json {
    error.to_json()
}

/// What comes out for one document: its `_source` as text, or an error; `Err` if
/// the whole request fails.
enum Outcome {
    Source(String),
    Error(Json),
    Request(Json),
}

fn holds_itself(value: &Value, above: &mut Vec<Value>) -> bool {
    let same = |other: &Value| match (value, other) {
        (Value::Map(left), Value::Map(right)) => left.same(right),
        (Value::List(left), Value::List(right)) => left.same(right),
        _ => false,
    };
    if above.iter().any(same) {
        return true;
    }
    let children: Vec<Value> = match value {
        Value::Map(map) => map.entries().into_iter().map(|(_, value)| value).collect(),
        Value::List(list) => list.items(),
        _ => return false,
    };
    above.push(value.clone());
    let found = children.iter().any(|child| holds_itself(child, above));
    above.pop();
    found
}

fn bad_key(value: &Value) -> Option<Value> {
    match value {
        Value::Map(map) => map.entries().into_iter().find_map(|(key, value)| {
            if key.as_str().is_none() {
                Some(key)
            } else {
                bad_key(&value)
            }
        }),
        Value::List(list) => list.items().iter().find_map(bad_key),
        _ => None,
    }
}

fn shown(ctx: &Value) -> Outcome {
    if holds_itself(ctx, &mut Vec::new()) {
        return Outcome::Error(object!({
            "type": "illegal_argument_exception",
            "reason": "Iterable object is self-referencing itself (ingest script)",
        }));
    }
    let copy = match ctx.deep_copy() {
        Ok(copy) => copy,
        Err(error) => {
            return Outcome::Request(object!({
                "type": "illegal_argument_exception",
                "reason": error.to_string(),
            }));
        }
    };
    match bad_key(&copy) {
        Some(Value::Null) => {
            return Outcome::Request(object!({
                "type": "illegal_argument_exception",
                "reason": "Field name cannot be null",
            }));
        }
        Some(_) => return Outcome::Request(object!({"type": "class_cast_exception"})),
        None => {}
    }
    let map = copy.as_map().unwrap();
    for key in [
        "_index",
        "_id",
        "_version",
        "_routing",
        "_version_type",
        "_type",
    ] {
        map.remove(key);
    }
    Outcome::Source(json::write(&copy))
}

fn run(case: &Case, script: &Script, doc: &Value) -> Outcome {
    let ctx = document(doc);
    match script.run_at(ctx.clone(), case.params.clone(), NOW) {
        Err(error) => Outcome::Error(script_error(&error)),
        Ok(value) => {
            if case.condition && value == Value::Bool(true) {
                ctx.as_map().unwrap().put("hit", Value::Bool(true));
            }
            shown(&ctx)
        }
    }
}

/// What of an error has to be equal: type, reason phase, cause, place.
fn essence(error: &Json) -> String {
    let cause = &error["caused_by"];
    let stack = error["script_stack"].as_array();
    let tail: Vec<&Json> = stack.map_or_else(Vec::new, |stack| {
        stack.iter().skip(stack.len().saturating_sub(2)).collect()
    });
    let phase = if error["type"] == "script_exception" {
        error["reason"].clone()
    } else {
        Json::Null
    };
    object!({
        "type": error["type"],
        "phase": phase,
        "cause": cause["type"],
        "place": error["position"],
        "stack": tail,
    })
    .to_string()
}

fn json_of(value: &Value) -> Json {
    Json::from(value)
}

/// Compares with what was recorded; what differs.
pub(crate) fn check(case: &Case) -> Result<(), String> {
    let options = Options {
        regex_enabled: case.regex,
        ..Options::default()
    };
    let context = if case.condition {
        Context::Condition
    } else {
        Context::Ingest
    };
    let script = compile(&case.source, context, &options);
    let request_error = case.expected.get("error").map(|error| json_of(&error));
    let script = match (script, &request_error) {
        (Ok(script), _) => script,
        (Err(error), Some(expected)) => {
            let ours = essence(&script_error(&error));
            let theirs = essence(expected);
            return if ours == theirs {
                Ok(())
            } else {
                Err(format!(
                    "compile error\n  ours   {ours} {error}\n  theirs {theirs} {}",
                    expected["caused_by"]["reason"]
                ))
            };
        }
        (Err(error), None) => return Err(format!("does not compile here: {error}")),
    };
    let mut outcomes = Vec::new();
    for doc in &case.docs {
        match run(case, &script, doc) {
            Outcome::Request(error) => {
                let Some(expected) = &request_error else {
                    return Err(format!("request refused here: {error}"));
                };
                return if error["type"] == expected["type"] {
                    Ok(())
                } else {
                    Err(format!("ours {error}, theirs {expected}"))
                };
            }
            outcome => outcomes.push(outcome),
        }
    }
    if let Some(expected) = request_error {
        return Err(format!(
            "refused by the server only: {} {}",
            essence(&expected),
            expected["caused_by"]["reason"]
        ));
    }
    let results = case
        .expected
        .get("results")
        .unwrap()
        .as_list()
        .unwrap()
        .items();
    for (index, (outcome, expected)) in outcomes.iter().zip(&results).enumerate() {
        compare(outcome, expected, case.unstable)
            .map_err(|what| format!("document {index}: {what}"))?;
    }
    Ok(())
}

fn compare(outcome: &Outcome, expected: &Value, unstable: bool) -> Result<(), String> {
    let error = expected.get("error").map(|error| json_of(&error));
    match (outcome, error) {
        (Outcome::Error(ours), Some(theirs)) => {
            let (left, right) = (essence(ours), essence(&theirs));
            if left == right || unstable {
                return Ok(());
            }
            Err(format!(
                "\n  ours   {left} {}\n  theirs {right} {}",
                ours["caused_by"]["reason"], theirs["caused_by"]["reason"]
            ))
        }
        (Outcome::Error(ours), None) => Err(format!("fails here: {ours}")),
        (_, Some(theirs)) => Err(format!("fails on the server: {}", theirs["caused_by"])),
        (Outcome::Source(ours), None) => {
            let source = expected.get("doc").unwrap().get("_source").unwrap();
            let theirs = json::write(&source);
            if *ours == theirs || unstable {
                Ok(())
            } else {
                Err(format!("\n  ours   {ours}\n  theirs {theirs}"))
            }
        }
        (Outcome::Request(_), None) => Err("request refused here".to_owned()),
    }
}
