//! Plan, install, status, drift, change, roll back, remove.

use sealift::error::ErrorKind;
use sealift::flow::{prepare, status};
use sealift::io::cluster::Cluster;
use sealift::io::http::Method;
use sealift::lab::Lab;
use sealift::model::artifact::{ArtifactId, ArtifactKind};
use sealift::model::plan::{Action, Permissions};
use sealift::model::receipt::Outcome;
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{self, PLAIN, Room, call, connect, install, remove, wanted};
use crate::sample::{bodies, changed, recipe};

const VERSIONS: [&str; 5] = ["7.9", "7.10", "7.17", "8.19", "9.x"];

/// A cluster with the index that the enrich policy reads.
fn lab(version: &str) -> Lab {
    let lab = kit::lab(version);
    let zones = json!({"mappings": {"properties": {"zone": {"type": "keyword"}}}});
    call(&lab, Method::Put, "/zones", &zones);
    lab
}

/// What plan, status and drift say about one artifact.
fn standing(cluster: &Cluster, artifact: &str) -> &'static str {
    let told = status::status(cluster, &[], &Silent).unwrap();
    let line = told
        .artifacts
        .iter()
        .find(|line| line.artifact.to_string() == artifact);
    line.unwrap_or_else(|| panic!("{artifact} is not remembered"))
        .standing
        .name()
}

/// The store but for what sealift itself keeps there.
fn content(lab: &Lab) -> Value {
    let mut all = lab.snapshot();
    if let Some(map) = all.as_object_mut() {
        map.retain(|name, _| !name.starts_with("documents/sealift"));
    }
    if let Some(indices) = all.get_mut("indices").and_then(Value::as_object_mut) {
        indices.retain(|name, _| !name.starts_with("sealift"));
    }
    if let Some(cluster) = all.get_mut("cluster").and_then(Value::as_object_mut) {
        cluster.retain(|name, _| !name.starts_with("ml_saved_objects"));
    }
    all
}

#[test]
fn the_whole_way_on_every_version() {
    for version in VERSIONS {
        let room = Room::new();
        let bundle = recipe(1, &bodies()).bundle(room.path());
        let lab = lab(version);
        let cluster = connect(&lab);
        let before = content(&lab);

        let prepared =
            prepare::prepare(&cluster, &bundle, &wanted(&bundle), &PLAIN, &Silent).unwrap();
        let count = prepared.plan.steps.len();
        assert_eq!(count, 9);
        assert_eq!(prepared.plan.count(Action::Create), count, "{version}");
        let order: Vec<&str> = prepared
            .plan
            .steps
            .iter()
            .map(|step| step.artifact.kind.name())
            .collect();
        let expected = [
            "component",
            "template",
            "index",
            "enrich",
            "script",
            "pipeline",
            "transform",
            "object",
            "object",
        ];
        assert_eq!(order, expected);
        let last = prepared.plan.steps.last().unwrap();
        assert_eq!(
            last.artifact.id, "dashboard:scores-board",
            "after what it needs"
        );

        let done = install(&room, &cluster, &bundle, PLAIN)
            .unwrap_or_else(|error| panic!("{version}: {error:?}"));
        let receipt = done.receipt.unwrap();
        assert!(
            receipt
                .calls
                .iter()
                .all(|call| call.outcome == Outcome::Done)
        );
        let told = status::status(&cluster, &wanted(&bundle), &Silent).unwrap();
        assert!(!told.has_drift(), "{version}: {:#?}", told.artifacts);
        let told = status::status(&cluster, &[], &Silent).unwrap();
        assert!(!told.has_drift(), "{version}: {:#?}", told.artifacts);
        assert_eq!(told.artifacts.len(), count);
        let again = install(&room, &cluster, &bundle, PLAIN).unwrap();
        assert_eq!(again.receipt, None, "{version}");

        remove(&room, &cluster, &bundle, PLAIN.permissions)
            .unwrap_or_else(|error| panic!("{version}: {error:?}"));
        assert_eq!(content(&lab), before, "{version}");
    }
}

