//! Commands over bundles: `diff`, licenses, pipes, and signing by hand.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use sealift::io::files;
use sealift::lab::{Lab, LabOptions};
use sealift::model::key::SecretKey;
use serde_json::Value;

use crate::sandbox::{Run, Sandbox};

/// A sandbox with a key and two bundles: in the second a pipeline is new, one has
/// changed and one is gone.
fn with_bundles() -> Sandbox {
    let sandbox = Sandbox::new();
    let key = SecretKey::from_seed(&[1; 32]);
    let secret = sandbox.write("k.key.pem", &key.to_pem().unwrap());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    sandbox.write("k.pub.pem", &key.public().to_pem().unwrap());
    for (folder, files) in [
        ("old", [("kept", "1"), ("changed", "1"), ("gone", "1")]),
        ("new", [("kept", "1"), ("changed", "2"), ("added", "1")]),
    ] {
        let home = sandbox.path().join(folder).join("R-1");
        std::fs::create_dir_all(&home).unwrap();
        for (id, value) in files {
            let text = format!(
                r#"{{"description": "{id}", "processors": [{{"set": {{"field": "f", "value": "{value}"}}}}]}}"#
            );
            std::fs::write(home.join(format!("{id}_pipeline.json")), text).unwrap();
        }
        std::fs::write(home.join("LICENSE.txt"), "Elastic License 2.0\n\nURL: x\n").unwrap();
    }
    pack(&sandbox, "old/R-1", "old.sealift", &["--sequence", "1"]);
    pack(&sandbox, "new/R-1", "new.sealift", &["--sequence", "2"]);
    sandbox
}

fn pack(sandbox: &Sandbox, folder: &str, output: &str, more: &[&str]) {
    let args = ["pack", folder, "-o", output, "--key", "k.key.pem"];
    let run = run(sandbox, &[&args[..], more].concat());
    assert_eq!(run.code, 0, "{}", run.err);
}

/// Runs `args`; bundles are packed on 2026-01-01.
fn run(sandbox: &Sandbox, args: &[&str]) -> Run {
    let mut command = sandbox.command(args);
    command.env("SOURCE_DATE_EPOCH", "1767225600");
    Run::from(command.output().unwrap())
}

const PAST: [&str; 4] = ["--trust", "k.pub.pem", "--allow-expired", "a test of 2026"];

fn opened(sandbox: &Sandbox, args: &[&str]) -> Run {
    run(sandbox, &[args, &PAST[..]].concat())
}

#[test]
fn diff_tells_what_changed() {
    let sandbox = with_bundles();
    let plain = opened(&sandbox, &["diff", "old.sealift", "new.sealift"]);
    assert_eq!((plain.code, plain.out.as_str()), (0, DIFF), "{}", plain.err);
    let lines = opened(&sandbox, &["diff", "old.sealift", "new.sealift", "--lines"]);
    assert_eq!(
        (lines.code, lines.out.as_str()),
        (0, LINES),
        "{}",
        lines.err
    );
    let args = [
        "diff",
        "old.sealift",
        "new.sealift",
        "--exit-code",
        "--json",
    ];
    let json = opened(&sandbox, &args);
    assert_eq!(json.code, 9, "{}", json.err);
    let document: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(document["result"]["old"]["sequence"], 1);
    assert_eq!(document["result"]["artifacts"].as_array().unwrap().len(), 4);
    let same = ["diff", "old.sealift", "old.sealift", "--exit-code"];
    assert_eq!(opened(&sandbox, &same).code, 0);
}

