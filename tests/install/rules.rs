//! Detection rules: imported, disabled unless asked, users of their jobs.

use sealift::flow::prepare;
use sealift::flow::status::{self, Standing};
use sealift::flow::targets;
use sealift::io::bundle::VerifiedBundle;
use sealift::io::cluster::Cluster;
use sealift::io::elasticsearch::Peer;
use sealift::io::http::{Method, encode_segment};
use sealift::io::kibana::Kibana;
use sealift::lab::{Action, Fault, Lab};
use sealift::model::artifact::ArtifactKind;
use sealift::model::plan::Permissions;
use sealift::model::receipt::Receipt;
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{DETECTIONS, PLAIN, Recipe, Room, access, address, connect, install, lab, remove};

/// The rule that watches the job of the fixtures.
const WATCHING: &str = "5e0f1c52-6a0e-4b5e-9d63-0f0a6a0c7b02";

/// Kibana past the installer.
fn door(lab: &Lab) -> Peer {
    let access = access(&lab.kibana_url(), None);
    Peer::new(access, vec![("kbn-xsrf", "test".to_owned())]).unwrap()
}

fn rules(lab: &Lab) -> Vec<Value> {
    let cluster = connect(lab);
    cluster.kibana.unwrap().all_rules().unwrap()
}

#[test]
fn rules_are_disabled_unless_they_are_asked_to_run() {
    for version in ["7.10", "7.17", "8.16.0", "9.x"] {
        let room = Room::new();
        let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
        let lab = lab(version);
        let cluster = connect(&lab);
        install(&room, &cluster, &bundle, &PLAIN).unwrap();
        let there = rules(&lab);
        assert!(there.len() >= 3, "{version}");
        assert!(
            there.iter().all(|rule| rule["enabled"] == false),
            "{version}"
        );

        // Asked for, they run; and a plain install later leaves them running.
        let mut targets = targets::wanted(&bundle).unwrap();
        targets::enable_rules(&mut targets);
        let prepared = prepare::prepare(&cluster, &bundle, &targets, &PLAIN, &Silent);
        let done = room.with(|bench| prepared.unwrap().apply(&cluster, bench, &Silent));
        assert_eq!(done.unwrap().receipt.unwrap().calls.len(), there.len());
        assert!(
            rules(&lab).iter().all(|rule| rule["enabled"] == true),
            "{version}"
        );
        assert!(
            install(&room, &cluster, &bundle, &PLAIN)
                .unwrap()
                .receipt
                .is_none()
        );
        assert!(
            rules(&lab).iter().all(|rule| rule["enabled"] == true),
            "{version}"
        );
        remove(&room, &cluster, &bundle, Permissions::default()).unwrap();
        assert_eq!(rules(&lab).len(), 0, "{version}");
    }
}

#[test]
fn a_job_that_rules_of_others_watch_stays() {
    let room = Room::new();
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    install(&room, &cluster, &bundle, &PLAIN).unwrap();
    // Somebody else's rule, in another space, watches the same job.
    let kibana = door(&lab);
    let space = json!({"id": "night", "name": "Night shift"});
    kibana
        .call(Method::Post, "/api/spaces/space", &space)
        .unwrap();
    let path = format!(
        "/api/detection_engine/rules?rule_id={}",
        encode_segment(WATCHING)
    );
    let mut rule = kibana.call(Method::Get, &path, &Value::Null).unwrap();
    strip(&mut rule);
    rule["rule_id"] = json!("theirs");
    rule["tags"] = json!([]);
    let path = "/s/night/api/detection_engine/rules";
    kibana.call(Method::Post, path, &rule).unwrap();
    let refused = remove(&room, &cluster, &bundle, Permissions::default()).unwrap_err();
    let text = format!("{refused:?}");
    assert!(
        text.contains("still used by rule theirs of the space night"),
        "{text}"
    );
    let path = "/s/night/api/detection_engine/rules?rule_id=theirs";
    kibana.call(Method::Delete, path, &Value::Null).unwrap();
    remove(&room, &cluster, &bundle, Permissions::default()).unwrap();
}

