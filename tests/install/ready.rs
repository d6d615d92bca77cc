//! The preflight against practice clusters that lack something.

use sealift::flow::preflight::{Answer, Question};
use sealift::flow::prepare::{DefaultPipeline, Wish};
use sealift::flow::targets;
use sealift::io::cluster::Cluster;
use sealift::io::http::{Authorization, Method};
use sealift::lab::{Lab, LabOptions, Profile, Shape};
use sealift::model::preflight::Weight;
use sealift::model::secret::Secret;
use serde_json::json;

use crate::kit::{DETECTIONS, DGA, PLAIN, Recipe, Room, address, call, connect, install};

fn shaped(settings: &[&str], heap: Option<&str>) -> Lab {
    let mut shape = Shape::default();
    for setting in settings {
        shape.set(setting).unwrap();
    }
    if let Some(heap) = heap {
        shape.set_heap(heap).unwrap();
    }
    Lab::start(&LabOptions {
        shape,
        version: Profile::parse("8.16.0").unwrap(),
        ..LabOptions::default()
    })
    .unwrap()
}

fn asked(cluster: &Cluster, tags: &[&str]) -> Answer {
    let room = Room::new();
    let bundle = Recipe::of(tags).bundle(room.path());
    let (wanted, ranges) = (targets::wanted(&bundle).unwrap(), targets::ranges(&bundle));
    let question = Question::of(&wanted, &ranges, false);
    room.with(|bench| question.put_to(cluster, bench.clock))
        .unwrap()
}

fn missing(answer: &Answer) -> String {
    let found = answer.found.iter();
    let missing = found.filter(|finding| finding.weight == Weight::Missing);
    let texts: Vec<&str> = missing.map(|finding| finding.what.as_str()).collect();
    texts.join("; ")
}

#[test]
fn each_lack_is_seen_before_it_would_hurt() {
    for (lab, text) in [
        (shaped(&["xpack.ml.enabled=false"], None), "switched off"),
        (shaped(&[], Some("10kb")), "inflates to"),
    ] {
        let answer = asked(&connect(&lab), &[DGA]);
        assert!(missing(&answer).contains(text), "{:#?}", answer.found);
    }
    let lab = shaped(&[], None);
    let cluster = connect(&lab);
    let answer = asked(&cluster, &[DGA, DETECTIONS]);
    assert!(answer.is_ready(), "{:#?}", answer.found);
    call(
        &lab,
        Method::Post,
        "/_ml/set_upgrade_mode?enabled=true",
        &json!(null),
    );
    assert!(missing(&asked(&cluster, &[DGA])).contains("upgrade mode"));
}

#[test]
fn the_limit_of_inference_processors_is_seen_and_can_be_raised() {
    let lab = shaped(&["xpack.ml.max_inference_processors=1"], None);
    let cluster = connect(&lab);
    let pipeline = json!({"processors": [{"inference": {"model_id": "lang_ident_model_1",
        "inference_config": {"classification": {}}, "field_map": {}}}]});
    call(&lab, Method::Put, "/_ingest/pipeline/theirs", &pipeline);
    let answer = asked(&cluster, &[DGA]);
    assert!(
        missing(&answer).contains("inference processors"),
        "{:#?}",
        answer.found
    );
    // The server would have refused it too.
    let refused = cluster
        .elasticsearch
        .call(Method::Put, "/_ingest/pipeline/more", &pipeline)
        .unwrap_err();
    assert!(
        refused
            .error
            .next_step()
            .unwrap()
            .contains("max_inference_processors")
    );
    let more = json!({"persistent": {"xpack.ml.max_inference_processors": 9}});
    call(&lab, Method::Put, "/_cluster/settings", &more);
    assert!(asked(&cluster, &[DGA]).is_ready());
    let room = Room::new();
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    install(&room, &cluster, &bundle, &PLAIN).unwrap();
    // What is there is not sent again, and so needs no room.
    let none = json!({"persistent": {"xpack.ml.max_inference_processors": 1}});
    call(&lab, Method::Put, "/_cluster/settings", &none);
    assert!(asked(&cluster, &[DGA]).is_ready());
    let again = install(&room, &cluster, &bundle, &PLAIN).unwrap();
    assert!(again.receipt.is_none());
}

