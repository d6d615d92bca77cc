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
    /// Refuse unless the document is as it was seen.
    pub(super) seen: Option<Seen>,
}

/// Where in the history of its index a document was seen: `if_seq_no` and
/// `if_primary_term` of a write that holds only against that.
///
/// Source: Elasticsearch's reference, optimistic concurrency control.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    seq_no: u64,
    primary_term: u64,
}

impl Seen {
    /// Both or neither.
    pub(super) fn of(
        seq_no: Option<u64>,
        primary_term: Option<u64>,
    ) -> Result<Option<Self>, Failure> {
        let invalid = match (seq_no, primary_term.filter(|term| *term > 0)) {
            (Some(seq_no), Some(primary_term)) => {
                return Ok(Some(Self {
                    seq_no,
                    primary_term,
                }));
            }
            (None, None) => return Ok(None),
            (Some(_), None) => "ifSeqNo is set, but primary term is [0]".to_owned(),
            (None, Some(term)) => format!("ifSeqNo is unassigned, but primary term is [{term}]"),
        };
        Err(Failure::new(
            400,
            "action_request_validation_exception",
            format!("Validation Failed: 1: {invalid};"),
        ))
    }

    /// Refuses unless the document `id` of `index`, which is `there`, is as it was seen.
    fn holds(self, index: &str, id: &str, there: Option<&Value>) -> Result<(), Failure> {
        let seq_no = there.and_then(|document| document.get("seq_no")?.as_u64());
        if seq_no == Some(self.seq_no) && self.primary_term == PRIMARY_TERM {
            return Ok(());
        }
        let found = seq_no.map_or_else(
            || "but no document was found".to_owned(),
            |seq_no| {
                format!("current document has seqNo [{seq_no}] and primary term [{PRIMARY_TERM}]")
            },
        );
        let wanted = format!(
            "required seqNo [{}], primary term [{}]",
            self.seq_no, self.primary_term
        );
        Err(conflict(index, id, &format!("{wanted}. {found}")))
    }
}

/// No shard of a practice cluster ever moves.
const PRIMARY_TERM: u64 = 1;

/// A write that does not hold against what is there.
fn conflict(index: &str, id: &str, why: &str) -> Failure {
    Failure::new(
        409,
        "version_conflict_engine_exception",
        format!("[{id}]: version conflict, {why}"),
    )
    .with("index", index.to_owned())
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
        seen,
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
            let why = format!("document already exists (current version [{version}])");
            return Err(conflict(&index, &id, &why));
        }
        if let Some(seen) = seen {
            seen.holds(&index, &id, store.get(&documents, &id))?;
        }
        if fresh {
            store.put(
                &Collection::Indices,
                &index,
                new_index(now, &json!({"index": {}}), &json!({})),
            );
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
pub(super) fn delete_document(
    call: &Call,
    index: &str,
    id: &str,
    seen: Option<Seen>,
) -> Result<Written, Failure> {
    call.cluster.change(|store| {
        if !store.has(&Collection::Indices, index) {
            return Err(super::indices::no_such_index(index));
        }
        let documents = Collection::documents(index);
        let version = store
            .get(&documents, id)
            .and_then(|document| document.get("version")?.as_u64())
            .unwrap_or_default();
        if let Some(seen) = seen {
            seen.holds(index, id, store.get(&documents, id))?;
        }
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
