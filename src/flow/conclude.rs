//! What a cluster remembers of a piece of work: before it, so that nothing is
//! orphaned should it be cut off, and after it.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::flow::by_hand;
use crate::flow::claims::Claims;
use crate::flow::memo::patiently;
use crate::flow::prepare::Prepared;
use crate::io::cluster::Cluster;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::normal;
use crate::model::observation::{Claim, Observed};
use crate::model::operation::Verb;
use crate::model::plan::{Action, Step};
use crate::model::receipt::{End, Outcome, Purpose, Receipt, Remembered};

impl Prepared {
    /// Remembers what is about to be ours, before it is: should this process die
    /// now, the next one knows whose it is.
    pub(super) fn stake(&mut self, id: &str) {
        self.claims.halted.extend(self.plan.restarted().cloned());
        self.claims.unfinished = Some(id.to_owned());
        for step in &self.plan.steps {
            let Some(mark) = &step.mark else { continue };
            if step.action.puts() || self.is_new_to_us(step) {
                let claim = Claim {
                    mark: mark.clone(),
                    receipt: id.to_owned(),
                    settled: None,
                    shared: Vec::new(),
                };
                self.claims.artifacts.insert(step.artifact.clone(), claim);
            }
        }
        for copy in self.copies() {
            let claim = Claim {
                mark: self.origin.mark(self.origin.digest),
                receipt: id.to_owned(),
                settled: None,
                shared: Vec::new(),
            };
            self.claims.copies.insert(copy, claim);
        }
    }

    /// The copies that the plan puts beside.
    fn copies(&self) -> BTreeSet<ArtifactId> {
        self.plan.course().staged().cloned().collect()
    }

    /// What is going to be remembered otherwise than now, with what is remembered
    /// of it now.
    pub(super) fn remembered(&self) -> Vec<Remembered> {
        let steps = self.plan.steps.iter().filter(|step| {
            let claim = self.claims.artifacts.get(&step.artifact);
            match (&step.mark, claim) {
                (Some(_), _) if step.action.puts() || self.is_new_to_us(step) => true,
                (Some(mark), Some(claim)) => step.action.stays() && !claim.is_of(mark),
                _ => false,
            }
        });
        let changing: BTreeSet<&ArtifactId> = steps
            .map(|step| &step.artifact)
            .chain(self.restored.keys())
            .collect();
        let remembered = changing.into_iter().map(|artifact| Remembered {
            artifact: artifact.clone(),
            claim: self.claims.artifacts.get(artifact).cloned(),
        });
        remembered.collect()
    }

    /// Whether the object stays as it is and becomes ours by being remembered: it has
    /// our mark, and the memory of it is lost, or the operator takes it over.
    fn is_new_to_us(&self, step: &Step) -> bool {
        let is_known = self.claims.artifacts.contains_key(&step.artifact);
        self.purpose == Purpose::Install
            && step.action.stays()
            && step.action != Action::Absent
            && step.owned
            && !is_known
    }

    /// Whether what is remembered was not set to what is there.
    pub(super) fn is_behind(&self) -> bool {
        self.plan.steps.iter().any(|step| {
            let claim = self.claims.artifacts.get(&step.artifact);
            claim.is_some_and(|claim| match step.action {
                Action::Absent => true,
                _ if self.is_given_up(step) => true,
                action => action.stays() && step.mark.is_some() && claim.settled.is_none(),
            })
        })
    }

    /// Whether somebody else took the place of what is to be removed, or has it too: it
    /// is not ours any more.
    fn is_given_up(&self, step: &Step) -> bool {
        let goes = match self.purpose {
            Purpose::Remove => true,
            // What is pruned was found.
            Purpose::Install => step.wanted.is_none() && step.previous.is_some(),
            Purpose::Rollback | Purpose::Manage => false,
        };
        let claim = self.claims.artifacts.get(&step.artifact);
        let is_left = claim.is_some_and(|claim| {
            let rest = claim.clone().without(&self.origin.channel);
            self.origin.channel != by_hand::NAME && rest.as_ref() == Some(claim)
        });
        goes && step.action == Action::Keep && !step.owned && !is_left
    }

