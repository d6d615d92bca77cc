//! What the review finds, and where.

use sealift::model::artifact::ArtifactKind;
use sealift::model::json_text::parse;
use sealift::model::lint::{Surroundings, review};

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