#[test]
fn the_mark_stands_where_the_api_has_room() {
    for (version, kind, path, pointer, marked) in [
        (
            "7.10",
            "component",
            "/_component_template/scores_component_template",
            "/component_templates/0/component_template/_meta/sealift/channel",
            true,
        ),
        (
            "7.10",
            "template",
            "/_index_template/scores_index_template",
            "/index_templates/0/index_template/_meta/sealift/channel",
            true,
        ),
        (
            "7.10",
            "transform",
            "/_transform/scores_pivot_transform",
            "/transforms/0/_meta/sealift/channel",
            false,
        ),
        (
            "8.19",
            "transform",
            "/_transform/scores_pivot_transform",
            "/transforms/0/_meta/sealift/channel",
            true,
        ),
    ] {
        let room = Room::new();
        let bundle = recipe(1, &bodies()).bundle(room.path());
        let lab = lab(version);
        install(&room, &connect(&lab), &bundle, PLAIN).unwrap();
        let answer = call(&lab, Method::Get, path, &Value::Null);
        let found = answer.pointer(pointer).and_then(Value::as_str);
        assert_eq!(found, marked.then_some("main"), "{version} {kind}");
    }
}

#[test]
fn drift_is_seen_and_put_right() {
    let room = Room::new();
    let bundle = recipe(1, &bodies()).bundle(room.path());
    let lab = lab("8.19");
    let cluster = connect(&lab);
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    let installed = content(&lab);

    let post = |path: &str, body: Value| call(&lab, Method::Post, path, &body);
    post(
        "/_transform/scores_pivot_transform/_update",
        json!({"frequency": "5m"}),
    );
    let path = "/_component_template/scores_component_template";
    let listed = call(&lab, Method::Get, path, &Value::Null);
    let mut template = listed["component_templates"][0]["component_template"].clone();
    template["template"]["settings"]["index"]["number_of_shards"] = json!("3");
    post(path, template);
    for artifact in [
        "transform scores_pivot_transform",
        "component scores_component_template",
    ] {
        assert_eq!(standing(&cluster, artifact), "changed", "{artifact}");
    }
    assert_eq!(standing(&cluster, "template scores_index_template"), "same");
    // A field that documents brought along is no drift, a board that is gone is.
    let field = json!({"properties": {"score": {"type": "float"}}});
    call(&lab, Method::Put, "/ml_scores_latest/_mapping", &field);
    let board = ArtifactId::new(ArtifactKind::Object, "dashboard:scores-board");
    let gone =
        sealift::model::operation::Operation::bare(sealift::model::operation::Verb::Delete, &board);
    cluster.apply(&gone).unwrap();
    assert_eq!(
        standing(&cluster, "object dashboard:scores-board"),
        "missing"
    );
    let told = status::status(&cluster, &wanted(&bundle), &Silent).unwrap();
    let index = told
        .artifacts
        .iter()
        .find(|line| line.artifact.kind == ArtifactKind::Index);
    assert_eq!(index.unwrap().standing.name(), "same");

    install(&room, &cluster, &bundle, PLAIN).unwrap();
    let told = status::status(&cluster, &wanted(&bundle), &Silent).unwrap();
    assert!(!told.has_drift(), "{:#?}", told.artifacts);
    let now = content(&lab);
    for kept in [
        "component_templates",
        "index_templates",
        "enrich_policies",
        "scripts",
    ] {
        assert_eq!(now[kept], installed[kept], "{kept}");
    }
}

#[test]
fn what_somebody_else_put_there_is_a_conflict() {
    let room = Room::new();
    let bundle = recipe(1, &bodies()).bundle(room.path());
    let lab = lab("8.19");
    let cluster = connect(&lab);
    let theirs =
        json!({"match": {"indices": "zones", "match_field": "zone", "enrich_fields": ["x"]}});
    call(
        &lab,
        Method::Put,
        "/_enrich/policy/known_zones_policy",
        &theirs,
    );
    let theirs = json!({"index_patterns": ["other-*"]});
    call(
        &lab,
        Method::Put,
        "/_index_template/scores_index_template",
        &theirs,
    );
    let prepared = prepare::prepare(&cluster, &bundle, &wanted(&bundle), &PLAIN, &Silent).unwrap();
    assert_eq!(prepared.plan.count(Action::Conflict), 2);
    let adopt = prepare::Wish {
        permissions: Permissions {
            adopt: true,
            restart_jobs: false,
            ..Permissions::default()
        },
        ..PLAIN
    };
    install(&room, &cluster, &bundle, adopt).unwrap();
    let told = status::status(&cluster, &wanted(&bundle), &Silent).unwrap();
    assert!(!told.has_drift(), "{:#?}", told.artifacts);
}

