//! Index templates, the component templates that they are made of, and templates of
//! the old kind.

use serde_json::{Map, Value, json};

use crate::lab::rest::{Answer, Answered, Call, Method, Route, fits};
use crate::lab::store::{Collection, Store};
use crate::model::failure::Failure;

use super::bodies::{texts, unknown_field};
use super::indices::nested_settings;

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_component_template", get_components),
    Route::new(Method::Get, "/_component_template/{id}", get_components),
    Route::new(Method::Put, "/_component_template/{id}", put_component),
    Route::new(Method::Post, "/_component_template/{id}", put_component),
    Route::new(
        Method::Delete,
        "/_component_template/{id}",
        delete_component,
    ),
    Route::new(Method::Get, "/_index_template", get_templates),
    Route::new(Method::Get, "/_index_template/{id}", get_templates),
    Route::new(Method::Put, "/_index_template/{id}", put_template),
    Route::new(Method::Post, "/_index_template/{id}", put_template),
    Route::new(Method::Delete, "/_index_template/{id}", delete_template),
    Route::new(Method::Get, "/_template", get_legacy),
    Route::new(Method::Get, "/_template/{id}", get_legacy),
    Route::new(Method::Put, "/_template/{id}", put_legacy),
    Route::new(Method::Post, "/_template/{id}", put_legacy),
    Route::new(Method::Delete, "/_template/{id}", delete_legacy),
];

/// The keys of each kind, and the version that came with each.
const COMPONENT_KEYS: [(&str, u32, u32); 4] = [
    ("template", 7, 8),
    ("version", 7, 8),
    ("_meta", 7, 8),
    ("deprecated", 8, 12),
];
const LEGACY_KEYS: [(&str, u32, u32); 6] = [
    ("index_patterns", 6, 0),
    ("order", 6, 0),
    ("version", 6, 0),
    ("settings", 6, 0),
    ("mappings", 6, 0),
    ("aliases", 6, 0),
];
const TEMPLATE_KEYS: [(&str, u32, u32); 10] = [
    ("index_patterns", 7, 8),
    ("template", 7, 8),
    ("composed_of", 7, 8),
    ("priority", 7, 8),
    ("version", 7, 8),
    ("_meta", 7, 8),
    ("data_stream", 7, 9),
    ("allow_auto_create", 7, 11),
    ("ignore_missing_component_templates", 8, 7),
    ("deprecated", 8, 12),
];

fn check_keys(
    call: &Call,
    body: &Value,
    parser: &str,
    known: &[(&str, u32, u32)],
) -> Result<(), Failure> {
    let unknown = body
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .find(|key| {
            let known = known.iter().find(|(name, ..)| name == key);
            !known.is_some_and(|(_, major, minor)| call.profile().since(*major, *minor))
        });
    match unknown {
        None => Ok(()),
        Some(key) => Err(unknown_field(parser, key)),
    }
}

/// Settings as the server gives them back: nested, and as text.
fn settle(body: &mut Value) {
    if let Some(settings) = body.pointer_mut("/template/settings") {
        *settings = nested_settings(settings);
    }
}

fn put_component(call: &Call) -> Answered {
    let id = call.path("id");
    let mut body = call.body()?.map()?;
    let create = call.params.flag("create", false)?;
    call.params.accept(&["timeout", "master_timeout", "cause"]);
    check_keys(call, &body, "component_template", &COMPONENT_KEYS)?;
    call.begin("cluster:admin/component_template/put")?;
    if !body.get("template").is_some_and(Value::is_object) {
        return Err(Failure::illegal_argument("Required [template]"));
    }
    settle(&mut body);
    call.cluster.change(|store| {
        if create && store.has(&Collection::ComponentTemplates, id) {
            return Err(Failure::illegal_argument(format!(
                "component template [{id}] already exists"
            )));
        }
        store.put(&Collection::ComponentTemplates, id, body);
        Ok(Answer::acknowledged())
    })
}

fn put_template(call: &Call) -> Answered {
    let id = call.path("id");
    let mut body = call.body()?.map()?;
    let create = call.params.flag("create", false)?;
    call.params.accept(&["timeout", "master_timeout", "cause"]);
    check_keys(call, &body, "index_template", &TEMPLATE_KEYS)?;
    call.begin("indices:admin/index_template/put")?;
    let patterns = texts(body.get("index_patterns"));
    if patterns.is_empty() {
        return Err(Failure::new(
            400,
            "action_request_validation_exception",
            "Validation Failed: 1: index patterns are missing;",
        ));
    }
    body["index_patterns"] = json!(patterns);
    if body.get("composed_of").is_none() {
        body["composed_of"] = json!([]);
    }
    settle(&mut body);
    call.cluster.change(|store| {
        if create && store.has(&Collection::IndexTemplates, id) {
            return Err(Failure::illegal_argument(format!(
                "index template [{id}] already exists"
            )));
        }
        check_components(store, id, &body)?;
        check_overlap(store, id, &body, &patterns)?;
        store.put(&Collection::IndexTemplates, id, body);
        Ok(Answer::acknowledged())
    })
}

/// The components must be there, but for those that may be missing.
fn check_components(store: &Store, id: &str, body: &Value) -> Result<(), Failure> {
    let optional = texts(body.get("ignore_missing_component_templates"));
    let missing: Vec<String> = texts(body.get("composed_of"))
        .into_iter()
        .filter(|name| !store.has(&Collection::ComponentTemplates, name))
        .filter(|name| !optional.contains(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        400,
        "invalid_index_template_exception",
        format!(
            "index_template [{id}] invalid, cause [index template [{id}] specifies component templates [{}] that do not exist]",
            missing.join(", ")
        ),
    ))
}

