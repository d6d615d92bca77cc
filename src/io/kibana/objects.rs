//! Saved objects of one space: dashboards, data views, tags and the like.
//!
//! They are read by export and written by import, which every version offers
//! (Kibana's API reference, "Saved objects"); what imports refuse comes back
//! under the status of success.

use serde_json::{Value, json};

use super::Kibana;
use super::import::multipart;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::elasticsearch::answer::Decision;
use crate::io::elasticsearch::{CallError, Called};
use crate::io::http::{Method, encode_segment};
use crate::model::observation::{Observed, RunState};
use crate::model::operation::{Operation, Verb};

impl Kibana {
    /// The saved object `TYPE:ID`; `None` where there is none.
    ///
    /// # Errors
    /// A [`CallError`] that is not [`Decision::Absent`].
    pub fn object(&self, id: &str) -> Called<Option<Observed>> {
        let (kind, id) = parts(id)?;
        let path = format!("{}/api/saved_objects/_export", self.base);
        let wanted = json!({
            "objects": [{"type": kind, "id": id}],
            "excludeExportDetails": true,
            "includeReferencesDeep": false,
        });
        match self.peer.ask(&path, &wanted) {
            // One object is one line, which is JSON.
            Ok(body) if body.is_object() => Ok(Some(Observed {
                body,
                state: RunState::Idle,
            })),
            Ok(_) => Err(Error::new(
                ErrorKind::Network,
                format!("the export of {kind}:{id} is not one object"),
            )
            .into()),
            Err(failed) if is_missing(&failed) => Ok(None),
            Err(failed) => Err(failed),
        }
    }

    /// Makes the call of `operation` on a saved object.
    ///
    /// # Errors
    /// A [`CallError`]; for a delete, [`Decision::Absent`] where it is gone.
    pub(super) fn apply_to_object(&self, operation: &Operation) -> Called<()> {
        let (kind, id) = parts(&operation.artifact.id)?;
        match operation.verb {
            Verb::Put => self.import_object(kind, id, &operation.body),
            Verb::Delete => {
                // Forced, for it may be shared with other spaces by now.
                let path = format!(
                    "{}/api/saved_objects/{}/{}?force=true",
                    self.base,
                    encode_segment(kind),
                    encode_segment(id)
                );
                let called = self.peer.call(Method::Delete, &path, &Value::Null);
                called.map(drop)
            }
            other => Err(Error::new(
                ErrorKind::Bug,
                format!("a saved object knows no {}", other.name()),
            )
            .into()),
        }
    }

    /// Imports one object under exactly its id, in the place of what is there.
    fn import_object(&self, kind: &str, id: &str, body: &Value) -> Called<()> {
        let mut line = body.clone();
        line["type"] = json!(kind);
        line["id"] = json!(id);
        let mut line =
            serde_json::to_vec(&line).or_err(ErrorKind::Bug, || "an object is not JSON")?;
        line.push(b'\n');
        let (content_type, bytes) = multipart(&line);
        let path = format!("{}/api/saved_objects/_import?overwrite=true", self.base);
        let answer = self
            .peer
            .call_bytes(Method::Post, &path, &content_type, &bytes)?;
        if answer.get("success") == Some(&Value::Bool(true)) {
            let there = answer
                .pointer("/successResults/0/destinationId")
                .and_then(Value::as_str);
            return match there {
                Some(other) if other != id => Err(elsewhere(kind, id, other)),
                _ => Ok(()),
            };
        }
        Err(refused(kind, id, &answer))
    }
}

/// `TYPE:ID`, apart.
fn parts(id: &str) -> Result<(&str, &str)> {
    let parts = id.split_once(':');
    parts
        .filter(|(kind, id)| !kind.is_empty() && !id.is_empty())
        .ok_or_else(|| {
            Error::new(
                ErrorKind::Malformed,
                format!("{id:?} is not the id of a saved object"),
            )
            .hint("write it as TYPE:ID")
        })
}

/// Whether an export says that the object is not there. Kibana 7 says it with no
/// more than the words of the status.
fn is_missing(failed: &CallError) -> bool {
    let text = failed.error.to_string();
    text.contains("Error fetching objects to export") || text.ends_with("400: Bad Request")
}

fn elsewhere(kind: &str, id: &str, other: &str) -> CallError {
    Error::new(
        ErrorKind::Cluster,
        format!("{kind}:{id} is in another space; Kibana made {other:?} of it here"),
    )
    .hint(format!(
        "delete {kind}:{other} of this space, and share {kind}:{id} with the space instead"
    ))
    .into()
}

/// What an import says about the one object in it.
fn refused(kind: &str, id: &str, answer: &Value) -> CallError {
    let error = answer.pointer("/errors/0/error").unwrap_or(&Value::Null);
    let text = |key: &str| error.get(key).and_then(Value::as_str);
    let why = match text("type").unwrap_or_default() {
        "missing_references" => {
            let list = error.get("references").and_then(Value::as_array);
            let missing: Vec<String> = list
                .into_iter()
                .flatten()
                .filter_map(|reference| {
                    let text = |key: &str| reference.get(key)?.as_str();
                    Some(format!("{}:{}", text("type")?, text("id")?))
                })
                .collect();
            format!("it needs {}, which is not there", missing.join(", "))
        }
        "unsupported_type" => "this Kibana does not know its type".to_owned(),
        "conflict" | "ambiguous_conflict" => "something of its id is there".to_owned(),
        other => text("message").unwrap_or(other).to_owned(),
    };
    CallError {
        decision: Decision::Stop,
        error: Error::new(
            ErrorKind::Cluster,
            format!("Kibana did not import {kind}:{id}: {why}"),
        ),
    }
}