#[test]
fn an_enrich_policy_in_use_keeps_its_name() {
    let room = Room::new();
    let lab = lab("8.19");
    let cluster = connect(&lab);
    let first = recipe(1, &bodies()).bundle(room.path());
    install(&room, &cluster, &first, PLAIN).unwrap();
    let fields = json!(["owner"]);
    let other = changed("known_zones_policy.json", "/match/enrich_fields", fields);
    let second = recipe(2, &other).bundle(room.path());
    let error = install(&room, &cluster, &second, PLAIN).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cluster);
    assert!(
        error
            .to_string()
            .contains("pipeline zones_pipeline uses it"),
        "{error}"
    );
    // Without the pipeline it is made anew, and executed again.
    call(
        &lab,
        Method::Delete,
        "/_ingest/pipeline/zones_pipeline",
        &Value::Null,
    );
    install(&room, &cluster, &second, PLAIN).unwrap();
    let snapshot = lab.snapshot();
    let policy = &snapshot["enrich_policies"]["known_zones_policy"];
    assert_eq!(policy["executed"], true);
    assert_eq!(policy["config"]["match"]["enrich_fields"], json!(["owner"]));
}

#[test]
fn a_policy_without_its_index_is_blocked() {
    let room = Room::new();
    let bundle = recipe(1, &bodies()).bundle(room.path());
    let lab = kit::lab("8.19");
    let error = install(&room, &connect(&lab), &bundle, PLAIN).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("source index zones is not there"),
        "{error}"
    );
}

#[test]
fn another_pivot_makes_the_transform_anew() {
    let room = Room::new();
    let lab = lab("8.19");
    let cluster = connect(&lab);
    install(
        &room,
        &cluster,
        &recipe(1, &bodies()).bundle(room.path()),
        PLAIN,
    )
    .unwrap();
    call(&lab, Method::Put, "/alerts-1", &json!({}));
    call(
        &lab,
        Method::Post,
        "/_transform/scores_pivot_transform/_start",
        &Value::Null,
    );
    let other = changed(
        "scores_pivot_transform.json",
        "/pivot/group_by/host/terms/field",
        json!("user.name"),
    );
    let second = recipe(2, &other).bundle(room.path());
    let error = install(&room, &cluster, &second, PLAIN).unwrap_err();
    assert!(error.to_string().contains("--restart-jobs"), "{error}");
    let wish = prepare::Wish {
        permissions: Permissions {
            adopt: false,
            restart_jobs: true,
            ..Permissions::default()
        },
        ..PLAIN
    };
    install(&room, &cluster, &second, &wish).unwrap();
    let stats = call(
        &lab,
        Method::Get,
        "/_transform/scores_pivot_transform/_stats",
        &Value::Null,
    );
    assert_eq!(stats["transforms"][0]["state"], "started");
    // A change that `_update` takes leaves it running.
    let mut third = other;
    for (name, body) in &mut third {
        if *name == "scores_pivot_transform.json" {
            body["frequency"] = json!("10m");
        }
    }
    let third = recipe(3, &third).bundle(room.path());
    install(&room, &cluster, &third, PLAIN).unwrap();
    let now = call(
        &lab,
        Method::Get,
        "/_transform/scores_pivot_transform",
        &Value::Null,
    );
    assert_eq!(now["transforms"][0]["frequency"], "10m");
    assert_eq!(now["transforms"][0]["_meta"]["sealift"]["sequence"], 3);
    // A running one is only removed after it was stopped.
    let error = remove(&room, &cluster, &third, PLAIN.permissions).unwrap_err();
    assert!(error.to_string().contains("at work"), "{error}");
    remove(&room, &cluster, &third, wish.permissions).unwrap();
    assert_eq!(lab.snapshot().get("transforms"), None);
}

#[test]
fn an_index_with_documents_stays() {
    let room = Room::new();
    let lab = lab("8.19");
    let cluster = connect(&lab);
    let bundle = recipe(1, &bodies()).bundle(room.path());
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    call(
        &lab,
        Method::Post,
        "/ml_scores_latest/_doc",
        &json!({"host": {"name": "a"}}),
    );
    remove(&room, &cluster, &bundle, PLAIN.permissions).unwrap();
    let snapshot = lab.snapshot();
    assert!(snapshot["indices"].get("ml_scores_latest").is_some());
    assert_eq!(snapshot.get("pipelines"), None);
    // Fields can be added to it, not changed.
    let added = json!({"host.name": {"type": "keyword"}, "score": {"type": "float"}});
    let more = changed(
        "ml_scores_latest_mappings.json",
        "/mappings/properties",
        added,
    );
    install(
        &room,
        &cluster,
        &recipe(2, &more).bundle(room.path()),
        PLAIN,
    )
    .unwrap();
    let other = json!({"host.name": {"type": "text"}});
    let other = changed(
        "ml_scores_latest_mappings.json",
        "/mappings/properties",
        other,
    );
    let error = install(
        &room,
        &cluster,
        &recipe(3, &other).bundle(room.path()),
        PLAIN,
    )
    .unwrap_err();
    assert!(error.to_string().contains("mapped otherwise"), "{error}");
}

