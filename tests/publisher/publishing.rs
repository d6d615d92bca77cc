//! Validating and publishing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sealift::error::ErrorKind;
use sealift::flow::fetch::fetch;
use sealift::flow::publish::{Step, check_manifest, publish};
use sealift::flow::validate::{Options, Published, Rehearsal, Validated, validate};
use sealift::lab::http::{Body, Cut, Response};
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
        new_family: true,
        rehearsal: Rehearsal::Samples,
    }
}

fn nothing_published() -> Published {
    Published::new(Vec::new(), Vec::new())
}

fn look(folder: &Path) -> Validated {
    validate(folder, &options(Some(nothing_published())), &Silent).unwrap()
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
        validate(&folder, &canonical, &Silent).unwrap().zip,
        look(&folder).zip
    );
    assert_eq!(fs::read(folder.join("rare_zone.json")).unwrap(), before);
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
    let path = copy(SHAPE, "ML-NameShape-20260213-1", &folder);
    fs::rename(
        path.join("nameshape_20260212_1.0_model.json"),
        path.join("nameshape_20260213_1.0_model.json"),
    )
    .unwrap();
    let found = errors(&look(&path));
    assert!(found[0].starts_with("model/id"), "{found:?}");
}

#[test]
fn releases_are_held_against_those_before() {
    let folder = TempDir::new().unwrap();
    let server = serve(fixtures().unwrap(), Box::new(|request, desk| desk(request)));
    let published = Published::ask(&github(&server.url()), &Silent).unwrap();
    let with = |path: &Path| validate(path, &options(Some(published.clone())), &Silent).unwrap();

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
            Step::Published,
            Step::DatedManifest
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
    // What the API tells of release and asset, and the zip of its entries.
    let offered = github
        .own_release(&validated.tag, &Silent)
        .unwrap()
        .unwrap();
    assert_eq!(
        manifest.published_at.as_deref(),
        Some("2026-03-01T12:05:00Z")
    );
    assert_eq!(manifest.created_at, "2026-03-01T12:00:00Z");
    assert_eq!(
        Some(asset.created_at.as_str()),
        offered.release.assets[0].created_at.as_deref()
    );
    assert_eq!(asset.description.as_deref(), Some(""), "the label");
    assert_eq!(
        (manifest.id, manifest.author.as_str()),
        (offered.release.id, "example")
    );
    assert_eq!(
        manifest.description.as_deref(),
        Some(validated.description.as_str())
    );
    assert!(
        asset
            .entries
            .values()
            .all(|entry| entry.created_at == "1980-01-01T00:00:00Z")
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
        for broken in 0..40 {
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
            if calls.load(Ordering::SeqCst) <= broken {
                // That was the last call.
                assert!(broken > 15, "{broken}");
                break;
            }
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
            let name = ReleaseManifest::asset_name(DGA);
            assert!(found.release.assets.iter().any(|asset| asset.name == name));
            let manifest = check_manifest(&github, &validated.tag, &Silent).unwrap();
            assert!(manifest.published_at.is_some(), "call {broken}");
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
            Step::Published,
            Step::DatedManifest
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

/// A publisher that answers the first write to a path that ends in `to` with
/// `refusal`, and all else as it should.
fn refusing(method: &'static str, to: &'static str, times: usize, refusal: Response) -> Refusing {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let server = serve(
        empty_shelf(),
        Box::new(move |request, desk| {
            let hit = request.method == method && request.path.contains(to);
            if hit && count.fetch_add(1, Ordering::SeqCst) < times {
                return refusal.clone();
            }
            desk(request)
        }),
    );
    Refusing { server, calls }
}

struct Refusing {
    server: sealift::lab::http::Server,
    calls: Arc<AtomicUsize>,
}

fn said(status: u16, message: &str) -> Response {
    Response::json(status, &serde_json::json!({ "message": message }))
}

/// Every write, refused in every way: what was asked of whom, what to do, and that
/// the next run completes it.
#[test]
fn refusals_are_told_and_completed() {
    let validated = look(&fixture(DGA)).fit().unwrap();
    let writes = [
        ("POST", "/releases"),
        ("POST", "/assets"),
        ("PATCH", "/releases/"),
        ("DELETE", "/assets/"),
    ];
    for (method, to) in writes {
        for (status, message, told) in [
            (401, "Bad credentials", "check that it has not expired"),
            (
                403,
                "Resource not accessible by personal access token",
                "permission to write",
            ),
            (
                404,
                "Not Found",
                "permission to write the contents of example/ml-releases",
            ),
            (451, "Unavailable", "run the same command again"),
        ] {
            if (method, status) == ("DELETE", 404) {
                // What is to go and is not there is gone.
                continue;
            }
            let publisher = refusing(method, to, 1, said(status, message));
            let github = github(&publisher.server.url());
            let error = publish(&github, &validated, &Silent).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Network, "{method} {to} {status}");
            let text = format!("{error:?}");
            assert!(text.contains(message), "{method} {to} {status}: {text}");
            let hint = error.next_step().unwrap();
            assert!(hint.contains(told), "{method} {to} {status}: {hint}");
            assert!(hint.contains("run the same command again"), "{hint}");
            assert_eq!(publisher.calls.load(Ordering::SeqCst), 1, "not tried again");
            publish(&github, &validated, &Silent).unwrap();
            check_manifest(&github, &validated.tag, &Silent).unwrap();
        }
    }
}

/// Secondary rate limits are waited for, once as long as the API asks; what may
/// pass is tried again where that cannot do harm.
#[test]
fn limits_and_faults_are_waited_for() {
    let validated = look(&fixture(DGA)).fit().unwrap();
    let limit = "You have exceeded a secondary rate limit";
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let reset = now.unwrap().as_secs().to_string();
    let refusals = [
        said(403, limit).with_header("retry-after", "0".to_owned()),
        said(429, limit).with_header("retry-after", "1".to_owned()),
        said(403, limit)
            .with_header("x-ratelimit-remaining", "0".to_owned())
            .with_header("x-ratelimit-reset", reset),
    ];
    for refusal in refusals {
        for (method, to) in [
            ("POST", "/releases"),
            ("POST", "/assets"),
            ("PATCH", "/releases/"),
        ] {
            let publisher = refusing(method, to, 1, refusal.clone());
            let steps = publish(&github(&publisher.server.url()), &validated, &Silent);
            assert!(steps.unwrap().contains(&Step::Published), "{method} {to}");
        }
    }
    for (status, method, to) in [
        (502, "POST", "/assets"),
        (503, "PATCH", "/releases/"),
        (500, "DELETE", "/assets/"),
    ] {
        let publisher = refusing(method, to, 2, said(status, "oops"));
        let steps = publish(&github(&publisher.server.url()), &validated, &Silent);
        assert!(
            steps.unwrap().contains(&Step::Published),
            "{status} {method} {to}"
        );
    }
    // A draft that may have been made is not made twice.
    let publisher = refusing("POST", "/releases", 1, said(502, "oops"));
    let github = github(&publisher.server.url());
    publish(&github, &validated, &Silent).unwrap_err();
    assert_eq!(publisher.calls.load(Ordering::SeqCst), 1);
    publish(&github, &validated, &Silent).unwrap();
    // A wait beyond patience is told, not sat out.
    let long = said(403, limit).with_header("retry-after", "3600".to_owned());
    let publisher = refusing("POST", "/releases", 1, long);
    let error = publish(
        &crate::fetching::github(&publisher.server.url()),
        &validated,
        &Silent,
    );
    let error = error.unwrap_err();
    assert!(
        format!("{error:?}").contains("had enough requests"),
        "{error:?}"
    );
    assert!(
        error.next_step().unwrap().contains("try again after"),
        "{error:?}"
    );
}

/// An upload whose answer was lost is found there; the API says 422 for the next.
#[test]
fn a_name_that_is_taken_is_looked_at() {
    let validated = look(&fixture(DGA)).fit().unwrap();
    let taken = said(422, "Validation Failed");
    let publisher = refusing("POST", "/assets", 1, taken.clone());
    publish(&github(&publisher.server.url()), &validated, &Silent).unwrap();
    let publisher = refusing("POST", "/assets", 100, taken);
    let error = publish(&github(&publisher.server.url()), &validated, &Silent).unwrap_err();
    assert!(
        format!("{error:?}").contains("Validation Failed"),
        "{error:?}"
    );
}

/// The JSON of an answer.
fn json(response: &Response) -> Option<serde_json::Value> {
    match &response.body {
        Body::Bytes(bytes) => serde_json::from_slice(bytes).ok(),
        Body::File { .. } => None,
    }
}

/// Uploads go with the token, so only where the API is.
#[test]
fn no_upload_to_a_foreign_host() {
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    let foreign = serve(
        empty_shelf(),
        Box::new(move |_, _| {
            count.fetch_add(1, Ordering::SeqCst);
            Response::text(201, "thanks")
        }),
    );
    let host = foreign.url();
    let server = serve(
        empty_shelf(),
        Box::new(move |request, desk| {
            let response = desk(request);
            let Some(mut body) = json(&response) else {
                return response;
            };
            if body.get("upload_url").is_none() {
                return response;
            }
            body["upload_url"] = format!("{host}/upload{{?name,label}}").into();
            Response::json(response.status, &body)
        }),
    );
    let validated = look(&fixture(DGA)).fit().unwrap();
    let error = publish(&github(&server.url()), &validated, &Silent).unwrap_err();
    assert!(error.to_string().contains("foreign host"), "{error}");
    assert_eq!(seen.load(Ordering::SeqCst), 0);
}

/// A release that can no longer change keeps the manifest that it has.
#[test]
fn an_immutable_release_is_left_as_it_is() {
    let server = serve(
        empty_shelf(),
        Box::new(|request, desk| {
            let response = desk(request);
            let Some(mut body) = json(&response) else {
                return response;
            };
            for release in body.as_array_mut().into_iter().flatten() {
                release["immutable"] = (release["draft"] == false).into();
            }
            if body.is_array() {
                return Response::json(response.status, &body);
            }
            response
        }),
    );
    let validated = look(&fixture(DGA)).fit().unwrap();
    let github = github(&server.url());
    let steps = publish(&github, &validated, &Silent).unwrap();
    assert_eq!(steps.last(), Some(&Step::Published));
    let manifest = check_manifest(&github, &validated.tag, &Silent).unwrap();
    assert_eq!(manifest.published_at, None);
}

/// Documents of the publisher must come out as expected; samples only warn.
#[test]
fn pipelines_are_rehearsed() {
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents.ndjson");
    let expected =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/expected/{DGA}.ndjson"));
    let with = |folder: &Path, expected: &Path| {
        let options = Options {
            rehearsal: Rehearsal::Documents {
                documents: documents.clone(),
                expected: Some(expected.to_owned()),
            },
            ..options(Some(nothing_published()))
        };
        validate(folder, &options, &Silent).unwrap()
    };
    let validated = with(&fixture(DGA), &expected);
    assert!(validated.is_fit(), "{:?}", validated.remarks);
    let rehearsed = &validated.rehearsals[0];
    assert_eq!(rehearsed.pipeline, "dns_enrich_pipeline");
    assert!(rehearsed.compared > 0 && rehearsed.agreeing == rehearsed.compared);
    let samples = look(&fixture(DGA));
    assert!(
        samples.rehearsals[0].enriched > 0,
        "{:?}",
        samples.rehearsals
    );

    let folder = TempDir::new().unwrap();
    let path = copy(DGA, DGA, &folder);
    let script = path.join("dga_500100_1.0_ngrams_transform_delete.json");
    let text = fs::read_to_string(&script).unwrap();
    fs::write(
        &script,
        text.replace("\"source\": \"", "\"source\": \"ctx.more = 1; ")
            .replace("\"source\":\"", "\"source\":\"ctx.more = 1; "),
    )
    .unwrap();
    assert_ne!(fs::read_to_string(&script).unwrap(), text);
    let found = errors(&with(&path, &expected));
    assert!(
        found[0].starts_with("rehearsal/failed dns_enrich_pipeline"),
        "{found:?}"
    );
    assert!(look(&path).is_fit());
}

/// Rules that need a job find it, and have names of their own; a family is new
/// only when somebody says so.
#[test]
fn detections_are_whole() {
    let folder = TempDir::new().unwrap();
    let path = copy(DETECTIONS, DETECTIONS, &folder);
    fs::remove_file(path.join("drawn_names_by_client.json")).unwrap();
    let found = errors(&look(&path));
    assert!(
        found.iter().any(
            |error| error.contains("refers to job fixture_drawn_names_by_client")
                && error.contains("ml_fixture_drawn_names_by_client.toml")
        ),
        "{found:?}"
    );
    let path = copy(DETECTIONS, DETECTIONS, &folder);
    let rule = fs::read_to_string(path.join("ml_fixture_drawn_names_by_client.toml")).unwrap();
    let other = rule.replace("7b02", "7bff");
    fs::write(path.join("twice.toml"), other).unwrap();
    let found = errors(&look(&path));
    assert!(found[0].starts_with("release/name-twice"), "{found:?}");

    let known = Options {
        new_family: false,
        ..options(Some(nothing_published()))
    };
    let found = errors(&validate(&fixture(SHAPE), &known, &Silent).unwrap());
    assert!(found[0].starts_with("release/family"), "{found:?}");
    let tag = ReleaseTag::parse("ML-NameShape-20260101-0").unwrap();
    let before = Options {
        published: Some(Published::new(vec![tag], Vec::new())),
        ..known
    };
    assert!(
        validate(&fixture(SHAPE), &before, &Silent)
            .unwrap()
            .is_fit()
    );
}
