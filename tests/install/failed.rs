//! A job that broke down by itself.

use sealift::io::http::Method;
use sealift::model::plan::Permissions;
use serde_json::{Value, json};

use crate::kit::{CAREFUL, DETECTIONS, PLAIN, Recipe, Room, call, connect, install, lab, remove};

#[test]
fn a_failed_job_is_told_before_anything_is_removed() {
    const JOB: &str = "/_ml/anomaly_detectors/fixture_rare_zone";
    let room = Room::new();
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    install(&room, &cluster, &bundle, &PLAIN).unwrap();
    // The process of the job stumbles over a rule without an action.
    let rule = json!({"actions": [], "conditions": [{"applies_to": "time", "operator": "gt", "value": 1}]});
    let update = json!({"detectors": [{"detector_index": 0, "custom_rules": [rule]}]});
    call(&lab, Method::Post, &format!("{JOB}/_update"), &update);
    call(&lab, Method::Post, &format!("{JOB}/_open"), &Value::Null);
    let before = lab.snapshot();
    let permissions = Permissions {
        restart_jobs: true,
        ..CAREFUL
    };
    let refused = remove(&room, &cluster, &bundle, permissions).unwrap_err();
    let told = refused.to_string();
    assert!(
        told.contains("POST _ml/anomaly_detectors/fixture_rare_zone/_close?force=true"),
        "{told}"
    );
    assert_eq!(lab.snapshot(), before);

    call(
        &lab,
        Method::Post,
        &format!("{JOB}/_close?force=true"),
        &Value::Null,
    );
    remove(&room, &cluster, &bundle, CAREFUL).unwrap();
}
