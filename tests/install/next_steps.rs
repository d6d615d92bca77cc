//! What is told of a cluster that cannot take a bundle as it is, and what to do.

use std::process::Command;

use sealift::flow::claims::Claims;
use sealift::io::elasticsearch::memory::Expect;
use sealift::io::files::write_private_new;
use sealift::io::http::Method;
use sealift::lab::{Grade, Lab, LabOptions, License};
use serde_json::{Value, json};

use crate::command::{Desk, outcome};
use crate::kit::{DETECTIONS, DGA, PLAIN, connect, install, lab, open};

#[test]
fn a_plan_tells_what_a_preflight_would_miss() {
    let basic = Lab::start(&LabOptions {
        license: Some(License {
            grade: Grade::Basic,
            expires: None,
        }),
        ..LabOptions::default()
    });
    let desk = Desk::new(&[DGA], basic.unwrap());
    let (_, out, _) = desk.run("plan", &[]);
    assert!(out.contains("cannot be installed as things are"), "{out}");
    assert!(out.contains("basic license does not include"), "{out}");
}

#[test]
fn a_look_before_an_installation_names_what_is_in_the_way() {
    // Without the index that the analytics read.
    let desk = Desk::new(&[DETECTIONS], Lab::start(&LabOptions::default()).unwrap());
    let (code, out, err) = desk.run("install", &["--preflight-only"]);
    assert_eq!(code, 11, "{out}{err}");
    assert!(out.contains("is not ready"), "{out}");
    assert!(
        out.contains("in the way  analytics fixture_client_outliers: its source index"),
        "{out}"
    );
    let part = ["--preflight-only", "--without", "analytics"];
    assert_eq!(desk.run("install", &part).0, 0);
}

#[test]
fn the_address_of_elasticsearch_is_no_kibana() {
    let desk = Desk::new(&[DETECTIONS], lab("8.16.0"));
    let url = desk.lab.elasticsearch_url();
    let mut wrong = Command::new(env!("CARGO_BIN_EXE_sealift"));
    wrong.env_clear().env("HOME", desk.room.path()).args([
        "rule",
        "list",
        "--url",
        &url,
        "--kibana-url",
        &url,
    ]);
    let (code, _, err) = outcome(&mut wrong);
    assert_ne!(code, 0);
    assert!(err.contains("this is not Kibana"), "{err}");
}

#[test]
fn an_api_key_is_taken_as_it_is_written() {
    let lab = Lab::start(&LabOptions {
        users: vec![("elastic".to_owned(), "changeme".to_owned())],
        ..LabOptions::default()
    })
    .unwrap();
    let who = sealift::io::http::Authorization::Basic {
        user: "elastic".to_owned(),
        password: sealift::model::secret::Secret::new("changeme".to_owned()),
    };
    let address = crate::kit::address(&lab, Some(who));
    let admin = sealift::io::cluster::Cluster::connect(address).unwrap();
    let made = admin.elasticsearch.call(
        Method::Post,
        "/_security/api_key",
        &json!({"name": "installer"}),
    );
    let made: Value = made.unwrap();
    let text = |key: &str| made[key].as_str().unwrap().to_owned();
    let plain = format!("{}:{}", text("id"), text("api_key"));
    let desk = Desk::new(&[DGA], lab);
    for (name, key) in [("plain", plain), ("encoded", text("encoded"))] {
        let file = desk.room.path().join(name);
        write_private_new(&file, key.as_bytes()).unwrap();
        let key = ["--api-key-file", file.to_str().unwrap()];
        let (code, out, err) = desk.run("status", &key);
        assert_eq!(code, 0, "{name}: {out}{err}");
    }
}

#[test]
fn work_that_goes_on_is_told_and_what_it_only_announced_is_not_counted() {
    let desk = Desk::new(&[DGA], lab("8.16.0"));
    let cluster = connect(&desk.lab);
    let lock = json!({"kind": "lock", "token": "20260101T000000Z-install-1",
        "holder": "ann@soc7 (process 7)", "until": 4_102_444_800_i64});
    let held = cluster
        .elasticsearch
        .remember_if("lock", &lock, Expect::Nothing)
        .unwrap();
    for command in [&["status"][..], &["cluster", "info"]] {
        let (code, out, err) = outcome(&mut desk.command(command));
        assert_eq!(code, 0, "{err}");
        let told = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            told.contains("ann@soc7 (process 7) is at work, receipt 20260101"),
            "{out}"
        );
    }
    cluster.elasticsearch.forget("lock", held).unwrap();
    let bundle = open(&desk.room.path().join("main-1.sealift"));
    install(&desk.room, &cluster, &bundle, &PLAIN).unwrap();
    let info = || outcome(&mut desk.command(&["cluster", "info"])).1;
    let out = info();
    assert!(out.contains("2 scripts, 1 model, 2 pipelines"), "{out}");
    assert!(!out.contains("at work"), "{out}");

    // Gone with its receipt: the channel is remembered, and nothing of it is here.
    assert_eq!(desk.run("remove", &["--yes"]).0, 0);
    assert!(Claims::read(&cluster).unwrap().is_withdrawn("main"));
    for out in [info(), desk.run("status", &[]).1] {
        let told = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("nothing of it is here any more"), "{out}");
    }
}
