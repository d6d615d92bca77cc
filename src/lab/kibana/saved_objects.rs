//! `/api/saved_objects`: import, export, look at, delete.

use serde_json::{Value, json};

use crate::lab::store::{Collection, Store};

use super::error::{Fault, platform};
use super::multipart::upload;
use super::{Answered, Body, Reply, Visit, not_found};

/// The types that can be imported and exported.
const TYPES: [&str; 16] = [
    "canvas-workpad",
    "config",
    "csp-rule-template",
    "dashboard",
    "graph-workspace",
    "index-pattern",
    "lens",
    "links",
    "map",
    "ml-module",
    "osquery-pack-asset",
    "query",
    "search",
    "tag",
    "url",
    "visualization",
];

/// References to these are looked after at import.
const CHECKED: [&str; 2] = ["index-pattern", "search"];

/// Most bytes of an imported file (`savedObjects.maxImportPayloadBytes`).
const MAX_BYTES: usize = 26_214_400;
/// Most objects of one (`savedObjects.maxImportExportSize`).
const MAX_OBJECTS: usize = 10_000;

/// Finds the API below `/api/saved_objects`.
pub(super) fn route(visit: &Visit, rest: &[&str]) -> Answered {
    match (visit.request.method.as_str(), rest) {
        ("POST", ["_import"]) => import(visit),
        ("POST", ["_export"]) => export(visit),
        ("GET", [kind, id]) => {
            let store = visit.cluster.read();
            let found = find(&store, &visit.space, kind, id);
            let object = found.ok_or_else(|| missing(kind, id))?;
            Ok(Reply::ok(object.clone()))
        }
        ("DELETE", [kind, id]) => {
            visit.flag("force")?;
            let gone = visit.cluster.change(|store| {
                Ok(store.remove(&Collection::objects(&visit.space), &format!("{kind}:{id}")))
            })?;
            if gone {
                Ok(Reply::ok(json!({})))
            } else {
                Err(missing(kind, id))
            }
        }
        _ => Err(not_found()),
    }
}

fn find<'a>(store: &'a Store, space: &str, kind: &str, id: &str) -> Option<&'a Value> {
    store.get(&Collection::objects(space), &format!("{kind}:{id}"))
}

fn missing(kind: &str, id: &str) -> Fault {
    platform(404, format!("Saved object [{kind}/{id}] not found"))
}

fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// `POST _import`: 200 also when objects fail, which the answer lists. Either
/// all objects come in or none.
fn import(visit: &Visit) -> Answered {
    let overwrite = visit.flag("overwrite")?;
    visit.flag("createNewCopies")?;
    let upload = upload(visit, MAX_BYTES)?;
    let extension = upload.extension();
    if extension != "ndjson" {
        return Err(platform(
            400,
            format!("Invalid file extension .{extension}"),
        ));
    }
    let content = String::from_utf8_lossy(upload.content).into_owned();
    let mut objects = Vec::new();
    for line in content
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        let object: Value = serde_json::from_str(line)
            .map_err(|error| platform(400, format!("Unexpected token in JSON: {error}")))?;
        // The line of details at the end of an export.
        if object.get("exportedCount").is_none() {
            objects.push(object);
        }
    }
    if objects.len() > MAX_OBJECTS {
        return Err(platform(
            400,
            format!("Can't import more than {MAX_OBJECTS} objects"),
        ));
    }
    let errors: Vec<Value> = {
        let store = visit.cluster.read();
        let judged = objects.iter();
        judged
            .filter_map(|object| fault(visit, &store, object, &objects, overwrite))
            .collect()
    };
    if !errors.is_empty() {
        return Ok(Reply::ok(json!({
            "success": false,
            "successCount": 0,
            "errors": errors,
        })));
    }
    keep(visit, &objects)
}

