//! Machine-learning filters: lists of values that detectors' rules refer to.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::store::{Collection, Store};
use crate::model::failure::Failure;
use crate::model::json_text::Node;
use crate::model::ml_id;
use crate::model::xcontent::{self, Takes};

use super::ids::{Page, is_all, select};

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_ml/filters", get),
    Route::new(Method::Get, "/_ml/filters/{filter_id}", get),
    Route::new(Method::Put, "/_ml/filters/{filter_id}", put),
    Route::new(Method::Delete, "/_ml/filters/{filter_id}", delete),
    Route::new(Method::Post, "/_ml/filters/{filter_id}/_update", update),
];

/// Most distinct items of a filter.
const MAX_ITEMS: usize = 10_000;

/// Items in the order in which the server keeps them: by UTF-16 code units.
type Items = BTreeSet<Utf16>;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Utf16(String);

impl Ord for Utf16 {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.encode_utf16().cmp(other.0.encode_utf16())
    }
}

impl PartialOrd for Utf16 {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// A filter's stored form, checked.
fn filter(id: &str, description: Option<&str>, items: &Items) -> Result<Value, Failure> {
    if !ml_id::is_valid(id) {
        return Err(Failure::bad_request(ml_id::invalid("filter_id", id)));
    }
    if items.len() > MAX_ITEMS {
        return Err(Failure::bad_request(format!(
            "Filter [{id}] contains too many items; up to [10,000] items are allowed"
        )));
    }
    let mut filter = Map::new();
    filter.insert("filter_id".to_owned(), json!(id));
    if let Some(description) = description {
        filter.insert("description".to_owned(), json!(description));
    }
    let items: Vec<&str> = items.iter().map(|item| item.0.as_str()).collect();
    filter.insert("items".to_owned(), json!(items));
    Ok(Value::Object(filter))
}

fn put(call: &Call) -> Answered {
    let id = call.path("filter_id");
    let body = call.body()?;
    let filter = parse(id, body.node())?;
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

fn parse(id: &str, node: &Node) -> Result<Value, Failure> {
    let fields = [
        ("type", Takes::String),
        ("filter_id", Takes::String),
        ("description", Takes::StringOrNull),
        ("items", Takes::Strings),
    ];
    let (mut own_id, mut description, mut items) = (None, None, Items::new());
    xcontent::object(node, "type", &fields, |name, value| {
        match name {
            "filter_id" => own_id = Some(xcontent::string(value)?),
            "description" => description = xcontent::string_or_null(value)?,
            "items" => {
                items = xcontent::string_list(value)?
                    .into_iter()
                    .map(Utf16)
                    .collect();
            }
            _ => {
                xcontent::string(value)?;
            }
        }
        Ok(())
    })?;
    ml_id::agree("filter_id", own_id.as_deref(), id)?;
    filter(id, description.as_deref(), &items)
}

fn get(call: &Call) -> Answered {
    let page = Page::of(call)?;
    call.begin("cluster:admin/xpack/ml/filters/get")?;
    let expression = call.path("filter_id");
    let store = call.cluster.read();
    let all = store.sorted(&Collection::Filters);
    let chosen = select(expression, all.iter().map(|(id, _)| *id), true)
        .map_err(|missing| not_found(format!("Unable to find filter [{missing}]")))?;
    let filters: Vec<Value> = all
        .iter()
        .filter(|(id, _)| chosen.contains(id) || is_all(expression))
        .map(|(_, filter)| (*filter).clone())
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
    let fields = [
        ("filter_id", Takes::String),
        ("description", Takes::StringOrNull),
        ("add_items", Takes::Strings),
        ("remove_items", Takes::Strings),
    ];
    let (mut own_id, mut description) = (None, None);
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    let name = "cluster:admin/xpack/ml/filters/update";
    xcontent::object(body.node(), name, &fields, |field, value| {
        match field {
            "filter_id" => own_id = Some(xcontent::string(value)?),
            "description" => description = xcontent::string_or_null(value)?,
            "add_items" => add = xcontent::string_list(value)?,
            _ => remove = xcontent::string_list(value)?,
        }
        Ok(())
    })?;
    ml_id::agree("filter_id", own_id.as_deref(), id)?;
    call.begin(name)?;
    call.cluster.change(|store| {
        let stored = store
            .get(&Collection::Filters, id)
            .ok_or_else(|| not_found(format!("No filter with id [{id}] exists")))?;
        let kept = stored.get("description").and_then(Value::as_str);
        let mut items: Items = stored
            .get("items")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|item| Some(Utf16(item.as_str()?.to_owned())))
            .collect();
        items.extend(add.into_iter().map(Utf16));
        for item in remove {
            let item = Utf16(item);
            if !items.remove(&item) {
                return Err(Failure::bad_request(format!(
                    "Cannot remove item [{}] as it is not present in filter [{id}]",
                    item.0
                )));
            }
        }
        let updated = filter(id, description.as_deref().or(kept), &items)?;
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
