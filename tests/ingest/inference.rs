//! The recorded models behind `inference` processors: every result where it
//! belongs in the document, conditions and failures included.

use std::fmt::Write as _;
use std::sync::Arc;

use sealift::engine::inference::{LARGEST_DEFINITION, ModelConfig};
use sealift::engine::ingest::{Environment, Options};
use sealift::model::version::StackVersion;
use serde_json::{Value, json};

use super::common::conformance::{recorded_lines, section};
use super::corpus::{Verdict, compare_answer, read, simulate};

#[test]
fn processors_with_models_agree_with_the_recorded_server() {
    let Some(lines) = recorded_lines("corpus/inference/models.ndjson") else {
        return;
    };
    // Results had the shape of 7.9 in the recorded build.
    let version = StackVersion::new(7, 9, 3);
    let (mut runs, mut results) = (0, 0);
    let mut differences = String::new();
    for line in &lines {
        let case = read(line);
        if case["put"]["status"] != json!(200) {
            continue;
        }
        let id = case["model_id"].as_str().unwrap();
        let body = case["model"].to_string();
        let model = ModelConfig::parse(id, body.as_bytes(), &version, LARGEST_DEFINITION)
            .and_then(ModelConfig::compile);
        // What cannot be loaded fails when it is used: that is the business of the
        // tests of inference.
        let Ok(model) = model else { continue };
        let mut environment = Environment::new(Options {
            regex_enabled: false,
            version: version.clone(),
        });
        environment.put_model(id, Arc::new(model));
        for run in case["runs"].as_array().unwrap() {
            let pipeline = json!({"processors": [{"inference": run["processor"]}]});
            let docs = case["docs"].as_array().unwrap();
            let (status, mut answer) = simulate(&environment, &pipeline, docs, false);
            for entry in answer["docs"].as_array_mut().into_iter().flatten() {
                if let Some(doc) = entry.get_mut("doc").and_then(Value::as_object_mut) {
                    // The recordings leave these out.
                    doc.retain(|key, _| !["_index", "_id"].contains(&key.as_str()));
                }
            }
            runs += 1;
            results += run["results"].as_array().map_or(0, Vec::len);
            if let Verdict::Different(what) = compare_answer(run, status, &answer) {
                let _ = writeln!(differences, "* `{}`: {what}", case["name"]);
            }
        }
    }
    let page = format!(
        "{runs} calls of `inference` processors with {results} results, conditions and targets\nincluded, compared as documents.\n{}",
        if differences.is_empty() {
            "All agree.\n".to_owned()
        } else {
            format!("\n{differences}")
        }
    );
    section("ingest-inference", &page);
    assert_eq!(differences, "");
}
