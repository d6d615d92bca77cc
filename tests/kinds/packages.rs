//! Integration packages: what is made of them, and that it is what a release of
//! the same content brings.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sealift::error::ErrorKind;
use sealift::flow::fetch_package::{PackageName, fetch_package};
use sealift::flow::gather::Gathered;
use sealift::flow::rehearse::{Artifacts, Lines, Report, Stage, rehearse};
use sealift::flow::status;
use sealift::io::http::{Retry, Settings, Url};
use sealift::io::registry::Registry as Client;
use sealift::io::release_zip;
use sealift::lab::registry::{Offer, Offers, Registry};
use sealift::model::artifact::ArtifactKind;
use sealift::model::package::{Choices, read};
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{self, Files, NAMES, PLAIN, Room, connect, install, remove};
use crate::packing;

const VERSION: &str = "1.2.3";

/// JSON as YAML in blocks, as people write it.
fn yaml(value: &Value, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let inner = |value: &Value| match value {
        Value::Object(map) if !map.is_empty() => format!("\n{}", yaml(value, indent + 2)),
        Value::Array(list) if !list.is_empty() => format!("\n{}", yaml(value, indent + 2)),
        other => format!(" {other}\n"),
    };
    match value {
        Value::Object(map) => {
            let lines = map
                .iter()
                .map(|(key, value)| format!("{pad}{key}:{}", inner(value)));
            lines.collect::<Vec<_>>().concat()
        }
        Value::Array(list) => {
            let lines = list.iter().map(|value| format!("{pad}-{}", inner(value)));
            lines.collect::<Vec<_>>().concat()
        }
        other => format!("{pad}{other}\n"),
    }
}

/// The name-shape release with the scripts inside its pipelines, for packages have
/// no stored ones; beside it a job with its datafeed, a rule, a transform, and a
/// dashboard.
struct Sample {
    model: Vec<u8>,
    inference: Value,
    entry: Value,
    job: Value,
    datafeed: Value,
    rule: Value,
    transform: Value,
    board: Value,
}

const MODEL: &str = "nameshape_20260212_1.0";

impl Sample {
    fn new() -> Self {
        let files: BTreeMap<String, Vec<u8>> = kit::release(NAMES).into_iter().collect();
        let parsed = |name: &str| -> Value { serde_json::from_slice(&files[name]).unwrap() };
        let mut inference = parsed("ml_nameshape_inference_pipeline.json");
        for processor in inference["processors"].as_array_mut().unwrap() {
            let id = processor
                .pointer("/script/id")
                .and_then(Value::as_str)
                .map(str::to_owned);
            if let Some(id) = id {
                let stored = parsed(&format!("{id}.json"));
                let script = processor["script"].as_object_mut().unwrap();
                script.remove("id");
                script.extend(stored["script"].as_object().unwrap().clone());
            }
        }
        Self {
            model: files[&format!("{MODEL}_model.json")].clone(),
            inference,
            entry: parsed("ml_nameshape_ingest_pipeline.json"),
            job: json!({"analysis_config": {"bucket_span": "15m",
                "detectors": [{"function": "high_sum", "field_name": "name_shape.p", "over_field_name": "source.ip"}]},
                "data_description": {"time_field": "@timestamp"}}),
            datafeed: json!({"job_id": "nameshape_sum", "indices": ["dns-*"], "query": {"match_all": {}}}),
            rule: json!({"rule_id": "r-1", "type": "machine_learning", "name": "Odd names",
                "description": "Odd", "risk_score": 21, "severity": "low", "anomaly_threshold": 50,
                "machine_learning_job_id": "nameshape_sum", "version": 1}),
            transform: json!({"source": {"index": ["dns-*"]}, "dest": {"index": "dns_latest"},
                "latest": {"unique_key": ["source.ip"], "sort": "@timestamp"},
                "sync": {"time": {"field": "@timestamp"}}}),
            board: json!({"id": "nameshape-board", "type": "dashboard",
                "attributes": {"title": "Shapes"}, "references": []}),
        }
    }

    /// In the later naming of releases.
    fn release(&self) -> Files {
        let wrapped = |kind: &str, name: &str, body: &Value| {
            json!({"name": name, "type": kind, "body": body})
                .to_string()
                .into_bytes()
        };
        vec![
            (format!("{MODEL}_model.json"), self.model.clone()),
            (
                "ml_nameshape_inference_pipeline.json".into(),
                self.inference.to_string().into_bytes(),
            ),
            (
                "ml_nameshape_ingest_pipeline.json".into(),
                self.entry.to_string().into_bytes(),
            ),
            (
                "job.json".into(),
                wrapped("anomaly_detection", "nameshape_sum", &self.job),
            ),
            (
                "feed.json".into(),
                wrapped("datafeed", "datafeed-nameshape_sum", &self.datafeed),
            ),
            (
                "latest_transform.json".into(),
                self.transform.to_string().into_bytes(),
            ),
            ("boards.ndjson".into(), self.board.to_string().into_bytes()),
            ("rules.ndjson".into(), self.rule.to_string().into_bytes()),
        ]
    }

