//! One installer at a time: a lock inside the cluster, with a lease.

use std::time::Duration;

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

/// How long a lease lasts without being renewed, in seconds: longer than any
/// single call.
const LEASE: i64 = 15 * 60;

/// The lock of a cluster, held until [`Lock::release`] or until its lease ends.
#[derive(Debug)]
pub struct Lock {
    token: String,
    holder: String,
    until: i64,
    revision: (u64, u64),
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
            refuse_living(&document, "", bench.clock.now()?)?;
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
        let now = bench.clock.now()?;
        let mut lock = Self {
            token: token.to_owned(),
            holder: bench.holder.to_owned(),
            until: now.seconds().saturating_add(LEASE),
            revision: (0, 0),
        };
        lock.write(cluster, expect, now)?;
        Ok(lock)
    }

    /// Writes the lock where `expect` holds, and where no answer came reads
    /// whether it is ours.
    fn write(&mut self, cluster: &Cluster, expect: Expect, now: Timestamp) -> Result<()> {
        let source = json!({
            "kind": "lock",
            "token": self.token,
            "holder": self.holder,
            "since": now,
            "until": self.until,
        });
        match cluster.elasticsearch.remember_if(ID, &source, expect) {
            Ok(revision) => self.revision = revision,
            Err(failed) => {
                let lost = matches!(
                    failed.decision,
                    Decision::Changed | Decision::Unknown | Decision::Exists
                );
                if !lost {
                    return Err(failed.into());
                }
                match cluster.elasticsearch.recall(ID)? {
                    Some(document) if document.source == source => {
                        self.revision = document.revision;
                    }
                    Some(document) => {
                        refuse_living(&document, &self.token, now)?;
                        return Err(failed.into());
                    }
                    None => return Err(failed.into()),
                }
            }
        }
        Ok(())
    }

    /// Renews the lease once half of it is over.
    ///
    /// # Errors
    /// [`ErrorKind::Cluster`] when somebody else took the lock meanwhile.
    pub fn keep(&mut self, cluster: &Cluster, clock: &Clock) -> Result<()> {
        let now = clock.now()?;
        if self.until.saturating_sub(now.seconds()) > LEASE / 2 {
            return Ok(());
        }
        self.until = now.seconds().saturating_add(LEASE);
        let expect = Expect::Revision(self.revision);
        self.write(cluster, expect, now)
    }

    /// Gives the lock back, with growing pauses from `pause` on between tries.
    /// Where that fails the lease will end it.
    ///
    /// # Errors
    /// As the call.
    pub fn release(self, cluster: &Cluster, pause: Duration) -> Result<()> {
        patiently(pause, || cluster.elasticsearch.forget(ID, self.revision))?;
        Ok(())
    }
}

/// The receipt whose work holds the lock of `cluster`; `None` where nothing does,
/// or where its lease has ended at `now`.
///
/// # Errors
/// As the call.
pub fn held_for(cluster: &Cluster, now: Timestamp) -> Result<Option<String>> {
    let held = cluster.elasticsearch.recall(ID)?;
    let living = held.filter(|document| until(document) > now.seconds());
    let token =
        living.and_then(|document| Some(document.source.get("token")?.as_str()?.to_owned()));
    Ok(token)
}

/// Who holds the lock of `cluster`, or held it last, as they call themselves.
///
/// # Errors
/// As the call.
pub fn holder(cluster: &Cluster) -> Result<Option<String>> {
    let held = cluster.elasticsearch.recall(ID)?;
    Ok(held.and_then(|document| Some(document.source.get("holder")?.as_str()?.to_owned())))
}

/// When the lease of a lock ends, in seconds since 1970.
fn until(document: &Document) -> i64 {
    let until = document.source.get("until").and_then(Value::as_i64);
    until.unwrap_or(0)
}

/// Refuses when `document` is somebody else's lock whose lease still runs.
fn refuse_living(document: &Document, token: &str, now: Timestamp) -> Result<()> {
    let field = |key: &str| document.source.get(key);
    let until = until(document);
    let ours = field("token").and_then(Value::as_str) == Some(token);
    if ours || until <= now.seconds() {
        return Ok(());
    }
    let told = |key: &str| field(key).and_then(Value::as_str);
    let holder = told("holder").unwrap_or("somebody");
    let work = told("token").unwrap_or("unknown");
    let left = until.saturating_sub(now.seconds());
    let minutes = left.saturating_add(59).div_euclid(60);
    let end =
        Timestamp::from_seconds(until).map_or_else(|_| String::new(), |end| format!(", {end}"));
    Err(Error::new(
        ErrorKind::Cluster,
        format!("{holder} is at work on this cluster, receipt {work}"),
    )
    .hint(format!(
        "wait until that is done; where it is known to be dead, its own machine takes the lock over \
         with the next run, and any other once the lease has ended: in {minutes} minutes{end}"
    )))
}