#[test]
fn licenses_are_carried_and_shown() {
    let sandbox = with_bundles();
    let noted = "license R-1: LICENSE.txt: Elastic License 2.0, URL: x\n";
    let inspected = opened(&sandbox, &["inspect", "old.sealift"]);
    assert!(inspected.out.ends_with(noted), "{}", inspected.out);
    let verified = opened(
        &sandbox,
        &["verify", "old.sealift", "--report", "report.json"],
    );
    assert!(
        verified
            .out
            .contains("\nlicense   R-1: LICENSE.txt: Elastic License 2.0")
    );
    let report = std::fs::read(sandbox.path().join("report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(report["licenses"][0]["about"], "R-1");

    std::fs::remove_file(sandbox.path().join("old/R-1/LICENSE.txt")).unwrap();
    let args = ["--license", "Elastic License v2"];
    pack(&sandbox, "old/R-1", "told.sealift", &args);
    let inspected = opened(&sandbox, &["inspect", "told.sealift"]);
    assert!(inspected.out.ends_with("license R-1: Elastic License v2\n"));
    let bad = run(
        &sandbox,
        &["pack", "old/R-1", "-o", "x", "--license", "a\nb"],
    );
    assert_eq!(bad.code, 2, "{}", bad.err);
}

#[test]
fn what_the_cluster_remembers_is_set_aside_by_name() {
    let sandbox = with_bundles();
    let lab = Lab::start(&LabOptions::default()).unwrap();
    let install = |bundle: &str, state: &str, more: &[&str]| {
        let url = lab.elasticsearch_url();
        let args = ["install", bundle, "--yes", "--url", &url];
        let mut command = sandbox.command(&[&args[..], &PAST[..], more].concat());
        command.env("SEALIFT_STATE", sandbox.path().join(state));
        Run::from(command.output().unwrap())
    };
    let newer = install("new.sealift", "one", &[]);
    assert_eq!(newer.code, 0, "{}", newer.err);
    // Another machine, which remembers nothing: the cluster does.
    for more in [&[][..], &["--allow-channel", "another rule"]] {
        let refused = install("old.sealift", "two", more);
        assert_eq!(refused.code, 8, "{}", refused.err);
        let expected = "the cluster has sequence 2 of channel main, the bundle is sequence 1";
        assert!(refused.err.contains(expected), "{}", refused.err);
    }
    let taken = install("old.sealift", "two", &["--allow-older", "a drill"]);
    assert_eq!(taken.code, 0, "{}", taken.err);
    let receipts = files::walk(&sandbox.path().join("two/receipts"), 10).unwrap();
    let on_record = receipts.iter().any(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        text.contains("\"sequence: a drill\"")
    });
    assert!(on_record, "{receipts:?}");
}

#[test]
fn only_verify_reads_a_pipe() {
    let sandbox = with_bundles();
    let bytes = std::fs::read(sandbox.path().join("old.sealift")).unwrap();
    for command in ["inspect", "plan", "install", "rehearse"] {
        let mut args = vec![command, "-"];
        if matches!(command, "plan" | "install") {
            args.extend(["--url", "http://127.0.0.1:9"]);
        }
        let run = opened(&sandbox, &args);
        assert_eq!(run.code, 2, "{command}: {}", run.err);
        let expected = "only verify reads standard input";
        assert!(run.err.contains(expected), "{command}: {}", run.err);
        assert!(run.err.contains("hint: a bundle is read more than once"));
    }
    let mut child = sandbox
        .command(&[&["verify", "-"], &PAST[..]].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    let piped = Run::from(child.wait_with_output().unwrap());
    assert_eq!(piped.code, 0, "{}", piped.err);
    assert!(piped.out.starts_with("- is what was signed\n"));
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_checked_as_it_goes_by() {
    let sandbox = with_bundles();
    let script = "mkfifo p && { cat old.sealift > p & } && exec \"$0\" verify p \"$@\"";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_sealift")])
        .args(PAST)
        .current_dir(sandbox.path())
        .env("HOME", sandbox.path())
        .output()
        .unwrap();
    let run = Run::from(output);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.starts_with("p is what was signed\n"));
    let refused = opened(&sandbox, &["inspect", "p"]);
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert!(refused.err.contains("only `verify` reads a pipe"));
}

#[test]
fn a_signature_made_by_hand_is_attached() {
    let sandbox = with_bundles();
    let before = std::fs::read(sandbox.path().join("old.sealift")).unwrap();
    let run = run(&sandbox, &["sign", "old.sealift", "--list-only", "list"]);
    assert_eq!(run.code, 0, "{}", run.err);
    openssl(sandbox.path(), "genpkey -algorithm ed25519 -out o.key.pem");
    openssl(sandbox.path(), "pkey -in o.key.pem -pubout -out o.pub.pem");
    openssl(
        sandbox.path(),
        "pkeyutl -sign -rawin -inkey o.key.pem -in list -out o.sig",
    );
    let attach = ["sign", "old.sealift", "--attach", "o.sig", "--signer"];
    let wrong = self::run(&sandbox, &[&attach[..], &["k.pub.pem"]].concat());
    assert_eq!(wrong.code, 7, "{}", wrong.err);
    assert_eq!(
        std::fs::read(sandbox.path().join("old.sealift")).unwrap(),
        before
    );
    let right = self::run(&sandbox, &[&attach[..], &["o.pub.pem"]].concat());
    assert_eq!(right.code, 0, "{}", right.err);
    for key in ["o.pub.pem", "k.pub.pem"] {
        let args = [
            "verify",
            "old.sealift",
            "--trust",
            key,
            "--allow-expired",
            "test",
        ];
        let verified = self::run(&sandbox, &args);
        assert_eq!(verified.code, 0, "{key}: {}", verified.err);
        assert!(
            verified
                .out
                .contains("does not count: the key is not trusted here")
        );
    }
}

fn openssl(folder: &Path, line: &str) {
    let made = Command::new("openssl")
        .args(line.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

const DIFF: &str = "\
old to new
added     pipeline added_pipeline
changed   pipeline changed_pipeline
removed   pipeline gone_pipeline
same      pipeline kept_pipeline
";

const LINES: &str = "\
old to new
added     pipeline added_pipeline
changed   pipeline changed_pipeline
\x20       \"set\": {
\x20         \"field\": \"f\",
-         \"value\": \"1\"
+         \"value\": \"2\"
\x20       }
\x20     }
removed   pipeline gone_pipeline
same      pipeline kept_pipeline
";
