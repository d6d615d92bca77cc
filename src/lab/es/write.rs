//! Documents on their way in.

use serde_json::{Value, json};

use crate::lab::rest::Call;
use crate::lab::store::{Collection, Store};
use crate::model::failure::Failure;

use super::indices::{check_name, new_index};

/// What is to be written where.
pub(super) struct Operation {
    pub(super) index: String,
    pub(super) id: String,
    /// The pipeline asked for; else the index's own.
    pub(super) pipeline: Option<String>,
    /// Refuse when the document exists.
    pub(super) only_create: bool,
}

/// What was written.
pub(super) struct Written {
    pub(super) index: String,
    pub(super) id: String,
    pub(super) version: u64,
    pub(super) seq_no: u64,
    pub(super) result: &'static str,
}

impl Written {
    /// The status of the answer.
    pub(super) fn status(&self) -> u16 {
        match self.result {
            "created" => 201,
            "not_found" => 404,
            _ => 200,
        }
    }
}

/// The pipelines that a document passes, in order.
pub(super) fn pipelines(store: &Store, operation: &Operation) -> Vec<String> {
    let setting = |name: &str| {
        let index = store.get(&Collection::Indices, &operation.index)?;
        let own = index
            .pointer(&format!("/settings/index/{name}"))?
            .as_str()?;
        (own != "_none").then(|| own.to_owned())
    };
    let first = match operation.pipeline.as_deref() {
        Some("_none") => None,
        Some(pipeline) => Some(pipeline.to_owned()),
        None => setting("default_pipeline"),
    };
    first.into_iter().chain(setting("final_pipeline")).collect()
}

/// Sends a document through its pipelines and stores it.
pub(super) fn put_document(
    call: &Call,
    operation: Operation,
    source: Value,
) -> Result<Written, Failure> {
    let pipelines = pipelines(&call.cluster.read(), &operation);
    let (index, id) = (operation.index.clone(), operation.id.clone());
    match super::ingest::run(call, &pipelines, operation, source)? {
        Some((operation, source)) => store_document(call, operation, &source),
        // A pipeline dropped it: the answer speaks of a document that is not there.
        None => Ok(Written {
            index,
            id,
            version: 0,
            seq_no: 0,
            result: "noop",
        }),
    }
}

fn store_document(call: &Call, operation: Operation, source: &Value) -> Result<Written, Failure> {
    let now = call.cluster.now();
    let Operation {
        index,
        id,
        only_create,
        ..
    } = operation;
    call.cluster.change(|store| {
        let fresh = !store.has(&Collection::Indices, &index);
        if fresh {
            check_name(&index)?;
        }
        let documents = Collection::documents(&index);
        let version = store
            .get(&documents, &id)
            .and_then(|document| document.get("version")?.as_u64())
            .unwrap_or_default();
        if only_create && version > 0 {
            return Err(Failure::new(
                409,
                "version_conflict_engine_exception",
                format!("[{id}]: version conflict, document already exists (current version [{version}])"),
            )
            .with("index", index.clone()));
        }
        if fresh {
            store.put(&Collection::Indices, &index, new_index(now, &json!({"index": {}}), &json!({})));
        }
        let seq_no = next_seq_no(store, &index);
        let document = json!({"source": source, "version": version + 1, "seq_no": seq_no});
        store.put(&documents, &id, document);
        Ok(Written {
            result: if version == 0 { "created" } else { "updated" },
            version: version + 1,
            seq_no,
            index,
            id,
        })
    })
}

/// Takes the index's next sequence number.
fn next_seq_no(store: &mut Store, name: &str) -> u64 {
    let Some(mut index) = store.get(&Collection::Indices, name).cloned() else {
        return 0;
    };
    let next = index
        .get("next_seq_no")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    index["next_seq_no"] = json!(next + 1);
    store.put(&Collection::Indices, name, index);
    next
}

/// Deletes a document.
pub(super) fn delete_document(call: &Call, index: &str, id: &str) -> Result<Written, Failure> {
    call.cluster.change(|store| {
        if !store.has(&Collection::Indices, index) {
            return Err(super::indices::no_such_index(index));
        }
        let documents = Collection::documents(index);
        let version = store
            .get(&documents, id)
            .and_then(|document| document.get("version")?.as_u64())
            .unwrap_or_default();
        let found = store.remove(&documents, id);
        Ok(Written {
            index: index.to_owned(),
            id: id.to_owned(),
            version: version + 1,
            seq_no: next_seq_no(store, index),
            result: if found { "deleted" } else { "not_found" },
        })
    })
}
