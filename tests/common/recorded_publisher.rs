//! GitHub's API as it was recorded for a repository of real shape, where the
//! recordings are at hand, with its addresses led to a server of our own.

use std::fs;
use std::path::{Path, PathBuf};

use sealift::lab::http::{Request, Response, Server, ServerOptions};
use serde_json::Value;

/// The folder of the recordings; says so where there is none.
pub(crate) fn data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no {}", folder.display());
    None
}

/// Serves the recorded answers with their addresses led here.
pub(crate) fn serve(data: PathBuf) -> Server {
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
