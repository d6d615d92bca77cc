//! Ingest pipelines.

use serde_json::{Map, Value, json};

use crate::lab::profile::Feature;
use crate::lab::rest::{Answer, Answered, Call, Method, Route, fits};
use crate::lab::shape::MAX_INFERENCE_PROCESSORS;
use crate::lab::store::{Collection, Store};
use crate::model::failure::Failure;
use crate::model::reference::inference_processors;

use super::engine;
use super::enrich::check_policies;

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_ingest/pipeline", get),
    Route::new(Method::Get, "/_ingest/pipeline/{id}", get),
    Route::new(Method::Put, "/_ingest/pipeline/{id}", put),
    Route::new(Method::Delete, "/_ingest/pipeline/{id}", delete),
    Route::new(Method::Get, "/_ingest/pipeline/_simulate", simulate),
    Route::new(Method::Post, "/_ingest/pipeline/_simulate", simulate),
    Route::new(Method::Get, "/_ingest/pipeline/{id}/_simulate", simulate),
    Route::new(Method::Post, "/_ingest/pipeline/{id}/_simulate", simulate),
];

fn put(call: &Call) -> Answered {
    let id = call.path("id");
    let pipeline = call.body()?.map()?;
    call.params.accept(&["timeout", "master_timeout"]);
    let if_version = match call
        .has(Feature::PipelineMeta)
        .then(|| call.params.get("if_version"))
        .flatten()
    {
        Some(_) => Some(call.params.int("if_version", 0)?),
        None => None,
    };
    call.begin("cluster:admin/ingest/pipeline/put")?;
    engine::checker(call).parse_pipeline(id, &pipeline)?;
    refuse_inference(call, &pipeline)?;
    if uses_old_key(&pipeline, 0) {
        call.warn("Deprecated field [field_mappings] used, expected [field_map] instead");
    }
    call.cluster.change(|store| {
        check_policies(store, &pipeline)?;
        let mut pipeline = pipeline;
        if let Some(required) = if_version {
            check_version(id, required, store.get(&Collection::Pipelines, id))?;
            if pipeline.get("version").is_none() {
                pipeline["version"] = json!(required.saturating_add(1));
            }
        }
        store.put(&Collection::Pipelines, id, pipeline);
        Ok(Answer::acknowledged())
    })
}

/// A pipeline with an inference processor is refused where there are as many
/// already as may be, in whatever pipelines.
fn refuse_inference(call: &Call, pipeline: &Value) -> Result<(), Failure> {
    if inference_processors(pipeline) == 0 {
        return Ok(());
    }
    let limit = call.cluster.setting(MAX_INFERENCE_PROCESSORS);
    let store = call.cluster.read();
    let stored = store.all(&Collection::Pipelines);
    let count: u64 = stored.map(|(_, body)| inference_processors(body)).sum();
    if limit.parse().is_ok_and(|limit: u64| count < limit) {
        return Ok(());
    }
    Err(Failure::new(
        409,
        "status_exception",
        format!(
            "Max number of inference processors reached, total inference processors [{count}]. \
             Adjust the setting [{MAX_INFERENCE_PROCESSORS}]: [{limit}] if a greater number is desired."
        ),
    ))
}

/// `if_version` must be the version of the stored pipeline.
fn check_version(id: &str, required: i32, stored: Option<&Value>) -> Result<(), Failure> {
    let Some(stored) = stored else {
        return Err(Failure::illegal_argument(format!(
            "version conflict, required version [{required}] for pipeline [{id}] but no pipeline was found"
        )));
    };
    let version = stored.get("version").and_then(Value::as_i64);
    if version == Some(i64::from(required)) {
        return Ok(());
    }
    let current = version.map_or_else(|| "null".to_owned(), |version| version.to_string());
    Err(Failure::illegal_argument(format!(
        "version conflict, required version [{required}] for pipeline [{id}] but current version is [{current}]"
    )))
}

