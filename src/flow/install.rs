//! Applies a prepared plan: under a lock, journalled, remembered.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::error::{Error, ErrorKind, Result};
use crate::flow::apply::{self, Hand};
use crate::flow::check;
use crate::flow::check::documents::Proof;
use crate::flow::claims::Claims;
use crate::flow::clock::Clock;
use crate::flow::lock::Lock;
use crate::flow::memo::{Memo, receipt_document};
use crate::flow::prepare::Prepared;
use crate::flow::{foretell, history};
use crate::io::cluster::{Cluster, told};
use crate::io::elasticsearch::answer::Decision;
use crate::io::elasticsearch::memory::Expect;
use crate::io::files;
use crate::io::receipts::Journal;
use crate::model::advice::Advice;
use crate::model::artifact::ArtifactId;
use crate::model::checkup::Checkup;
use crate::model::receipt::{End, Entry, FORMAT, Header, Outcome, Purpose, Receipt};
use crate::progress::Progress;

/// What an installer needs besides the cluster.
#[derive(Debug)]
pub struct Bench<'a> {
    /// The state folder of this machine.
    pub state: &'a Path,
    /// Who is at work, for the lock.
    pub holder: &'a str,
    /// The time.
    pub clock: &'a Clock<'a>,
    /// The pause between two looks at an unknown outcome.
    pub pause: Duration,
    /// How long the lock lasts without being renewed.
    pub lease: Duration,
}

impl Prepared {
    /// Applies the plan. A plan with nothing to do leaves no receipt.
    ///
    /// # Errors
    /// [`ErrorKind::Partial`] where some of it was done,
    /// [`ErrorKind::Interrupted`] where the operator stopped it, else the failure
    /// of the first step; the receipt tells which.
    pub fn apply(
        mut self,
        cluster: &Cluster,
        bench: &Bench<'_>,
        progress: &dyn Progress,
    ) -> Result<Done> {
        self.refuse_obstacles()?;
        let changed = self.plan.steps.iter().any(|step| step.action.changes());
        if !changed && !self.must_remember() {
            // Whatever becomes of that, there is nothing to do.
            drop(Lock::sweep(cluster, bench));
            return Ok(Done {
                receipt: None,
                checkup: self.check(cluster, progress),
                advice: Vec::new(),
                warnings: Vec::new(),
            });
        }
        let mut header = self.header(cluster, bench)?;
        header.continues = self.continued(cluster, bench, &header);
        let id = header.id.clone();
        cluster.elasticsearch.prepare_memory()?;
        Lock::look(cluster, bench)?;
        let mut journal = Journal::begin(bench.state, header)?;
        let lock = Lock::acquire(cluster, bench, &id);
        let outcome = match &lock {
            Ok(lock) => lock.kept(cluster, bench.clock, || {
                self.apply_locked(cluster, bench, &mut journal, lock, progress)
            }),
            Err(_) => Err(Error::new(
                ErrorKind::Cluster,
                "the cluster's lock could not be had",
            )),
        };
        if journal.receipt().end.is_none() {
            // It ended before its first call; the failure itself says more than one to
            // write that down.
            let end = End::Failed;
            let now = bench.clock.now();
            drop(now.and_then(|at| journal.tell(Entry::End { end, at })));
        }
        // A cluster that is away is not waited for once more.
        let is_well = outcome.as_ref().is_ok_and(|done| done.warnings.is_empty());
        let pause = if is_well { bench.pause } else { Duration::ZERO };
        let released = lock?.release(cluster, pause);
        if released.is_ok() {
            // Else the journal still says whose lock it is.
            journal.close();
        }
        let mut done = outcome?;
        if let Err(error) = released {
            done.warnings
                .push(format!("the lock is left to its lease: {}", told(&error)));
        }
        Ok(done)
    }

    fn header(&self, cluster: &Cluster, bench: &Bench<'_>) -> Result<Header> {
        Ok(Header {
            format: FORMAT,
            id: receipt_id(self.purpose, bench.clock)?,
            purpose: self.purpose,
            origin: self.origin.clone(),
            cluster: cluster.elasticsearch.identity().clone(),
            space: cluster.space.clone(),
            started: bench.clock.now()?,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            by: bench.holder.to_owned(),
            continues: None,
            undoes: self.undoes.clone(),
            overrides: self.overrides.clone(),
        })
    }

