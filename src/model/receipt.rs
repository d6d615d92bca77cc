//! What was done to a cluster, call by call: written before and after each call
//! as one line of JSON, so that no interruption loses more than the call that ran.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::artifact::ArtifactId;
use crate::model::checkup::Checkup;
use crate::model::observation::Claim;
use crate::model::operation::Verb;
use crate::model::time::Timestamp;

mod header;

pub use header::{FORMAT, Header, Origin, Purpose};

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The cluster has it.
    Done,
    /// The cluster does not have it.
    Failed,
    /// Nobody knows: no answer came and reading back did not tell.
    Unknown,
}

/// How the whole work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// Every step was done.
    Complete,
    /// It stopped at a failure.
    Failed,
    /// The operator stopped it.
    Interrupted,
}

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "lowercase")]
pub enum Entry {
    /// The first line.
    Begin(Header),
    /// What is about to be remembered as this bundle's.
    Stake {
        /// What was remembered of it before.
        before: Vec<Remembered>,
    },
    /// A call is about to be made.
    Intent {
        /// The number of the call, from 0.
        call: usize,
        /// What is done.
        verb: Verb,
        /// With which artifact.
        artifact: ArtifactId,
        /// The object as it was, where there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<Value>,
        /// What was remembered about it, where something was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        claim: Option<Claim>,
    },
    /// What became of the call.
    Outcome {
        /// The number of the call.
        call: usize,
        /// What became of it.
        outcome: Outcome,
        /// Why, where it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// What the check after the last call found.
    Checked {
        /// The result.
        checkup: Checkup,
    },
    /// The last line.
    End {
        /// How it ended.
        end: End,
        /// When.
        at: Timestamp,
    },
}

/// What was remembered of an artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remembered {
    /// Which artifact.
    pub artifact: ArtifactId,
    /// What was remembered of it; `None`: it was not sealift's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
}

/// One call as a receipt tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// What was done.
    pub verb: Verb,
    /// With which artifact.
    pub artifact: ArtifactId,
    /// The object as it was, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Value>,
    /// What was remembered about it, where something was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, where it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Call {
    /// Whether the object may be another one for it.
    #[must_use]
    pub fn may_have_changed(&self) -> bool {
        self.verb.changes() && self.outcome != Outcome::Failed
    }
}

/// The whole story of one piece of work on one cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// What, where, from what.
    pub header: Header,
    /// The calls, in order. One without an outcome on record is
    /// [`Outcome::Unknown`].
    pub calls: Vec<Call>,
    /// What was remembered of the artifacts that became this bundle's, some of
    /// them without a call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remembered: Vec<Remembered>,
    /// What the check after the last call found, where one was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkup: Option<Checkup>,
    /// How it ended; `None` where nothing says so: it was cut off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
}

impl Receipt {
    /// A receipt with nothing done yet.
    #[must_use]
    pub fn new(header: Header) -> Self {
        Self {
            header,
            calls: Vec::new(),
            remembered: Vec::new(),
            checkup: None,
            end: None,
            ended: None,
        }
    }

    /// The receipt that a journal tells. A last line that was cut off is left
    /// out: the call that it would have told of is unknown.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for anything that sealift does not write.
    pub fn from_journal(text: &str) -> Result<Self> {
        let mut lines = text.split_inclusive('\n').enumerate();
        let entry = |(number, line): (usize, &str)| -> Result<Option<Entry>> {
            if !line.ends_with('\n') {
                return Ok(None);
            }
            serde_json::from_str(line)
                .map(Some)
                .or_err(ErrorKind::Malformed, || {
                    format!("line {} of the journal cannot be read", number + 1)
                })
        };
        let first = lines.next().map(entry).transpose()?.flatten();
        let Some(Entry::Begin(header)) = first else {
            return Err(Error::new(
                ErrorKind::Malformed,
                "a journal begins with its header",
            ));
        };
        if header.format != FORMAT {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("receipt format {} is not known here", header.format),
            )
            .hint("use the version of sealift that wrote it, or a later one"));
        }
        let mut receipt = Self::new(header);
        for line in lines {
            let number = line.0;
            if let Some(entry) = entry(line)? {
                receipt.add(entry).map_err(|error| {
                    error.context(format!("line {} of the journal", number + 1))
                })?;
            }
        }
        Ok(receipt)
    }

    /// Takes up one entry.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for an entry that does not follow on what is there.
    pub fn add(&mut self, entry: Entry) -> Result<()> {
        let astray = |what: &str| Error::new(ErrorKind::Malformed, what.to_owned());
        match entry {
            Entry::Begin(_) => return Err(astray("a second header")),
            Entry::Intent {
                call,
                verb,
                artifact,
                previous,
                claim,
            } => {
                if call != self.calls.len() {
                    return Err(astray("an intent out of order"));
                }
                self.calls.push(Call {
                    verb,
                    artifact,
                    previous,
                    claim,
                    outcome: Outcome::Unknown,
                    reason: None,
                });
            }
            Entry::Outcome {
                call,
                outcome,
                reason,
            } => {
                let known = self.calls.get_mut(call);
                let known = known.ok_or_else(|| astray("an outcome without its intent"))?;
                known.outcome = outcome;
                known.reason = reason;
            }
            Entry::Stake { before } => self.remembered = before,
            Entry::Checked { checkup } => self.checkup = Some(checkup),
            Entry::End { end, at } => {
                self.end = Some(end);
                self.ended = Some(at);
            }
        }
        Ok(())
    }

    /// This receipt and `earlier`, whose work it went on with, as one.
    #[must_use]
    pub fn joined(mut self, mut earlier: Self) -> Self {
        earlier.calls.append(&mut self.calls);
        for before in std::mem::take(&mut self.remembered) {
            let mut known = earlier.remembered.iter();
            if !known.any(|known| known.artifact == before.artifact) {
                earlier.remembered.push(before);
            }
        }
        self.calls = earlier.calls;
        self.remembered = earlier.remembered;
        self.header.continues = earlier.header.continues;
        self
    }

    /// What every object that was touched had been before: its body, and what
    /// was remembered about it; `None` where there was no object.
    #[must_use]
    pub fn before(&self) -> BTreeMap<ArtifactId, (Option<Value>, Option<Claim>)> {
        let mut before = BTreeMap::new();
        for call in &self.calls {
            if call.may_have_changed() {
                before
                    .entry(call.artifact.clone())
                    .or_insert_with(|| (call.previous.clone(), call.claim.clone()));
            }
        }
        before
    }

    /// The jobs, datafeeds and transforms that were put to work and had not been
    /// stopped for it.
    #[must_use]
    pub fn started(&self) -> BTreeSet<ArtifactId> {
        let done = |verbs: [Verb; 2]| {
            let calls = self.calls.iter();
            calls
                .filter(move |call| verbs.contains(&call.verb) && call.outcome != Outcome::Failed)
                .map(|call| call.artifact.clone())
        };
        let stopped: BTreeSet<ArtifactId> = done([Verb::Close, Verb::Stop]).collect();
        done([Verb::Open, Verb::Start])
            .filter(|artifact| !stopped.contains(artifact))
            .collect()
    }

    /// How it stands, in one word.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match self.end {
            Some(End::Complete) => "complete",
            Some(End::Failed) => "failed",
            Some(End::Interrupted) => "interrupted",
            None => "cut off",
        }
    }
}

#[cfg(test)]
mod tests;
