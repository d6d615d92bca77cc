//! Replays recorded exchanges of a real server against the practice cluster.
//!
//! Every file is replayed from start to end. Status, the headers that matter,
//! error types, reasons and causes, and whole success bodies must be equal but
//! for the volatile values that [`volatile`] lists one by one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sealift::lab::{Lab, LabOptions, Profile};
use sealift::model::{base64, gzip};
use serde_json::{Map, Value, json};

use crate::client::{Answer, send};
use crate::volatile::normalized;

/// At least so many exchanges in a hundred must be equal.
const FLOOR: usize = 97;

fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if folder.join("recordings").is_dir() {
        return Some(folder);
    }
    eprintln!("note: no ../shared/recordings here, so nothing is replayed");
    None
}

/// Topics that start from the state that another leaves.
const FOLLOWS: [(&str, &str); 1] = [("security", "licence_basic")];

#[test]
fn the_recordings_are_answered_as_the_real_server_did() {
    let Some(shared) = shared() else {
        return;
    };
    let mut topics: BTreeMap<String, Value> = BTreeMap::new();
    for entry in std::fs::read_dir(shared.join("recordings")).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let recording: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let topic = recording["topic"].as_str().unwrap().to_owned();
            topics.insert(topic, recording);
        }
    }
    let mut equal = 0;
    let mut total = 0;
    let mut report = String::new();
    let only = std::env::var("SEALIFT_TEST_TOPIC").ok();
    for (topic, recording) in &topics {
        if FOLLOWS.iter().any(|(_, later)| later == topic) {
            continue;
        }
        if only.as_ref().is_some_and(|only| only != topic) {
            continue;
        }
        let mut replay = Replay::new(&shared, recording);
        let mut parts = vec![(topic.as_str(), recording)];
        for (first, later) in FOLLOWS {
            if first == topic
                && let Some(recording) = topics.get(later)
            {
                parts.push((later, recording));
            }
        }
        for (topic, recording) in parts {
            let (good, all) = replay.run(recording, &mut report);
            println!("{topic}: {good} of {all} exchanges equal");
            equal += good;
            total += all;
        }
    }
    println!("{report}\n{equal} of {total} exchanges equal");
    assert!(
        equal * 100 >= total * FLOOR,
        "{equal} of {total} exchanges equal\n{report}"
    );
}

struct Replay<'a> {
    lab: Lab,
    shared: &'a Path,
    key: String,
    /// Recorded names that the cluster chose, and the ones that ours chose.
    names: Vec<(String, String)>,
}

impl<'a> Replay<'a> {
    fn new(shared: &'a Path, recording: &Value) -> Self {
        let secured = recording["server"]["security"] == json!(true);
        let users = if secured {
            vec![("elastic".to_owned(), "right-password".to_owned())]
        } else {
            Vec::new()
        };
        let lab = Lab::start(&LabOptions {
            version: Profile::parse("7.9").unwrap(),
            cluster_name: "ml-local".to_owned(),
            users,
            ..LabOptions::default()
        })
        .unwrap();
        Self {
            lab,
            shared,
            key: String::new(),
            names: Vec::new(),
        }
    }

    fn run(&mut self, recording: &Value, report: &mut String) -> (usize, usize) {
        let exchanges = recording["exchanges"].as_array().unwrap();
        let topic = recording["topic"].as_str().unwrap();
        let mut equal = 0;
        for exchange in exchanges {
            let name = exchange["name"].as_str().unwrap();
            let answer = self.ask(name, &exchange["request"]);
            self.remember(name, &exchange["response"], &answer);
            match self.differences(&exchange["response"], &answer) {
                None => equal += 1,
                Some(difference) => {
                    report.push_str(&["\n", topic, " / ", name, ": ", &difference].concat());
                }
            }
        }
        (equal, exchanges.len())
    }

