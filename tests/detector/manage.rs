//! The commands that manage filters, jobs and rules, against a practice cluster.

use serde_json::json;

use crate::stage::Stage;

const FILTERS: &str = r#"
[filter.safe_domains]
description = "Our list of safe domains"
items = ["safe.com", { item = "trusted.com", comment = "ours" }, { item = "old.example", expires = "2020-01-01" }]
"#;

/// The seed examples of the guide.
const SEEDS: [(&str, &str); 4] = [
    (
        "dns_exfiltration_with_rule",
        r#"{"function": "high_info_content", "field_name": "subdomain", "over_field_name": "highest_registered_domain",
            "custom_rules": [{"actions": ["skip_result"], "scope": {"highest_registered_domain": {"filter_id": "safe_domains", "filter_type": "include"}}}]}"#,
    ),
    (
        "scoping_multiple_fields",
        r#"{"function": "count", "partition_field_name": "my_partition", "over_field_name": "my_over", "by_field_name": "my_by",
            "custom_rules": [{"actions": ["skip_result"], "scope": {"my_partition": {"filter_id": "safe_domains"},
            "my_over": {"filter_id": "safe_domains"}, "my_by": {"filter_id": "safe_domains"}}}]}"#,
    ),
    (
        "cpu_with_rule",
        r#"{"function": "high_mean", "field_name": "cpu_utilization",
            "custom_rules": [{"actions": ["skip_result"], "conditions": [{"applies_to": "actual", "operator": "lt", "value": 0.2}]}]}"#,
    ),
    (
        "rule_with_range",
        r#"{"function": "count", "custom_rules": [{"actions": ["skip_result"], "conditions": [
            {"applies_to": "actual", "operator": "gt", "value": 30}, {"applies_to": "actual", "operator": "lt", "value": 50}]}]}"#,
    ),
];

const WORDS: [&str; 4] = [
    "skip the result when `highest_registered_domain` is in `safe_domains`",
    "skip the result when `my_partition` is in `safe_domains` and `my_by` is in `safe_domains` and `my_over` is in `safe_domains`",
    "skip the result when actual < 0.2",
    "skip the result when actual > 30 and actual < 50",
];

fn job(detector: &str) -> String {
    format!(
        r#"{{"analysis_config": {{"bucket_span": "5m", "detectors": [{detector}]}}, "data_description": {{"time_field": "timestamp"}}}}"#
    )
}

#[test]
fn the_seed_examples_go_from_files_to_words() {
    let stage = Stage::new();
    let filters = stage.write("filters.toml", FILTERS);
    let made = stage.ok(&["filter", "put", "safe_domains", "--from", &filters, "--yes"]);
    assert_eq!(made["added"], json!(["safe.com", "trusted.com"]));
    for ((id, detector), words) in SEEDS.into_iter().zip(WORDS) {
        let file = stage.write(&format!("{id}.json"), &job(detector));
        stage.ok(&["job", "put", id, "--from", &file]);
        let told = stage.ok(&["job", "rules", id]);
        assert_eq!(told["detectors"][0]["rules"][0]["words"], words);
    }
    let shown = stage.ok(&["filter", "show", "safe_domains"]);
    assert_eq!(
        shown["used_by"],
        json!(["dns_exfiltration_with_rule", "scoping_multiple_fields"])
    );
    let (code, ..) = stage.run(&["filter", "delete", "safe_domains", "--yes"]);
    assert_eq!(code, 11);
}

#[test]
fn filters_change_by_the_smallest_update_and_come_back() {
    let stage = Stage::new();
    let list = stage.write(
        "safe_domains.txt",
        "# trusted\nsafe.com # ours; source: ticket 7\ntrusted.com\n",
    );
    stage.ok(&["filter", "put", "safe_domains", "--from", &list, "--yes"]);
    let changed = stage.ok(&[
        "filter",
        "update",
        "safe_domains",
        "--add",
        "another-safe.com",
        "--add",
        "safe.com",
        "--remove",
        "trusted.com",
        "--remove",
        "never.com",
        "--yes",
    ]);
    assert_eq!(
        (&changed["added"], &changed["removed"]),
        (&json!(["another-safe.com"]), &json!(["trusted.com"]))
    );
    let again = stage.ok(&[
        "filter",
        "update",
        "safe_domains",
        "--add",
        "safe.com",
        "--yes",
    ]);
    assert_eq!(again["added"], json!([]));
    let into = stage.write(
        "filters.toml",
        "[filter.safe_domains]\nitems = [{ item = \"safe.com\", source = \"ticket 7\" }]\n",
    );
    stage.ok(&["filter", "pull", "--into", &into]);
    let pulled = std::fs::read_to_string(&into).unwrap();
    assert!(
        pulled.contains("{ item = \"safe.com\", source = \"ticket 7\" }"),
        "{pulled}"
    );
    assert!(pulled.contains("\"another-safe.com\""), "{pulled}");
    let bad = stage.write("bad.toml", "[filter.safe_domains]\nitems = [\"*.com\"]\n");
    let (code, ..) = stage.run(&["filter", "update", "safe_domains", "--from", &bad, "--yes"]);
    assert_eq!(code, 5);
    stage.ok(&["filter", "delete", "safe_domains", "--yes"]);
}

