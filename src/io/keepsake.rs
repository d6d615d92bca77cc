//! What is about to be replaced, kept on this machine until it is safe: should the
//! process die in between, it is not lost.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::io::{files, state_folder};
use crate::model::path::BundlePath;

/// The folder below the state folder.
const FOLDER: &str = "replaced";

/// The longest name of a file.
const MAX_NAME: usize = 100;

/// A file with what is about to be replaced.
#[derive(Debug)]
pub struct Keepsake(PathBuf);

impl Keepsake {
    /// Writes `bytes` below the state folder `state`, under `name` and a number of
    /// chance; only its owner may read it.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::Io`] when it cannot be written.
    pub fn write(state: &Path, name: &str, bytes: &[u8]) -> Result<Self> {
        let folder = state.join(FOLDER);
        let chance = u32::from_le_bytes(*files::random_bytes::<4>()?);
        let name = BundlePath::slug(name, MAX_NAME);
        let path = folder.join(format!("{name}-{chance:08x}.json"));
        files::create_folder(&folder)
            .and_then(|()| files::write_private_new(&path, bytes))
            .map_err(|error| state_folder::advise(state, error))?;
        Ok(Self(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Takes it away: what it holds is safe.
    pub fn discard(self) {
        // One that stays does no harm.
        drop(fs::remove_file(self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::Keepsake;
    use crate::io::files;

    #[test]
    fn it_is_there_until_it_is_taken_away() {
        let room = files::scratch_folder().expect("a folder");
        let kept = Keepsake::write(room.path(), "job a/b", b"{}").expect("is written");
        let path = kept.path().to_owned();
        assert!(path.starts_with(room.path().join("replaced")));
        assert_eq!(std::fs::read(&path).expect("is there"), b"{}");
        kept.discard();
        assert!(!path.exists());
    }
}
