//! One document of the cluster's memory that is written several times: each
//! write holds only against what the last one left, so that a write whose answer
//! was lost and that arrives late changes nothing any more.

use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::io::cluster::Cluster;
use crate::io::elasticsearch::Called;
use crate::io::elasticsearch::answer::Decision;
use crate::io::elasticsearch::memory::Expect;

/// How often a call is made at most that may still succeed.
const TRIES: u32 = 6;

/// How often at most where nothing is waited for: once more, and a look.
const TRIES_AT_ONCE: u32 = 3;

/// A document and the place in the index's history at which we know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Memo {
    id: String,
    known: Expect,
}

impl Memo {
    /// The document `id` as it was last seen.
    pub(super) fn new(id: impl Into<String>, known: Expect) -> Self {
        Self {
            id: id.into(),
            known,
        }
    }

    /// Writes `source` over what was last seen, as [`patiently`] as `pause` says:
    /// however often it is sent, it holds once.
    ///
    /// # Errors
    /// [`ErrorKind::Cluster`] when somebody else wrote meanwhile; else as the call.
    pub(super) fn write(
        &mut self,
        cluster: &Cluster,
        source: &Value,
        pause: Duration,
    ) -> Result<()> {
        let elasticsearch = &cluster.elasticsearch;
        let mut is_lost = false;
        let (id, known) = (self.id.as_str(), self.known);
        let written = patiently(pause, || {
            if is_lost && let Some(there) = elasticsearch.recall(id)? {
                if there.source == *source {
                    return Ok(Some(there.revision));
                }
                if Expect::Revision(there.revision) != known {
                    return Ok(None);
                }
            }
            is_lost = true;
            elasticsearch.remember_if(id, source, known).map(Some)
        });
        match written? {
            Some(revision) => {
                self.known = Expect::Revision(revision);
                Ok(())
            }
            None => Err(Error::new(
                ErrorKind::Cluster,
                format!(
                    "{} of sealift-receipts was written by somebody else",
                    self.id
                ),
            )
            .hint("plan again")),
        }
    }
}

/// Makes `call`, which does no harm when it is made twice, until it succeeds or
/// cannot; the pauses grow from `pause` on. Without a pause only what may have
/// happened is tried again: what was turned away has been tried often enough.
pub(super) fn patiently<T>(mut pause: Duration, mut call: impl FnMut() -> Called<T>) -> Called<T> {
    let tries = if pause.is_zero() {
        TRIES_AT_ONCE
    } else {
        TRIES
    };
    for _ in 1..tries {
        match call() {
            Err(failed) if may_pass(failed.decision, pause) => {
                thread::sleep(pause);
                pause *= 2;
            }
            other => return other,
        }
    }
    call()
}

/// Whether the same call may succeed later, or has succeeded already.
const fn may_pass(decision: Decision, pause: Duration) -> bool {
    match decision {
        Decision::Unknown | Decision::Changed | Decision::Exists => true,
        Decision::Again => !pause.is_zero(),
        _ => false,
    }
}

/// The id of the document of the receipt `id`.
pub(super) fn receipt_document(id: &str) -> String {
    format!("receipt-{id}")
}
