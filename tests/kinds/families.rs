//! Every published family: fetched from a publisher, packed, verified, installed,
//! looked at, removed.

use std::path::PathBuf;
use std::time::Duration;

use sealift::flow::fetch::fetch;
use sealift::flow::status;
use sealift::io::github::{GitHub, Options};
use sealift::io::http::{Method, Proxy, Retry, Url};
use sealift::lab::publisher::{Publisher, Shelf};
use sealift::model::artifact::ArtifactKind;
use sealift::model::release::{ReleaseTag, Repository};
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{
    self, DETECTIONS, DGA, Files, NAMES, PLAIN, Room, call, connect, install, remove,
};
use crate::packing;

/// The name-shape release under another name, in the manner of `ProblemChild`'s and
/// `URLSpoof`'s: the stems are the ids, in whatever case.
fn classifier(name: &str, stem: &str) -> Files {
    let swap = |text: &str| {
        text.replace("ml_nameshape", stem)
            .replace("nameshape_", &format!("{name}_"))
    };
    kit::release(NAMES)
        .into_iter()
        .map(|(file, bytes)| {
            (
                swap(&file),
                swap(std::str::from_utf8(&bytes).unwrap()).into_bytes(),
            )
        })
        .collect()
}

fn file(name: &str, body: &Value) -> (String, Vec<u8>) {
    (name.to_owned(), body.to_string().into_bytes())
}

fn script(source: &str) -> Value {
    json!({"script": {"lang": "painless", "source": source}})
}

fn lines(all: &[Value]) -> Vec<u8> {
    let mut text: String = all
        .iter()
        .map(Value::to_string)
        .collect::<Vec<_>>()
        .join("\n");
    text.push('\n');
    text.into_bytes()
}

/// A dashboard over a data view, as Kibana exports them.
fn boards(name: &str, index: &str) -> Vec<u8> {
    lines(&[
        json!({"attributes": {"timeFieldName": "@timestamp", "title": index}, "id": format!("{name}-view"),
            "references": [], "type": "index-pattern", "migrationVersion": {"index-pattern": "7.11.0"}}),
        json!({"attributes": {"title": format!("Drilldown of {name}"), "panelsJSON": "[]"},
            "id": format!("{name}-drilldown"), "type": "dashboard",
            "references": [{"id": format!("{name}-view"), "name": "v", "type": "index-pattern"}]}),
        json!({"attributes": {"title": format!("Current {name}"), "panelsJSON": "[]"},
            "id": format!("{name}-current"), "type": "dashboard",
            "references": [{"id": format!("{name}-drilldown"), "name": "d", "type": "dashboard"}]}),
        json!({"excludedObjects": [], "excludedObjectsCount": 0, "exportedCount": 3,
            "missingRefCount": 0, "missingReferences": []}),
    ])
}

/// Risk scores of hosts or users: no model, two transforms.
fn risk_score(who: &str) -> Files {
    let stem = format!("ml_{who}riskscore");
    let field = format!("{who}.name");
    let index = format!("ml_{who}_risk_score");
    let pivot = json!({
        "description": "Sums up alerts.",
        "source": {"index": [".alerts-security.alerts-default"],
            "query": {"bool": {"filter": [{"range": {"@timestamp": {"gte": "now-5d"}}}]}}},
        "dest": {"index": index, "pipeline": format!("{stem}_ingest_pipeline")},
        "frequency": "1h",
        "sync": {"time": {"delay": "120s", "field": "@timestamp"}},
        "pivot": {
            "group_by": {field.clone(): {"terms": {"field": field}}},
            "aggregations": {"risk_stats": {"scripted_metric": {
                "init_script": "state.scores = []",
                "map_script": {"id": format!("{stem}_map_script")},
                "combine_script": "return state",
                "params": {"max_risk": 100, "p": 1.5},
                "reduce_script": {"id": format!("{stem}_reduce_script")},
            }}},
        },
    });
    let latest = json!({
        "source": {"index": [index]},
        "dest": {"index": format!("{index}_latest")},
        "frequency": "1h",
        "latest": {"sort": "@timestamp", "unique_key": [field]},
        "sync": {"time": {"delay": "2s", "field": "ingest_timestamp"}},
    });
    let pipeline = json!({"processors": [
        {"set": {"field": "ingest_timestamp", "value": "{{_ingest.timestamp}}"}},
        {"script": {"id": format!("{stem}_levels_script"), "params": {"critical": 90}}},
    ]});
    vec![
        file(
            &format!("{stem}_levels_script.json"),
            &script("ctx.risk = 'Low'"),
        ),
        file(
            &format!("{stem}_map_script.json"),
            &script("state.scores.add(1)"),
        ),
        file(
            &format!("{stem}_reduce_script.json"),
            &script("return states.size()"),
        ),
        file(&format!("{stem}_ingest_pipeline.json"), &pipeline),
        file(&format!("{stem}_pivot_transform.json"), &pivot),
        file(&format!("{stem}_latest_transform.json"), &latest),
        (format!("{stem}_dashboards.ndjson"), boards(&stem, &index)),
        (
            format!("{stem}_generate_scripts.py"),
            b"print('names of a space')\n".to_vec(),
        ),
        ("readme.md".to_owned(), b"# How to\n".to_vec()),
    ]
}

