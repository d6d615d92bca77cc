//! Data frame analytics: create, look at, update, start, stop, delete.

use serde_json::{Value, json};

use crate::lab::profile::Feature;
use crate::lab::random;
use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::store::{Collection, Store};
use crate::model::analytics::{Analytics, update as apply_update};
use crate::model::failure::Failure;

use super::ids::{Page, stored};
use super::indices::matching;

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_ml/data_frame/analytics", get),
    Route::new(Method::Get, "/_ml/data_frame/analytics/{id}", get),
    Route::new(Method::Put, "/_ml/data_frame/analytics/{id}", put),
    Route::new(Method::Delete, "/_ml/data_frame/analytics/{id}", delete),
    Route::new(Method::Get, "/_ml/data_frame/analytics/_stats", get_stats),
    Route::new(
        Method::Get,
        "/_ml/data_frame/analytics/{id}/_stats",
        get_stats,
    ),
    Route::new(
        Method::Post,
        "/_ml/data_frame/analytics/{id}/_update",
        update,
    ),
    Route::new(Method::Post, "/_ml/data_frame/analytics/{id}/_start", start),
    Route::new(Method::Post, "/_ml/data_frame/analytics/{id}/_stop", stop),
];

fn missing(id: &str) -> Failure {
    Failure::new(
        404,
        "resource_not_found_exception",
        format!("No known data frame analytics with id [{id}]"),
    )
}

fn validation(reasons: &str) -> Failure {
    Failure::new(
        400,
        "validation_exception",
        format!("Validation Failed: {reasons}"),
    )
}

fn put(call: &Call) -> Answered {
    let id = call.path("id");
    let body = call.body()?;
    let config = Analytics::create(id, body.node(), call.profile().api())?;
    call.begin("cluster:admin/xpack/ml/data_frame/analytics/put")?;
    call.cluster.require_ml_license()?;
    check_indices(&call.cluster.read(), &config)?;
    may_use(call, &config)?;
    let stored = config.to_json(call.cluster.now(), random::seed(), call.profile().api());
    call.cluster.change(|store| {
        if store.has(&Collection::Analytics, id) {
            return Err(Failure::new(
                400,
                "resource_already_exists_exception",
                format!("A data frame analytics with id [{id}] already exists"),
            ));
        }
        store.put(&Collection::Analytics, id, stored.clone());
        Ok(Answer::ok(stored))
    })
}

/// The source must exist and not hold the destination.
fn check_indices(store: &Store, config: &Analytics) -> Result<(), Failure> {
    for source in &config.source.indices {
        let found = matching(store, source);
        if found.is_empty() {
            return Err(validation(&format!("1: no such index [{source}];")));
        }
    }
    config.check_destination()
}

/// Analytics run as their creator, who must be able to read and to write.
fn may_use(call: &Call, config: &Analytics) -> Result<(), Failure> {
    let Some(subject) = &call.subject else {
        return Ok(());
    };
    let reads = config
        .source
        .indices
        .iter()
        .all(|index| subject.allows_on("indices:data/read/search", index));
    let writes = ["indices:data/write/index", "indices:admin/create"]
        .iter()
        .all(|action| subject.allows_on(action, &config.destination.index));
    if reads && writes {
        return Ok(());
    }
    Err(Failure::new(
        403,
        "security_exception",
        format!(
            "Cannot create data frame analytics [{}] because user {} lacks permissions on the indices",
            config.id, subject.username
        ),
    ))
}

fn expand<'a>(
    store: &'a Store,
    expression: &str,
    allow: bool,
) -> Result<Vec<(&'a str, &'a Value)>, Failure> {
    stored(store, &Collection::Analytics, expression, allow).map_err(|id| missing(&id))
}

fn get(call: &Call) -> Answered {
    let page = Page::of(call)?;
    let allow = call.params.flag("allow_no_match", true)?;
    let exported =
        call.has(Feature::ExcludeGenerated) && call.params.flag("exclude_generated", false)?;
    call.begin("cluster:monitor/xpack/ml/data_frame/analytics/get")?;
    let store = call.cluster.read();
    let all: Vec<Value> = expand(&store, call.path("id"), allow)?
        .into_iter()
        .map(|(_, config)| {
            let mut config = config.clone();
            if exported && let Some(members) = config.as_object_mut() {
                for generated in ["id", "create_time", "version", "authorization"] {
                    members.shift_remove(generated);
                }
            }
            config
        })
        .collect();
    Ok(Answer::ok(page.answer("data_frame_analytics", &all)))
}

