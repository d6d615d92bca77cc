//! One document of the cluster's memory that is written several times: each
//! write holds only against what the last one left, so that a write whose answer
//! was lost and that arrives late changes nothing any more.

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::io::cluster::Cluster;
use crate::io::elasticsearch::answer::Decision;
use crate::io::elasticsearch::memory::Expect;

/// How often a write is made at most whose outcome nobody knows.
const TRIES: u32 = 4;

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

    /// Writes `source` over what was last seen.
    ///
    /// # Errors
    /// [`ErrorKind::Cluster`] when somebody else wrote meanwhile; else as the call.
    pub(super) fn write(&mut self, cluster: &Cluster, source: &Value) -> Result<()> {
        let mut last = None;
        for _ in 0..TRIES {
            let written = cluster
                .elasticsearch
                .remember_if(&self.id, source, self.known);
            let failed = match written {
                Ok(revision) => {
                    self.known = Expect::Revision(revision);
                    return Ok(());
                }
                Err(failed) => failed,
            };
            match failed.decision {
                Decision::Unknown | Decision::Changed | Decision::Exists => {}
                _ => return Err(failed.error),
            }
            match cluster.elasticsearch.recall(&self.id)? {
                Some(document) if document.source == *source => {
                    self.known = Expect::Revision(document.revision);
                    return Ok(());
                }
                Some(document) if Expect::Revision(document.revision) != self.known => {
                    return Err(Error::new(
                        ErrorKind::Cluster,
                        format!(
                            "{} of sealift-receipts was written by somebody else",
                            self.id
                        ),
                    )
                    .because(failed.error)
                    .hint("plan again"));
                }
                _ => last = Some(failed.error),
            }
        }
        Err(last.unwrap_or_else(|| Error::new(ErrorKind::Bug, "nothing was tried")))
    }
}
