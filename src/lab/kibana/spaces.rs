//! Spaces.

use serde_json::{Value, json};

use crate::lab::cluster::Cluster;
use crate::lab::store::Collection;

use super::error::platform;
use super::{Answered, Body, Reply, Visit, not_found, rights};

/// Whether a space is there.
pub(super) fn exists(cluster: &Cluster, space: &str) -> bool {
    cluster.read().has(&Collection::Spaces, space)
}

/// `/api/spaces/space` and what is below it.
pub(super) fn spaces(visit: &Visit, rest: &[&str]) -> Answered {
    match (visit.request.method.as_str(), rest) {
        ("GET", []) => {
            let store = visit.cluster.read();
            let spaces: Vec<&Value> = store
                .all(&Collection::Spaces)
                .filter(|(id, _)| rights::sees(visit, id))
                .map(|(_, space)| space)
                .collect();
            Ok(Reply::ok(json!(spaces)))
        }
        ("GET", [id]) if !rights::sees(visit, id) => {
            Err(platform(403, format!("Unauthorized to get {id} space")))
        }
        ("GET", [id]) => match visit.cluster.read().get(&Collection::Spaces, id) {
            Some(space) => Ok(Reply::ok(space.clone())),
            None => Err(not_found()),
        },
        ("POST", []) => create(visit),
        ("PUT", [id]) => update(visit, id),
        ("DELETE", [id]) => delete(visit, id),
        _ => Err(not_found()),
    }
}

fn create(visit: &Visit) -> Answered {
    let space = visit.json()?;
    let text = |name: &str| space.get(name).and_then(Value::as_str).unwrap_or_default();
    let id = text("id").to_owned();
    let valid = !id.is_empty()
        && id.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
        });
    if !valid {
        return Err(platform(
            400,
            "[request body.id]: must be lower case, a-z, 0-9, '_', and '-' are allowed",
        ));
    }
    if text("name").is_empty() {
        return Err(platform(
            400,
            "[request body.name]: expected value of type [string] but got [undefined]",
        ));
    }
    if exists(visit.cluster, &id) {
        return Err(platform(
            409,
            format!("A space with the identifier {id} already exists."),
        ));
    }
    let mut stored = space.clone();
    if stored.get("disabledFeatures").is_none() {
        stored["disabledFeatures"] = json!([]);
    }
    visit.cluster.change(|store| {
        store.put(&Collection::Spaces, &id, stored.clone());
        Ok(())
    })?;
    Ok(Reply::ok(stored))
}

fn update(visit: &Visit, id: &str) -> Answered {
    let change = visit.json()?;
    let Some(mut space) = visit.cluster.read().get(&Collection::Spaces, id).cloned() else {
        return Err(not_found());
    };
    if let (Some(space), Some(change)) = (space.as_object_mut(), change.as_object()) {
        space.extend(change.clone());
        space.insert("id".to_owned(), json!(id));
    }
    visit.cluster.change(|store| {
        store.put(&Collection::Spaces, id, space.clone());
        Ok(())
    })?;
    Ok(Reply::ok(space))
}

fn delete(visit: &Visit, id: &str) -> Answered {
    if !exists(visit.cluster, id) {
        return Err(not_found());
    }
    if id == "default" {
        return Err(platform(
            400,
            "The default space cannot be deleted because it is reserved.",
        ));
    }
    visit.cluster.change(|store| {
        store.remove(&Collection::Spaces, id);
        store.clear(&Collection::rules(id));
        store.clear(&Collection::objects(id));
        store.clear(&Collection::ExceptionLists(id.to_owned()));
        Ok(())
    })?;
    Ok(Reply {
        status: 204,
        body: Body::Nothing,
    })
}
