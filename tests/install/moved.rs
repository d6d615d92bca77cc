//! What somebody changes between the plan and its calls is seen, and stays.

use sealift::error::ErrorKind;
use sealift::flow::{history, prepare};
use sealift::io::bundle::VerifiedBundle;
use sealift::io::cluster::Cluster;
use sealift::io::elasticsearch::Elasticsearch;
use sealift::io::http::Method;
use sealift::lab::Lab;
use sealift::model::artifact::{ArtifactId, ArtifactKind};
use sealift::model::plan::Action;
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::between::{Once, behind, front, is, past};
use crate::kit::{
    DETECTIONS, DGA, PLAIN, Recipe, Room, call, connect, install, lab, now, remove, wanted,
};

const JOB: &str = "/_ml/anomaly_detectors/fixture_rare_zone";

const PIPELINE: &str = "/_ingest/pipeline/dns_enrich_pipeline";

/// The same release later, with other scripts and pipelines.
fn later(room: &Room) -> VerifiedBundle {
    let mut recipe = Recipe {
        sequence: 2,
        ..Recipe::of(&[DGA, DETECTIONS])
    };
    for (_, bytes) in recipe.releases.iter_mut().flat_map(|(_, files)| files) {
        let mut text = String::from_utf8(bytes.clone()).unwrap();
        for (from, to) in [
            ("// Breaks", "// Splits"),
            ("Sends DNS", "Leads DNS"),
            ("Zones that hardly", "Zones which hardly"),
        ] {
            text = text.replace(from, to);
        }
        *bytes = text.into_bytes();
    }
    recipe.bundle(room.path())
}

fn first(room: &Room) -> VerifiedBundle {
    Recipe::of(&[DGA, DETECTIONS]).bundle(room.path())
}

/// A cluster that has the first bundle.
fn installed(room: &Room) -> (Lab, Cluster) {
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    install(room, &cluster, &first(room), PLAIN).unwrap();
    (lab, cluster)
}

/// Changes the pipeline by hand.
fn edit(cluster: &Elasticsearch) {
    let mut body = pipeline(cluster);
    let processors = body["processors"].as_array_mut().unwrap();
    processors.push(json!({"set": {"field": "by", "value": "hand"}}));
    cluster.call(Method::Put, PIPELINE, &body).unwrap();
}

fn pipeline(cluster: &Elasticsearch) -> Value {
    let mut found = cluster.call(Method::Get, PIPELINE, &Value::Null).unwrap();
    found["dns_enrich_pipeline"].take()
}

fn is_by_hand(cluster: &Elasticsearch) -> bool {
    pipeline(cluster)
        .to_string()
        .contains(r#"{"field":"by","value":"hand"}"#)
}

#[test]
fn a_change_while_the_plan_waited_is_refused_with_nothing_changed() {
    let room = Room::new();
    let (lab, cluster) = installed(&room);
    let second = later(&room);
    let prepared = prepare::prepare(&cluster, &second, &wanted(&second), &PLAIN, &Silent).unwrap();
    edit(&cluster.elasticsearch);
    let before = lab.snapshot();
    let refused = room
        .with(|bench| prepared.apply(&cluster, bench, &Silent))
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Difference, "{refused:?}");
    let told = refused.to_string();
    assert!(
        told.contains("pipeline dns_enrich_pipeline changed since"),
        "{told}"
    );
    let after = lab.snapshot();
    for part in ["scripts", "pipelines", "models", "jobs", "filters"] {
        assert_eq!(before.get(part), after.get(part), "{part}");
    }
}

#[test]
fn a_change_as_the_lock_is_taken_is_refused_too() {
    for is_removal in [false, true] {
        let room = Room::new();
        let (lab, _) = installed(&room);
        let (once, hand) = (Once::default(), past(&lab));
        let front = front(&lab, move |asked, pass| {
            if is(asked, "PUT", "/sealift-receipts/_create/lock") && once.first() {
                edit(&hand);
            }
            pass(asked)
        });
        let cluster = behind(&lab, &front);
        let refused = if is_removal {
            remove(&room, &cluster, &first(&room), PLAIN.permissions)
        } else {
            install(&room, &cluster, &later(&room), PLAIN)
        };
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Difference, "{refused:?}");
        assert!(is_by_hand(&past(&lab)), "removal {is_removal}");
    }
}

#[test]
fn a_change_between_two_calls_is_not_overwritten() {
    let room = Room::new();
    let (lab, _) = installed(&room);
    let (once, hand) = (Once::default(), past(&lab));
    let front = front(&lab, move |asked, pass| {
        if is(asked, "PUT", "/_scripts/dga_ngrams_create") && once.first() {
            let change = json!({"description": "by hand"});
            let path = format!("{JOB}/_update");
            hand.call(Method::Post, &path, &change).unwrap();
        }
        pass(asked)
    });
    let description =
        || call(&lab, Method::Get, JOB, &Value::Null)["jobs"][0]["description"].clone();
    let cut = install(&room, &behind(&lab, &front), &later(&room), PLAIN).unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::Partial, "{cut:?}");
    let told = format!("{cut:?}");
    assert!(
        told.contains("job fixture_rare_zone is now neither"),
        "{told}"
    );
    assert!(cut.next_step().unwrap().contains("plan again"), "{cut:?}");
    assert_eq!(description(), "by hand");

    // The way back leaves it too.
    let cluster = connect(&lab);
    let state = room.path().join("state");
    let history = history::all(&cluster, &state, now().unwrap()).unwrap();
    let undo = history.receipts.last().unwrap();
    let undo = prepare::prepare_rollback(&cluster, undo, PLAIN.permissions, &Silent).unwrap();
    room.with(|bench| undo.apply(&cluster, bench, &Silent))
        .unwrap();
    assert_eq!(description(), "by hand");
    let script = "/_scripts/dga_ngrams_create";
    let script = call(&lab, Method::Get, script, &Value::Null);
    assert!(script.to_string().contains("// Breaks"), "{script}");
}

#[test]
fn what_a_cluster_changes_by_itself_is_no_difference() {
    let room = Room::new();
    let (lab, cluster) = installed(&room);
    let second = later(&room);
    let prepared = prepare::prepare(&cluster, &second, &wanted(&second), &PLAIN, &Silent).unwrap();
    let job = ArtifactId::new(ArtifactKind::Job, "fixture_rare_zone");
    assert!(
        prepared
            .plan
            .steps
            .iter()
            .any(|step| { step.artifact == job && step.action == Action::Replace })
    );
    call(&lab, Method::Post, &format!("{JOB}/_open"), &Value::Null);
    room.with(|bench| prepared.apply(&cluster, bench, &Silent))
        .unwrap();
    let now = call(&lab, Method::Get, JOB, &Value::Null);
    assert!(now.to_string().contains("Zones which hardly"), "{now}");
}