    /// As an integration package.
    fn package(&self) -> Files {
        let inference = yaml(&self.inference, 0);
        let entry = yaml(&self.entry, 0).replace(
            "\"ml_nameshape_inference_pipeline\"",
            "'{{ IngestPipeline \"inference\" }}'",
        );
        assert!(entry.contains("IngestPipeline"), "{entry}");
        let mut datafeed = self.datafeed.clone();
        datafeed["indices"] = json!(["INDEX_PATTERN_NAME"]);
        let module = json!({"id": "nameshape-ml", "type": "ml-module", "attributes": {
            "id": "nameshape", "title": "Name shape",
            "jobs": [{"id": "nameshape_sum", "config": self.job}],
            "datafeeds": [{"id": "datafeed-nameshape_sum", "job_id": "nameshape_sum", "config": datafeed}]}});
        let rule = json!({"id": "r-1", "type": "security-rule", "attributes": self.rule});
        let about = format!(
            "format_version: 3.0.0\nname: nameshape\ntitle: Name shape\nversion: {VERSION}\n\
             type: integration\nconditions:\n  kibana:\n    version: ^8.9.0 || ^9.0.0\n  elastic:\n    \
             subscription: platinum\n"
        );
        let text = |text: String| text.into_bytes();
        vec![
            ("manifest.yml".into(), text(about)),
            (
                "changelog.yml".into(),
                text("- version: 1.2.3\n".to_owned()),
            ),
            ("docs/README.md".into(), text("# Name shape\n".to_owned())),
            (
                "elasticsearch/ingest_pipeline/inference.yml".into(),
                text(format!("---\n{inference}")),
            ),
            (
                "elasticsearch/ingest_pipeline/ingest.yml".into(),
                text(format!("---\n{entry}")),
            ),
            (
                format!("elasticsearch/ml_model/{MODEL}.json"),
                self.model.clone(),
            ),
            (
                "elasticsearch/transform/latest/transform.yml".into(),
                text(yaml(&self.transform, 0)),
            ),
            (
                "elasticsearch/transform/latest/manifest.yml".into(),
                text("start: false\n".to_owned()),
            ),
            (
                "elasticsearch/transform/latest/fields/fields.yml".into(),
                text("- name: source.ip\n  type: ip\n".to_owned()),
            ),
            (
                "kibana/dashboard/nameshape-board.json".into(),
                text(self.board.to_string()),
            ),
            (
                "kibana/ml_module/nameshape-ml.json".into(),
                text(module.to_string()),
            ),
            (
                "kibana/security_rule/r-1.json".into(),
                text(rule.to_string()),
            ),
        ]
    }
}

