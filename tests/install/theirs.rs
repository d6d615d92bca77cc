//! What somebody else put in the place of what sealift had put there is theirs.

use sealift::flow::prepare::{self, DefaultPipeline, Wish};
use sealift::flow::status::{self, Standing};
use sealift::io::cluster::Cluster;
use sealift::io::http::Method;
use sealift::lab::Lab;
use sealift::model::plan::{Action, Permissions};
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{CAREFUL, DGA, PLAIN, Recipe, Room, call, connect, install, lab, remove, wanted};

const ADOPT: Permissions = Permissions {
    adopt: true,
    ..CAREFUL
};

fn standing(cluster: &Cluster, id: &str) -> Option<Standing> {
    let told = status::status(cluster, &[], &Silent).unwrap();
    let mut lines = told.artifacts.into_iter();
    lines
        .find(|line| line.artifact.id == id)
        .map(|line| line.standing)
}

fn pipeline(lab: &Lab, id: &str) -> Value {
    call(
        lab,
        Method::Get,
        &format!("/_ingest/pipeline/{id}"),
        &Value::Null,
    )[id]
        .clone()
}

#[test]
fn a_pipeline_without_its_mark_is_not_changed_and_not_removed() {
    const ID: &str = "dns_dga_inference_enrich_pipeline";
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    let ours = pipeline(&lab, ID);

    // Changed by hand and still marked it is ours: drift, which is put right.
    let mut changed = ours.clone();
    changed["description"] = json!("changed by hand");
    call(
        &lab,
        Method::Put,
        &format!("/_ingest/pipeline/{ID}"),
        &changed,
    );
    assert_eq!(standing(&cluster, ID), Some(Standing::Changed));
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    assert_eq!(pipeline(&lab, ID)["description"], ours["description"]);

    let theirs = json!({"description": "theirs", "processors": []});
    call(
        &lab,
        Method::Put,
        &format!("/_ingest/pipeline/{ID}"),
        &theirs,
    );
    assert_eq!(standing(&cluster, ID), Some(Standing::Foreign));
    let refused = install(&room, &cluster, &bundle, PLAIN).unwrap_err();
    assert!(refused.to_string().contains("--adopt"), "{refused}");
    remove(&room, &cluster, &bundle, PLAIN.permissions).unwrap();
    assert_eq!(pipeline(&lab, ID)["description"], "theirs");
    // Nothing of it is remembered any more.
    assert_eq!(standing(&cluster, ID), None);
    let again = remove(&room, &cluster, &bundle, PLAIN.permissions).unwrap();
    assert!(again.receipt.is_none());
    remove(&room, &cluster, &bundle, ADOPT).unwrap();
    assert!(!cluster.elasticsearch.pipelines().unwrap().contains_key(ID));
}

/// A cluster whose version had no room for marks when the objects were put there.
#[test]
fn what_was_never_marked_is_ours_as_long_as_it_is_as_it_was() {
    let room = Room::new();
    let lab = lab("7.13");
    let cluster = connect(&lab);
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    let told = status::status(&cluster, &wanted(&bundle), &Silent).unwrap();
    assert!(!told.has_drift(), "{:#?}", told.artifacts);
    let theirs = json!({"description": "changed", "processors": []});
    let id = "dns_enrich_pipeline";
    call(
        &lab,
        Method::Put,
        &format!("/_ingest/pipeline/{id}"),
        &theirs,
    );
    // There is no telling who it was.
    assert_eq!(standing(&cluster, id), Some(Standing::Changed));
    remove(&room, &cluster, &bundle, PLAIN.permissions).unwrap();
    assert_eq!(standing(&cluster, id), None);
}

#[test]
fn a_setting_that_leads_elsewhere_by_now_stays() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    call(&lab, Method::Put, "/dns-1", &json!({}));
    let theirs = json!({"processors": []});
    call(&lab, Method::Put, "/_ingest/pipeline/theirs", &theirs);
    let asked = DefaultPipeline {
        index: "dns-1".to_owned(),
        pipeline: None,
    };
    let wish = Wish {
        default_pipelines: vec![asked],
        ..PLAIN
    };
    let done = install(&room, &cluster, &bundle, &wish).unwrap();
    let moved = json!({"index.default_pipeline": "theirs"});
    call(&lab, Method::Put, "/dns-1/_settings", &moved);
    assert_eq!(standing(&cluster, "dns-1"), Some(Standing::Foreign));

    let receipt = done.receipt.unwrap();
    let undo = prepare::prepare_rollback(&cluster, &receipt, PLAIN.permissions, &Silent).unwrap();
    let steps = undo.plan.steps.iter();
    let kept: Vec<&str> = steps
        .filter(|step| step.action == Action::Keep)
        .map(|step| step.artifact.id.as_str())
        .collect();
    assert_eq!(kept, ["dns-1"]);
    remove(&room, &cluster, &bundle, PLAIN.permissions).unwrap();
    let settings = call(&lab, Method::Get, "/dns-1/_settings", &Value::Null);
    let index = &settings["dns-1"]["settings"]["index"];
    assert_eq!(index["default_pipeline"], "theirs");
    assert_eq!(standing(&cluster, "dns-1"), None);
}
