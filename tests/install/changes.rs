//! Drift, ownership, upgrades with running jobs, rollback, locks.

use std::time::Duration;

use sealift::error::ErrorKind;
use sealift::flow::preflight::Question;
use sealift::flow::prepare::{self, Wish};
use sealift::flow::status::{self, Standing};
use sealift::flow::{history, install as installing, targets};
use sealift::io::http::Method;
use sealift::io::receipts::Journal;
use sealift::lab::{Grade, Lab, LabOptions, License};
use sealift::model::plan::{Action, Permissions, Step};
use sealift::model::receipt::{FORMAT, Header, Purpose};
use sealift::progress::Silent;
use serde_json::json;

use crate::kit::{
    DETECTIONS, DGA, PLAIN, Recipe, Room, call, connect, install, lab, now, remove, wanted,
};

#[test]
fn drift_is_told_with_its_difference() {
    let room = Room::new();
    let bundle = Recipe::of(&[DGA, DETECTIONS]).bundle(room.path());
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    install(&room, &cluster, &bundle, &PLAIN).unwrap();
    let script = json!({"script": {"lang": "painless", "source": "ctx.x = 1"}});
    call(&lab, Method::Put, "/_scripts/dga_ngrams_create", &script);
    call(
        &lab,
        Method::Post,
        "/_ml/filters/fixture_quiet_domains/_update",
        &json!({"add_items": ["by.hand"]}),
    );
    call(
        &lab,
        Method::Delete,
        "/_ml/data_frame/analytics/fixture_client_outliers",
        &json!(null),
    );
    for with_bundle in [true, false] {
        let all = if with_bundle {
            wanted(&bundle)
        } else {
            Vec::new()
        };
        let told = status::status(&cluster, &all, &Silent).unwrap();
        let drift: Vec<(String, Standing)> = told
            .artifacts
            .iter()
            .filter(|line| line.standing.is_drift())
            .map(|line| (line.artifact.to_string(), line.standing))
            .collect();
        assert_eq!(
            drift,
            [
                ("script dga_ngrams_create".to_owned(), Standing::Changed),
                ("filter fixture_quiet_domains".to_owned(), Standing::Changed),
                (
                    "analytics fixture_client_outliers".to_owned(),
                    Standing::Missing
                ),
            ],
            "with bundle: {with_bundle}"
        );
        let shown = told.artifacts.iter().any(|line| line.diff.contains("- "));
        assert_eq!(shown, with_bundle);
    }
    // Installing again heals all of it.
    install(&room, &cluster, &bundle, &PLAIN).unwrap();
    assert!(
        !status::status(&cluster, &wanted(&bundle), &Silent)
            .unwrap()
            .has_drift()
    );
}

#[test]
fn what_somebody_else_put_there_is_left_alone_unless_adopted() {
    let room = Room::new();
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let theirs = json!({"script": {"lang": "painless", "source": "ctx.theirs = 1"}});
    call(&lab, Method::Put, "/_scripts/dga_ngrams_create", &theirs);
    let before = lab.snapshot();

    let refused = install(&room, &cluster, &bundle, &PLAIN).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Cluster);
    assert!(refused.to_string().contains("--adopt"), "{refused}");
    assert_eq!(lab.snapshot(), before);

    let adopt = Wish {
        permissions: Permissions {
            adopt: true,
            ..Permissions::default()
        },
        ..PLAIN
    };
    let done = install(&room, &cluster, &bundle, &adopt).unwrap();
    let receipt = done.receipt.unwrap();
    assert_eq!(receipt.header.overrides, ["adopt"]);

    // Back to theirs, and no longer ours.
    let undo = prepare::prepare_rollback(&cluster, &receipt, PLAIN.permissions, &Silent).unwrap();
    room.with(|bench| undo.apply(&cluster, bench, &Silent))
        .unwrap();
    let script = call(
        &lab,
        Method::Get,
        "/_scripts/dga_ngrams_create",
        &json!(null),
    );
    assert_eq!(script["script"]["source"], "ctx.theirs = 1");
    let told = status::status(&cluster, &[], &Silent).unwrap();
    assert_eq!(told.artifacts.len(), 0, "{:#?}", told.artifacts);
}

