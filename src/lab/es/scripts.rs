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
        return Err(invalid(&["id cannot contain '#' for stored script"]));
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
        // Both have `ctx` and `params` and return nothing.
        "ingest" | "update" => Some(Purpose::Processor),
        "processor_conditional" => Some(Purpose::Condition),
        "painless_test" => Some(Purpose::Test),
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
    if let Some(context) = body.get("context").and_then(Value::as_str)
        && context != "painless_test"
    {
        return Err(not_executed(call, context, &body));
    }
    let script = body.get("script").cloned().unwrap_or_default();
    if script.get("id").is_some() {
        return Err(invalid(&["only inline scripts are supported"]));
    }
    engine::checker(call)
        .execute_script(&script, engine::now(call))
        .map(|result| Answer::ok(json!({"result": result})))
}

/// Why a script is not executed in a context that works on a document of an index:
/// what the server would find missing, or that there are no such documents here.
fn not_executed(call: &Call, context: &str, body: &Value) -> Failure {
    let on_document = ["filter", "score"].contains(&context);
    let of_field = call.profile().since(7, 12) && FIELD_CONTEXTS.contains(&context);
    if !on_document && !of_field {
        return Failure::new(
            400,
            "x_content_parse_exception",
            "Failed to build [painless_execute_request] after last required field arrived",
        )
        .because(Failure::new(
            400,
            "unsupported_operation_exception",
            format!("unsupported script context name [{context}]"),
        ));
    }
    let setup = |key: &str| body.get("context_setup").and_then(|setup| setup.get(key));
    let missing: Vec<&str> = [
        ("index", "index is a required parameter for current context"),
        (
            "document",
            "document is a required parameter for current context",
        ),
    ]
    .into_iter()
    .filter(|(key, _)| on_document && setup(key).is_none())
    .map(|(_, what)| what)
    .collect();
    if !missing.is_empty() {
        return invalid(&missing);
    }
    if let Some(index) = setup("index").and_then(Value::as_str)
        && !call.cluster.read().has(&Collection::Indices, index)
    {
        return Failure::new(
            404,
            "index_not_found_exception",
            format!("no such index [{index}]"),
        )
        .with("index", index);
    }
    Failure::illegal_argument(format!(
        "the practice cluster has no fields for scripts of the context [{context}]; it executes those of [painless_test]"
    ))
}

/// What a request lacks.
fn invalid(what: &[&str]) -> Failure {
    let numbered = what
        .iter()
        .enumerate()
        .map(|(index, what)| format!("{}: {what};", index + 1));
    Failure::new(
        400,
        "action_request_validation_exception",
        format!("Validation Failed: {}", numbered.collect::<String>()),
    )
}

/// Contexts of runtime fields, which scripts can be executed in as well.
const FIELD_CONTEXTS: [&str; 9] = [
    "boolean_field",
    "composite_field",
    "date_field",
    "double_field",
    "geo_point_field",
    "geometry_field",
    "ip_field",
    "keyword_field",
    "long_field",
];

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
