//! Over all recorded requests the review refuses what the server refuses, in its
//! words, and what it takes and stumbles over later, and nothing else.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use sealift::flow::lint::{Options, lint, source};
use sealift::model::artifact::{ArtifactId, ArtifactKind};
use sealift::model::finding::{Finding, Severity};
use sealift::model::json_text::parse;
use sealift::model::lint::{Surroundings, review, review_update};
use sealift::model::time::Timestamp;

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

/// How many recorded requests there are that carry an object: those that the server
/// refuses, those that it takes and that fail later, those that are good.
const COUNTS: (usize, usize, usize) = (68, 7, 53);

fn surroundings() -> Surroundings {
    let known = |kind, ids: &'static [&str]| ids.iter().map(move |id| ArtifactId::new(kind, *id));
    let filters = &["safe_domains", "filter_1", "filter_2", "filter_3"];
    Surroundings {
        version: "8.0.0-SNAPSHOT".parse().unwrap(),
        known: known(ArtifactKind::Filter, filters)
            .chain(known(ArtifactKind::Job, &["dj", "j1"]))
            .collect(),
    }
}

const KINDS: [(&str, ArtifactKind); 4] = [
    ("/_ml/anomaly_detectors/", ArtifactKind::Job),
    ("/_ml/filters/", ArtifactKind::Filter),
    ("/_ml/datafeeds/", ArtifactKind::Datafeed),
    ("/_ml/data_frame/analytics/", ArtifactKind::Analytics),
];

/// Refusals that come from what the cluster holds or runs, which no review of a file
/// can see.
fn is_about_state(reason: &str) -> bool {
    const STATE: [&str; 9] = [
        "already",
        "No known job",
        "No filter with id",
        "No data frame analytics",
        "No datafeed with id",
        "no such index",
        "while the job is open",
        "while its status is",
        "as it is not present in filter",
    ];
    STATE.iter().any(|part| reason.contains(part)) && !reason.contains("same name")
}

fn root_reason(exchange: &Exchange) -> String {
    let mut error = &exchange.answer["error"];
    while error["caused_by"].is_object() {
        error = &error["caused_by"];
    }
    error["reason"].as_str().unwrap_or_default().to_owned()
}

/// What the review says of a request that carries an object or a change of one;
/// nothing for other requests.
fn reviewed(exchange: &Exchange, stored: &BTreeMap<ArtifactId, Value>) -> Option<Vec<Finding>> {
    let body = parse(&as_sent(exchange.body.as_ref()?));
    let around = surroundings();
    let (prefix, kind) = KINDS
        .into_iter()
        .find(|(prefix, _)| exchange.path.starts_with(prefix))?;
    let tail = exchange.path.strip_prefix(prefix)?.replace("%20", " ");
    match (exchange.method.as_str(), tail.as_str()) {
        ("PUT", id) => Some(review(kind, id, &body, &around)),
        ("POST", "_validate") => Some(review(kind, "any", &body, &around)),
        ("POST", "_validate/detector") => {
            let job = json!({
                "analysis_config": {"bucket_span": "5m", "detectors": [exchange.body.clone()?]},
                "data_description": {"time_field": "timestamp"},
            });
            Some(review(kind, "any", &parse(&as_sent(&job)), &around))
        }
        ("POST", tail) => {
            let artifact = ArtifactId::new(kind, tail.strip_suffix("/_update")?);
            let stored = stored.get(&artifact)?;
            Some(review_update(&artifact, stored, &body, &around))
        }
        _ => None,
    }
}

/// Remembers what the server holds after the exchange.
fn remember(exchange: &Exchange, stored: &mut BTreeMap<ArtifactId, Value>) {
    let found = KINDS
        .into_iter()
        .find_map(|(prefix, kind)| Some((kind, exchange.path.strip_prefix(prefix)?)));
    // Long answers are told in words instead.
    let is_whole = exchange.status == 200 && !exchange.answer["items"].is_string();
    let Some((kind, tail)) = found.filter(|_| is_whole) else {
        return;
    };
    let artifact = ArtifactId::new(kind, tail.trim_end_matches("/_update"));
    match exchange.method.as_str() {
        "PUT" => drop(stored.insert(artifact, exchange.answer.clone())),
        "POST" if tail.ends_with("/_update") => {
            stored.insert(artifact, exchange.answer.clone());
        }
        "DELETE" => drop(stored.remove(&artifact)),
        _ => {}
    }
}

/// What became of the requests of some recordings.
#[derive(Default)]
struct Tally {
    refused: usize,
    fail_later: usize,
    silent: usize,
}

