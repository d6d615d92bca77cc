//! What sealift remembers in a cluster to be its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::cluster::Cluster;
use crate::io::elasticsearch::answer::Decision;
use crate::model::artifact::ArtifactId;
use crate::model::digest::Digest;
use crate::model::observation::Claim;
use crate::model::receipt::Origin;

/// The id of the document.
const ID: &str = "claims";

/// How often a write whose outcome is unknown is made again; it is the same
/// write, under the lock.
const TRIES: u32 = 3;

/// Everything that is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The artifacts that are sealift's.
    pub artifacts: BTreeMap<ArtifactId, Claim>,
    /// The highest sequence that was installed per channel, and the digest of
    /// that bundle's list.
    pub channels: BTreeMap<String, Latest>,
    /// The ids of all receipts, oldest first.
    pub receipts: Vec<String>,
}

/// The newest bundle of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latest {
    /// The bundle's name.
    pub bundle: String,
    /// Its place in the channel.
    pub sequence: u64,
    /// The SHA-256 of its signed list.
    pub digest: Digest,
}

/// One line of the stored list.
#[derive(Serialize, Deserialize)]
struct Line {
    artifact: ArtifactId,
    claim: Claim,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    artifacts: Vec<Line>,
    channels: BTreeMap<String, Latest>,
    receipts: Vec<String>,
}

impl Claims {
    /// What `cluster` remembers.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when somebody else wrote there.
    pub fn read(cluster: &Cluster) -> Result<Self> {
        let Some(document) = cluster.elasticsearch.recall(ID)? else {
            return Ok(Self::default());
        };
        let stored = document.source.get("receipt").cloned().unwrap_or_default();
        let stored: Stored = serde_json::from_value(stored).map_err(|source| {
            Error::new(
                ErrorKind::Malformed,
                format!("the document {ID} of sealift-receipts cannot be read"),
            )
            .because(source)
            .hint("a later version of sealift may have written it; update this one")
        })?;
        Ok(Self {
            artifacts: stored
                .artifacts
                .into_iter()
                .map(|line| (line.artifact, line.claim))
                .collect(),
            channels: stored.channels,
            receipts: stored.receipts,
        })
    }

    /// Writes it; the caller holds the lock.
    ///
    /// # Errors
    /// As the call.
    pub fn write(&self, cluster: &Cluster) -> Result<()> {
        let stored = Stored {
            artifacts: self
                .artifacts
                .iter()
                .map(|(artifact, claim)| Line {
                    artifact: artifact.clone(),
                    claim: claim.clone(),
                })
                .collect(),
            channels: self.channels.clone(),
            receipts: self.receipts.clone(),
        };
        let source = json!({
            "kind": "claims",
            "artifacts": self.artifacts.keys().map(ToString::to_string).collect::<Vec<_>>(),
            "receipt": stored,
        });
        store(cluster, ID, &source)
    }

    /// Takes note that `origin` was installed.
    pub fn advance(&mut self, origin: &Origin) {
        let latest = Latest {
            bundle: origin.bundle.clone(),
            sequence: origin.sequence,
            digest: origin.digest,
        };
        self.channels.insert(origin.channel.clone(), latest);
    }
}

/// Writes a document, again where nobody knows whether it was written.
///
/// # Errors
/// As the call.
pub(super) fn store(cluster: &Cluster, id: &str, source: &serde_json::Value) -> Result<()> {
    let mut last = None;
    for _ in 0..TRIES {
        match cluster.elasticsearch.remember(id, source) {
            Ok(()) => return Ok(()),
            Err(failed) if failed.decision == Decision::Unknown => last = Some(failed.error),
            Err(failed) => return Err(failed.error),
        }
    }
    Err(last.unwrap_or_else(|| Error::new(ErrorKind::Bug, "nothing was tried")))
        .or_err(ErrorKind::Cluster, || {
            format!("cannot write {id} to sealift-receipts")
        })
}