    /// Sets what is remembered to what was really done, which is read back with
    /// growing pauses from `pause` on between tries.
    ///
    /// # Errors
    /// As the first call by which something could not be read back; everything else
    /// is set all the same.
    pub(super) fn conclude(
        &mut self,
        cluster: &Cluster,
        receipt: &Receipt,
        before: &Claims,
        (end, pause): (End, Duration),
    ) -> Result<()> {
        let mut reader = Reader {
            cluster,
            pause,
            failure: None,
        };
        if end == End::Complete {
            self.claims.unfinished = None;
        } else if receipt
            .calls
            .iter()
            .all(|call| call.outcome == Outcome::Failed)
        {
            self.claims.unfinished.clone_from(&before.unfinished);
        }
        let calls = receipt.calls.iter();
        let touched: BTreeSet<&ArtifactId> = calls
            .filter(|call| call.may_have_changed())
            .map(|call| &call.artifact)
            .collect();
        for step in &self.plan.steps {
            let artifact = &step.artifact;
            let done = touched.contains(artifact);
            match step.action {
                Action::Create | Action::Replace if done => {
                    settle(&mut self.claims, &mut reader, step);
                }
                // What may still be there stays ours until that is known.
                Action::Delete if is_deleted(receipt, artifact) => {
                    self.claims.artifacts.remove(artifact);
                }
                Action::Absent => {
                    self.claims.artifacts.remove(artifact);
                }
                _ if self.is_given_up(step) => {
                    let channel = Some(self.origin.channel.as_str());
                    let channel = channel.filter(|channel| *channel != by_hand::NAME);
                    self.claims.give_up(artifact, channel);
                }
                Action::Create | Action::Replace => match before.artifacts.get(artifact) {
                    Some(claim) => {
                        self.claims
                            .artifacts
                            .insert(artifact.clone(), claim.clone());
                    }
                    None => {
                        self.claims.artifacts.remove(artifact);
                    }
                },
                // What is kept now belongs to this bundle, if it was ours.
                action if action.stays() => {
                    if let (Some(mark), Some(claim)) =
                        (&step.mark, self.claims.artifacts.get_mut(artifact))
                    {
                        claim.share(mark);
                        if claim.settled.is_none() {
                            settle(&mut self.claims, &mut reader, step);
                        }
                    }
                }
                _ => {}
            }
        }
        // A call that comes too late can bring back a copy of this work; those of
        // the work before are gone for good.
        if end == End::Complete {
            let own = self.copies();
            self.claims.copies.retain(|copy, _| own.contains(copy));
        }
        self.claims.halted.retain(|artifact| {
            let of = |verbs: [Verb; 2]| {
                let mut calls = receipt.calls.iter().rev();
                calls.any(|call| {
                    call.artifact == *artifact
                        && verbs.contains(&call.verb)
                        && call.outcome != Outcome::Failed
                })
            };
            let started = of([Verb::Open, Verb::Start]) || of([Verb::Execute, Verb::Execute]);
            // A policy that was put waits for its first run.
            let put = artifact.kind == ArtifactKind::Enrich && of([Verb::Put, Verb::Put]);
            let stopped = of([Verb::Close, Verb::Stop]) || put;
            // What was only deleted to be made anew is not gone.
            let leaves = |step: &Step| step.artifact == *artifact && step.action == Action::Delete;
            let gone = is_deleted(receipt, artifact) && self.plan.steps.iter().any(leaves);
            !started && !gone && (stopped || before.halted.contains(artifact))
        });
        if end == End::Complete {
            // Nothing starts again what never came to be.
            let halted = &mut self.claims.halted;
            halted.retain(|artifact| reader.read(artifact).is_some() || reader.failure.is_some());
            for (artifact, claim) in std::mem::take(&mut self.restored) {
                match claim {
                    Some(claim) => self.claims.artifacts.insert(artifact, claim),
                    None => self.claims.artifacts.remove(&artifact),
                };
            }
        }
        if self.purpose == Purpose::Install && end == End::Complete {
            self.claims.advance(&self.origin);
        }
        reader.failure.map_or(Ok(()), Err)
    }
}

/// Whether the work of `receipt` is known to have deleted `artifact`.
fn is_deleted(receipt: &Receipt, artifact: &ArtifactId) -> bool {
    receipt.calls.iter().any(|call| {
        let is_done = call.outcome == Outcome::Done;
        is_done && call.verb == Verb::Delete && call.artifact == *artifact
    })
}

/// Reads what was put, until something cannot be read.
struct Reader<'a> {
    cluster: &'a Cluster,
    pause: Duration,
    failure: Option<Error>,
}

impl Reader<'_> {
    fn read(&mut self, artifact: &ArtifactId) -> Option<Observed> {
        if self.failure.is_some() {
            return None;
        }
        let found = patiently(self.pause, || self.cluster.read(artifact));
        found
            .map_err(|failed| {
                let told = format!("cannot read {artifact} back");
                self.failure = Some(Error::from(failed).context(told));
            })
            .ok()
            .flatten()
    }
}

/// Reads back what was put, so that a later change can be told from it.
fn settle(claims: &mut Claims, reader: &mut Reader<'_>, step: &Step) {
    let kind = step.artifact.kind;
    if step.mark.is_none() {
        claims.artifacts.remove(&step.artifact);
        return;
    }
    let found = reader.read(&step.artifact);
    if let Some(claim) = claims.artifacts.get_mut(&step.artifact) {
        // Work that was cut off may have left a pipeline that leads to copies.
        let wanted = step
            .wanted
            .as_ref()
            .filter(|_| kind == ArtifactKind::Pipeline);
        claim.settled = found
            .filter(|found| wanted.is_none_or(|wanted| normal::same(kind, wanted, &found.body)))
            .map(|found| normal::digest(kind, &found.body));
    }
}
