//! What is remembered to be sealift's: what was there already and is taken over,
//! what is known by its mark only, and work that took several runs.

use sealift::flow::status::{self, Standing};
use sealift::flow::{prepare, targets};
use sealift::io::bundle::VerifiedBundle;
use sealift::io::cluster::Cluster;
use sealift::io::http::Method;
use sealift::lab::{Action, Fault, Lab};
use sealift::model::artifact::{ArtifactId, ArtifactKind};
use sealift::model::plan::{Action as Step, Permissions};
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::faults::settled;
use crate::kit::{
    CAREFUL, DETECTIONS, DGA, PLAIN, Recipe, Room, call, connect, install, lab, remove, wanted,
};

/// The kinds and ids that `status` lists, all of them as they should be.
fn listed(cluster: &Cluster) -> Vec<ArtifactId> {
    let told = status::status(cluster, &[], &Silent).unwrap();
    assert!(!told.has_drift(), "{told:#?}");
    let lines = told.artifacts.into_iter();
    lines.map(|line| line.artifact).collect()
}

/// Puts the scripts of `bundle` as somebody would by hand.
fn by_hand(lab: &Lab, bundle: &VerifiedBundle) -> usize {
    let scripts = wanted(bundle)
        .into_iter()
        .filter(|target| target.artifact.kind == ArtifactKind::Script);
    let put = |(id, body): (String, Value)| {
        call(lab, Method::Put, &format!("/_scripts/{id}"), &body);
    };
    scripts
        .map(|target| (target.artifact.id, target.body.unwrap()))
        .map(put)
        .count()
}

#[test]
fn what_is_the_same_already_can_be_taken_over() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let scripts = by_hand(&lab, &bundle);
    assert!(scripts > 0);
    let all = wanted(&bundle).len();
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    assert_eq!(listed(&cluster).len(), all - scripts);

    let before = settled(&lab);
    let adopt = prepare::Wish {
        permissions: Permissions {
            adopt: true,
            ..CAREFUL
        },
        ..PLAIN
    };
    let done = install(&room, &cluster, &bundle, &adopt).unwrap();
    assert_eq!(listed(&cluster).len(), all);
    // To take over is a piece of work like any other.
    let receipt = done.receipt.unwrap();
    let undo = prepare::prepare_rollback(&cluster, &receipt, CAREFUL, &Silent).unwrap();
    room.with(|bench| undo.apply(&cluster, bench, &Silent))
        .unwrap();
    assert_eq!(settled(&lab), before);

    install(&room, &cluster, &bundle, &adopt).unwrap();
    remove(&room, &cluster, &bundle, CAREFUL).unwrap();
    assert!(listed(&cluster).is_empty());
    let scripts = &lab.snapshot()["scripts"];
    assert!(scripts.as_object().is_none_or(serde_json::Map::is_empty));
}

#[test]
fn a_lost_memory_is_made_again_from_the_marks() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    let all = listed(&cluster);
    call(&lab, Method::Delete, "/sealift-receipts", &Value::Null);
    assert!(listed(&cluster).is_empty());
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    // Scripts, filters and datafeeds have no room for a mark.
    let marked =
        |artifact: &&ArtifactId| matches!(artifact.kind, ArtifactKind::Job | ArtifactKind::Rule);
    let found = listed(&cluster);
    let all: Vec<&ArtifactId> = all.iter().filter(marked).collect();
    assert!(!all.is_empty());
    assert_eq!(found.iter().filter(marked).collect::<Vec<_>>(), all);
}

#[test]
fn work_that_took_two_runs_is_undone_as_one() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let before = settled(&lab);
    let path = "_ml/trained_models/*";
    lab.inject(Fault::once("PUT", path, Action::Status(400)));
    install(&room, &cluster, &bundle, PLAIN).unwrap_err();
    let done = install(&room, &cluster, &bundle, PLAIN).unwrap();
    let receipt = done.receipt.unwrap();
    assert!(receipt.header.continues.is_some());
    assert_eq!(receipt.header.by, "tester");

    let state = room.path().join("state");
    let (whole, earlier) = sealift::flow::history::whole(&cluster, &state, receipt).unwrap();
    assert_eq!(earlier.len(), 1);
    let undo = prepare::prepare_rollback(&cluster, &whole, CAREFUL, &Silent).unwrap();
    let undone = room
        .with(|bench| undo.apply(&cluster, bench, &Silent))
        .unwrap();
    assert_eq!(settled(&lab), before);
    let header = undone.receipt.unwrap().header;
    assert_eq!(header.undoes, Some(whole.header.id));
}

#[test]
fn what_is_left_out_of_a_bundle_is_not_pruned() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    let prune = prepare::Wish {
        prune: true,
        ..PLAIN
    };
    let mut some = wanted(&bundle);
    some.retain(|target| target.artifact.kind == ArtifactKind::Filter);
    let planned = prepare::prepare(&cluster, &bundle, &some, &prune, &Silent).unwrap();
    let steps = planned.plan.steps.iter();
    let going: Vec<_> = steps.filter(|step| step.action != Step::Keep).collect();
    assert!(going.is_empty(), "{going:#?}");
}

/// The experimental detections with a datafeed inside a job, as servers show it.
fn with_inner_datafeed(room: &Room) -> VerifiedBundle {
    let mut recipe = Recipe::of(&[DETECTIONS]);
    let files = &mut recipe.releases[0].1;
    files.retain(|(name, _)| name != "datafeed_rare_zone.json");
    for (_, bytes) in files
        .iter_mut()
        .filter(|(name, _)| name == "rare_zone.json")
    {
        let mut job: Value = serde_json::from_slice(bytes).unwrap();
        let body = if job.get("body").is_some() {
            &mut job["body"]
        } else {
            &mut job
        };
        body["datafeed_config"] = json!({"datafeed_id": "inner", "indices": ["dns-*"]});
        *bytes = serde_json::to_vec(&job).unwrap();
    }
    recipe.bundle(room.path())
}

#[test]
fn a_datafeed_inside_a_job_is_put_beside_it_whatever_the_version() {
    for version in ["7.10.2", "8.16.0"] {
        let room = Room::new();
        let lab = lab(version);
        let cluster = connect(&lab);
        let bundle = with_inner_datafeed(&room);
        let inner = ArtifactId::new(ArtifactKind::Datafeed, "inner");
        assert!(
            targets::gone(&bundle)
                .iter()
                .any(|gone| gone.artifact == inner)
        );
        install(&room, &cluster, &bundle, PLAIN).unwrap();
        let there = call(&lab, Method::Get, "/_ml/datafeeds/inner", &Value::Null);
        assert_eq!(
            there["datafeeds"][0]["job_id"], "fixture_rare_zone",
            "{version}"
        );
        assert!(listed(&cluster).contains(&inner), "{version}");

        call(&lab, Method::Delete, "/_ml/datafeeds/inner", &Value::Null);
        let told = status::status(&cluster, &wanted(&bundle), &Silent).unwrap();
        let mut lines = told.artifacts.iter();
        let line = lines.find(|line| line.artifact == inner).unwrap();
        assert_eq!(line.standing, Standing::Missing, "{version}");
        install(&room, &cluster, &bundle, PLAIN).unwrap();
        remove(&room, &cluster, &bundle, CAREFUL).unwrap();
        assert!(listed(&cluster).is_empty(), "{version}");
    }
}
