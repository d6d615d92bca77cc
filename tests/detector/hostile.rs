//! The review of files that mean harm, or that are merely huge: it ends soon, says
//! what is wrong, and never falls over.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sealift::flow::lint::{Options, Report, lint, source};
use sealift::model::finding::Severity;
use sealift::model::lint::Surroundings;
use sealift::model::time::Timestamp;

fn linted(files: &[(&str, String)]) -> Report {
    let files: Vec<(String, Vec<u8>)> = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.clone().into_bytes()))
        .collect();
    let options = Options {
        version: Surroundings::NEWEST,
        known: BTreeSet::new(),
        now: Timestamp::from_seconds(0).unwrap(),
        allow_unknown: false,
        suffix: String::new(),
    };
    let begun = Instant::now();
    let report = lint(&[source::of_files("hostile", &files)], &options).unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(60),
        "{:?}",
        begun.elapsed()
    );
    report
}

fn nested(open: &str, close: &str, depth: usize) -> String {
    format!("{}1{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn depth_is_refused_wherever_it_stands() {
    let deep = nested("[", "]", 100_000);
    let objects = nested("{\"a\":", "}", 100_000);
    let foreach = format!(
        "{}{{\"set\": {{\"field\": \"a\", \"value\": 1}}}}{}",
        "{\"foreach\": {\"field\": \"a\", \"processor\": ".repeat(300),
        "}}".repeat(300)
    );
    for (name, text) in [
        (
            "j.json",
            format!("{{\"job_id\": \"j\", \"analysis_config\": {deep}}}"),
        ),
        ("j.json", format!("{{\"analysis_config\": {objects}}}")),
        (
            "f.json",
            format!("{{\"filter_id\": \"f\", \"items\": {deep}}}"),
        ),
        ("p_pipeline.json", format!("{{\"processors\": {deep}}}")),
        (
            "p_pipeline.json",
            format!("{{\"processors\": [{foreach}]}}"),
        ),
        (
            "s_script.json",
            format!(
                "{{\"script\": {{\"lang\": \"painless\", \"source\": \"return {}\"}}}}",
                nested("(", ")", 20_000)
            ),
        ),
        (
            "m_model.json",
            format!("{{\"model_id\": \"m\", \"definition\": {objects}}}"),
        ),
        ("r.ndjson", objects.clone()),
        ("f.toml", format!("[filter.f]\nitems = {deep}\n")),
        ("x.json", deep.clone()),
    ] {
        let report = linted(&[(name, text)]);
        assert!(report.count(Severity::Error) > 0, "{name}");
        for placed in &report.findings {
            assert!(
                placed.finding.what.len() < 2000,
                "{name}: {}",
                placed.finding.what.len()
            );
        }
    }
}

#[test]
fn huge_lists_are_looked_at_once() {
    let items: Vec<String> = (0..200_000)
        .map(|n| format!("\"*.n{n}.example\""))
        .collect();
    let filter = format!("{{\"filter_id\": \"f\", \"items\": [{}]}}", items.join(","));
    let report = linted(&[("f.json", filter)]);
    assert!(
        report
            .findings
            .iter()
            .any(|placed| placed.finding.what.contains("too many items"))
    );

    let jobs: Vec<String> = (0..3_000)
        .map(|n| {
            format!(
                "{{\"id\": \"j{n}\", \"config\": {{\"analysis_config\": {{\"detectors\": [{{\"function\": \"count\"}}]}}, \"data_description\": {{}}}}}}"
            )
        })
        .collect();
    let module = format!("{{\"jobs\": [{}]}}", jobs.join(","));
    let report = linted(&[("module.json", module)]);
    assert_eq!((report.reviewed, report.count(Severity::Error)), (3_000, 0));

    let rules: Vec<String> = (0..5_000)
        .map(|n| format!("{{\"rule_id\": \"r{n}\", \"type\": \"query\", \"name\": \"n\", \"description\": \"d\", \"risk_score\": 1, \"severity\": \"low\"}}"))
        .collect();
    let report = linted(&[("rules.ndjson", rules.join("\n"))]);
    assert_eq!((report.reviewed, report.count(Severity::Error)), (5_000, 0));

    let filters: Vec<String> = (0..3_000)
        .map(|n| format!("[filter.f{n}]\nitems = [\"a\"]\n"))
        .collect();
    let report = linted(&[("filters.toml", filters.join(""))]);
    assert_eq!((report.reviewed, report.count(Severity::Error)), (3_000, 0));

    let rule = "{\"scope\": {\"b\": {\"filter_id\": \"f\"}}}";
    let job = format!(
        "{{\"job_id\": \"j\", \"analysis_config\": {{\"detectors\": [{{\"function\": \"rare\", \"by_field_name\": \"b\", \"custom_rules\": [{}]}}]}}, \"data_description\": {{}}}}",
        vec![rule; 2_000].join(",")
    );
    assert!(linted(&[("j.json", job)]).count(Severity::Error) >= 2_000);
}

#[test]
fn what_is_no_text_or_no_json_is_named() {
    for (name, text) in [
        ("j.json", ""),
        ("j.json", "{\"analysis_config\":"),
        (
            "j.json",
            "{\"job_id\": \"j\", \"job_id\": \"k\", \"analysis_config\": {}}",
        ),
        ("p_pipeline.json", "nul"),
        ("r.ndjson", "{\"rule_id\": 1}\n\n{"),
        ("f.toml", "[filter.f]\nitems = 1"),
        ("f.toml", "filter = 1"),
        ("x.toml", "a = \u{1}"),
        ("s_script.json", "{\"script\": \"x\"}"),
        ("s_script.json", "[]"),
        ("x.json", "\u{202e}{}"),
    ] {
        let report = linted(&[(name, text.to_owned())]);
        assert!(report.count(Severity::Error) > 0, "{name}: {text}");
        for placed in &report.findings {
            assert!(!placed.finding.why.is_empty() && !placed.finding.fix.is_empty());
        }
    }
    let files = [("j.json".to_owned(), b"{\"a\": \"\xff\"}".to_vec())];
    let options = Options {
        version: Surroundings::NEWEST,
        known: BTreeSet::new(),
        now: Timestamp::from_seconds(0).unwrap(),
        allow_unknown: false,
        suffix: String::new(),
    };
    let report = lint(&[source::of_files("hostile", &files)], &options).unwrap();
    assert_eq!(report.count(Severity::Error), 1);
}
