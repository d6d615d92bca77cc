//! One call that changes a cluster.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::artifact::ArtifactId;

/// What is done with an artifact by one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// `PUT`: creates; scripts, templates, pipelines, saved objects and rules are
    /// overwritten.
    Put,
    /// `POST _update`: changes a filter, job, datafeed, analytics or transform in
    /// place; the mappings of an index likewise.
    Update,
    /// `DELETE`.
    Delete,
    /// Runs an enrich policy, which makes what pipelines look up.
    Execute,
    /// Opens a job.
    Open,
    /// Closes a job.
    Close,
    /// Starts a datafeed or a transform, from where it stopped.
    Start,
    /// Stops a datafeed, analytics or transform.
    Stop,
}

impl Verb {
    /// Whether it changes an object, and not only whether that is at work.
    #[must_use]
    pub const fn changes(self) -> bool {
        matches!(self, Self::Put | Self::Update | Self::Delete)
    }

    /// The word for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Execute => "execute",
            Self::Open => "open",
            Self::Close => "close",
            Self::Start => "start",
            Self::Stop => "stop",
        }
    }
}

/// One call that changes a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// What is done.
    pub verb: Verb,
    /// With which artifact.
    pub artifact: ArtifactId,
    /// What is sent; `Null` where nothing is.
    pub body: Value,
    /// For a stored script, the context that the server compiles it for as it is
    /// stored.
    pub context: Option<&'static str>,
}

impl Operation {
    /// `verb` on `artifact` without a body.
    #[must_use]
    pub fn bare(verb: Verb, artifact: &ArtifactId) -> Self {
        Self {
            verb,
            artifact: artifact.clone(),
            body: Value::Null,
            context: None,
        }
    }

    /// `verb` on `artifact` that sends `body`.
    #[must_use]
    pub fn with(verb: Verb, artifact: &ArtifactId, body: Value) -> Self {
        Self {
            verb,
            artifact: artifact.clone(),
            body,
            context: None,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb.name(), self.artifact)
    }
}
