//! Makes the calls of a plan, one by one, each with its intent on disk before
//! and its outcome after; a call whose outcome nobody knows is settled by
//! reading before anything else happens.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use crate::error::Result;
use crate::flow::check;
use crate::flow::check::documents::Proof;
use crate::flow::lock::Lock;
use crate::io::cluster::Cluster;
use crate::io::receipts::Journal;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::Claim;
use crate::model::operation::Verb;
use crate::model::plan::{Call, Course};
use crate::progress::Progress;

mod effect;
mod make;
mod standing;

pub(super) use standing::refuse_moved;

use effect::Effect;

/// What the calls go through.
pub(super) struct Hand<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) journal: &'a mut Journal,
    pub(super) lock: &'a Lock,
    /// The pause between two looks at an unknown outcome, and before something
    /// goes that a document on its way may still need.
    pub(super) pause: Duration,
    /// What was remembered of an artifact.
    pub(super) claims: &'a BTreeMap<ArtifactId, Claim>,
    pub(super) progress: &'a dyn Progress,
    /// Whether a call was made again because it had no effect that could be seen.
    pub(super) has_repeated: bool,
}

/// Makes every call of `course`, in order, and stops at the first failure. The
/// pipelines that are tried meet the documents of `proof` before anything in use changes;
/// where they disagree the copies are taken away again.
///
/// # Errors
/// The failure of the call, which is in the journal too;
/// [`Difference`](crate::error::ErrorKind::Difference) where a trial disagrees;
/// [`Interrupted`](crate::error::ErrorKind::Interrupted) between two calls when the
/// operator asked.
pub(super) fn apply(hand: &mut Hand<'_>, course: &Course<'_>, proof: &Proof) -> Result<()> {
    hand.all("putting new objects beside", &course.before)?;
    let tried = hand
        .all("putting copies for a trial", &course.copies)
        .and_then(|()| hand.try_out(course, proof));
    if let Err(error) = tried {
        hand.clear_up(course);
        return Err(error);
    }
    hand.all("switching", &course.switch)?;
    let replaces = course.switch.iter().any(|call| call.previous.is_some());
    if course.redirects {
        thread::sleep(hand.pause);
    }
    hand.all("taking the copies away", &course.clear)?;
    if replaces && !course.redirects && course.after.iter().any(takes_needed) {
        thread::sleep(hand.pause);
    }
    hand.all("applying the plan", &course.after)?;
    hand.all("putting to work", &course.start)?;
    if hand.has_repeated {
        hand.confirm(course)?;
    }
    Ok(())
}

/// Whether the call takes away what a document on its way may still need.
fn takes_needed(call: &Call<'_>) -> bool {
    call.operation.verb == Verb::Delete && call.operation.artifact.kind <= ArtifactKind::Pipeline
}

impl Hand<'_> {
    /// Makes `calls` one after the other.
    fn all(&mut self, what: &str, calls: &[Call<'_>]) -> Result<()> {
        if calls.is_empty() {
            return Ok(());
        }
        self.progress.begin(what, Some(calls.len() as u64));
        for call in calls {
            self.progress.go_on()?;
            self.make(call)?;
            self.progress.advance(1);
        }
        self.progress.end();
        Ok(())
    }

    /// Sends the documents of `proof` through the pipelines that are tried.
    fn try_out(&mut self, course: &Course<'_>, proof: &Proof) -> Result<()> {
        for set in &proof.sets {
            let Some(name) = course.trials.get(&set.pipeline) else {
                continue;
            };
            let enrichment = &proof.enrichment;
            check::through(self.cluster, set, name, enrichment, self.progress)?.agree()?;
        }
        Ok(())
    }

    /// Takes away the copies that were put: nobody uses them yet. What cannot be
    /// taken away now, for whatever reason, goes next time.
    fn clear_up(&mut self, course: &Course<'_>) {
        let made = self.journal.receipt().calls.iter();
        let put: BTreeSet<ArtifactId> = made.map(|made| made.artifact.clone()).collect();
        for call in &course.clear {
            if put.contains(&call.operation.artifact) {
                drop(self.make(call));
            }
        }
    }

    /// Looks whether everything is still as the calls left it, for one that was
    /// given up and repeated may have had its effect after what followed; what
    /// that took back is done again.
    fn confirm(&mut self, course: &Course<'_>) -> Result<()> {
        let mut last: BTreeMap<(&ArtifactId, bool), &Call<'_>> = BTreeMap::new();
        for call in course.calls() {
            let operation = &call.operation;
            if operation.verb != Verb::Execute {
                last.insert((&operation.artifact, operation.verb.changes()), call);
            }
        }
        self.progress
            .begin("looking once more", Some(last.len() as u64));
        for call in last.into_values() {
            self.progress.go_on()?;
            match self.effect(call)? {
                Effect::Reached => {}
                Effect::Nothing => self.make(call)?,
                Effect::Other => return Err(effect::elsewise(&call.operation)),
            }
            self.progress.advance(1);
        }
        self.progress.end();
        Ok(())
    }
}
