//! What the review lets pass is taken by a cluster, and what it says that a server
//! refuses is refused: random jobs, datafeeds and filters around good and bad ones.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::{
    BoxedStrategy, Just, ProptestConfig, Strategy, prop, prop_oneof, proptest,
};
use serde_json::{Map, Value, json};

use sealift::io::elasticsearch::Elasticsearch;
use sealift::io::http::Method;
use sealift::lab::{Lab, LabOptions};
use sealift::model::artifact::{ArtifactId, ArtifactKind};
use sealift::model::finding::Severity;
use sealift::model::json_text::parse;
use sealift::model::lint::{Surroundings, review};

use crate::stage::connect;

/// One cluster for all cases, with a filter and a job.
fn cluster() -> &'static Elasticsearch {
    static CLUSTER: OnceLock<(Lab, Elasticsearch)> = OnceLock::new();
    &CLUSTER
        .get_or_init(|| {
            let lab = Lab::start(&LabOptions::default()).unwrap();
            let cluster = connect(&lab);
            let put = |path: &str, body: Value| cluster.call(Method::Put, path, &body).unwrap();
            put("/_ml/filters/known", json!({"items": ["a.example"]}));
            (lab, cluster)
        })
        .1
}

/// A new id for each case.
fn new_id() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("case-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn one_of(values: &'static [&'static str]) -> BoxedStrategy<Value> {
    prop::sample::select(values).prop_map(Value::from).boxed()
}

/// Mostly a good value, now and then a bad one.
fn mostly(good: &'static [&'static str], bad: &'static [&'static str]) -> BoxedStrategy<Value> {
    prop_oneof![14 => one_of(good), 1 => one_of(bad)].boxed()
}

