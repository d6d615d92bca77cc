//! Transforms: create, look at, update, start, stop, delete. Nothing ever runs
//! here: a started transform stays at its first checkpoint.

use serde_json::{Map, Value, json};

use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::store::{Collection, Store};
use crate::model::failure::Failure;

use super::bodies::unknown_field;
use super::ids::{Page, select};
use super::indices::matching;

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_transform", get),
    Route::new(Method::Get, "/_transform/{id}", get),
    Route::new(Method::Put, "/_transform/{id}", put),
    Route::new(Method::Delete, "/_transform/{id}", delete),
    Route::new(Method::Get, "/_transform/_stats", get_stats),
    Route::new(Method::Get, "/_transform/{id}/_stats", get_stats),
    Route::new(Method::Post, "/_transform/{id}/_update", update),
    Route::new(Method::Post, "/_transform/{id}/_start", start),
    Route::new(Method::Post, "/_transform/{id}/_stop", stop),
];

/// The keys of a transform, and the version that came with each.
const KEYS: [(&str, u32, u32); 11] = [
    ("id", 7, 2),
    ("description", 7, 2),
    ("source", 7, 2),
    ("dest", 7, 2),
    ("frequency", 7, 2),
    ("sync", 7, 2),
    ("pivot", 7, 2),
    ("settings", 7, 8),
    ("latest", 7, 11),
    ("retention_policy", 7, 12),
    ("_meta", 7, 16),
];

/// What `_update` does not take.
const FIXED: [&str; 3] = ["id", "pivot", "latest"];

fn missing(id: &str) -> Failure {
    Failure::new(
        404,
        "resource_not_found_exception",
        format!("Transform with id [{id}] could not be found"),
    )
}

fn conflict(reason: String) -> Failure {
    Failure::new(409, "status_exception", reason)
}

fn validation(reasons: &str) -> Failure {
    Failure::new(
        400,
        "validation_exception",
        format!("Validation Failed: {reasons}"),
    )
}

/// Refuses keys that this version does not know.
fn check_keys(call: &Call, body: &Value, parser: &str, fixed: &[&str]) -> Result<(), Failure> {
    let keys = body.as_object().into_iter().flat_map(Map::keys);
    for key in keys {
        let known = KEYS.iter().find(|(name, ..)| name == key);
        let known = known.is_some_and(|(_, major, minor)| call.profile().since(*major, *minor));
        if !known || fixed.contains(&key.as_str()) {
            return Err(unknown_field(parser, key));
        }
    }
    Ok(())
}

fn put(call: &Call) -> Answered {
    let id = call.path("id");
    let mut config = call.body()?.map()?;
    let defer = call.params.flag("defer_validation", false)?;
    call.params.accept(&["timeout"]);
    check_keys(call, &config, "data_frame_transform_config", &[])?;
    call.begin("cluster:admin/transform/put")?;
    check_id(id)?;
    for key in ["source", "dest"] {
        if !config.get(key).is_some_and(Value::is_object) {
            return Err(Failure::illegal_argument(format!("Required [{key}]")));
        }
    }
    let functions = ["pivot", "latest"].iter();
    let functions = functions.filter(|key| config.get(**key).is_some()).count();
    if functions != 1 {
        return Err(Failure::illegal_argument(format!(
            "Found [{functions}] transform functions, exactly 1 is required"
        )));
    }
    if !defer {
        check(&call.cluster.read(), &config)?;
    }
    complete(call, id, &mut config);
    call.cluster.change(|store| {
        if store.has(&Collection::Transforms, id) {
            return Err(Failure::new(
                400,
                "resource_already_exists_exception",
                format!("Transform with id [{id}] already exists"),
            ));
        }
        store.put(&Collection::Transforms, id, config);
        Ok(Answer::acknowledged())
    })
}

fn check_id(id: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let valid = id.len() <= 64
        && id.starts_with(plain)
        && id.ends_with(plain)
        && id.chars().all(|c| plain(c) || matches!(c, '_' | '-' | '.'));
    if valid {
        return Ok(());
    }
    Err(Failure::illegal_argument(format!(
        "Invalid transform_id; '{id}' can contain lowercase alphanumeric (a-z and 0-9), hyphens or underscores; must start and end with alphanumeric"
    )))
}

