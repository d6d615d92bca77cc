//! The examples of the guide to custom rules go the whole way: packed, verified,
//! installed, told in words, changed.

use serde_json::json;

use crate::stage::Stage;

/// The examples: a job's id, its detector, its bucket span, and its rule in words.
const JOBS: [(&str, &str, &str); 4] = [
    (
        "dns_exfiltration_with_rule",
        r#"{"function": "high_info_content", "field_name": "subdomain", "over_field_name": "highest_registered_domain",
            "custom_rules": [{"actions": ["skip_result"], "scope": {"highest_registered_domain": {"filter_id": "safe_domains", "filter_type": "include"}}}]}"#,
        "skip the result when `highest_registered_domain` is in `safe_domains`",
    ),
    (
        "scoping_multiple_fields",
        r#"{"function": "count", "partition_field_name": "my_partition", "over_field_name": "my_over", "by_field_name": "my_by",
            "custom_rules": [{"actions": ["skip_result"], "scope": {"my_partition": {"filter_id": "filter_1"},
            "my_over": {"filter_id": "filter_2"}, "my_by": {"filter_id": "filter_3"}}}]}"#,
        "skip the result when `my_partition` is in `filter_1` and `my_by` is in `filter_3` and `my_over` is in `filter_2`",
    ),
    (
        "cpu_with_rule",
        r#"{"function": "high_mean", "field_name": "cpu_utilization",
            "custom_rules": [{"actions": ["skip_result"], "conditions": [{"applies_to": "actual", "operator": "lt", "value": 0.20}]}]}"#,
        "skip the result when actual < 0.2",
    ),
    (
        "rule_with_range",
        r#"{"function": "count", "custom_rules": [{"actions": ["skip_result"], "conditions": [
            {"applies_to": "actual", "operator": "gt", "value": 30}, {"applies_to": "actual", "operator": "lt", "value": 50}]}]}"#,
        "skip the result when actual > 30 and actual < 50",
    ),
];

const FILTERS: &str = r#"
[filter.safe_domains]
description = "Our list of safe domains"
items = [
  { item = "*.google.com", source = "the guide", reviewed = "2026-02-01" },
  { item = "wikipedia.org", comment = "goes later", expires = "2099-12-31" },
]

[filter.filter_1]
items = ["a"]

[filter.filter_2]
items = ["b*"]

[filter.filter_3]
items = ["*c"]
"#;

/// Packs the folder `content` into `rules.sealift`.
fn pack(stage: &Stage) {
    stage.ok_away(&[
        "pack",
        "content",
        "-o",
        "rules.sealift",
        "--key",
        "test.key.pem",
        "--channel",
        "rules",
    ]);
}

fn stage() -> Stage {
    let stage = Stage::new();
    let content = stage.path().join("content");
    std::fs::create_dir(&content).unwrap();
    std::fs::write(content.join("filters.toml"), FILTERS).unwrap();
    for (id, detector, _) in JOBS {
        let text = format!(
            r#"{{"name": "{id}", "type": "anomaly_detection", "body": {{
                "analysis_config": {{"bucket_span": "5m", "detectors": [{detector}]}},
                "data_description": {{"time_field": "timestamp"}}}}}}"#
        );
        std::fs::write(content.join(format!("{id}.json")), text).unwrap();
    }
    stage.ok_away(&["key", "new", "test", "--no-passphrase"]);
    stage
}

const TRUST: [&str; 2] = ["--trust", "test.pub.pem"];

#[test]
fn the_examples_go_through_bundle_installation_status_and_words() {
    let stage = stage();
    let linted = stage.ok_away(&["lint", "content"]);
    assert_eq!(
        (&linted["errors"], &linted["reviewed"]),
        (&json!(0), &json!(8)),
        "{linted}"
    );
    pack(&stage);
    let linted = stage.ok_away(&[&["lint", "rules.sealift"][..], &TRUST].concat());
    assert_eq!(
        (&linted["errors"], &linted["reviewed"]),
        (&json!(0), &json!(8)),
        "{linted}"
    );

    // The review of every item crosses the gap with it.
    let shown = stage.ok_away(
        &[
            &[
                "inspect",
                "rules.sealift",
                "--artifact",
                "filter safe_domains",
            ][..],
            &TRUST,
        ]
        .concat(),
    );
    assert_eq!(shown["body"]["items"][0]["reviewed"], "2026-02-01");

    stage.ok(&[&["install", "rules.sealift", "--yes"][..], &TRUST].concat());
    let again = stage.ok(&[&["plan", "rules.sealift", "--exit-code"][..], &TRUST].concat());
    assert!(again["clusters"][0].is_object());
    let status = [&["status", "rules.sealift", "--exit-code"][..], &TRUST].concat();
    stage.ok(&status);

    for (id, _, words) in JOBS {
        let told = stage.ok(&["job", "rules", id]);
        assert_eq!(told["detectors"][0]["rules"][0]["words"], words);
        stage.ok(&["job", "open", id]);
    }
    let filter = stage.ok(&["filter", "show", "safe_domains"]);
    assert_eq!(
        filter["filter"]["items"],
        json!(["*.google.com", "wikipedia.org"])
    );
    assert_eq!(filter["used_by"], json!(["dns_exfiltration_with_rule"]));

    // The guide's update: one item more, one less; the drift shows.
    let changed = stage.ok(&[
        "filter",
        "update",
        "safe_domains",
        "--add",
        "*.myorg.com",
        "--remove",
        "wikipedia.org",
        "--yes",
    ]);
    assert_eq!(changed["added"], json!(["*.myorg.com"]));
    assert_eq!(changed["removed"], json!(["wikipedia.org"]));
    let (code, document, told) = stage.run(&status);
    assert_eq!(code, 9, "{document} {told}");
    assert!(document.to_string().contains("safe_domains"), "{document}");
}

