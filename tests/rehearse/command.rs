//! `sealift rehearse` and `sealift pack --validation`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

/// A folder for one test: a release of one pipeline, documents, a key.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Self { folder };
        fs::create_dir(place.path("release")).unwrap();
        let pipeline = json!({"processors": [
            {"set": {"field": "score", "value": 0.25}},
            {"rename": {"field": "old", "target_field": "new"}},
        ]});
        fs::write(
            place.path("release/move_pipeline.json"),
            pipeline.to_string(),
        )
        .unwrap();
        fs::write(
            place.path("good.ndjson"),
            "{\"old\":1}\n{\"_id\":\"b\",\"_source\":{\"old\":[2]}}\n",
        )
        .unwrap();
        fs::write(place.path("bad.ndjson"), "{\"old\":1}\n{\"other\":1}\n").unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs sealift in the folder.
    fn sealift(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_sealift"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .output()
            .unwrap()
    }

    fn pack(&self, documents: &str, more: &[&str]) -> Output {
        let key = self.sealift(&["key", "new", "k", "--no-passphrase"]);
        assert!(
            key.status.success() || self.path("k.key.pem").exists(),
            "{}",
            told(&key)
        );
        let mut arguments = vec!["pack", "release", "-o", "x.sealift", "--key", "k.key.pem"];
        arguments.extend(["--validation", documents]);
        arguments.extend(more);
        self.sealift(&arguments)
    }
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn result(output: &Output) -> Value {
    let answer: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(output)));
    answer["result"].clone()
}

fn report(output: &Output) -> Value {
    result(output)["rehearsals"][0]["report"].clone()
}

#[test]
fn results_are_written_down_and_expected_again() {
    let place = Place::new();
    let first = [
        "rehearse",
        "release",
        "--documents",
        "good.ndjson",
        "--write",
        "expected.ndjson",
    ];
    let output = place.sealift(&first);
    assert!(output.status.success(), "{}", told(&output));
    let text = String::from_utf8_lossy(&output.stdout);
    for part in [
        "entry pipeline move_pipeline",
        "2 documents: 2 enriched",
        "score",
        "0.2 ####",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let expected = fs::read_to_string(Path::new(&place.path("expected.ndjson"))).unwrap();
    assert_eq!(
        expected.lines().next().unwrap(),
        r#"{"outcome":"enriched","_source":{"score":0.25,"new":1}}"#
    );
    let again = [
        "--json",
        "rehearse",
        "release",
        "--documents",
        "good.ndjson",
        "--expected",
        "expected.ndjson",
    ];
    let output = place.sealift(&again);
    assert_eq!(
        (output.status.code(), &report(&output)["agreeing"]),
        (Some(0), &json!(2))
    );
    fs::write(
        place.path("expected.ndjson"),
        expected.replace("[2]", "[3]"),
    )
    .unwrap();
    let output = place.sealift(&again);
    assert_eq!(output.status.code(), Some(9));
    assert_eq!(
        report(&output)["findings"][0]["difference"],
        "new.0 is 2 instead of 3"
    );
}

#[test]
fn a_bundle_carries_documents_and_what_came_out() {
    let place = Place::new();
    let output = place.pack("good.ndjson", &[]);
    assert!(output.status.success(), "{}", told(&output));
    let output = place.sealift(&["--json", "rehearse", "x.sealift", "--trust", "k.pub.pem"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let report = report(&output);
    assert_eq!(
        (&report["compared"], &report["agreeing"]),
        (&json!(2), &json!(2))
    );
}

#[test]
fn what_fails_its_rehearsal_is_packed_only_on_request() {
    let place = Place::new();
    let output = place.pack("bad.ndjson", &[]);
    assert_eq!(output.status.code(), Some(9), "{}", told(&output));
    assert!(
        told(&output).contains("the rehearsal of bad.ndjson failed: line 2"),
        "{}",
        told(&output)
    );
    assert!(!place.path("x.sealift").exists());
    let output = place.pack("bad.ndjson", &["--allow-failed-validation"]);
    assert!(output.status.success(), "{}", told(&output));
    let output = place.sealift(&["--json", "inspect", "x.sealift", "--trust", "k.pub.pem"]);
    assert_eq!(result(&output)["manifest"]["validation"][0]["failed"], 1);
}

#[test]
fn documents_and_an_entry_must_be_clear() {
    let place = Place::new();
    let output = place.sealift(&["rehearse", "release"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("--documents"), "{}", told(&output));
    let other = json!({"processors": []}).to_string();
    fs::write(place.path("release/other_pipeline.json"), other).unwrap();
    let output = place.sealift(&["rehearse", "release", "--documents", "good.ndjson"]);
    assert_eq!(output.status.code(), Some(2));
    let text = told(&output);
    assert!(
        text.contains("move_pipeline, other_pipeline") && text.contains("--entry"),
        "{text}"
    );
    let output = place.sealift(&[
        "rehearse",
        "release",
        "--documents",
        "good.ndjson",
        "--entry",
        "other_pipeline",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}