/// Two templates of one priority must not take the same index.
fn check_overlap(
    store: &Store,
    id: &str,
    body: &Value,
    patterns: &[String],
) -> Result<(), Failure> {
    let priority = |body: &Value| body.get("priority").and_then(Value::as_i64).unwrap_or(0);
    for (other, there) in store.sorted(&Collection::IndexTemplates) {
        let theirs = texts(there.get("index_patterns"));
        let overlaps = patterns
            .iter()
            .any(|a| theirs.iter().any(|b| fits(a, b) || fits(b, a)));
        if other != id && priority(there) == priority(body) && overlaps {
            return Err(Failure::illegal_argument(format!(
                "index template [{id}] has index patterns [{}] matching patterns from existing templates [{other}] with patterns ({other} => [{}]) that have the same priority [{}], multiple index templates may not match during index creation, please use a different priority",
                patterns.join(", "),
                theirs.join(", "),
                priority(body)
            )));
        }
    }
    Ok(())
}

/// A list of what the path selects, each under `key`; 404 where a name is not
/// there.
fn list(call: &Call, of: &Collection, (plural, key, what): (&str, &str, &str)) -> Answered {
    let expression = call.path("id");
    let store = call.cluster.read();
    let found: Vec<Value> = store
        .sorted(of)
        .into_iter()
        .filter(|(id, _)| expression.is_empty() || fits(expression, id))
        .map(|(id, body)| json!({"name": id, key: body}))
        .collect();
    if found.is_empty() && !expression.is_empty() && !expression.contains('*') {
        return Err(Failure::new(
            404,
            "resource_not_found_exception",
            format!("{what} matching [{expression}] not found"),
        ));
    }
    Ok(Answer::ok(json!({plural: found})))
}

const READING: [&str; 4] = [
    "local",
    "master_timeout",
    "flat_settings",
    "include_defaults",
];

fn get_components(call: &Call) -> Answered {
    call.params.accept(&READING);
    call.begin("cluster:admin/component_template/get")?;
    let words = (
        "component_templates",
        "component_template",
        "component template",
    );
    list(call, &Collection::ComponentTemplates, words)
}

fn get_templates(call: &Call) -> Answered {
    call.params.accept(&READING);
    call.begin("indices:admin/index_template/get")?;
    let words = ("index_templates", "index_template", "index template");
    list(call, &Collection::IndexTemplates, words)
}

/// Templates of the old kind stand under their names, not in a list.
fn get_legacy(call: &Call) -> Answered {
    call.params.accept(&READING);
    call.begin("indices:admin/template/get")?;
    let expression = call.path("id");
    let store = call.cluster.read();
    let found: Map<String, Value> = store
        .sorted(&Collection::LegacyTemplates)
        .into_iter()
        .filter(|(id, _)| expression.is_empty() || fits(expression, id))
        .map(|(id, body)| (id.to_owned(), body.clone()))
        .collect();
    let status = if found.is_empty() && !expression.is_empty() && !expression.contains('*') {
        404
    } else {
        200
    };
    Ok(Answer::json(status, Value::Object(found)))
}

fn put_legacy(call: &Call) -> Answered {
    let id = call.path("id");
    let mut body = call.body()?.map()?;
    call.params.accept(&[
        "timeout",
        "master_timeout",
        "cause",
        "create",
        "include_type_name",
    ]);
    check_keys(call, &body, "index_template", &LEGACY_KEYS)?;
    call.begin("indices:admin/template/put")?;
    body["index_patterns"] = json!(texts(body.get("index_patterns")));
    body["settings"] = nested_settings(body.get("settings").unwrap_or(&json!({})));
    for (key, default) in [
        ("order", json!(0)),
        ("mappings", json!({})),
        ("aliases", json!({})),
    ] {
        if body.get(key).is_none() {
            body[key] = default;
        }
    }
    call.cluster.change(|store| {
        store.put(&Collection::LegacyTemplates, id, body);
        Ok(Answer::acknowledged())
    })
}

fn delete_legacy(call: &Call) -> Answered {
    let id = call.path("id");
    call.params.accept(&["timeout", "master_timeout"]);
    call.begin("indices:admin/template/delete")?;
    call.cluster
        .change(|store| removed(store, &Collection::LegacyTemplates, id))
}

fn delete_component(call: &Call) -> Answered {
    let id = call.path("id");
    call.params.accept(&["timeout", "master_timeout"]);
    call.begin("cluster:admin/component_template/delete")?;
    call.cluster.change(|store| {
        let users: Vec<&str> = store
            .sorted(&Collection::IndexTemplates)
            .into_iter()
            .filter(|(_, body)| texts(body.get("composed_of")).iter().any(|name| name == id))
            .map(|(user, _)| user)
            .collect();
        if !users.is_empty() {
            return Err(Failure::illegal_argument(format!(
                "component templates [{id}] cannot be removed as they are still in use by index templates [{}]",
                users.join(", ")
            )));
        }
        removed(store, &Collection::ComponentTemplates, id)
    })
}

fn delete_template(call: &Call) -> Answered {
    let id = call.path("id");
    call.params.accept(&["timeout", "master_timeout"]);
    call.begin("indices:admin/index_template/delete")?;
    call.cluster
        .change(|store| removed(store, &Collection::IndexTemplates, id))
}

fn removed(store: &mut Store, of: &Collection, id: &str) -> Answered {
    if store.remove(of, id) {
        return Ok(Answer::acknowledged());
    }
    let kind = match of {
        Collection::IndexTemplates | Collection::LegacyTemplates => {
            "index_template_missing_exception"
        }
        _ => "resource_not_found_exception",
    };
    Err(Failure::new(404, kind, format!("{id} missing")))
}
