//! Trained models: create, look at, delete; aliases and definition parts.

use serde_json::{Map, Value, json};

use crate::lab::profile::Feature;
use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::store::{Collection, Store};
use crate::model::failure::Failure;

use super::ids::{Page, select};
use super::model_body::{Created, create, inflate, refuse_large};
use super::model_use::{referenced, uses_of};

pub(super) const OLD_ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_ml/inference", get),
    Route::new(Method::Get, "/_ml/inference/{model_id}", get),
    Route::new(Method::Put, "/_ml/inference/{model_id}", put),
    Route::new(Method::Delete, "/_ml/inference/{model_id}", delete),
    Route::new(Method::Get, "/_ml/inference/_stats", get_stats),
    Route::new(Method::Get, "/_ml/inference/{model_id}/_stats", get_stats),
];

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_ml/trained_models", get),
    Route::new(Method::Get, "/_ml/trained_models/{model_id}", get),
    Route::new(Method::Put, "/_ml/trained_models/{model_id}", put),
    Route::new(Method::Delete, "/_ml/trained_models/{model_id}", delete),
    Route::new(Method::Get, "/_ml/trained_models/_stats", get_stats),
    Route::new(
        Method::Get,
        "/_ml/trained_models/{model_id}/_stats",
        get_stats,
    ),
];

/// The model that every cluster has.
const BUILT_IN: &str = "lang_ident_model_1";

fn built_in(call: &Call) -> Value {
    let mut model = json!({
        "model_id": BUILT_IN,
        "created_by": "_xpack",
        "version": "7.6.0",
        "create_time": 1_575_548_914_594_i64,
        "estimated_heap_memory_usage_bytes": 1_053_992,
        "estimated_operations": 39629,
        "license_level": "basic",
        "description": "Model used for identifying language from arbitrary input text.",
        "tags": ["lang_ident", "prepackaged"],
        "input": {"field_names": ["text"]},
    });
    if call.has(Feature::ModelTypes) {
        model["model_type"] = json!("lang_ident");
        model["model_size_bytes"] = json!(1_053_992);
        model["inference_config"] = json!({"classification": {"num_top_classes": 0, "results_field": "predicted_value",
            "top_classes_results_field": "top_classes", "prediction_field_type": "string", "num_top_feature_importance_values": 0}});
        if let Some(members) = model.as_object_mut() {
            members.shift_remove("estimated_heap_memory_usage_bytes");
        }
    }
    model
}

fn put(call: &Call) -> Answered {
    let id = call.path("model_id");
    let body = call.body()?;
    if call.has(Feature::DeferDecompression) {
        call.params.flag("defer_definition_decompression", false)?;
    }
    if call.profile().since(8, 8) {
        call.params.flag("wait_for_completion", false)?;
    }
    call.params.accept(&["timeout"]);
    let Created { config, definition } = create(call, id, &body)?;
    call.begin("cluster:admin/xpack/ml/inference/put")?;
    call.cluster.require_ml_license()?;
    refuse_large(call, &definition)?;
    call.cluster.change(|store| {
        check_name(store, id, &config)?;
        store.put(&Collection::Models, id, config.clone());
        store.put(&Collection::Definitions, id, Value::String(definition));
        Ok(Answer::ok(config))
    })
}

fn tags(config: &Value) -> impl Iterator<Item = &str> {
    let tags = config.get("tags").and_then(Value::as_array);
    tags.into_iter().flatten().filter_map(Value::as_str)
}

/// Ids, tags and aliases share one namespace.
fn check_name(store: &Store, id: &str, config: &Value) -> Result<(), Failure> {
    let exists = store.has(&Collection::Models, id) || id == BUILT_IN;
    if store.has(&Collection::ModelAliases, id) {
        return Err(Failure::bad_request(format!(
            "requested model_id [{id}] is the same as an existing model_alias. Model model_aliases and ids must be unique"
        )));
    }
    if exists {
        return Err(Failure::new(
            400,
            "resource_already_exists_exception",
            format!("Trained machine learning model [{id}] already exists"),
        ));
    }
    let tagged = store
        .all(&Collection::Models)
        .any(|(_, other)| tags(other).any(|tag| tag == id));
    if tagged {
        return Err(Failure::bad_request(format!(
            "The provided model_id {id} must not match existing tags."
        )));
    }
    let taken: Vec<&str> = tags(config)
        .filter(|tag| store.has(&Collection::Models, tag) || *tag == BUILT_IN)
        .collect();
    if !taken.is_empty() {
        return Err(Failure::bad_request(format!(
            "The provided tags [{}] must not match existing model_ids.",
            taken.join(", ")
        )));
    }
    Ok(())
}