#[test]
fn the_role_that_is_printed_grants_what_was_missing() {
    let lab = Lab::start(&LabOptions {
        users: vec![("elastic".to_owned(), "changeme".to_owned())],
        ..LabOptions::default()
    })
    .unwrap();
    let who = |user: &str| Authorization::Basic {
        user: user.to_owned(),
        password: Secret::new("changeme".to_owned()),
    };
    let admin = Cluster::connect(address(&lab, Some(who("elastic")))).unwrap();
    let put = |path: &str, body: &serde_json::Value| {
        admin.elasticsearch.call(Method::Put, path, body).unwrap();
    };
    put("/_security/role/sealift", &json!({"cluster": ["monitor"]}));
    put(
        "/_security/user/installer",
        &json!({"roles": ["sealift"], "password": "changeme"}),
    );
    let mut address = address(&lab, Some(who("installer")));
    address.kibana = None;
    let cluster = Cluster::connect(address).unwrap();
    let answer = asked(&cluster, &[DGA]);
    let told = missing(&answer);
    for text in [
        "manage_ml, needed for models",
        "manage_pipeline, needed for pipelines",
        "cluster:admin/script/put, needed for scripts",
        "sealift-receipts, where receipts and the lock are kept",
    ] {
        assert!(told.contains(text), "{text}: {told}");
    }
    put("/_security/role/sealift", &answer.role);
    assert!(asked(&cluster, &[DGA]).is_ready());
    let room = Room::new();
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    install(&room, &cluster, &bundle, &PLAIN).unwrap();

    // Leading documents of indices to a pipeline takes a right on these.
    put("/packetbeat-1", &json!({}));
    let (wanted, ranges) = (targets::wanted(&bundle).unwrap(), targets::ranges(&bundle));
    let question = Question::of(&wanted, &ranges, false).leading(["packetbeat-*"]);
    let ask = || room.with(|bench| question.put_to(&cluster, bench.clock).unwrap());
    let answer = ask();
    let told = missing(&answer);
    // To look at all indices was granted before, for the pipelines.
    assert!(told.contains("lacks manage on packetbeat-*"), "{told}");
    put("/_security/role/sealift", &answer.role);
    assert!(ask().is_ready());
    let wish = Wish {
        default_pipelines: vec![DefaultPipeline {
            index: "packetbeat-*".to_owned(),
            pipeline: None,
        }],
        ..PLAIN
    };
    install(&room, &cluster, &bundle, &wish).unwrap();
}

#[test]
fn a_space_that_is_not_there_and_jobs_that_nobody_brings_are_named() {
    let lab = shaped(&[], None);
    let mut address = address(&lab, None);
    address.space = Some("night".to_owned());
    let cluster = Cluster::connect(address).unwrap();
    let answer = asked(&cluster, &[DETECTIONS]);
    assert!(
        missing(&answer).contains("Kibana has no space night"),
        "{:#?}",
        answer.found
    );

    let room = Room::new();
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    let mut wanted = targets::wanted(&bundle).unwrap();
    wanted.retain(|target| target.artifact.kind == sealift::model::artifact::ArtifactKind::Rule);
    for (enable, weight) in [(false, Weight::Warning), (true, Weight::Missing)] {
        let question = Question::of(&wanted, &[], enable);
        let answer = room.with(|bench| question.put_to(&connect(&lab), bench.clock));
        let found = answer.unwrap().found;
        let watched = found.iter().find(|f| f.what.contains("watches the job"));
        assert_eq!(watched.unwrap().weight, weight, "{found:#?}");
    }
}
