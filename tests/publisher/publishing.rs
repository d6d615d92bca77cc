//! Validating and publishing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sealift::error::ErrorKind;
use sealift::flow::fetch::fetch;
use sealift::flow::publish::{Step, check_manifest, publish};
use sealift::flow::validate::{Options, Published, Validated, validate};
use sealift::lab::http::{Cut, Response};
use sealift::lab::publisher::{Desk, Shelf, fixtures};
use sealift::model::digest::Digest;
use sealift::model::release::{ReleaseTag, Repository};
use sealift::model::release_manifest::ReleaseManifest;
use sealift::model::time::Timestamp;
use sealift::progress::Silent;
use tempfile::TempDir;

use crate::fetching::{github, serve};

fn fixture(tag: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/releases")
        .join(tag)
}

/// A copy of the fixture `tag` in a folder named `name`.
fn copy(tag: &str, name: &str, into: &TempDir) -> PathBuf {
    let to = into.path().join(name);
    fs::create_dir_all(&to).unwrap();
    for entry in fs::read_dir(fixture(tag)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
    to
}

fn options(published: Option<Published>) -> Options {
    Options {
        published,
        version: "8.16.0".parse().unwrap(),
        canonicalize: false,
        date: Timestamp::parse("2026-03-01T12:00:00Z").unwrap(),
    }
}

fn nothing_published() -> Published {
    Published::new(Vec::new(), Vec::new())
}

fn look(folder: &Path) -> Validated {
    validate(folder, &options(Some(nothing_published()))).unwrap()
}

fn errors(validated: &Validated) -> Vec<String> {
    let remarks = validated.remarks.iter();
    remarks
        .filter(|remark| remark.severity == "error")
        .map(|remark| format!("{} {}: {}", remark.check, remark.place, remark.message))
        .collect()
}

const DGA: &str = "ML-DGA-20260105-1";
const SHAPE: &str = "ML-NameShape-20260212-1";
const DETECTIONS: &str = "ML-experimental-detections-20260220-1";

#[test]
fn the_fixtures_are_fit() {
    for tag in [DGA, SHAPE, DETECTIONS] {
        let validated = look(&fixture(tag));
        assert_eq!(errors(&validated), Vec::<String>::new(), "{tag}");
        assert_eq!(validated.zip, look(&fixture(tag)).zip, "{tag}");
        for file in &validated.files {
            assert!(validated.description.contains(&file.sha256.to_string()));
        }
    }
    let canonical = Options {
        canonicalize: true,
        ..options(Some(nothing_published()))
    };
    let folder = fixture(DETECTIONS);
    let before = fs::read(folder.join("rare_zone.json")).unwrap();
    assert_ne!(
        validate(&folder, &canonical).unwrap().zip,
        look(&folder).zip
    );
    assert_eq!(fs::read(folder.join("rare_zone.json")).unwrap(), before);
}

/// What the publishers' own tool refused, as far as it looked, and what it
/// warned of.
#[test]
fn every_old_refusal_is_a_refusal() {
    let folder = TempDir::new().unwrap();
    let refused = |path: &Path, message: &str| {
        let errors = errors(&look(path));
        assert!(
            errors.iter().any(|error| error.contains(message)),
            "{}: {errors:?}",
            path.display()
        );
        fs::remove_dir_all(path).unwrap();
    };
    for name in [
        "ML-DGA-2026-1",
        "DGA-20260105-1",
        "ML-DGA-20260105-x",
        "ML--20260105-1",
    ] {
        refused(&copy(DGA, name, &folder), "is not named ML-FAMILY");
    }
    refused(&copy(DGA, "ML-DGA-20261305-1", &folder), "no day 20261305");
    refused(&copy(DGA, "ML-DGA-20260105-2", &folder), "its number is 1");

    let path = copy(DGA, DGA, &folder);
    fs::write(path.join("dga_9_model.json"), b"{}").unwrap();
    refused(&path, "this one has 2");
    let path = copy(DGA, DGA, &folder);
    fs::remove_file(path.join("dga_500100_1.0_ngrams_create.json")).unwrap();
    refused(&path, "this one has 0");
    let path = copy(DGA, DGA, &folder);
    fs::write(path.join("sixth.json"), b"{}").unwrap();
    refused(&path, "cannot be classified");
    let path = copy(DGA, DGA, &folder);
    fs::write(path.join("dga_500100_1.0_ingest_pipeline1.json"), b"{").unwrap();
    refused(&path, "is not JSON");

    for (text, message) in [
        (
            r#"{"name": "", "type": "datafeed", "body": {}}"#,
            "name is not a text, or empty",
        ),
        (
            r#"{"name": "x", "type": "", "body": {}}"#,
            "type is not a text, or empty",
        ),
        (
            r#"{"name": "x", "type": "datafeed"}"#,
            "cannot be classified",
        ),
    ] {
        let path = copy(DETECTIONS, DETECTIONS, &folder);
        fs::write(path.join("rare_zone.json"), text).unwrap();
        refused(&path, message);
    }
    let path = copy(DETECTIONS, DETECTIONS, &folder);
    fs::write(path.join("command_and_control_drawn_name.toml"), "[rule").unwrap();
    refused(&path, "line 1");
}

#[test]
fn what_the_old_tool_forgot_is_refused_too() {
    let folder = TempDir::new().unwrap();
    let path = copy(SHAPE, SHAPE, &folder);
    fs::remove_file(path.join("ml_nameshape_verdict_script.json")).unwrap();
    let found = errors(&look(&path));
    assert!(
        found[0].contains("refers to script ml_nameshape_verdict_script"),
        "{found:?}"
    );
    let model = path.join("nameshape_20260212_1.0_model.json");
    let text = fs::read_to_string(&model).unwrap();
    fs::write(
        &model,
        text.replace("\"left_child\":1", "\"left_child\":77"),
    )
    .unwrap();
    let found = errors(&look(&path));
    assert!(
        found
            .iter()
            .any(|error| error.starts_with("model/definition")),
        "{found:?}"
    );
}

#[test]
fn releases_are_held_against_those_before() {
    let folder = TempDir::new().unwrap();
    let server = serve(fixtures().unwrap(), Box::new(|request, desk| desk(request)));
    let published = Published::ask(&github(&server.url()), &Silent).unwrap();
    let with = |path: &Path| validate(path, &options(Some(published.clone()))).unwrap();

    let path = copy(DGA, "ML-DGA-20260301-2", &folder);
    let found = errors(&with(&path));
    assert_eq!(
        found,
        [
            "model/name-taken dga_500100_1.0_model.json: release ML-DGA-20260105-1 has a model file of this name already"
        ]
    );
    fs::rename(
        path.join("dga_500100_1.0_model.json"),
        path.join("dga_500101_1.0_model.json"),
    )
    .unwrap();
    let inference = path.join("dga_500100_1.0_ingest_pipeline2.json");
    let text = fs::read_to_string(&inference).unwrap();
    fs::write(&inference, text.replace("dga_500100_1.0", "dga_500101_1.0")).unwrap();
    let validated = with(&path);
    assert!(validated.is_fit(), "{:?}", errors(&validated));
    let warned = validated
        .remarks
        .iter()
        .any(|remark| remark.check == "model/known");
    assert!(warned, "{:?}", validated.remarks);
}

fn empty_shelf() -> Shelf {
    Shelf::new(Repository::parse("example/ml-releases").unwrap())
}

#[test]
fn what_is_published_can_be_fetched() {
    let server = serve(empty_shelf(), Box::new(|request, desk| desk(request)));
    let github = github(&server.url());
    let validated = look(&fixture(DGA)).fit().unwrap();
    let steps = publish(&github, &validated, &Silent).unwrap();
    assert_eq!(
        steps,
        [
            Step::Created,
            Step::UploadedZip,
            Step::UploadedManifest,
            Step::Published
        ]
    );
    let folder = TempDir::new().unwrap();
    let fetched = fetch(&github, &validated.tag, folder.path(), &Silent).unwrap();
    assert_eq!(fs::read(&fetched.path).unwrap(), validated.zip);
    assert_eq!(fetched.vouchers.len(), 2);
    let manifest = check_manifest(&github, &validated.tag, &Silent).unwrap();
    let asset = &manifest.assets[&format!("{DGA}.zip")];
    assert_eq!(asset.zipped_sha256, Digest::of(&validated.zip));
    assert!(
        asset
            .relative_url
            .ends_with(&format!("/releases/download/{DGA}/{DGA}.zip"))
    );
    // Again: nothing to do. With other content: refused.
    assert_eq!(
        publish(&github, &validated, &Silent).unwrap(),
        [Step::Nothing]
    );
    let other = Validated {
        zip: b"PK other".to_vec(),
        ..validated
    };
    let error = publish(&github, &other, &Silent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Policy);
}

/// Every call of a publication fails once: refused, or done without an answer.
/// The next run completes it.
#[test]
fn a_publication_that_broke_off_is_completed() {
    let validated = look(&fixture(DGA)).fit().unwrap();
    for answered in [true, false] {
        for broken in 0..12 {
            let calls = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&calls);
            let server = serve(
                empty_shelf(),
                Box::new(move |request, desk| {
                    if count.fetch_add(1, Ordering::SeqCst) != broken {
                        return desk(request);
                    }
                    if answered {
                        return Response::text(418, "not today");
                    }
                    desk(request).cut(Cut::Silent)
                }),
            );
            let github = github(&server.url());
            let first = publish(&github, &validated, &Silent);
            if first.is_err() {
                publish(&github, &validated, &Silent).unwrap();
            }
            calls.store(1000, Ordering::SeqCst);
            let folder = TempDir::new().unwrap();
            fetch(&github, &validated.tag, folder.path(), &Silent).unwrap();
            check_manifest(&github, &validated.tag, &Silent).unwrap();
            let tag = ReleaseTag::parse(DGA).unwrap();
            let found = github.own_release(&tag, &Silent).unwrap().unwrap();
            assert_eq!(found.release.assets.len(), 2, "call {broken}");
        }
    }
}