fn no_model(id: &str) -> Failure {
    Failure::new(
        404,
        "resource_not_found_exception",
        format!("No known trained model with model_id [{id}]"),
    )
}

pub(super) fn could_not_find(id: &str) -> Failure {
    Failure::new(
        404,
        "resource_not_found_exception",
        format!("Could not find trained model [{id}]"),
    )
}

/// The models that an expression selects, sorted, the built-in one among them.
fn expand(
    call: &Call,
    store: &Store,
    expression: &str,
    tag_filter: &str,
    allow: bool,
) -> Result<Vec<(String, Value)>, Failure> {
    let mut all: Vec<(String, Value)> = store
        .all(&Collection::Models)
        .map(|(id, config)| (id.to_owned(), config.clone()))
        .collect();
    for (alias, model) in store.sorted(&Collection::ModelAliases) {
        let named = all.iter_mut().find(|(id, _)| model == id);
        if let Some((_, config)) = named {
            show_alias(config, alias);
        }
    }
    all.push((BUILT_IN.to_owned(), built_in(call)));
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let wanted: Vec<&str> = tag_filter
        .split(',')
        .filter(|tag| !tag.is_empty())
        .collect();
    all.retain(|(_, config)| wanted.iter().all(|tag| tags(config).any(|own| own == *tag)));
    // An alias stands for its model.
    let expression: Vec<String> = expression
        .split(',')
        .map(|part| {
            match store
                .get(&Collection::ModelAliases, part)
                .and_then(Value::as_str)
            {
                Some(model) => model.to_owned(),
                None => part.to_owned(),
            }
        })
        .collect();
    let chosen = select(
        &expression.join(","),
        all.iter().map(|(id, _)| id.as_str()),
        allow,
    )
    .map_err(|missing| no_model(&missing))?;
    let chosen: Vec<String> = chosen.into_iter().map(str::to_owned).collect();
    all.retain(|(id, _)| chosen.contains(id));
    Ok(all)
}

/// GET has a model's aliases in its metadata, where nobody put them.
fn show_alias(config: &mut Value, alias: &str) {
    let Some(members) = config.as_object_mut() else {
        return;
    };
    let metadata = members.entry("metadata").or_insert_with(|| json!({}));
    if metadata.get("model_aliases").is_none() {
        metadata["model_aliases"] = json!([]);
    }
    if let Some(aliases) = metadata["model_aliases"].as_array_mut() {
        aliases.push(json!(alias));
    }
}

/// What GET is asked to include.
struct Include {
    definition: bool,
    decompress: bool,
    exported: bool,
}

/// Valid values of `include`.
const INCLUDES: [&str; 5] = [
    "definition",
    "feature_importance_baseline",
    "hyperparameters",
    "total_feature_importance",
    "definition_status",
];

fn include(call: &Call) -> Result<Include, Failure> {
    let old = call.has(Feature::IncludeModelDefinition)
        && call.params.flag("include_model_definition", false)?;
    let mut definition = old;
    if call.has(Feature::IncludeParameter)
        && let Some(list) = call.params.get("include")
    {
        for part in list.split(',').filter(|part| !part.is_empty()) {
            if !INCLUDES.contains(&part) {
                return Err(Failure::illegal_argument(format!(
                    "unknown [include] parameters [{part}]. Valid options are [{}]",
                    INCLUDES.join(", ")
                )));
            }
            definition |= part == "definition";
        }
    }
    let decompress = call.params.flag("decompress_definition", true)?;
    let mut exported = false;
    if call.has(Feature::ForExport) {
        exported |= call.params.flag("for_export", false)?;
    }
    if call.has(Feature::ExcludeGenerated) {
        exported |= call.params.flag("exclude_generated", false)?;
    }
    Ok(Include {
        definition,
        decompress,
        exported,
    })
}