    fn ask(&self, name: &str, request: &Value) -> Answer {
        let mut headers = Vec::new();
        let mut typed = false;
        for (key, value) in request["headers"].as_object().unwrap_or(&Map::new()) {
            let mut value = value.as_str().unwrap().to_owned();
            if key == "Authorization" {
                value = self.credentials(name, &value);
            }
            typed |= key == "Content-Type";
            headers.push((key.clone(), value));
        }
        let body = self.body(name, request);
        if body.is_some() && !typed {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        send(
            &self.lab.elasticsearch_url(),
            request["method"].as_str().unwrap(),
            request["path"].as_str().unwrap(),
            &headers,
            body.as_deref(),
        )
    }

    /// Recordings hide secrets; who called stands in the exchange's name.
    fn credentials(&self, name: &str, recorded: &str) -> String {
        let basic = |user: &str, password: &str| {
            format!(
                "Basic {}",
                base64::encode(format!("{user}:{password}").as_bytes())
            )
        };
        match (recorded.split(' ').next(), name) {
            (Some("Bearer"), _) => "Bearer nonsense".to_owned(),
            (Some("ApiKey"), "bad api key") => format!("ApiKey {}", base64::encode(b"no:key")),
            (Some("ApiKey"), _) => format!("ApiKey {}", self.key),
            (_, "wrong password") => basic("elastic", "wrong-password"),
            (_, "unknown user") => basic("nobody", "any-password"),
            _ => match name.split_once(": ") {
                Some((role, _)) => basic(&format!("u_{role}"), "longpassword1"),
                None => basic("elastic", "right-password"),
            },
        }
    }

    fn body(&self, name: &str, request: &Value) -> Option<Vec<u8>> {
        if let Some(body) = request.get("body") {
            return Some(as_sent(body).into_bytes());
        }
        if let Some(generator) = request.get("body_generator") {
            let count = generator["count"].as_u64().unwrap();
            let body = if generator.get("items").is_some() {
                let items: Vec<_> = (0..count).map(|n| format!("d{n}.example")).collect();
                json!({"items": items})
            } else {
                let source = format!("//{}", "x".repeat(usize::try_from(count).unwrap()));
                json!({"script": {"lang": "painless", "source": source}})
            };
            return Some(as_sent(&body).into_bytes());
        }
        let note = request.get("body_note")?.as_str()?;
        Some(match note {
            "43 raw bytes" => gzip::deflate(br#"{"items":["a.example"]}"#),
            "11 raw bytes" => b"not gzip...".to_vec(),
            "as in the release data, see name" => self.release_file(name),
            raw => raw.as_bytes().to_vec(),
        })
    }

    fn release_file(&self, name: &str) -> Vec<u8> {
        let file = match name {
            "model as published" | "model without the unknown key" => "model",
            "script create" => "ngrams_create",
            "script delete" => "ngrams_transform_delete",
            "entry pipeline" | "entry pipeline again" => "ingest_pipeline1",
            _ => "ingest_pipeline2",
        };
        let path = self.shared.join(format!(
            "data/releases/ML-DGA-20201129-1/dga_1129447_1.0_{file}.json"
        ));
        let bytes = std::fs::read(path).unwrap();
        if name == "model without the unknown key" {
            let mut model: Value = serde_json::from_slice(&bytes).unwrap();
            model
                .as_object_mut()
                .unwrap()
                .shift_remove("model_size_bytes");
            return as_sent(&model).into_bytes();
        }
        bytes
    }

    /// Keeps the names that the cluster chose.
    fn remember(&mut self, name: &str, recorded: &Value, answer: &Answer) {
        if name != "create api key" {
            return;
        }
        let body = &answer.body;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.key =
            base64::encode(format!("{}:{}", text(&body["id"]), text(&body["api_key"])).as_bytes());
        self.names
            .push((text(&recorded["body"]["id"]), text(&body["id"])));
    }

    fn differences(&self, recorded: &Value, answer: &Answer) -> Option<String> {
        if recorded["status"] != json!(answer.status) {
            return Some(format!(
                "status {} instead of {}: {}",
                answer.status,
                recorded["status"],
                short(&answer.body)
            ));
        }
        for name in ["content-type", "warning", "www-authenticate", "location"] {
            let expected = recorded["headers"].get(name).and_then(Value::as_str);
            let seen = answer.header(name);
            if expected != seen {
                return Some(format!("header {name} is {seen:?} instead of {expected:?}"));
            }
        }
        let mut text = recorded["body"].to_string();
        for (theirs, ours) in &self.names {
            text = text.replace(theirs, ours);
        }
        let expected = normalized(&serde_json::from_str(&text).unwrap());
        let seen = normalized(&answer.body);
        (expected != seen).then(|| {
            format!(
                "body\n  is         {}\n  instead of {}",
                short(&seen),
                short(&expected)
            )
        })
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(1200).collect()
}

/// JSON as the recorder wrote it: spaces after `,` and `:`, all but ASCII escaped.
/// Refusals name columns of it.
fn as_sent(value: &Value) -> String {
    match value {
        Value::Array(elements) => {
            let parts: Vec<_> = elements.iter().map(as_sent).collect();
            format!("[{}]", parts.join(", "))
        }
        Value::Object(members) => {
            let parts: Vec<_> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", as_sent(&json!(name)), as_sent(value)))
                .collect();
            format!("{{{}}}", parts.join(", "))
        }
        Value::String(_) => value
            .to_string()
            .chars()
            .map(|char| {
                if char.is_ascii() {
                    char.to_string()
                } else {
                    let mut units = [0; 2];
                    char.encode_utf16(&mut units)
                        .iter()
                        .map(|unit| format!("\\u{unit:04x}"))
                        .collect::<Vec<_>>()
                        .concat()
                }
            })
            .collect(),
        other => other.to_string(),
    }
}
