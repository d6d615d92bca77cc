//! TLS and credentials: who is believed, who gets in, and what nobody sees.

use std::fs;
use std::path::Path;
use std::process::Command;

use sealift::error::{Error, ErrorKind};
use sealift::io::cluster::{Address, Cluster};
use sealift::io::http::{Authorization, Roots};
use sealift::lab::{Lab, LabOptions};
use sealift::model::digest::Digest;
use sealift::model::secret::Secret;

use crate::kit::{DGA, Recipe, Room, access, key};

const PASSWORD: &str = "sw0rdfish-in-the-clear";

fn secured() -> Lab {
    Lab::start(&LabOptions {
        users: vec![("elastic".to_owned(), PASSWORD.to_owned())],
        tls: true,
        ..LabOptions::default()
    })
    .unwrap()
}

fn basic(password: &str) -> Authorization {
    Authorization::Basic {
        user: "elastic".to_owned(),
        password: Secret::new(password.to_owned()),
    }
}

fn connect(
    url: &str,
    roots: Roots,
    authorization: Option<Authorization>,
) -> Result<Cluster, Error> {
    let mut access = access(url, authorization);
    access.http.roots = roots;
    access.http.timeouts.response = std::time::Duration::from_secs(5);
    access.http.timeouts.idle = std::time::Duration::from_secs(5);
    access.http.timeouts.connect = std::time::Duration::from_secs(5);
    Cluster::connect(Address {
        label: "secured".to_owned(),
        elasticsearch: access,
        kibana: None,
        space: None,
    })
}

#[test]
fn only_the_right_authority_and_name_are_believed() {
    let lab = secured();
    let other = secured();
    let url = lab.elasticsearch_url();
    let authority = lab.authority().unwrap();
    let pem = |lab: &Lab| Roots::Pem(lab.authority().unwrap().certificate().as_bytes().to_vec());
    let pin = |lab: &Lab| {
        let text = lab
            .authority()
            .unwrap()
            .fingerprint()
            .replace(':', "")
            .to_lowercase();
        Roots::Fingerprint(Digest::parse(&text).unwrap())
    };
    assert!(connect(&url, pem(&lab), Some(basic(PASSWORD))).is_ok());
    assert!(connect(&url, pin(&lab), Some(basic(PASSWORD))).is_ok());
    for (roots, what) in [
        (pem(&other), "another authority"),
        (pin(&other), "another fingerprint"),
        (
            Roots::Platform,
            "an authority that this machine does not know",
        ),
    ] {
        let error = connect(&url, roots, Some(basic(PASSWORD))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Network, "{what}: {error:?}");
    }
    // The certificate is for loopback and localhost, not for this name.
    let port = url.rsplit_once(':').unwrap().1.trim_end_matches('/');
    let wrong = format!("https://127.0.0.2:{port}");
    assert!(connect(&wrong, pem(&lab), Some(basic(PASSWORD))).is_err());
    assert!(authority.certificate().contains("BEGIN CERTIFICATE"));
}

#[test]
fn who_is_not_let_in_is_told_what_to_check() {
    let lab = secured();
    let pem = || Roots::Pem(lab.authority().unwrap().certificate().as_bytes().to_vec());
    for authorization in [Some(basic("wrong")), None] {
        let error = connect(&lab.elasticsearch_url(), pem(), authorization).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cluster);
        assert!(error.next_step().unwrap().contains("password"), "{error:?}");
    }
}

/// All that lies below `folder`, as text.
fn everything(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            everything(&path, into);
        } else {
            into.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn no_secret_is_seen_anywhere() {
    let room = Room::new();
    let bundle = Recipe::of(&[DGA]).packed(room.path());
    let trust = room.path().join("key.pub.pem");
    fs::write(&trust, key().public().to_pem().unwrap()).unwrap();
    let lab = secured();
    let ca = room.path().join("ca.pem");
    fs::write(&ca, lab.authority().unwrap().certificate()).unwrap();
    let mut seen = String::new();
    let wrong = format!("{PASSWORD}-wrong");
    for (verb, password, code) in [
        ("install", PASSWORD, 0),
        ("status", PASSWORD, 0),
        ("status", &wrong, 11),
        ("install", &wrong, 11),
        ("remove", PASSWORD, 0),
        ("history", PASSWORD, 0),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sealift"));
        command
            .env_clear()
            .env("HOME", room.path())
            .env("SEALIFT_PASSWORD", password);
        command.env("SEALIFT_STATE", room.path().join("state"));
        command.arg(verb).args([
            "--url",
            &lab.elasticsearch_url(),
            "--user",
            "elastic",
            "--json",
        ]);
        command
            .args(["--kibana-url", &lab.kibana_url(), "--ca"])
            .arg(&ca);
        if verb != "history" {
            command.arg(&bundle).arg("--trust").arg(&trust);
        }
        if matches!(verb, "install" | "remove") {
            command.arg("--yes");
        }
        let output = command.output().unwrap();
        let text = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(code), "{verb}: {text}");
        seen.push_str(&text);
    }
    everything(&room.path().join("state"), &mut seen);
    seen.push_str(&lab.snapshot()["documents/sealift-receipts"].to_string());
    let access = access(&lab.elasticsearch_url(), Some(basic(PASSWORD)));
    let shown = format!("{access:?}");
    seen.push_str(&shown);
    assert!(
        seen.contains("dga_ngrams_create"),
        "the outputs were not looked at"
    );
    let encoded = sealift::model::base64::encode(format!("elastic:{PASSWORD}").as_bytes());
    assert!(!seen.contains(PASSWORD) && !seen.contains(&encoded));
}
