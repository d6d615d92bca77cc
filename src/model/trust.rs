//! Who is trusted: the keys, how many of them must sign, and which are revoked.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::model::digest::Digest;
use crate::model::key::{PublicKey, Signature};
use crate::model::key_id::KeyId;
use crate::model::label::Label;
use crate::model::time::Timestamp;

/// A key that may sign, and what people call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKey {
    /// The key.
    pub key: PublicKey,
    /// The name of its file, or of its holder.
    pub label: String,
}

/// A key that must not count any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokedKey {
    /// The key.
    pub id: KeyId,
    /// Why.
    pub reason: String,
}

/// Who must have signed a bundle, and what it must keep to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustPolicy {
    keys: Vec<TrustedKey>,
    threshold: u32,
    revoked: Vec<RevokedKey>,
    /// The channels that are taken; all when empty.
    pub channels: Vec<Label>,
    /// How many days a bundle must still be good for.
    pub min_days_left: u32,
    /// Version and end of the trust root, when the keys are those of one.
    pub root: Option<(u32, Timestamp)>,
}

/// Who signed, and which signatures did not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// How many had to sign.
    pub threshold: u32,
    /// The trusted keys that signed, in the order of their ids.
    pub signers: Vec<Signer>,
    /// Signatures that did not count.
    pub ignored: Vec<Ignored>,
}

/// A trusted key that signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// The key.
    pub key_id: KeyId,
    /// The SHA-256 of its SPKI DER.
    pub fingerprint: Digest,
    /// What people call it.
    pub label: String,
}

/// A signature that did not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignored {
    /// The key that it claims.
    pub key_id: KeyId,
    /// Why it did not count.
    pub reason: String,
}

impl TrustPolicy {
    /// A policy that asks for signatures of `threshold` of `keys`. A key that is
    /// given twice counts once.
    ///
    /// # Errors
    /// [`ErrorKind::Trust`] without any key; [`ErrorKind::Usage`] when the
    /// threshold is 0 or more than there are distinct keys.
    pub fn new(keys: Vec<TrustedKey>, threshold: u32, revoked: Vec<RevokedKey>) -> Result<Self> {
        let mut distinct: Vec<TrustedKey> = Vec::new();
        for key in keys {
            if !distinct.iter().any(|known| known.key == key.key) {
                distinct.push(key);
            }
        }
        if distinct.is_empty() {
            return Err(Error::new(ErrorKind::Trust, "no trusted key is configured")
                .hint("name a public key or a folder of them with --trust, or in sealift.toml"));
        }
        let usable = distinct
            .iter()
            .filter(|known| !revoked.iter().any(|r| r.id == known.key.id()))
            .count();
        if usable == 0 {
            let reasons: Vec<String> = revoked
                .iter()
                .map(|key| format!("{} is revoked: {}", key.id, key.reason))
                .collect();
            return Err(Error::new(
                ErrorKind::Trust,
                format!("no trusted key is left: {}", reasons.join("; ")),
            )
            .hint("add the public key that replaces it to the trust store"));
        }
        if threshold == 0 || usize::try_from(threshold).is_ok_and(|k| k > usable) {
            let keys = if usable == 1 { "key" } else { "keys" };
            return Err(Error::new(
                ErrorKind::Usage,
                format!("a threshold of {threshold} cannot work with {usable} usable {keys}"),
            )
            .hint("the threshold is at least 1 and at most the number of distinct keys"));
        }
        distinct.sort_by_key(|known| known.key.id());
        Ok(Self {
            keys: distinct,
            threshold,
            revoked,
            channels: Vec::new(),
            min_days_left: 0,
            root: None,
        })
    }

    /// A policy that is content with one signature by any of `keys`.
    ///
    /// # Errors
    /// [`ErrorKind::Trust`] without any key.
    pub fn any_of(keys: Vec<TrustedKey>) -> Result<Self> {
        Self::new(keys, 1, Vec::new())
    }

    /// The distinct keys, in the order of their ids.
    #[must_use]
    pub fn keys(&self) -> &[TrustedKey] {
        &self.keys
    }

    /// How many distinct keys must have signed.
    #[must_use]
    pub fn threshold(&self) -> u32 {
        self.threshold
    }

    /// The keys that do not count any more.
    #[must_use]
    pub fn revoked(&self) -> &[RevokedKey] {
        &self.revoked
    }

    /// Judges the `signatures` over `message`.
    ///
    /// # Errors
    /// [`ErrorKind::Trust`] when a trusted key's signature does not hold, whoever
    /// else signed, or when too few distinct trusted keys signed.
    pub fn judge(&self, message: &[u8], signatures: &[(KeyId, Signature)]) -> Result<Verdict> {
        let mut signers: Vec<Signer> = Vec::new();
        let mut ignored = Vec::new();
        for (id, signature) in signatures {
            let mut ignore = |reason: String| {
                ignored.push(Ignored {
                    key_id: *id,
                    reason,
                });
            };
            if let Some(revoked) = self.revoked.iter().find(|revoked| revoked.id == *id) {
                ignore(format!("the key is revoked: {}", revoked.reason));
                continue;
            }
            let Some(trusted) = self.keys.iter().find(|known| known.key.id() == *id) else {
                ignore("the key is not trusted here".to_owned());
                continue;
            };
            trusted.key.verify(message, signature)?;
            if signers.iter().any(|signer| signer.key_id == *id) {
                ignore("the key has signed already".to_owned());
                continue;
            }
            signers.push(Signer {
                key_id: *id,
                fingerprint: trusted.key.fingerprint(),
                label: trusted.label.clone(),
            });
        }
        signers.sort_by_key(|signer| signer.key_id);
        if usize::try_from(self.threshold).is_ok_and(|needed| signers.len() >= needed) {
            return Ok(Verdict {
                threshold: self.threshold,
                signers,
                ignored,
            });
        }
        Err(self.too_few(signers.len(), &ignored))
    }

    fn too_few(&self, valid: usize, ignored: &[Ignored]) -> Error {
        let reasons: Vec<String> = ignored
            .iter()
            .map(|ignored| format!("{}: {}", ignored.key_id, ignored.reason))
            .collect();
        let reasons = match reasons.as_slice() {
            [] => String::new(),
            some => format!(" ({})", some.join("; ")),
        };
        let message = format!(
            "{valid} of the {} needed signatures by trusted keys{reasons}",
            self.threshold
        );
        let hint = if self.root.is_some() {
            "where a newer trust root has other keys, take it over: \
             `sealift trust update DIR --from FILE`"
        } else {
            "compare the signers' key ids with `sealift key show` of the keys you trust"
        };
        Error::new(ErrorKind::Trust, message).hint(hint)
    }
}
