//! The answers of GitHub's API for a repository of real shape, where they are at
//! hand.

use std::fs;
use std::path::{Path, PathBuf};

use sealift::error::ErrorKind;
use sealift::flow::fetch::fetch;
use sealift::io::github::{GitHub, Options};
use sealift::io::http::{Proxy, Url};
use sealift::lab::http::{Request, Response, Server, ServerOptions};
use sealift::model::release::{ReleaseTag, Repository};
use sealift::progress::Silent;
use serde_json::Value;
use tempfile::TempDir;

fn data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no {}", folder.display());
    None
}

/// Serves the recorded answers with their addresses led here.
fn serve(data: PathBuf) -> Server {
    Server::start(ServerOptions::default(), move |request: &Request| {
        let host = format!("http://{}", request.header("host").unwrap());
        let releases = data.join("github-api/repos/acme-soc/detection-rules/releases");
        let name = |text: &str| text.rsplit('/').next().unwrap().to_owned();
        let octets = request
            .header("accept")
            .is_some_and(|accept| accept.contains("octet-stream"));
        if request.path.contains("/releases/download/") {
            let file = data.join("releases").join(name(&request.path));
            return Response::file(request, &file, "application/octet-stream", None);
        }
        let file = if let Some(tag) = request.path.split("/releases/tags/").nth(1) {
            releases.join("tags").join(format!("{tag}.json"))
        } else if let Some(id) = request.path.split("/releases/assets/").nth(1) {
            releases.join("assets").join(format!("{id}.json"))
        } else {
            let page = request.param("page").unwrap_or("1");
            releases.join(format!("list/per_page=10/page={page}.json"))
        };
        let not_found = releases.join("errors/tag-not-found.json");
        let file = if file.is_file() { file } else { not_found };
        let text = fs::read_to_string(&file).unwrap();
        let here = |text: &str| {
            text.replace("https://api.github.com", &host)
                .replace("https://github.com", &host)
        };
        let text = here(&text);
        let headers = fs::read_to_string(file.with_extension("headers.json")).unwrap();
        let headers: Value = serde_json::from_str(&here(&headers)).unwrap();
        if octets {
            let asset: Value = serde_json::from_str(&text).unwrap();
            let location = asset["browser_download_url"].as_str().unwrap();
            return Response::empty(302).with_header("location", location);
        }
        let status = u16::try_from(headers["status"].as_u64().unwrap()).unwrap();
        let mut response = Response::bytes(status, text.into_bytes());
        for (name, value) in headers["headers"].as_object().unwrap() {
            if name != "content-length" {
                response = response.with_header(name, value.as_str().unwrap());
            }
        }
        response
    })
    .unwrap()
}

fn github(server: &Server) -> GitHub {
    let repository = Repository::parse("acme-soc/detection-rules").unwrap();
    let mut options = Options::new(repository, Url::parse(&server.url()).unwrap());
    options.proxy = Proxy::Direct;
    GitHub::new(options).unwrap()
}

#[test]
fn releases_of_real_shape_are_listed() {
    let Some(data) = data() else { return };
    let server = serve(data);
    let releases = github(&server).releases(&Silent).unwrap();
    assert_eq!(releases.len(), 32);
    let families = releases
        .iter()
        .filter(|release| release.tag.family().is_some());
    assert_eq!(families.count(), 6);
}

#[test]
fn releases_of_real_shape_are_fetched_or_refused() {
    let Some(data) = data() else { return };
    let server = serve(data.clone());
    let folder = TempDir::new().unwrap();
    let get = |tag: &str| {
        let tag = ReleaseTag::parse(tag).unwrap();
        fetch(&github(&server), &tag, folder.path(), &Silent)
    };
    for (tag, files) in [
        ("ML-DGA-20201129-1", 5),
        ("ML-DGA-20210604-2", 5),
        ("ML-experimental-detections-20201221-1", 15),
    ] {
        let fetched = get(tag).unwrap();
        assert_eq!(fetched.files, files, "{tag}");
        let published = fs::read(data.join(format!("releases/{tag}.zip"))).unwrap();
        assert_eq!(fs::read(&fetched.path).unwrap(), published);
        assert!(get(tag).unwrap().kept);
    }
    for (tag, kind, message) in [
        ("ML-DGA-20201105-0", ErrorKind::Malformed, "has no zip"),
        (
            "ML-ProblemChild-20210203-1",
            ErrorKind::Malformed,
            "has 2 zips",
        ),
        (
            "ML-experimental-detections-20210312-2",
            ErrorKind::Network,
            "does not have it",
        ),
        ("ML-DGA-20991231-9", ErrorKind::Network, "has no release"),
    ] {
        let error = get(tag).unwrap_err();
        assert_eq!(error.kind(), kind, "{tag}: {error}");
        assert!(error.to_string().contains(message), "{tag}: {error}");
        assert!(!folder.path().join(format!("{tag}.zip")).exists());
    }
}
