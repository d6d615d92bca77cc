//! What sealift remembers inside the cluster: receipts, what is its own, and who
//! is at work. All of it are documents of the index `sealift-receipts`.

use serde_json::{Value, json};

use super::answer::Decision;
use super::objects::{strange, unsure};
use super::{Called, Elasticsearch, found};
use crate::io::http::{Method, encode_segment};
use crate::model::preflight::RECEIPTS;

/// A document and the place in the index's history that it was read at.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The content.
    pub source: Value,
    /// `_seq_no` and `_primary_term`, for a write that must not overwrite
    /// somebody else's.
    pub revision: (u64, u64),
}

/// What a guarded write expects to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// No document yet.
    Nothing,
    /// The document as it was read at this revision.
    Revision((u64, u64)),
}

impl Elasticsearch {
    /// Creates the index with its mapping, unless it is there.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn prepare_memory(&self) -> Called<()> {
        if self.find(&format!("/{RECEIPTS}"))?.is_some() {
            return Ok(());
        }
        let body = json!({
            "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}},
            "mappings": {
                "dynamic": false,
                "properties": {
                    "kind": {"type": "keyword"},
                    "id": {"type": "keyword"},
                    "purpose": {"type": "keyword"},
                    "state": {"type": "keyword"},
                    "bundle": {"type": "keyword"},
                    "channel": {"type": "keyword"},
                    "sequence": {"type": "long"},
                    "artifacts": {"type": "keyword"},
                    "started": {"type": "date"},
                    "ended": {"type": "date"},
                    "receipt": {"type": "object", "enabled": false},
                },
            },
        });
        match self.call(Method::Put, &format!("/{RECEIPTS}"), &body) {
            Ok(_) => Ok(()),
            // Another installer was faster, or the answer was lost.
            Err(failed) if matches!(failed.decision, Decision::Exists | Decision::Unknown) => {
                match self.find(&format!("/{RECEIPTS}"))? {
                    Some(_) => Ok(()),
                    None => Err(failed),
                }
            }
            Err(failed) => Err(failed),
        }
    }

    /// The document `id`; `None` where it or the index is not there.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn recall(&self, id: &str) -> Called<Option<Document>> {
        let path = format!("/{RECEIPTS}/_doc/{}", encode_segment(id));
        let Some(mut answer) = found(self.call(Method::Get, &path, &Value::Null))? else {
            return Ok(None);
        };
        let number = |key: &str| answer.get(key).and_then(Value::as_u64);
        let revision = number("_seq_no").zip(number("_primary_term"));
        let source = answer.get_mut("_source").map(Value::take);
        // Absence is told by a 404; what says nothing must not be taken for it.
        revision
            .zip(source)
            .map(|(revision, source)| Some(Document { source, revision }))
            .ok_or_else(|| strange(&format!("the answer to GET {path}")))
    }

    /// Writes the document `id` only where `expect` holds; gives its revision.
    ///
    /// # Errors
    /// A [`super::CallError`]; [`Decision::Changed`] where it did not hold.
    pub fn remember_if(&self, id: &str, source: &Value, expect: Expect) -> Called<(u64, u64)> {
        let id = encode_segment(id);
        let path = match expect {
            Expect::Nothing => format!("/{RECEIPTS}/_create/{id}?refresh=true"),
            Expect::Revision((number, term)) => {
                format!(
                    "/{RECEIPTS}/_doc/{id}?if_seq_no={number}&if_primary_term={term}&refresh=true"
                )
            }
        };
        let answer = self.call(Method::Put, &path, source)?;
        let number = |key: &str| answer.get(key).and_then(Value::as_u64);
        // Without them nobody can tell that it was written.
        number("_seq_no")
            .zip(number("_primary_term"))
            .ok_or_else(|| unsure(&format!("the answer to PUT {path}")))
    }

    /// Deletes the document `id` where it still has `revision`. One that is gone
    /// or has changed hands is left.
    ///
    /// # Errors
    /// A [`super::CallError`].
    pub fn forget(&self, id: &str, (number, term): (u64, u64)) -> Called<()> {
        let path = format!(
            "/{RECEIPTS}/_doc/{}?if_seq_no={number}&if_primary_term={term}",
            encode_segment(id)
        );
        match self.call(Method::Delete, &path, &Value::Null) {
            Err(failed) if !matches!(failed.decision, Decision::Absent | Decision::Changed) => {
                Err(failed)
            }
            _ => Ok(()),
        }
    }
}
