//! One object of a cluster by its id: read, put, updated, deleted, and put to
//! work or to rest.

use serde_json::Value;

use super::answer::Decision;
use super::place::{self, path};
use super::{CallError, Called, Elasticsearch};
use crate::error::{Error, ErrorKind, Result};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::{DOCUMENTS, Observed, RunState};
use crate::model::operation::{Operation, Verb};

impl Elasticsearch {
    /// Where the API keeps `artifact`, encoded.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for an id that the API would take for a pattern or
    /// a list.
    pub fn path(&self, artifact: &ArtifactId) -> Result<String> {
        path(self.version(), artifact)
    }

    /// The object, with its state where it has one; `None` where there is none.
    /// A model comes without its definition, an index with the number of its
    /// documents under [`DOCUMENTS`].
    ///
    /// # Errors
    /// A [`CallError`] that is not [`Decision::Absent`].
    pub fn read(&self, artifact: &ArtifactId) -> Called<Option<Observed>> {
        let Some(mut body) = self.body(artifact, "")? else {
            return Ok(None);
        };
        if artifact.kind == ArtifactKind::Index {
            let path = format!("{}/_count", path(&self.version, artifact)?);
            let counted = self.find(&path)?.unwrap_or_default();
            body[DOCUMENTS] = counted.get("count").cloned().unwrap_or_default();
        }
        let state = self.state(artifact)?;
        Ok(Some(Observed { body, state }))
    }

    /// A model with its definition in packed form; others as [`read`](Self::read).
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_whole(&self, artifact: &ArtifactId) -> Called<Option<Observed>> {
        if artifact.kind != ArtifactKind::Model {
            return self.read(artifact);
        }
        let include = if self.version.offers(7, 10) {
            "?decompress_definition=false&include=definition"
        } else {
            "?decompress_definition=false&include_model_definition=true"
        };
        let body = self.body(artifact, include)?;
        Ok(body.map(|body| Observed {
            body,
            state: RunState::Idle,
        }))
    }

    fn body(&self, artifact: &ArtifactId, query: &str) -> Called<Option<Value>> {
        let path = path(&self.version, artifact)?;
        let Some(answer) = self.find(&format!("{path}{query}"))? else {
            return Ok(None);
        };
        if place::is_empty(artifact, &answer) {
            return Ok(None);
        }
        match place::object(artifact, answer) {
            Some(object) if object.is_object() => Ok(Some(object)),
            _ => Err(strange(&format!("the answer to GET {path}"))),
        }
    }

    /// Whether a job, datafeed, analytics or transform is at work; other kinds
    /// never are.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn state(&self, artifact: &ArtifactId) -> Called<RunState> {
        if !place::has_state(artifact.kind) {
            return Ok(RunState::Idle);
        }
        let path = path(&self.version, artifact)?;
        let Some(stats) = self.find(&format!("{path}/_stats"))? else {
            return Ok(RunState::Idle);
        };
        let word = stats
            .get(place::list_key(artifact.kind))
            .and_then(|list| list.get(0))
            .and_then(|entry| entry.get("state"))
            .and_then(Value::as_str);
        Ok(run_state(word.unwrap_or_default()))
    }

    /// Whether the enrich policy `artifact` is being executed just now; where the user
    /// may not ask, it is not seen to be.
    ///
    /// # Errors
    /// A [`CallError`] for anything but a refusal.
    pub fn is_executing(&self, artifact: &ArtifactId) -> Called<bool> {
        let stats = match self.find("/_enrich/_stats") {
            Err(failed) if failed.decision == Decision::Stop => None,
            other => other?,
        };
        let list = stats
            .as_ref()
            .and_then(|stats| stats.get("executing_policies"));
        let mut running = list.and_then(Value::as_array).into_iter().flatten();
        Ok(running.any(|one| one.get("name").and_then(Value::as_str) == Some(&artifact.id)))
    }

    /// Makes the call of `operation`. Pipelines' scripts are compiled for ingest
    /// by the server as they are stored.
    ///
    /// # Errors
    /// A [`CallError`]; for a delete, [`Decision::Absent`] where it is gone.
    pub fn apply(&self, operation: &Operation) -> Called<()> {
        let artifact = &operation.artifact;
        let path = path(&self.version, artifact)?;
        let (method, path) = place::call(operation, &path);
        let answer = self.call(method, &path, &place::body(operation))?;
        if place::keeps_promise(operation, &answer) {
            if artifact.kind == ArtifactKind::Model && operation.verb == Verb::Put {
                self.put_aliases(artifact, &operation.body)?;
            }
            return Ok(());
        }
        if answer.get("acknowledged") == Some(&Value::Bool(false)) {
            // Published but not yet taken up by every node: read to know.
            return Err(CallError {
                decision: Decision::Unknown,
                error: Error::new(
                    ErrorKind::Cluster,
                    format!("{operation} was not acknowledged in time"),
                ),
            });
        }
        Err(unsure(&format!("the answer to {method} {path}")))
    }
}

/// The state words of jobs, datafeeds, analytics and transforms.
pub(super) fn run_state(word: &str) -> RunState {
    match word {
        "opened" | "opening" | "started" | "starting" | "closing" | "stopping" | "reindexing"
        | "analyzing" | "indexing" | "aborting" => RunState::Running,
        "failed" => RunState::Failed,
        _ => RunState::Idle,
    }
}

/// An answer with the status of success that does not say that the call was made:
/// read to know.
pub(in crate::io) fn unsure(what: &str) -> CallError {
    CallError {
        decision: Decision::Unknown,
        ..strange(what)
    }
}

/// An answer that has not the shape it should have.
pub(super) fn strange(what: &str) -> CallError {
    Error::new(
        ErrorKind::Network,
        format!("{what} has not the expected shape"),
    )
    .hint("check that the address leads to Elasticsearch itself")
    .into()
}
