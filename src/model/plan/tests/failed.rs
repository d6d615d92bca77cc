//! What broke down by itself, and what a running object writes into itself.

use serde_json::{Value, json};

use super::{RESTART, cluster, plan, target};
use crate::model::artifact::ArtifactKind::{Analytics, Datafeed, Job, Rule, Transform};
use crate::model::observation::RunState::{Failed, Idle};
use crate::model::plan::Action;

#[test]
fn what_failed_is_neither_removed_nor_changed_without_force() {
    let job = |limit: &str| {
        json!({"analysis_config": {"bucket_span": "15m", "detectors": [{"function": "count"}]},
            "analysis_limits": {"model_memory_limit": limit}})
    };
    let feed = |index: &str| json!({"job_id": "j", "indices": [index]});
    let frame = |index: &str| {
        json!({"source": {"index": [index]}, "dest": {"index": "d"},
            "analysis": {"outlier_detection": {}}})
    };
    let pivot = |key: &str| {
        json!({"source": {"index": ["a"]}, "dest": {"index": "d"},
            "latest": {"unique_key": [key], "sort": "t"}})
    };
    let cases = [
        (
            Job,
            job("1gb"),
            job("2gb"),
            "_ml/anomaly_detectors/x/_close",
        ),
        (Datafeed, feed("a"), feed("b"), "_ml/datafeeds/x/_stop"),
        (
            Analytics,
            frame("a"),
            frame("b"),
            "_ml/data_frame/analytics/x/_stop",
        ),
        (Transform, pivot("a"), pivot("b"), "_transform/x/_stop"),
    ];
    for (kind, found, wanted, call) in cases {
        let observation = cluster(&[(kind, "x", found, Failed)]);
        for body in [None, Some(wanted)] {
            let made = plan(&[target(kind, "x", body)], &observation, RESTART);
            let step = &made.steps[0];
            assert_eq!(step.action, Action::Blocked, "{step:?}");
            let told = step.reasons.join(" ");
            assert!(told.contains(&format!("POST {call}?force=true")), "{told}");
        }
    }
}

#[test]
fn a_fingerprint_is_of_what_somebody_made() {
    let print = |kind, found: &Value, wanted: &Value| {
        let observation = cluster(&[(kind, "x", found.clone(), Idle)]);
        plan(
            &[target(kind, "x", Some(wanted.clone()))],
            &observation,
            RESTART,
        )
        .fingerprint()
    };
    let rule = json!({"rule_id": "x", "name": "n", "query": "a", "enabled": true});
    let with = |body: &Value, key: &str, value: Value| {
        let mut body = body.clone();
        body[key] = value;
        body
    };
    let ran = with(
        &rule,
        "execution_summary",
        json!({"last_execution": {"date": "now"}}),
    );
    let query = with(&rule, "query", json!("b"));
    let off = with(&rule, "enabled", json!(false));
    for wanted in [&rule, &query] {
        assert_eq!(print(Rule, &rule, wanted), print(Rule, &ran, wanted));
        assert_ne!(print(Rule, &rule, wanted), print(Rule, &query, wanted));
    }
    // Whether a rule runs matters where the rule changes.
    let wanted = with(&query, "enabled", Value::Null);
    assert_ne!(print(Rule, &rule, &wanted), print(Rule, &off, &wanted));

    let job =
        json!({"analysis_config": {"bucket_span": "15m", "detectors": [{"function": "count"}]}});
    let open = with(&job, "model_snapshot_id", json!("17"));
    let by_hand = with(&job, "description", json!("by hand"));
    assert_eq!(print(Job, &job, &job), print(Job, &open, &job));
    assert_ne!(print(Job, &job, &job), print(Job, &by_hand, &job));
}