#[test]
fn the_way_back() {
    for version in VERSIONS {
        let room = Room::new();
        let lab = lab(version);
        let cluster = connect(&lab);
        let before = content(&lab);
        let first = install(
            &room,
            &cluster,
            &recipe(1, &bodies()).bundle(room.path()),
            PLAIN,
        );
        let first = first.unwrap().receipt.unwrap();
        let mut other = changed("scores_pivot_transform.json", "/frequency", json!("5m"));
        for (name, body) in &mut other {
            match *name {
                "scores_dashboards.ndjson" => body[0]["attributes"]["title"] = json!("Others"),
                "scores_index_template.json" => body["priority"] = json!(300),
                _ => {}
            }
        }
        let second = install(
            &room,
            &cluster,
            &recipe(2, &other).bundle(room.path()),
            PLAIN,
        );
        let second = second.unwrap().receipt.unwrap();
        let back = |receipt| {
            let permissions = PLAIN.permissions;
            let prepared =
                prepare::prepare_rollback(&cluster, receipt, permissions, &Silent).unwrap();
            room.with(|bench| prepared.apply(&cluster, bench, &Silent))
                .unwrap()
        };
        back(&second);
        let now = call(
            &lab,
            Method::Get,
            "/_transform/scores_pivot_transform",
            &Value::Null,
        );
        assert_eq!(now["transforms"][0]["frequency"], "1h", "{version}");
        assert!(
            lab.snapshot()["saved_objects/default"]["dashboard:scores-board"]["attributes"]["title"]
                == "Scores"
        );
        back(&first);
        assert_eq!(content(&lab), before, "{version}");
    }
}

#[test]
fn a_removal_is_undone() {
    for version in VERSIONS {
        let room = Room::new();
        let lab = lab(version);
        let cluster = connect(&lab);
        let bundle = recipe(1, &bodies()).bundle(room.path());
        install(&room, &cluster, &bundle, PLAIN).unwrap();
        let removed = remove(&room, &cluster, &bundle, PLAIN.permissions).unwrap();
        let receipt = removed.receipt.unwrap();
        let prepared =
            prepare::prepare_rollback(&cluster, &receipt, PLAIN.permissions, &Silent).unwrap();
        room.with(|bench| prepared.apply(&cluster, bench, &Silent))
            .unwrap_or_else(|error| panic!("{version}: {error:?}"));
        let told = status::status(&cluster, &wanted(&bundle), &Silent).unwrap();
        assert!(!told.has_drift(), "{version}: {:#?}", told.artifacts);
        let policy = &lab.snapshot()["enrich_policies"]["known_zones_policy"];
        assert_eq!(policy["executed"], true, "{version}");
    }
}

#[test]
fn saved_objects_live_in_their_space() {
    let room = Room::new();
    let lab = lab("8.19");
    let bundle = recipe(1, &bodies()).bundle(room.path());
    let mut address = kit::address(&lab, None);
    let default = connect(&lab);
    let space = sealift::io::elasticsearch::Peer::new(
        kit::access(&lab.kibana_url(), None),
        vec![("kbn-xsrf", "test".to_owned())],
    );
    let body = json!({"id": "soc", "name": "SOC"});
    space
        .unwrap()
        .call(Method::Post, "/api/spaces/space", &body)
        .unwrap();
    address.space = Some("soc".to_owned());
    let cluster = Cluster::connect(address).unwrap();
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    let board = ArtifactId::new(ArtifactKind::Object, "dashboard:scores-board");
    assert!(cluster.read(&board).unwrap().is_some());
    assert!(default.read(&board).unwrap().is_none());
}

#[test]
fn a_board_without_its_view_is_refused_with_the_reason() {
    let room = Room::new();
    let lab = lab("8.19");
    let mut all = bodies();
    for (name, body) in &mut all {
        if *name == "scores_dashboards.ndjson" {
            body.as_array_mut().unwrap().remove(1);
        }
    }
    let bundle = recipe(1, &all).bundle(room.path());
    let error = install(&room, &connect(&lab), &bundle, PLAIN).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Partial);
    let text = format!("{error:?}");
    assert!(
        text.contains("index-pattern:scores-view, which is not there"),
        "{text}"
    );
}
