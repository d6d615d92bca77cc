//! The review refuses what the server refuses and what fails later, and nothing else.

use std::collections::BTreeSet;

use sealift::model::artifact::ArtifactKind;
use sealift::model::finding::{Finding, Severity};
use sealift::model::json_text::parse;
use sealift::model::lint::{Surroundings, review};

use crate::recording::{Exchange, as_sent, read};

/// Accepted requests whose jobs fail when they are opened, or whose rule cannot
/// mean what it says.
const FAIL_LATER: [&str; 7] = [
    "rule empty actions",
    "rule scope unknown filter",
    "rule scope bad filter id",
    "rare time then actual",
    "freq_rare time then actual",
    "lat_long time then actual",
    "metric time then actual",
];

fn surroundings() -> Surroundings {
    let names = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    Surroundings {
        version: "8.0.0-SNAPSHOT".parse().unwrap(),
        filters: names(&["safe_domains", "filter_1", "filter_2", "filter_3"]),
        jobs: names(&["dj", "j1"]),
    }
}

fn subject(exchange: &Exchange) -> Option<(ArtifactKind, String)> {
    let kinds = [
        ("/_ml/anomaly_detectors/", ArtifactKind::Job),
        ("/_ml/filters/", ArtifactKind::Filter),
        ("/_ml/datafeeds/", ArtifactKind::Datafeed),
        ("/_ml/data_frame/analytics/", ArtifactKind::Analytics),
    ];
    if exchange.method != "PUT" {
        return None;
    }
    let (prefix, kind) = kinds
        .into_iter()
        .find(|(prefix, _)| exchange.path.starts_with(prefix))?;
    Some((
        kind,
        exchange.path.strip_prefix(prefix)?.replace("%20", " "),
    ))
}

/// Refusals that come from what the cluster holds, which no review of a file can see.
fn is_about_state(reason: &str) -> bool {
    ["already", "No known job", "no such index"]
        .iter()
        .any(|part| reason.contains(part))
        && !reason.contains("same name")
}

fn root_reason(exchange: &Exchange) -> String {
    let mut error = &exchange.answer["error"];
    while error["caused_by"].is_object() {
        error = &error["caused_by"];
    }
    error["reason"].as_str().unwrap_or_default().to_owned()
}

fn errors(findings: &[Finding]) -> Vec<&Finding> {
    findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect()
}

#[test]
fn precision_and_recall_over_the_recordings_are_whole() {
    let (mut refused, mut fail_later, mut silent) = (0, 0, 0);
    for exchange in ["jobs", "custom_rules", "filters", "datafeeds", "analytics"]
        .iter()
        .flat_map(|topic| read(topic))
    {
        let (Some((kind, id)), Some(body)) = (subject(&exchange), exchange.body.as_ref()) else {
            continue;
        };
        let findings = review(kind, &id, &parse(&as_sent(body)), &surroundings());
        let errors = errors(&findings);
        let reason = root_reason(&exchange);
        if exchange.status != 200 && !is_about_state(&reason) {
            let same = errors
                .iter()
                .any(|finding| reason.contains(&finding.what) || finding.what.contains(&reason));
            assert!(
                same,
                "{}: {reason} is not what the review says: {errors:#?}",
                exchange.name
            );
            refused += 1;
        } else if FAIL_LATER.contains(&exchange.name.as_str()) {
            assert!(!errors.is_empty(), "{} is let through", exchange.name);
            fail_later += 1;
        } else {
            assert!(errors.is_empty(), "{}: {errors:#?}", exchange.name);
            silent += 1;
        }
    }
    println!(
        "refused with the server {refused}, refused beforehand {fail_later}, silent {silent}: precision and recall 100 %"
    );
}

#[test]
fn findings_say_where_what_and_what_to_do() {
    let body = parse(
        r#"{
  "analysis_config": {
    "bucket_span": "7m",
    "detectors": [{
      "function": "rare", "by_field_name": "b",
      "custom_rules": [
        {"actions": [], "scope": {"b": {"filter_id": "no_such"}}},
        {"scope": {"b": {"filter_id": "Not OK"}}, "conditions": [
          {"applies_to": "time", "operator": "gt", "value": 1600000000000},
          {"applies_to": "actual", "operator": "lt", "value": 1}]}
      ]}]
  },
  "data_description": {"time_field": "@timestamp"}
}"#,
    );
    let findings = review(
        ArtifactKind::Job,
        "j",
        &body,
        &Surroundings::empty(Surroundings::NEWEST),
    );
    let found: Vec<(&str, &str)> = findings
        .iter()
        .map(|finding| (finding.check, finding.path.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (
                "rule/empty-actions",
                "/analysis_config/detectors/0/custom_rules/0/actions"
            ),
            (
                "rule/unknown-filter",
                "/analysis_config/detectors/0/custom_rules/0/scope/b/filter_id"
            ),
            (
                "rule/time-unit",
                "/analysis_config/detectors/0/custom_rules/1/conditions/0/value"
            ),
            (
                "rule/later-condition",
                "/analysis_config/detectors/0/custom_rules/1/conditions/1/applies_to"
            ),
            (
                "rule/filter-id",
                "/analysis_config/detectors/0/custom_rules/1/scope/b/filter_id"
            ),
            ("job/bucket-span", "/analysis_config/bucket_span"),
        ]
    );
    assert!(
        findings
            .iter()
            .all(|finding| !finding.why.is_empty() && !finding.fix.is_empty())
    );
}

#[test]
fn items_are_looked_at_one_by_one() {
    let body = parse(
        r#"{"items": ["ok.example", "*.com", "a*b.example", " x.example", "", "*", "Big.example", "ok.example",
            "ok.example.", "bücher.example", "*a", "xn--mnchen-3ya.example", "münchen.example"]}"#,
    );
    let findings = review(
        ArtifactKind::Filter,
        "f",
        &body,
        &Surroundings::empty(Surroundings::NEWEST),
    );
    let mut found: Vec<(&str, &str)> = findings
        .iter()
        .map(|finding| (finding.check, finding.path.as_str()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("item/blank", "/items/3"),
            ("item/case", "/items/6"),
            ("item/duplicate", "/items/7"),
            ("item/duplicate", "/items/8"),
            ("item/ignored", "/items/4"),
            ("item/ignored", "/items/5"),
            ("item/inner-wildcard", "/items/2"),
            ("item/public-suffix", "/items/1"),
            ("item/punycode", "/items/9"),
            ("item/wide", "/items/10"),
        ]
    );
}
