//! Indices: create, look at, settings, mappings, delete.

use serde_json::{Map, Value, json};

use crate::lab::random;
use crate::lab::rest::{Answer, Answered, Call, Method, Route, fits};
use crate::lab::store::{Collection, Store};
use crate::model::failure::Failure;

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Put, "/{index}", put),
    Route::new(Method::Get, "/{index}", get),
    Route::new(Method::Head, "/{index}", head),
    Route::new(Method::Delete, "/{index}", delete),
    Route::new(Method::Get, "/{index}/_settings", get_settings),
    Route::new(Method::Put, "/{index}/_settings", put_settings),
    Route::new(Method::Get, "/{index}/_mapping", get_mapping),
    Route::new(Method::Put, "/{index}/_mapping", put_mapping),
    Route::new(Method::Post, "/{index}/_mapping", put_mapping),
    Route::new(Method::Get, "/{index}/_refresh", refresh),
    Route::new(Method::Post, "/{index}/_refresh", refresh),
    Route::new(Method::Get, "/_refresh", refresh),
    Route::new(Method::Post, "/_refresh", refresh),
];

const OPTIONS: [&str; 9] = [
    "timeout",
    "master_timeout",
    "wait_for_active_shards",
    "ignore_unavailable",
    "allow_no_indices",
    "expand_wildcards",
    "local",
    "flat_settings",
    "include_defaults",
];

/// The indices that one pattern selects, sorted.
pub(super) fn matching<'a>(store: &'a Store, pattern: &str) -> Vec<(&'a str, &'a Value)> {
    let pattern = if pattern == "_all" || pattern.is_empty() {
        "*"
    } else {
        pattern
    };
    store
        .sorted(&Collection::Indices)
        .into_iter()
        .filter(|(name, _)| fits(pattern, name))
        .collect()
}

/// The indices that an expression selects; names without wildcard must exist.
pub(super) fn resolve(store: &Store, expression: &str) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for part in expression.split(',') {
        let found = matching(store, part);
        let wild = part.contains('*') || part == "_all" || part.is_empty();
        if found.is_empty() && !wild {
            return Err(no_such_index(part));
        }
        names.extend(found.into_iter().map(|(name, _)| name.to_owned()));
    }
    names.sort();
    names.dedup();
    Ok(names)
}

pub(super) fn no_such_index(name: &str) -> Failure {
    Failure::new(
        404,
        "index_not_found_exception",
        format!("no such index [{name}]"),
    )
    .with("resource.type", "index_or_alias")
    .with("resource.id", name)
    .with("index_uuid", "_na_")
    .with("index", name)
}

/// Refuses a name that no index can have.
pub(super) fn check_name(name: &str) -> Result<(), Failure> {
    let complaint = if name.chars().any(char::is_uppercase) {
        "must be lowercase".to_owned()
    } else if name.starts_with(['_', '-', '+']) {
        "must not start with '_', '-', or '+'".to_owned()
    } else if matches!(name, "." | "..") {
        "must not be '.' or '..'".to_owned()
    } else if name.contains(['\\', '/', '*', '?', '"', '<', '>', '|', ' ', ',', '#', ':']) {
        "must not contain the following characters [ , \", *, \\, <, |, ,, >, /, ?]".to_owned()
    } else if name.len() > 255 {
        format!("index name is too long, ({} > 255)", name.len())
    } else {
        return Ok(());
    };
    Err(Failure::new(
        400,
        "invalid_index_name_exception",
        format!("Invalid index name [{name}], {complaint}"),
    )
    .with("index_uuid", "_na_")
    .with("index", name))
}

/// A new index as stored.
pub(super) fn new_index(now: i64, settings: &Value, mappings: &Value) -> Value {
    let mut settings = settings.clone();
    for (key, value) in [("number_of_shards", "1"), ("number_of_replicas", "1")] {
        if settings["index"].get(key).is_none() {
            settings["index"][key] = json!(value);
        }
    }
    json!({
        "settings": settings,
        "mappings": mappings,
        "uuid": random::token(),
        "created": now,
        "next_seq_no": 0,
    })
}

