//! Plan, install, status, install again, remove.

use sealift::flow::{history, prepare, status};
use sealift::model::plan::Action;
use sealift::model::receipt::Outcome;
use sealift::progress::Silent;

use crate::kit::{
    DETECTIONS, DGA, NAMES, PLAIN, Recipe, Room, connect, install, lab, now, remove, wanted,
};

/// The whole way on one version; everything is `keep` the second time.
fn whole_way(version: &str) {
    let room = Room::new();
    let bundle = Recipe::of(&[DGA, NAMES, DETECTIONS]).bundle(room.path());
    let lab = lab(version);
    let cluster = connect(&lab);
    let empty = lab.snapshot();

    let prepared = prepare::prepare(&cluster, &bundle, &wanted(&bundle), &PLAIN, &Silent).unwrap();
    let count = prepared.plan.steps.len();
    assert_eq!(prepared.plan.count(Action::Create), count, "{version}");
    assert_eq!(lab.snapshot(), empty, "planning changed something");

    let done = install(&room, &cluster, &bundle, &PLAIN)
        .unwrap_or_else(|error| panic!("{version}: {error:?}"));
    let receipt = done.receipt.unwrap();
    assert_eq!(done.warnings, Vec::<String>::new(), "{version}");
    assert_eq!(receipt.state(), "complete");
    assert!(
        receipt
            .calls
            .iter()
            .all(|call| call.outcome == Outcome::Done)
    );

    let told = status::status(&cluster, &wanted(&bundle), &Silent).unwrap();
    assert!(!told.has_drift(), "{version}: {:#?}", told.artifacts);
    assert_eq!(told.artifacts.len(), count);
    let told = status::status(&cluster, &[], &Silent).unwrap();
    assert!(!told.has_drift(), "{version}: {:#?}", told.artifacts);
    assert_eq!(told.artifacts.len(), count);

    let installed = lab.snapshot();
    let prepared = prepare::prepare(&cluster, &bundle, &wanted(&bundle), &PLAIN, &Silent).unwrap();
    for step in &prepared.plan.steps {
        assert_eq!(
            step.action,
            Action::Keep,
            "{version} {}:\n{}",
            step.artifact,
            step.diff
        );
    }
    let again = install(&room, &cluster, &bundle, &PLAIN).unwrap();
    assert_eq!(again.receipt, None);
    assert_eq!(
        lab.snapshot(),
        installed,
        "installing again changed something"
    );

    remove(&room, &cluster, &bundle, PLAIN.permissions).unwrap();
    let told = status::status(&cluster, &[], &Silent).unwrap();
    assert_eq!(told.artifacts.len(), 0, "{:#?}", told.artifacts);
    let receipts = history::all(&cluster, &room.path().join("state"), now().unwrap())
        .unwrap()
        .receipts;
    assert_eq!(receipts.len(), 2);
    let elsewhere = history::all(&cluster, &room.path().join("nowhere"), now().unwrap())
        .unwrap()
        .receipts;
    assert_eq!(elsewhere, receipts, "the cluster tells the same receipts");
}

#[test]
fn on_the_recorded_version() {
    whole_way("8.0.0-SNAPSHOT");
}

#[test]
fn on_7_10() {
    whole_way("7.10.2");
}

#[test]
fn on_8_x() {
    whole_way("8.16.0");
}

#[test]
fn on_9_x() {
    whole_way("9.1.0");
}
