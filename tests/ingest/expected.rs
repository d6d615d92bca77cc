//! The 500 recorded DNS documents through two releases of a classifier: every
//! document comes out as the real server gave it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sealift::engine::inference::ModelConfig;
use sealift::engine::ingest::{Environment, Options, Outcome, StoredScript};
use serde_json::Value;

use super::common::conformance::shared;

/// Room for any definition of the releases.
const LIMIT: usize = 64 << 20;
/// How far probabilities may be off: exponentials differ by a last digit between
/// libraries.
const TOLERANCE: f64 = 1e-12;

fn read(path: &str) -> Option<String> {
    Some(std::fs::read_to_string(shared(path)?).unwrap())
}

fn json(path: &str) -> Option<Value> {
    Some(serde_json::from_str(&read(path)?).unwrap())
}

/// An environment with the scripts, the model and the pipelines of a release,
/// each given as id and file.
fn environment(
    release: &str,
    scripts: [(&str, &str); 2],
    model: (&str, &str),
    pipelines: [(&str, &str); 2],
) -> Option<Environment> {
    let file = |name: &str| format!("data/releases/{release}/{name}.json");
    let mut environment = Environment::new(Options::default());
    for (id, name) in scripts {
        let script = json(&file(name))?;
        environment.put_script(
            id,
            StoredScript {
                lang: "painless".into(),
                source: script["script"]["source"].as_str().unwrap().into(),
            },
        );
    }
    let text = read(&file(model.1))?;
    let compiled = ModelConfig::published(model.0, text.as_bytes(), LIMIT)
        .and_then(ModelConfig::compile)
        .unwrap();
    environment.put_model(model.0, Arc::new(compiled));
    for (id, name) in pipelines {
        environment.put_pipeline(id, &json(&file(name))?).unwrap();
    }
    Some(environment)
}

/// Whether both are the same, doubles within the tolerance.
fn close(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, value)| right.get(key).is_some_and(|other| close(value, other)))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| close(a, b))
        }
        (Value::Number(one), Value::Number(other)) if one.is_f64() && other.is_f64() => {
            (one.as_f64().unwrap() - other.as_f64().unwrap()).abs() <= TOLERANCE
        }
        _ => left == right,
    }
}

/// Sends all documents through the entry pipeline; gives how many agree.
fn agreeing(environment: &Environment, entry: &str, release: &str) -> Option<usize> {
    let documents = read("data/expected/documents.ndjson")?;
    let expected = read(&format!("data/expected/{release}.ndjson"))?;
    let mut same = 0;
    let started = Instant::now();
    for (document, expected) in documents.lines().zip(expected.lines()) {
        let document: Value = serde_json::from_str(document).unwrap();
        let expected: Value = serde_json::from_str(expected).unwrap();
        let outcome = environment.run(entry, &document["_source"], &[], Duration::ZERO);
        let Outcome::Document(found) = outcome else {
            panic!("{}: {outcome:?}", document["_id"]);
        };
        if close(&found.json(), &expected["_source"]) {
            same += 1;
        } else {
            eprintln!(
                "{}: {}\n{}",
                document["_id"],
                found.json(),
                expected["_source"]
            );
        }
    }
    eprintln!("{release}: {same} agree, {:?}", started.elapsed());
    Some(same)
}

#[test]
fn first_release_gives_the_expected_documents() {
    let release = "ML-DGA-20201129-1";
    let model = "dga_1129447_1.0";
    let Some(environment) = environment(
        release,
        [
            ("dga_ngrams_create", "dga_1129447_1.0_ngrams_create"),
            (
                "dga_ngrams_transform_delete",
                "dga_1129447_1.0_ngrams_transform_delete",
            ),
        ],
        (model, "dga_1129447_1.0_model"),
        [
            (
                "dns_dga_inference_enrich_pipeline",
                "dga_1129447_1.0_ingest_pipeline2",
            ),
            ("dns_enrich_pipeline", "dga_1129447_1.0_ingest_pipeline1"),
        ],
    ) else {
        return;
    };
    assert_eq!(
        agreeing(&environment, "dns_enrich_pipeline", release),
        Some(500)
    );
}

#[test]
fn second_release_gives_the_expected_documents() {
    let release = "ML-DGA-20210604-2";
    let model = "dga_2054816_2.0";
    let Some(environment) = environment(
        release,
        [
            ("ml_dga_ngrams_create_script", "ml_dga_ngrams_create_script"),
            ("ml_dga_ngrams_delete_script", "ml_dga_ngrams_delete_script"),
        ],
        (model, "dga_2054816_2.0_model"),
        [
            ("ml_dga_inference_pipeline", "ml_dga_inference_pipeline"),
            ("ml_dga_ingest_pipeline", "ml_dga_ingest_pipeline"),
        ],
    ) else {
        return;
    };
    assert_eq!(
        agreeing(&environment, "ml_dga_ingest_pipeline", release),
        Some(500)
    );
}
