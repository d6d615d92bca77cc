//! What becomes of documents, and how that is told.

use std::collections::BTreeSet;
use std::time::Duration;

use sealift::flow::rehearse::{Artifacts, Calls, Lines, Report, Stage, rehearse};
use sealift::progress::Silent;
use serde_json::{Value, json};

/// Sends documents through the pipeline `entry`; gives the results with the report.
fn over(
    artifacts: &Artifacts,
    entry: &str,
    documents: &str,
    expected: Option<&str>,
    threads: usize,
) -> (Report, Vec<Value>) {
    let stage = Stage::new(artifacts.clone(), Duration::from_secs(1_700_000_000)).unwrap();
    let mut results = Vec::new();
    let report = rehearse(
        &stage,
        entry,
        Lines::new(documents.as_bytes(), "documents"),
        expected.map(|text| Lines::new(text.as_bytes(), "expected")),
        threads,
        Some(&mut |result| {
            results.push(serde_json::from_str(result).unwrap());
            Ok(())
        }),
        &Silent,
    )
    .unwrap();
    (report, results)
}

/// One pipeline for each outcome, and one that none of them changes anything in.
fn pipelines() -> Artifacts {
    let bodies = [
        (
            "set",
            json!([{"set": {"field": "probability", "value": 0.25}}]),
        ),
        ("none", json!([{"set": {"field": "kind", "value": "k"}}])),
        (
            "ignore",
            json!([{"uppercase": {"field": "nothing", "ignore_failure": true}}]),
        ),
        ("drop", json!([{"drop": {}}])),
        ("fail", json!([{"fail": {"message": "no {{kind}}"}}])),
        (
            "swallow",
            json!([{"uppercase": {"field": "nothing", "on_failure": [
                {"set": {"field": "error.message", "value": "{{_ingest.on_failure_message}}"}},
            ]}}]),
        ),
    ];
    let calls = bodies.iter().map(|(id, _)| Calls {
        pipeline: (*id).to_owned(),
        called: BTreeSet::new(),
    });
    Artifacts {
        calls: calls.collect(),
        pipelines: bodies
            .iter()
            .map(|(id, steps)| ((*id).to_owned(), json!({"processors": steps})))
            .collect(),
        ..Artifacts::default()
    }
}

#[test]
fn every_outcome_is_told_apart() {
    let document = json!({"_id": "x", "_source": {"kind": "k"}}).to_string();
    for (pipeline, outcome, reason) in [
        ("set", "enriched", None),
        ("none", "untouched", None),
        ("ignore", "untouched", None),
        ("drop", "dropped", None),
        ("fail", "failed", Some("fail_processor_exception: no k")),
        (
            "swallow",
            "failed",
            Some(
                "illegal_argument_exception: field [nothing] not present as part of path [nothing] (taken care of by on_failure)",
            ),
        ),
    ] {
        let (report, results) = over(&pipelines(), pipeline, &document, None, 1);
        assert_eq!(results[0]["outcome"], outcome, "{pipeline}");
        assert_eq!(results[0]["_id"], "x");
        let found = report
            .findings
            .first()
            .and_then(|finding| finding.reason.as_deref());
        assert_eq!(found, reason, "{pipeline}");
        assert_eq!(report.is_good(), outcome != "failed", "{pipeline}");
        // Written down and read back, everything is as expected, the failures too.
        let expected = results[0].to_string();
        let (report, _) = over(&pipelines(), pipeline, &document, Some(&expected), 2);
        assert_eq!((report.compared, report.agreeing), (1, 1), "{pipeline}");
        assert!(report.is_good(), "{pipeline}");
    }
}

#[test]
fn scores_are_counted_and_results_keep_their_order_on_any_number_of_threads() {
    let documents: Vec<String> = (0..5_000)
        .map(|number| json!({"n": number}).to_string())
        .collect();
    let documents = documents.join("\n");
    let (report, one) = over(&pipelines(), "set", &documents, None, 1);
    assert_eq!(
        report.scores.unwrap().counts,
        [0, 0, 5_000, 0, 0, 0, 0, 0, 0, 0]
    );
    let (report, three) = over(&pipelines(), "set", &documents, None, 3);
    assert_eq!((report.threads, report.enriched), (3, 5_000));
    assert!(one == three, "the results differ");
    assert_eq!(three[4_321]["_source"]["n"], 4_321);
}

#[test]
fn expected_results_must_be_as_many_as_documents() {
    let stage = Stage::new(pipelines(), Duration::ZERO).unwrap();
    for (expected, which) in [("{}", "fewer"), ("{}\n{}\n{}", "more")] {
        let error = rehearse(
            &stage,
            "none",
            Lines::new(&b"{}\n{}"[..], "documents"),
            Some(Lines::new(expected.as_bytes(), "expected")),
            1,
            None,
            &Silent,
        )
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("there are {which} expected results than documents")
        );
    }
}

#[test]
fn what_a_cluster_would_refuse_is_named() {
    let broken = |change: fn(&mut Artifacts)| {
        let mut artifacts = pipelines();
        change(&mut artifacts);
        Stage::new(artifacts, Duration::ZERO)
            .unwrap_err()
            .to_string()
    };
    for (error, expected) in [
        (
            broken(|artifacts| artifacts.pipelines[0].1["processors"] = json!([{"nope": {}}])),
            "a cluster would refuse pipeline set",
        ),
        (
            broken(|artifacts| artifacts.models.push(("m".to_owned(), b"{}".to_vec()))),
            "a cluster would refuse model m",
        ),
    ] {
        assert_eq!(error, expected);
    }
}