fn get_stats(call: &Call) -> Answered {
    let page = Page::of(call)?;
    let allow = call.params.flag("allow_no_match", true)?;
    call.params.flag("verbose", true)?;
    call.begin("cluster:monitor/xpack/ml/data_frame/analytics/stats/get")?;
    let store = call.cluster.read();
    let all: Vec<Value> = expand(&store, call.path("id"), allow)?
        .into_iter()
        .map(|(id, config)| stats(id, config))
        .collect();
    Ok(Answer::ok(page.answer("data_frame_analytics", &all)))
}

/// Nothing ever runs here, so everything is at its beginning.
fn stats(id: &str, config: &Value) -> Value {
    let analysis = config.get("analysis").and_then(Value::as_object);
    let kind = analysis
        .and_then(|analysis| analysis.keys().next())
        .map_or("", String::as_str);
    let own: &[&str] = match kind {
        "outlier_detection" => &["computing_outliers"],
        _ => &[
            "feature_selection",
            "coarse_parameter_search",
            "fine_tuning_parameters",
            "final_training",
        ],
    };
    let mut phases = vec!["reindexing", "loading_data"];
    phases.extend(own);
    phases.push("writing_results");
    if kind != "outlier_detection" {
        phases.push("inference");
    }
    let progress: Vec<Value> = phases
        .into_iter()
        .map(|phase| json!({"phase": phase, "progress_percent": 0}))
        .collect();
    json!({
        "id": id,
        "state": "stopped",
        "progress": progress,
        "data_counts": {"training_docs_count": 0, "test_docs_count": 0, "skipped_docs_count": 0},
        "memory_usage": {"peak_usage_bytes": 0, "status": "ok"},
    })
}

fn update(call: &Call) -> Answered {
    let id = call.path("id");
    let body = call.body()?;
    // The body is read before the analytics are looked for.
    apply_update(&json!({"id": id}), body.node())?;
    call.begin("cluster:admin/xpack/ml/data_frame/analytics/update")?;
    call.cluster.require_ml_license()?;
    call.cluster.change(|store| {
        let stored = store
            .get(&Collection::Analytics, id)
            .ok_or_else(|| missing(id))?;
        let updated = apply_update(stored, body.node())?;
        store.put(&Collection::Analytics, id, updated.clone());
        Ok(Answer::ok(updated))
    })
}

fn delete(call: &Call) -> Answered {
    let id = call.path("id");
    call.params.flag("force", false)?;
    call.params.accept(&["timeout"]);
    call.begin("cluster:admin/xpack/ml/data_frame/analytics/delete")?;
    call.cluster.change(|store| {
        if store.remove(&Collection::Analytics, id) {
            Ok(Answer::acknowledged())
        } else {
            Err(missing(id))
        }
    })
}

/// There is no engine that could run them, and the answer says so.
fn start(call: &Call) -> Answered {
    let id = call.path("id");
    call.params.accept(&["timeout"]);
    call.begin("cluster:admin/xpack/ml/data_frame/analytics/start")?;
    call.cluster.require_ml_license()?;
    if !call.cluster.read().has(&Collection::Analytics, id) {
        return Err(missing(id));
    }
    Err(Failure::new(
        429,
        "status_exception",
        format!(
            "Could not start data frame analytics task [{id}], a practice cluster has no analytics engine"
        ),
    ))
}

fn stop(call: &Call) -> Answered {
    let allow = call.params.flag("allow_no_match", true)?;
    call.params.flag("force", false)?;
    call.params.accept(&["timeout"]);
    call.begin("cluster:admin/xpack/ml/data_frame/analytics/stop")?;
    expand(&call.cluster.read(), call.path("id"), allow)?;
    Ok(Answer::ok(json!({"stopped": true})))
}
