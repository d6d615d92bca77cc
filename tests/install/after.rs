//! What follows an installation: default pipelines, jobs at work, recent documents,
//! advice.

use sealift::flow::check::{documents, recent};
use sealift::flow::prepare::{self, DefaultPipeline, Wish};
use sealift::flow::status;
use sealift::io::http::Method;
use sealift::lab::Lab;
use sealift::model::plan::{Action, Permissions};
use sealift::model::receipt::Receipt;
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{
    DETECTIONS, DGA, PLAIN, Recipe, Room, call, connect, install, lab, remove, wanted,
};

fn undo(room: &Room, lab: &Lab, receipt: &Receipt) {
    let cluster = connect(lab);
    let undo = prepare::prepare_rollback(&cluster, receipt, PLAIN.permissions, &Silent).unwrap();
    room.with(|bench| undo.apply(&cluster, bench, &Silent))
        .unwrap();
}

fn default_of(lab: &Lab, index: &str) -> Value {
    let settings = call(
        lab,
        Method::Get,
        &format!("/{index}/_settings"),
        &Value::Null,
    );
    settings[index]["settings"]["index"]["default_pipeline"].clone()
}

fn with_defaults(index: &str) -> Wish {
    Wish {
        default_pipelines: vec![DefaultPipeline {
            index: index.to_owned(),
            pipeline: None,
        }],
        ..PLAIN
    }
}

#[test]
fn a_default_pipeline_is_set_and_taken_back() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    call(&lab, Method::Put, "/packetbeat-1", &json!({}));
    let theirs = json!({"processors": []});
    call(&lab, Method::Put, "/_ingest/pipeline/theirs", &theirs);
    let settings = json!({"settings": {"index.default_pipeline": "theirs"}});
    call(&lab, Method::Put, "/packetbeat-2", &settings);

    let wish = with_defaults("packetbeat-*");
    let refused = install(&room, &cluster, &bundle, &wish).unwrap_err();
    assert!(
        refused.to_string().contains("setting packetbeat-2"),
        "{refused}"
    );
    let adopt = Wish {
        permissions: Permissions {
            adopt: true,
            ..Permissions::default()
        },
        ..wish.clone()
    };
    let done = install(&room, &cluster, &bundle, &adopt).unwrap();
    let advice = done.advice.iter().map(|one| one.what.as_str());
    let advice: Vec<&str> = advice.collect();
    assert!(
        advice[0].contains("packetbeat-1, packetbeat-2"),
        "{advice:?}"
    );
    for index in ["packetbeat-1", "packetbeat-2"] {
        assert_eq!(default_of(&lab, index), "dns_enrich_pipeline");
    }
    let told = status::status(&cluster, &wanted(&bundle), &Silent).unwrap();
    assert!(!told.has_drift(), "{:#?}", told.artifacts);
    // A later installation that does not speak of it leaves it.
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    assert_eq!(default_of(&lab, "packetbeat-1"), "dns_enrich_pipeline");
    undo(&room, &lab, &done.receipt.unwrap());
    assert_eq!(default_of(&lab, "packetbeat-1"), Value::Null);
    assert_eq!(default_of(&lab, "packetbeat-2"), "theirs");

    install(&room, &cluster, &bundle, with_defaults("packetbeat-1")).unwrap();
    remove(&room, &cluster, &bundle, PLAIN.permissions).unwrap();
    assert_eq!(default_of(&lab, "packetbeat-1"), Value::Null);
    let refused = install(&room, &cluster, &bundle, with_defaults("nowhere")).unwrap_err();
    assert!(
        refused.to_string().contains("no index nowhere"),
        "{refused}"
    );
}

fn states(lab: &Lab) -> [Value; 2] {
    let of =
        |path: &str, key: &str| call(lab, Method::Get, path, &Value::Null)[key][0]["state"].clone();
    [
        of("/_ml/anomaly_detectors/fixture_rare_zone/_stats", "jobs"),
        of(
            "/_ml/datafeeds/datafeed-fixture_rare_zone/_stats",
            "datafeeds",
        ),
    ]
}

