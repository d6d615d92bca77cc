//! Whom the advice after an installation leads to the pipelines, and away from old
//! ones.

use sealift::flow::install::Done;
use sealift::flow::prepare::{DefaultPipeline, Wish};
use sealift::io::http::Method;
use serde_json::json;

use crate::kit::{DGA, NAMES, PLAIN, Recipe, Room, call, connect, install, lab};

/// All lines of the advice.
fn told(done: &Done) -> String {
    let lines = done
        .advice
        .iter()
        .flat_map(|one| [&one.what].into_iter().chain(&one.lines));
    lines.map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn leading(index: &str, pipeline: Option<&str>) -> Wish {
    Wish {
        default_pipelines: vec![DefaultPipeline {
            index: index.to_owned(),
            pipeline: pipeline.map(str::to_owned),
        }],
        ..PLAIN
    }
}

#[test]
fn who_feeds_a_pipeline_of_an_earlier_bundle_is_told_to_move() {
    let (room, lab) = (Room::new(), lab("8.16.0"));
    let cluster = connect(&lab);
    let first = Recipe::of(&[DGA]).bundle(room.path());
    call(&lab, Method::Put, "/packetbeat-1", &json!({}));
    install(&room, &cluster, &first, leading("packetbeat-1", None)).unwrap();
    let by_hand = json!({"settings": {"index.default_pipeline": "dns_enrich_pipeline"}});
    call(&lab, Method::Put, "/packetbeat-2", &by_hand);

    let recipe = Recipe {
        sequence: 2,
        ..Recipe::of(&[NAMES])
    };
    let second = recipe.bundle(room.path());
    let advice = told(&install(&room, &cluster, &second, PLAIN).unwrap());
    let new = "ml_nameshape_ingest_pipeline";
    for part in [
        "dns_enrich_pipeline of an earlier bundle",
        "pipeline of packetbeat-1, packetbeat-2",
        &format!("--set-default-pipeline 'packetbeat-1={new}'\n"),
        &format!("--set-default-pipeline 'packetbeat-2={new}' --adopt"),
        "install --prune",
    ] {
        assert!(advice.contains(part), "{part}: {advice}");
    }
    // As it is advised.
    let mut wish = leading("packetbeat-1", Some(new));
    install(&room, &cluster, &second, &wish).unwrap();
    wish = leading("packetbeat-2", Some(new));
    wish.permissions.adopt = true;
    let advice = told(&install(&room, &cluster, &second, &wish).unwrap());
    assert!(!advice.contains("move them"), "{advice}");
    assert!(
        advice.contains("is left: dns_dga_inference_enrich_pipeline, dns_enrich_pipeline;"),
        "{advice}"
    );
    let wish = Wish {
        prune: true,
        ..PLAIN
    };
    let advice = told(&install(&room, &cluster, &second, &wish).unwrap());
    assert!(!advice.contains("earlier bundle"), "{advice}");
}

#[test]
fn each_of_two_entries_is_advised() {
    let (room, lab) = (Room::new(), lab("8.16.0"));
    let cluster = connect(&lab);
    let bundle = Recipe::of(&[DGA, NAMES]).bundle(room.path());
    let advice = told(&install(&room, &cluster, &bundle, PLAIN).unwrap());
    for part in [
        "the pipeline dns_enrich_pipeline: in packetbeat.yml",
        "the pipeline ml_nameshape_ingest_pipeline: in packetbeat.yml",
        "--set-default-pipeline 'packetbeat-*=dns_enrich_pipeline'",
        "--set-default-pipeline 'packetbeat-*=ml_nameshape_ingest_pipeline'",
        "data view in Kibana",
    ] {
        assert!(advice.contains(part), "{part}: {advice}");
    }
}