/// Writes `files` below a new folder `name` of the room.
fn folder(room: &Room, name: &str, files: &Files) -> PathBuf {
    let folder = room.path().join(name);
    for (file, bytes) in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn zipped(files: &Files) -> Vec<u8> {
    let files = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    release_zip::build(&format!("nameshape-{VERSION}"), files).unwrap()
}

/// What the names of the package are in the release.
const NAMES_OF: [(&str, &str); 3] = [
    ("1.2.3-inference", "ml_nameshape_inference_pipeline"),
    ("1.2.3-ingest", "ml_nameshape_ingest_pipeline"),
    ("logs-nameshape.latest-default-0.1.0", "latest_transform"),
];

/// What the store holds of the kinds that both have, by the release's names, and
/// without what says who put it there and when.
fn installed(lab: &sealift::lab::Lab) -> BTreeMap<String, Value> {
    let mut text = lab.snapshot().to_string();
    for (package, release) in NAMES_OF {
        text = text.replace(package, release);
    }
    let all: Value = serde_json::from_str(&text).unwrap();
    let mut found = BTreeMap::new();
    for kind in [
        "models",
        "definitions",
        "pipelines",
        "transforms",
        "jobs",
        "datafeeds",
        "saved_objects/default",
        "rules/default",
    ] {
        for (id, body) in all[kind].as_object().into_iter().flatten() {
            let mut body = body.clone();
            if let Value::Object(map) = &mut body {
                for key in [
                    "_meta",
                    "metadata",
                    "create_time",
                    "custom_settings",
                    "updated_at",
                    "created_at",
                    "version",
                    "id",
                    "tags",
                    "meta",
                ] {
                    map.remove(key);
                }
            }
            let id = if kind == "rules/default" { "rule" } else { id };
            found.insert(format!("{kind} {id}"), body);
        }
    }
    found.remove("saved_objects/default ml-module:nameshape-ml");
    found
}

#[test]
fn a_package_and_a_release_of_the_same_content_install_the_same() {
    let sample = Sample::new();
    let room = Room::new();
    let release = folder(&room, "ML-NameShape-20260301-1", &sample.release());
    let package = folder(&room, &format!("nameshape-{VERSION}"), &sample.package());
    let mut stores = Vec::new();
    for path in [release, package.clone()] {
        let room = Room::new();
        let bundle = packing::bundle(&[path], &room);
        let lab = kit::lab("8.19");
        let cluster = connect(&lab);
        install(&room, &cluster, &bundle, PLAIN).unwrap_or_else(|error| panic!("{error:?}"));
        let told = status::status(&cluster, &kit::wanted(&bundle), &Silent).unwrap();
        assert!(!told.has_drift(), "{:#?}", told.artifacts);
        stores.push(installed(&lab));
        remove(&room, &cluster, &bundle, PLAIN.permissions).unwrap();
        assert_eq!(installed(&lab), BTreeMap::new());
    }
    assert_eq!(stores[0].len(), 9, "{:?}", stores[0].keys());
    for (name, body) in &stores[0] {
        assert_eq!(stores[1].get(name), Some(body), "{name}");
    }
    assert_eq!(stores[0].len(), stores[1].len());
}

fn rehearsed(gathered: &Gathered, entry: &str) -> (Report, Vec<Value>) {
    let artifacts = Artifacts::of_releases(gathered).unwrap();
    let stage = Stage::new(artifacts, Duration::from_secs(1_700_000_000)).unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let documents = fs::read_to_string(fixtures.join("documents.ndjson")).unwrap();
    let expected = fs::read_to_string(fixtures.join(format!("expected/{NAMES}.ndjson"))).unwrap();
    let mut results = Vec::new();
    let report = rehearse(
        &stage,
        entry,
        Lines::new(documents.as_bytes(), "documents"),
        Some(Lines::new(expected.as_bytes(), "expected")),
        1,
        Some(&mut |result| {
            results.push(serde_json::from_str(result).unwrap());
            Ok(())
        }),
        &Silent,
    );
    (report.unwrap(), results)
}

#[test]
fn both_rehearse_with_the_same_numbers() {
    let sample = Sample::new();
    let room = Room::new();
    let release = folder(&room, "ML-NameShape-20260301-1", &sample.release());
    let package = folder(&room, "nameshape", &sample.package());
    let release = packing::gathered(&[release]).unwrap();
    let package = packing::gathered(&[package]).unwrap();
    let (of_release, results) = rehearsed(&release, "ml_nameshape_ingest_pipeline");
    let (of_package, same) = rehearsed(&package, "1.2.3-ingest");
    assert_eq!(results, same);
    for report in [of_release, of_package] {
        assert_eq!(report.agreeing, report.documents, "{:?}", report.findings);
        assert!(report.enriched > 20);
    }
}

#[test]
fn names_and_marks_are_those_of_fleet() {
    let sample = Sample::new();
    let mut files = sample.package();
    let stream = "data_stream/lookups";
    files.push((
        format!("{stream}/manifest.yml"),
        b"type: logs\ndataset: names.lookups\n".to_vec(),
    ));
    files.push((
        format!("{stream}/elasticsearch/ingest_pipeline/default.yml"),
        b"processors:\n- pipeline:\n    name: '{{ IngestPipeline \"tail\" }}'\n".to_vec(),
    ));
    files.push((
        format!("{stream}/elasticsearch/ingest_pipeline/tail.yml"),
        b"processors:\n- set: {field: a, value: '{{ _ingest.timestamp }}'}\n".to_vec(),
    ));
    let room = Room::new();
    let gathered = packing::gathered(&[folder(&room, "p", &files)]).unwrap();
    let names: Vec<String> = gathered
        .catalog
        .items
        .iter()
        .map(|item| item.artifact.to_string())
        .collect();
    let expected = [
        "component logs-nameshape.latest-template@custom",
        "component logs-nameshape.latest-template@package",
        "template logs-nameshape.latest-template",
        "model nameshape_20260212_1.0",
        "pipeline 1.2.3-inference",
        "pipeline 1.2.3-ingest",
        "pipeline logs-names.lookups-1.2.3",
        "pipeline logs-names.lookups-1.2.3-tail",
        "transform logs-nameshape.latest-default-0.1.0",
        "job nameshape_sum",
        "datafeed datafeed-nameshape_sum",
        "object dashboard:nameshape-board",
        "object ml-module:nameshape-ml",
        "rule r-1",
    ];
    assert_eq!(names, expected);
    for item in &gathered.catalog.items {
        let range = (
            item.min_stack_version.as_ref(),
            item.max_stack_version.as_ref(),
        );
        let range = (range.0.unwrap().to_string(), range.1.unwrap().to_string());
        assert_eq!(range, ("8.9.0".to_owned(), "9.99.99".to_owned()));
    }
    let bundle = packing::bundle(&[room.path().join("p")], &room);
    let wanted = kit::wanted(&bundle);
    let pipelines = wanted
        .iter()
        .filter(|target| target.artifact.kind == ArtifactKind::Pipeline);
    for target in pipelines {
        let meta = &target.body.as_ref().unwrap()["_meta"];
        assert_eq!(meta["managed_by"], "fleet");
        assert_eq!(meta["package"]["name"], "nameshape");
    }
    let default = wanted
        .iter()
        .find(|target| target.artifact.id == "logs-names.lookups-1.2.3");
    let body = default.unwrap().body.as_ref().unwrap();
    assert_eq!(
        body["processors"][0]["pipeline"]["name"],
        "logs-names.lookups-1.2.3-tail"
    );
    let source = &bundle.manifest().sources[0];
    let package = source.package.as_ref().unwrap();
    assert_eq!(
        (package.name.as_str(), package.version.as_str()),
        ("nameshape", VERSION)
    );
    assert_eq!(package.conditions.subscription.as_deref(), Some("platinum"));
}

#[test]
fn a_cluster_outside_the_range_is_refused() {
    let room = Room::new();
    let path = folder(&room, "p", &Sample::new().package());
    let bundle = packing::bundle(&[path], &room);
    let ranges = sealift::flow::targets::ranges(&bundle);
    assert_eq!(ranges.len(), bundle.manifest().artifacts.len());
    for (version, good) in [("7.17", false), ("8.19", true), ("9.x", true)] {
        let lab = kit::lab(version);
        let clock = sealift::flow::clock::Clock::new(&kit::now);
        let cluster = connect(&lab);
        let wanted = kit::wanted(&bundle);
        let question = sealift::flow::preflight::Question::of(&wanted, &ranges, false);
        let answer = question.put_to(&cluster, &clock).unwrap();
        assert_eq!(answer.is_ready(), good, "{version}: {:?}", answer.found);
    }
}

fn client(registry: &Registry) -> Client {
    let retry = Retry {
        attempts: 2,
        first_pause: Duration::from_millis(1),
        longest_wait: Duration::from_secs(1),
    };
    Client::new(
        Url::parse(&registry.url()).unwrap(),
        Settings::default(),
        retry,
    )
    .unwrap()
}

fn key() -> (String, String) {
    ("nameshape".to_owned(), VERSION.to_owned())
}

#[test]
fn fetched_from_a_registry_with_its_signature() {
    let offer = Offer {
        zip: zipped(&Sample::new().package()),
        signature: Some(b"-----BEGIN PGP SIGNATURE-----\n".to_vec()),
    };
    let registry = Registry::start(Offers::from([(key(), offer)])).unwrap();
    let room = Room::new();
    let name = PackageName::parse("nameshape@1.2.3").unwrap();
    let fetched = fetch_package(&client(&registry), &name, room.path(), &Silent).unwrap();
    assert!(fetched.signed && fetched.files == 12);
    let bundle = packing::bundle(std::slice::from_ref(&fetched.path), &room);
    let source = &bundle.manifest().sources[0];
    assert_eq!(
        source.fetched_from.as_deref(),
        Some(registry.url().trim_end_matches('/'))
    );
    assert_eq!(source.asset_sha256, Some(fetched.sha256));
    assert_eq!(source.signature.as_deref(), Some("nameshape-1.2.3.zip.sig"));
    let carried = bundle.manifest().files.iter();
    let carried: Vec<&str> = carried.map(|file| file.path.as_str()).collect();
    assert!(
        carried.contains(&"payload/nameshape-1.2.3/nameshape-1.2.3.zip.sig"),
        "{carried:?}"
    );
    let absent = PackageName::parse("nameshape@9.9.9").unwrap();
    let error = fetch_package(&client(&registry), &absent, room.path(), &Silent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    for bad in ["nameshape", "@1", "a@", "../a@1.0.0", "a/b@1.0.0", "a@1?x"] {
        assert_eq!(
            PackageName::parse(bad).unwrap_err().kind(),
            ErrorKind::Usage,
            "{bad}"
        );
    }
}

#[test]
fn a_registry_that_serves_no_zip_is_refused_and_leaves_nothing() {
    let offer = Offer {
        zip: b"not a zip".to_vec(),
        signature: None,
    };
    let registry = Registry::start(Offers::from([(key(), offer)])).unwrap();
    let room = Room::new();
    let name = PackageName::parse("nameshape@1.2.3").unwrap();
    let error = fetch_package(&client(&registry), &name, room.path(), &Silent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert_eq!(fs::read_dir(room.path()).unwrap().count(), 0);
}

#[test]
fn hostile_packages_are_refused() {
    let laughs: String = (1..12).fold(
        "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(),
        |text, level| {
            let below = vec![format!("*a{}", level - 1); 9].join(", ");
            format!("{text}a{level}: &a{level} [{below}]\n")
        },
    );
    let pipeline = "elasticsearch/ingest_pipeline/x.yml";
    for (file, content, message) in [
        (pipeline, laughs.as_str(), "is not usable YAML"),
        (pipeline, &"[".repeat(10_000), "is not usable YAML"),
        (
            pipeline,
            "processors: []\nprocessors: []\n",
            "is not usable YAML",
        ),
        (pipeline, "processors: {}\n", "no list `processors`"),
        (pipeline, "- a\n", "does not hold an object"),
        (
            pipeline,
            "processors: [{pipeline: {name: '{{ IngestPipeline \"nope\" }}'}}]",
            "does not have",
        ),
        (
            "elasticsearch/ingest_pipeline/..x y.yml",
            "processors: []",
            "is not usable as the name",
        ),
        (
            "elasticsearch/ingest_pipeline/ingest.json",
            "{\"processors\": []}",
            "the same pipeline ingest",
        ),
        (
            "elasticsearch/transform/latest/transform.yml",
            "source: {}\n",
            "no index to write to",
        ),
        (
            "elasticsearch/transform/latest/fields/fields.yml",
            "- type: x\n",
            "a field without a name",
        ),
        (
            "elasticsearch/ml_model/other.json",
            "{\"model_id\": \"x\", \"definition\": {}, \"inference_config\": {}}",
            "by its file's name",
        ),
        (
            "kibana/ml_module/nameshape-ml.json",
            "{\"id\":\"a\",\"type\":\"ml-module\",\"attributes\":{\"jobs\":[{\"id\":\"../x\",\"config\":{}}]}}",
            "is not usable as the name",
        ),
        (
            "kibana/security_rule/r-1.json",
            "{\"id\":\"r-1\"}",
            "the rule has no attributes",
        ),
        (
            "kibana/dashboard/x.json",
            "{\"id\":\"x\"}",
            "a saved object has",
        ),
        (
            "kibana/dashboard/x.json",
            "{\"id\":\"x\",\"id\":\"y\"}",
            "is not JSON",
        ),
        (
            "manifest.yml",
            "format_version: 1\nname: ../x\nversion: 1.0.0\n",
            "is not usable as the name",
        ),
        (
            "manifest.yml",
            "format_version: 1\nname: x\nversion: 1.0.0\nconditions: {kibana: {version: soon}}\n",
            "not a range of versions",
        ),
    ] {
        let room = Room::new();
        let mut files: BTreeMap<String, Vec<u8>> = Sample::new().package().into_iter().collect();
        files.insert(file.to_owned(), content.as_bytes().to_vec());
        let path = folder(&room, "p", &files.into_iter().collect());
        let error = packing::gathered(&[path]).unwrap_err();
        let text = format!("{error:?}");
        assert!(text.contains(message), "{file} {message}: {text}");
        assert_eq!(error.kind(), ErrorKind::Malformed, "{file}");
    }
}

#[test]
fn datafeeds_need_their_indices() {
    let files = Sample::new().package().into_iter().collect();
    let error = read(&files, &Choices::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(
        error.to_string().contains("does not say which indices"),
        "{error}"
    );
    // To look at it, nothing needs to be chosen.
    assert!(read(&files, &Choices::for_a_look()).is_ok());
    let choices = Choices {
        index_pattern: Some("a-*, b-*".to_owned()),
        ..Choices::default()
    };
    let made = read(&files, &choices).unwrap().made;
    let feed = made.iter().find(|(name, _)| name.contains("datafeed-"));
    let feed: Value = serde_json::from_slice(feed.unwrap().1).unwrap();
    assert_eq!(feed["body"]["indices"], json!(["a-*", "b-*"]));
}
