//! Files to artifacts.

use std::fs;
use std::path::PathBuf;

use sealift::model::artifact::{ArtifactId, ArtifactKind};
use sealift::model::catalog::{Catalog, Cataloger, Severity};
use sealift::model::content;
use sealift::model::manifest::Part;

/// The catalog of one release with these files.
fn catalog(files: &[(&str, &str)]) -> Catalog {
    let mut cataloger = Cataloger::new();
    cataloger.begin("release", files.iter().map(|(name, _)| *name));
    for (name, text) in files {
        cataloger.file(name, text.as_bytes());
    }
    cataloger.finish()
}

fn names(catalog: &Catalog) -> Vec<String> {
    let items = catalog.items.iter();
    items.map(|item| item.artifact.to_string()).collect()
}

const FIRST: [(&str, &str); 5] = [
    (
        "dga_7_1.0_model.json",
        r#"{"compressed_definition":"x","inference_config":{}}"#,
    ),
    (
        "dga_7_1.0_ngrams_create.json",
        r#"{"script":{"lang":"painless","source":""}}"#,
    ),
    (
        "dga_7_1.0_ngrams_transform_delete.json",
        r#"{"script":{"lang":"painless","source":""}}"#,
    ),
    (
        "dga_7_1.0_ingest_pipeline1.json",
        r#"{"processors":[{"pipeline":{"name":"dns_dga_inference_enrich_pipeline"}}]}"#,
    ),
    (
        "dga_7_1.0_ingest_pipeline2.json",
        r#"{"processors":[{"script":{"id":"dga_ngrams_create"}},{"inference":{"model_id":"dga_7_1.0"}},{"script":{"id":"dga_ngrams_transform_delete"}}]}"#,
    ),
];

#[test]
fn the_first_naming_has_fixed_ids() {
    let catalog = catalog(&FIRST).usable().unwrap();
    assert_eq!(
        names(&catalog),
        [
            "script dga_ngrams_create",
            "script dga_ngrams_transform_delete",
            "model dga_7_1.0",
            "pipeline dns_dga_inference_enrich_pipeline",
            "pipeline dns_enrich_pipeline",
        ]
    );
    assert_eq!(catalog.missing(), []);
    let inference = ArtifactId::new(ArtifactKind::Pipeline, "dns_dga_inference_enrich_pipeline");
    assert_eq!(catalog.get(&inference).unwrap().references.len(), 3);
}

#[test]
fn the_first_naming_has_each_file_once() {
    let error = catalog(&FIRST[..4]).usable().unwrap_err();
    assert!(
        error.to_string().contains("dga_*_ingest_pipeline2.json"),
        "{error}"
    );
    let twice = [&FIRST[..], &[("dga_8_model.json", FIRST[0].1)]].concat();
    let error = catalog(&twice).usable().unwrap_err();
    assert!(error.to_string().contains("this one has 2"), "{error}");
}

