//! The recorded corpus: every case is sent through the engine as a request to
//! `_simulate`, and the answers are compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use sealift::engine::ingest::{Environment, Options, StoredScript};
use sealift::model::version::StackVersion;
use serde_json::{Map, Value, json};

use super::common::conformance::{recorded_lines, section};

/// 2026-11-21, when the corpus was recorded.
pub(crate) const NOW: Duration = Duration::from_secs(1_795_219_200);

/// The recorded server: of the 7.10 line, regular expressions in scripts off.
pub(crate) fn recorded_server() -> Environment {
    Environment::new(Options {
        regex_enabled: false,
        version: StackVersion::new(7, 10, 0),
    })
}

/// How one case compares.
pub(crate) enum Verdict {
    Same,
    /// What differs.
    Different(String),
}

#[derive(Default)]
struct Score {
    same: usize,
    all: usize,
}

#[test]
fn processors_agree_with_the_recorded_server() {
    let (Some(ingest), Some(conditions)) = (
        recorded_lines("corpus/ingest/processors.ndjson"),
        recorded_lines("corpus/painless/conditions.ndjson"),
    ) else {
        return;
    };
    let mut page = String::new();
    let mut differences = String::new();
    for (name, lines, floor) in [("processors", ingest, 97), ("conditions", conditions, 93)] {
        let mut topics: BTreeMap<String, Score> = BTreeMap::new();
        let mut total = Score::default();
        for line in &lines {
            let case = read(line);
            let topic = topics.entry(text(&case["topic"])).or_default();
            topic.all += 1;
            total.all += 1;
            match compare(&case) {
                Verdict::Same => {
                    topic.same += 1;
                    total.same += 1;
                }
                Verdict::Different(what) => {
                    let what = reason(&text(&case["name"])).map_or(what, str::to_owned);
                    let _ = writeln!(differences, "* `{}`: {what}", text(&case["name"]));
                }
            }
        }
        let _ = writeln!(
            page,
            "{name}: {} of {} cases agree.\n",
            total.same, total.all
        );
        let _ = writeln!(page, "| topic | agree | cases |\n|---|---|---|");
        for (topic, score) in &topics {
            let _ = writeln!(page, "| {topic} | {} | {} |", score.same, score.all);
        }
        page.push('\n');
        eprintln!("{name}: {} of {}\n{differences}", total.same, total.all);
        assert!(
            total.same * 100 >= total.all * floor,
            "{name}: {} of {} agree, {floor} % are due",
            total.same,
            total.all
        );
    }
    if !differences.is_empty() {
        let _ = write!(page, "What differs:\n\n{differences}");
    }
    section("ingest", &page);
}

/// A case. Halves of surrogate pairs, which `serde_json` refuses, are replaced.
pub(crate) fn read(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|_| {
        Value::from(&sealift::engine::value::json::parse(line.as_bytes()).unwrap())
    })
}