fn beaconing() -> Files {
    let transform = json!({
        "source": {"index": "logs-*"},
        "dest": {"index": "ml_beaconing", "pipeline": "ml_beaconing_ingest_pipeline"},
        "frequency": "1h",
        "sync": {"time": {"field": "@timestamp"}},
        "pivot": {"group_by": {"host.name": {"terms": {"field": "host.name"}}},
            "aggregations": {"beacon": {"scripted_metric": {
                "init_script": {"id": "ml_beaconing_init_script"},
                "map_script": {"id": "ml_beaconing_map_script"},
                "combine_script": "return state",
                "reduce_script": {"id": "ml_beaconing_reduce_script"}}}}},
    });
    let pipeline = json!({"processors": [{"set": {"field": "event.kind", "value": "beacon"}}]});
    vec![
        file(
            "ml_beaconing_init_script.json",
            &script("state.counts = [:]"),
        ),
        file(
            "ml_beaconing_map_script.json",
            &script("state.counts['a'] = 1"),
        ),
        file("ml_beaconing_reduce_script.json", &script("return 1")),
        file("ml_beaconing_ingest_pipeline.json", &pipeline),
        file("ml_beaconing_pivot_transform.json", &transform),
        (
            "ml_beaconing_dashboards.ndjson".to_owned(),
            boards("ml_beaconing", "ml_beaconing*"),
        ),
    ]
}

/// A classifier whose documents are looked up in a list of known places first.
fn url_spoof() -> Files {
    let mut files = classifier("urlspoof", "ml_urlspoof");
    let policy = json!({"match": {"indices": "threats", "match_field": "url.domain",
        "enrich_fields": ["url.domain"], "query": {"match": {"event.dataset": "threats"}}}});
    let pipeline = json!({"processors": [
        {"enrich": {"policy_name": "url_spoofing_enrichment_policy", "field": "url.domain",
            "target_field": "threat", "ignore_missing": true}},
        {"pipeline": {"name": "ml_urlspoof_ingest_pipeline"}},
    ]});
    files.push(file("url_spoofing_enrichment_policy.json", &policy));
    files.push(file("ml_urlspoof_entry_pipeline.json", &pipeline));
    files
}

