//! `trust` and `key list`: what they print, and what they leave behind.

use sealift::model::key::SecretKey;
use serde_json::{Value, json};

use crate::sandbox::{Run, Sandbox};

/// A sandbox with the key files of `names`, made from 1, 2, 3, ...
fn with_keys(names: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    for (seed, name) in (1..).zip(names) {
        let key = SecretKey::from_seed(&[seed; 32]);
        let secret = sandbox.write(&format!("{name}.key.pem"), &key.to_pem().unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let public = key.public().to_pem().unwrap();
        sandbox.write(&format!("{name}.pub.pem"), &public);
    }
    sandbox
}

/// Runs a command line of words on 2026-01-01.
fn run(sandbox: &Sandbox, line: &str) -> Run {
    let words: Vec<&str> = line.split(' ').collect();
    let mut command = sandbox.command(&words);
    command.env("SOURCE_DATE_EPOCH", "1767225600");
    Run::from(command.output().unwrap())
}

fn said(sandbox: &Sandbox, line: &str) -> String {
    let run = run(sandbox, line);
    assert_eq!(run.code, 0, "{line}: {}", run.err);
    run.out
}

fn result(sandbox: &Sandbox, line: &str) -> Value {
    let document: Value = serde_json::from_str(&said(sandbox, &format!("{line} --json"))).unwrap();
    document["result"].clone()
}

const FIRST: &str = "trust init store --public a.pub.pem --public b.pub.pem --threshold 2 \
                     --key a.key.pem --key b.key.pem";

#[test]
fn a_first_root_is_told_and_shown() {
    let sandbox = with_keys(&["a", "b"]);
    assert_eq!(said(&sandbox, FIRST), INIT);
    assert_eq!(said(&sandbox, "trust show --trust store"), SHOW);
    let shown = result(&sandbox, "trust show --trust store");
    assert_eq!(shown["threshold"], 2);
    assert_eq!(shown["keys"][1]["label"], "a");
    assert_eq!(
        shown["root"],
        json!({"version": 1, "expires": "2028-01-01T00:00:00Z"})
    );
    let again = run(&sandbox, FIRST);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("store has a trust root already"));
    assert!(
        again
            .err
            .contains("hint: make the next one with `sealift trust rotate`")
    );
}

#[test]
fn a_root_waits_for_signatures_and_is_taken_over() {
    let sandbox = with_keys(&["a", "b", "c"]);
    said(&sandbox, FIRST);
    let rotate = "trust rotate store --into next --public c.pub.pem --key a.key.pem";
    assert_eq!(said(&sandbox, rotate), ROTATE);
    let early = run(&sandbox, "trust update store --from next");
    assert_eq!(early.code, 7, "{}", early.err);
    let signed = result(&sandbox, "trust sign next --key b.key.pem --key c.key.pem");
    assert_eq!(signed["complete"], true);
    assert_eq!(signed["signed_by"].as_array().unwrap().len(), 3);
    let taken = said(&sandbox, "trust update store --from next");
    assert!(taken.starts_with("trust root 2, 1 of 1 keys"), "{taken}");
    let shown = result(&sandbox, "trust show --trust store");
    assert_eq!(shown["root"]["version"], 2);
    let nothing = run(&sandbox, "trust update store --from next");
    assert_eq!(nothing.code, 2);
    assert!(nothing.err.contains("next has no root after root.2.json"));
}

#[test]
fn a_policy_file_is_shown_in_words() {
    let sandbox = with_keys(&["a", "b", "c"]);
    let revoked = SecretKey::from_seed(&[3; 32]).public().id();
    sandbox.write(
        "trust.toml",
        &format!(
            "threshold = 2\nchannels = ['prod', 'lab']\nmin_days_left = 14\n\
             [[revoked]]\nid = '{revoked}'\nreason = 'laptop lost in March'\n"
        ),
    );
    assert_eq!(said(&sandbox, "trust show --trust ."), POLICY);
    let shown = result(&sandbox, "trust show --trust .");
    assert_eq!(shown["revoked"][0]["reason"], "laptop lost in March");
    assert_eq!(shown["channels"], json!(["prod", "lab"]));
    assert_eq!(shown["min_days_left"], 14);
    assert_eq!(shown["root"], Value::Null);
}

#[test]
fn keys_are_listed_in_a_table() {
    let sandbox = with_keys(&["a", "b"]);
    assert_eq!(said(&sandbox, "key list ."), LIST);
    let listed = result(&sandbox, "key list .");
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(listed[0]["label"], "a");
    assert_eq!(listed[0]["fingerprint"].as_str().unwrap().len(), 64);
    std::fs::create_dir(sandbox.path().join("none")).unwrap();
    assert_eq!(said(&sandbox, "key list none"), "no keys\n");
}

const INIT: &str = "\
trust root 1, 2 of 2 keys, expires 2028-01-01T00:00:00Z
signed by 47dea58ea00fae94, fd110d301d2f077d
";

const SHOW: &str = "\
2 of 2 keys must sign
\x20 47dea58ea00fae94 b
\x20   hiziv-pikav-pabaz-pupih-dizov-dolil-kitij-ruzoz
\x20 fd110d301d2f077d a
\x20   zuhid-buhub-duhoz-bitut-vajad-hovaz-noluh-hakud
trust root 1, expires 2028-01-01T00:00:00Z
";

const ROTATE: &str = "\
trust root 2, 1 of 1 keys, expires 2028-01-01T00:00:00Z
signed by fd110d301d2f077d
not yet signed by a threshold of its own keys
";

const POLICY: &str = "\
2 of 2 keys must sign
\x20 47dea58ea00fae94 b
\x20   hiziv-pikav-pabaz-pupih-dizov-dolil-kitij-ruzoz
\x20 8cef065b7af83669 c, revoked
\x20   mugoz-binir-lorum-ginon-dihar-luhuf-ladat-guhuv
\x20 fd110d301d2f077d a
\x20   zuhid-buhub-duhoz-bitut-vajad-hovaz-noluh-hakud
revoked 8cef065b7af83669: laptop lost in March
channels prod, lab
bundles must be good for 14 more days
";

const LIST: &str = "\
key id            name  spoken
fd110d301d2f077d  a     zuhid-buhub-duhoz-bitut-vajad-hovaz-noluh-hakud
47dea58ea00fae94  b     hiziv-pikav-pabaz-pupih-dizov-dolil-kitij-ruzoz
";
