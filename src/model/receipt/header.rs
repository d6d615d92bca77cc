//! What a receipt begins with: what was under way, where, and by whom.

use serde::{Deserialize, Serialize};

use crate::model::digest::Digest;
use crate::model::mark::Mark;
use crate::model::observation::ClusterIdentity;
use crate::model::time::Timestamp;

/// What was under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// A bundle's artifacts were put into the cluster.
    Install,
    /// A bundle's artifacts were taken out.
    Remove,
    /// A receipt was undone.
    Rollback,
    /// Single objects were put without a bundle.
    Manage,
}

impl Purpose {
    /// The purpose as one word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Remove => "remove",
            Self::Rollback => "rollback",
            Self::Manage => "manage",
        }
    }
}

/// Which bundle was at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The bundle's name.
    pub bundle: String,
    /// The channel that it updates.
    pub channel: String,
    /// Its place in the channel.
    pub sequence: u64,
    /// The SHA-256 of its signed list.
    pub digest: Digest,
}

impl Origin {
    /// The mark of what came from the bundle, in bytes of this `digest`.
    #[must_use]
    pub fn mark(&self, digest: Digest) -> Mark {
        Mark {
            bundle: self.bundle.clone(),
            channel: self.channel.clone(),
            sequence: self.sequence,
            digest,
        }
    }
}

/// The first line: what, where, from what, and what the operator allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of this format: 1.
    pub format: u32,
    /// The receipt's id, unique per cluster.
    pub id: String,
    /// What was under way.
    pub purpose: Purpose,
    /// The bundle.
    pub origin: Origin,
    /// The cluster.
    pub cluster: ClusterIdentity,
    /// The id of the space of Kibana that was worked in; of no weight where nothing
    /// that Kibana keeps was touched.
    #[serde(default = "default_space")]
    pub space: String,
    /// When it began.
    pub started: Timestamp,
    /// The version of sealift.
    pub tool: String,
    /// Who did it: user, machine and process.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// The receipt of the same work, which did not come to its end and which this
    /// one goes on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<String>,
    /// The receipt that is undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// Rules that the operator lifted, such as `adopt`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<String>,
}

fn default_space() -> String {
    "default".to_owned()
}

impl Header {
    /// Whether this is the same work as that of `other`: the same done with the same
    /// bundle, or the same receipt undone.
    #[must_use]
    pub fn is_of_the_work_of(&self, other: &Self) -> bool {
        self.purpose == other.purpose && self.origin == other.origin && self.undoes == other.undoes
    }
}

/// The format version that this code writes and reads.
pub const FORMAT: u32 = 1;
