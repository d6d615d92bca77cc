//! Makes the calls of a plan, one by one, each with its intent on disk before
//! and its outcome after; a call whose outcome nobody knows is settled by
//! reading before anything else happens.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::flow::check;
use crate::flow::check::documents::Proof;
use crate::flow::clock::Clock;
use crate::flow::lock::Lock;
use crate::flow::observe;
use crate::io::cluster::Cluster;
use crate::io::elasticsearch::CallError;
use crate::io::elasticsearch::answer::Decision;
use crate::io::receipts::Journal;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::{Claim, Observed, RunState};
use crate::model::operation::{Operation, Verb};
use crate::model::plan::{Call, Course};
use crate::model::receipt::{Entry, Outcome};
use crate::model::{mark, normal};
use crate::progress::Progress;

/// How often a call is made at most that turns out not to have happened.
const TRIES: u32 = 3;

/// How often it is looked at least whether a call has had its effect after all.
const LOOKS: u32 = 3;

/// How often it is looked at most while a call is given as long again as it took.
const LONG_LOOKS: u32 = 20;

/// What the calls go through.
pub(super) struct Hand<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) journal: &'a mut Journal,
    pub(super) lock: &'a mut Lock,
    pub(super) clock: &'a Clock<'a>,
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
/// [`ErrorKind::Difference`] where a trial disagrees; [`ErrorKind::Interrupted`]
/// between two calls when the operator asked.
pub(super) fn apply(hand: &mut Hand<'_>, course: &Course<'_>, proof: &Proof) -> Result<()> {
    hand.all("putting new objects beside", &course.before)?;
    let tried = hand
        .all("putting copies for a trial", &course.copies)
        .and_then(|()| hand.try_out(course, proof));
    if let Err(error) = tried {
        // Nobody uses the copies yet. What cannot be taken away now goes next time.
        for call in &course.clear {
            let put = hand.journal.receipt().calls.iter();
            if put
                .clone()
                .any(|made| made.artifact == call.operation.artifact)
            {
                drop(hand.make(call));
            }
        }
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
            self.lock.keep(self.cluster, self.clock)?;
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
            self.lock.keep(self.cluster, self.clock)?;
            let enrichment = &proof.enrichment;
            check::through(self.cluster, set, name, enrichment, self.progress)?.agree()?;
        }
        Ok(())
    }

    /// Looks whether everything is still as the calls left it, for one that was
    /// given up and repeated may have had its effect after what followed; what is
    /// not is done again.
    fn confirm(&mut self, course: &Course<'_>) -> Result<()> {
        let mut last: BTreeMap<(&ArtifactId, bool), &Call<'_>> = BTreeMap::new();
        for call in course.calls() {
            let operation = &call.operation;
            let is_change = matches!(operation.verb, Verb::Put | Verb::Update | Verb::Delete);
            if operation.verb != Verb::Execute {
                last.insert((&operation.artifact, is_change), call);
            }
        }
        self.progress
            .begin("looking once more", Some(last.len() as u64));
        for call in last.into_values() {
            let found = observe::read(self.cluster, &call.operation.artifact, false)?;
            if effect(call, found.as_ref()) != Effect::Reached {
                self.make(call)?;
            }
            self.progress.advance(1);
        }
        self.progress.end();
        Ok(())
    }

    /// One call between its two entries.
    fn make(&mut self, call: &Call<'_>) -> Result<()> {
        let operation = call.operation.as_ref();
        let artifact = &operation.artifact;
        let mut previous = call.previous.as_deref().cloned();
        if operation.verb == Verb::Delete && artifact.kind == ArtifactKind::Model {
            // Only now is the definition needed, to be able to undo.
            previous = observe::read(self.cluster, artifact, true)?.map(|whole| whole.body);
        }
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
        let told = self.journal.tell(Entry::Outcome {
            call: number,
            outcome,
            reason: failed.as_ref().map(ToString::to_string),
        });
        match failed {
            None => told,
            Some(error) => Err(error.context(format!("could not {operation}"))),
        }
    }

    /// Makes the call until it is known to have happened or known to have failed.
    fn settle(&mut self, call: &Call<'_>) -> Result<(), (Outcome, Error)> {
        let operation = call.operation.as_ref();
        let mut tries = 1;
        loop {
            let begun = Instant::now();
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
            match self.look(call, begun.elapsed()) {
                Ok(Effect::Reached) => return Ok(()),
                Ok(Effect::Other) => return Err(elsewise(operation, failed)),
                Ok(Effect::Nothing) if tries < TRIES => {
                    tries += 1;
                    self.has_repeated = true;
                }
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

    /// What a call whose answer is lost has done, seen by reading: a few times and
    /// for as long again as the call `took`, for its effect may come late.
    fn look(&self, call: &Call<'_>, took: Duration) -> Result<Effect> {
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

    fn effect(&self, call: &Call<'_>) -> Result<Effect> {
        let operation = call.operation.as_ref();
        let whole = operation.verb == Verb::Put && operation.artifact.kind == ArtifactKind::Model;
        let found = observe::read(self.cluster, &operation.artifact, whole)?;
        Ok(effect(call, found.as_ref()))
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

fn effect(call: &Call<'_>, found: Option<&Observed>) -> Effect {
    let operation = call.operation.as_ref();
    let kind = operation.artifact.kind;
    let state = found.map_or(RunState::Idle, |found| found.state);
    let reached = match operation.verb {
        Verb::Delete => found.is_none(),
        // Nothing tells; to execute it once more does no harm.
        Verb::Execute => false,
        Verb::Open | Verb::Start => state == RunState::Running,
        Verb::Close | Verb::Stop => state == RunState::Idle,
        Verb::Put | Verb::Update => found.is_some_and(|found| {
            let wanted = call.wanted.as_ref();
            same_mark(kind, wanted, &found.body) || normal::same(kind, wanted, &found.body)
        }),
    };
    if reached {
        return Effect::Reached;
    }
    let untouched = match (operation.verb, found, call.previous.as_deref()) {
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
