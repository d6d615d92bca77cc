//! Machine-learning filters: lists of values that detectors' rules refer to.

use serde_json::{Map, Value};

use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::store::{Collection, Store};
use crate::model::failure::Failure;
use crate::model::filter::{Filter, FilterUpdate};

use super::ids::{Page, stored};

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_ml/filters", get),
    Route::new(Method::Get, "/_ml/filters/{filter_id}", get),
    Route::new(Method::Put, "/_ml/filters/{filter_id}", put),
    Route::new(Method::Delete, "/_ml/filters/{filter_id}", delete),
    Route::new(Method::Post, "/_ml/filters/{filter_id}/_update", update),
];

fn put(call: &Call) -> Answered {
    let id = call.path("filter_id");
    let body = call.body()?;
    let filter = Filter::create(id, body.node())?.to_json();
    call.begin("cluster:admin/xpack/ml/filters/put")?;
    call.cluster.change(|store| {
        if store.has(&Collection::Filters, id) {
            return Err(Failure::new(
                400,
                "resource_already_exists_exception",
                format!("A filter with id [{id}] already exists"),
            ));
        }
        store.put(&Collection::Filters, id, filter.clone());
        Ok(Answer::ok(filter))
    })
}

fn get(call: &Call) -> Answered {
    let page = Page::of(call)?;
    call.begin("cluster:admin/xpack/ml/filters/get")?;
    let expression = call.path("filter_id");
    let store = call.cluster.read();
    let filters: Vec<Value> = stored(&store, &Collection::Filters, expression, true)
        .map_err(|missing| not_found(format!("Unable to find filter [{missing}]")))?
        .into_iter()
        .map(|(_, filter)| filter.clone())
        .collect();
    Ok(Answer::ok(page.answer("filters", &filters)))
}

fn delete(call: &Call) -> Answered {
    call.begin("cluster:admin/xpack/ml/filters/delete")?;
    let id = call.path("filter_id");
    call.cluster.change(|store| {
        let users = jobs_using(store, id);
        if !users.is_empty() {
            return Err(Failure::new(
                409,
                "status_exception",
                format!(
                    "Cannot delete filter [{id}] currently used by jobs [{}]",
                    users.join(", ")
                ),
            ));
        }
        if store.remove(&Collection::Filters, id) {
            Ok(Answer::acknowledged())
        } else {
            Err(not_found(format!(
                "Could not delete filter with ID [{id}] because it does not exist"
            )))
        }
    })
}

fn update(call: &Call) -> Answered {
    let id = call.path("filter_id");
    let body = call.body()?;
    let change = FilterUpdate::read(id, body.node())?;
    call.begin("cluster:admin/xpack/ml/filters/update")?;
    call.cluster.change(|store| {
        let stored = store
            .get(&Collection::Filters, id)
            .ok_or_else(|| not_found(format!("No filter with id [{id}] exists")))?;
        let updated = Filter::from_answer(stored)?.updated(&change)?.to_json();
        store.put(&Collection::Filters, id, updated.clone());
        Ok(Answer::ok(updated))
    })
}

/// The jobs whose rules refer to a filter.
fn jobs_using(store: &Store, filter: &str) -> Vec<String> {
    store
        .all(&Collection::Jobs)
        .filter(|(_, job)| filters_of(job).any(|used| used == filter))
        .map(|(id, _)| id.to_owned())
        .collect()
}

/// The filters that a job's rules refer to.
pub(super) fn filters_of(job: &Value) -> impl Iterator<Item = &str> {
    job.pointer("/analysis_config/detectors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|detector| detector.get("custom_rules")?.as_array())
        .flatten()
        .filter_map(|rule| rule.get("scope")?.as_object())
        .flat_map(Map::values)
        .filter_map(|reference| reference.get("filter_id")?.as_str())
}

fn not_found(reason: String) -> Failure {
    Failure::new(404, "resource_not_found_exception", reason)
}