    /// The receipt of earlier work that this one goes on with.
    fn continued(&self, cluster: &Cluster, bench: &Bench<'_>, header: &Header) -> Option<String> {
        let id = self.claims.unfinished.as_ref()?;
        let earlier = history::one(cluster, bench.state, id).ok()?;
        earlier.header.is_of_the_work_of(header).then(|| id.clone())
    }

    /// Whether the cluster has to remember something else than it does: a newer
    /// place in the channel, or what earlier work could not write down.
    fn must_remember(&self) -> bool {
        let is_news = self.purpose == Purpose::Install && self.claims.is_news(&self.origin);
        let is_open = self.claims.unfinished.is_some();
        is_news
            || is_open
            || !self.remembered().is_empty()
            || !self.restored.is_empty()
            || self.is_behind()
    }

    /// Checks what is there now, unless there is nothing to check with.
    fn check(&self, cluster: &Cluster, progress: &dyn Progress) -> Option<Checkup> {
        let proof = self.proof.as_ref()?;
        let wanted = self.plan.steps.iter().filter(|step| step.wanted.is_some());
        let artifacts: Vec<ArtifactId> = wanted.map(|step| step.artifact.clone()).collect();
        let checkup = check::check(cluster, proof, &artifacts, progress);
        Some(checkup.unwrap_or_else(|error| Checkup {
            failure: Some(told(&error)),
            ..Checkup::default()
        }))
    }

    fn apply_locked(
        &mut self,
        cluster: &Cluster,
        bench: &Bench<'_>,
        journal: &mut Journal,
        lock: &Lock,
        progress: &dyn Progress,
    ) -> Result<Done> {
        // What was decided on must still be so now that the lock is ours.
        let claims = Claims::read(cluster)?;
        if claims != self.claims {
            return Err(Error::new(
                ErrorKind::Cluster,
                "another installer was at work since the plan was made; nothing was changed",
            )
            .hint("plan again"));
        }
        apply::refuse_moved(cluster, &self.plan)?;
        let remembered = self.remembered();
        if !remembered.is_empty() {
            journal.write(Entry::Stake { before: remembered })?;
        }
        let before = self.claims.clone();
        let id = journal.receipt().header.id.clone();
        self.stake(&id);
        self.claims.receipts.push(id);
        let mut memo = Memo::new(
            receipt_document(&journal.receipt().header.id),
            Expect::Nothing,
        );
        let course = self.plan.course();
        let foretold = foretell::foretold(journal.receipt(), &course, &before.artifacts);
        memo.write(cluster, &shown(&foretold), Duration::ZERO)?;
        // Whoever reads of the receipt finds it.
        self.claims.write(cluster, Duration::ZERO)?;

        let mut hand = Hand {
            cluster,
            journal,
            lock,
            pause: bench.pause,
            claims: &before.artifacts,
            progress,
            has_repeated: false,
        };
        let nothing = Proof::default();
        let proof = self.proof.as_ref().unwrap_or(&nothing);
        let applied = apply::apply(&mut hand, &course, proof);
        let checkup = match &applied {
            Ok(()) => self.check(cluster, progress),
            Err(_) => None,
        };
        // What somebody else did beside it nobody knows: that is not complete.
        let applied = applied.and_then(|()| lock.loss(cluster).map_or(Ok(()), Err));
        let end = match &applied {
            Ok(()) => End::Complete,
            Err(error) if error.kind() == ErrorKind::Interrupted => End::Interrupted,
            Err(_) => End::Failed,
        };
        let checked = match checkup.clone() {
            Some(checkup) => journal.tell(Entry::Checked { checkup }),
            None => Ok(()),
        };
        let at = bench.clock.now()?;
        let ended = journal.tell(Entry::End { end, at });
        let mut warnings = Vec::new();
        if let Some(failed) = checked.err().or(ended.err()) {
            warnings.push(format!(
                "the receipt on this machine is not whole: {}; {}; sealift history reads it from \
                 the cluster",
                told(&failed),
                failed.next_step().unwrap_or("see to its file"),
            ));
        }
        // From here on the work itself is over: what fails now is only told.
        // Work that stopped is gone on with anyway, so that only one that is done is
        // worth waiting for a cluster that went away.
        let pause = match end {
            End::Complete => bench.pause,
            _ => Duration::ZERO,
        };
        let read = self.conclude(cluster, journal.receipt(), &before, (end, pause));
        let pause = if read.is_ok() { pause } else { Duration::ZERO };
        let written = self.claims.write(cluster, pause).and_then(|()| {
            let receipt = shown(journal.receipt());
            memo.write(cluster, &receipt, pause)
        });
        for failed in [read.err(), written.err()].into_iter().flatten() {
            warnings.push(format!(
                "the cluster does not remember all of what is done: {}; the same command makes up \
                 for it",
                told(&failed)
            ));
        }
        if let (Some(kibana), End::Complete) = (&cluster.kibana, end)
            && let Err(failed) = kibana.sync_saved_objects()
            && failed.decision != Decision::Absent
        {
            warnings.push(format!(
                "Kibana did not take notice yet: {}",
                told(&failed.error)
            ));
        }
        let receipt = journal.receipt().clone();
        match applied {
            Ok(()) => Ok(Done {
                receipt: Some(receipt),
                checkup,
                advice: self.advice(cluster),
                warnings,
            }),
            Err(error) => Err(partly(&receipt, error)),
        }
    }
}