#[test]
fn jobs_are_put_to_work_and_to_rest_again() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let mapping = json!({"mappings": {"properties": {"@timestamp": {"type": "date"}}}});
    call(&lab, Method::Put, "/dns-1", &mapping);
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    let done = install(&room, &cluster, &bundle, PLAIN).unwrap();
    assert_eq!(states(&lab), ["closed", "stopped"]);
    let told = |done: &sealift::flow::install::Done, part: &str| {
        let lines = done
            .advice
            .iter()
            .flat_map(|one| [&one.what].into_iter().chain(&one.lines));
        lines.into_iter().any(|line| line.contains(part))
    };
    assert!(told(&done, "fixture_rare_zone/_open"), "{:?}", done.advice);
    assert!(told(&done, "from now on"), "{:?}", done.advice);

    let start = Wish {
        start: true,
        ..PLAIN
    };
    let prepared = prepare::prepare(&cluster, &bundle, &wanted(&bundle), &start, &Silent).unwrap();
    assert_eq!(
        prepared.plan.count(Action::Start),
        4,
        "{:?}",
        prepared.plan.summary()
    );
    let done = install(&room, &cluster, &bundle, &start).unwrap();
    assert_eq!(states(&lab), ["opened", "started"]);
    assert!(!told(&done, "/_open"), "{:?}", done.advice);
    let again = install(&room, &cluster, &bundle, &start).unwrap();
    assert_eq!(again.receipt, None);
    undo(&room, &lab, &done.receipt.unwrap());
    assert_eq!(states(&lab), ["closed", "stopped"]);

    // Created and started in one go; undone in one go.
    remove(&room, &cluster, &bundle, PLAIN.permissions).unwrap();
    let done = install(&room, &cluster, &bundle, &start).unwrap();
    assert_eq!(states(&lab), ["opened", "started"]);
    undo(&room, &lab, &done.receipt.unwrap());
    let told = status::status(&cluster, &[], &Silent).unwrap();
    assert_eq!(told.artifacts.len(), 0, "{:#?}", told.artifacts);
}

#[test]
fn recent_documents_tell_whether_enrichment_works() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let recipe = Recipe {
        validation: Some(DGA),
        documents: 10,
        ..Recipe::of(&[DGA])
    };
    let bundle = recipe.bundle(room.path());
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    let proof = documents::proof(&bundle).unwrap();
    let look = || {
        let enrichment = &proof.enrichment;
        let pipeline = "dns_enrich_pipeline";
        recent::recent(&cluster, "packetbeat-*", pipeline, enrichment, 20, &Silent).unwrap()
    };
    let found = look();
    assert_eq!(found.documents, 0);
    assert!(!found.is_right(), "nothing was shown");
    let mut number = 0;
    let mut put = |pipeline: &str, kind: &str, domain: Value| {
        number += 1;
        let body = json!({"@timestamp": format!("2026-03-01T09:00:{number:02}Z"), "type": kind,
            "dns": {"question": {"type": "A", "registered_domain": domain}}});
        let path = format!("/packetbeat-1/_doc/{number}?pipeline={pipeline}");
        call(&lab, Method::Put, &path, &body);
    };
    // Nobody sends documents through the pipeline.
    put("_none", "dns", json!("abc.example"));
    put("_none", "flow", json!("abc.example"));
    let found = look();
    assert_eq!(
        (found.documents, found.enriched, found.failed, found.neither),
        (2, 0, 0, 2)
    );
    assert_eq!((found.tried.enriched, found.tried.failed), (1, 0));
    assert!(!found.is_right() && found.indices.is_empty(), "{found:?}");

    put("dns_enrich_pipeline", "dns", json!("abc.example"));
    let found = look();
    assert_eq!((found.enriched, found.neither), (1, 2));
    assert!(found.is_right(), "{found:?}");

    // A failure that on_failure swallowed.
    let script = json!({"script": {"lang": "painless", "source": "ctx.missing.deeper = 1"}});
    call(&lab, Method::Put, "/_scripts/dga_ngrams_create", &script);
    put("dns_enrich_pipeline", "dns", json!("abd.example"));
    put("dns_enrich_pipeline", "dns", json!("abe.example"));
    let found = look();
    assert_eq!((found.documents, found.enriched, found.failed), (5, 1, 2));
    assert_eq!(found.messages[0].documents, 2);
    assert!(
        found.messages[0].message.starts_with("DGA model: "),
        "{found:?}"
    );
    assert!(!found.is_right());
    // Of many only the newest are looked at.
    let enrichment = &proof.enrichment;
    let newest = recent::recent(
        &cluster,
        "packetbeat-*",
        "dns_enrich_pipeline",
        enrichment,
        2,
        &Silent,
    );
    let newest = newest.unwrap();
    assert_eq!((newest.documents, newest.failed), (2, 2));
}
