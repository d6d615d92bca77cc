//! Making, reading and naming keys.

use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::io::{files, trust_store};
use crate::model::digest::Digest;
use crate::model::key::{MAX_KEY_FILE, PublicKey, SecretKey};
use crate::model::key_id::KeyId;
use crate::model::label::Label;

/// What there is to say about a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyFacts {
    /// What its file is called.
    pub label: String,
    /// Its id.
    pub key_id: KeyId,
    /// The SHA-256 of its SPKI DER.
    pub fingerprint: Digest,
    /// The fingerprint in words to read aloud.
    pub spoken: String,
}

impl KeyFacts {
    /// The facts of `key`, which people call `label`.
    #[must_use]
    pub fn of(key: &PublicKey, label: &str) -> Self {
        Self {
            label: label.to_owned(),
            key_id: key.id(),
            fingerprint: key.fingerprint(),
            spoken: key.spoken(),
        }
    }
}

/// The two files of a new key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewKey {
    /// What there is to say about it.
    #[serde(flatten)]
    pub facts: KeyFacts,
    /// The private half, readable by its owner only.
    pub secret_file: PathBuf,
    /// The public half.
    pub public_file: PathBuf,
    /// Whether the private half is encrypted.
    pub encrypted: bool,
}

/// Makes a key and writes `NAME.key.pem` and `NAME.pub.pem` into `folder`; the
/// private half is encrypted when there is a `passphrase`.
///
/// # Errors
/// [`ErrorKind::Usage`] for a name that is no file name; [`ErrorKind::Io`] when
/// one of the files exists or cannot be written.
pub fn create(folder: &Path, name: &str, passphrase: Option<&str>) -> Result<NewKey> {
    let label = Label::parse(name).map_err(|error| {
        Error::new(ErrorKind::Usage, "a key's name becomes a file name").because(error)
    })?;
    let secret_file = folder.join(format!("{label}.key.pem"));
    let public_file = folder.join(format!("{label}.pub.pem"));
    for path in [&secret_file, &public_file] {
        if path.symlink_metadata().is_ok() {
            return Err(
                Error::new(ErrorKind::Io, format!("{} exists already", path.display()))
                    .hint("keys are never overwritten; choose another name or folder"),
            );
        }
    }
    files::create_folder(folder)?;
    let key = SecretKey::from_seed(&*files::random_bytes::<32>()?);
    let pem = match passphrase {
        Some(passphrase) => key.to_encrypted_pem(passphrase, &*files::random_bytes::<32>()?)?,
        None => key.to_pem()?,
    };
    files::write_private_new(&secret_file, pem.as_bytes())?;
    let public = key.public();
    files::write_atomic(&public_file, public.to_pem()?.as_bytes())?;
    Ok(NewKey {
        facts: KeyFacts::of(&public, label.as_str()),
        secret_file,
        public_file,
        encrypted: passphrase.is_some(),
    })
}

/// The text of the private key file `path`.
///
/// # Errors
/// [`ErrorKind::Io`] when it cannot be read; [`ErrorKind::Usage`] when others may
/// read it.
pub fn read_secret_text(path: &Path) -> Result<Zeroizing<String>> {
    let bytes = files::read_private(path, MAX_KEY_FILE)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Error::new(
            ErrorKind::Malformed,
            format!("{} is not a key in PEM", path.display()),
        )
    })?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The facts of every public key in `paths`, files or folders.
///
/// # Errors
/// As [`trust_store::load`].
pub fn list(paths: &[PathBuf]) -> Result<Vec<KeyFacts>> {
    let keys = trust_store::keys(paths)?;
    Ok(keys
        .iter()
        .map(|known| KeyFacts::of(&known.key, &known.label))
        .collect())
}
