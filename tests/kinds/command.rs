//! A package on the whole way by commands: from a registry to a cluster and out
//! of it again.

use std::path::Path;
use std::process::{Command, Stdio};

use sealift::io::release_zip;
use sealift::lab::registry::{Offer, Offers, Registry};

use crate::kit;

/// A package with a pipeline, a tag and a condition.
fn package() -> Vec<u8> {
    let about = "format_version: 3.0.0\nname: tidy\nversion: 2.0.0\ntype: integration\n\
                 conditions:\n  kibana:\n    version: ^8.0.0\n";
    let pipeline =
        "---\ndescription: Tidies.\nprocessors:\n  - lowercase:\n      field: host.name\n";
    let tag = r#"{"id":"tidy-tag","type":"tag","attributes":{"name":"Tidy"},"references":[]}"#;
    let files = [
        ("manifest.yml", about),
        ("elasticsearch/ingest_pipeline/tidy.yml", pipeline),
        ("kibana/tag/tidy-tag.json", tag),
    ];
    let files = files.iter().map(|(name, text)| (*name, text.as_bytes()));
    release_zip::build("tidy-2.0.0", files).unwrap()
}

fn run(room: &Path, args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sealift"))
        .env_clear()
        .env("HOME", room)
        .env("SEALIFT_STATE", room.join("state"))
        .env("COLUMNS", "100")
        .current_dir(room)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(text).unwrap(),
    )
}

#[test]
fn from_a_registry_to_a_cluster_and_out_again() {
    let offer = Offer {
        zip: package(),
        signature: Some(b"signature".to_vec()),
    };
    let key = ("tidy".to_owned(), "2.0.0".to_owned());
    let registry = Registry::start(Offers::from([(key, offer)])).unwrap();
    let room = tempfile::tempdir().unwrap();
    let good = |args: &[&str]| {
        let (code, text) = run(room.path(), args);
        assert_eq!(code, 0, "{args:?}: {text}");
        text
    };
    let url = registry.url();
    let text = good(&[
        "fetch",
        "--registry",
        &url,
        "tidy@2.0.0",
        "--into",
        "packages",
    ]);
    assert!(text.contains("tidy") && text.contains("yes"), "{text}");
    let zip = "packages/tidy-2.0.0.zip";
    good(&["key", "new", "alice", "--no-passphrase"]);
    good(&["pack", zip, "-o", "tidy.sealift", "--key", "alice.key.pem"]);
    let text = good(&["inspect", "tidy.sealift", "--trust", "alice.pub.pem"]);
    assert!(
        text.contains("2.0.0-tidy") && text.contains("tag:tidy-tag"),
        "{text}"
    );

    let lab = kit::lab("8.19");
    let (es, kibana) = (lab.elasticsearch_url(), lab.kibana_url());
    let on = |verb: &'static str, more: &[&str]| -> Vec<String> {
        let mut args = vec![
            verb,
            "tidy.sealift",
            "--trust",
            "alice.pub.pem",
            "--url",
            &es,
            "--kibana-url",
            &kibana,
        ];
        args.extend(more);
        args.into_iter().map(str::to_owned).collect()
    };
    let good_on = |verb: &'static str, more: &[&str]| {
        let args = on(verb, more);
        good(&args.iter().map(String::as_str).collect::<Vec<_>>())
    };
    good_on("install", &["--yes"]);
    let text = good_on("status", &["--exit-code"]);
    assert!(
        text.contains("2 artifacts, all as they should be"),
        "{text}"
    );
    good_on("remove", &["--yes"]);

    // A cluster that the package is not for.
    let old = kit::lab("7.17");
    let (code, text) = run(
        room.path(),
        &[
            "install",
            "tidy.sealift",
            "--trust",
            "alice.pub.pem",
            "--yes",
            "--url",
            &old.elasticsearch_url(),
            "--kibana-url",
            &old.kibana_url(),
        ],
    );
    assert_eq!(code, 8, "{text}");
    assert!(
        text.contains("asks for a stack from 8.0.0 to 8.99.99"),
        "{text}"
    );

    let (code, text) = run(room.path(), &["fetch", "--registry", &url, "tidy@9.9.9"]);
    assert_eq!(code, 3, "{text}");
    let (code, text) = run(room.path(), &["fetch", "--registry", &url, "tidy"]);
    assert_eq!(code, 2, "{text}");
}
