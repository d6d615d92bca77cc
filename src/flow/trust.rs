//! Making, signing, following and showing trust roots.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::io::bundle::UnjudgedBundle;
use crate::io::medium::Medium;
use crate::io::{files, trust_store};
use crate::model::key::SecretKey;
use crate::model::time::Timestamp;
use crate::model::trust::TrustedKey;
use crate::model::trust_root::{SignedRoot, TrustRoot, follow, root_from_files, root_name};
use crate::progress::Progress;

/// What a new root is to say.
#[derive(Debug)]
pub struct NewRoot<'a> {
    /// The keys of the root.
    pub keys: Vec<TrustedKey>,
    /// How many of them must sign.
    pub threshold: u32,
    /// When it must have been replaced.
    pub expires: Timestamp,
    /// The private keys that sign it now.
    pub signers: &'a [SecretKey],
}

/// Writes root 1 into `folder`.
///
/// # Errors
/// [`ErrorKind::Usage`] when the folder has a root already, or the threshold does
/// not fit the keys; [`ErrorKind::Io`] when a file cannot be written.
pub fn init(folder: &Path, new: &NewRoot) -> Result<SignedRoot> {
    files::create_folder(folder)?;
    if !trust_store::roots(folder)?.is_empty() {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("{} has a trust root already", folder.display()),
        )
        .hint("make the next one with `sealift trust rotate`"));
    }
    let signed = make(1, new)?;
    trust_store::write_root(folder, &signed)?;
    Ok(signed)
}

/// Writes the root after the newest of `folder` into `into`, where it waits for
/// the signatures that it still lacks.
///
/// # Errors
/// [`ErrorKind::Usage`] when `folder` has no root; else as [`init`].
pub fn rotate(folder: &Path, into: &Path, new: &NewRoot) -> Result<SignedRoot> {
    let newest = newest(folder)?;
    let signed = make(newest.root.version.saturating_add(1), new)?;
    files::create_folder(into)?;
    trust_store::write_root(into, &signed)?;
    Ok(signed)
}

/// Adds signatures by `signers` to the newest root file in `folder`, which need
/// not be complete yet.
///
/// # Errors
/// [`ErrorKind::Usage`] when there is none; [`ErrorKind::Io`] when it cannot be
/// read or written.
pub fn sign(folder: &Path, signers: &[SecretKey]) -> Result<SignedRoot> {
    let mut signed = last(folder, trust_store::read_roots(folder)?)?;
    for key in signers {
        let signature = key.sign(&signed.bytes);
        signed.add(&key.public(), signature)?;
    }
    trust_store::write_root(folder, &signed)?;
    Ok(signed)
}

/// Takes the roots that follow the newest of `folder` over from `from`: a folder
/// of roots, or a bundle that carries them. Nothing is written unless the whole
/// chain holds.
///
/// # Errors
/// [`ErrorKind::Trust`] when the chain does not hold; [`ErrorKind::Usage`] when
/// there is nothing newer; those of reading `from`.
pub fn update(
    folder: &Path,
    from: &Path,
    volume_folders: &[PathBuf],
    threads: usize,
    progress: &dyn Progress,
) -> Result<SignedRoot> {
    let current = newest(folder)?;
    let offered = if from.is_dir() {
        trust_store::read_roots(from)?
    } else {
        let medium = Medium::open(from, volume_folders)?;
        let bundle = UnjudgedBundle::open(medium, threads, progress)?;
        root_from_files(&bundle.trust_members()?)?
    };
    let last = follow(&current, &offered)?;
    if last.root.version == current.root.version {
        return Err(Error::new(
            ErrorKind::Usage,
            format!(
                "{} has no root after {}",
                from.display(),
                root_name(current.root.version)
            ),
        ));
    }
    for signed in &offered {
        if signed.root.version > current.root.version {
            trust_store::write_root(folder, signed)?;
        }
    }
    Ok(last)
}

fn newest(folder: &Path) -> Result<SignedRoot> {
    last(folder, trust_store::roots(folder)?)
}

fn last(folder: &Path, mut roots: Vec<SignedRoot>) -> Result<SignedRoot> {
    roots.pop().ok_or_else(|| {
        Error::new(
            ErrorKind::Usage,
            format!("{} has no trust root", folder.display()),
        )
        .hint("make the first one with `sealift trust init`")
    })
}

fn make(version: u32, new: &NewRoot) -> Result<SignedRoot> {
    let root = TrustRoot::new(version, new.expires, new.threshold, &new.keys)?;
    let mut signed = SignedRoot::new(root.to_bytes()?, Vec::new())?;
    for key in new.signers {
        let signature = key.sign(&signed.bytes);
        signed.add(&key.public(), signature)?;
    }
    Ok(signed)
}
