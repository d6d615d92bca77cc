//! The trust store: public keys, `trust.toml` and trust roots in folders.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::bundle::Content;
use crate::io::files;
use crate::model::key::{MAX_KEY_FILE, PublicKey};
use crate::model::trust::{TrustPolicy, TrustedKey};
use crate::model::trust_file::TrustFile;
use crate::model::trust_root::{
    MAX_ROOT, SignedRoot, follow, root_from_files, root_name, root_signature, root_version,
};

/// The name of the policy's file beside the keys.
pub const POLICY_NAME: &str = "trust.toml";
/// What the names of public key files end in.
const KEY_SUFFIX: &str = ".pem";
/// The largest policy file that is read, in bytes.
const MAX_POLICY: u64 = 256 << 10;
/// The most files of a folder of keys that are looked at.
const MAX_FILES: usize = 1000;

/// The policy that key files and folders amount to. `base` is what the settings
/// say beyond them: its revoked keys always count, the rest where no `trust.toml`
/// says it.
///
/// # Errors
/// [`ErrorKind::Io`] when a file cannot be read; [`ErrorKind::Usage`] for a
/// `trust.toml` that is wrong, or two of them; [`ErrorKind::Trust`] for a file
/// that is no public key, for no key at all, and for a chain of roots that does
/// not hold.
pub fn load(paths: &[PathBuf], base: &TrustFile) -> Result<TrustPolicy> {
    Store::read(paths)?.into_policy(base)
}

/// Every public key in `paths`, whether a policy counts it or not.
///
/// # Errors
/// As [`load`].
pub fn keys(paths: &[PathBuf]) -> Result<Vec<TrustedKey>> {
    let store = Store::read(paths)?;
    match store.root {
        Some(signed) => Ok(signed.root.policy(Vec::new())?.keys().to_vec()),
        None => Ok(store.keys),
    }
}

/// The chain of roots in `folder`, oldest first, each checked against the one
/// before it.
///
/// # Errors
/// [`ErrorKind::Trust`] when one does not follow; [`ErrorKind::Io`] when a file
/// cannot be read.
pub fn roots(folder: &Path) -> Result<Vec<SignedRoot>> {
    let roots = read_roots(folder)?;
    if let Some(first) = roots.first() {
        first.check_own()?;
        follow(first, &roots)?;
    }
    Ok(roots)
}

/// The roots in `folder` with their signatures, oldest first, not yet judged.
///
/// # Errors
/// [`ErrorKind::Io`] when a file cannot be read; those of [`root_from_files`].
pub fn read_roots(folder: &Path) -> Result<Vec<SignedRoot>> {
    let mut files = Vec::new();
    for name in names(folder)? {
        if root_version(&name).is_some() || root_signature(&name).is_some() {
            let bytes = files::read_limited(&folder.join(&name), MAX_ROOT)?;
            files.push((name, bytes));
        }
    }
    root_from_files(&files)
}

/// Writes `signed` and its signatures into `folder`, the root itself last.
///
/// # Errors
/// [`ErrorKind::Io`] when a file cannot be written.
pub fn write_root(folder: &Path, signed: &SignedRoot) -> Result<()> {
    for (name, content) in root_files(std::slice::from_ref(signed)) {
        if let Content::Bytes(bytes) = content {
            files::write_atomic(&folder.join(name), &bytes)?;
        }
    }
    Ok(())
}

/// `roots` as the files that they came from: root and signatures, by name.
#[must_use]
pub fn root_files(roots: &[SignedRoot]) -> Vec<(String, Content)> {
    let mut files = Vec::new();
    for signed in roots {
        let name = root_name(signed.root.version);
        for (id, signature) in &signed.signatures {
            let bytes = signature.bytes().to_vec();
            files.push((format!("{name}.{id}.sig"), Content::Bytes(bytes)));
        }
        files.push((name, Content::Bytes(signed.bytes.clone())));
    }
    files
}

/// The public key in the file `path`, named after the file.
///
/// # Errors
/// [`ErrorKind::Io`] when it cannot be read; [`ErrorKind::Trust`] when it is not
/// exactly one public key.
pub fn read_key(path: &Path) -> Result<TrustedKey> {
    let text = files::read_text(path, MAX_KEY_FILE)?;
    let key = PublicKey::from_pem(&text)
        .map_err(|error| error.context(format!("cannot trust {}", path.display())))?;
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let label = name
        .strip_suffix(".pub.pem")
        .or_else(|| name.strip_suffix(KEY_SUFFIX))
        .unwrap_or(&name);
    Ok(TrustedKey {
        key,
        label: label.to_owned(),
    })
}

#[derive(Default)]
struct Store {
    keys: Vec<TrustedKey>,
    file: Option<(PathBuf, TrustFile)>,
    root: Option<SignedRoot>,
}

impl Store {
    fn read(paths: &[PathBuf]) -> Result<Self> {
        let mut store = Self::default();
        for path in paths {
            if path.is_dir() {
                store.add_folder(path)?;
            } else {
                store.keys.push(read_key(path)?);
            }
        }
        Ok(store)
    }