#[test]
fn the_later_naming_takes_ids_from_stems_and_model_id() {
    let catalog = catalog(&[
        (
            "beacon_3_model.json",
            r#"{"model_id":"beacon_3","definition":{},"inference_config":{}}"#,
        ),
        ("ml_Beacon_a_script.json", r#"{"script":{"source":"1"}}"#),
        (
            "ml_Beacon_b_pipeline.json",
            r#"{"processors":[{"script":{"id":"ml_Beacon_a_script"}},{"script":{"id":"gone"}},{"inference":{"model_id":"beacon_3"}}]}"#,
        ),
        ("README.md", "# Beacon"),
    ])
    .usable()
    .unwrap();
    assert_eq!(
        names(&catalog),
        [
            "script ml_Beacon_a_script",
            "model beacon_3",
            "pipeline ml_Beacon_b_pipeline"
        ]
    );
    assert_eq!(catalog.others.len(), 1);
    let missing: Vec<String> = catalog.missing().iter().map(ToString::to_string).collect();
    assert_eq!(
        missing,
        [
            "release/ml_Beacon_b_pipeline.json: pipeline ml_Beacon_b_pipeline refers to script gone, which is not here"
        ]
    );
}

#[test]
fn detections_are_wrapped_or_listed() {
    let catalog = catalog(&[
        (
            "a.json",
            r#"{"name":"j","type":"anomaly_detection","body":{"analysis_config":{"detectors":[{"custom_rules":[{"scope":{"x":{"filter_id":"f"}}}]}]}}}"#,
        ),
        (
            "b.json",
            r#"{"name":"d","type":"datafeed","body":{"job_id":"j","indices":["x"]}}"#,
        ),
        (
            "c.json",
            r#"{"name":"a","type":"data_frame_analytic","body":{}}"#,
        ),
        (
            "d.json",
            r#"{"name":"f","type":"filter","body":{"items":[]}}"#,
        ),
        (
            "e.toml",
            "[metadata]\nmin_stack_version = \"7.13\"\n[rule]\nrule_id = \"r1\"\ntype = \"query\"\nname = \"One\"\n",
        ),
        (
            "f.ndjson",
            "{\"rule_id\":\"r2\",\"type\":\"machine_learning\",\"machine_learning_job_id\":[\"j\",\"k\"]}\n\n{\"list_id\":\"l\",\"type\":\"detection\"}\n{\"exported_count\":1}\n",
        ),
    ])
    .usable()
    .unwrap();
    assert_eq!(
        names(&catalog),
        [
            "filter f",
            "job j",
            "datafeed d",
            "analytics a",
            "rule r1",
            "rule r2"
        ]
    );
    let missing = catalog.missing();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].wanted, ArtifactId::new(ArtifactKind::Job, "k"));
    assert_eq!(missing[0].place.part, Some(Part::Line(1)));
    let rule = &catalog.items[4];
    assert_eq!(rule.title.as_deref(), Some("One"));
    assert_eq!(rule.min_stack_version, Some("7.13.0".parse().unwrap()));
    let [warning] = catalog.findings.as_slice() else {
        panic!("{:?}", catalog.findings);
    };
    assert_eq!(warning.severity, Severity::Warning);
    assert!(
        warning.message.contains("line 3 is an exception list"),
        "{warning}"
    );
}

