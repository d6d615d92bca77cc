//! One installer at a time: a lock inside the cluster, with a lease that is counted
//! by the cluster's clock, renewed while work goes on, and looked at before every
//! change.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::error::{Error, ErrorKind, Result};
use crate::flow::clock::Clock;
use crate::flow::install::Bench;
use crate::flow::memo::patiently;
use crate::io::cluster::Cluster;
use crate::io::elasticsearch::answer::Decision;
use crate::io::elasticsearch::memory::{Document, Expect};
use crate::io::receipts;
use crate::model::time::Timestamp;

/// The id of the lock's document.
const ID: &str = "lock";

/// How long a lease lasts without being renewed.
pub const LEASE: Duration = Duration::from_secs(15 * 60);

/// What a lock says whose lease was counted by the cluster's clock.
const CLUSTER: &str = "cluster";

/// What one says whose lease was counted by the clock of its holder's machine.
const MACHINE: &str = "machine";

/// The lock of a cluster, held until [`Lock::release`] or until its lease ends.
#[derive(Debug)]
pub struct Lock {
    token: String,
    holder: String,
    lease: Duration,
    revision: Mutex<(u64, u64)>,
    /// Who was seen to have it instead of us.
    taken: OnceLock<String>,
}

impl Lock {
    /// Whether the lock can be had, and what is in its place now.
    ///
    /// # Errors
    /// [`ErrorKind::Cluster`] that names the holder when it is taken.
    pub fn look(cluster: &Cluster, bench: &Bench<'_>) -> Result<Expect> {
        let Some(document) = cluster.elasticsearch.recall(ID)? else {
            return Ok(Expect::Nothing);
        };
        let token = document.source.get("token").and_then(Value::as_str);
        let uuid = &cluster.elasticsearch.identity().uuid;
        if !receipts::is_over(bench.state, uuid, token.unwrap_or_default())? {
            let now = Now::of(cluster, bench.clock.now()?)?;
            refuse_living(&document, "", now, bench.lease)?;
        }
        Ok(Expect::Revision(document.revision))
    }

    /// Gives back the lock of work that was begun on this machine and is over: it
    /// was cut off.
    ///
    /// # Errors
    /// As the calls; [`ErrorKind::Io`] when this machine's receipts cannot be read.
    pub fn sweep(cluster: &Cluster, bench: &Bench<'_>) -> Result<()> {
        let Some(document) = cluster.elasticsearch.recall(ID)? else {
            return Ok(());
        };
        let token = document.source.get("token").and_then(Value::as_str);
        let uuid = &cluster.elasticsearch.identity().uuid;
        if receipts::is_over(bench.state, uuid, token.unwrap_or_default())? {
            cluster.elasticsearch.forget(ID, document.revision)?;
        }
        Ok(())
    }

    /// Takes the lock for the work of the receipt `token`. A lock whose lease has
    /// ended is taken over, and one of work that was begun on this machine and is
    /// over: it was cut off.
    ///
    /// # Errors
    /// [`ErrorKind::Cluster`] that names the holder when it is taken.
    pub fn acquire(cluster: &Cluster, bench: &Bench<'_>, token: &str) -> Result<Self> {
        let expect = Self::look(cluster, bench)?;
        let now = Now::of(cluster, bench.clock.now()?)?;
        let lock = Self {
            token: token.to_owned(),
            holder: bench.holder.to_owned(),
            lease: bench.lease,
            revision: Mutex::new((0, 0)),
            taken: OnceLock::new(),
        };
        lock.write(cluster, expect, now)?;
        Ok(lock)
    }

    /// Writes the lock where `expect` holds, and where no answer came reads
    /// whether it is ours.
    fn write(&self, cluster: &Cluster, expect: Expect, now: Now) -> Result<()> {
        let source = json!({
            "kind": "lock",
            "token": self.token,
            "holder": self.holder,
            "since": now.here,
            "until": now.latest.saturating_add(seconds(self.lease)),
            "clock": if now.is_clusters { CLUSTER } else { MACHINE },
        });
        let revision = match cluster.elasticsearch.remember_if(ID, &source, expect) {
            Ok(revision) => revision,
            Err(failed) => {
                let lost = matches!(
                    failed.decision,
                    Decision::Changed | Decision::Unknown | Decision::Exists
                );
                if !lost {
                    return Err(failed.into());
                }
                match cluster.elasticsearch.recall(ID)? {
                    Some(document) if document.source == source => document.revision,
                    Some(document) => {
                        refuse_living(&document, &self.token, now, self.lease)?;
                        return Err(failed.into());
                    }
                    None => return Err(failed.into()),
                }
            }
        };
        *self.revision() = revision;
        Ok(())
    }

    fn revision(&self) -> std::sync::MutexGuard<'_, (u64, u64)> {
        self.revision.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `work` while the lease is renewed beside it, however long a call of it
    /// takes.
    pub fn kept<T>(&self, cluster: &Cluster, clock: &Clock<'_>, work: impl FnOnce() -> T) -> T {
        let (done, is_done) = mpsc::channel::<()>();
        thread::scope(move |scope| {
            scope.spawn(move || {
                while is_done.recv_timeout(self.lease / 3) == Err(RecvTimeoutError::Timeout) {
                    // Where that fails there is time for another try, and a lock that
                    // is lost shows before the next change.
                    drop(self.renew(cluster, clock));
                }
            });
            let result = work();
            drop(done);
            result
        })
    }

