//! How files of these kinds are recognized, and what is refused.

use sealift::model::catalog::{Catalog, Cataloger, Severity};
use serde_json::json;

fn catalog(files: &[(&str, &[u8])]) -> Catalog {
    let mut cataloger = Cataloger::new();
    cataloger.begin("r", files.iter().map(|(name, _)| *name));
    for (name, bytes) in files {
        cataloger.file(name, bytes);
    }
    cataloger.finish()
}

#[test]
fn names_and_contents_tell_the_kind() {
    let transform = json!({"id": "t1", "source": {"index": "a"}, "dest": {"index": "b"},
        "latest": {"unique_key": ["host"], "sort": "@timestamp"}});
    let policy = json!({"match": {"indices": "a", "match_field": "b", "enrich_fields": ["c"]}});
    let mappings = json!({"mappings": {}});
    for (name, body, expected) in [
        ("t1.json", transform.clone(), "transform t1"),
        (
            "x_latest_transform.json",
            transform.clone(),
            "transform x_latest_transform",
        ),
        ("url_policy.json", policy.clone(), "enrich url_policy"),
        (
            "wrapped.json",
            json!({"name": "p", "type": "enrich_policy", "body": policy}),
            "enrich p",
        ),
        (
            "ml_scores_mappings.json",
            mappings.clone(),
            "index ml_scores",
        ),
        (
            "wrapped.json",
            json!({"name": "i", "type": "index", "body": mappings}),
            "index i",
        ),
        (
            "board.json",
            json!({"type": "dashboard", "id": "b", "attributes": {"title": "T"}}),
            "object dashboard:b",
        ),
    ] {
        let found = catalog(&[(name, body.to_string().as_bytes())])
            .usable()
            .unwrap();
        let names: Vec<String> = found
            .items
            .iter()
            .map(|item| item.artifact.to_string())
            .collect();
        assert_eq!(names, [expected], "{name}");
    }
}

#[test]
fn what_only_looks_like_one_is_refused() {
    for (name, body, message) in [
        (
            "x_transform.json",
            json!({"source": {}}),
            "but has not `source`, `dest`",
        ),
        (
            "ilm_policy.json",
            json!({"policy": {}}),
            "neither its name nor its content",
        ),
        (
            "x_mappings.json",
            json!({"properties": {}}),
            "neither its name nor its content",
        ),
        (
            "w.json",
            json!({"name": "p", "type": "index_template", "body": {"template": {}}}),
            "has not `index_patterns`",
        ),
        (
            "w.json",
            json!({"name": "p", "type": "transform", "body": {"id": "q", "source": {}, "dest": {}, "latest": {}}}),
            "its body's id is \"q\"",
        ),
    ] {
        let error = catalog(&[(name, body.to_string().as_bytes())])
            .usable()
            .unwrap_err();
        assert!(error.to_string().contains(message), "{name}: {error}");
    }
    let lines = b"{\"type\":\"dashboard\",\"id\":\"a\"}\n";
    let error = catalog(&[("x.ndjson", lines)]).usable().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("neither a detection rule nor a saved object"),
        "{error}"
    );
}

#[test]
fn a_suffix_makes_the_names_those_that_the_files_use() {
    let pipeline = json!({"processors": [{"script": {"id": "x_levels_script_soc"}}]});
    let transform = json!({"source": {"index": "a"}, "dest": {"index": "b", "pipeline": "x_pipeline_soc"},
        "latest": {"unique_key": ["h"], "sort": "t"}});
    let files = [
        (
            "x_levels_script.json",
            json!({"script": {"lang": "painless", "source": "1"}}),
        ),
        ("x_pipeline.json", pipeline),
        ("x_transform.json", transform),
    ];
    let catalog = |suffix: &str| {
        let mut cataloger = Cataloger::new().suffix(suffix);
        cataloger.begin("r", files.iter().map(|(name, _)| *name));
        for (name, body) in &files {
            cataloger.file(name, body.to_string().as_bytes());
        }
        cataloger.finish().usable().unwrap()
    };
    assert_eq!(catalog("").missing().len(), 2);
    assert_eq!(catalog("_soc").missing().len(), 0);
}

#[test]
fn programs_go_along_with_a_word() {
    let found = catalog(&[
        ("generate_scripts.py", b"print()"),
        ("x_script.json", b"{\"script\":{}}"),
    ]);
    assert_eq!(found.others.len(), 1);
    let words: Vec<&str> = found
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(
        words,
        ["a program of the publisher's; it goes along and is never run"]
    );
    assert!(
        found
            .findings
            .iter()
            .all(|finding| finding.severity == Severity::Warning)
    );
}