#[test]
fn rules_are_merged_reviewed_and_read_back() {
    let stage = Stage::new();
    let file = stage.write(
        "job.json",
        &job(r#"{"function": "rare", "by_field_name": "process"}"#),
    );
    stage.ok(&["job", "put", "rare", "--from", &file]);
    let window = stage.write(
        "window.json",
        r#"{"conditions": [{"applies_to": "time", "operator": "lt", "value": 1600000000}]}"#,
    );
    let done = stage.ok(&["job", "rules", "add", "rare", "--from", &window, "--yes"]);
    assert_eq!(
        done["words"],
        json!(["skip the result when the time < 2020-09-13T12:26:40Z"])
    );
    for refused in [
        r#"{"scope": {"process": {"filter_id": "no_such"}}}"#,
        r#"{"conditions": [{"applies_to": "time", "operator": "lt", "value": 1}, {"applies_to": "actual", "operator": "lt", "value": 1}]}"#,
        r#"{"actions": ["skip_result"]}"#,
    ] {
        let file = stage.write("bad.json", refused);
        assert_eq!(
            stage
                .run(&["job", "rules", "add", "rare", "--from", &file, "--yes"])
                .0,
            5,
            "{refused}"
        );
    }
    let none = stage.ok(&["job", "rules", "remove", "rare", "0", "--yes"]);
    assert_eq!(none["rules"], json!([]));
    assert_eq!(
        stage
            .run(&["job", "rules", "remove", "rare", "0", "--yes"])
            .0,
        2
    );
}

#[test]
fn jobs_and_datafeeds_live_and_go_in_order() {
    let stage = Stage::new();
    let file = stage.write("job.json", &job(r#"{"function": "count"}"#));
    stage.ok(&["job", "put", "j", "--from", &file]);
    let feed = stage.write(
        "feed.json",
        r#"{"job_id": "j", "indices": ["INDEX_PATTERN_NAME"]}"#,
    );
    stage.ok(&[
        "datafeed",
        "put",
        "datafeed-j",
        "--from",
        &feed,
        "--index-pattern",
        "logs-*",
    ]);
    assert_eq!(
        stage.ok(&["datafeed", "show", "datafeed-j"])["indices"],
        json!(["logs-*"])
    );
    let change = stage.write(
        "change.json",
        r#"{"analysis_config": {"bucket_span": "1h"}}"#,
    );
    assert_eq!(stage.run(&["job", "update", "j", "--from", &change]).0, 2);
    stage.ok(&["job", "clone", "j", "j2", "--change", &change]);
    let copy = stage.ok(&["job", "show", "j2"]);
    assert_eq!(copy["analysis_config"]["bucket_span"], "1h");
    assert_eq!(
        stage.ok(&["datafeed", "show", "datafeed-j2"])["job_id"],
        "j2"
    );
    stage.ok(&["job", "open", "j"]);
    let listed = stage.ok(&["job", "list"]);
    assert_eq!(
        (&listed[0]["id"], &listed[0]["state"]),
        (&json!("j"), &json!("opened"))
    );
    let gone = stage.ok(&["job", "delete", "j", "--yes"]);
    assert_eq!(gone["answer"], json!(["datafeed datafeed-j", "job j"]));
    assert_eq!(stage.run(&["job", "show", "j"]).0, 11);
}

#[test]
fn rules_are_judged_from_files_alone() {
    let stage = Stage::new();
    let write = |name: &str, text: &str| stage.write(name, text);
    let job = write("job.json", &job(SEEDS[0].1));
    let filters = write("filters.toml", FILTERS);
    let records = write(
        "records.ndjson",
        "{\"job_id\":\"d\",\"result_type\":\"record\",\"timestamp\":1600000000000,\"detector_index\":0,\"record_score\":80,\"over_field_value\":\"safe.com\",\"actual\":[9]}\n\
         {\"job_id\":\"d\",\"result_type\":\"record\",\"timestamp\":1600000000000,\"detector_index\":0,\"record_score\":90,\"over_field_value\":\"evil.com\",\"actual\":[9]}\n",
    );
    let output = stage
        .command(&[
            "job",
            "explain",
            "d",
            "--job-file",
            &job,
            "--filters",
            &filters,
            "--anomalies",
            &records,
            "--each",
            "each.ndjson",
        ])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(text.starts_with("job d: 2 recorded anomalies, 1 would have been skipped (highest score 80.0), 1 would stay"), "{text}");
    assert!(text.contains("     1  safe.com"), "{text}");
    assert!(
        text.contains("what would stay, the highest first\n  e.g. 2020-09-13T12:26:40Z score 90.0"),
        "{text}"
    );
    let each = std::fs::read_to_string(stage.path().join("each.ndjson")).unwrap();
    let each: Vec<serde_json::Value> = each
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let results: Vec<_> = each
        .iter()
        .map(|one| (&one["result"], &one["rules"]))
        .collect();
    assert_eq!(
        results,
        [
            (&json!("skipped"), &json!([0])),
            (&json!("kept"), &json!([]))
        ]
    );
}
