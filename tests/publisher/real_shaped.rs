//! The answers of GitHub's API for a repository of real shape, where they are at
//! hand.

use std::fs;

use sealift::error::ErrorKind;
use sealift::flow::fetch::fetch;
use sealift::io::github::{GitHub, Options};
use sealift::io::http::{Proxy, Url};
use sealift::lab::http::Server;
use sealift::model::release::{ReleaseTag, Repository};
use sealift::progress::Silent;
use tempfile::TempDir;

use crate::recorded_publisher::{data, serve};

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
