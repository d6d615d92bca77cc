//! What this machine remembers between runs: the newest bundle of each channel.

use std::path::{Path, PathBuf};

use crate::error::{ErrorKind, OrErr, Result};
use crate::io::{files, state_folder};
use crate::model::digest::Digest;
use crate::model::memory::{MAX_MEMORY, Memory};
use crate::model::signed_list::ListHeader;
use crate::model::time::Timestamp;

/// The name of the memory's file in the state folder.
const MEMORY_NAME: &str = "channels.json";

/// What is remembered in the state folder `folder`; nothing where there is no
/// memory yet. Creates nothing.
///
/// # Errors
/// [`ErrorKind::Io`] when the file cannot be read; [`ErrorKind::Malformed`] when it is damaged: that is never taken
/// for an empty memory.
pub fn recall(folder: &Path) -> Result<Memory> {
    let path = memory_path(folder);
    let exists = path.try_exists().or_err(ErrorKind::Io, || {
        format!("cannot look for {}", path.display())
    });
    if !exists.map_err(|error| state_folder::advise(folder, error))? {
        return Ok(Memory::default());
    }
    Memory::parse(&files::read_limited(&path, MAX_MEMORY)?)
        .map_err(|error| error.context(format!("cannot use {}", path.display())))
}

/// Remembers in `folder` that the bundle of `header` was installed at `now`;
/// synced to disk before it returns.
///
/// # Errors
/// As [`recall`]; [`ErrorKind::Io`] when it cannot be written.
pub fn remember(folder: &Path, header: &ListHeader, digest: Digest, now: Timestamp) -> Result<()> {
    let mut memory = recall(folder)?;
    memory.remember(header, digest, now);
    let bytes = memory.to_bytes()?;
    files::create_folder(folder)
        .and_then(|()| files::write_atomic(&memory_path(folder), &bytes))
        .map_err(|error| state_folder::advise(folder, error))
}

fn memory_path(folder: &Path) -> PathBuf {
    folder.join(MEMORY_NAME)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::{recall, remember};
    use crate::io::files::scratch_folder;
    use crate::model::digest::Digest;
    use crate::model::label::Label;
    use crate::model::memory::Memory;
    use crate::model::signed_list::ListHeader;
    use crate::model::time::Timestamp;

    #[test]
    fn what_was_installed_is_remembered() {
        let folder = scratch_folder().unwrap();
        let state = folder.path().join("new").join("state");
        assert_eq!(recall(&state).unwrap(), Memory::default());
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        if let Err(error) = recall(&file) {
            assert!(error.next_step().unwrap().contains("SEALIFT_STATE"));
        } else {
            panic!("a file is no state folder");
        }
        let now = Timestamp::from_seconds(1_700_000_000).unwrap();
        let header = ListHeader {
            name: Label::parse("dga").unwrap(),
            channel: Label::parse("soc").unwrap(),
            sequence: 3,
            created: now,
            expires: now,
            trust: 0,
        };
        remember(&state, &header, Digest::of(b"list"), now).unwrap();
        let mut expected = Memory::default();
        expected.remember(&header, Digest::of(b"list"), now);
        assert_eq!(recall(&state).unwrap(), expected);
    }
}