#[test]
fn what_others_use_is_not_removed() {
    let room = Room::new();
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    install(&room, &cluster, &bundle, &PLAIN).unwrap();
    let body = json!({"processors": [{"set": {"field": "a", "value": 1, "on_failure":
        [{"inference": {"model_id": "dga_500100_1.0", "inference_config": {"classification": {}}}}]}}]});
    call(&lab, Method::Put, "/_ingest/pipeline/theirs", &body);
    let settings = json!({"settings": {"index.default_pipeline": "dns_enrich_pipeline"}});
    call(&lab, Method::Put, "/packetbeat-1", &settings);
    let refused = remove(&room, &cluster, &bundle, PLAIN.permissions).unwrap_err();
    let told = refused.to_string();
    assert!(
        told.contains("pipeline theirs") && told.contains("index packetbeat-1"),
        "{told}"
    );
}

#[test]
fn running_jobs_are_stopped_only_when_allowed_and_started_again() {
    let room = Room::new();
    let first = Recipe::of(&[DETECTIONS]).bundle(room.path());
    let mut later = Recipe::of(&[DETECTIONS]);
    later.sequence = 2;
    for (_, files) in &mut later.releases {
        for (_, bytes) in files {
            let text = String::from_utf8(bytes.clone()).unwrap();
            *bytes = text.replace("\"dns-*\"", "\"dns-2*\"").into_bytes();
        }
    }
    let second = later.bundle(room.path());
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    install(&room, &cluster, &first, &PLAIN).unwrap();
    let mapping = json!({"mappings": {"properties": {"@timestamp": {"type": "date"}}}});
    call(&lab, Method::Put, "/dns-1", &mapping);
    let none = json!(null);
    call(
        &lab,
        Method::Post,
        "/_ml/anomaly_detectors/fixture_rare_zone/_open",
        &none,
    );
    call(
        &lab,
        Method::Post,
        "/_ml/datafeeds/datafeed-fixture_rare_zone/_start",
        &none,
    );

    let refused = install(&room, &cluster, &second, &PLAIN).unwrap_err();
    assert!(refused.to_string().contains("--restart-jobs"), "{refused}");
    let refused = remove(&room, &cluster, &first, PLAIN.permissions).unwrap_err();
    assert!(refused.to_string().contains("--restart-jobs"), "{refused}");

    let restart = Permissions {
        restart_jobs: true,
        ..Permissions::default()
    };
    let wish = Wish {
        permissions: restart,
        ..PLAIN
    };
    // The new pattern has no index yet: what was stopped cannot be started again.
    let cut = install(&room, &cluster, &second, &wish).unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::Partial, "{cut:?}");
    call(&lab, Method::Put, "/dns-2", &mapping);
    // The same command, which has nothing to stop any more, starts it.
    install(&room, &cluster, &second, &PLAIN).unwrap();
    let path = "/_ml/datafeeds/datafeed-fixture_rare_zone/_stats";
    let stats = call(&lab, Method::Get, path, &none);
    assert_eq!(stats["datafeeds"][0]["state"], "started");
    remove(&room, &cluster, &second, restart).unwrap();
}

