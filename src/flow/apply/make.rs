//! One call: made, and made again, until it is known to have happened or known to
//! have failed, or until nobody can know.

use std::thread;
use std::time::{Duration, Instant};

use super::Hand;
use super::effect::{self, Effect, elsewise};
use crate::error::{Error, Result};
use crate::flow::observe;
use crate::io::elasticsearch::CallError;
use crate::io::elasticsearch::answer::Decision;
use crate::model::artifact::ArtifactKind;
use crate::model::operation::{Operation, Verb};
use crate::model::plan::Call;
use crate::model::receipt::{Entry, Outcome};

/// How often a call is made at most that turns out not to have happened.
const TRIES: u32 = 3;

/// How often it is looked at least whether a call has had its effect after all.
const LOOKS: u32 = 3;

/// How often it is looked at most while a call is given as long again as it took.
const LONG_LOOKS: u32 = 20;

/// A call without success: what is known of it, and why.
type Missed = (Outcome, Error);

/// What is to be done after a try that gave no success.
enum Next {
    /// The call has had its effect.
    Done,
    /// It had none, and may be made again.
    Again(CallError),
}

impl Hand<'_> {
    /// One call between its two entries, while the lock is ours and what it changes
    /// is as it was planned.
    pub(super) fn make(&mut self, call: &Call<'_>) -> Result<()> {
        let operation = call.operation.as_ref();
        let artifact = &operation.artifact;
        let told = |error: Error| error.context(format!("could not {operation}"));
        let previous = self.previous(call).map_err(told)?;
        self.lock.hold(self.cluster).map_err(told)?;
        let number = self.journal.receipt().calls.len();
        self.journal.write(Entry::Intent {
            call: number,
            verb: operation.verb,
            artifact: artifact.clone(),
            previous,
            claim: self.claims.get(artifact).cloned(),
        })?;
        let (outcome, failed) = match self.settle(call) {
            Ok(()) => (Outcome::Done, None),
            Err((outcome, error)) => (outcome, Some(error)),
        };
        let written = self.journal.tell(Entry::Outcome {
            call: number,
            outcome,
            reason: failed.as_ref().map(ToString::to_string),
        });
        match failed {
            None => written,
            Some(error) => Err(told(error)),
        }
    }

    /// Makes the call until it is known to have happened or known to have failed.
    /// Once a try of it may still be on its way, nothing proves that it failed.
    fn settle(&mut self, call: &Call<'_>) -> Result<(), Missed> {
        let operation = call.operation.as_ref();
        let mut is_open = false;
        for tries in 1.. {
            let begun = Instant::now();
            let Err(failed) = self.cluster.apply(operation) else {
                return Ok(());
            };
            is_open |= failed.decision == Decision::Unknown;
            let failed = match self.after(call, failed, is_open, begun.elapsed())? {
                Next::Done => return Ok(()),
                Next::Again(failed) => failed,
            };
            if tries >= TRIES {
                return Err(given_up(operation, failed.error, is_open));
            }
            // The repeat is a change of its own.
            self.lock
                .hold(self.cluster)
                .map_err(|error| given_up(operation, error, is_open))?;
            self.has_repeated |= is_open;
        }
        Ok(())
    }

    /// What follows from a try that `failed` after it `took` so long; `is_open`:
    /// nobody knows of this one, or of one before it, whether it still happens.
    fn after(
        &self,
        call: &Call<'_>,
        failed: CallError,
        is_open: bool,
        took: Duration,
    ) -> Result<Next, Missed> {
        let operation = call.operation.as_ref();
        let is_refused = match failed.decision {
            Decision::Absent if operation.verb == Verb::Delete => return Ok(Next::Done),
            Decision::Exists if matches!(operation.verb, Verb::Open | Verb::Start) => {
                return Ok(Next::Done);
            }
            Decision::Exists | Decision::Unknown | Decision::Changed => false,
            _ => true,
        };
        // A repeat may be refused because the try before it has had its effect.
        if is_refused && !is_open {
            return Err((Outcome::Failed, failed.error));
        }
        match self.look(call, took) {
            Ok(Effect::Reached) => Ok(Next::Done),
            Ok(Effect::Other) => {
                let error = elsewise(operation).because(failed.error);
                Err((known(is_open), error))
            }
            Ok(Effect::Nothing) if is_refused => Err(given_up(operation, failed.error, is_open)),
            Ok(Effect::Nothing) => Ok(Next::Again(failed)),
            Err(error) => Err((
                known(is_open),
                error.context(format!("{operation} was sent and no answer came")),
            )),
        }
    }

    /// What a call whose answer is lost has done, seen by reading: a few times and
    /// for as long again as the call `took`, for its effect may come late.
    fn look(&self, call: &Call<'_>, took: Duration) -> Result<Effect> {
        if call.operation.verb == Verb::Execute {
            return self.await_execution(call);
        }
        let until = Instant::now() + took;
        let nap = self.pause.max(took / LONG_LOOKS);
        for look in 1.. {
            let effect = self.effect(call)?;
            let is_over = look >= LOOKS && Instant::now() >= until;
            if effect == Effect::Reached || is_over {
                return Ok(effect);
            }
            self.progress.go_on()?;
            thread::sleep(nap);
        }
        Ok(Effect::Nothing)
    }

    /// Waits for the end of an execution that goes on although its call was given up:
    /// another one would take as long again. That it went well shows where pipelines
    /// look things up in what it made.
    fn await_execution(&self, call: &Call<'_>) -> Result<Effect> {
        let mut was_seen = false;
        for look in 1.. {
            let policy = &call.operation.artifact;
            match self.cluster.elasticsearch.is_executing(policy)? {
                true => was_seen = true,
                false if was_seen => return Ok(Effect::Reached),
                false if look >= LOOKS => break,
                false => {}
            }
            self.progress.go_on()?;
            thread::sleep(self.pause);
        }
        Ok(Effect::Nothing)
    }

    /// What reading shows of `call`.
    pub(super) fn effect(&self, call: &Call<'_>) -> Result<Effect> {
        let operation = call.operation.as_ref();
        let whole = operation.verb == Verb::Put && operation.artifact.kind == ArtifactKind::Model;
        let found = observe::read(self.cluster, &operation.artifact, whole)?;
        Ok(effect::of(call, found.as_ref()))
    }
}

/// What is known of a call without success.
const fn known(is_open: bool) -> Outcome {
    if is_open {
        Outcome::Unknown
    } else {
        Outcome::Failed
    }
}

/// A call that is not made once more; where a try of it `is_open` it may still come
/// to have its effect.
fn given_up(operation: &Operation, error: Error, is_open: bool) -> Missed {
    let error = if is_open {
        error.context(format!(
            "{operation} was sent, and it may still come to have its effect"
        ))
    } else {
        error
    };
    (known(is_open), error)
}
