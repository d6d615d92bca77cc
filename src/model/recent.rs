//! What recent documents of indices tell about enrichment.

use serde::Serialize;

/// What the newest documents behind one name or pattern tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recent {
    /// The name or pattern that was asked for.
    pub index: String,
    /// The pipeline that enriches.
    pub pipeline: String,
    /// Whether there is an index behind the name.
    pub exists: bool,
    /// The indices behind the name whose default or final pipeline it is.
    pub indices: Vec<String>,
    /// How many documents were looked at, the newest.
    pub documents: usize,
    /// How many hold a result.
    pub enriched: usize,
    /// How many hold the message of a failure.
    pub failed: usize,
    /// How many hold neither.
    pub neither: usize,
    /// The messages of failures, the most frequent first.
    pub messages: Vec<Message>,
    /// What the pipeline makes of some of those that hold neither.
    pub tried: Tried,
    /// The indices whose newest documents do not go through it.
    pub bypassed: Vec<Bypassed>,
    /// Why not all of this could be looked at, where it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// The message of a failure and how many documents hold it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The message.
    pub message: String,
    /// How many documents hold it.
    pub documents: usize,
}

/// What a pipeline makes of documents that it has not enriched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// How many were tried.
    pub documents: usize,
    /// How many it would enrich: they did not go through it.
    pub enriched: usize,
    /// How many of these stand between documents that did go through it.
    pub between: usize,
    /// How many fail in it.
    pub failed: usize,
}

/// An index, or a data stream, whose newest documents do not go through the
/// pipeline although it would enrich some of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bypassed {
    /// Its name.
    pub index: String,
    /// How many of those that were tried the pipeline would enrich.
    pub documents: usize,
    /// Whether the pipeline is its default or final one all the same.
    pub led: bool,
}

/// Why something could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// What happened, with its causes.
    pub message: String,
    /// What to do about it, where something can be said.
    pub hint: Option<String>,
}

impl Recent {
    /// What is known of `index` and `pipeline` before anything was looked at.
    #[must_use]
    pub fn of(index: &str, pipeline: &str) -> Self {
        Self {
            index: index.to_owned(),
            pipeline: pipeline.to_owned(),
            exists: true,
            indices: Vec::new(),
            documents: 0,
            enriched: 0,
            failed: 0,
            neither: 0,
            messages: Vec::new(),
            tried: Tried::default(),
            bypassed: Vec::new(),
            failure: None,
        }
    }

    /// Whether enrichment works as far as these documents tell: there are some, none
    /// failed, and the newest of every index went through the pipeline unless it
    /// leaves them alone.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.documents > 0
            && self.failed == 0
            && self.tried.failed == 0
            && self.bypassed.is_empty()
            && self.failure.is_none()
    }
}
