//! Requests that change what is on the shelf.

use serde_json::{Value, json};

use crate::lab::http::{Request, Response};

use super::answer::{not_found, refuse};
use super::shelf::{Shelf, ShelfRelease};
use super::wire;

/// The answer to a request that wants to change something.
pub(super) fn answer(shelf: &mut Shelf, request: &Request, base: &str, rest: &[&str]) -> Response {
    if request.header("authorization").is_none() {
        return refuse(401, "Requires authentication");
    }
    match (request.method.as_str(), rest) {
        ("POST", []) => create(shelf, request, base),
        ("PATCH", ["assets", id]) => rename(shelf, request, base, id),
        ("PATCH", [id]) => change(shelf, request, base, id),
        ("DELETE", ["assets", id]) => delete_asset(shelf, id),
        _ => not_found(),
    }
}

/// The answer to an upload, which GitHub takes on a host of its own, and GitHub
/// Enterprise under a path of its own.
pub(super) fn uploads(shelf: &mut Shelf, request: &Request, base: &str, id: &str) -> Response {
    if request.header("authorization").is_none() {
        return refuse(401, "Requires authentication");
    }
    upload(shelf, request, base, id)
}

fn create(shelf: &mut Shelf, request: &Request, base: &str) -> Response {
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
        return refuse(400, "Problems parsing JSON");
    };
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    let Some(tag) = text("tag_name") else {
        return refuse(422, "Invalid request.\n\n\"tag_name\" wasn't supplied.");
    };
    if shelf.releases.iter().any(|r| !r.draft && r.tag == tag) {
        return taken("Release", "tag_name");
    }
    let release = ShelfRelease {
        id: shelf.number(),
        tag,
        name: text("name"),
        body: text("body"),
        draft: body["draft"].as_bool().unwrap_or(false),
        prerelease: body["prerelease"].as_bool().unwrap_or(false),
        created_at: "2026-03-01T12:00:00Z".to_owned(),
        published_at: None,
        assets: Vec::new(),
    };
    let answer = wire::release(base, &shelf.repository, &release);
    shelf.releases.insert(0, release);
    Response::json(201, &answer)
}

fn change(shelf: &mut Shelf, request: &Request, base: &str, id: &str) -> Response {
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
        return refuse(400, "Problems parsing JSON");
    };
    let Some(release) = find(shelf, id) else {
        return not_found();
    };
    if let Some(draft) = body.get("draft").and_then(Value::as_bool) {
        release.draft = draft;
        if !draft && release.published_at.is_none() {
            release.published_at = Some("2026-03-01T12:05:00Z".to_owned());
        }
    }
    if let Some(text) = body.get("body").and_then(Value::as_str) {
        release.body = Some(text.to_owned());
    }
    let release = release.clone();
    Response::json(200, &wire::release(base, &shelf.repository, &release))
}

fn upload(shelf: &mut Shelf, request: &Request, base: &str, id: &str) -> Response {
    let Some(name) = request.param("name").map(str::to_owned) else {
        return refuse(400, "Bad Request");
    };
    let kind = request
        .header("content-type")
        .unwrap_or("application/octet-stream")
        .to_owned();
    let asset = shelf.asset(&name, &kind, request.body.clone());
    let Some(release) = find(shelf, id) else {
        return not_found();
    };
    if release.assets.iter().any(|asset| asset.name == name) {
        return taken("ReleaseAsset", "name");
    }
    release.assets.push(asset.clone());
    let release = release.clone();
    let answer = wire::asset(base, &shelf.repository, &release, &asset);
    Response::json(201, &answer)
}

fn rename(shelf: &mut Shelf, request: &Request, base: &str, id: &str) -> Response {
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
        return refuse(400, "Problems parsing JSON");
    };
    let repository = shelf.repository.clone();
    for release in &mut shelf.releases {
        let Some(place) = release.assets.iter().position(|a| a.id.to_string() == id) else {
            continue;
        };
        if let Some(name) = body.get("name").and_then(Value::as_str) {
            let mut others = release.assets.iter();
            if others.any(|asset| asset.name == name && asset.id.to_string() != id) {
                return taken("ReleaseAsset", "name");
            }
            if let Some(asset) = release.assets.get_mut(place) {
                name.clone_into(&mut asset.name);
            }
        }
        if let Some(asset) = release.assets.get(place) {
            return Response::json(200, &wire::asset(base, &repository, release, asset));
        }
    }
    not_found()
}

fn delete_asset(shelf: &mut Shelf, id: &str) -> Response {
    for release in &mut shelf.releases {
        let before = release.assets.len();
        release.assets.retain(|asset| asset.id.to_string() != id);
        if release.assets.len() < before {
            return Response::empty(204);
        }
    }
    not_found()
}

fn find<'a>(shelf: &'a mut Shelf, id: &str) -> Option<&'a mut ShelfRelease> {
    shelf
        .releases
        .iter_mut()
        .find(|release| release.id.to_string() == id)
}

fn taken(resource: &str, field: &str) -> Response {
    let body = json!({
        "message": "Validation Failed",
        "errors": [{"resource": resource, "code": "already_exists", "field": field}],
        "documentation_url": "https://docs.github.com/rest/releases",
        "status": "422",
    });
    Response::json(422, &body)
}