#[test]
fn what_would_fail_later_is_not_packed() {
    let stage = stage();
    let content = stage.path().join("content");
    let pack = |name: &str, text: &str, more: &[&str]| {
        let path = content.join(name);
        std::fs::write(&path, text).unwrap();
        let args = [
            &[
                "pack",
                "content",
                "-o",
                "x.sealift",
                "--key",
                "test.key.pem",
            ][..],
            more,
        ]
        .concat();
        let (code, _, told) = stage.away(&args);
        std::fs::remove_file(&path).unwrap();
        (code, told)
    };
    let job = |rule: &str| {
        format!(
            r#"{{"name": "j", "type": "anomaly_detection", "body": {{"analysis_config": {{"detectors": [
                {{"function": "rare", "by_field_name": "b", "custom_rules": [{rule}]}}]}}, "data_description": {{}}}}}}"#
        )
    };
    for (name, text, said) in [
        ("j.json", job(r#"{"actions": [], "scope": {"b": {"filter_id": "filter_1"}}}"#), "no actions"),
        ("j.json", job(r#"{"scope": {"b": {"filter_id": "no_such"}}}"#), "no_such"),
        ("j.json", job(r#"{"scope": {"c": {"filter_id": "filter_1"}}}"#), "scope field 'c' is invalid"),
        ("s_script.json", r#"{"script": {"lang": "painless", "source": "ctx.x = nope("}}"#.to_owned(), "s_script.json"),
        ("p_pipeline.json", r#"{"processors": [{"set": {"field": "a"}}]}"#.to_owned(), "[value] required property is missing"),
        ("p_pipeline.json", r#"{"processors": [{"set": {"field": "a", "value": 1, "if": "ctx.a =="}}]}"#.to_owned(), "/processors/0/set/if"),
        ("more.toml", "[filter.wide]\nitems = [\"*.com\"]\n".to_owned(), "*.com"),
        ("more.toml", "[filter.old]\nitems = [{ item = \"a\", expires = \"2020-01-31\" }]\n".to_owned(), "expired on 2020-01-31"),
        ("more.toml", "[filter.old]\nitems = [{ item = \"a\", expires = \"soon\" }]\n".to_owned(), "soon"),
        ("x_model.json", r#"{"model_id": "m", "input": {"field_names": ["a"]}, "inference_config": {"regression": {}},
            "definition": {"trained_model": {"tree": {"feature_names": ["a"], "tree_structure": []}}}}"#.to_owned(), "[tree_structure] must not be empty"),
        ("r.toml", "[rule]\nrule_id = \"r\"\ntype = \"machine_learning\"\nname = \"n\"\ndescription = \"d\"\nrisk_score = 200\nseverity = \"low\"\nmachine_learning_job_id = \"j\"\n".to_owned(), "anomaly_threshold is missing"),
    ] {
        let (code, told) = pack(name, &text, &[]);
        assert_eq!(code, 5, "{text}: {told}");
        assert!(told.contains(said), "{said}: {told}");
        let is_no_date = told.contains("expires is no date");
        assert!(is_no_date || told.contains("hint: "), "{told}");
    }
    let unknown = job(r#"{"scope": {"b": {"filter_id": "no_such"}}}"#);
    let (code, told) = pack("j.json", &unknown, &["--known-filter", "no_such"]);
    assert_eq!(code, 0, "{told}");
}

#[test]
fn plain_lists_are_linted_by_line() {
    let stage = Stage::new();
    stage.write(
        "safe.txt",
        "# trusted\nsafe.example\n\n*.com # oops\nold.example # expires: 2020-01-31\n",
    );
    let (code, document, told) = stage.away(&["lint", "safe.txt"]);
    assert_eq!(code, 5, "{told}");
    let found: Vec<_> = document["result"]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| (&found["check"], &found["severity"], &found["line"]))
        .collect();
    assert_eq!(
        found,
        [
            (&json!("item/public-suffix"), &json!("error"), &json!(4)),
            (&json!("item/expired"), &json!("warning"), &json!(5)),
        ]
    );
    let (code, document, _) = stage.away(&["lint", "safe.txt", "--sarif", "out.sarif"]);
    assert_eq!((code, &document["result"]["reviewed"]), (5, &json!(1)));
    let log = std::fs::read_to_string(stage.path().join("out.sarif")).unwrap();
    let log: serde_json::Value = serde_json::from_str(&log).unwrap();
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 2);
}
