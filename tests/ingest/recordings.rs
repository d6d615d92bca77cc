//! Exchanges of a real server: what it answers to a pipeline that is put or
//! simulated.

use sealift::engine::ingest::Purpose;
use serde_json::{Value, json};

use super::common::conformance::shared;
use super::corpus::{NOW, recorded_server};

fn exchanges(file: &str) -> Option<Vec<Value>> {
    let path = shared(file)?;
    let recorded: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    Some(recorded["exchanges"].as_array().unwrap().clone())
}

/// An answer without the time at which it was given.
fn without_timestamps(answer: &Value) -> Value {
    let mut answer = answer.clone();
    forget_null_pointers(&mut answer);
    for doc in answer["docs"].as_array_mut().into_iter().flatten() {
        let results = match doc.get_mut("processor_results") {
            Some(results) => results.as_array_mut().unwrap().iter_mut().collect(),
            None => vec![doc],
        };
        for result in results {
            if let Some(ingest) = result.pointer_mut("/doc/_ingest") {
                ingest.as_object_mut().unwrap().remove("timestamp");
            }
        }
    }
    answer
}

/// Takes out the messages of null pointers, which depend on the names that a
/// compiler gave.
fn forget_null_pointers(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            if entries.get("type") == Some(&json!("null_pointer_exception")) {
                entries.remove("reason");
            }
            entries.values_mut().for_each(forget_null_pointers);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_null_pointers),
        _ => {}
    }
}

#[test]
fn pipelines_are_put_and_simulated_as_recorded() {
    let Some(exchanges) = exchanges("recordings/pipelines.json") else {
        return;
    };
    let mut environment = recorded_server();
    let mut seen = 0;
    for exchange in exchanges {
        let request = &exchange["request"];
        let (path, query) = match request["path"].as_str().unwrap().split_once('?') {
            Some((path, query)) => (path, query),
            None => (request["path"].as_str().unwrap(), ""),
        };
        let rest = path.strip_prefix("/_ingest/pipeline").unwrap();
        let method = request["method"].as_str().unwrap();
        let answer = match (method, rest.strip_suffix("/_simulate")) {
            ("PUT", _) if query.is_empty() => {
                let id = rest.trim_start_matches('/');
                environment
                    .put_pipeline(id, &request["body"])
                    .map(|()| json!({"acknowledged": true}))
            }
            ("POST", Some(id)) => {
                let id = Some(id.trim_start_matches('/')).filter(|id| !id.is_empty());
                let verbose = query.contains("verbose");
                environment.simulate(id, &request["body"], verbose, NOW)
            }
            _ => continue,
        };
        let (status, answer) = match answer {
            Ok(answer) => (200, answer),
            Err(failure) => (failure.status(), failure.to_answer()),
        };
        let name = &exchange["name"];
        assert_eq!(
            json!(status),
            exchange["response"]["status"],
            "{name}: {answer}"
        );
        assert_eq!(
            without_timestamps(&answer),
            without_timestamps(&exchange["response"]["body"]),
            "{name}"
        );
        seen += 1;
    }
    assert!(seen > 40, "{seen}");
}

#[test]
fn scripts_are_checked_as_recorded() {
    let Some(exchanges) = exchanges("recordings/scripts.json") else {
        return;
    };
    let environment = recorded_server();
    let mut seen = 0;
    for exchange in exchanges {
        let path = exchange["request"]["path"].as_str().unwrap();
        if !path.ends_with("/ingest") {
            continue;
        }
        let source = &exchange["request"]["body"]["script"]["source"];
        let source = source.as_str().unwrap();
        let (status, answer) = match environment.check_script(source, Purpose::Processor) {
            Ok(()) => (200, json!({"acknowledged": true})),
            Err(failure) => (failure.status(), failure.to_answer()),
        };
        assert_eq!(json!(status), exchange["response"]["status"]);
        assert_eq!(answer, exchange["response"]["body"], "{}", exchange["name"]);
        seen += 1;
    }
    assert!(seen > 2, "{seen}");
}
