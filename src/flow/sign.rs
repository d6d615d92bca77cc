//! Signing apart from packing: countersigning, and signatures made elsewhere.

use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::io::bundle::UnjudgedBundle;
use crate::io::medium::Medium;
use crate::io::{files, trust_store};
use crate::model::digest::Digest;
use crate::model::key::{SecretKey, Signature};
use crate::model::key_id::KeyId;
use crate::progress::Progress;

/// A bundle and who has signed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// The digest of the signed list.
    pub bundle_sha256: Digest,
    /// The keys that have signed, by their own account.
    pub signed_by: Vec<KeyId>,
}

/// Adds signatures by `keys` to the bundle `file`, which is replaced as a whole;
/// every byte but the signatures stays.
///
/// # Errors
/// As [`UnjudgedBundle::open`] and [`UnjudgedBundle::write`].
pub fn sign(
    file: &Path,
    keys: &[SecretKey],
    threads: usize,
    progress: &dyn Progress,
) -> Result<Signed> {
    let mut bundle = UnjudgedBundle::open(Medium::file(file)?, threads, progress)?;
    for key in keys {
        let signature = key.sign(bundle.list_bytes());
        bundle.attach(&key.public(), signature)?;
    }
    bundle.write(file, threads, progress)?;
    Ok(told(&bundle))
}

/// Adds the raw signature in `signature`, made by the public key in `signer`, to
/// the bundle `file`.
///
/// # Errors
/// [`crate::error::ErrorKind::Trust`] when it does not hold, and those of [`sign`].
pub fn attach(
    file: &Path,
    signature: &Path,
    signer: &Path,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Signed> {
    let known = trust_store::read_key(signer)?;
    let bytes = files::read_limited(signature, 64).map_err(|error| {
        Error::new(
            error.kind(),
            format!("{} is not a raw signature", signature.display()),
        )
        .because(error)
    })?;
    let parsed = Signature::parse(&bytes)
        .map_err(|e| e.context(format!("{} is not a raw signature", signature.display())))?;
    let mut bundle = UnjudgedBundle::open(Medium::file(file)?, threads, progress)?;
    bundle.attach(&known.key, parsed)?;
    bundle.write(file, threads, progress)?;
    Ok(told(&bundle))
}

/// Writes the bytes to be signed of the bundle `file` to `target`.
///
/// # Errors
/// As [`UnjudgedBundle::open`]; [`crate::error::ErrorKind::Io`] when `target` cannot be
/// written.
pub fn list_only(
    file: &Path,
    target: &Path,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Signed> {
    let bundle = UnjudgedBundle::open(Medium::file(file)?, threads, progress)?;
    files::write_atomic(target, bundle.list_bytes())?;
    Ok(told(&bundle))
}

fn told(bundle: &UnjudgedBundle) -> Signed {
    let mut signed_by: Vec<KeyId> = bundle.signed_by().collect();
    signed_by.sort();
    Signed {
        bundle_sha256: Digest::of(bundle.list_bytes()),
        signed_by,
    }
}
