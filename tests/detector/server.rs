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

#[test]
fn filters_are_answered_as_recorded() {
    use sealift::model::filter::{Filter, FilterUpdate};
    let mut stored = std::collections::HashMap::<String, Filter>::new();
    for exchange in read("filters").iter().chain(&read("custom_rules")) {
        let Some(tail) = exchange.path.strip_prefix("/_ml/filters/") else {
            continue;
        };
        let id = tail.trim_end_matches("/_update").replace("%20", " ");
        if exchange.method == "DELETE" && exchange.status == 200 {
            stored.remove(&id);
        }
        let Some(body) = exchange.body.as_ref().map(|body| parse(&as_sent(body))) else {
            continue;
        };
        let computed = match (exchange.method.as_str(), stored.get(&id)) {
            ("PUT", None) => Filter::create(&id, &body),
            ("POST", Some(filter)) => {
                FilterUpdate::read(&id, &body).and_then(|update| filter.updated(&update))
            }
            _ => continue,
        };
        if let Ok(filter) = &computed {
            stored.insert(id, filter.clone());
        }
        if exchange.answer["items"] == "10000 items, sorted" {
            assert_eq!(computed.unwrap().items().len(), 10_000, "{}", exchange.name);
            continue;
        }
        compare(exchange, computed.map(|filter| filter.to_json()));
    }
}

#[test]
fn datafeeds_are_answered_as_recorded() {
    use sealift::model::datafeed::{Datafeed, update};
    let version = version();
    let mut stored = Value::Null;
    for exchange in &read("datafeeds") {
        let Some(tail) = exchange.path.strip_prefix("/_ml/datafeeds/") else {
            continue;
        };
        let Some(body) = exchange.body.as_ref().map(|body| parse(&as_sent(body))) else {
            continue;
        };
        let is_about_state = matches!(exchange.status, 404 | 409);
        match (exchange.method.as_str(), tail.strip_suffix("/_update")) {
            ("PUT", _) if is_about_state => assert!(
                Datafeed::create(tail, &body, &version).is_ok(),
                "{}",
                exchange.name
            ),
            ("PUT", _) => compare(
                exchange,
                Datafeed::create(tail, &body, &version).map(|feed| feed.to_json()),
            ),
            ("POST", Some(_)) if !is_about_state => {
                compare(exchange, update(&stored, &body, &version));
            }
            _ => continue,
        }
        if exchange.status == 200 {
            stored = exchange.answer.clone();
        }
    }
}

#[test]
fn analytics_are_answered_as_recorded() {
    use sealift::model::analytics::{Analytics, update};
    let version = version();
    let mut stored = Value::Null;
    for exchange in &read("analytics") {
        let Some(tail) = exchange.path.strip_prefix("/_ml/data_frame/analytics/") else {
            continue;
        };
        let Some(body) = exchange.body.as_ref().map(|body| parse(&as_sent(body))) else {
            continue;
        };
        let reason = exchange.answer["error"]["reason"]
            .as_str()
            .unwrap_or_default();
        let created = exchange.answer["create_time"].as_i64().unwrap_or_default();
        let seed = exchange.answer["analysis"]["classification"]["randomize_seed"].as_i64();
        match (exchange.method.as_str(), tail.strip_suffix("/_update")) {
            ("PUT", _) if reason.contains("no such index") || reason.contains("already exists") => {
            }
            ("PUT", _) => {
                let computed = Analytics::create(tail, &body, &version).and_then(|analytics| {
                    analytics.check_destination()?;
                    Ok(analytics.to_json(created, seed.unwrap_or_default(), &version))
                });
                compare(exchange, computed);
            }
            ("POST", Some(_)) => {
                let updated = update(&stored, &body).unwrap();
                assert_eq!(updated, exchange.answer, "{}", exchange.name);
            }
            _ => continue,
        }
        if exchange.status == 200 {
            stored = exchange.answer.clone();
        }
    }
}
