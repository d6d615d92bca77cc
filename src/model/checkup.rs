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

/// A validation set that nothing could be sent through, for its pipeline is not
/// there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unchecked {
    /// What the set is called.
    pub name: String,
    /// The pipeline.
    pub pipeline: String,
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
    /// How many documents did not come out as expected.
    #[must_use]
    pub fn wrong(&self) -> usize {
        self.documents - self.right.min(self.documents)
    }

    /// Whether no more documents came out otherwise than were known to.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.wrong() <= self.known
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
        let wrong = self.wrong();
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
