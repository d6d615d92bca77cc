//! TLS and credentials: who is believed, who gets in, and what nobody sees.

use std::fs;
use std::path::Path;
use std::process::Command;

use sealift::error::{Error, ErrorKind};
use sealift::io::cluster::{Address, Cluster};
use sealift::io::elasticsearch::Elasticsearch;
use sealift::io::http::{Authorization, Identity, Roots, Url};
use sealift::lab::{Lab, LabOptions, Wants};
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
        assert!(error.next_step().is_some(), "{what}: {error:?}");
    }
    // The certificate is for loopback and localhost, not for this name.
    let port = url.rsplit_once(':').unwrap().1.trim_end_matches('/');
    let wrong = format!("https://127.0.0.2:{port}");
    assert!(connect(&wrong, pem(&lab), Some(basic(PASSWORD))).is_err());
    let plain = url.replace("https:", "http:");
    let error = connect(&plain, Roots::Platform, None).unwrap_err();
    assert!(error.next_step().unwrap().contains("https"), "{error:?}");
    assert!(authority.certificate().contains("BEGIN CERTIFICATE"));
}

#[test]
fn a_fingerprint_holds_after_an_address_without_tls() {
    let (lab, other) = (secured(), secured());
    let pin = |lab: &Lab| {
        let text = lab.authority().unwrap().fingerprint();
        Roots::Fingerprint(Digest::parse(&text.replace(':', "").to_lowercase()).unwrap())
    };
    let connect = |roots: Roots| {
        let mut access = access("http://127.0.0.1:1", Some(basic(PASSWORD)));
        access
            .urls
            .push(Url::parse(&lab.elasticsearch_url()).unwrap());
        access.http.roots = roots;
        Elasticsearch::connect(access)
    };
    assert!(connect(pin(&lab)).is_ok());
    assert!(connect(pin(&other)).is_err());
}

/// A cluster whose certificate is as `wants` says.
fn with_certificate(wants: Wants) -> Lab {
    Lab::start(&LabOptions {
        tls: true,
        certificate: wants,
        ..LabOptions::default()
    })
    .unwrap()
}

fn pem(lab: &Lab) -> Roots {
    Roots::Pem(lab.authority().unwrap().certificate().as_bytes().to_vec())
}

#[test]
fn a_certificate_that_is_over_or_of_another_name_is_not_believed() {
    let fine = with_certificate(Wants::default());
    assert!(connect(&fine.elasticsearch_url(), pem(&fine), None).is_ok());
    for wants in [
        Wants {
            expired: true,
            ..Wants::default()
        },
        Wants {
            name: Some("elsewhere.example".to_owned()),
            ..Wants::default()
        },
    ] {
        let lab = with_certificate(wants.clone());
        let fingerprint = Digest::parse(lab.authority().unwrap().fingerprint()).unwrap();
        for roots in [pem(&lab), Roots::Fingerprint(fingerprint)] {
            let error = connect(&lab.elasticsearch_url(), roots, None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Network, "{wants:?}: {error:?}");
            let hint = error.next_step().unwrap();
            assert!(hint.contains("certificate"), "{wants:?}: {error:?}");
        }
    }
}

#[test]
fn callers_without_the_certificate_that_is_asked_for_are_not_let_in() {
    let wants = Wants {
        client: true,
        ..Wants::default()
    };
    let (lab, other) = (with_certificate(wants.clone()), with_certificate(wants));
    let connect = |identity: Option<&Lab>| {
        let mut access = access(&lab.elasticsearch_url(), None);
        access.http.roots = pem(&lab);
        access.http.identity = identity.map(|lab| {
            let (chain, key) = lab.authority().unwrap().caller().unwrap();
            Identity {
                chain: chain.as_bytes().to_vec(),
                key: Secret::new(key.to_owned()),
            }
        });
        Elasticsearch::connect(access)
    };
    assert!(connect(Some(&lab)).is_ok());
    for identity in [None, Some(&other)] {
        let error = connect(identity).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
    }
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

/// Secrets of every other way in.
#[allow(clippy::too_many_lines)]
#[test]
fn no_secret_of_other_ways_in_is_seen_either() {
    let room = Room::new();
    let lab = secured();
    let path = |name: &str| room.path().join(name);
    let private = |name: &str, text: &str| {
        sealift::io::files::write_private_new(&path(name), text.as_bytes()).unwrap();
    };
    fs::write(path("ca.pem"), lab.authority().unwrap().certificate()).unwrap();
    let secrets = [
        ("api.key", "YXBpLWtleS1pZDp0b3Atc2VjcmV0"),
        ("token", "AAEAAWVsYXN0aWMvdG9rZW4tdmVyeS1zZWNyZXQ"),
        ("proxy.password", "pr0xy-passw0rd"),
        ("passphrase", "cl1ent-passphrase"),
    ];
    for (name, text) in secrets {
        private(name, text);
    }
    let key = sealift::model::key::SecretKey::from_seed(&[9; 32]);
    let wrong = key
        .to_encrypted_pem("another passphrase", &[3; 32])
        .unwrap();
    private("client.key", &wrong);
    fs::write(path("client.crt"), lab.authority().unwrap().certificate()).unwrap();
    let of = |name: &str| path(name).to_str().unwrap().to_owned();
    let cloud = format!(
        "soc:{}",
        sealift::model::base64::encode(b"127.0.0.1:1$deployment-secret$kibana-secret")
    );
    let url = lab.elasticsearch_url();
    let ways: [Vec<String>; 5] = [
        vec![
            "--url".into(),
            url.clone(),
            "--api-key-file".into(),
            of("api.key"),
        ],
        vec![
            "--url".into(),
            url.clone(),
            "--token-file".into(),
            of("token"),
        ],
        vec![
            "--url".into(),
            url.clone(),
            "--proxy".into(),
            "http://127.0.0.1:1".into(),
            "--proxy-user".into(),
            "operator".into(),
            "--proxy-password-file".into(),
            of("proxy.password"),
        ],
        vec![
            "--url".into(),
            url,
            "--client-cert".into(),
            of("client.crt"),
            "--client-key".into(),
            of("client.key"),
            "--client-key-passphrase-file".into(),
            of("passphrase"),
        ],
        vec!["--cloud-id".into(), cloud.clone()],
    ];
    for way in ways {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sealift"));
        command.env_clear().env("HOME", room.path());
        command.args(["status", "--timeout", "2", "--connect-timeout", "2", "--ca"]);
        command.arg(path("ca.pem")).args(&way);
        let output = command.output().unwrap();
        let text = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(
            !output.status.success() && !text.is_empty(),
            "{way:?}: {text}"
        );
        for (name, secret) in secrets {
            assert!(!text.contains(secret), "{name}: {text}");
        }
        assert!(!text.contains(&cloud), "{text}");
    }
    let proxy =
        sealift::io::http::Proxy::Through(Secret::new("http://u:pr0xy-passw0rd@h:1".into()));
    let identity = Identity {
        chain: Vec::new(),
        key: Secret::new("cl1ent-key".to_owned()),
    };
    let shown = format!("{proxy:?}{identity:?}");
    assert!(
        !shown.contains("pr0xy") && !shown.contains("cl1ent"),
        "{shown}"
    );
}