    fn renew(&self, cluster: &Cluster, clock: &Clock<'_>) -> Result<()> {
        let now = Now::of(cluster, clock.now()?)?;
        let expect = Expect::Revision(*self.revision());
        self.write(cluster, expect, now)
            .or_else(|_| self.hold(cluster))
    }

    /// Looks that the lock is still ours, without which nothing may be changed.
    ///
    /// # Errors
    /// [`ErrorKind::Cluster`] when somebody else took it; as the call.
    pub fn hold(&self, cluster: &Cluster) -> Result<()> {
        if self.taken.get().is_none() {
            let found = cluster.elasticsearch.recall(ID)?;
            let told = |key: &str| found.as_ref()?.source.get(key)?.as_str();
            if let (Some(document), true) = (&found, told("token") == Some(&self.token)) {
                *self.revision() = document.revision;
                return Ok(());
            }
            let other = told("holder").map_or_else(
                || "somebody else".to_owned(),
                |holder| format!("{holder}, receipt {},", told("token").unwrap_or("unknown")),
            );
            drop(self.taken.set(other));
        }
        let other = self.taken.get().map_or("somebody else", String::as_str);
        Err(Error::new(
            ErrorKind::Cluster,
            format!("{other} took over the lock of this cluster while this was at work"),
        )
        .hint(
            "wait until no other work goes on there, and see with sealift status what is in place",
        ))
    }

    /// The failure where somebody else is seen to have the lock; nothing where it
    /// is ours, or where nobody can tell.
    pub fn loss(&self, cluster: &Cluster) -> Option<Error> {
        let held = self.hold(cluster);
        held.err().filter(|_| self.taken.get().is_some())
    }

    /// Gives the lock back, with growing pauses from `pause` on between tries.
    /// Where that fails the lease will end it.
    ///
    /// # Errors
    /// As the call.
    pub fn release(self, cluster: &Cluster, pause: Duration) -> Result<()> {
        if self.taken.get().is_some() {
            return Ok(());
        }
        let revision = *self.revision();
        patiently(pause, || cluster.elasticsearch.forget(ID, revision))?;
        Ok(())
    }
}

/// The time that leases are counted by.
#[derive(Clone, Copy, Debug)]
struct Now {
    /// By the clock of this machine.
    here: Timestamp,
    /// In seconds since 1970 by the clock of the cluster that is most behind, where
    /// the clocks of its nodes are known; else by that of this machine.
    earliest: i64,
    /// The same by the one that is most ahead.
    latest: i64,
    /// Whether these are the cluster's.
    is_clusters: bool,
}

impl Now {
    fn of(cluster: &Cluster, here: Timestamp) -> Result<Self> {
        let times = cluster.elasticsearch.times()?;
        let (earliest, latest) = times.unwrap_or((here.seconds(), here.seconds()));
        Ok(Self {
            here,
            earliest,
            latest,
            is_clusters: times.is_some(),
        })
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// Work that holds the lock of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AtWork {
    /// The id of its receipt.
    pub receipt: String,
    /// Who does it: a user, a machine, a process.
    pub holder: String,
}

/// The work that holds the lock of `cluster`; `None` where nothing does, or where
/// its lease has ended; `now` is the time of this machine.
///
/// # Errors
/// As the calls.
pub fn held(cluster: &Cluster, now: Timestamp) -> Result<Option<AtWork>> {
    let Some(held) = cluster.elasticsearch.recall(ID)? else {
        return Ok(None);
    };
    let now = Now::of(cluster, now)?;
    let is_living = end(&held, now, LEASE) > now.earliest;
    let told = |key: &str| held.source.get(key)?.as_str().map(str::to_owned);
    let receipt = told("token").filter(|_| is_living);
    Ok(receipt.map(|receipt| AtWork {
        receipt,
        holder: told("holder").unwrap_or_else(|| "somebody".to_owned()),
    }))
}

/// When a lock counts as dead, in seconds by the clock of `now`: with its lease
/// where both were counted by the cluster's clock, else as long after that again,
/// for clocks of two machines may differ.
fn end(document: &Document, now: Now, lease: Duration) -> i64 {
    let until = document.source.get("until").and_then(Value::as_i64);
    let clock = document.source.get("clock").and_then(Value::as_str);
    let is_sure = now.is_clusters && clock == Some(CLUSTER);
    let grace = if is_sure { 0 } else { seconds(lease) };
    until.unwrap_or(0).saturating_add(grace)
}

/// Refuses when `document` is somebody else's lock that does not count as dead.
fn refuse_living(document: &Document, token: &str, now: Now, lease: Duration) -> Result<()> {
    let told = |key: &str| document.source.get(key).and_then(Value::as_str);
    let left = end(document, now, lease).saturating_sub(now.earliest);
    if told("token") == Some(token) || left <= 0 {
        return Ok(());
    }
    let holder = told("holder").unwrap_or("somebody");
    let work = told("token").unwrap_or("unknown");
    let minutes = left.saturating_add(59).div_euclid(60);
    let end = now
        .here
        .seconds()
        .saturating_add(minutes.saturating_mul(60));
    let end = Timestamp::from_seconds(end).map_or_else(|_| String::new(), |end| format!(", {end}"));
    Err(Error::new(
        ErrorKind::Cluster,
        format!("{holder} is at work on this cluster, receipt {work}"),
    )
    .hint(format!(
        "wait until that is done; where it is known to be dead, its own machine takes the lock over \
         with the next run, and any other once the lease has ended: in {minutes} minutes{end}"
    )))
}