/// An object of keys that are there or not.
fn object(members: Vec<(&'static str, f64, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    members
        .into_iter()
        .fold(Just(Map::new()).boxed(), |object, (key, chance, value)| {
            (object, prop::option::weighted(chance, value))
                .prop_map(move |(mut object, value)| {
                    if let Some(value) = value {
                        object.insert(key.to_owned(), value);
                    }
                    object
                })
                .boxed()
        })
        .prop_map(Value::Object)
        .boxed()
}

fn list(values: BoxedStrategy<Value>, length: std::ops::Range<usize>) -> BoxedStrategy<Value> {
    prop::collection::vec(values, length)
        .prop_map(Value::Array)
        .boxed()
}

fn condition() -> BoxedStrategy<Value> {
    let value = prop_oneof![
        8 => (-5.0..1e6_f64).prop_map(Value::from),
        1 => Just(json!("5")),
        1 => Just(json!("now")),
    ];
    object(vec![
        (
            "applies_to",
            0.98,
            mostly(
                &["actual", "typical", "diff_from_typical", "time"],
                &["mean"],
            ),
        ),
        (
            "operator",
            0.98,
            mostly(&["lt", "lte", "gt", "gte"], &["eq"]),
        ),
        ("value", 0.98, value.boxed()),
    ])
}

fn rule() -> BoxedStrategy<Value> {
    let filter = object(vec![
        (
            "filter_id",
            0.98,
            mostly(&["known"], &["no_such", "Not OK"]),
        ),
        (
            "filter_type",
            0.5,
            mostly(&["include", "exclude"], &["only"]),
        ),
    ]);
    let field = prop::sample::select(vec!["host", "host", "host", "client", "zone", "other"]);
    let scope = prop::collection::btree_map(field, filter, 1..2)
        .prop_map(|map| json!(map))
        .boxed();
    let action = mostly(
        &["skip_result", "SKIP_MODEL_UPDATE", "skip_model_update"],
        &["skip", "force_time_shift"],
    );
    let actions = prop_oneof![12 => list(action, 1..3), 1 => Just(json!([]))];
    let params = json!({"force_time_shift": {"time_shift_amount": 3600}});
    object(vec![
        ("actions", 0.6, actions.boxed()),
        ("scope", 0.4, scope),
        ("conditions", 0.9, list(condition(), 1..3)),
        ("params", 0.01, Just(params).boxed()),
        ("colour", 0.01, Just(json!(1)).boxed()),
    ])
}

/// A good detector, in which now and then something is set to something else.
fn detector() -> BoxedStrategy<Value> {
    let good = prop::sample::select(vec![
        json!({"function": "count"}),
        json!({"function": "high_count", "by_field_name": "host"}),
        json!({"function": "mean", "field_name": "field", "by_field_name": "host"}),
        json!({"function": "rare", "by_field_name": "host"}),
        json!({"function": "rare", "by_field_name": "host", "partition_field_name": "zone"}),
        json!({"function": "freq_rare", "by_field_name": "host", "over_field_name": "client"}),
        json!({"function": "high_info_content", "field_name": "a.b", "over_field_name": "client"}),
        json!({"function": "lat_long", "field_name": "field", "by_field_name": "host"}),
        json!({"function": "metric", "field_name": "field", "by_field_name": "host"}),
        json!({"function": "non_zero_count", "by_field_name": "host"}),
        json!({"function": "time_of_day", "by_field_name": "host"}),
        json!({"function": "sum", "field_name": "field", "over_field_name": "client"}),
    ]);
    let changes = object(vec![
        (
            "function",
            0.03,
            one_of(&["nope", "MEAN", "median", "count"]),
        ),
        (
            "field_name",
            0.03,
            one_of(&["host", "x\"y", "count", "@timestamp"]),
        ),
        ("by_field_name", 0.02, one_of(&["count", "over"])),
        ("over_field_name", 0.02, one_of(&["a\\b", "", "over"])),
        ("use_null", 0.1, Just(json!(true)).boxed()),
        (
            "exclude_frequent",
            0.1,
            mostly(&["all", "none", "by", "over"], &["some"]),
        ),
        ("detector_description", 0.2, one_of(&["described"])),
        ("custom_rules", 0.8, list(rule(), 1..3)),
    ]);
    (good, changes)
        .prop_map(|(mut good, changes)| {
            for (key, value) in changes.as_object().unwrap() {
                good[key] = value.clone();
            }
            good
        })
        .boxed()
}

fn job() -> BoxedStrategy<Value> {
    let analysis = object(vec![
        (
            "bucket_span",
            0.8,
            mostly(&["5m", "1h", "1d", "7m"], &["0s", "x", "-5m"]),
        ),
        ("detectors", 0.98, list(detector(), 1..3)),
        (
            "influencers",
            0.5,
            list(mostly(&["user", "host"], &["@timestamp"]), 0..3),
        ),
        ("summary_count_field_name", 0.05, one_of(&["doc_count"])),
        ("latency", 0.1, mostly(&["1h"], &["-1h"])),
    ]);
    object(vec![
        ("description", 0.3, one_of(&["what it is for"])),
        (
            "groups",
            0.2,
            list(mostly(&["security", "dns"], &["Not OK"]), 0..3),
        ),
        ("analysis_config", 0.99, analysis),
        (
            "data_description",
            0.99,
            Just(json!({"time_field": "@timestamp"})).boxed(),
        ),
        (
            "analysis_limits",
            0.2,
            Just(json!({"model_memory_limit": "32mb"})).boxed(),
        ),
        ("model_snapshot_retention_days", 0.1, Just(json!(3)).boxed()),
        ("results_index_name", 0.1, mostly(&["own"], &["Not OK"])),
        ("create_time", 0.01, Just(json!(1)).boxed()),
        ("colour", 0.01, Just(json!(1)).boxed()),
    ])
}

fn datafeed() -> BoxedStrategy<Value> {
    let query = prop_oneof![
        5 => Just(json!({"match_all": {}})),
        3 => Just(json!({"bool": {"filter": [{"term": {"a": 1}}]}})),
        1 => Just(json!({"no_such_query": {}})),
        1 => Just(json!({"term": {}, "match_all": {}})),
    ];
    object(vec![
        ("indices", 0.97, list(one_of(&["logs-*", "dns"]), 1..3)),
        ("query", 0.7, query.boxed()),
        ("frequency", 0.3, mostly(&["150s", "1m"], &["0s", "x"])),
        ("query_delay", 0.3, mostly(&["60s"], &["-1s"])),
        (
            "scroll_size",
            0.3,
            prop_oneof![Just(json!(500)), Just(json!(-1))].boxed(),
        ),
        (
            "chunking_config",
            0.2,
            mostly(&["auto"], &["never"])
                .prop_map(|mode| json!({"mode": mode}))
                .boxed(),
        ),
        ("colour", 0.01, Just(json!(1)).boxed()),
    ])
}

fn filter() -> BoxedStrategy<Value> {
    object(vec![
        ("description", 0.5, one_of(&["trusted"])),
        (
            "items",
            0.95,
            prop_oneof![
                20 => list(one_of(&["a.example", "*.b.example", "a*b", "", "*", "A"]), 0..5),
                1 => Just(json!(["a", null])),
                1 => Just(json!("a")),
                1 => Just(json!([{"a": 1}])),
            ]
            .boxed(),
        ),
        ("filter_id", 0.02, one_of(&["other"])),
        ("colour", 0.02, Just(json!(1)).boxed()),
    ])
}

fn around() -> Surroundings {
    Surroundings {
        version: cluster().version().clone(),
        known: [
            ArtifactId::new(ArtifactKind::Filter, "known"),
            ArtifactId::new(ArtifactKind::Job, "fed"),
        ]
        .into(),
    }
}

/// What the review says of the body: whether it has errors, and whether the server
/// itself would refuse it.
fn verdict(kind: ArtifactKind, id: &str, body: &Value) -> (bool, bool, String) {
    let findings = review(kind, id, &parse(&body.to_string()), &around());
    let errors: Vec<_> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    let by_server = errors
        .iter()
        .any(|finding| finding.check == "server/refuses");
    (!errors.is_empty(), by_server, format!("{errors:#?}"))
}

/// How many cases of a kind passed the review and were taken, and how many did not.
#[derive(Default)]
struct Tally {
    taken: AtomicUsize,
    refused: AtomicUsize,
    fail_later: AtomicUsize,
}

static JOBS: Tally = Tally {
    taken: AtomicUsize::new(0),
    refused: AtomicUsize::new(0),
    fail_later: AtomicUsize::new(0),
};

fn state_of(id: &str) -> String {
    let path = format!("/_ml/anomaly_detectors/{id}/_stats");
    let stats = cluster().call(Method::Get, &path, &Value::Null).unwrap();
    stats["jobs"][0]["state"].as_str().unwrap().to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn jobs_that_pass_are_taken_and_open(body in job()) {
        let id = new_id();
        let (has_errors, by_server, errors) = verdict(ArtifactKind::Job, &id, &body);
        let path = format!("/_ml/anomaly_detectors/{id}");
        let put = cluster().call(Method::Put, &path, &body);
        assert_eq!(put.is_err(), by_server, "{body}\n{put:?}\n{errors}");
        if put.is_err() {
            JOBS.refused.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        let open = cluster().call(Method::Post, &format!("{path}/_open"), &Value::Null);
        let runs = open.is_ok() && state_of(&id) == "opened";
        if has_errors {
            JOBS.fail_later.fetch_add(1, Ordering::Relaxed);
        } else {
            assert!(runs, "{body}\n{open:?}");
            JOBS.taken.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn filters_that_pass_are_taken(body in filter()) {
        let id = new_id();
        let (_, by_server, errors) = verdict(ArtifactKind::Filter, &id, &body);
        let put = cluster().call(Method::Put, &format!("/_ml/filters/{id}"), &body);
        assert_eq!(put.is_err(), by_server, "{body}\n{put:?}\n{errors}");
    }

    #[test]
    fn datafeeds_that_pass_are_taken(body in datafeed()) {
        let id = new_id();
        let job = json!({
            "analysis_config": {"detectors": [{"function": "count"}]},
            "data_description": {"time_field": "@timestamp"},
        });
        cluster().call(Method::Put, &format!("/_ml/anomaly_detectors/{id}"), &job).unwrap();
        let mut body = body;
        body["job_id"] = json!(id);
        let (_, by_server, errors) = verdict(ArtifactKind::Datafeed, &id, &body);
        let put = cluster().call(Method::Put, &format!("/_ml/datafeeds/{id}"), &body);
        assert_eq!(put.is_err(), by_server, "{body}\n{put:?}\n{errors}");
    }
}

#[test]
fn the_random_jobs_are_of_all_sorts() {
    // The property itself, so that this does not depend on the order of tests.
    jobs_that_pass_are_taken_and_open();
    let counts = [&JOBS.taken, &JOBS.refused, &JOBS.fail_later];
    let [taken, refused, fail_later] = counts.map(|count| count.load(Ordering::Relaxed));
    println!(
        "random jobs: {taken} pass and open, {refused} refused, {fail_later} would fail later"
    );
    assert!(
        taken > 50 && refused > 50 && fail_later > 0,
        "{taken} {refused} {fail_later}"
    );
}
