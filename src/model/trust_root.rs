//! The trust root: which keys sign for a publisher, and how it hands over to the
//! next one (TUF specification, section 5.3).
//!
//! A root is the file `root.N.json`; signatures over its exact bytes stand beside
//! it as `root.N.json.KEYID.sig`, raw, 64 bytes. Root N+1 is believed when a
//! threshold of root N and a threshold of its own keys signed it.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::key::{PublicKey, Signature};
use crate::model::key_id::KeyId;
use crate::model::time::Timestamp;
use crate::model::trust::{RevokedKey, TrustPolicy, TrustedKey};

/// The largest root file that is read, in bytes.
pub const MAX_ROOT: u64 = 256 << 10;
/// The type that a root file states.
const ROOT_TYPE: &str = "sealift-trust-root";
/// The most keys of a root.
const MAX_KEYS: usize = 64;

/// What a root file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustRoot {
    /// Always `sealift-trust-root`, so that no other signed file can stand in.
    #[serde(rename = "type")]
    kind: String,
    /// 1 for the first, then one more each time.
    pub version: u32,
    /// When it must have been replaced.
    pub expires: Timestamp,
    /// How many of the keys must sign.
    pub threshold: u32,
    /// The keys.
    pub keys: Vec<RootKey>,
}

/// A key of a root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootKey {
    /// Its id.
    pub key_id: KeyId,
    /// What people call it.
    pub label: String,
    /// The key as a PEM file.
    pub pem: String,
}

/// A root file with the signatures that stand beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRoot {
    /// The file's exact bytes: what is signed.
    pub bytes: Vec<u8>,
    /// What it says.
    pub root: TrustRoot,
    /// The signatures, not yet judged.
    pub signatures: Vec<(KeyId, Signature)>,
}

/// The name of root `version`.
#[must_use]
pub fn root_name(version: u32) -> String {
    format!("root.{version}.json")
}

/// The version in the file name `name`, if it is that of a root.
#[must_use]
pub fn root_version(name: &str) -> Option<u32> {
    let number = name.strip_prefix("root.")?.strip_suffix(".json")?;
    number
        .parse()
        .ok()
        .filter(|version| root_name(*version) == name)
}

/// The version and key id in the file name `name`, if it is that of a root's
/// signature.
#[must_use]
pub fn root_signature(name: &str) -> Option<(u32, KeyId)> {
    let (root, id) = name.strip_suffix(".sig")?.rsplit_once('.')?;
    Some((root_version(root)?, KeyId::parse(id).ok()?))
}

impl TrustRoot {
    /// A root of `keys`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the threshold does not fit the keys.
    pub fn new(
        version: u32,
        expires: Timestamp,
        threshold: u32,
        keys: &[TrustedKey],
    ) -> Result<Self> {
        let policy = TrustPolicy::new(keys.to_vec(), threshold, Vec::new())?;
        let keys = policy
            .keys()
            .iter()
            .map(|known| {
                Ok(RootKey {
                    key_id: known.key.id(),
                    label: known.label.clone(),
                    pem: known.key.to_pem()?,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            kind: ROOT_TYPE.to_owned(),
            version,
            expires,
            threshold,
            keys,
        })
    }

    /// The root in `bytes`.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for anything that breaks the schema;
    /// [`ErrorKind::Usage`] and [`ErrorKind::Trust`] for keys or a threshold that
    /// cannot work.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let root: Self = serde_json::from_slice(bytes)
            .or_err(ErrorKind::Malformed, || "not a usable trust root")?;
        if root.kind != ROOT_TYPE {
            return Err(malformed(format!("its type is not {ROOT_TYPE}")));
        }
        if root.version == 0 || root.keys.len() > MAX_KEYS {
            return Err(malformed(format!(
                "a trust root has a version above 0 and at most {MAX_KEYS} keys"
            )));
        }
        root.policy(Vec::new())?;
        Ok(root)
    }

    /// The root as the bytes of its file.
    ///
    /// # Errors
    /// None in practice; [`ErrorKind::Bug`] if encoding fails.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)
            .or_err(ErrorKind::Bug, || "cannot write the trust root as JSON")?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The policy that this root stands for, without the keys `revoked`.
    ///
    /// # Errors
    /// As [`TrustPolicy::new`]; [`ErrorKind::Malformed`] when a key is not the
    /// one that its id names.
    pub fn policy(&self, revoked: Vec<RevokedKey>) -> Result<TrustPolicy> {
        let keys = self
            .keys
            .iter()
            .map(|stated| {
                let key = PublicKey::from_pem(&stated.pem)?;
                if key.id() != stated.key_id {
                    return Err(malformed(format!(
                        "the trust root names a key {} that is {}",
                        stated.key_id,
                        key.id()
                    )));
                }
                let label = stated.label.clone();
                Ok(TrustedKey { key, label })
            })
            .collect::<Result<_>>()?;
        let mut policy = TrustPolicy::new(keys, self.threshold, revoked)?;
        policy.root = Some((self.version, self.expires));
        Ok(policy)
    }
}

impl SignedRoot {
    /// The root in `bytes`, with its `signatures`.
    ///
    /// # Errors
    /// As [`TrustRoot::parse`].
    pub fn new(bytes: Vec<u8>, signatures: Vec<(KeyId, Signature)>) -> Result<Self> {
        let root = TrustRoot::parse(&bytes)?;
        Ok(Self {
            bytes,
            root,
            signatures,
        })
    }

