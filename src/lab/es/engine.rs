//! The offline engine with what the store holds: it checks pipelines and scripts
//! and runs documents as the cluster would.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::engine::inference::{LARGEST_DEFINITION, Model, ModelConfig};
use crate::engine::ingest::{Environment, Options, StoredScript};
use crate::lab::rest::Call;
use crate::lab::store::{Collection, Store};
use crate::model::failure::Failure;

/// How deep processors may nest and still be looked at.
const MAX_DEPTH: usize = 64;

/// The engine with all stored scripts, but no pipelines and models: enough to
/// check what is put.
pub(super) fn checker(call: &Call) -> Environment {
    with_scripts(call, &call.cluster.read())
}

fn with_scripts(call: &Call, store: &Store) -> Environment {
    let mut environment = Environment::new(Options {
        regex_enabled: call.cluster.has_regex(),
        version: call.profile().version().clone(),
    });
    for (id, script) in store.all(&Collection::Scripts) {
        let text = |key: &str| script.get(key).and_then(Value::as_str).unwrap_or_default();
        let script = StoredScript {
            lang: text("lang").to_owned(),
            source: text("source").to_owned(),
        };
        environment.put_script(id, script);
    }
    environment
}

/// The time, since 1970.
pub(super) fn now(call: &Call) -> Duration {
    Duration::from_millis(u64::try_from(call.cluster.now()).unwrap_or_default())
}

/// The engine with everything that these stored pipelines (and those which they
/// call) need, compiled once until something of it changes.
pub(super) fn runner(call: &Call, pipelines: &[String]) -> Arc<Environment> {
    let store = call.cluster.read();
    call.cluster.compiled().environment(&store, pipelines, || {
        furnished(call, &store, pipelines, None)
    })
}

/// The engine with everything that a pipeline needs that is not stored.
pub(super) fn runner_for(call: &Call, inline: &Value) -> Environment {
    furnished(call, &call.cluster.read(), &[], Some(inline))
}

fn furnished(
    call: &Call,
    store: &Store,
    pipelines: &[String],
    inline: Option<&Value>,
) -> Environment {
    let mut environment = with_scripts(call, store);
    let mut needs = Needs::default();
    if let Some(body) = inline {
        needs.walk(body);
    }
    needs.pipelines.extend(pipelines.iter().cloned());
    let mut seen = BTreeSet::new();
    while let Some(id) = needs.pipelines.pop_first() {
        // A name with a template in it may be any pipeline.
        let wanted: Vec<String> = if id.contains("{{") {
            let all = store.sorted(&Collection::Pipelines);
            all.into_iter().map(|(id, _)| id.to_owned()).collect()
        } else {
            vec![id]
        };
        for id in wanted {
            if let Some(body) = store.get(&Collection::Pipelines, &id)
                && seen.insert(id.clone())
            {
                needs.walk(body);
                // It was compiled when it was put. A script that is gone since then
                // fails when the document comes to it.
                let body = without_missing_scripts(store, body, 0);
                let _ = environment.put_pipeline(&id, &body);
            }
        }
    }
    for id in needs.models {
        let compiled = call.cluster.compiled();
        if let Some(model) = compiled.model(store, &id, || model(store, &id)?.ok()) {
            environment.put_model(&id, model);
        }
    }
    environment
}

/// What pipelines refer to.
#[derive(Default)]
struct Needs {
    pipelines: BTreeSet<String>,
    models: BTreeSet<String>,
}

impl Needs {
    fn walk(&mut self, value: &Value) {
        match value {
            Value::Object(entries) => {
                let text = |value: &Value, key: &str| {
                    value.get(key).and_then(Value::as_str).map(str::to_owned)
                };
                for (key, value) in entries {
                    match key.as_str() {
                        "pipeline" => self.pipelines.extend(text(value, "name")),
                        "inference" => self.models.extend(text(value, "model_id")),
                        _ => {}
                    }
                    self.walk(value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.walk(item)),
            _ => {}
        }
    }
}

/// A stored model, ready to be applied.
fn model(store: &Store, id: &str) -> Option<Result<Model, Failure>> {
    let config = store.get(&Collection::Models, id)?;
    let definition = store.get(&Collection::Definitions, id)?;
    let mut body = json!({"compressed_definition": definition});
    for key in ["input", "inference_config", "default_field_map"] {
        if let Some(value) = config.get(key) {
            body[key] = value.clone();
        }
    }
    let text = body.to_string();
    Some(
        ModelConfig::published(id, text.as_bytes(), LARGEST_DEFINITION)
            .and_then(ModelConfig::compile),
    )
}

/// A pipeline or processor in which every `script` processor whose stored script
/// is gone is one that fails with the server's words.
fn without_missing_scripts(store: &Store, part: &Value, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return part.clone();
    }
    match part {
        Value::Array(parts) => parts
            .iter()
            .map(|part| without_missing_scripts(store, part, depth + 1))
            .collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let missing = (name == "script")
                    .then(|| value.get("id").and_then(Value::as_str))
                    .flatten()
                    .filter(|id| !store.has(&Collection::Scripts, id));
                let value = without_missing_scripts(store, value, depth + 1);
                match missing {
                    Some(id) => ("fail".to_owned(), failing(id, &value)),
                    None => (name.clone(), value),
                }
            })
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// A `fail` processor with what any processor may have.
fn failing(id: &str, script: &Value) -> Value {
    let mut processor =
        json!({"message": format!("unable to find script [{id}] in cluster state")});
    for key in ["if", "tag", "description", "on_failure", "ignore_failure"] {
        if let Some(value) = script.get(key) {
            processor[key] = value.clone();
        }
    }
    processor
}