#[test]
fn bodies_that_name_themselves_are_known() {
    let catalog = catalog(&[
        ("1.json", r#"{"job_id":"j","analysis_config":{}}"#),
        ("2.json", r#"{"datafeed_id":"d","job_id":"j"}"#),
        ("3.json", r#"{"filter_id":"f","items":[]}"#),
        (
            "4.json",
            r#"{"id":"a","source":{},"dest":{},"analysis":{}}"#,
        ),
        (
            "5.json",
            r#"{"rule_id":"r","type":"eql","name":"n","risk_score":1}"#,
        ),
        (
            "6.json",
            r#"{"model_id":"m","inference_config":{},"definition":{}}"#,
        ),
        ("7.json", r#"{"tag_name":"t","assets":{}}"#),
    ])
    .usable()
    .unwrap();
    assert_eq!(
        names(&catalog),
        [
            "model m",
            "filter f",
            "job j",
            "datafeed d",
            "analytics a",
            "rule r"
        ]
    );
    assert_eq!(catalog.others.len(), 1);
}

#[test]
fn filters_may_be_written_in_toml() {
    let text =
        "[filter.b]\nitems = [\"*.b.example\"]\n[filter.a]\ndescription = \"A.\"\nitems = []\n";
    let catalog = catalog(&[("filters.toml", text)]).usable().unwrap();
    assert_eq!(names(&catalog), ["filter a", "filter b"]);
    let part = catalog.items[1].place.part.as_ref();
    let body = content::read("filters.toml", part, text.as_bytes()).unwrap();
    assert_eq!(body, serde_json::json!({"items": ["*.b.example"]}));
}

#[test]
fn what_cannot_be_used_is_named_with_its_place() {
    let cases = [
        ("x.json", "{}", "x.json: cannot be classified"),
        ("x.bin", "pass", "cannot be classified"),
        ("x.toml", "[filters]", "cannot be classified"),
        (
            "x.toml",
            "[filter.f]",
            "the filter f is not as filters are written",
        ),
        (
            "x.toml",
            "[filter.f]\nitems = [1]",
            "the filter f is not as filters are written",
        ),
        (
            "x.toml",
            "[filter.f]\nitems = []\nitem = 1",
            "unknown field `item`",
        ),
        ("x.toml", "filter = 1", "[filter.ID]"),
        (
            "x_pipeline.json",
            r#"{"script":{}}"#,
            "is named as a pipeline",
        ),
        ("x_script.json", "[]", "holds no JSON object"),
        (
            "x_script.json",
            r#"{"script":{},"script":{}}"#,
            "is not JSON",
        ),
        ("x_model.json", r#"{"model_id":"x"}"#, "has no definition"),
        ("x_model.json", "{", "is not a trained model"),
        (
            "x_model.json",
            r#"{"model_id":"","definition":{}}"#,
            "empty model_id",
        ),
        (
            "x.json",
            r#"{"name":"n","type":"transformer","body":{}}"#,
            "type \"transformer\" is unknown",
        ),
        (
            "x.json",
            r#"{"name":"","type":"filter","body":{}}"#,
            "name is not a text, or empty",
        ),
        (
            "x.json",
            r#"{"name":"n","type":"filter","body":[]}"#,
            "body is not an object",
        ),
        (
            "x.json",
            r#"{"name":"n","type":"anomaly_detection","body":{"job_id":"m"}}"#,
            "its name is \"n\", but its body's job_id is \"m\"",
        ),
        (
            "x.json",
            r#"{"name":"n","type":"datafeed","body":{}}"#,
            "names no job_id",
        ),
        ("x.toml", "[rule]\ntype = \"query\"", "no rule_id"),
        ("x.toml", "[rule", "line 1"),
        (
            "x.toml",
            "[rule]\nrule_id = \"r\"\ntype = \"machine_learning\"",
            "names no machine_learning_job_id",
        ),
        (
            "x.ndjson",
            "",
            "holds neither detection rules nor saved objects",
        ),
        (
            "x.ndjson",
            "{}\n",
            "line 1 is neither a detection rule nor a saved object",
        ),
        ("x.ndjson", "{\n", "line 1 is not JSON"),
        (
            "x_pipeline.json",
            r#"{"processors":[{"pipeline":{"name":"x_pipeline"}}]}"#,
            "refers to itself",
        ),
    ];
    for (name, text, message) in cases {
        let error = catalog(&[(name, text)]).usable().expect_err(message);
        let error = error.to_string();
        assert!(error.contains(message), "{name} {text}: {error}");
        assert!(error.starts_with("release/"), "{error}");
    }
}

#[test]
fn one_artifact_in_two_places_is_ambiguous() {
    let filter = r#"{"filter_id":"f","items":[]}"#;
    let mut cataloger = Cataloger::new();
    for release in ["one", "two"] {
        cataloger.begin(release, ["f.json"]);
        cataloger.file("f.json", filter.as_bytes());
    }
    let catalog = cataloger.finish();
    assert_eq!(names(&catalog), ["filter f"]);
    let error = catalog.usable().unwrap_err();
    assert_eq!(
        error.to_string(),
        "two/f.json: filter f is already in one/f.json"
    );
}

#[test]
fn unknown_files_are_carried_on_request() {
    let mut cataloger = Cataloger::new().carry_unknown(true);
    cataloger.begin("r", ["a.bin", "b.json", "c_script.json"]);
    cataloger.file("a.bin", b"pass");
    cataloger.file("b.json", b"{}");
    cataloger.file("c_script.json", b"{}");
    let catalog = cataloger.finish();
    assert_eq!(catalog.others.len(), 2);
    // What says what it is has to be that.
    assert_eq!(catalog.findings.len(), 1);
}

#[test]
fn real_shaped_releases_are_catalogued_whole() {
    let root = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/data/releases"
    ));
    if !root.is_dir() {
        eprintln!("skipped: no {}", root.display());
        return;
    }
    for (tag, count) in [
        ("ML-DGA-20201129-1", 5),
        ("ML-DGA-20210604-2", 5),
        ("ML-experimental-detections-20201221-1", 16),
    ] {
        let mut files: Vec<PathBuf> = fs::read_dir(root.join(tag))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        let names: Vec<String> = files.iter().map(name).collect();
        let mut cataloger = Cataloger::new();
        cataloger.begin(tag, names.iter().map(String::as_str));
        for (path, name) in files.iter().zip(&names) {
            cataloger.file(name, &fs::read(path).unwrap());
        }
        let catalog = cataloger.finish().usable().unwrap();
        assert_eq!(catalog.items.len(), count, "{tag}");
        assert_eq!(catalog.missing(), [], "{tag}");
        assert_eq!(catalog.findings, [], "{tag}");
        for item in &catalog.items {
            let bytes = fs::read(root.join(tag).join(&item.place.file)).unwrap();
            let body = content::read(&item.place.file, item.place.part.as_ref(), &bytes).unwrap();
            assert!(body.is_object(), "{}", item.place);
        }
    }
}
