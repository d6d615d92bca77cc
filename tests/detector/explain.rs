//! What rules would have hidden, told beforehand.

use sealift::model::explain::{explain, read_records};
use sealift::model::filter::Filter;
use sealift::model::job::Job;
use sealift::model::json_text::parse;
use sealift::model::version::StackVersion;

const JOB: &str = r#"{
  "analysis_config": {"detectors": [
    {"function": "high_info_content", "field_name": "subdomain", "over_field_name": "domain", "custom_rules": [
      {"scope": {"domain": {"filter_id": "safe"}}},
      {"actions": ["skip_model_update"], "conditions": [{"applies_to": "actual", "operator": "lt", "value": 10}]},
      {"scope": {"domain": {"filter_id": "safe", "filter_type": "exclude"}},
       "conditions": [{"applies_to": "diff_from_typical", "operator": "lte", "value": 1}]}
    ]},
    {"function": "rare", "by_field_name": "process"}
  ]},
  "data_description": {"time_field": "@timestamp"}
}"#;

const RECORDS: &str = r#"
{"job_id": "j", "result_type": "record", "timestamp": 1600000000000, "detector_index": 0, "record_score": 90, "over_field_value": "a.partner.example", "actual": [50], "typical": [3]}
{"job_id": "j", "result_type": "record", "timestamp": 1600000900000, "detector_index": 0, "record_score": 70, "over_field_value": "trusted.example", "causes": [{"actual": [5], "typical": [4]}]}
{"job_id": "j", "result_type": "record", "timestamp": 1600001800000, "detector_index": 0, "record_score": 40, "over_field_value": "other.example", "actual": [4], "typical": [3.5]}
{"job_id": "j", "result_type": "record", "timestamp": 1600002700000, "detector_index": 0, "record_score": 99, "over_field_value": "evil.example", "actual": [500], "typical": [3]}
{"job_id": "j", "result_type": "record", "timestamp": 1600002700000, "detector_index": 1, "record_score": 10, "by_field_value": "x", "actual": [1]}
{"job_id": "else", "result_type": "record", "timestamp": 1600002700000, "detector_index": 0, "record_score": 10}
{"job_id": "j", "result_type": "record", "timestamp": 1600002700000, "detector_index": 7, "record_score": 10}
{"job_id": "j", "result_type": "bucket", "timestamp": 1600002700000}
"#;

#[test]
fn each_rule_and_item_is_held_to_account() {
    let version = StackVersion::new(8, 16, 0);
    let job = Job::create("j", &parse(JOB), &version).unwrap();
    let items = ["*.partner.example", "trusted.example", "never.example"].map(str::to_owned);
    let filter = Filter::new("safe", None, items.to_vec()).unwrap();
    let records = read_records("records", RECORDS).unwrap();
    let told = explain(&job, &[filter], &records);
    assert_eq!(
        (
            told.records,
            told.foreign,
            told.skipped,
            told.kept(),
            told.untaught
        ),
        (5, 2, 3, 2, 2)
    );
    let counts: Vec<_> = told
        .rules
        .iter()
        .map(|rule| (rule.seen, rule.matched, rule.alone))
        .collect();
    assert_eq!(counts, [(4, 2, 2), (4, 2, 0), (4, 1, 1)]);
    let items = &told.rules[0].items[&("domain".to_owned(), "safe".to_owned())];
    let items: Vec<_> = items
        .iter()
        .map(|(item, count)| (item.as_str(), *count))
        .collect();
    assert_eq!(items, [("*.partner.example", 1), ("trusted.example", 1)]);
    assert!(told.rules[2].items.is_empty());
    assert_eq!(
        told.rules[0].examples[0].entities,
        [("domain".to_owned(), "a.partner.example".to_owned())]
    );
    assert!((told.highest_skipped - 90.0).abs() < f64::EPSILON);
}

#[test]
fn a_missing_filter_counts_as_empty() {
    let job = Job::create("j", &parse(JOB), &StackVersion::new(8, 16, 0)).unwrap();
    let told = explain(&job, &[], &read_records("records", RECORDS).unwrap());
    assert_eq!(told.rules[0].matched, 0);
    assert_eq!(told.rules[2].matched, 2);
}