#[test]
fn a_rule_that_was_changed_by_hand_is_drift() {
    let room = Room::new();
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    install(&room, &cluster, &bundle, &PLAIN).unwrap();
    let kibana = cluster.kibana.as_ref().unwrap();
    let mut rule = kibana.rule(WATCHING).unwrap().unwrap().body;
    // Enabling is the operator's right, and no drift.
    rule["enabled"] = json!(true);
    put(kibana, rule.clone());
    let standing = |cluster: &Cluster| {
        let told = status::status(cluster, &[], &Silent).unwrap();
        let lines = told.artifacts.into_iter();
        let mut lines = lines.filter(|line| line.artifact.id == WATCHING);
        lines.next().unwrap().standing
    };
    assert_eq!(standing(&cluster), Standing::Same);
    rule["risk_score"] = json!(99);
    put(kibana, rule);
    assert_eq!(standing(&cluster), Standing::Changed);
}

/// A second bundle of the channel in which one rule scores higher.
fn with_higher_score(room: &Room) -> VerifiedBundle {
    let mut recipe = Recipe::of(&[DETECTIONS]);
    recipe.sequence = 2;
    let files = &mut recipe.releases[0].1;
    let (_, text) = files
        .iter_mut()
        .find(|(n, _)| n == "fixture_rules.ndjson")
        .unwrap();
    let changed = String::from_utf8(text.clone()).unwrap();
    *text = changed
        .replacen("\"risk_score\":35", "\"risk_score\":36", 1)
        .into_bytes();
    recipe.bundle(room.path())
}

fn undo(room: &Room, cluster: &Cluster, receipt: &Receipt) {
    let prepared = prepare::prepare_rollback(cluster, receipt, PLAIN.permissions, &Silent).unwrap();
    room.with(|bench| prepared.apply(cluster, bench, &Silent))
        .unwrap();
}

/// Gives every rule of the lab what operators give to rules.
fn furnish(lab: &Lab) {
    let kibana = door(lab);
    for rule in rules(lab) {
        let patch = json!({"rule_id": rule["rule_id"],
            "actions": [{"id": "c1", "action_type_id": ".email", "group": "default", "params": {}}],
            "exceptions_list": [{"id": "e1", "list_id": "l1", "type": "rule_default",
                "namespace_type": "single"}]});
        kibana
            .call(Method::Patch, "/api/detection_engine/rules", &patch)
            .unwrap();
    }
}

fn switch(lab: &Lab, enabled: bool) {
    for rule in rules(lab) {
        let patch = json!({"rule_id": rule["rule_id"], "enabled": enabled});
        let kibana = door(lab);
        kibana
            .call(Method::Patch, "/api/detection_engine/rules", &patch)
            .unwrap();
    }
}

#[test]
fn what_operators_gave_to_rules_stays_through_upgrade_and_rollback() {
    for version in ["7.17", "8.16.0", "9.x"] {
        let room = Room::new();
        let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
        let lab = lab(version);
        let cluster = connect(&lab);
        install(&room, &cluster, &bundle, &PLAIN).unwrap();
        furnish(&lab);
        for wanted in [targets::wanted(&bundle).unwrap(), Vec::new()] {
            let told = status::status(&cluster, &wanted, &Silent).unwrap();
            assert!(!told.has_drift(), "{version} {:?}", told.artifacts);
        }
        let intact = |score: i64, enabled: bool| {
            let there = rules(&lab);
            assert!(there.len() >= 3, "{version}");
            for rule in &there {
                assert_eq!(rule["actions"][0]["id"], "c1", "{version} {rule}");
                assert_eq!(
                    rule["exceptions_list"][0]["list_id"], "l1",
                    "{version} {rule}"
                );
                assert_eq!(rule["enabled"], enabled, "{version} {rule}");
            }
            assert!(
                there.iter().any(|rule| rule["risk_score"] == score),
                "{version}"
            );
        };
        let next = with_higher_score(&room);
        let done = install(&room, &cluster, &next, &PLAIN).unwrap();
        let upgrade = done.receipt.unwrap();
        // Only the one rule differs, whatever the operators did to the others.
        assert_eq!(upgrade.calls.len(), 1, "{version}");
        intact(36, false);
        switch(&lab, true);
        undo(&room, &cluster, &upgrade);
        intact(35, true);
        // What went comes back as it was.
        let done = remove(&room, &cluster, &bundle, Permissions::default()).unwrap();
        undo(&room, &cluster, &done.receipt.unwrap());
        intact(35, true);
        // What a run switched on, its rollback switches off.
        switch(&lab, false);
        let mut targets = targets::wanted(&next).unwrap();
        targets::enable_rules(&mut targets);
        let prepared = prepare::prepare(&cluster, &next, &targets, &PLAIN, &Silent).unwrap();
        let done = room.with(|bench| prepared.apply(&cluster, bench, &Silent));
        intact(36, true);
        undo(&room, &cluster, &done.unwrap().receipt.unwrap());
        intact(35, false);
    }
}

