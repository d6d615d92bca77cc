//! Documents one by one: index, get, delete, count, search.

use serde_json::{Value, json};

use crate::lab::profile::Feature;
use crate::lab::random;
use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::store::Collection;
use crate::model::failure::Failure;

use super::bulk::bulk;
use super::indices::{no_such_index, resolve};
use super::query::Query;
use super::write::{Operation, Seen, Written, delete_document, put_document};

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Post, "/{index}/_doc", index),
    Route::new(Method::Put, "/{index}/_doc/{id}", index),
    Route::new(Method::Post, "/{index}/_doc/{id}", index),
    Route::new(Method::Put, "/{index}/_create/{id}", create),
    Route::new(Method::Post, "/{index}/_create/{id}", create),
    Route::new(Method::Get, "/{index}/_doc/{id}", get),
    Route::new(Method::Head, "/{index}/_doc/{id}", head),
    Route::new(Method::Get, "/{index}/_source/{id}", source),
    Route::new(Method::Delete, "/{index}/_doc/{id}", delete),
    Route::new(Method::Get, "/{index}/_count", count),
    Route::new(Method::Post, "/{index}/_count", count),
    Route::new(Method::Get, "/{index}/_search", search),
    Route::new(Method::Post, "/{index}/_search", search),
    Route::new(Method::Get, "/_search", search),
    Route::new(Method::Post, "/_search", search),
    Route::new(Method::Get, "/_count", count),
    Route::new(Method::Post, "/_count", count),
    Route::new(Method::Put, "/_bulk", bulk),
    Route::new(Method::Post, "/_bulk", bulk),
    Route::new(Method::Put, "/{index}/_bulk", bulk),
    Route::new(Method::Post, "/{index}/_bulk", bulk),
];

const WRITE_OPTIONS: [&str; 8] = [
    "timeout",
    "wait_for_active_shards",
    "routing",
    "version",
    "version_type",
    "if_seq_no",
    "if_primary_term",
    "require_alias",
];

fn index(call: &Call) -> Answered {
    let op_type = call.params.get("op_type").map(str::to_owned);
    write(call, op_type.as_deref() == Some("create"))
}

fn create(call: &Call) -> Answered {
    write(call, true)
}

fn write(call: &Call, only_create: bool) -> Answered {
    let name = call.path("index");
    let body = call.body()?;
    let refresh = call
        .params
        .get("refresh")
        .is_some_and(|value| value != "false");
    let pipeline = call.params.get("pipeline").map(str::to_owned);
    call.params.accept(&WRITE_OPTIONS);
    call.begin_on_index("indices:data/write/index", name)?;
    let id = match call.path("id") {
        "" => random::document_id(),
        id => id.to_owned(),
    };
    let operation = Operation {
        index: name.to_owned(),
        id,
        pipeline,
        only_create,
        seen: seen(call)?,
    };
    let source = parse_source(body.text())?;
    let written = put_document(call, operation, source)?;
    let location = format!("/{}/_doc/{}", written.index, written.id);
    let answer = Answer::json(written.status(), shown(call, &written, refresh));
    Ok(if written.status() == 201 {
        answer.with_header("location", location)
    } else {
        answer
    })
}

/// The state that the document has to be in, where the call names one.
fn seen(call: &Call) -> Result<Option<Seen>, Failure> {
    let number = |name: &str| call.params.long(name);
    Seen::of(number("if_seq_no")?, number("if_primary_term")?)
}

/// The source of a document.
pub(super) fn parse_source(text: &str) -> Result<Value, Failure> {
    match serde_json::from_str::<Value>(text) {
        Ok(source @ Value::Object(_)) => Ok(source),
        Ok(_) => Err(Failure::new(400, "mapper_parsing_exception", "failed to parse").because(
            Failure::new(400, "not_x_content_exception", "Compressor detection can only be called on some xcontent bytes or compressed xcontent bytes"),
        )),
        Err(error) => Err(Failure::new(400, "mapper_parsing_exception", "failed to parse")
            .because(Failure::new(400, "json_parse_exception", error.to_string()))),
    }
}

