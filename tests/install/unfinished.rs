//! Work that did not come to its end: status says so until it is finished or undone,
//! and what cannot be put to work keeps nothing else from being done.

use sealift::error::ErrorKind;
use sealift::flow::prepare::{self, Wish};
use sealift::flow::{history, status};
use sealift::io::cluster::Cluster;
use sealift::io::http::Method;
use sealift::lab::{Action, Fault};
use sealift::model::plan::Permissions;
use sealift::model::receipt::Receipt;
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{
    DETECTIONS, DGA, Files, PLAIN, Recipe, Room, call, connect, install, lab, now, wanted,
};

fn undo(room: &Room, cluster: &Cluster, receipt: &Receipt, permissions: Permissions) {
    let undo = prepare::prepare_rollback(cluster, receipt, permissions, &Silent).unwrap();
    room.with(|bench| undo.apply(cluster, bench, &Silent))
        .unwrap();
}

#[test]
fn status_tells_of_work_that_was_cut_off() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let look = || status::status(&cluster, &[], &Silent).unwrap();
    let refuse = |path: &str| lab.inject(Fault::once("PUT", path, Action::Status(400)));

    // Nothing was done: there is nothing to finish.
    refuse("_scripts/*");
    install(&room, &cluster, &bundle, PLAIN).unwrap_err();
    assert_eq!(look().unfinished, None);

    refuse("_ml/trained_models/*");
    let cut = install(&room, &cluster, &bundle, PLAIN).unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::Partial);
    let told = look();
    assert!(told.has_drift(), "{told:#?}");
    let id = told.unfinished.unwrap();
    assert!(cut.to_string().contains(&id), "{cut}");

    install(&room, &cluster, &bundle, PLAIN).unwrap();
    assert_eq!(look().unfinished, None);
    assert!(!look().has_drift());

    // What was all done but for its end is finished by a run that changes nothing.
    let second = Recipe {
        sequence: 2,
        ..Recipe::of(&[DGA])
    };
    let second = second.bundle(room.path());
    let mut claims = sealift::flow::claims::Claims::read(&cluster).unwrap();
    claims.unfinished = Some("cut-off".to_owned());
    claims.write(&cluster, std::time::Duration::ZERO).unwrap();
    assert!(look().has_drift());
    install(&room, &cluster, &second, PLAIN).unwrap();
    assert!(!look().has_drift());
}

#[test]
fn a_datafeed_that_cannot_start_keeps_nothing_else_from_being_done() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    let start = Wish {
        start: true,
        ..PLAIN
    };
    // The indices that the datafeeds read are not there.
    let cut = install(&room, &cluster, &bundle, &start).unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::Partial, "{cut:?}");
    let told = status::status(&cluster, &wanted(&bundle), &Silent).unwrap();
    let drift = told
        .artifacts
        .iter()
        .filter(|line| line.standing.is_drift());
    assert_eq!(drift.count(), 0, "{:#?}", told.artifacts);
    // Without the wish to start there is nothing left to do.
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    let told = status::status(&cluster, &wanted(&bundle), &Silent).unwrap();
    assert!(!told.has_drift(), "{told:#?}");
}

/// The detections, their datafeeds with or without a frequency of their own.
fn detections(room: &Room, sequence: u64, frequency: bool) -> sealift::io::bundle::VerifiedBundle {
    let mut recipe = Recipe {
        sequence,
        ..Recipe::of(&[DETECTIONS])
    };
    let files: &mut Files = &mut recipe.releases[0].1;
    for (name, bytes) in files
        .iter_mut()
        .filter(|(name, _)| name.contains("datafeed"))
    {
        let mut body: Value = serde_json::from_slice(bytes).unwrap();
        let inner = if body.get("body").is_some() {
            &mut body["body"]
        } else {
            &mut body
        };
        assert!(inner.get("frequency").is_none(), "{name}");
        if frequency {
            inner["frequency"] = json!("600s");
        }
        *bytes = serde_json::to_vec(&body).unwrap();
    }
    recipe.bundle(room.path())
}

#[test]
fn what_a_bundle_takes_out_of_a_datafeed_goes() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let frequency = || {
        let path = "/_ml/datafeeds/datafeed-fixture_rare_zone";
        call(&lab, Method::Get, path, &Value::Null)["datafeeds"][0]["frequency"].clone()
    };
    let bundles = [(1, false), (2, true), (3, false)]
        .map(|(sequence, frequency)| detections(&room, sequence, frequency));
    install(&room, &cluster, &bundles[0], PLAIN).unwrap();
    let done = install(&room, &cluster, &bundles[1], PLAIN).unwrap();
    assert_eq!(frequency(), "600s");
    undo(&room, &cluster, &done.receipt.unwrap(), PLAIN.permissions);
    assert_eq!(frequency(), Value::Null);
    let told = status::status(&cluster, &wanted(&bundles[0]), &Silent).unwrap();
    assert!(!told.has_drift(), "{:#?}", told.artifacts);

    install(&room, &cluster, &bundles[1], PLAIN).unwrap();
    install(&room, &cluster, &bundles[2], PLAIN).unwrap();
    assert_eq!(frequency(), Value::Null);
}

#[test]
fn what_was_undone_is_not_brought_back_by_undoing_later_work() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let first = Recipe::of(&[DGA]).bundle(room.path());
    let mut later = Recipe {
        sequence: 2,
        ..Recipe::of(&[DGA])
    };
    for (_, bytes) in &mut later.releases[0].1 {
        let text = String::from_utf8(bytes.clone()).unwrap();
        *bytes = text.replace("// Breaks", "// Splits").into_bytes();
    }
    let second = later.bundle(room.path());
    let receipts = [&first, &second].map(|bundle| {
        install(&room, &cluster, bundle, PLAIN)
            .unwrap()
            .receipt
            .unwrap()
    });
    for receipt in &receipts {
        undo(&room, &cluster, receipt, PLAIN.permissions);
        let told = status::status(&cluster, &[], &Silent).unwrap();
        assert_eq!(told.artifacts.len(), 0, "{:#?}", told.artifacts);
    }
    assert!(
        lab.snapshot()["scripts"]
            .as_object()
            .is_none_or(serde_json::Map::is_empty)
    );
    assert!(history::all(&cluster, &room.path().join("state"), now().unwrap()).is_ok());
}
