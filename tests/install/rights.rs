//! What users learn who may do little: all that they may see, what they lack, and a
//! role that grants it.

use std::process::Command;

use sealift::io::cluster::Cluster;
use sealift::io::http::{Authorization, Method};
use sealift::lab::{Lab, LabOptions};
use sealift::model::secret::Secret;
use serde_json::{Value, json};

use crate::command::{Desk, outcome};
use crate::kit::{DGA, address};

const PASSWORD: &str = "changeme";

/// A secured practice cluster with the user `newcomer`, who has the one role `role`.
fn secured(role: &Value) -> Desk {
    let lab = Lab::start(&LabOptions {
        users: vec![("elastic".to_owned(), PASSWORD.to_owned())],
        ..LabOptions::default()
    })
    .unwrap();
    let desk = Desk::new(&[DGA], lab);
    let user = json!({"roles": ["few"], "password": PASSWORD});
    for (path, body) in [
        ("/_security/role/few", role),
        ("/_security/user/newcomer", &user),
        ("/packetbeat-1", &json!({})),
    ] {
        put(&desk, path, body);
    }
    desk
}

fn put(desk: &Desk, path: &str, body: &Value) {
    let who = Authorization::Basic {
        user: "elastic".to_owned(),
        password: Secret::new(PASSWORD.to_owned()),
    };
    let admin = Cluster::connect(address(&desk.lab, Some(who))).unwrap();
    admin.elasticsearch.call(Method::Put, path, body).unwrap();
}

fn as_newcomer(command: &mut Command) -> (i32, String, String) {
    command.env("SEALIFT_PASSWORD", PASSWORD);
    outcome(command.args(["--user", "newcomer"]))
}

#[test]
fn a_cluster_is_described_to_who_may_not_read_the_receipts() {
    let desk = secured(&json!({"cluster": ["monitor"]}));
    let (code, out, err) = as_newcomer(&mut desk.command(&["cluster", "info"]));
    assert_eq!(code, 0, "{err}");
    for part in [
        "license",
        "manage_ml",
        "user              newcomer",
        "not readable (",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let (_, out, _) = as_newcomer(&mut desk.command(&["cluster", "info", "--json"]));
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["result"]["clusters"][0]["installed"], Value::Null);
}

#[test]
fn a_role_is_printed_for_who_may_not_even_ask_for_the_version() {
    let desk = secured(&json!({"cluster": []}));
    let (code, _, err) = as_newcomer(&mut desk.on_bundle("install", &["--yes"]));
    assert_eq!(code, 11, "{err}");
    assert!(err.contains("--preflight-only prints a role"), "{err}");
    let look = || as_newcomer(&mut desk.on_bundle("install", &["--preflight-only"]));
    let (code, out, err) = look();
    assert_eq!(code, 8, "{err}");
    assert!(out.contains("lacks the cluster privilege monitor"), "{out}");
    let (_, role) = out.split_once("PUT _security/role/sealift\n").unwrap();
    let role: Value = serde_json::from_str(role).unwrap();
    put(&desk, "/_security/role/few", &role);
    let (code, out, err) = look();
    assert_eq!(code, 0, "{out}{err}");
    let (code, out, err) = as_newcomer(&mut desk.on_bundle("install", &["--yes"]));
    assert_eq!(code, 0, "{out}{err}");
}

#[test]
fn a_right_on_an_index_of_somebody_else_is_named() {
    let desk = secured(&json!({"cluster": ["all"], "indices": [
        {"names": ["sealift-receipts"], "privileges": ["all"]}]}));
    let (code, _, err) = as_newcomer(&mut desk.on_bundle("install", &["--yes"]));
    assert_eq!(code, 0, "{err}");
    let args = ["--index", "packetbeat-1"];
    let (code, out, err) = as_newcomer(&mut desk.on_bundle("check", &args));
    assert_ne!(code, 0, "{out}");
    let told = format!("{out}{err}").replace('\n', " ");
    assert!(told.contains("privilege read on packetbeat-1"), "{told}");
    assert!(!told.contains("--preflight-only"), "{told}");
}