/// Settings in their nested form under `index`: `index.x`, `x` and `{"index": {"x"}}`
/// all mean the same.
pub(super) fn nested_settings(given: &Value) -> Value {
    let mut index = Map::new();
    let given = given.get("settings").unwrap_or(given);
    for (key, value) in given.as_object().into_iter().flatten() {
        match (key.as_str(), value) {
            ("index", Value::Object(inner)) => {
                index.extend(inner.iter().map(|(key, value)| (key.clone(), text(value))));
            }
            (key, value) => {
                let key = key.strip_prefix("index.").unwrap_or(key);
                index.insert(key.to_owned(), text(value));
            }
        }
    }
    json!({"index": index})
}

/// Settings are kept as text.
fn text(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.to_string()),
        Value::Bool(flag) => json!(flag.to_string()),
        other => other.clone(),
    }
}

fn put(call: &Call) -> Answered {
    let name = call.path("index");
    let body = call
        .optional_body()
        .map(|body| body.map())
        .transpose()?
        .unwrap_or_else(|| json!({}));
    call.params.accept(&OPTIONS);
    call.params.accept(&["include_type_name"]);
    call.begin_on_index("indices:admin/create", name)?;
    check_name(name)?;
    if let Some(unknown) = body
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .find(|key| !["settings", "mappings", "aliases"].contains(&key.as_str()))
    {
        let kind = "parse_exception";
        return Err(Failure::new(
            400,
            kind,
            format!("unknown key [{unknown}] for create index"),
        ));
    }
    let settings = nested_settings(body.get("settings").unwrap_or(&json!({})));
    let private = ["uuid", "creation_date", "provided_name", "version"];
    if let Some(key) = private
        .iter()
        .find(|key| settings["index"].get(**key).is_some())
    {
        return Err(Failure::new(
            400,
            "validation_exception",
            format!(
                "Validation Failed: 1: private index setting [index.{key}] can not be set explicitly;"
            ),
        ));
    }
    let mappings = body.get("mappings").cloned().unwrap_or_else(|| json!({}));
    let now = call.cluster.now();
    call.cluster.change(|store| {
        if let Some(existing) = store.get(&Collection::Indices, name) {
            let uuid = existing
                .get("uuid")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let reason = format!("index [{name}/{uuid}] already exists");
            return Err(
                Failure::new(400, "resource_already_exists_exception", reason)
                    .with("index_uuid", uuid)
                    .with("index", name),
            );
        }
        store.put(
            &Collection::Indices,
            name,
            new_index(now, &settings, &mappings),
        );
        Ok(Answer::ok(
            json!({"acknowledged": true, "shards_acknowledged": true, "index": name}),
        ))
    })
}

/// The settings of an index with those that the server adds.
fn shown_settings(name: &str, index: &Value) -> Value {
    let mut settings = index
        .get("settings")
        .cloned()
        .unwrap_or_else(|| json!({"index": {}}));
    let created = index
        .get("created")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    if settings.get("index").is_none() {
        settings["index"] = json!({});
    }
    let own = &mut settings["index"];
    own["creation_date"] = json!(created.to_string());
    own["provided_name"] = json!(name);
    own["uuid"] = index.get("uuid").cloned().unwrap_or_default();
    settings
}

fn each(call: &Call, action: &str, show: impl Fn(&str, &Value) -> Value) -> Answered {
    let store = call.cluster.read();
    let names = resolve(&store, call.path("index"))?;
    let shown: Map<String, Value> = names
        .into_iter()
        .filter(|name| call.may(action, name))
        .filter_map(|name| {
            let index = store.get(&Collection::Indices, &name)?;
            let shown = show(&name, index);
            Some((name, shown))
        })
        .collect();
    Ok(Answer::ok(Value::Object(shown)))
}

