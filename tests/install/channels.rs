//! What bundles of several channels want under one id.

use sealift::flow::prepare::{self, Wish};
use sealift::flow::{status, targets};
use sealift::io::bundle::VerifiedBundle;
use sealift::io::cluster::Cluster;
use sealift::lab::Lab;
use sealift::model::plan::{Action, Permissions};
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{CAREFUL, DGA, PLAIN, Recipe, Room, connect, install, lab, remove, wanted};

const ENTRY: &str = "dns_enrich_pipeline";
const ADOPT: Permissions = Permissions {
    adopt: true,
    ..CAREFUL
};

/// The release in `channel`, its entry with this description.
fn bundle(room: &Room, (channel, sequence): (&'static str, u64), text: &str) -> VerifiedBundle {
    let mut recipe = Recipe::of(&[DGA]);
    (recipe.channel, recipe.sequence) = (channel, sequence);
    for (name, bytes) in &mut recipe.releases[0].1 {
        if name.contains("ingest_pipeline1") {
            let mut body: Value = serde_json::from_slice(bytes).unwrap();
            body["description"] = json!(text);
            *bytes = body.to_string().into_bytes();
        }
    }
    recipe.bundle(room.path())
}

/// The description of the entry, which bundles may differ in.
fn entry(lab: &Lab) -> Option<Value> {
    let there = connect(lab).elasticsearch.pipelines().unwrap();
    there.get(ENTRY).map(|body| body["description"].clone())
}

fn drift(cluster: &Cluster, bundle: &VerifiedBundle) -> bool {
    let told = status::status(cluster, &wanted(bundle), &Silent).unwrap();
    told.has_drift()
}

#[test]
fn a_bundle_of_another_channel_takes_nothing_over_unasked() {
    for version in ["7.10", "8.16.0"] {
        let room = Room::new();
        let ours = bundle(&room, ("ours", 1), "one");
        let other = bundle(&room, ("other", 1), "two");
        let lab = lab(version);
        let cluster = connect(&lab);
        install(&room, &cluster, &ours, &PLAIN).unwrap();
        let before = lab.snapshot();
        let refused = install(&room, &cluster, &other, &PLAIN).unwrap_err();
        let told = refused.to_string();
        assert!(
            told.contains(&format!("pipeline {ENTRY}: another pipeline")),
            "{told}"
        );
        assert!(
            told.contains("of channel ours; --adopt takes it over"),
            "{told}"
        );
        assert_eq!(lab.snapshot(), before, "{version}");

        let adopt = Wish {
            permissions: ADOPT,
            ..PLAIN
        };
        install(&room, &cluster, &other, &adopt).unwrap();
        assert_eq!(entry(&lab), Some(json!("two")), "{version}");
        // By now it is the other's, and so is everything that both brought.
        assert!(drift(&cluster, &ours), "{version}");
        remove(&room, &cluster, &ours, CAREFUL).unwrap();
        assert_eq!(entry(&lab), Some(json!("two")), "{version}");
        assert!(!drift(&cluster, &other), "{version}");
        remove(&room, &cluster, &other, CAREFUL).unwrap();
        assert_eq!(entry(&lab), None, "{version}");
    }
}

#[test]
fn what_two_channels_have_in_common_goes_with_the_second() {
    for version in ["7.10", "8.16.0"] {
        let room = Room::new();
        let first = bundle(&room, ("first", 1), "one");
        let second = bundle(&room, ("second", 1), "one");
        let lab = lab(version);
        let cluster = connect(&lab);
        let begun = install(&room, &cluster, &first, &PLAIN).unwrap();
        let done = install(&room, &cluster, &second, &PLAIN).unwrap();
        assert_eq!(done.receipt.unwrap().calls.len(), 0, "{version}");
        let again = install(&room, &cluster, &first, &PLAIN).unwrap();
        assert!(again.receipt.is_none(), "{version}");
        assert!(!drift(&cluster, &first) && !drift(&cluster, &second));

        // An upgrade of the one would change it under the other.
        let later = bundle(&room, ("first", 2), "two");
        let refused = install(&room, &cluster, &later, &PLAIN).unwrap_err();
        assert!(
            refused.to_string().contains("of channel second"),
            "{refused}"
        );
        // So would the way back.
        let receipt = begun.receipt.unwrap();
        let undo = prepare::prepare_rollback(&cluster, &receipt, CAREFUL, &Silent).unwrap();
        assert!(undo.plan.count(Action::Blocked) > 0, "{version}");

        remove(&room, &cluster, &first, CAREFUL).unwrap();
        assert_eq!(entry(&lab), Some(json!("one")), "{version}");
        assert!(!drift(&cluster, &second), "{version}");
        let again = remove(&room, &cluster, &first, CAREFUL).unwrap();
        assert!(again.receipt.is_none(), "{version}");
        remove(&room, &cluster, &second, CAREFUL).unwrap();
        assert_eq!(entry(&lab), None, "{version}");
        let told = status::status(&cluster, &[], &Silent).unwrap();
        assert_eq!(told.artifacts.len(), 0, "{:#?}", told.artifacts);
    }
}

#[test]
fn prune_leaves_what_another_channel_has_too() {
    let room = Room::new();
    let first = bundle(&room, ("first", 1), "one");
    let second = bundle(&room, ("second", 1), "one");
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    install(&room, &cluster, &first, &PLAIN).unwrap();
    install(&room, &cluster, &second, &PLAIN).unwrap();
    let prune = Wish {
        prune: true,
        unchecked: true,
        ..PLAIN
    };
    let mut next = Recipe::of(&[crate::kit::NAMES]);
    (next.channel, next.sequence) = ("first", 2);
    let next = next.bundle(room.path());
    install(&room, &cluster, &next, &prune).unwrap();
    assert_eq!(entry(&lab), Some(json!("one")));
    // What is the first's alone by then does go.
    remove(&room, &cluster, &second, CAREFUL).unwrap();
    assert_eq!(entry(&lab), None);
}

#[test]
fn what_a_newer_bundle_has_does_not_go_with_an_older_one() {
    let room = Room::new();
    let older = bundle(&room, ("main", 1), "one");
    let newer = bundle(&room, ("main", 2), "two");
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    install(&room, &cluster, &older, &PLAIN).unwrap();
    install(&room, &cluster, &newer, &PLAIN).unwrap();
    let all = Permissions {
        adopt: true,
        ..CAREFUL
    };
    for (bundle, permissions, action, told) in [
        (&older, CAREFUL, Action::Keep, true),
        (&older, all, Action::Delete, true),
        (&newer, CAREFUL, Action::Delete, false),
    ] {
        let prepared = prepare::prepare_removal(
            &cluster,
            &targets::origin(bundle),
            &targets::gone(bundle),
            permissions,
            &Silent,
        )
        .unwrap();
        let steps = prepared.plan.steps.iter();
        let step = steps
            .clone()
            .find(|step| step.artifact.id == ENTRY)
            .unwrap();
        assert_eq!(step.action, action);
        let names = step.reasons.iter().any(|why| why.contains("sequence 2"));
        assert_eq!(names, told, "{:?}", step.reasons);
    }
    remove(&room, &cluster, &older, CAREFUL).unwrap();
    assert_eq!(entry(&lab), Some(json!("two")));
}