#[test]
fn a_rollback_leads_back_through_two_bundles() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let first = Recipe::of(&[DGA]).bundle(room.path());
    let mut later = Recipe::of(&[DGA]);
    later.sequence = 2;
    for (_, files) in &mut later.releases {
        for (name, bytes) in files {
            if name.contains("create") {
                let text = String::from_utf8(bytes.clone()).unwrap();
                *bytes = text.replace("// Breaks", "// Splits").into_bytes();
            }
        }
    }
    let second = later.bundle(room.path());
    let oldest = install(&room, &cluster, &first, &PLAIN).unwrap();
    let oldest = oldest.receipt.unwrap();
    let one = call(
        &lab,
        Method::Get,
        "/_scripts/dga_ngrams_create",
        &json!(null),
    );
    let prune = Wish {
        prune: true,
        ..PLAIN
    };
    let receipt = install(&room, &cluster, &second, &prune)
        .unwrap()
        .receipt
        .unwrap();
    // The way back past later work says so.
    let past = prepare::prepare_rollback(&cluster, &oldest, PLAIN.permissions, &Silent).unwrap();
    let told: Vec<&Step> = past
        .plan
        .steps
        .iter()
        .filter(|step| !step.reasons.is_empty())
        .collect();
    let [told] = told.as_slice() else {
        panic!("{told:#?}")
    };
    assert_eq!(told.artifact.id, "dga_ngrams_create");
    assert!(told.reasons[0].contains(&receipt.header.id), "{told:#?}");
    let elsewhere = history::one(&cluster, room.path(), &receipt.header.id).unwrap();
    let undo = prepare::prepare_rollback(&cluster, &elsewhere, PLAIN.permissions, &Silent).unwrap();
    room.with(|bench| undo.apply(&cluster, bench, &Silent))
        .unwrap();
    let back = call(
        &lab,
        Method::Get,
        "/_scripts/dga_ngrams_create",
        &json!(null),
    );
    assert_eq!(one, back);
    let told = status::status(&cluster, &wanted(&first), &Silent).unwrap();
    assert!(!told.has_drift(), "{:#?}", told.artifacts);
    let from = told
        .artifacts
        .iter()
        .map(|line| line.from.as_ref().unwrap());
    assert!(
        from.clone().all(|mark| mark.sequence == 1),
        "{:?}",
        told.artifacts
    );
    // What was rolled back stays known: the older one is not news, the newer one is
    // there to be had again.
    let refused = install(&room, &cluster, &first, &PLAIN).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Policy);
    assert!(refused.to_string().contains("had sequence 2"), "{refused}");
    let hint = refused.next_step().unwrap();
    assert!(
        hint.contains("rolled back") && hint.contains("--allow-older"),
        "{hint}"
    );
    install(&room, &cluster, &second, &PLAIN).unwrap();
    let told = status::status(&cluster, &wanted(&second), &Silent).unwrap();
    assert!(!told.has_drift(), "{:#?}", told.artifacts);
}

#[test]
fn older_bundles_are_refused() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let older = Recipe::of(&[DGA]).bundle(room.path());
    let newer = Recipe {
        sequence: 5,
        ..Recipe::of(&[DGA])
    };
    install(&room, &cluster, &newer.bundle(room.path()), &PLAIN).unwrap();
    let refused = install(&room, &cluster, &older, &PLAIN).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Policy);
    assert!(refused.next_step().unwrap().contains("--allow-older"));
}

