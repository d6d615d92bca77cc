//! Every recorded model: the same refusal, or the same result for every
//! document, to the last digit.

use std::fmt::Write as _;

use sealift::engine::failure::Failure;
use sealift::engine::inference::{FieldMap, LARGEST_DEFINITION, Model, ModelConfig, Update};
use sealift::engine::value::{JavaMap, Map, Value, json};
use sealift::model::version::StackVersion;

use crate::common::conformance::{recorded_lines, section};

/// What stands beside the fields of a document while it is processed.
const METADATA: [&str; 3] = ["_index", "_id", "_version"];

#[derive(Default)]
struct Tally {
    models: usize,
    refused: usize,
    results: usize,
    left_out: usize,
    differences: Vec<String>,
}

#[test]
fn agrees_with_the_recorded_models() {
    let Some(lines) = recorded_lines("corpus/inference/models.ndjson") else {
        return;
    };
    let mut tally = Tally::default();
    for line in &lines {
        compare_case(&json::parse_ordered(line.as_bytes()).unwrap(), &mut tally);
    }
    let mut page = format!(
        "{} of {} models were accepted or refused alike ({} refused, with the same status, type and\nreason along the whole chain of causes); {} results were compared, every number as\nthe server writes it, the order of keys left free; {} others hang on the condition or\nthe target of the processor and are left to the tests of ingest.\n",
        tally.models
            - tally
                .differences
                .iter()
                .filter(|one| one.contains(": put "))
                .count(),
        tally.models,
        tally.refused,
        tally.results,
        tally.left_out,
    );
    if tally.differences.is_empty() {
        page.push_str("All agree.\n");
    } else {
        writeln!(page, "\nDifferent:\n").unwrap();
        for difference in &tally.differences {
            writeln!(page, "- {difference}").unwrap();
        }
    }
    section("inference", &page);
    assert!(
        tally.differences.is_empty(),
        "{}",
        tally.differences.join("\n")
    );
}

fn compare_case(case: &Value, tally: &mut Tally) {
    tally.models += 1;
    let name = case.get("name").unwrap().to_java_string();
    let id = case.get("model_id").unwrap().to_java_string();
    let body = json::write(&case.get("model").unwrap());
    let put = case.get("put").unwrap();
    let version = StackVersion::new(7, 9, 3);
    let config = match ModelConfig::parse(&id, body.as_bytes(), &version, LARGEST_DEFINITION) {
        Ok(config) => config,
        Err(failure) => {
            tally.refused += 1;
            let expected = put.get("error").map(|error| json::write(&error));
            let status = put.get("status").and_then(|status| status.as_i64());
            let got = failure.to_json().to_string();
            if expected.as_ref() != Some(&got) || status != Some(i64::from(failure.status())) {
                tally.differences.push(format!(
                    "{name}: put gave {got}, the server {}",
                    expected.unwrap_or_else(|| "accepted it".to_owned())
                ));
            }
            return;
        }
    };
    if put.get("status") != Some(Value::Int(200)) {
        tally.differences.push(format!(
            "{name}: put was accepted, the server gave {}",
            json::write(&put)
        ));
        return;
    }
    let options = json::parse_ordered(config.options.to_json().to_string().as_bytes()).unwrap();
    if put.get("inference_config") != Some(options) {
        tally
            .differences
            .push(format!("{name}: put gave other options"));
    }
    let model = config.compile();
    let docs = case.get("docs").unwrap();
    for run in case.get("runs").unwrap().as_list().unwrap().items() {
        compare_run(&name, &model, &run, &docs, tally);
    }
}

fn compare_run(
    name: &str,
    model: &Result<Model, Failure>,
    run: &Value,
    docs: &Value,
    tally: &mut Tally,
) {
    let processor = run.get("processor").unwrap();
    let update = processor
        .get("inference_config")
        .map_or(Ok(Update::default()), |config| Update::from_value(&config));
    let update = match update {
        Ok(update) => update,
        Err(failure) => {
            let error = run.get("error").unwrap();
            let innermost = error.get("caused_by").unwrap_or(error);
            let expected = innermost.get("reason").unwrap().to_java_string();
            if failure.reason() != expected {
                tally
                    .differences
                    .push(format!("{name}: {failure} for {expected}"));
            }
            return;
        }
    };
    let target = processor
        .get("target_field")
        .map(|field| field.to_java_string());
    let Some(results) = run.get("results") else {
        return;
    };
    if processor.get("if").is_some() || target.as_deref() == Some("") {
        tally.left_out += results.as_list().unwrap().len();
        return;
    }
    let map = processor
        .get("field_map")
        .or_else(|| processor.get("field_mappings"))
        .and_then(|map| map.as_map().map(Map::entries))
        .unwrap_or_default();
    let map: Vec<(String, String)> = map
        .iter()
        .map(|(from, to)| (from.to_java_string(), to.to_java_string()))
        .collect();
    let map = FieldMap::new(map.iter().map(|(from, to)| (from.as_str(), to.as_str())));
    let results = results.as_list().unwrap().items();
    for (document, expected) in docs.as_list().unwrap().items().iter().zip(results) {
        if matches!(document.get("ml"), Some(Value::Str(_))) {
            tally.left_out += 1;
            continue;
        }
        tally.results += 1;
        let got = match infer(model, document, &map, &update, &processor) {
            Ok(document) => json::write(&document),
            Err(failure) => failure.to_json().to_string(),
        };
        let got = json::parse(got.as_bytes()).unwrap();
        let expected = match expected.get("doc") {
            Some(document) => document.get("_source").unwrap(),
            None => expected.get("error").unwrap_or(Value::Null),
        };
        if got != expected {
            tally.differences.push(format!(
                "{name}: {} for {}",
                json::write(&got),
                json::write(&expected)
            ));
        }
    }
}

fn infer(
    model: &Result<Model, Failure>,
    document: &Value,
    map: &FieldMap,
    update: &Update,
    processor: &Value,
) -> Result<Value, Failure> {
    let model = model.as_ref().map_err(Clone::clone)?;
    let document = document.deep_copy().unwrap();
    let fields = document.as_map().unwrap();
    for name in METADATA {
        fields.put(name, Value::Null);
    }
    let result = model.infer(&fields.borrow(), None, map, update)?;
    let target = match (processor.get("target_field"), processor.get("tag")) {
        (Some(target), _) => target.to_java_string(),
        (None, None) => "ml.inference".to_owned(),
        (None, Some(tag)) => format!("ml.inference.{}", tag.to_java_string()),
    };
    put(fields, &target, result);
    let answer = document.deep_copy().unwrap();
    for name in METADATA {
        answer.as_map().unwrap().remove(name);
    }
    Ok(answer)
}

fn put(fields: &Map, path: &str, result: Value) {
    let mut at = fields.clone();
    let mut rest = path;
    while let Some((head, tail)) = rest.split_once('.') {
        let inner = if let Some(Value::Map(inner)) = at.get(head) {
            inner
        } else {
            let inner = Map::new(JavaMap::new());
            at.put(head, Value::Map(inner.clone()));
            inner
        };
        at = inner;
        rest = tail;
    }
    match at.get(rest) {
        None => {
            at.put(rest, result);
        }
        Some(Value::List(list)) => list.push(result),
        Some(other) => {
            at.put(rest, Value::list(vec![other, result]));
        }
    }
}
