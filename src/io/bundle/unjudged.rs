//! A bundle whose bytes are in order but whose signers nobody judged: enough to
//! add a signature, and for nothing else.

use std::path::Path;

use super::feed::Feed;
use super::hash::Placed;
use super::member::MemberReader;
use super::read::{self, MAX_SIGNATURES};
use super::write;
use crate::error::{Error, ErrorKind, Result};
use crate::io::files;
use crate::io::medium::Medium;
use crate::model::key::{PublicKey, Signature};
use crate::model::key_id::KeyId;
use crate::model::signed_list::ListHeader;
use crate::model::trust_root::MAX_ROOT;
use crate::progress::Progress;

/// Where trust roots stand in a bundle.
const TRUST_FOLDER: &str = "trust/";

/// A bundle that may be signed.
#[derive(Debug)]
pub struct UnjudgedBundle {
    medium: Medium,
    list_bytes: Vec<u8>,
    header: ListHeader,
    signatures: Vec<(KeyId, Signature)>,
    rest: u64,
    trust: Vec<Placed>,
}

impl UnjudgedBundle {
    /// Checks every byte of the bundle on `medium` against its list; signatures
    /// are read but not judged.
    ///
    /// # Errors
    /// As [`super::VerifiedBundle::open`], but for trust and policy.
    pub fn open(medium: Medium, threads: usize, progress: &dyn Progress) -> Result<Self> {
        let checked = read::check_structure(Feed::medium(&medium), threads, progress)
            .map_err(|e| e.context(format!("{} is refused", medium.path().display())))?;
        let trust = checked
            .list
            .entries
            .iter()
            .zip(&checked.places)
            .filter(|(entry, _)| entry.path.as_str().starts_with(TRUST_FOLDER))
            .map(|(entry, place)| Placed::new(entry, *place))
            .collect();
        Ok(Self {
            medium,
            trust,
            header: checked.list.header,
            list_bytes: checked.list_bytes,
            signatures: checked.signatures,
            rest: checked.rest,
        })
    }

    /// The bytes to be signed.
    #[must_use]
    pub fn list_bytes(&self) -> &[u8] {
        &self.list_bytes
    }

    /// What the list says of the bundle.
    #[must_use]
    pub fn header(&self) -> &ListHeader {
        &self.header
    }

    /// The keys that have signed so far, by their own account.
    pub fn signed_by(&self) -> impl Iterator<Item = KeyId> + '_ {
        self.signatures.iter().map(|(id, _)| *id)
    }

    /// The files below `trust/`, by their names there. Nobody vouches for them but
    /// themselves.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when one is too large for a trust root;
    /// [`ErrorKind::Io`] when reading fails.
    pub fn trust_members(&self) -> Result<Vec<(String, Vec<u8>)>> {
        self.trust
            .iter()
            .map(|placed| {
                let name = placed.path.as_str();
                let reader = MemberReader::new(&self.medium, placed);
                let bytes = files::read_to_limit(reader, MAX_ROOT, name)?;
                let name = name.strip_prefix(TRUST_FOLDER).unwrap_or(name);
                Ok((name.to_owned(), bytes))
            })
            .collect()
    }

    /// Takes up the `signature` by `key`, which replaces an older one by it.
    ///
    /// # Errors
    /// [`ErrorKind::Trust`] when it does not hold; [`ErrorKind::Usage`] when the
    /// bundle has as many as it can take.
    pub fn attach(&mut self, key: &PublicKey, signature: Signature) -> Result<()> {
        key.verify(&self.list_bytes, &signature)?;
        self.signatures.retain(|(id, _)| *id != key.id());
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("the bundle has {MAX_SIGNATURES} signatures already"),
            ));
        }
        self.signatures.push((key.id(), signature));
        Ok(())
    }

    /// Writes the bundle with its signatures to `target`, as a whole or not at
    /// all; every byte but the signatures is carried over.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when reading or writing fails.
    pub fn write(&self, target: &Path, threads: usize, progress: &dyn Progress) -> Result<()> {
        write::rewrite(
            &self.medium,
            &self.list_bytes,
            self.rest,
            &self.signatures,
            target,
            threads,
            progress,
        )
    }
}
