//! The answers of the model equal the recorded ones of a server.

use serde_json::Value;

use sealift::model::detector::Detector;
use sealift::model::failure::Failure;
use sealift::model::job::{Job, JobState, update};
use sealift::model::json_text::parse;
use sealift::model::version::StackVersion;

use crate::recording::{Exchange, as_sent, read};

fn version() -> StackVersion {
    "8.0.0-SNAPSHOT".parse().unwrap()
}

/// Refusals that depend on what the cluster holds, not on the request alone.
fn depends_on_state(answer: &Value) -> bool {
    let reason = answer["error"]["reason"].as_str().unwrap_or_default();
    [
        "already",
        "No known job",
        "Supplied detector_index",
        "while the job is open",
    ]
    .iter()
    .any(|part| reason.contains(part))
        && !reason.contains("same name")
}

fn compare(exchange: &Exchange, computed: Result<Value, Failure>) {
    match computed {
        Ok(answer) => {
            assert_eq!(
                exchange.status, 200,
                "{}: accepted, but the server says {}",
                exchange.name, exchange.answer
            );
            assert_eq!(
                answer.to_string(),
                exchange.answer.to_string(),
                "{}",
                exchange.name
            );
        }
        Err(failure) => assert_eq!(failure.to_answer(), exchange.answer, "{}", exchange.name),
    }
}

fn job_answer(exchange: &Exchange) -> Option<Result<Value, Failure>> {
    let version = version();
    let body = parse(&as_sent(exchange.body.as_ref()?));
    let tail = exchange.path.strip_prefix("/_ml/anomaly_detectors/")?;
    let acknowledged = || serde_json::json!({"acknowledged": true});
    match (exchange.method.as_str(), tail) {
        ("POST", "_validate") => Some(Job::validate(&body, &version).map(|_| acknowledged())),
        ("POST", "_validate/detector") => Some(
            Detector::read(&body, &version)
                .map(|_| acknowledged())
                .map_err(Failure::from),
        ),
        ("PUT", id) if !depends_on_state(&exchange.answer) => {
            let created = exchange.answer["create_time"].as_i64().unwrap_or_default();
            Some(Job::create(id, &body, &version).map(|job| job.to_json(created, &version)))
        }
        _ => None,
    }
}

#[test]
fn jobs_are_answered_as_recorded() {
    let mut compared = 0;
    for exchange in read("jobs").iter().chain(&read("custom_rules")) {
        if let Some(computed) = job_answer(exchange) {
            compare(exchange, computed);
            compared += 1;
        }
    }
    println!("{compared} answers about jobs compared");
}

#[test]
fn updates_of_jobs_are_answered_as_recorded() {
    let mut stored = std::collections::HashMap::new();
    let version = version();
    for exchange in read("jobs").iter().chain(&read("custom_rules")) {
        let Some(tail) = exchange.path.strip_prefix("/_ml/anomaly_detectors/") else {
            continue;
        };
        let id = tail.trim_end_matches("/_update");
        if exchange.method == "PUT" && exchange.status == 200 {
            stored.insert(id.to_owned(), exchange.answer.clone());
        }
        if tail.ends_with("/_update")
            && let Some(job) = stored.get(id)
        {
            let body = parse(&as_sent(exchange.body.as_ref().unwrap()));
            let state = if exchange.name.contains("while open") {
                JobState::Open
            } else {
                JobState::Closed
            };
            let computed = update(job, &body, state, &version);
            if let Ok(updated) = &computed {
                let mut sorted = updated.clone();
                sorted.sort_all_objects();
                let mut recorded = exchange.answer.clone();
                recorded.sort_all_objects();
                assert_eq!(sorted, recorded, "{}", exchange.name);
                stored.insert(id.to_owned(), exchange.answer.clone());
            } else {
                compare(exchange, computed);
            }
        }
    }
}
