//! One object of a cluster by its id: read, put, updated, deleted, and put to
//! work or to rest.

use serde_json::Value;

use super::answer::Decision;
use super::{CallError, Called, Elasticsearch};
use crate::error::{Error, ErrorKind, Result};
use crate::io::http::{Method, encode_segment};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::{Observed, RunState};
use crate::model::operation::{Operation, Verb};
use crate::model::version::StackVersion;

/// Where the API keeps `artifact`.
///
/// # Errors
/// [`ErrorKind::Malformed`] for an id that the API would take for a pattern or a
/// list; [`ErrorKind::Bug`] for a detection rule, which is Kibana's.
fn path(version: &StackVersion, artifact: &ArtifactId) -> Result<String> {
    let id = artifact.id.as_str();
    let pattern = id.contains(['*', '?', ',', '#']) || id.starts_with(['-', '_', '.']);
    let pattern = match artifact.kind {
        ArtifactKind::Script | ArtifactKind::Pipeline => id.contains(['*', ',', '#']),
        _ => pattern,
    };
    if id.is_empty() || pattern || id == "_all" {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!("{id:?} is not usable as the id of a {}", artifact.kind),
        ));
    }
    let folder = match artifact.kind {
        ArtifactKind::Script => "_scripts",
        ArtifactKind::Model => version.models_path(),
        ArtifactKind::Pipeline => "_ingest/pipeline",
        ArtifactKind::Filter => "_ml/filters",
        ArtifactKind::Job => "_ml/anomaly_detectors",
        ArtifactKind::Datafeed => "_ml/datafeeds",
        ArtifactKind::Analytics => "_ml/data_frame/analytics",
        ArtifactKind::Rule => {
            return Err(Error::new(ErrorKind::Bug, "rules are not in Elasticsearch"));
        }
    };
    Ok(format!("/{folder}/{}", encode_segment(id)))
}

/// The list in which an answer carries its objects.
const fn list_key(kind: ArtifactKind) -> &'static str {
    match kind {
        ArtifactKind::Model => "trained_model_configs",
        ArtifactKind::Filter => "filters",
        ArtifactKind::Job => "jobs",
        ArtifactKind::Datafeed => "datafeeds",
        _ => "data_frame_analytics",
    }
}

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
    /// A model comes without its definition.
    ///
    /// # Errors
    /// A [`CallError`] that is not [`Decision::Absent`].
    pub fn read(&self, artifact: &ArtifactId) -> Called<Option<Observed>> {
        let Some(body) = self.body(artifact, "")? else {
            return Ok(None);
        };
        let state = match artifact.kind {
            ArtifactKind::Job | ArtifactKind::Datafeed | ArtifactKind::Analytics => {
                self.state(artifact)?
            }
            _ => RunState::Idle,
        };
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
        let Some(mut answer) = self.find(&format!("{path}{query}"))? else {
            return Ok(None);
        };
        let object = match artifact.kind {
            ArtifactKind::Script => answer.get_mut("script"),
            ArtifactKind::Pipeline => answer.get_mut(&artifact.id),
            kind => answer
                .get_mut(list_key(kind))
                .and_then(|list| list.get_mut(0)),
        };
        match object.map(Value::take) {
            Some(object) if object.is_object() => Ok(Some(object)),
            _ => Err(strange(&format!("the answer to GET {path}"))),
        }
    }

    /// Whether a job, datafeed or analytics is at work.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn state(&self, artifact: &ArtifactId) -> Called<RunState> {
        let path = path(&self.version, artifact)?;
        let Some(stats) = self.find(&format!("{path}/_stats"))? else {
            return Ok(RunState::Idle);
        };
        let word = stats
            .get(list_key(artifact.kind))
            .and_then(|list| list.get(0))
            .and_then(|entry| entry.get("state"))
            .and_then(Value::as_str);
        Ok(run_state(word.unwrap_or_default()))
    }

    /// Makes the call of `operation`. Pipelines' scripts are compiled for ingest
    /// by the server as they are stored.
    ///
    /// # Errors
    /// A [`CallError`]; for a delete, [`Decision::Absent`] where it is gone.
    pub fn apply(&self, operation: &Operation) -> Called<()> {
        let artifact = &operation.artifact;
        let path = path(&self.version, artifact)?;
        let (method, path) = match operation.verb {
            Verb::Put => match operation.context {
                Some(context) => (Method::Put, format!("{path}/{context}")),
                None => (Method::Put, path),
            },
            Verb::Update => (Method::Post, format!("{path}/_update")),
            Verb::Delete => (Method::Delete, path),
            Verb::Open => (Method::Post, format!("{path}/_open")),
            Verb::Close => (Method::Post, format!("{path}/_close")),
            Verb::Start => (Method::Post, format!("{path}/_start")),
            Verb::Stop => (Method::Post, format!("{path}/_stop")),
        };
        let answer = self.call(method, &path, &operation.body)?;
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
        Ok(())
    }
}

/// The state words of jobs, datafeeds and analytics.
pub(super) fn run_state(word: &str) -> RunState {
    match word {
        "opened" | "opening" | "started" | "starting" | "closing" | "stopping" | "reindexing"
        | "analyzing" => RunState::Running,
        "failed" => RunState::Failed,
        _ => RunState::Idle,
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

#[cfg(test)]
mod tests {
    use super::path;
    use crate::model::artifact::{ArtifactId, ArtifactKind};
    use crate::model::version::StackVersion;

    #[test]
    fn ids_are_encoded_and_patterns_refused() {
        let version = StackVersion::new(7, 9, 0);
        let of = |kind, id: &str| path(&version, &ArtifactId::new(kind, id));
        for (kind, id, expected) in [
            (ArtifactKind::Model, "dga_1.0", "/_ml/inference/dga_1.0"),
            (ArtifactKind::Script, "a b/c", "/_scripts/a%20b%2Fc"),
            (ArtifactKind::Pipeline, "_x", "/_ingest/pipeline/_x"),
        ] {
            assert_eq!(of(kind, id).expect(id), expected);
        }
        for (kind, id) in [
            (ArtifactKind::Pipeline, "*"),
            (ArtifactKind::Pipeline, "a,b"),
            (ArtifactKind::Filter, "_all"),
            (ArtifactKind::Job, "x*"),
            (ArtifactKind::Script, ""),
            (ArtifactKind::Rule, "r"),
        ] {
            assert!(of(kind, id).is_err(), "{id}");
        }
    }
}