    /// Takes up the `signature` by `key`, which replaces an older one by it.
    ///
    /// # Errors
    /// [`ErrorKind::Trust`] when it does not hold.
    pub fn add(&mut self, key: &PublicKey, signature: Signature) -> Result<()> {
        key.verify(&self.bytes, &signature)?;
        self.signatures.retain(|(id, _)| *id != key.id());
        self.signatures.push((key.id(), signature));
        self.signatures.sort_by_key(|(id, _)| *id);
        Ok(())
    }

    /// Refuses a root that a threshold of its own keys did not sign.
    ///
    /// # Errors
    /// [`ErrorKind::Trust`] when they did not.
    pub fn check_own(&self) -> Result<()> {
        let version = self.root.version;
        self.root
            .policy(Vec::new())?
            .judge(&self.bytes, &self.signatures)
            .map(|_| ())
            .map_err(|e| {
                e.context(format!(
                    "trust root {version} is not signed by its own keys"
                ))
            })
    }

    /// Refuses a root that does not follow right after `old`.
    ///
    /// # Errors
    /// [`ErrorKind::Trust`] when its version is not exactly one more, or a
    /// threshold of the old or of its own keys did not sign it.
    pub fn check_after(&self, old: &TrustRoot) -> Result<()> {
        let version = self.root.version;
        if old.version.checked_add(1) != Some(version) {
            return Err(Error::new(
                ErrorKind::Trust,
                format!("trust root {version} cannot follow root {}", old.version),
            ));
        }
        // Keys of the new root are unknown to the old one, so each judges alone.
        old.policy(Vec::new())?
            .judge(&self.bytes, &self.signatures)
            .map_err(|error| {
                error.context(format!(
                    "trust root {version} is not signed by root {}",
                    old.version
                ))
            })?;
        self.check_own()
    }
}

/// The roots in `files`, given by name, with their signatures; in the order of
/// their versions, not yet judged. Other files are left out.
///
/// # Errors
/// As [`TrustRoot::parse`]; [`ErrorKind::Trust`] when a file holds another
/// version than its name says, or a signature is none.
pub fn root_from_files(files: &[(String, Vec<u8>)]) -> Result<Vec<SignedRoot>> {
    let mut roots = Vec::new();
    for (name, bytes) in files {
        let Some(version) = root_version(name) else {
            continue;
        };
        let mut signatures = Vec::new();
        for (other, bytes) in files {
            match root_signature(other) {
                Some((of, id)) if of == version => signatures.push((id, Signature::parse(bytes)?)),
                _ => {}
            }
        }
        let signed = SignedRoot::new(bytes.clone(), signatures)
            .map_err(|error| error.context(format!("cannot use {name}")))?;
        if signed.root.version != version {
            return Err(Error::new(
                ErrorKind::Trust,
                format!("{name} holds root {}", signed.root.version),
            ));
        }
        roots.push(signed);
    }
    roots.sort_by_key(|signed| signed.root.version);
    Ok(roots)
}

/// Follows `next` from `current` on, one version at a time, and gives the last.
///
/// # Errors
/// As [`SignedRoot::check_after`] for the first that cannot follow.
pub fn follow(current: &SignedRoot, next: &[SignedRoot]) -> Result<SignedRoot> {
    let mut last = current;
    let mut sorted: Vec<&SignedRoot> = next
        .iter()
        .filter(|signed| signed.root.version > current.root.version)
        .collect();
    sorted.sort_by_key(|signed| signed.root.version);
    for signed in sorted {
        signed.check_after(&last.root)?;
        last = signed;
    }
    Ok(last.clone())
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
}
