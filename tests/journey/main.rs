//! The main job from end to end with the built command: fetch, pack, verify,
//! install, install again, remove; from the fixtures, and from releases of real
//! shape where they are at hand.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod field;
#[path = "../common/recorded_publisher.rs"]
mod recorded_publisher;

use sealift::lab::publisher::{Publisher, fixtures};
use serde_json::Value;

use crate::field::Field;

#[test]
fn the_demo_tells_the_whole_way() {
    let field = Field::new("http://127.0.0.1:9", "example/none");
    let run = field.run(&["demo", "--into", "story"]);
    assert_eq!(run.code, 0, "{}", run.err);
    for told in [
        "$ sealift fetch",
        "$ sealift install",
        "15 create",
        "15 keep",
        "15 delete",
    ] {
        assert!(run.out.contains(told), "{told} is missing:\n{}", run.out);
    }
    for left in ["dga.sealift", "sealift.toml", "keys/demo.pub.pem", "state"] {
        assert!(field.path().join("story").join(left).exists(), "{left}");
    }
    let again = field.run(&["demo", "--into", "story"]);
    assert_eq!(again.code, 2, "{}", again.out);
    assert!(again.err.contains("not empty"), "{}", again.err);
}

#[test]
fn the_fixtures_make_the_journey() {
    let publisher = Publisher::start(fixtures().unwrap(), None).unwrap();
    let repository = publisher.desk().shelf().repository.to_string();
    let field = Field::new(&publisher.url(), &repository);
    field.make_index("dns-clients-daily");
    let tags = [
        "ML-DGA-20260105-1",
        "ML-NameShape-20260212-1",
        "ML-experimental-detections-20260220-1",
    ];
    let artifacts = make_the_journey(&field, &tags);
    assert_eq!(artifacts, 20);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let publisher = Publisher::start(fixtures().unwrap(), None).unwrap();
    let repository = publisher.desk().shelf().repository.to_string();
    let field = Field::new(&publisher.url(), &repository);
    let tag = "ML-DGA-20260105-1";
    field.done(&["key", "new", "team", "--dir", "trust", "--no-passphrase"]);
    let mut bundles = Vec::new();
    for (folder, threads) in [("here", "1"), ("there/and/deeper", "2")] {
        field.done(&["fetch", tag, "--into", folder]);
        let zip = format!("{folder}/{tag}.zip");
        let out = format!("{folder}/dga.sealift");
        let pack = ["pack", &zip, "-o", &out, "--key", "trust/team.key.pem"];
        let rest = ["--sequence", "7", "--threads", threads];
        let mut command = field.command(&[&pack[..], &rest[..]].concat());
        command.env("SOURCE_DATE_EPOCH", "1767600000");
        let output = command.output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{err}");
        bundles.push(std::fs::read(field.path().join(out)).unwrap());
    }
    assert!(
        bundles[0] == bundles[1],
        "paths or threads changed the bundle"
    );
}

#[test]
fn releases_of_real_shape_make_the_journey() {
    let Some(data) = recorded_publisher::data() else {
        return;
    };
    let server = recorded_publisher::serve(data);
    let field = Field::new(&server.url(), "acme-soc/detection-rules");
    field.make_index("dga-training");
    field.make_index("dns-client-daily");
    let tags = [
        "ML-DGA-20201129-1",
        "ML-DGA-20210604-2",
        "ML-experimental-detections-20201221-1",
    ];
    let artifacts = make_the_journey(&field, &tags);
    assert_eq!(artifacts, 10 + 3 + 3 + 2 + 3 + 5);
}

#[test]
fn malformed_releases_are_refused_and_leave_nothing() {
    let Some(data) = recorded_publisher::data() else {
        return;
    };
    let server = recorded_publisher::serve(data);
    let field = Field::new(&server.url(), "acme-soc/detection-rules");
    for (tag, code, told) in [
        ("ML-DGA-20201105-0", 5, "no zip"),
        ("ML-ProblemChild-20210203-1", 5, "2 zips"),
        ("ML-DGA-19990101-1", 3, "ML-DGA-19990101-1"),
    ] {
        let run = field.run(&["fetch", tag, "--into", "releases"]);
        assert_eq!(run.code, code, "{tag}: {}", run.err);
        assert!(run.err.contains(told), "{tag}: {}", run.err);
        let zip = field.path().join(format!("releases/{tag}.zip"));
        assert!(!zip.exists(), "{tag} left a zip");
    }
}

/// Fetches `tags` and carries them through; gives the number of artifacts.
fn make_the_journey(field: &Field, tags: &[&str]) -> usize {
    let mut fetch = vec!["fetch", "--into", "releases"];
    fetch.extend(tags);
    field.done(&fetch);
    field.done(&["key", "new", "team", "--dir", "trust", "--no-passphrase"]);

    let zips: Vec<String> = tags
        .iter()
        .map(|tag| format!("releases/{tag}.zip"))
        .collect();
    let mut pack = vec!["pack", "-o", "b.sealift", "--key", "trust/team.key.pem"];
    pack.extend(zips.iter().map(String::as_str));
    field.done(&pack);
    field.done(&["verify", "b.sealift"]);

    let empty = field.snapshot();
    let plan = field.done(&["plan", "b.sealift", "--cluster", "practice"]);
    let artifacts = count(&plan, "create");
    let install = ["install", "b.sealift", "--cluster", "practice", "--yes"];
    let installed = field.done(&install);
    assert_eq!(count(&installed, "create"), artifacts);
    field.done(&["status", "--cluster", "practice", "--exit-code"]);

    let before = field.snapshot();
    let again = field.done(&install);
    assert_eq!(count(&again, "keep"), artifacts);
    assert!(
        field.snapshot() == before,
        "installing again changed something"
    );

    let remove = ["remove", "b.sealift", "--cluster", "practice", "--yes"];
    let removed = field.done(&remove);
    assert_eq!(count(&removed, "delete"), artifacts);
    let left = artifacts_in(field.snapshot());
    assert!(
        left == artifacts_in(empty),
        "removing left something: {left}"
    );
    artifacts
}

/// How many lines of a plan begin with `action`.
fn count(text: &str, action: &str) -> usize {
    // Rows of the table; reasons below it are indented.
    let begins = |line: &&str| line.split(' ').next() == Some(action);
    text.lines().filter(begins).count()
}

/// What a cluster holds, but for the receipts that both directions leave and
/// its own identity.
fn artifacts_in(snapshot: Value) -> Value {
    let Value::Object(mut collections) = snapshot else {
        panic!("a snapshot is an object");
    };
    collections.retain(|name, _| name != "cluster" && !name.contains("sealift"));
    for collection in collections.values_mut() {
        if let Some(documents) = collection.as_object_mut() {
            documents.retain(|id, _| !id.contains("sealift"));
        }
    }
    collections.retain(|_, documents| documents.as_object().is_none_or(|all| !all.is_empty()));
    Value::Object(collections)
}
