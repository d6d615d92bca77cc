//! Stored scripts.

use serde_json::{Map, Value, json};

use crate::engine::ingest::Purpose;
use crate::lab::rest::{Answer, Answered, Body, Call, Method, Route};
use crate::lab::store::Collection;
use crate::model::failure::Failure;
use crate::model::json_text::Kind;

use super::engine;

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_scripts/painless/_execute", execute),
    Route::new(Method::Post, "/_scripts/painless/_execute", execute),
    Route::new(Method::Put, "/_scripts/{id}", put),
    Route::new(Method::Post, "/_scripts/{id}", put),
    Route::new(Method::Put, "/_scripts/{id}/{context}", put),
    Route::new(Method::Post, "/_scripts/{id}/{context}", put),
    Route::new(Method::Get, "/_scripts/{id}", get),
    Route::new(Method::Delete, "/_scripts/{id}", delete),
];

/// Longest request body that is stored (`script.max_size_in_bytes`).
const MAX_SIZE: usize = 65_535;

fn put(call: &Call) -> Answered {
    let id = call.path("id").to_owned();
    let context = match call.path("context") {
        "" => call.params.get("context").unwrap_or_default().to_owned(),
        context => context.to_owned(),
    };
    call.params.accept(&["timeout", "master_timeout"]);
    let body = call.body()?;
    let script = parse(&body)?;
    if id.contains('#') {
        return Err(Failure::new(
            400,
            "action_request_validation_exception",
            "Validation Failed: 1: id cannot contain '#' for stored script;",
        ));
    }
    call.begin("cluster:admin/script/put")?;
    let size = body.text().len();
    if size > MAX_SIZE {
        return Err(Failure::illegal_argument(format!(
            "exceeded max allowed stored script size in bytes [{MAX_SIZE}] with size [{size}] for script [{id}]"
        )));
    }
    let lang = script
        .get("lang")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !LANGUAGES.contains(&lang) {
        return Err(Failure::illegal_argument(format!(
            "unable to put stored script with unsupported lang [{lang}]"
        )));
    }
    if !context.is_empty() && !CONTEXTS.contains(&context.as_str()) {
        return Err(Failure::illegal_argument(format!(
            "failed to parse/compile stored script [{id}]"
        ))
        .because(Failure::illegal_argument(format!(
            "Unknown context [{context}]"
        ))));
    }
    let purpose = match context.as_str() {
        "ingest" => Some(Purpose::Processor),
        "processor_conditional" => Some(Purpose::Condition),
        _ => None,
    };
    if let Some(purpose) = purpose.filter(|_| lang == "painless") {
        let source = script.get("source").and_then(Value::as_str);
        let source = source.unwrap_or_default();
        engine::checker(call).check_script(source, purpose)?;
    }
    call.cluster.change(|store| {
        store.put(&Collection::Scripts, &id, script);
        Ok(())
    })?;
    Ok(Answer::acknowledged())
}

const LANGUAGES: [&str; 3] = ["painless", "expression", "mustache"];

/// Contexts of the default distribution that a stored script can be checked in.
const CONTEXTS: [&str; 35] = [
    "aggregation_selector",
    "aggs",
    "aggs_combine",
    "aggs_init",
    "aggs_map",
    "aggs_reduce",
    "analysis",
    "bucket_aggregation",
    "field",
    "filter",
    "ingest",
    "ingest_template",
    "interval",
    "keyed",
    "moving-function",
    "number_sort",
    "painless_test",
    "processor_conditional",
    "score",
    "script_heuristic",
    "similarity",
    "similarity_weight",
    "string_sort",
    "template",
    "terms_set",
    "update",
    "watcher_condition",
    "watcher_transform",
    "xpack_template",
    "boolean_field",
    "date_field",
    "double_field",
    "keyword_field",
    "long_field",
    "ip_field",
];

/// The stored form of a body `{"script": {"lang", "source", "options"?}}`; what
/// else stands inside `script` is left out without a word.
fn parse(body: &Body) -> Result<Value, Failure> {
    let Kind::Object(members) = &body.node().kind else {
        let value = body.map()?;
        return Ok(value);
    };
    let first = members.first().ok_or_else(|| {
        Failure::new(
            400,
            "parsing_exception",
            "unexpected token [END_OBJECT], expected [script]",
        )
    })?;
    if first.name != "script" {
        return Err(Failure::new(
            400,
            "parsing_exception",
            format!("unexpected field [{}], expected [script]", first.name),
        )
        .with("line", first.at.line)
        .with("col", first.at.column));
    }
    body.map()?;
    let script = first.value.to_value();
    let mut stored = Map::new();
    let lang = script.get("lang").and_then(Value::as_str);
    let lang =
        lang.ok_or_else(|| Failure::illegal_argument("must specify lang for stored script"))?;
    stored.insert("lang".to_owned(), json!(lang));
    let source = match script.get("source").or_else(|| script.get("code")) {
        Some(Value::String(source)) => source.clone(),
        Some(template @ Value::Object(_)) => template.to_string(),
        _ => {
            return Err(Failure::illegal_argument(
                "must specify source for stored script",
            ));
        }
    };
    if source.is_empty() {
        return Err(Failure::illegal_argument(
            "must specify source for stored script",
        ));
    }
    stored.insert("source".to_owned(), json!(source));
    if let Some(options) = script.get("options").and_then(Value::as_object)
        && !options.is_empty()
    {
        stored.insert("options".to_owned(), Value::Object(options.clone()));
    }
    Ok(Value::Object(stored))
}

/// Runs a script on nothing but its parameters; the answer is its result as text.
fn execute(call: &Call) -> Answered {
    let body = call.body()?.map()?;
    call.begin("cluster:admin/scripts/painless/execute")?;
    let context = body.get("context").and_then(Value::as_str);
    if let Some(context) = context.filter(|context| *context != "painless_test") {
        return Err(Failure::illegal_argument(format!(
            "unsupported script context name [{context}]"
        )));
    }
    let script = body.get("script").cloned().unwrap_or_default();
    engine::checker(call)
        .execute_script(&script, engine::now(call))
        .map(|result| Answer::ok(json!({"result": result})))
}

fn get(call: &Call) -> Answered {
    call.params.accept(&["master_timeout"]);
    call.begin("cluster:admin/script/get")?;
    let id = call.path("id");
    let store = call.cluster.read();
    Ok(match store.get(&Collection::Scripts, id) {
        Some(script) => Answer::ok(json!({"_id": id, "found": true, "script": script})),
        None => Answer::json(404, json!({"_id": id, "found": false})),
    })
}

fn delete(call: &Call) -> Answered {
    call.params.accept(&["timeout", "master_timeout"]);
    call.begin("cluster:admin/script/delete")?;
    let id = call.path("id");
    call.cluster.change(|store| {
        if store.remove(&Collection::Scripts, id) {
            Ok(Answer::acknowledged())
        } else {
            Err(Failure::new(
                404,
                "resource_not_found_exception",
                format!("stored script [{id}] does not exist and cannot be deleted"),
            ))
        }
    })
}