/// What came of an applied plan.
#[derive(Debug, Serialize)]
pub struct Done {
    /// The receipt; `None` where there was nothing to do.
    pub receipt: Option<Receipt>,
    /// What the check found, where one was made.
    pub checkup: Option<Checkup>,
    /// What is left to do.
    pub advice: Vec<Advice>,
    /// What did not work though the plan was applied.
    pub warnings: Vec<String>,
}

/// The failure with what is done and what is not.
fn partly(receipt: &Receipt, error: Error) -> Error {
    let done = receipt
        .calls
        .iter()
        .filter(|call| call.outcome == Outcome::Done)
        .count();
    let unknown = receipt
        .calls
        .iter()
        .any(|call| call.outcome == Outcome::Unknown);
    let id = &receipt.header.id;
    if error.kind() == ErrorKind::Interrupted {
        return error
            .context(format!("stopped after {done} calls, receipt {id}"))
            .hint(format!(
                "the same command goes on from here; sealift rollback {id} undoes it"
            ));
    }
    if error.kind() == ErrorKind::Difference {
        return error
            .context(format!(
                "the new pipelines were tried and not taken up; nothing in use was changed, \
                 receipt {id}"
            ))
            .hint(format!(
                "sealift rehearse FILE shows what the bundle expects; sealift rollback {id} removes \
                 what was put beside; --no-check installs without a trial"
            ));
    }
    if done == 0 && !unknown {
        let told = format!("nothing was changed, receipt {id}");
        return error.context(told);
    }
    Error::new(
        ErrorKind::Partial,
        format!("stopped after {done} calls, receipt {id}"),
    )
    .hint(match error.next_step() {
        Some(next) => format!(
            "{next}; then the same command goes on from here, or sealift rollback {id} undoes it"
        ),
        None => format!("the same command goes on from here; sealift rollback {id} undoes it"),
    })
    .because(error)
}

/// A receipt as a document that Kibana can show.
fn shown(receipt: &Receipt) -> Value {
    let header = &receipt.header;
    let calls = receipt.calls.iter();
    let mut artifacts: Vec<String> = calls.map(|call| call.artifact.to_string()).collect();
    artifacts.dedup();
    json!({
        "kind": "receipt",
        "id": header.id,
        "purpose": header.purpose,
        "state": receipt.state(),
        "bundle": header.origin.bundle,
        "channel": header.origin.channel,
        "sequence": header.origin.sequence,
        "artifacts": artifacts,
        "started": header.started,
        "ended": receipt.ended,
        "receipt": receipt,
    })
}

/// An id that sorts by time and that no other work has.
fn receipt_id(purpose: Purpose, clock: &Clock<'_>) -> Result<String> {
    let random = files::random_bytes::<4>()?;
    let mut number = 0_u32;
    for byte in random.iter() {
        number = number << 8 | u32::from(*byte);
    }
    let stamp: String = clock
        .now()?
        .to_string()
        .chars()
        .filter(|c| !matches!(c, '-' | ':'))
        .collect();
    Ok(format!("{stamp}-{}-{number:08x}", purpose.name()))
}