/// Takes out of a rule what Kibana adds to it and does not take back.
fn strip(rule: &mut Value) {
    for key in [
        "id",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
        "revision",
        "immutable",
        "rule_source",
        "execution_summary",
    ] {
        rule.as_object_mut().unwrap().remove(key);
    }
}

fn put(kibana: &Kibana, mut body: Value) {
    strip(&mut body);
    let artifact = sealift::model::artifact::ArtifactId::new(ArtifactKind::Rule, WATCHING);
    let verb = sealift::model::operation::Verb::Put;
    let operation = sealift::model::operation::Operation::with(verb, &artifact, body);
    kibana.apply(&operation).unwrap();
}

#[test]
fn what_becomes_of_each_imported_rule_is_told() {
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let kibana = cluster.kibana.as_ref().unwrap();
    let rule = |id: &str| {
        json!({"rule_id": id, "name": id, "description": "d", "type": "query", "query": "*",
            "risk_score": 1, "severity": "low", "enabled": false})
    };
    let first = kibana.import_rules(&[rule("a"), rule("b")], false).unwrap();
    assert_eq!((first.taken, first.refused.len()), (2, 0));
    let mut bad = rule("c");
    bad.as_object_mut().unwrap().remove("severity");
    let second = kibana
        .import_rules(&[rule("a"), bad, rule("d")], false)
        .unwrap();
    let told: Vec<(&str, u16)> = second
        .refused
        .iter()
        .map(|refused| (refused.rule_id.as_str(), refused.status))
        .collect();
    assert_eq!(told, [("a", 409), ("c", 400)]);
    assert_eq!(second.taken, 1);
    assert_eq!(kibana.import_rules(&[rule("a")], true).unwrap().taken, 1);
}

#[test]
fn a_kibana_without_import_takes_rules_one_by_one() {
    let room = Room::new();
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    let lab = lab("8.16.0");
    for _ in 0..8 {
        lab.inject(Fault::once("POST", "*_import*", Action::Status(404)));
    }
    let cluster = connect(&lab);
    install(&room, &cluster, &bundle, &PLAIN).unwrap();
    assert!(rules(&lab).len() >= 3);
}

#[test]
fn a_status_without_kibana_tells_what_was_not_looked_at() {
    let room = Room::new();
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    let lab = lab("8.16.0");
    install(&room, &connect(&lab), &bundle, &PLAIN).unwrap();
    let mut without = address(&lab, None);
    without.kibana = None;
    let mut down = without.clone();
    down.kibana = Some(access("http://127.0.0.1:1", None));
    for (address, why, next) in [
        (without, "no Kibana is named", "--kibana-url"),
        (down, "cannot be used", "check that the address"),
    ] {
        let cluster = Cluster::connect(address).unwrap();
        for wanted in [targets::wanted(&bundle).unwrap(), Vec::new()] {
            let told = status::status(&cluster, &wanted, &Silent).unwrap();
            assert!(!told.has_drift(), "{:?}", told.artifacts);
            for line in &told.artifacts {
                let is_rule = line.artifact.kind == ArtifactKind::Rule;
                assert_eq!(line.standing == Standing::Unseen, is_rule, "{line:?}");
            }
            let unseen = told.unseen.unwrap();
            assert!(unseen.why.contains(why), "{}", unseen.why);
            assert!(unseen.next.unwrap().contains(next));
        }
    }
}

#[test]
fn a_kibana_that_is_down_hinders_only_what_needs_it() {
    let lab = lab("8.16.0");
    let mut address = address(&lab, None);
    address.kibana = Some(access("http://127.0.0.1:1", None));
    let cluster = Cluster::connect(address).unwrap();
    assert!(cluster.kibana.is_none() && cluster.kibana_fault.is_some());
    let facts = cluster.kibana_facts(true).unwrap();
    assert!(facts.fault.unwrap().contains("Kibana"));
    let error = cluster.kibana_for(&"the list of rules").unwrap_err();
    assert!(error.to_string().contains("cannot be used"), "{error:?}");
}