/// Why an object cannot come in.
fn fault(
    visit: &Visit,
    store: &Store,
    object: &Value,
    all: &[Value],
    overwrite: bool,
) -> Option<Value> {
    let (kind, id) = (text(object, "type"), text(object, "id"));
    let error = if !TYPES.contains(&kind) {
        json!({"type": "unsupported_type"})
    } else if !overwrite && find(store, &visit.space, kind, id).is_some() {
        json!({"type": "conflict"})
    } else {
        let references = object.get("references").and_then(Value::as_array);
        let absent: Vec<Value> = references
            .into_iter()
            .flatten()
            .filter(|reference| {
                let (kind, id) = (text(reference, "type"), text(reference, "id"));
                let comes = all
                    .iter()
                    .any(|other| text(other, "type") == kind && text(other, "id") == id);
                CHECKED.contains(&kind) && !comes && find(store, &visit.space, kind, id).is_none()
            })
            .map(|reference| json!({"type": text(reference, "type"), "id": text(reference, "id")}))
            .collect();
        if absent.is_empty() {
            return None;
        }
        json!({"type": "missing_references", "references": absent})
    };
    let title = object.pointer("/attributes/title").cloned();
    Some(json!({
        "type": kind,
        "id": id,
        "title": title,
        "meta": {"title": object.pointer("/attributes/title")},
        "error": error,
    }))
}

fn keep(visit: &Visit, objects: &[Value]) -> Answered {
    let profile = visit.cluster.profile();
    let now = crate::model::time::Timestamp::from_seconds(visit.cluster.now() / 1000)
        .map_or_else(|_| String::new(), |time| time.to_string());
    let mut results = Vec::new();
    visit.cluster.change(|store| {
        for object in objects {
            let (kind, id) = (text(object, "type"), text(object, "id"));
            let mut stored = json!({
                "id": id,
                "type": kind,
                "attributes": object.get("attributes"),
                "references": object.get("references").cloned().unwrap_or_else(|| json!([])),
                "updated_at": now,
                "version": format!("WzE{},1d", store.generation()),
            });
            if profile.since(7, 11) {
                stored["coreMigrationVersion"] = json!(profile.version().number());
            }
            if profile.since(8, 8) {
                stored["created_at"] = json!(now);
                stored["managed"] = json!(false);
                stored["typeMigrationVersion"] = json!("8.9.0");
            }
            let key = format!("{kind}:{id}");
            store.put(&Collection::objects(&visit.space), &key, stored);
            results.push(json!({"type": kind, "id": id, "overwrite": true}));
        }
        Ok(())
    })?;
    Ok(Reply::ok(json!({
        "success": true,
        "successCount": objects.len(),
        "successResults": results,
        "warnings": [],
    })))
}

/// `POST _export`: the named objects, or all of the named types.
fn export(visit: &Visit) -> Answered {
    let body = visit.json()?;
    let store = visit.cluster.read();
    let mut found: Vec<&Value> = Vec::new();
    let mut absent = Vec::new();
    if let Some(objects) = body.get("objects").and_then(Value::as_array) {
        for wanted in objects {
            let (kind, id) = (text(wanted, "type"), text(wanted, "id"));
            if !TYPES.contains(&kind) {
                return Err(platform(
                    400,
                    format!("Trying to export object(s) with non-exportable types: {kind}:{id}"),
                ));
            }
            match find(&store, &visit.space, kind, id) {
                Some(object) => found.push(object),
                None => absent.push(json!({"id": id, "type": kind, "error": {
                    "statusCode": 404, "error": "Not Found",
                    "message": format!("Saved object [{kind}/{id}] not found")}})),
            }
        }
    } else {
        let kinds = body.get("type").cloned().unwrap_or_default();
        let is_wanted = |kind: &str| {
            kinds == kind
                || kinds == "*"
                || kinds
                    .as_array()
                    .is_some_and(|all| all.iter().any(|of| of == kind))
        };
        let all = store.sorted(&Collection::objects(&visit.space));
        found = all.into_iter().map(|(_, object)| object).collect();
        found.retain(|object| is_wanted(text(object, "type")));
    }
    if !absent.is_empty() {
        let words = if visit.cluster.profile().since(8, 0) {
            "Error fetching objects to export"
        } else {
            "Bad Request"
        };
        return Err(platform(400, words));
    }
    let mut lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    if body.get("excludeExportDetails") != Some(&Value::Bool(true)) {
        let details = json!({"exportedCount": found.len(), "missingRefCount": 0,
            "missingReferences": [], "excludedObjectsCount": 0, "excludedObjects": []});
        lines.push(details.to_string());
    }
    Ok(Reply {
        status: 200,
        body: Body::Lines(lines.join("\n")),
    })
}
