//! The bundle that everything downstream asks for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::feed::Feed;
use super::hash::Placed;
use super::member::MemberReader;
use super::read::{self, Conditions};
use crate::error::{Error, ErrorKind, Result};
use crate::io::files;
use crate::io::medium::Medium;
use crate::model::admission::{Override, Rule};
use crate::model::digest::Digest;
use crate::model::key::Signature;
use crate::model::key_id::KeyId;
use crate::model::manifest::{LicenseNote, Manifest};
use crate::model::path::BundlePath;
use crate::model::signed_list::{ListHeader, SignedList};
use crate::model::time::Timestamp;
use crate::model::trust::Verdict;

/// A bundle whose signatures, list and every byte were checked against a trust
/// policy. There is no other way to one than [`VerifiedBundle::open`].
///
/// The medium stays open; members are hashed again as they are given out, for it
/// may change after the check.
#[derive(Debug)]
pub struct VerifiedBundle {
    medium: Medium,
    list_bytes: Vec<u8>,
    list: SignedList,
    signatures: Vec<(KeyId, Signature)>,
    manifest: Manifest,
    manifest_bytes: Vec<u8>,
    members: BTreeMap<BundlePath, Placed>,
    evidence: Evidence,
    /// The rules that the operator is ready to set aside, needed so far or not.
    overrides: Vec<Override>,
}

/// What was checked, fit to be attached to a transfer form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The digest of the signed list, which stands for the whole bundle.
    pub bundle_sha256: Digest,
    /// The signed facts of the bundle.
    pub header: ListHeader,
    /// The length of the whole bundle in bytes.
    pub size: u64,
    /// Who signed.
    pub verdict: Verdict,
    /// Rules that the operator set aside.
    pub overrides: Vec<Override>,
    /// What the operator should know though it is no reason to refuse.
    pub notes: Vec<String>,
    /// The time of the check.
    pub checked_at: Timestamp,
    /// The program that checked.
    pub tool: String,
    /// Under which terms the payload comes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<LicenseNote>,
    /// Every listed member.
    pub members: Vec<MemberEvidence>,
}

/// One member that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberEvidence {
    /// Its name.
    pub path: BundlePath,
    /// Its length in bytes.
    pub size: u64,
    /// Its digest.
    pub sha256: Digest,
}

impl VerifiedBundle {
    /// Checks everything of the bundle on `medium`.
    ///
    /// # Errors
    /// [`ErrorKind::Trust`] for signatures; [`ErrorKind::Policy`] for a bundle
    /// that is expired or not meant for here; [`ErrorKind::Integrity`] for
    /// members that are missing, extra or changed; [`ErrorKind::Malformed`] for
    /// bytes that break the format; [`ErrorKind::Io`] when reading fails.
    pub fn open(medium: Medium, conditions: &Conditions) -> Result<Self> {
        let path = medium.path().display().to_string();
        let (checked, evidence) = read::check(Feed::medium(&medium), conditions)
            .map_err(|error| medium.explain(error).context(format!("{path} is refused")))?;
        let members = checked
            .list
            .entries
            .iter()
            .zip(&checked.places)
            .map(|(entry, place)| (entry.path.clone(), Placed::new(entry, *place)))
            .collect();
        Ok(Self {
            medium,
            list_bytes: checked.list_bytes,
            list: checked.list,
            signatures: checked.signatures,
            manifest: checked.manifest,
            manifest_bytes: checked.manifest_bytes,
            members,
            evidence,
            overrides: conditions.overrides.to_vec(),
        })
    }

    /// The signed facts: name, channel, sequence, times.
    #[must_use]
    pub fn header(&self) -> &ListHeader {
        &self.list.header
    }

    /// The signed list.
    #[must_use]
    pub fn list(&self) -> &SignedList {
        &self.list
    }

    /// The exact bytes that were signed.
    #[must_use]
    pub fn list_bytes(&self) -> &[u8] {
        &self.list_bytes
    }

    /// The digest of the signed list, which stands for the whole bundle.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.evidence.bundle_sha256
    }

    /// All signatures, counted or not, in the order of their key ids.
    #[must_use]
    pub fn signatures(&self) -> &[(KeyId, Signature)] {
        &self.signatures
    }

    /// What the bundle holds.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The exact bytes of the manifest.
    #[must_use]
    pub fn manifest_bytes(&self) -> &[u8] {
        &self.manifest_bytes
    }

    /// What was checked.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// The operator's reason to set `rule` aside, where one was given: what only
    /// shows later, such as a newer bundle in the cluster, is forgiven by it too.
    #[must_use]
    pub fn override_of(&self, rule: Rule) -> Option<&Override> {
        self.overrides.iter().find(|given| given.rule == rule)
    }

    /// What the bundle lies on.
    #[must_use]
    pub fn medium(&self) -> &Medium {
        &self.medium
    }

    /// The whole content of the member `path`, at most `max` bytes, hashed
    /// again.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when it is larger; [`ErrorKind::Integrity`] when
    /// there is no such member or it changed since it was checked.
    pub fn read(&self, path: &BundlePath, max: u64) -> Result<Vec<u8>> {
        files::read_to_limit(self.member(path)?, max, path.as_str()).map_err(|error| {
            error.context(format!(
                "cannot read {path} of {}",
                self.medium.path().display()
            ))
        })
    }

    /// The content of the member `path` as a stream that fails at its end when
    /// the content changed since it was checked.
    ///
    /// # Errors
    /// [`ErrorKind::Integrity`] when there is no such member.
    pub fn member(&self, path: &BundlePath) -> Result<MemberReader<'_>> {
        let placed = self.members.get(path).ok_or_else(|| {
            Error::new(
                ErrorKind::Integrity,
                format!("{path} is not in {}", self.medium.path().display()),
            )
        })?;
        Ok(MemberReader::new(&self.medium, placed))
    }
}
