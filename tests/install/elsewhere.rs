//! Work that is led back from another machine, or looked at from another space of
//! Kibana.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use sealift::error::ErrorKind;
use sealift::flow::prepare;
use sealift::flow::status;
use sealift::io::cluster::Cluster;
use sealift::io::elasticsearch::Peer;
use sealift::io::http::Method;
use sealift::lab::{Action, Fault, Lab};
use sealift::model::artifact::ArtifactKind;
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::command::{Desk, outcome};
use crate::faults::settled;
use crate::kit::{
    DETECTIONS, DGA, PLAIN, Recipe, Room, access, address, call, connect, install, lab, remove,
};

/// Installs the bundle in `file` and kills the process at the `n`th call; whether
/// it still lived then.
fn kill(desk: &Desk, file: &str, n: u64) -> bool {
    let pause = Action::Delay(Duration::from_millis(300));
    desk.lab.inject(Fault::nth("*", "*", n, pause));
    let trust = desk.room.path().join("key.pub.pem");
    let mut child = desk
        .command(&["install", file, "--trust", trust.to_str().unwrap(), "--yes"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while desk.lab.faults_waiting() > 0 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
    let lives = child.try_wait().unwrap().is_none();
    if lives {
        child.kill().unwrap();
    }
    child.wait().unwrap();
    desk.lab.clear_faults();
    std::thread::sleep(Duration::from_millis(350));
    lives
}

/// What another machine says to a command.
fn other(desk: &Desk, args: &[&str]) -> (i32, String, String) {
    let state = desk.room.path().join("other machine");
    outcome(desk.command(args).env("SEALIFT_STATE", state))
}

/// The id of the last receipt, as the other machine knows it.
fn last_receipt(desk: &Desk) -> Option<String> {
    let (code, out, err) = other(desk, &["history", "--json"]);
    assert_eq!(code, 0, "{err}");
    let told: Value = serde_json::from_str(&out).unwrap();
    let receipts = told["result"]["clusters"][0]["receipts"].as_array();
    let last = receipts.unwrap().last()?;
    Some(last["header"]["id"].as_str().unwrap().to_owned())
}

/// The second bundle of the channel, whose scripts differ.
fn second(desk: &Desk) -> PathBuf {
    let mut later = Recipe {
        sequence: 2,
        ..Recipe::of(&[DGA, DETECTIONS])
    };
    for (_, bytes) in &mut later.releases[0].1 {
        let text = String::from_utf8(bytes.clone()).unwrap();
        *bytes = text.replace("// Breaks", "// Splits").into_bytes();
    }
    later.packed(desk.room.path())
}

#[test]
fn work_of_a_lost_machine_is_led_back_from_another() {
    let desk = Desk::new(&[DGA, DETECTIONS], lab("8.16.0"));
    let second = second(&desk);
    let mut led_back = 0;
    for is_upgrade in [false, true] {
        if is_upgrade {
            assert_eq!(desk.run("install", &["--yes"]).0, 0);
        }
        let file = if is_upgrade {
            second.to_str().unwrap().to_owned()
        } else {
            let first = desk.room.path().join("main-1.sealift");
            first.to_str().unwrap().to_owned()
        };
        let before = settled(&desk.lab);
        let mut seen = BTreeSet::from([last_receipt(&desk)]);
        for n in (20..90).step_by(7) {
            if !kill(&desk, &file, n) {
                continue;
            }
            // Its lease is over.
            end_lease(&desk.lab);
            let id = last_receipt(&desk);
            if !seen.insert(id.clone()) {
                assert_eq!(settled(&desk.lab), before, "killed at call {n}");
                continue;
            }
            let (code, out, err) = other(&desk, &["rollback", &id.unwrap(), "--yes"]);
            assert_eq!(code, 0, "killed at call {n}: {out}{err}");
            assert_eq!(settled(&desk.lab), before, "killed at call {n}: {out}");
            seen.insert(last_receipt(&desk));
            led_back += 1;
        }
    }
    assert!(led_back >= 8, "only {led_back} were led back");
}

/// Takes the lock of a dead machine away, as the end of its lease does.
fn end_lease(lab: &Lab) {
    let store = lab.snapshot();
    if !store["documents/sealift-receipts"]["lock"].is_null() {
        let path = "/sealift-receipts/_doc/lock";
        call(lab, Method::Delete, path, &Value::Null);
    }
}

/// The cluster with the space `night` of its Kibana.
fn in_space(lab: &Lab) -> Cluster {
    let mut address = address(lab, None);
    address.space = Some("night".to_owned());
    Cluster::connect(address).unwrap()
}

fn rules(lab: &Lab, space: &str) -> usize {
    let store = lab.snapshot();
    let rules = store.get(format!("rules/{space}"));
    rules
        .and_then(Value::as_object)
        .map_or(0, serde_json::Map::len)
}

#[test]
fn each_space_of_kibana_has_its_own_rules() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    let day = connect(&lab);
    let space = json!({"id": "night", "name": "Night shift"});
    let kibana = Peer::new(
        access(&lab.kibana_url(), None),
        vec![("kbn-xsrf", "test".to_owned())],
    );
    let spaces = "/api/spaces/space";
    kibana.unwrap().call(Method::Post, spaces, &space).unwrap();
    let night = in_space(&lab);
    install(&room, &day, &bundle, PLAIN).unwrap();
    let count = rules(&lab, "default");
    assert!(count > 0 && rules(&lab, "night") == 0, "{count}");

    let done = install(&room, &night, &bundle, PLAIN).unwrap();
    assert_eq!(rules(&lab, "night"), count);
    for cluster in [&day, &night] {
        let told = status::status(cluster, &[], &Silent).unwrap();
        let other = if cluster.space == "night" {
            "default"
        } else {
            "night"
        };
        assert_eq!(told.elsewhere.get(other), Some(&count), "{told:#?}");
        let ours = told.artifacts.iter();
        let ours = ours.filter(|line| line.artifact.kind == ArtifactKind::Rule);
        assert_eq!(ours.count(), count);
        assert!(!told.has_drift(), "{told:#?}");
    }

    let receipt = done.receipt.unwrap();
    let undo = |cluster: &Cluster| {
        prepare::prepare_rollback(cluster, &receipt, PLAIN.permissions, &Silent)
    };
    let refused = undo(&day).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Usage);
    assert_eq!(refused.next_step(), Some("add --space night"));
    room.with(|bench| undo(&night).unwrap().apply(&night, bench, &Silent))
        .unwrap();
    assert_eq!((rules(&lab, "default"), rules(&lab, "night")), (count, 0));
    let told = status::status(&day, &[], &Silent).unwrap();
    assert!(told.elsewhere.is_empty() && !told.has_drift(), "{told:#?}");

    remove(&room, &day, &bundle, PLAIN.permissions).unwrap();
    assert_eq!(rules(&lab, "default"), 0);
}