/// The answer to a write.
pub(super) fn shown(call: &Call, written: &Written, refresh: bool) -> Value {
    let mut shown = json!({"_index": written.index});
    if call.has(Feature::DocumentTypes) {
        shown["_type"] = json!("_doc");
    }
    shown["_id"] = json!(written.id);
    shown["_version"] = json!(written.version);
    shown["result"] = json!(written.result);
    if refresh {
        shown["forced_refresh"] = json!(true);
    }
    let dropped = written.result == "noop";
    shown["_shards"] = if dropped {
        json!({"total": 0, "successful": 0, "failed": 0})
    } else {
        json!({"total": 2, "successful": 1, "failed": 0})
    };
    if !dropped {
        shown["_seq_no"] = json!(written.seq_no);
        shown["_primary_term"] = json!(1);
    }
    shown
}

/// A document as GET shows it; 404 when it is not there.
fn fetch(call: &Call) -> Result<(u16, Value), Failure> {
    let (name, id) = (call.path("index"), call.path("id"));
    call.params.accept(&[
        "realtime",
        "preference",
        "routing",
        "refresh",
        "stored_fields",
        "_source",
        "_source_includes",
        "_source_excludes",
        "version",
        "version_type",
    ]);
    call.begin_on_index("indices:data/read/get", name)?;
    let store = call.cluster.read();
    if !store.has(&Collection::Indices, name) {
        return Err(no_such_index(name));
    }
    let mut shown = json!({"_index": name});
    if call.has(Feature::DocumentTypes) {
        shown["_type"] = json!("_doc");
    }
    shown["_id"] = json!(id);
    let Some(document) = store.get(&Collection::documents(name), id) else {
        shown["found"] = json!(false);
        return Ok((404, shown));
    };
    shown["_version"] = document.get("version").cloned().unwrap_or_default();
    shown["_seq_no"] = document.get("seq_no").cloned().unwrap_or_default();
    shown["_primary_term"] = json!(1);
    shown["found"] = json!(true);
    shown["_source"] = document.get("source").cloned().unwrap_or_default();
    Ok((200, shown))
}

fn get(call: &Call) -> Answered {
    let (status, shown) = fetch(call)?;
    Ok(Answer::json(status, shown))
}

fn head(call: &Call) -> Answered {
    Ok(Answer::empty(fetch(call)?.0))
}

fn source(call: &Call) -> Answered {
    let (status, mut shown) = fetch(call)?;
    if status == 404 {
        let reason = format!(
            "Document not found [{}]/[{}]",
            call.path("index"),
            call.path("id")
        );
        return Err(Failure::new(404, "resource_not_found_exception", reason));
    }
    Ok(Answer::ok(shown["_source"].take()))
}

fn delete(call: &Call) -> Answered {
    let (name, id) = (call.path("index").to_owned(), call.path("id").to_owned());
    let refresh = call
        .params
        .get("refresh")
        .is_some_and(|value| value != "false");
    call.params.accept(&WRITE_OPTIONS);
    call.begin_on_index("indices:data/write/delete", &name)?;
    let written = delete_document(call, &name, &id, seen(call)?)?;
    Ok(Answer::json(
        written.status(),
        shown(call, &written, refresh),
    ))
}

/// The query of a call's body.
fn query(call: &Call) -> Result<Query, Failure> {
    match call.optional_body() {
        Some(body) => Query::parse(&body.map()?),
        None => Ok(Query::all()),
    }
}

const READ_OPTIONS: [&str; 12] = [
    "ignore_unavailable",
    "allow_no_indices",
    "expand_wildcards",
    "preference",
    "routing",
    "ignore_throttled",
    "request_cache",
    "rest_total_hits_as_int",
    "track_total_hits",
    "typed_keys",
    "size",
    "from",
];