    fn add_folder(&mut self, folder: &Path) -> Result<()> {
        let policy = folder.join(POLICY_NAME);
        if policy.exists() {
            let text = files::read_text(&policy, MAX_POLICY)?;
            let file = TrustFile::parse(&text, &policy.display().to_string())?;
            if let Some((other, _)) = &self.file {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!(
                        "{} and {} cannot both be the policy",
                        other.display(),
                        policy.display()
                    ),
                ));
            }
            self.file = Some((policy, file));
        }
        if let Some(root) = roots(folder)?.pop() {
            if self.root.is_some() {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!("{} has a second trust root", folder.display()),
                ));
            }
            self.root = Some(root);
            return Ok(());
        }
        for name in names(folder)? {
            // Private keys may lie beside; they are of no use for trust.
            if name.ends_with(KEY_SUFFIX) && !name.ends_with(".key.pem") {
                self.keys.push(read_key(&folder.join(name))?);
            }
        }
        Ok(())
    }

    fn into_policy(self, base: &TrustFile) -> Result<TrustPolicy> {
        let own = self.file.as_ref().map_or(base, |(_, file)| file);
        let mut revoked = own.revoked.clone();
        for key in &base.revoked {
            if !revoked.iter().any(|known| known.id == key.id) {
                revoked.push(key.clone());
            }
        }
        let mut policy = match self.root {
            Some(signed) => {
                if own.threshold.is_some() || !self.keys.is_empty() {
                    return Err(Error::new(
                        ErrorKind::Usage,
                        "keys and threshold are those of the trust root; none may be given beside it",
                    ));
                }
                signed.root.policy(revoked)?
            }
            None => TrustPolicy::new(self.keys, own.threshold.unwrap_or(1), revoked)?,
        };
        policy.channels.clone_from(&own.channels);
        policy.min_days_left = own.min_days_left;
        Ok(policy)
    }
}

/// The names of the files in `folder`, sorted.
fn names(folder: &Path) -> Result<Vec<String>> {
    let cannot = || format!("cannot read the folder {}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).or_err(ErrorKind::Io, cannot)? {
        let entry = entry.or_err(ErrorKind::Io, cannot)?;
        if names.len() >= MAX_FILES {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("{} holds more than {MAX_FILES} files", folder.display()),
            ));
        }
        names.extend(entry.file_name().to_str().map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{MAX_FILES, POLICY_NAME, TrustFile, keys, load, write_root};
    use crate::error::ErrorKind;
    use crate::io::files::scratch_folder;
    use crate::model::key::SecretKey;
    use crate::model::time::Timestamp;
    use crate::model::trust::TrustedKey;
    use crate::model::trust_root::{SignedRoot, TrustRoot};
    use std::fs;
    use std::path::{Path, PathBuf};

    fn write_key(folder: &Path, seed: u8) -> PathBuf {
        let path = folder.join(format!("{seed}.pub.pem"));
        let key = SecretKey::from_seed(&[seed; 32]).public();
        fs::write(&path, key.to_pem().unwrap()).unwrap();
        path
    }

    /// A first root of the key made from `seed`, in `folder`.
    fn init(folder: &Path, seed: u8) {
        let key = SecretKey::from_seed(&[seed; 32]);
        let expires = Timestamp::from_seconds(1_800_000_000).unwrap();
        let trusted = TrustedKey {
            key: key.public(),
            label: "a".to_owned(),
        };
        let root = TrustRoot::new(1, expires, 1, &[trusted]).unwrap();
        let mut signed = SignedRoot::new(root.to_bytes().unwrap(), Vec::new()).unwrap();
        let signature = key.sign(&signed.bytes);
        signed.add(&key.public(), signature).unwrap();
        write_root(folder, &signed).unwrap();
    }

    fn refusal(paths: &[PathBuf]) -> String {
        let error = load(paths, &TrustFile::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        error.to_string()
    }

    #[test]
    fn there_is_one_policy() {
        let (one, two) = (scratch_folder().unwrap(), scratch_folder().unwrap());
        for folder in [&one, &two] {
            write_key(folder.path(), 1);
            fs::write(folder.path().join(POLICY_NAME), "threshold = 1\n").unwrap();
        }
        let both = [one.path().to_owned(), two.path().to_owned()];
        assert!(load(&both[..1], &TrustFile::default()).is_ok());
        assert!(refusal(&both).contains("cannot both be the policy"));
    }

    #[test]
    fn there_is_one_trust_root_and_no_key_beside_it() {
        let (one, two) = (scratch_folder().unwrap(), scratch_folder().unwrap());
        let beside = write_key(two.path(), 2);
        init(one.path(), 1);
        let root = one.path().to_owned();
        assert!(load(std::slice::from_ref(&root), &TrustFile::default()).is_ok());
        let told = refusal(&[root.clone(), beside.clone()]);
        assert!(told.contains("none may be given beside it"));
        fs::remove_file(beside).unwrap();
        init(two.path(), 1);
        let told = refusal(&[root, two.path().to_owned()]);
        assert!(told.contains("has a second trust root"));
    }

    #[test]
    fn a_folder_has_a_limit() {
        let folder = scratch_folder().unwrap();
        for number in 0..MAX_FILES {
            fs::write(folder.path().join(number.to_string()), b"").unwrap();
        }
        assert!(keys(&[folder.path().to_owned()]).unwrap().is_empty());
        fs::write(folder.path().join("one more"), b"").unwrap();
        let error = keys(&[folder.path().to_owned()]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.to_string().contains("more than 1000 files"));
    }
}
