//! What was installed before: the guard against going back (TUF's rollback and
//! freeze attacks) and against a clock that was set back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::admission::{Admission, Override, Rule};
use crate::model::digest::Digest;
use crate::model::label::Label;
use crate::model::signed_list::ListHeader;
use crate::model::time::Timestamp;

/// The largest memory file that is read, in bytes.
pub const MAX_MEMORY: u64 = 4 << 20;
/// Clocks are set right by minutes; only more than this counts, in seconds.
const CLOCK_SLACK: i64 = 3600;

/// What was installed last in each channel, and when anything was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// The newest bundle of each channel.
    pub channels: BTreeMap<Label, Remembered>,
    /// The latest time at which something was installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
}

/// The newest bundle of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remembered {
    /// Its sequence.
    pub sequence: u64,
    /// The digest of its signed list.
    pub bundle_sha256: Digest,
}

impl Memory {
    /// The memory in `bytes`.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when it is not one.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes)
            .or_err(ErrorKind::Malformed, || "not a usable memory of bundles")
    }

    /// The memory as the bytes of its file.
    ///
    /// # Errors
    /// None in practice; [`ErrorKind::Bug`] if encoding fails.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        serde_json::to_vec_pretty(self).or_err(ErrorKind::Bug, || "cannot write the memory as JSON")
    }

    /// Whether the bundle of `header`, whose signed list has `digest`, may follow
    /// what is remembered; what an override forgives is added to `admission`.
    ///
    /// # Errors
    /// [`ErrorKind::Policy`] for a sequence that goes backwards, another bundle
    /// of the same sequence, or a clock that was set back, and no override for
    /// that.
    pub fn admit(
        &self,
        header: &ListHeader,
        digest: Digest,
        now: Timestamp,
        overrides: &[Override],
        admission: &mut Admission,
    ) -> Result<()> {
        if let Some(seen) = self.last_seen
            && now.seconds().saturating_add(CLOCK_SLACK) < seen.seconds()
        {
            let refusal = Error::new(
                ErrorKind::Policy,
                format!("the clock says {now}, but something was installed at {seen}"),
            )
            .hint("set the clock right, or give a reason with --allow-clock");
            admission.forgive(Rule::Clock, overrides, refusal)?;
        }
        let Some(last) = self.channels.get(&header.channel) else {
            return Ok(());
        };
        let fault = if header.sequence < last.sequence {
            format!(
                "channel {} is at sequence {} on this machine, the bundle has {}",
                header.channel, last.sequence, header.sequence
            )
        } else if header.sequence == last.sequence && digest != last.bundle_sha256 {
            format!(
                "channel {} had another bundle with sequence {} on this machine",
                header.channel, header.sequence
            )
        } else {
            return Ok(());
        };
        let refusal = Error::new(ErrorKind::Policy, fault).hint(
            "ask for the newest bundle; for a cluster that shall have the older one, or never \
                 had the channel, give a reason with --allow-older",
        );
        admission.forgive(Rule::Sequence, overrides, refusal)
    }

    /// Remembers that the bundle of `header` was installed at `now`.
    pub fn remember(&mut self, header: &ListHeader, digest: Digest, now: Timestamp) {
        let remembered = Remembered {
            sequence: header.sequence,
            bundle_sha256: digest,
        };
        // After a forgiven step back the memory goes back too, or every later
        // bundle of the older line would need forgiveness again.
        self.channels.insert(header.channel.clone(), remembered);
        self.last_seen = Some(self.last_seen.map_or(now, |seen| seen.max(now)));
    }
}