fn get(call: &Call) -> Answered {
    call.params.accept(&["master_timeout"]);
    let summary = call.profile().since(7, 13) && call.params.flag("summary", false)?;
    call.begin("cluster:admin/ingest/pipeline/get")?;
    let expression = call.path("id");
    let store = call.cluster.read();
    let wanted =
        |id: &str| expression.is_empty() || expression.split(',').any(|part| fits(part, id));
    let mut found: Map<String, Value> = store
        .sorted(&Collection::Pipelines)
        .into_iter()
        .filter(|(id, _)| wanted(id))
        .map(|(id, pipeline)| (id.to_owned(), pipeline.clone()))
        .collect();
    if call.has(Feature::MonitoringPipelines) {
        for (id, pipeline) in built_in() {
            if wanted(id) && !found.contains_key(id) {
                found.insert(id.to_owned(), pipeline);
            }
        }
    }
    let status = if found.is_empty() { 404 } else { 200 };
    if summary {
        for pipeline in found.values_mut() {
            *pipeline = json!({});
        }
    }
    Ok(Answer::json(status, Value::Object(found)))
}

/// Pipelines that the monitoring of old versions puts.
fn built_in() -> [(&'static str, Value); 2] {
    [
        (
            "xpack_monitoring_6",
            json!({
                "description": "This pipeline upgrades documents from the older version of the Monitoring API to the newer version (7) by fixing breaking changes in those older documents before they are indexed from the older version (6).",
                "version": 7_000_099,
                "processors": [
                    {"script": {"source": "ctx._type = null"}},
                    {"gsub": {"field": "_index", "pattern": "(.monitoring-\\w+-)6(-.+)", "replacement": "$17$2"}},
                ],
            }),
        ),
        (
            "xpack_monitoring_7",
            json!({
                "description": "This is a placeholder pipeline for Monitoring API version 7 so that future versions may fix breaking changes.",
                "version": 7_000_099,
                "processors": [],
            }),
        ),
    ]
}

fn delete(call: &Call) -> Answered {
    call.params.accept(&["timeout", "master_timeout"]);
    call.begin("cluster:admin/ingest/pipeline/delete")?;
    let expression = call.path("id");
    let guarded = call.has(Feature::PipelineInUse);
    call.cluster.change(|store| {
        let found: Vec<String> = store
            .sorted(&Collection::Pipelines)
            .into_iter()
            .map(|(id, _)| id.to_owned())
            .filter(|id| fits(expression, id))
            .collect();
        if found.is_empty() && expression != "*" {
            return Err(Failure::new(
                404,
                "resource_not_found_exception",
                format!("pipeline [{expression}] is missing"),
            ));
        }
        if guarded {
            found.iter().try_for_each(|id| refuse_if_used(store, id))?;
        }
        for id in found {
            store.remove(&Collection::Pipelines, &id);
        }
        Ok(Answer::acknowledged())
    })
}

/// A default or final pipeline of an index stays.
fn refuse_if_used(store: &Store, id: &str) -> Result<(), Failure> {
    for (setting, name) in [("default_pipeline", "default"), ("final_pipeline", "final")] {
        let users: Vec<&str> = store
            .sorted(&Collection::Indices)
            .into_iter()
            .filter(|(_, index)| {
                index
                    .pointer(&format!("/settings/index/{setting}"))
                    .and_then(Value::as_str)
                    == Some(id)
            })
            .map(|(index, _)| index)
            .collect();
        if !users.is_empty() {
            let shown: Vec<&str> = users.iter().take(3).copied().collect();
            return Err(Failure::illegal_argument(format!(
                "pipeline [{id}] cannot be deleted because it is the {name} pipeline for {} index(es) including [{}]",
                users.len(),
                shown.join(",")
            )));
        }
    }
    Ok(())
}

/// Whether some `inference` processor has the old name of `field_map`.
fn uses_old_key(part: &Value, depth: usize) -> bool {
    const MAX_DEPTH: usize = 64;
    match part {
        _ if depth > MAX_DEPTH => false,
        Value::Array(parts) => parts.iter().any(|part| uses_old_key(part, depth + 1)),
        Value::Object(members) => members.iter().any(|(name, value)| {
            (name == "inference" && value.get("field_mappings").is_some())
                || uses_old_key(value, depth + 1)
        }),
        _ => false,
    }
}

/// The pipeline that a call wants to try, from its path or its body.
fn simulate(call: &Call) -> Answered {
    let id = call.path("id");
    let body = call.body()?.map()?;
    let verbose = call.params.flag("verbose", false)?;
    call.begin("cluster:admin/ingest/pipeline/simulate")?;
    let now = engine::now(call);
    let answer = if id.is_empty() {
        let inline = body.get("pipeline").unwrap_or(&Value::Null);
        engine::runner_for(call, inline).simulate(None, &body, verbose, now)
    } else {
        engine::runner(call, &[id.to_owned()]).simulate(Some(id), &body, verbose, now)
    };
    answer.map(Answer::ok)
}
