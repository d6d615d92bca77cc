//! `check` tells all that is wrong at once.

use sealift::flow::check::{documents, recent};
use sealift::io::http::Method;
use sealift::lab::{Action, Fault, Lab};
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::command::Desk;
use crate::kit::{DETECTIONS, DGA, PLAIN, Recipe, Room, call, connect, install, lab};

/// A bundle of `tags` with ten documents.
fn recipe(tags: &[&str]) -> Recipe {
    Recipe {
        validation: Some(DGA),
        documents: 10,
        entry: Some("dns_enrich_pipeline"),
        ..Recipe::of(tags)
    }
}

/// What `check --json` says of the one cluster, and its exit code.
fn checked(desk: &Desk, more: &[&str]) -> (i32, Value) {
    let mut args = vec!["--json"];
    args.extend(more);
    let (code, out, err) = desk.run("check", &args);
    let told: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    (code, told["result"]["clusters"][0].clone())
}

/// `text` as if its lines had no end.
fn flat(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// Puts a document into `index`, through a pipeline or `_none`.
fn put(lab: &Lab, index: &str, second: u32, pipeline: &str, kind: &str) {
    let body = json!({"@timestamp": format!("2026-03-01T09:00:{second:02}Z"), "type": kind,
        "dns": {"question": {"type": "A", "registered_domain": "abc.example"}}});
    let path = format!("/{index}/_doc?pipeline={pipeline}");
    call(lab, Method::Post, &path, &body);
}

#[test]
fn what_is_missing_hides_nothing_else() {
    let desk = Desk::of(&recipe(&[DGA, DETECTIONS]), lab("8.16.0"));
    let (code, _, err) = desk.run("install", &["--yes"]);
    assert_eq!(code, 0, "{err}");
    put(&desk.lab, "packetbeat-1", 1, "dns_enrich_pipeline", "dns");
    let analytics = "/_ml/data_frame/analytics/fixture_client_outliers";
    call(&desk.lab, Method::Delete, analytics, &Value::Null);
    let index = ["--index", "packetbeat-*"];
    let (code, told) = checked(&desk, &index);
    assert_eq!((code, &told["right"]), (9, &json!(false)), "{told}");
    assert_eq!(told["missing"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(told["sets"][0]["right"], 10, "{told}");
    assert_eq!(told["states"].as_array().unwrap().len(), 4, "{told}");
    assert_eq!(told["recent"][0]["enriched"], 1, "{told}");

    // A set cannot be sent where its pipeline is missing; the rest can be done.
    let entry = "/_ingest/pipeline/dns_enrich_pipeline";
    call(&desk.lab, Method::Delete, entry, &Value::Null);
    let (code, told) = checked(&desk, &index);
    assert_eq!(code, 9, "{told}");
    assert_eq!(told["missing"].as_array().unwrap().len(), 2, "{told}");
    assert_eq!(told["unchecked"][0]["name"], DGA, "{told}");
    assert_eq!(told["sets"], json!([]), "{told}");
    assert_eq!(told["states"].as_array().unwrap().len(), 4, "{told}");
    assert_eq!(told["recent"][0]["enriched"], 1, "{told}");
    let (_, out, _) = desk.run("check", &[]);
    for part in ["not installed: pipeline", "was not checked: its pipeline"] {
        assert!(flat(&out).contains(part), "{part}: {out}");
    }
}

#[test]
fn what_cannot_be_looked_at_does_not_hide_the_sets() {
    let desk = Desk::of(&recipe(&[DGA]), lab("8.16.0"));
    assert_eq!(desk.run("install", &["--yes"]).0, 0);
    let (code, out, err) = desk.run("check", &["--index", "nowhere", "--index", "none-*"]);
    assert_eq!(code, 9, "{out}{err}");
    for part in [
        "10 of 10 documents as expected",
        "there is no index nowhere",
        "there is no index none-*",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    put(&desk.lab, "packetbeat-1", 1, "dns_enrich_pipeline", "dns");
    desk.lab
        .inject(Fault::once("POST", "*/_search", Action::Status(403)));
    let (code, told) = checked(&desk, &["--index", "packetbeat-1"]);
    assert_eq!(code, 9, "{told}");
    assert_eq!(told["sets"][0]["right"], 10, "{told}");
    let failure = told["recent"][0]["failure"]["message"].as_str().unwrap();
    assert!(
        failure.contains("cannot search packetbeat-1") && failure.contains("403"),
        "{failure}"
    );
}

#[test]
fn live_documents_that_bypass_the_pipeline_are_not_right() {
    let (room, lab) = (Room::new(), lab("8.16.0"));
    let cluster = connect(&lab);
    let bundle = recipe(&[DGA]).bundle(room.path());
    install(&room, &cluster, &bundle, PLAIN).unwrap();
    let proof = documents::proof(&bundle).unwrap();
    let entry = "dns_enrich_pipeline";
    let look = || {
        let found = recent::recent(
            &cluster,
            "packetbeat-*",
            entry,
            &proof.enrichment,
            50,
            &Silent,
        );
        found.unwrap()
    };
    let names = |found: &sealift::model::recent::Recent| -> Vec<String> {
        found.bypassed.iter().map(|one| one.index.clone()).collect()
    };
    // From before the pipeline was set, and since.
    put(&lab, "packetbeat-1", 1, "_none", "dns");
    put(&lab, "packetbeat-1", 2, entry, "dns");
    put(&lab, "packetbeat-1", 3, "_none", "flow");
    let found = look();
    assert!(found.is_right(), "{found:?}");
    // Another index that nobody leads there.
    put(&lab, "packetbeat-2", 4, "_none", "dns");
    let found = look();
    assert_eq!(names(&found), ["packetbeat-2"], "{found:?}");
    assert!(!found.is_right(), "{found:?}");
    put(&lab, "packetbeat-2", 5, entry, "dns");
    assert!(look().is_right());
    // One that was led there, and is no more.
    put(&lab, "packetbeat-1", 6, "_none", "dns");
    let found = look();
    assert_eq!(names(&found), ["packetbeat-1"], "{found:?}");
    assert!(!found.is_right(), "{found:?}");
    // What is between two that went through it is told.
    put(&lab, "packetbeat-1", 7, entry, "dns");
    let found = look();
    assert_eq!(found.tried.between, 1, "{found:?}");
    assert!(found.is_right(), "{found:?}");
}

#[test]
fn the_next_step_for_bypassing_documents_names_their_index() {
    let desk = Desk::of(&recipe(&[DGA]), lab("8.16.0"));
    assert_eq!(desk.run("install", &["--yes"]).0, 0);
    for second in 1..21 {
        put(
            &desk.lab,
            "packetbeat-1",
            second,
            "dns_enrich_pipeline",
            "dns",
        );
        put(&desk.lab, "packetbeat-2", second, "_none", "dns");
    }
    put(&desk.lab, "packetbeat-2", 30, "_none", "flow");
    let look = ["--index", "packetbeat-*"];
    let (code, out, err) = desk.run("check", &look);
    assert_eq!(code, 9, "{out}{err}");
    let out = flat(&out);
    let step = "'packetbeat-2=dns_enrich_pipeline'";
    assert!(out.contains("20 enriched, 0 failed, 21 neither"), "{out}");
    assert!(
        out.contains(step) && !out.contains("packetbeat-1 "),
        "{out}"
    );
    let moving = "packetbeat-2=dns_enrich_pipeline";
    let (code, out, err) = desk.run("install", &["--yes", "--set-default-pipeline", moving]);
    assert_eq!(code, 0, "{out}{err}");
    put(&desk.lab, "packetbeat-2", 40, "dns_enrich_pipeline", "dns");
    assert_eq!(desk.run("check", &look).0, 0);
}