impl Tally {
    fn count(&mut self, exchange: &Exchange, findings: &[Finding]) {
        let errors: Vec<&Finding> = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .collect();
        let reason = root_reason(exchange);
        if exchange.status != 200 {
            if is_about_state(&reason) {
                return;
            }
            let same = errors
                .iter()
                .any(|finding| reason.contains(&finding.what) || finding.what.contains(&reason));
            assert!(
                same,
                "{}: {reason} is not what the review says: {errors:#?}",
                exchange.name
            );
            self.refused += 1;
        } else if FAIL_LATER.contains(&exchange.name.as_str()) {
            assert!(!errors.is_empty(), "{} is let through", exchange.name);
            self.fail_later += 1;
        } else {
            assert!(errors.is_empty(), "{}: {errors:#?}", exchange.name);
            self.silent += 1;
        }
    }
}

#[test]
fn precision_and_recall_over_the_recordings_are_whole() {
    let mut tally = Tally::default();
    for topic in ["jobs", "custom_rules", "filters", "datafeeds", "analytics"] {
        let mut stored = BTreeMap::new();
        for exchange in &read(topic) {
            if let Some(findings) = reviewed(exchange, &stored) {
                tally.count(exchange, &findings);
            }
            remember(exchange, &mut stored);
        }
    }
    let Tally {
        refused,
        fail_later,
        silent,
    } = tally;
    println!(
        "refused with the server {refused} of {refused}, refused before it fails {fail_later} of {}, \
         silent about good ones {silent} of {silent}: precision 100 %, recall 100 %",
        FAIL_LATER.len()
    );
    if refused + silent > 0 {
        assert_eq!((refused, fail_later, silent), COUNTS);
    }
}

/// The body of a request as the one file of a folder, linted as the command does.
fn linted(exchange: &Exchange, file: &str) -> Vec<Finding> {
    let text = as_sent(exchange.body.as_ref().unwrap());
    let files = [(file.to_owned(), text.into_bytes())];
    let options = Options {
        version: "8.0.0-SNAPSHOT".parse().unwrap(),
        known: [ArtifactId::new(ArtifactKind::Model, "tiny")].into(),
        now: Timestamp::from_seconds(0).unwrap(),
        allow_unknown: false,
        suffix: String::new(),
    };
    let report = lint(&[source::of_files("recorded", &files)], &options).unwrap();
    let findings = report.findings.into_iter();
    findings
        .map(|placed| Finding {
            // The file's name is the id, and has to say what it holds.
            what: placed
                .finding
                .what
                .replace("_pipeline]", "]")
                .replace(": \"a#b_script\"", ""),
            ..placed.finding
        })
        .collect()
}

#[test]
fn pipelines_and_scripts_are_compiled_as_the_server_does() {
    let mut tally = Tally::default();
    for exchange in read("pipelines").iter().chain(&read("scripts")) {
        let parts: Vec<&str> = exchange.path.split('/').collect();
        let (file, is_checked) = match parts.as_slice() {
            ["", "_ingest", "pipeline", id] => (format!("{id}_pipeline.json"), true),
            // Without a context the server compiles nothing: the first document does.
            ["", "_scripts", id] => (format!("{}_script.json", id.replace("%23", "#")), false),
            ["", "_scripts", id, "ingest"] => (format!("{id}_script.json"), true),
            _ => continue,
        };
        if exchange.method != "PUT" || exchange.path.contains('?') || exchange.body.is_none() {
            continue;
        }
        let findings = linted(exchange, &file);
        let key = match exchange.name.as_str() {
            "put no processors" => Some("`processors`"),
            "no script key" => Some("`script`"),
            _ => None,
        };
        if let Some(key) = key {
            // The catalog says it: a file of that name has to have the key.
            assert!(findings.iter().any(|finding| finding.what.contains(key)));
            tally.refused += 1;
        } else if exchange.name == "put missing stored script" {
            // The cluster may have it: a warning that names it.
            assert!(
                findings
                    .iter()
                    .any(|finding| finding.what.contains("script none"))
            );
        } else if exchange.status == 200
            && !is_checked
            && findings
                .iter()
                .any(|finding| finding.check == "script/compile")
        {
            tally.fail_later += 1;
        } else {
            tally.count(exchange, &findings);
        }
    }
    println!(
        "pipelines and scripts: refused with the server {}, refused before they fail {}, silent {}",
        tally.refused, tally.fail_later, tally.silent
    );
}
