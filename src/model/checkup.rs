//! What a check of a cluster found: documents that came out as they should or
//! not, and what is at work.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::model::artifact::ArtifactId;
use crate::model::observation::RunState;

/// The result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkup {
    /// The bundle's documents, set by set.
    pub sets: Vec<Checked>,
    /// The jobs, datafeeds and analytics of the bundle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<State>,
    /// Why it could not be finished, where it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl Checkup {
    /// Whether there was nothing to check.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty() && self.states.is_empty() && self.failure.is_none()
    }

    /// Whether nothing was found that is not as it should be.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.failure.is_none()
            && self.sets.iter().all(Checked::is_right)
            && self.states.iter().all(|one| one.state != RunState::Failed)
    }
}

/// Whether one job, datafeed or analytics is at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Which.
    pub artifact: ArtifactId,
    /// Whether it is at work; one that broke down is not as it should be.
    pub state: RunState,
}

/// What one validation set gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// What the set is called.
    pub name: String,
    /// The pipeline that the documents went through.
    pub pipeline: String,
    /// How many documents there are.
    pub documents: usize,
    /// How many came out as expected.
    pub right: usize,
    /// How many were known to come out otherwise when the bundle was packed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub known: usize,
    /// The others, the first of them.
    pub wrong: Vec<Wrong>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A document that did not come out as expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrong {
    /// Its `_id`.
    pub id: String,
    /// Why.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The processor that failed, where one did and it was looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processor: Option<String>,
}

/// How one document came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", content = "why", rename_all = "lowercase")]
pub enum Verdict {
    /// As expected.
    Right,
    /// The pipeline failed, or a failure was swallowed: the message.
    Failed(String),
    /// Other than expected: where, and how.
    Different(String),
}

impl Wrong {
    /// What is wrong, in one line.
    #[must_use]
    pub fn describe(&self) -> String {
        let why = match &self.verdict {
            Verdict::Right => "as expected".to_owned(),
            Verdict::Failed(message) => format!("failed: {message}"),
            Verdict::Different(difference) => difference.clone(),
        };
        match &self.processor {
            Some(processor) => format!("{}: {why} (in {processor})", self.id),
            None => format!("{}: {why}", self.id),
        }
    }
}

impl Checked {
    /// Whether no more documents came out otherwise than were known to.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.documents - self.right.min(self.documents) <= self.known
    }

    /// Refuses unless it [`is_right`](Self::is_right).
    ///
    /// # Errors
    /// [`ErrorKind::Difference`] with the first document and field that is not
    /// as expected.
    pub fn agree(&self) -> Result<()> {
        if self.is_right() {
            return Ok(());
        }
        let wrong = self.documents - self.right.min(self.documents);
        let first = self.wrong.first().map(Wrong::describe).unwrap_or_default();
        Err(Error::new(
            ErrorKind::Difference,
            format!(
                "{} does not give what the bundle expects for {wrong} of the {} documents of {}; \
                 document {first}",
                self.pipeline, self.documents, self.name
            ),
        ))
    }
}

/// What recent documents of an index tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recent {
    /// The name or pattern that was asked for.
    pub index: String,
    /// The pipeline that enriches.
    pub pipeline: String,
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
    /// How many fail in it.
    pub failed: usize,
}

impl Recent {
    /// Whether enrichment works as far as these documents tell: there are some, none
    /// failed, and if none is enriched it is because none is meant to be.
    #[must_use]
    pub fn is_right(&self) -> bool {
        let passed_by = self.enriched == 0 && self.tried.enriched > 0;
        self.documents > 0 && self.failed == 0 && self.tried.failed == 0 && !passed_by
    }
}