fn get(call: &Call) -> Answered {
    call.params.accept(&OPTIONS);
    call.params.accept(&["include_type_name", "features"]);
    let action = "indices:admin/get";
    call.begin_to_read(action, call.path("index"))?;
    each(
        call,
        action,
        |name, index| json!({"aliases": {}, "mappings": index.get("mappings"), "settings": shown_settings(name, index)}),
    )
}

fn head(call: &Call) -> Answered {
    call.params.accept(&OPTIONS);
    call.begin_on_index("indices:admin/get", call.path("index"))?;
    let found = resolve(&call.cluster.read(), call.path("index"));
    Ok(Answer::empty(
        if found.is_ok_and(|names| !names.is_empty()) {
            200
        } else {
            404
        },
    ))
}

fn get_settings(call: &Call) -> Answered {
    call.params.accept(&OPTIONS);
    let action = "indices:monitor/settings/get";
    call.begin_to_read(action, call.path("index"))?;
    each(
        call,
        action,
        |name, index| json!({"settings": shown_settings(name, index)}),
    )
}

fn get_mapping(call: &Call) -> Answered {
    call.params.accept(&OPTIONS);
    let action = "indices:admin/mappings/get";
    call.begin_to_read(action, call.path("index"))?;
    each(
        call,
        action,
        |_, index| json!({"mappings": index.get("mappings")}),
    )
}

/// A `null` takes a setting back.
fn put_settings(call: &Call) -> Answered {
    let body = call.body()?.map()?;
    call.params.accept(&OPTIONS);
    call.params.accept(&["preserve_existing"]);
    call.begin_on_index("indices:admin/settings/update", call.path("index"))?;
    let change = nested_settings(&body);
    change_each(call, |index| {
        let own = index["settings"]["index"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        let mut own = own;
        for (key, value) in change["index"].as_object().into_iter().flatten() {
            if value.is_null() {
                own.shift_remove(key);
            } else {
                own.insert(key.clone(), value.clone());
            }
        }
        index["settings"] = json!({"index": own});
    })
}

fn put_mapping(call: &Call) -> Answered {
    let body = call.body()?.map()?;
    call.params.accept(&OPTIONS);
    call.params
        .accept(&["include_type_name", "write_index_only"]);
    call.begin_on_index("indices:admin/mapping/put", call.path("index"))?;
    change_each(call, |index| merge(&mut index["mappings"], &body, 0))
}

/// Objects are merged member by member, other values replaced.
fn merge(old: &mut Value, new: &Value, depth: usize) {
    match (old.as_object_mut(), new) {
        (Some(old), Value::Object(new)) if depth < 64 => {
            for (key, value) in new {
                merge(
                    old.entry(key.clone()).or_insert(Value::Null),
                    value,
                    depth + 1,
                );
            }
        }
        _ => *old = new.clone(),
    }
}

fn change_each(call: &Call, change: impl Fn(&mut Value)) -> Answered {
    call.cluster.change(|store| {
        for name in resolve(store, call.path("index"))? {
            if let Some(mut index) = store.get(&Collection::Indices, &name).cloned() {
                change(&mut index);
                store.put(&Collection::Indices, &name, index);
            }
        }
        Ok(Answer::acknowledged())
    })
}

fn delete(call: &Call) -> Answered {
    call.params.accept(&OPTIONS);
    call.begin_on_index("indices:admin/delete", call.path("index"))?;
    call.cluster.change(|store| {
        for name in resolve(store, call.path("index"))? {
            store.remove(&Collection::Indices, &name);
            store.clear(&Collection::documents(&name));
        }
        Ok(Answer::acknowledged())
    })
}

fn refresh(call: &Call) -> Answered {
    call.params.accept(&OPTIONS);
    call.begin_on_index("indices:admin/refresh", call.path("index"))?;
    let count = resolve(&call.cluster.read(), call.path("index"))?.len();
    Ok(Answer::ok(
        json!({"_shards": {"total": count * 2, "successful": count, "failed": 0}}),
    ))
}
