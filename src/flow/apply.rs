//! Makes the calls of a plan, one by one, each with its intent on disk before
//! and its outcome after; a call whose outcome nobody knows is settled by
//! reading before anything else happens.

use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::flow::clock::Clock;
use crate::flow::lock::Lock;
use crate::flow::observe;
use crate::io::cluster::Cluster;
use crate::io::elasticsearch::CallError;
use crate::io::elasticsearch::answer::Decision;
use crate::io::receipts::Journal;
use crate::model::artifact::ArtifactKind;
use crate::model::observation::{Claim, Observed, RunState};
use crate::model::operation::{Operation, Verb};
use crate::model::plan::{Plan, Step};
use crate::model::receipt::{Entry, Outcome};
use crate::model::{mark, normal};
use crate::progress::Progress;

/// How often a call is made at most that turns out not to have happened.
const TRIES: u32 = 3;

/// How often it is looked whether a call has had its effect after all.
const LOOKS: u32 = 3;

/// What the calls go through.
pub(super) struct Hand<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) journal: &'a mut Journal,
    pub(super) lock: &'a mut Lock,
    pub(super) clock: &'a Clock<'a>,
    /// The pause between two looks at an unknown outcome.
    pub(super) pause: Duration,
}

/// Applies every step of `plan` that changes something, in order, and stops at
/// the first failure. `remembered` gives what was remembered of an artifact.
///
/// # Errors
/// The failure of the step, which is in the journal too;
/// [`ErrorKind::Interrupted`] between two calls when the operator asked.
pub(super) fn apply(
    hand: &mut Hand<'_>,
    plan: &Plan,
    remembered: &dyn Fn(&Step) -> Option<Claim>,
    progress: &dyn Progress,
) -> Result<()> {
    let steps: Vec<&Step> = plan
        .steps
        .iter()
        .filter(|step| step.action.changes())
        .collect();
    progress.begin("applying the plan", Some(steps.len() as u64));
    for step in steps {
        let claim = remembered(step);
        let mut previous = step.previous.clone();
        for operation in &step.operations {
            progress.go_on()?;
            hand.lock.keep(hand.cluster, hand.clock)?;
            if operation.verb == Verb::Delete && step.artifact.kind == ArtifactKind::Model {
                // Only now is the definition needed, to be able to undo.
                let whole = observe::read(hand.cluster, &step.artifact, true)?;
                previous = whole.map(|whole| whole.body);
            }
            hand.make(step, operation, previous.as_ref(), claim.clone())
                .map_err(|error| error.context(format!("could not {operation}")))?;
        }
        progress.advance(1);
    }
    progress.end();
    Ok(())
}

impl Hand<'_> {
    /// One call between its two entries.
    fn make(
        &mut self,
        step: &Step,
        operation: &Operation,
        previous: Option<&Value>,
        claim: Option<Claim>,
    ) -> Result<()> {
        let call = self.journal.receipt().calls.len();
        self.journal.write(Entry::Intent {
            call,
            verb: operation.verb,
            artifact: operation.artifact.clone(),
            previous: previous.cloned(),
            claim,
        })?;
        let (outcome, failed) = match self.settle(step, operation) {
            Ok(()) => (Outcome::Done, None),
            Err((outcome, error)) => (outcome, Some(error)),
        };
        self.journal.write(Entry::Outcome {
            call,
            outcome,
            reason: failed.as_ref().map(ToString::to_string),
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// Makes the call until it is known to have happened or known to have failed.
    fn settle(&self, step: &Step, operation: &Operation) -> Result<(), (Outcome, Error)> {
        let mut tries = 1;
        loop {
            let failed = match self.cluster.apply(operation) {
                Ok(()) => return Ok(()),
                Err(failed) => failed,
            };
            match failed.decision {
                Decision::Absent if operation.verb == Verb::Delete => return Ok(()),
                Decision::Exists if matches!(operation.verb, Verb::Open | Verb::Start) => {
                    return Ok(());
                }
                Decision::Exists | Decision::Unknown => {}
                _ => return Err((Outcome::Failed, failed.error)),
            }
            match self.look(step, operation) {
                Ok(Effect::Reached) => return Ok(()),
                Ok(Effect::Other) => return Err(elsewise(operation, failed)),
                Ok(Effect::Nothing) if tries < TRIES => tries += 1,
                Ok(Effect::Nothing) => return Err((Outcome::Failed, failed.error)),
                Err(error) => {
                    return Err((
                        Outcome::Unknown,
                        error.context(format!("{operation} was sent and no answer came")),
                    ));
                }
            }
        }
    }

    /// What a call whose answer is lost has done, seen by reading: a few times,
    /// for its effect may come late.
    fn look(&self, step: &Step, operation: &Operation) -> Result<Effect> {
        let mut effect = Effect::Nothing;
        for look in 0..LOOKS {
            if look > 0 {
                thread::sleep(self.pause);
            }
            effect = self.effect(step, operation)?;
            if effect == Effect::Reached {
                break;
            }
        }
        Ok(effect)
    }

    fn effect(&self, step: &Step, operation: &Operation) -> Result<Effect> {
        let whole = operation.verb == Verb::Put && operation.artifact.kind == ArtifactKind::Model;
        let found = observe::read(self.cluster, &operation.artifact, whole)?;
        Ok(effect(step, operation, found.as_ref()))
    }
}

/// What reading after a call shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// What the call should bring about.
    Reached,
    /// What was there before the call.
    Nothing,
    /// Something else.
    Other,
}

fn effect(step: &Step, operation: &Operation, found: Option<&Observed>) -> Effect {
    let kind = operation.artifact.kind;
    let state = found.map_or(RunState::Idle, |found| found.state);
    let reached = match operation.verb {
        Verb::Delete => found.is_none(),
        // Nothing tells; to execute it once more does no harm.
        Verb::Execute => false,
        Verb::Open | Verb::Start => state == RunState::Running,
        Verb::Close | Verb::Stop => state == RunState::Idle,
        Verb::Put | Verb::Update => found.is_some_and(|found| {
            let wanted = step.wanted.as_ref().unwrap_or(&operation.body);
            same_mark(kind, wanted, &found.body) || normal::same(kind, wanted, &found.body)
        }),
    };
    if reached {
        return Effect::Reached;
    }
    let untouched = match (operation.verb, found, step.previous.as_ref()) {
        (Verb::Put, None, _) => true,
        (Verb::Put | Verb::Update, Some(found), Some(previous)) => {
            normal::canonical(kind, previous) == normal::canonical(kind, &found.body)
        }
        (Verb::Put | Verb::Update, _, _) => false,
        _ => true,
    };
    if untouched {
        Effect::Nothing
    } else {
        Effect::Other
    }
}

/// Whether a model carries the mark that it was to be put with.
fn same_mark(kind: ArtifactKind, wanted: &Value, found: &Value) -> bool {
    kind == ArtifactKind::Model
        && mark::read(kind, wanted).is_some_and(|mark| mark::read(kind, found) == Some(mark))
}

fn elsewise(operation: &Operation, failed: CallError) -> (Outcome, Error) {
    let error = Error::new(
        ErrorKind::Cluster,
        format!(
            "{} is now neither what it was nor what it should be",
            operation.artifact
        ),
    )
    .because(failed.error)
    .hint("somebody else changed it meanwhile; plan again");
    (Outcome::Failed, error)
}