fn get(call: &Call) -> Answered {
    let page = Page::of(call)?;
    let tag_filter = call.params.get("tags").unwrap_or_default().to_owned();
    let allow = call.params.flag("allow_no_match", true)?;
    let include = include(call)?;
    call.begin("cluster:monitor/xpack/ml/inference/get")?;
    let store = call.cluster.read();
    let models = expand(call, &store, call.path("model_id"), &tag_filter, allow)?;
    if include.definition && models.len() > 1 {
        return Err(Failure::bad_request(
            "Getting model definition is not supported when getting more than one model",
        ));
    }
    let shown = models
        .into_iter()
        .map(|(id, config)| shown(&store, &id, config, &include))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Answer::ok(page.answer("trained_model_configs", &shown)))
}

/// A model as GET shows it.
fn shown(store: &Store, id: &str, mut config: Value, include: &Include) -> Result<Value, Failure> {
    if include.exported
        && let Some(members) = config.as_object_mut()
    {
        for generated in [
            "created_by",
            "version",
            "create_time",
            "license_level",
            "estimated_heap_memory_usage_bytes",
            "estimated_operations",
            "model_size_bytes",
        ] {
            members.shift_remove(generated);
        }
    }
    if include.definition {
        let Some(Value::String(compressed)) = store.get(&Collection::Definitions, id) else {
            return Err(Failure::new(
                404,
                "resource_not_found_exception",
                format!("Could not find trained model definition [{id}]"),
            ));
        };
        if include.decompress {
            config["definition"] = inflate(compressed)?;
        } else {
            config["compressed_definition"] = json!(compressed);
        }
    }
    Ok(config)
}

fn get_stats(call: &Call) -> Answered {
    let page = Page::of(call)?;
    let tag_filter = call.params.get("tags").unwrap_or_default().to_owned();
    let allow = call.params.flag("allow_no_match", true)?;
    call.begin("cluster:monitor/xpack/ml/inference/stats/get")?;
    let store = call.cluster.read();
    let stats: Vec<Value> = expand(call, &store, call.path("model_id"), &tag_filter, allow)?
        .into_iter()
        .map(|(id, config)| {
            let count = uses_of(&store, &id, true).len();
            let mut stats = Map::new();
            stats.insert("model_id".into(), json!(id));
            if call.has(Feature::ModelTypes) {
                let size = config.get("model_size_bytes").cloned().unwrap_or(json!(0));
                stats.insert(
                    "model_size_stats".into(),
                    json!({"model_size_bytes": size, "required_native_memory_bytes": 0}),
                );
            }
            stats.insert("pipeline_count".into(), json!(count));
            if count > 0 {
                let zeros = json!({"count": 0, "time_in_millis": 0, "current": 0, "failed": 0});
                stats.insert("ingest".into(), json!({"total": zeros, "pipelines": {}}));
            }
            Value::Object(stats)
        })
        .collect();
    Ok(Answer::ok(page.answer("trained_model_stats", &stats)))
}

fn delete(call: &Call) -> Answered {
    let id = call.path("model_id");
    let knows_force = call.has(Feature::ForceModelDelete);
    let force = knows_force && call.params.flag("force", false)?;
    if call.profile().since(8, 19) {
        call.params.accept(&["timeout"]);
    }
    call.begin("cluster:admin/xpack/ml/inference/delete")?;
    if id == BUILT_IN {
        return Err(Failure::bad_request(format!(
            "Unable to delete model [{id}]"
        )));
    }
    call.cluster.change(|store| {
        let aliases: Vec<String> = store
            .all(&Collection::ModelAliases)
            .filter(|(_, model)| model.as_str() == Some(id))
            .map(|(alias, _)| alias.to_owned())
            .collect();
        if let (Some(used), false) = (referenced(store, id, &aliases, knows_force), force) {
            return Err(Failure::new(409, "status_exception", used));
        }
        if !store.has(&Collection::Models, id) {
            return Err(could_not_find(id));
        }
        for alias in aliases {
            store.remove(&Collection::ModelAliases, &alias);
        }
        store.remove(&Collection::Models, id);
        store.remove(&Collection::Definitions, id);
        store.remove(&Collection::Vocabularies, id);
        Ok(Answer::acknowledged())
    })
}
