//! What sealift remembers in a cluster to be its own.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{Error, ErrorKind, Result};
use crate::flow::memo::Memo;
use crate::io::cluster::Cluster;
use crate::io::elasticsearch::memory::Expect;
use crate::model::artifact::ArtifactId;
use crate::model::digest::Digest;
use crate::model::observation::Claim;
use crate::model::receipt::Origin;

/// The id of the document.
const ID: &str = "claims";

/// Everything that is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    memo: Memo,
    /// The artifacts that are sealift's; of what Kibana keeps only those in the
    /// space that is worked in.
    pub artifacts: BTreeMap<ArtifactId, Claim>,
    /// What is sealift's in other spaces of Kibana.
    elsewhere: Vec<Line>,
    /// The id of the space that is worked in.
    space: String,
    /// The copies that the last work put beside, and those of work before it that
    /// was cut off: what of them is still there, or there again, is sealift's.
    pub copies: BTreeMap<ArtifactId, Claim>,
    /// The highest sequence that was installed per channel, and the digest of
    /// that bundle's list.
    pub channels: BTreeMap<String, Latest>,
    /// The ids of all receipts, oldest first.
    pub receipts: Vec<String>,
    /// Jobs and datafeeds that a plan stops for a change and starts again after:
    /// should it be cut off in between, the next one starts them.
    pub halted: BTreeSet<ArtifactId>,
    /// The receipt of work that changed something and did not come to its end.
    pub unfinished: Option<String>,
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

/// One line of a stored list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    artifact: ArtifactId,
    claim: Claim,
    /// The space of Kibana; none for what Elasticsearch keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    space: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    artifacts: Vec<Line>,
    #[serde(default)]
    copies: Vec<Line>,
    channels: BTreeMap<String, Latest>,
    receipts: Vec<String>,
    #[serde(default)]
    halted: BTreeSet<ArtifactId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unfinished: Option<String>,
}

impl Claims {
    /// What `cluster` remembers.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when somebody else wrote there.
    pub fn read(cluster: &Cluster) -> Result<Self> {
        let Some(document) = cluster.elasticsearch.recall(ID)? else {
            return Ok(Self {
                memo: Memo::new(ID, Expect::Nothing),
                artifacts: BTreeMap::new(),
                elsewhere: Vec::new(),
                space: cluster.space.clone(),
                copies: BTreeMap::new(),
                channels: BTreeMap::new(),
                receipts: Vec::new(),
                halted: BTreeSet::new(),
                unfinished: None,
            });
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
        let is_elsewhere = |line: &Line| {
            line.space
                .as_ref()
                .is_some_and(|space| *space != cluster.space)
        };
        let (elsewhere, artifacts) = stored.artifacts.into_iter().partition(is_elsewhere);
        Ok(Self {
            memo: Memo::new(ID, Expect::Revision(document.revision)),
            artifacts: by_id(artifacts),
            elsewhere,
            space: cluster.space.clone(),
            copies: by_id(stored.copies),
            channels: stored.channels,
            receipts: stored.receipts,
            halted: stored.halted,
            unfinished: stored.unfinished,
        })
    }

    /// Writes it, with growing pauses from `pause` on between tries; the caller
    /// holds the lock.
    ///
    /// # Errors
    /// As the call.
    pub fn write(&mut self, cluster: &Cluster, pause: Duration) -> Result<()> {
        let mut artifacts = self.lines(&self.artifacts);
        artifacts.extend(self.elsewhere.iter().cloned());
        let names: Vec<String> = artifacts
            .iter()
            .map(|line| line.artifact.to_string())
            .collect();
        let stored = Stored {
            artifacts,
            copies: self.lines(&self.copies),
            channels: self.channels.clone(),
            receipts: self.receipts.clone(),
            halted: self.halted.clone(),
            unfinished: self.unfinished.clone(),
        };
        let source = json!({
            "kind": "claims",
            "artifacts": names,
            "receipt": stored,
        });
        self.memo.write(cluster, &source, pause)
    }

    fn lines(&self, claims: &BTreeMap<ArtifactId, Claim>) -> Vec<Line> {
        let lines = claims.iter().map(|(artifact, claim)| Line {
            artifact: artifact.clone(),
            claim: claim.clone(),
            space: artifact.is_of_kibana().then(|| self.space.clone()),
        });
        lines.collect()
    }

    /// How many artifacts are sealift's in the spaces of Kibana that are not worked
    /// in.
    #[must_use]
    pub fn elsewhere(&self) -> BTreeMap<String, usize> {
        let mut spaces = BTreeMap::new();
        for space in self.elsewhere.iter().filter_map(|line| line.space.as_ref()) {
            let count: &mut usize = spaces.entry(space.clone()).or_default();
            *count = count.saturating_add(1);
        }
        spaces
    }

    /// Everything that is sealift's, the copies among it.
    #[must_use]
    pub fn all(&self) -> BTreeMap<ArtifactId, Claim> {
        let mut all = self.artifacts.clone();
        all.extend(self.copies.clone());
        all
    }

    /// Forgets that `artifact` is of the bundles of `channel`, or of any without one;
    /// what those of other channels have of it stays remembered.
    pub fn give_up(&mut self, artifact: &ArtifactId, channel: Option<&str>) {
        let claim = self.artifacts.remove(artifact);
        let rest = claim
            .zip(channel)
            .and_then(|(claim, channel)| claim.without(channel));
        if let Some(rest) = rest {
            self.artifacts.insert(artifact.clone(), rest);
        }
    }

    /// Takes note that `origin` was installed. The memory of a channel never goes
    /// backwards, whatever the operator lifts.
    pub fn advance(&mut self, origin: &Origin) {
        if self.is_news(origin) {
            let latest = Latest {
                bundle: origin.bundle.clone(),
                sequence: origin.sequence,
                digest: origin.digest,
            };
            self.channels.insert(origin.channel.clone(), latest);
        }
    }

    /// Whether installing `origin` would change what is known of its channel.
    #[must_use]
    pub fn is_news(&self, origin: &Origin) -> bool {
        self.channels.get(&origin.channel).is_none_or(|latest| {
            origin.sequence > latest.sequence
                || (origin.sequence == latest.sequence && origin.digest != latest.digest)
        })
    }

    /// Whether nothing of the newest bundle of `channel` is there any more: it was
    /// rolled back or removed.
    #[must_use]
    pub fn is_withdrawn(&self, channel: &str) -> bool {
        self.channels.get(channel).is_some_and(|latest| {
            let mut marks = self.artifacts.values().flat_map(Claim::marks);
            !marks.any(|mark| mark.channel == channel && mark.sequence == latest.sequence)
        })
    }
}

fn by_id(lines: Vec<Line>) -> BTreeMap<ArtifactId, Claim> {
    let lines = lines.into_iter();
    lines.map(|line| (line.artifact, line.claim)).collect()
}
