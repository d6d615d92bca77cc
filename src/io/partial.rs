//! A download in the making, which survives an interruption.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::files;
use crate::model::digest::{Digest, Hasher};

/// The bytes of a file so far, in `TARGET.partial` beside their target, hashed
/// as they come. Only one process at a time has it.
pub struct Partial {
    file: File,
    path: PathBuf,
    target: PathBuf,
    hasher: Hasher,
    length: u64,
}

impl std::fmt::Debug for Partial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Partial({} at {})", self.path.display(), self.length)
    }
}

impl Partial {
    /// What is there of `target`, or a new beginning.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be opened or another process has it.
    pub fn beside(target: &Path) -> Result<Self> {
        let mut name = target.as_os_str().to_owned();
        name.push(".partial");
        let path = PathBuf::from(name);
        let cannot = || format!("cannot open {}", path.display());
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .or_err(ErrorKind::Io, cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::new(
                    ErrorKind::Io,
                    format!("another process is writing {}", path.display()),
                ));
            }
            Err(TryLockError::Error(error)) => return Err(error).or_err(ErrorKind::Io, cannot),
        }
        let mut partial = Self {
            file,
            target: target.to_owned(),
            hasher: Hasher::new(),
            length: 0,
            path,
        };
        partial.recall()?;
        Ok(partial)
    }

    fn recall(&mut self) -> Result<()> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let count = self
                .file
                .read(&mut buffer)
                .or_err(ErrorKind::Io, || self.cannot("read"))?;
            let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else {
                return Ok(());
            };
            self.hasher.update(bytes);
            self.length += count as u64;
        }
    }

    /// How many bytes are there.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The digest of the bytes that are there.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.hasher.clone().finish()
    }

    /// Where the bytes are now.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Throws the bytes away.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when the file cannot be cut.
    pub fn restart(&mut self) -> Result<()> {
        self.file
            .set_len(0)
            .and_then(|()| self.file.seek(SeekFrom::Start(0)))
            .or_err(ErrorKind::Io, || self.cannot("empty"))?;
        self.hasher = Hasher::new();
        self.length = 0;
        Ok(())
    }

    /// Throws the bytes away and the file with them.
    pub fn discard(self) {
        // What cannot be removed is only in the way of the next attempt, which
        // looks at it again.
        let _ = fs::remove_file(&self.path);
    }

    /// Syncs the bytes and gives them their name; what had that name is replaced.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when syncing or renaming fails.
    pub fn publish(self) -> Result<()> {
        self.file
            .sync_all()
            .and_then(|()| fs::rename(&self.path, &self.target))
            .or_err(ErrorKind::Io, || {
                format!("cannot write {}", self.target.display())
            })?;
        files::sync_folder(&self.target)
    }

    fn cannot(&self, what: &str) -> String {
        format!("cannot {what} {}", self.path.display())
    }
}

impl Write for Partial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hasher.update(bytes.get(..count).unwrap_or_default());
        self.length += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::io::Write as _;

    use super::Partial;
    use crate::io::files;
    use crate::model::digest::Digest;

    #[test]
    fn what_is_there_is_kept_until_it_is_whole() {
        let folder = files::scratch_folder().unwrap();
        let target = folder.path().join("a.zip");
        let mut partial = Partial::beside(&target).unwrap();
        partial.write_all(b"one ").unwrap();
        assert!(Partial::beside(&target).is_err(), "locked");
        drop(partial);
        let mut partial = Partial::beside(&target).unwrap();
        assert_eq!(partial.length(), 4);
        partial.write_all(b"two").unwrap();
        assert_eq!(partial.digest(), Digest::of(b"one two"));
        assert!(!target.exists());
        partial.publish().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"one two");
        let mut partial = Partial::beside(&target).unwrap();
        partial.write_all(b"x").unwrap();
        partial.restart().unwrap();
        partial.write_all(b"y").unwrap();
        assert_eq!(partial.digest(), Digest::of(b"y"));
        partial.discard();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
