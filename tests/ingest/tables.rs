//! Cases of our own.

use std::time::Duration;

use sealift::engine::ingest::{Environment, Options, Outcome, Processed};
use serde_json::{Value, json};

/// A document that goes through a few processors of the newest version.
fn outcome(processors: &Value, source: &Value) -> Outcome {
    let mut environment = Environment::new(Options::default());
    environment
        .put_pipeline("p", &json!({"processors": processors}))
        .unwrap();
    environment.run(
        "p",
        source,
        &[("_index", "i")],
        Duration::from_secs(1_600_000_000),
    )
}

fn processed(processors: &Value, source: &Value) -> Processed {
    match outcome(processors, source) {
        Outcome::Document(document) => document,
        other => panic!("{processors}: {other:?}"),
    }
}

/// Configuration of one processor, document, and its source afterwards.
#[test]
fn processors_change_documents() {
    for (processor, before, after) in [
        (
            json!({"set": {"field": "a.b", "copy_from": "c"}}),
            json!({"c": [1]}),
            json!({"c": [1], "a": {"b": [1]}}),
        ),
        (
            json!({"set": {"field": "x", "value": "{{n}}", "ignore_empty_value": true}}),
            json!({"n": null}),
            json!({"n": null}),
        ),
        (
            json!({"append": {"field": "a", "value": [1, 2, 2], "allow_duplicates": false}}),
            json!({"a": [1]}),
            json!({"a": [1, 2]}),
        ),
        (
            json!({"remove": {"keep": ["a"]}}),
            json!({"a": {"x": 1}, "b": 2}),
            json!({"a": {"x": 1}}),
        ),
        (
            json!({"rename": {"field": "a", "target_field": "b", "override": true}}),
            json!({"a": 1, "b": 2}),
            json!({"b": 1}),
        ),
        (
            json!({"convert": {"field": "a", "type": "ip"}}),
            json!({"a": "::1"}),
            json!({"a": "::1"}),
        ),
        (
            json!({"foreach": {"field": "m", "processor": {"uppercase": {"field": "_ingest._value"}}}}),
            json!({"m": {"k": "v", "l": "w"}}),
            json!({"m": {"k": "V", "l": "W"}}),
        ),
        (
            json!({"dot_expander": {"field": "*"}}),
            json!({"a.b": 1, "c": 2}),
            json!({"a": {"b": 1}, "c": 2}),
        ),
        (
            json!({"kv": {"field": "v", "field_split": "&", "value_split": "=", "target_field": "t"}}),
            json!({"v": "a=1&b=2"}),
            json!({"v": "a=1&b=2", "t": {"a": "1", "b": "2"}}),
        ),
        (
            json!({"date": {"field": "d", "formats": ["yyyy-MM-dd"], "target_field": "t", "timezone": "Europe/Berlin"}}),
            json!({"d": "2020-08-31"}),
            json!({"d": "2020-08-31", "t": "2020-08-31T00:00:00.000+02:00"}),
        ),
        (
            json!({"pipeline": {"name": "gone", "ignore_missing_pipeline": true}}),
            json!({"a": 1}),
            json!({"a": 1}),
        ),
    ] {
        let found = processed(&json!([processor]), &before).source;
        assert_eq!(found, after, "{processor}");
    }
}

#[test]
fn handled_failures_are_reported() {
    let document = processed(
        &json!([
            {"rename": {"field": "x", "target_field": "y", "tag": "t", "ignore_failure": true}},
            {"fail": {"message": "{{a}}", "on_failure": [
                {"set": {"field": "error.message", "value": "{{_ingest.on_failure_message}}"}}
            ]}},
        ]),
        &json!({"a": "boom"}),
    );
    assert_eq!(
        document.source,
        json!({"a": "boom", "error": {"message": "boom"}})
    );
    assert_eq!(
        document.metadata,
        *json!({"_index": "i"}).as_object().unwrap()
    );
    let handled: Vec<_> = document
        .handled
        .iter()
        .map(|it| (it.processor.as_str(), it.tag.as_deref(), it.ignored))
        .collect();
    assert_eq!(
        handled,
        [("rename", Some("t"), true), ("fail", None, false)]
    );
}

#[test]
fn what_is_not_there_offline_says_so() {
    for kind in ["geoip", "user_agent", "enrich", "community_id"] {
        let processors = json!([{kind: {"field": "a", "whatever": 1}}]);
        let Outcome::Failed(failure) = outcome(&processors, &json!({})) else {
            panic!("{kind} ran");
        };
        assert_eq!(failure.reason(), format!("not supported offline: {kind}"));
    }
}

#[test]
fn hostile_pipelines_end() {
    // A list that doubles itself, a text that grows, calls without end.
    let doubling: Vec<_> = (0..64)
        .map(|_| json!({"append": {"field": "a", "value": ["{{{a}}}", "{{{a}}}"]}}))
        .collect();
    assert!(matches!(
        outcome(&json!(doubling), &json!({"a": "x"})),
        Outcome::Failed(_)
    ));
    let growing: Vec<_> = (0..64)
        .map(|_| json!({"gsub": {"field": "a", "pattern": "x", "replacement": "x".repeat(300)}}))
        .collect();
    assert!(matches!(
        outcome(&json!(growing), &json!({"a": "x"})),
        Outcome::Failed(_)
    ));
    let mut environment = Environment::new(Options::default());
    for index in 0..300 {
        let next = format!("p{}", index + 1);
        let body = json!({"processors": [{"pipeline": {"name": next}}]});
        environment
            .put_pipeline(&format!("p{index}"), &body)
            .unwrap();
    }
    let outcome = environment.run("p0", &json!({}), &[], Duration::ZERO);
    let Outcome::Failed(failure) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(failure.reason().contains("nested"), "{failure}");
    let mut deep = json!({"fail": {"message": "m"}});
    for _ in 0..60 {
        deep = json!({"foreach": {"field": "a", "processor": deep}});
    }
    let body = json!({"processors": [deep]});
    assert!(Environment::default().parse_pipeline("p", &body).is_err());
}
