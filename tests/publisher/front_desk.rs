//! The commands, against the local publisher.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sealift::lab::publisher::{Publisher, Shelf, fixtures};
use sealift::model::release::Repository;
use serde_json::Value;
use tempfile::TempDir;

const DGA: &str = "ML-DGA-20260105-1";

struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Run {
    /// The `result` of the one document.
    fn result(&self) -> Value {
        let document: Value = serde_json::from_str(&self.out).unwrap();
        document["result"].clone()
    }
}

fn sealift(folder: &Path, publisher: &Publisher, args: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_sealift"))
        .args(args)
        .args([
            "--repo",
            "example/ml-releases",
            "--api-url",
            &publisher.url(),
        ])
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("SEALIFT_GITHUB_TOKEN", "hunter2")
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .env("NO_PROXY", "127.0.0.1")
        .env("COLUMNS", "100")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn fixture(tag: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/releases")
        .join(tag)
}

#[test]
fn releases_are_listed_shown_and_fetched() {
    let publisher = Publisher::start(fixtures().unwrap(), None).unwrap();
    let folder = TempDir::new().unwrap();
    let run = |args: &[&str]| sealift(folder.path(), &publisher, args);

    let list = run(&["release", "list"]);
    assert_eq!((list.code, list.err.as_str()), (0, ""));
    assert!(
        list.out.contains(DGA) && list.out.contains("ML-NameShape"),
        "{}",
        list.out
    );
    let list = run(&["release", "list", "--family", "ml-dga", "--json"]);
    assert_eq!(list.result()["releases"].as_array().unwrap().len(), 1);

    let show = run(&["release", "show", DGA]);
    assert_eq!(show.code, 0, "{}", show.err);
    assert!(
        show.out.contains("manifest-ML-DGA-20260105-1.json"),
        "{}",
        show.out
    );
    let show = run(&["release", "show", "ML-DGA-20991231-1"]);
    assert_eq!(show.code, 3);
    assert!(
        show.err.contains("has no release") && show.err.contains("hint: "),
        "{}",
        show.err
    );

    let fetch = run(&["fetch", DGA, "--into", "here", "--json"]);
    assert_eq!(fetch.code, 0, "{}", fetch.err);
    let fetched = &fetch.result()["releases"][0];
    assert_eq!(
        fetched["vouched_by"],
        serde_json::json!(["api", "manifest"])
    );
    let again = run(&["fetch", DGA, "--into", "here", "--json"]);
    assert_eq!(again.result()["releases"][0]["kept"], true);
    assert!(folder.path().join(format!("here/{DGA}.zip")).is_file());

    let manifest = run(&["release", "manifest", DGA]);
    assert!(manifest.out.contains("5 files agree"), "{}", manifest.out);
    let all = run(&["release", "manifest", "--all", "--out", "all.json"]);
    assert!(
        all.out.contains("3 releases have a manifest"),
        "{}",
        all.out
    );
    assert!(folder.path().join("all.json").is_file());
}

#[test]
fn releases_are_compared() {
    let publisher = Publisher::start(fixtures().unwrap(), None).unwrap();
    let folder = TempDir::new().unwrap();
    let run = |args: &[&str]| sealift(folder.path(), &publisher, args);
    let path = fixture(DGA);
    let same = run(&[
        "release",
        "diff",
        DGA,
        path.to_str().unwrap(),
        "--exit-code",
    ]);
    assert_eq!(
        (same.code, same.out.as_str()),
        (0, "no difference\n"),
        "{}",
        same.err
    );

    let here = folder.path().join("changed");
    std::fs::create_dir(&here).unwrap();
    for entry in std::fs::read_dir(&path).unwrap() {
        let file = entry.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.replace("except reverse lookups", "except a few");
        let text = text.replace("dga_500100_1.0\",\"target", "dga_500101_1.0\",\"target");
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let name = name.replace("dga_500100_1.0_model", "dga_500101_1.0_model");
        std::fs::write(here.join(name), text).unwrap();
    }
    let other = run(&["release", "diff", DGA, "changed", "--exit-code"]);
    assert_eq!(other.code, 9, "{}", other.err);
    for line in [
        "removed  model dga_500100_1.0",
        "added    model dga_500101_1.0",
        "changed  pipeline dns_enrich_pipeline",
        "except a few",
    ] {
        assert!(other.out.contains(line), "{line}: {}", other.out);
    }
    assert!(!other.out.contains("dga_ngrams_create\n"), "{}", other.out);
}

#[test]
fn a_folder_is_validated_and_published() {
    let shelf = Shelf::new(Repository::parse("example/ml-releases").unwrap());
    let publisher = Publisher::start(shelf, None).unwrap();
    let folder = TempDir::new().unwrap();
    let run = |args: &[&str]| sealift(folder.path(), &publisher, args);
    let path = fixture(DGA);
    let dir = path.to_str().unwrap();

    let validate = run(&["release", "validate", dir, "--out", "dga.zip"]);
    assert_eq!(validate.code, 0, "{}{}", validate.out, validate.err);
    assert!(
        validate.out.ends_with("fit to be published\n"),
        "{}",
        validate.out
    );
    let unasked = run(&["release", "publish", dir]);
    assert_eq!(unasked.code, 2, "{}", unasked.err);
    let publish = run(&["release", "publish", dir, "--yes"]);
    assert_eq!(publish.code, 0, "{}", publish.err);
    assert!(
        publish.out.contains("made a draft, uploaded the zip"),
        "{}",
        publish.out
    );
    let again = run(&["release", "publish", dir, "--yes"]);
    assert!(
        again.out.contains("everything was there already"),
        "{}{}",
        again.out,
        again.err
    );
    let validate = run(&["release", "validate", dir]);
    assert_eq!(validate.code, 5);
    assert!(validate.out.contains("the next is 2"), "{}", validate.out);

    let fetch = run(&["fetch", DGA]);
    assert_eq!(fetch.code, 0, "{}", fetch.err);
    let zip = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(zip(&format!("{DGA}.zip")), zip("dga.zip"));

    // What was published and fetched back can be packed, and names its publisher.
    let local = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_sealift"))
            .args(args)
            .current_dir(folder.path())
            .env_clear()
            .env("HOME", folder.path())
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&text)
        );
        String::from_utf8(text).unwrap()
    };
    local(&["key", "new", "alice", "--no-passphrase"]);
    let zip = format!("{DGA}.zip");
    local(&["pack", &zip, "-o", "dga.sealift", "--key", "alice.key.pem"]);
    let shown = local(&[
        "inspect",
        "dga.sealift",
        "--trust",
        "alice.pub.pem",
        "--json",
    ]);
    assert!(shown.contains("example/ml-releases"), "{shown}");

    let made = run(&["release", "manifest", DGA, "--make", "--json"]);
    assert_eq!(
        made.result(),
        run(&["release", "manifest", DGA, "--json"]).result()
    );
}