#[test]
fn two_installers_do_not_meet() {
    let room = Room::new();
    let other = Room::new();
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let mine = prepare::prepare(&cluster, &bundle, &wanted(&bundle), &PLAIN, &Silent).unwrap();
    cluster.elasticsearch.prepare_memory().unwrap();
    let held = other.with(|bench| sealift::flow::lock::Lock::acquire(&cluster, bench, "theirs"));
    let refused = room
        .with(|bench| mine.apply(&cluster, bench, &Silent))
        .unwrap_err();
    assert!(
        refused.to_string().contains("tester is at work"),
        "{refused:?}"
    );
    held.unwrap().release(&cluster, Duration::ZERO).unwrap();

    // Nor do two on one machine, where work that was cut off is taken over at once.
    let header = Header {
        format: FORMAT,
        id: "20260301T000000Z-install-00000001".to_owned(),
        purpose: Purpose::Install,
        origin: targets::origin(&bundle),
        cluster: cluster.elasticsearch.identity().clone(),
        space: cluster.space.clone(),
        started: now().unwrap(),
        by: "tester".to_owned(),
        continues: None,
        undoes: None,
        tool: "test".to_owned(),
        overrides: Vec::new(),
    };
    let journal = Journal::begin(&room.path().join("state"), header.clone()).unwrap();
    let held =
        room.with(|bench| sealift::flow::lock::Lock::acquire(&cluster, bench, &header.id).unwrap());
    let refused = install(&room, &cluster, &bundle, &PLAIN).unwrap_err();
    assert!(refused.to_string().contains("is at work"), "{refused:?}");
    drop((journal, held));
    room.with(|bench| {
        let lock = sealift::flow::lock::Lock::acquire(&cluster, bench, "mine").unwrap();
        lock.release(&cluster, Duration::ZERO).unwrap();
    });

    // A plan that was made before somebody else's work is not applied after it.
    let stale = prepare::prepare(&cluster, &bundle, &wanted(&bundle), &PLAIN, &Silent).unwrap();
    install(&other, &cluster, &bundle, &PLAIN).unwrap();
    let refused = room
        .with(|bench| stale.apply(&cluster, bench, &Silent))
        .unwrap_err();
    assert!(format!("{refused:?}").contains("plan again"), "{refused:?}");
}

#[test]
fn a_preflight_names_everything_at_once() {
    let room = Room::new();
    let bundle = Recipe::of(&[DGA, DETECTIONS]).bundle(room.path());
    let lab = Lab::start(&LabOptions {
        license: Some(License {
            grade: Grade::Basic,
            expires: None,
        }),
        ..LabOptions::default()
    })
    .unwrap();
    let mut cluster = connect(&lab);
    cluster.kibana = None;
    let (targets, ranges) = (wanted(&bundle), targets::ranges(&bundle));
    let question = Question::of(&targets, &ranges, false);
    let answer = room.with(|bench| question.put_to(&cluster, bench.clock));
    let answer = answer.unwrap();
    let told: Vec<&str> = answer
        .found
        .iter()
        .map(|finding| finding.what.as_str())
        .collect();
    assert!(
        told.starts_with(&[
            "a basic license does not include machine learning",
            "the bundle has detection rules or saved objects and no Kibana is named"
        ]),
        "{told:#?}"
    );
    assert!(
        answer.role["cluster"]
            .as_array()
            .unwrap()
            .contains(&json!("manage_ml"))
    );
    assert_eq!(
        answer.refuse("practice").unwrap_err().kind(),
        ErrorKind::Policy
    );
}

#[test]
fn an_interrupt_ends_after_the_running_call() {
    struct Stop(std::sync::atomic::AtomicUsize);
    impl sealift::progress::Progress for Stop {
        fn begin(&self, _what: &str, _total: Option<u64>) {}
        fn advance(&self, _amount: u64) {}
        fn end(&self) {}
        fn note(&self, _line: &str) {}
        fn stop_asked(&self) -> bool {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= 3
        }
    }
    let room = Room::new();
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let prepared = prepare::prepare(&cluster, &bundle, &wanted(&bundle), &PLAIN, &Silent).unwrap();
    let stop = Stop(std::sync::atomic::AtomicUsize::new(0));
    let error = room
        .with(|bench| prepared.apply(&cluster, bench, &stop))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    let receipts = history::all(&cluster, &room.path().join("state"), now().unwrap())
        .unwrap()
        .receipts;
    assert_eq!(receipts[0].state(), "interrupted");
    assert_eq!(receipts[0].calls.len(), 3);
    let done: installing::Done = install(&room, &cluster, &bundle, &PLAIN).unwrap();
    let plan = prepare::prepare(&cluster, &bundle, &wanted(&bundle), &PLAIN, &Silent).unwrap();
    assert_eq!(plan.plan.count(Action::Keep), plan.plan.steps.len());
    assert_eq!(done.receipt.unwrap().calls.len(), 2);
}