/// A family: its tag, its files, and how many of which kinds come of them.
type Family = (&'static str, Files, Vec<(ArtifactKind, usize)>);

/// Every family that is published.
fn families() -> Vec<Family> {
    let classifier_kinds = vec![
        (ArtifactKind::Script, 2),
        (ArtifactKind::Model, 1),
        (ArtifactKind::Pipeline, 2),
    ];
    let risk_kinds = || {
        vec![
            (ArtifactKind::Script, 3),
            (ArtifactKind::Pipeline, 1),
            (ArtifactKind::Transform, 2),
            (ArtifactKind::Object, 3),
        ]
    };
    vec![
        (
            "ML-DGA-20260105-1",
            kit::release(DGA),
            classifier_kinds.clone(),
        ),
        (
            "ML-ProblemChild-20260301-1",
            classifier("problemchild", "ML_ProblemChild"),
            classifier_kinds,
        ),
        (
            "ML-URLSpoof-20260301-1",
            url_spoof(),
            vec![
                (ArtifactKind::Enrich, 1),
                (ArtifactKind::Script, 2),
                (ArtifactKind::Model, 1),
                (ArtifactKind::Pipeline, 3),
            ],
        ),
        (
            "ML-HostRiskScore-20260301-1",
            risk_score("host"),
            risk_kinds(),
        ),
        (
            "ML-UserRiskScore-20260301-1",
            risk_score("user"),
            risk_kinds(),
        ),
        (
            "ML-Beaconing-20260301-1",
            beaconing(),
            vec![
                (ArtifactKind::Script, 3),
                (ArtifactKind::Pipeline, 1),
                (ArtifactKind::Transform, 1),
                (ArtifactKind::Object, 3),
            ],
        ),
        (
            "ML-experimental-detections-20260220-1",
            kit::release(DETECTIONS),
            vec![
                (ArtifactKind::Filter, 1),
                (ArtifactKind::Job, 2),
                (ArtifactKind::Datafeed, 2),
                (ArtifactKind::Analytics, 1),
                (ArtifactKind::Rule, 4),
            ],
        ),
    ]
}

fn github(url: &str) -> GitHub {
    let repository = Repository::parse("example/ml-releases").unwrap();
    let mut options = Options::new(repository, Url::parse(url).unwrap());
    options.proxy = Proxy::Direct;
    options.retry = Retry {
        attempts: 2,
        first_pause: Duration::from_millis(1),
        longest_wait: Duration::from_secs(2),
    };
    GitHub::new(options).unwrap()
}

#[test]
fn every_family_goes_the_whole_way() {
    let mut shelf = Shelf::new(Repository::parse("example/ml-releases").unwrap());
    for (tag, files, _) in families() {
        let files = files
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        let tag = ReleaseTag::parse(tag).unwrap();
        shelf.publish(&tag, "2026-03-01T00:00:00Z", files).unwrap();
    }
    let publisher = Publisher::start(shelf, None).unwrap();
    for (tag, _, kinds) in families() {
        let room = Room::new();
        let folder = room.path().join("releases");
        let release = ReleaseTag::parse(tag).unwrap();
        let fetched = fetch(&github(&publisher.url()), &release, &folder, &Silent).unwrap();
        let mut paths: Vec<PathBuf> = vec![fetched.path];
        let mut expected = kinds;
        if tag.contains("RiskScore") {
            // Its readers have to make the index of the latest scores by hand.
            let path = room.path().join("ml_risk_score_latest_mappings.json");
            let mappings = json!({"mappings": {"properties": {"host.name": {"type": "keyword"}}}});
            std::fs::write(&path, mappings.to_string()).unwrap();
            paths.push(path);
            expected.push((ArtifactKind::Index, 1));
        }
        let bundle = packing::bundle(&paths, &room);
        for (kind, count) in &expected {
            let artifacts = bundle.manifest().artifacts.iter();
            let found = artifacts.filter(|entry| entry.kind == *kind).count();
            assert_eq!(found, *count, "{tag} {kind}");
        }
        let total: usize = expected.iter().map(|(_, count)| count).sum();
        assert_eq!(bundle.manifest().artifacts.len(), total, "{tag}");

        let lab = kit::lab("8.19");
        call(&lab, Method::Put, "/threats", &json!({}));
        let cluster = connect(&lab);
        install(&room, &cluster, &bundle, PLAIN).unwrap_or_else(|error| panic!("{tag}: {error:?}"));
        let told = status::status(&cluster, &kit::wanted(&bundle), &Silent).unwrap();
        assert!(!told.has_drift(), "{tag}: {:#?}", told.artifacts);
        assert_eq!(told.artifacts.len(), total, "{tag}");
        remove(&room, &cluster, &bundle, PLAIN.permissions)
            .unwrap_or_else(|error| panic!("{tag}: {error:?}"));
        let told = status::status(&cluster, &[], &Silent).unwrap();
        assert_eq!(told.artifacts.len(), 0, "{tag}");
    }
}