fn sources(config: &Value) -> Vec<&str> {
    match config.pointer("/source/index") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// What is checked unless it is put off.
fn check(store: &Store, config: &Value) -> Result<(), Failure> {
    for source in sources(config) {
        if !source.contains('*') && matching(store, source).is_empty() {
            return Err(validation(&format!("1: no such index [{source}];")));
        }
    }
    let pipeline = config.pointer("/dest/pipeline").and_then(Value::as_str);
    if let Some(pipeline) = pipeline
        && !store.has(&Collection::Pipelines, pipeline)
    {
        return Err(validation(&format!(
            "1: Pipeline with id [{pipeline}] could not be found;"
        )));
    }
    Ok(())
}

/// What the server adds to a transform.
fn complete(call: &Call, id: &str, config: &mut Value) {
    config["id"] = json!(id);
    config["version"] = json!(call.profile().build().number);
    config["create_time"] = json!(call.cluster.now());
    if let Some(Value::String(name)) = config.pointer("/source/index").cloned() {
        config["source"]["index"] = json!([name]);
    }
    if config.pointer("/source/query").is_none() {
        config["source"]["query"] = json!({"match_all": {}});
    }
    if config.get("settings").is_none() && call.profile().since(7, 8) {
        config["settings"] = json!({});
    }
    if let Some(Value::Object(time)) = config.pointer_mut("/sync/time") {
        time.entry("delay").or_insert_with(|| json!("60s"));
    }
    if let Some(Value::Object(pivot)) = config.get_mut("pivot")
        && let Some(aggregations) = pivot.shift_remove("aggs")
    {
        pivot.insert("aggregations".to_owned(), aggregations);
    }
}

fn expand(store: &Store, expression: &str, allow: bool) -> Result<Vec<(String, Value)>, Failure> {
    let all = store.sorted(&Collection::Transforms);
    let chosen =
        select(expression, all.iter().map(|(id, _)| *id), allow).map_err(|id| missing(&id))?;
    Ok(chosen
        .into_iter()
        .filter_map(|id| {
            Some((
                id.to_owned(),
                store.get(&Collection::Transforms, id)?.clone(),
            ))
        })
        .collect())
}

fn get(call: &Call) -> Answered {
    let page = Page::of(call)?;
    let allow = call.params.flag("allow_no_match", true)?;
    call.params.accept(&["exclude_generated"]);
    call.begin("cluster:monitor/transform/get")?;
    let store = call.cluster.read();
    let found = expand(&store, call.path("id"), allow)?;
    let all: Vec<Value> = found.into_iter().map(|(_, config)| config).collect();
    Ok(Answer::ok(page.answer("transforms", &all)))
}

fn get_stats(call: &Call) -> Answered {
    let page = Page::of(call)?;
    let allow = call.params.flag("allow_no_match", true)?;
    call.begin("cluster:monitor/transform/stats/get")?;
    let store = call.cluster.read();
    let all: Vec<Value> = expand(&store, call.path("id"), allow)?
        .into_iter()
        .map(|(id, _)| {
            let state = if store.has(&Collection::TransformTasks, &id) {
                "started"
            } else {
                "stopped"
            };
            json!({
                "id": id,
                "state": state,
                "stats": {"pages_processed": 0, "documents_processed": 0, "documents_indexed": 0},
                "checkpointing": {"last": {"checkpoint": 0}, "changes_last_detected_at": 0},
            })
        })
        .collect();
    Ok(Answer::ok(page.answer("transforms", &all)))
}

fn update(call: &Call) -> Answered {
    let id = call.path("id");
    let change = call.body()?.map()?;
    let defer = call.params.flag("defer_validation", false)?;
    call.params.accept(&["timeout"]);
    check_keys(call, &change, "data_frame_transform_config_update", &FIXED)?;
    call.begin("cluster:admin/transform/update")?;
    call.cluster.change(|store| {
        let stored = store.get(&Collection::Transforms, id);
        let mut config = stored.cloned().ok_or_else(|| missing(id))?;
        for (key, value) in change.as_object().into_iter().flatten() {
            config[key] = value.clone();
        }
        if !defer {
            check(store, &config)?;
        }
        let created = config.get("create_time").cloned();
        complete(call, id, &mut config);
        config["create_time"] = created.unwrap_or_default();
        store.put(&Collection::Transforms, id, config.clone());
        Ok(Answer::ok(config))
    })
}

fn start(call: &Call) -> Answered {
    let id = call.path("id");
    call.params.accept(&["timeout", "from"]);
    call.begin("cluster:admin/transform/start")?;
    call.cluster.change(|store| {
        let config = store.get(&Collection::Transforms, id);
        let config = config.cloned().ok_or_else(|| missing(id))?;
        if store.has(&Collection::TransformTasks, id) {
            return Err(conflict(format!(
                "Cannot start transform [{id}] as it is already started."
            )));
        }
        check(store, &config)?;
        store.put(&Collection::TransformTasks, id, json!({}));
        Ok(Answer::acknowledged())
    })
}

fn stop(call: &Call) -> Answered {
    let allow = call.params.flag("allow_no_match", true)?;
    call.params.accept(&[
        "force",
        "timeout",
        "wait_for_completion",
        "wait_for_checkpoint",
    ]);
    call.begin("cluster:admin/transform/stop")?;
    call.cluster.change(|store| {
        for (id, _) in expand(store, call.path("id"), allow)? {
            store.remove(&Collection::TransformTasks, &id);
        }
        Ok(Answer::acknowledged())
    })
}

fn delete(call: &Call) -> Answered {
    let id = call.path("id");
    let force = call.params.flag("force", false)?;
    call.params.accept(&["timeout", "delete_dest_index"]);
    call.begin("cluster:admin/transform/delete")?;
    call.cluster.change(|store| {
        if !store.has(&Collection::Transforms, id) {
            return Err(missing(id));
        }
        if !force && store.has(&Collection::TransformTasks, id) {
            return Err(conflict(format!(
                "Cannot delete transform [{id}] as the task is running. Stop the task first"
            )));
        }
        store.remove(&Collection::TransformTasks, id);
        store.remove(&Collection::Transforms, id);
        Ok(Answer::acknowledged())
    })
}
