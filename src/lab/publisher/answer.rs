//! Requests to answers.

use serde_json::{Value, json};

use crate::lab::http::{Request, Response};

use super::shelf::Shelf;
use super::{wire, write};

/// The most releases on one page.
const MAX_PAGE: usize = 100;

/// The answer to `request` from what is on the shelf.
pub(super) fn answer(shelf: &mut Shelf, request: &Request) -> Response {
    let base = base(request);
    let path = request.path.clone();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let own = |owner: &str, name: &str| {
        owner.eq_ignore_ascii_case(&shelf.repository.owner)
            && name.eq_ignore_ascii_case(&shelf.repository.name)
    };
    match segments.as_slice() {
        ["repos", owner, name, "releases", rest @ ..] if own(owner, name) => {
            if request.method == "GET" {
                api(shelf, request, &base, rest)
            } else {
                write::answer(shelf, request, &base, rest)
            }
        }
        ["uploads", "repos", owner, name, "releases", id, "assets"]
            if own(owner, name) && request.method == "POST" =>
        {
            write::uploads(shelf, request, &base, id)
        }
        [owner, name, "releases", "download", tag, file]
            if own(owner, name) && request.method == "GET" =>
        {
            download(shelf, request, tag, file)
        }
        _ => not_found(),
    }
}

fn api(shelf: &Shelf, request: &Request, base: &str, rest: &[&str]) -> Response {
    let repository = &shelf.repository;
    let public = || shelf.releases.iter().filter(|release| !release.draft);
    let one = |found: Option<&super::ShelfRelease>| match found {
        Some(release) => Response::json(200, &wire::release(base, repository, release)),
        None => not_found(),
    };
    match rest {
        [] => list(shelf, request, base),
        ["latest"] => one(public().find(|release| !release.prerelease)),
        ["tags", tag] => one(public().find(|release| release.tag == *tag)),
        ["assets", id] => asset(shelf, request, base, id),
        [id] => one(id
            .parse()
            .ok()
            .and_then(|id: u64| shelf.releases.iter().find(|release| release.id == id))),
        [id, "assets"] => {
            let found = shelf
                .releases
                .iter()
                .find(|release| release.id.to_string() == *id);
            match found {
                None => not_found(),
                Some(release) => {
                    let assets = release.assets.iter();
                    let assets: Vec<Value> = assets
                        .map(|asset| wire::asset(base, repository, release, asset))
                        .collect();
                    Response::json(200, &Value::Array(assets))
                }
            }
        }
        _ => not_found(),
    }
}

fn list(shelf: &Shelf, request: &Request, base: &str) -> Response {
    let number = |name: &str, default: usize| {
        let asked = request.param(name).and_then(|text| text.parse().ok());
        asked.unwrap_or(default).max(1)
    };
    let per_page = number("per_page", 30).min(MAX_PAGE);
    let page = number("page", 1);
    // Those who may write see drafts too.
    let owner = request.header("authorization").is_some();
    let visible = shelf.releases.iter().filter(|r| owner || !r.draft);
    let visible: Vec<_> = visible.collect();
    let releases: Vec<Value> = visible
        .iter()
        .skip((page - 1).saturating_mul(per_page))
        .take(per_page)
        .map(|release| wire::release(base, &shelf.repository, release))
        .collect();
    let last = visible.len().div_ceil(per_page).max(1);
    let response = Response::json(200, &Value::Array(releases));
    if page >= last {
        return response;
    }
    let link = |page: usize, relation: &str| {
        format!(
            "<{base}/repos/{}/releases?per_page={per_page}&page={page}>; rel=\"{relation}\"",
            shelf.repository
        )
    };
    let header = format!("{}, {}", link(page + 1, "next"), link(last, "last"));
    response.with_header("link", header)
}

fn asset(shelf: &Shelf, request: &Request, base: &str, id: &str) -> Response {
    let found = id.parse().ok().and_then(|id| shelf.find_asset(id));
    let Some((release, asset)) = found else {
        return not_found();
    };
    let wants_bytes = request
        .header("accept")
        .is_some_and(|accept| accept.contains("application/octet-stream"));
    if wants_bytes {
        let location = wire::download(base, &shelf.repository, release, asset);
        Response::empty(302).with_header("location", location)
    } else {
        let body = wire::asset(base, &shelf.repository, release, asset);
        Response::json(200, &body)
    }
}

fn download(shelf: &Shelf, request: &Request, tag: &str, file: &str) -> Response {
    let found = shelf
        .release(tag)
        .and_then(|release| release.assets.iter().find(|asset| asset.name == file));
    match found {
        Some(asset) => Response::content(request, &asset.bytes, "application/octet-stream"),
        None => not_found(),
    }
}

/// Where the request came in, so that addresses lead back here.
fn base(request: &Request) -> String {
    format!("http://{}", request.header("host").unwrap_or("localhost"))
}

pub(super) fn not_found() -> Response {
    refuse(404, "Not Found")
}

pub(super) fn refuse(status: u16, message: &str) -> Response {
    let body = json!({
        "message": message,
        "documentation_url": "https://docs.github.com/rest",
        "status": status.to_string(),
    });
    Response::json(status, &body)
}