fn count(call: &Call) -> Answered {
    let query = query(call)?;
    call.params.accept(&READ_OPTIONS);
    let expression = call.path("index");
    call.begin_on_index("indices:data/read/search", expression)?;
    let store = call.cluster.read();
    let names = resolve(&store, expression)?;
    let count = names
        .iter()
        .flat_map(|name| {
            store
                .all(&Collection::Documents(name.clone()))
                .map(|(_, document)| document)
                .collect::<Vec<_>>()
        })
        .filter(|document| query.matches(document.get("source").unwrap_or(&Value::Null)))
        .count();
    let shards = names.len();
    Ok(Answer::ok(json!({
        "count": count,
        "_shards": {"total": shards, "successful": shards, "skipped": 0, "failed": 0},
    })))
}

/// Most hits of a search (`index.max_result_window`).
const MAX_WINDOW: usize = 10_000;

fn search(call: &Call) -> Answered {
    let body = call
        .optional_body()
        .map(|body| body.map())
        .transpose()?
        .unwrap_or_else(|| json!({}));
    let query = Query::parse(
        &json!({"query": body.get("query").cloned().unwrap_or_else(|| json!({"match_all": {}}))}),
    )?;
    let number = |name: &str, default: u64| -> Result<usize, Failure> {
        let given = body.get(name).and_then(Value::as_u64).unwrap_or(default);
        let given = i32::try_from(given).unwrap_or(i32::MAX);
        Ok(usize::try_from(call.params.int(name, given)?).unwrap_or_default())
    };
    let (from, size) = (number("from", 0)?, number("size", 10)?);
    let as_int = call.params.flag("rest_total_hits_as_int", false)?;
    call.params.accept(&READ_OPTIONS);
    let expression = call.path("index");
    call.begin_on_index("indices:data/read/search", expression)?;
    if from.saturating_add(size) > MAX_WINDOW {
        return Err(Failure::illegal_argument(format!(
            "Result window is too large, from + size must be less than or equal to: [{MAX_WINDOW}] but was [{}]",
            from.saturating_add(size)
        )));
    }
    let store = call.cluster.read();
    let names = resolve(&store, expression)?;
    let mut hits = Vec::new();
    for name in &names {
        for (id, document) in store.all(&Collection::Documents(name.clone())) {
            let source = document.get("source").unwrap_or(&Value::Null);
            if query.matches(source) {
                hits.push((name, id, source));
            }
        }
    }
    let total = hits.len();
    if let Some((field, descending)) = first_sort(&body) {
        hits.sort_by_cached_key(|(_, _, source)| sort_key(source, &field));
        if descending {
            hits.reverse();
        }
    }
    let hits: Vec<Value> = hits
        .into_iter()
        .skip(from)
        .take(size)
        .map(|(name, id, source)| {
            json!({"_index": name, "_id": id, "_score": 1.0, "_source": source})
        })
        .collect();
    let shards = names.len();
    let total = if as_int {
        json!(total)
    } else {
        json!({"value": total, "relation": "eq"})
    };
    Ok(Answer::ok(json!({
        "took": 0,
        "timed_out": false,
        "_shards": {"total": shards, "successful": shards, "skipped": 0, "failed": 0},
        "hits": {"total": total, "max_score": if hits.is_empty() { Value::Null } else { json!(1.0) }, "hits": hits},
    })))
}

/// The first field that a search is sorted by, and whether descending.
fn first_sort(body: &Value) -> Option<(String, bool)> {
    let sort = body.get("sort")?;
    let first = sort.as_array().map_or(Some(sort), |list| list.first())?;
    if let Some(field) = first.as_str() {
        return Some((field.to_owned(), false));
    }
    let (field, how) = first.as_object()?.iter().next()?;
    let order = how.get("order").unwrap_or(how).as_str();
    Some((field.clone(), order == Some("desc")))
}

/// A text whose order is that of dates and words: what a search is mostly sorted by.
fn sort_key(source: &Value, field: &str) -> String {
    let pointer = format!("/{}", field.replace('.', "/"));
    let value = source.get(field).or_else(|| source.pointer(&pointer));
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => format!("{:020.3}", number.as_f64().unwrap_or_default()),
        _ => String::new(),
    }
}