/// Why a case is not to be imitated.
fn reason(name: &str) -> Option<&'static str> {
    Some(match name {
        "pipeline-proc-004" | "pipeline-proc-018" => {
            "the recorded server never answered; released versions do, and so does the engine"
        }
        _ => return None,
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Runs one case.
fn compare(case: &Value) -> Verdict {
    let (status, answer) = run(case);
    compare_answer(case, status, &answer)
}

/// Compares an answer with the recorded `status`, `results` or `error`.
pub(crate) fn compare_answer(case: &Value, status: u16, answer: &Value) -> Verdict {
    if let Some(expected) = case.get("error") {
        if status == 200 {
            return Verdict::Different(format!(
                "accepted; the server: {} {}",
                case["status"], expected["reason"]
            ));
        }
        if json!(status) != case["status"] {
            return Verdict::Different(format!("status {status}, the server: {}", case["status"]));
        }
        return same_error(answer, expected);
    }
    if status != 200 {
        return Verdict::Different(format!("refused: {answer}"));
    }
    let expected = case["results"].as_array().unwrap();
    let found = answer["docs"].as_array().unwrap();
    if found.len() != expected.len() {
        return Verdict::Different("another number of results".into());
    }
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let found = recorded_form(found);
        if case["unstable"] == json!(true) {
            if keys(&found) == keys(expected) {
                continue;
            }
        } else if let Some(error) = expected.get("error") {
            match found.get("error").map(|found| same_error(found, error)) {
                Some(Verdict::Same) => continue,
                Some(different) => return different,
                None => {}
            }
        } else if same(&found, expected) {
            continue;
        }
        return Verdict::Different(format!("document {index}: {found}, the server: {expected}"));
    }
    Verdict::Same
}

fn keys(value: &Value) -> Vec<&String> {
    value.as_object().into_iter().flat_map(Map::keys).collect()
}

/// Errors agree in type and reason along the chain of causes, and in where the
/// script failed. Messages of null pointers depend on the names that a compiler
/// gave; only the type counts there.
fn same_error(found: &Value, expected: &Value) -> Verdict {
    let mut found = found.clone();
    clean(&mut found);
    if same_chain(&found, expected) {
        Verdict::Same
    } else {
        Verdict::Different(format!("{found}, the server: {expected}"))
    }
}

fn same_chain(found: &Value, expected: &Value) -> bool {
    let free_text = found["type"] == "null_pointer_exception";
    let keys_agree = expected.as_object().is_some_and(|expected| {
        expected.iter().all(|(key, value)| match key.as_str() {
            "caused_by" => same_chain(&found["caused_by"], value),
            "reason" if free_text => true,
            "script_stack" => script_lines(&found[key]) == script_lines(value),
            key => found[key] == *value,
        })
    });
    keys_agree && found.get("caused_by").is_some() == expected.get("caused_by").is_some()
}

/// A script stack without the frames of Java.
fn script_lines(stack: &Value) -> Vec<&str> {
    let lines = stack.as_array().into_iter().flatten();
    let lines = lines.filter_map(Value::as_str);
    lines.filter(|line| !line.contains(".java:")).collect()
}

/// The entry of an answer without what the corpus leaves out.
fn recorded_form(entry: &Value) -> Value {
    let mut entry = entry.clone();
    if entry.is_null() {
        return json!({"dropped": true});
    }
    clean(&mut entry);
    entry
}

fn clean(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            entries.shift_remove("root_cause");
            if let Some(Value::Object(ingest)) = entries.get_mut("_ingest") {
                ingest.shift_remove("timestamp");
                if ingest.is_empty() {
                    entries.shift_remove("_ingest");
                }
            }
            entries.values_mut().for_each(clean);
        }
        Value::Array(items) => items.iter_mut().for_each(clean),
        _ => {}
    }
}

/// Equality of JSON where numbers agree if they are written alike.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(a, b))
        }
        (Value::String(left), Value::String(right)) if left.contains("because \\\"") => {
            // The message of a null pointer within a template.
            left.split("because").next().map(str::len)
                == right.split("because").next().map(str::len)
        }
        _ => left == right,
    }
}

/// Sends a case to the engine; gives the status and the answer or error.
fn run(case: &Value) -> (u16, Value) {
    let mut environment = recorded_server();
    let mut pipelines = Vec::new();
    for (id, body) in case["pipelines"].as_object().into_iter().flatten() {
        match id.strip_prefix("@script:") {
            Some(id) => environment.put_script(
                id,
                StoredScript {
                    lang: text(&body["script"]["lang"]),
                    source: text(&body["script"]["source"]),
                },
            ),
            None => pipelines.push((id, body)),
        }
    }
    for (id, body) in pipelines {
        environment.put_pipeline(id, body).unwrap();
    }
    let pipeline = match case.get("if") {
        Some(condition) => {
            json!({"processors": [{"set": {"if": condition, "field": "hit", "value": true}}]})
        }
        None => case["pipeline"].clone(),
    };
    let verbose = case["verbose"] == json!(true);
    let docs = case["docs"].as_array().unwrap();
    simulate(&environment, &pipeline, docs, verbose)
}

/// Sends documents, bare or with their metadata, through a pipeline.
pub(crate) fn simulate(
    environment: &Environment,
    pipeline: &Value,
    docs: &[Value],
    verbose: bool,
) -> (u16, Value) {
    let docs: Vec<Value> = docs
        .iter()
        .map(|doc| {
            if doc.get("_source").is_some() {
                doc.clone()
            } else {
                json!({"_source": doc})
            }
        })
        .collect();
    let body = json!({"pipeline": pipeline, "docs": docs});
    match environment.simulate(None, &body, verbose, NOW) {
        Ok(answer) => (200, answer),
        Err(failure) => (failure.status(), failure.to_answer()["error"].take()),
    }
}