#[test]
fn an_upload_that_stayed_behind_by_half_is_replaced() {
    let validated = look(&fixture(DGA)).fit().unwrap();
    let mut shelf = empty_shelf();
    let mut half = shelf.asset(
        &format!("{DGA}.zip"),
        "application/zip",
        validated.zip[..100].to_vec(),
    );
    half.state = "starter".to_owned();
    shelf.add(DGA, "2026-03-01T12:00:00Z", vec![half]);
    shelf.releases[0].draft = true;
    let desk = Desk::new(shelf);
    let clerk = desk.clone();
    let server = sealift::lab::http::Server::start(
        sealift::lab::http::ServerOptions::default(),
        move |request: &sealift::lab::http::Request| clerk.answer(request),
    )
    .unwrap();
    let steps = publish(&github(&server.url()), &validated, &Silent).unwrap();
    assert_eq!(
        steps,
        [
            Step::Found,
            Step::UploadedZip,
            Step::UploadedManifest,
            Step::Published
        ]
    );
    let shelf = desk.shelf();
    let names: Vec<&str> = shelf.releases[0]
        .assets
        .iter()
        .map(|a| a.name.as_str())
        .collect();
    assert_eq!(
        names,
        [&format!("{DGA}.zip"), &ReleaseManifest::asset_name(DGA)]
    );
}

#[test]
fn publishing_needs_a_token_that_may() {
    let server = serve(
        empty_shelf(),
        Box::new(|request, desk| {
            if request.method == "GET" {
                return desk(request);
            }
            let body =
                serde_json::json!({"message": "Resource not accessible by personal access token"});
            Response::json(403, &body)
        }),
    );
    let validated = look(&fixture(DGA)).fit().unwrap();
    let error = publish(&github(&server.url()), &validated, &Silent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(
        format!("{error:?}").contains("personal access token"),
        "{error:?}"
    );
}
