//! Files on this machine: bounded reading, atomic writing, private files, and
//! the one source of randomness.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, OrErr, Result};

/// The whole of `path`, at most `max` bytes.
///
/// # Errors
/// [`ErrorKind::Io`] when it cannot be read; [`ErrorKind::Malformed`] when it
/// holds one byte more than `max`.
pub fn read_limited(path: &Path, max: u64) -> Result<Vec<u8>> {
    let file =
        File::open(path).or_err(ErrorKind::Io, || format!("cannot open {}", path.display()))?;
    read_to_limit(file, max, &path.display().to_string())
}

/// All that `reader` gives, at most `max` bytes; `what` names it in errors.
///
/// # Errors
/// [`ErrorKind::Io`] when reading fails; [`ErrorKind::Malformed`] one byte past
/// `max`.
pub fn read_to_limit(reader: impl Read, max: u64, what: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader
        .take(max.saturating_add(1))
        .read_to_end(&mut bytes)
        .or_err(ErrorKind::Io, || format!("cannot read {what}"))?;
    if bytes.len() as u64 > max {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!("{what} is larger than the {max} bytes allowed here"),
        ));
    }
    Ok(bytes)
}

/// The whole of `path` as text, at most `max` bytes.
///
/// # Errors
/// As [`read_limited`]; [`ErrorKind::Malformed`] when it is not UTF-8.
pub fn read_text(path: &Path, max: u64) -> Result<String> {
    String::from_utf8(read_limited(path, max)?).or_err(ErrorKind::Malformed, || {
        format!("{} is not UTF-8 text", path.display())
    })
}

/// The whole of `path`, a secret, at most `max` bytes; wiped when dropped.
///
/// # Errors
/// As [`read_limited`]; [`ErrorKind::Usage`] when group or others may read it.
pub fn read_private(path: &Path, max: u64) -> Result<Zeroizing<Vec<u8>>> {
    let file =
        File::open(path).or_err(ErrorKind::Io, || format!("cannot open {}", path.display()))?;
    refuse_shared(&file, path)?;
    // One allocation of the final size: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(max).unwrap_or(0) + 1));
    file.take(max.saturating_add(1))
        .read_to_end(&mut bytes)
        .or_err(ErrorKind::Io, || format!("cannot read {}", path.display()))?;
    if bytes.len() as u64 > max {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!(
                "{} is larger than the {max} bytes allowed here",
                path.display()
            ),
        ));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn refuse_shared(file: &File, path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = file.metadata().or_err(ErrorKind::Io, || {
        format!("cannot examine {}", path.display())
    })?;
    let mode = metadata.permissions().mode();
    if metadata.is_file() && mode & 0o077 != 0 {
        return Err(Error::new(
            ErrorKind::Usage,
            format!(
                "{} is a secret, but others may read it (mode {:04o})",
                path.display(),
                mode & 0o7777
            ),
        )
        .hint(format!("chmod 600 {}", path.display())));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_shared(_file: &File, _path: &Path) -> Result<()> {
    Ok(())
}

/// Writes `bytes` to the new file `path` that only its owner may read.
///
/// # Errors
/// [`ErrorKind::Io`] when it exists already or cannot be written.
pub fn write_private_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).or_err(ErrorKind::Io, || {
        format!("cannot create {}", path.display())
    })?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .or_err(ErrorKind::Io, || format!("cannot write {}", path.display()))?;
    sync_folder(path)
}

/// Puts `bytes` at `path` as a whole or not at all: written beside it, synced,
/// renamed.
///
/// # Errors
/// [`ErrorKind::Io`] when the folder is missing or cannot be written.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut draft = Draft::beside(path)?;
    draft
        .write_all(bytes)
        .or_err(ErrorKind::Io, || format!("cannot write {}", path.display()))?;
    draft.publish()
}

/// A file in the making beside its target; gone when dropped unpublished.
#[derive(Debug)]
pub struct Draft {
    file: NamedTempFile,
    target: PathBuf,
}

impl Draft {
    /// An empty draft in the folder of `target`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when the folder is missing or cannot be written.
    pub fn beside(target: &Path) -> Result<Self> {
        let folder = folder_of(target);
        let mut builder = tempfile::Builder::new();
        builder.prefix(".sealift-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder).or_err(ErrorKind::Io, || {
            format!("cannot create a file in {}", folder.display())
        })?;
        Ok(Self {
            file,
            target: target.to_owned(),
        })
    }

    /// The open file, for reading back what was written.
    #[must_use]
    pub fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Where the draft is until it is published.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Syncs the draft and gives it its name; what had that name is replaced.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when syncing or renaming fails; the target is then as
    /// it was.
    pub fn publish(self) -> Result<()> {
        let cannot = || format!("cannot write {}", self.target.display());
        self.file
            .as_file()
            .sync_all()
            .or_err(ErrorKind::Io, cannot)?;
        let target = self.target.clone();
        self.file
            .persist(&target)
            .map_err(|failed| failed.error)
            .or_err(ErrorKind::Io, || {
                format!("cannot write {}", target.display())
            })?;
        sync_folder(&target)
    }
}

impl Write for Draft {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.file.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes a new name in a folder last through a power cut.
#[cfg(unix)]
pub(crate) fn sync_folder(path: &Path) -> Result<()> {
    let folder = folder_of(path);
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .or_err(ErrorKind::Io, || {
            format!("cannot sync {}", folder.display())
        })
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_path: &Path) -> Result<()> {
    Ok(())
}

/// A new empty folder under the system's temporary one; removed when dropped.
///
/// # Errors
/// [`ErrorKind::Io`] when it cannot be created.
pub fn scratch_folder() -> Result<tempfile::TempDir> {
    tempfile::Builder::new()
        .prefix("sealift-")
        .tempdir()
        .or_err(ErrorKind::Io, || "cannot create a temporary folder")
}

/// Creates the folder `path` and those above it.
///
/// # Errors
/// [`ErrorKind::Io`] when that fails.
pub fn create_folder(path: &Path) -> Result<()> {
    let is_new = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let new: Vec<&Path> = path.ancestors().take_while(is_new).collect();
    fs::create_dir_all(path).or_err(ErrorKind::Io, || {
        format!("cannot create the folder {}", path.display())
    })?;
    new.into_iter().try_for_each(sync_folder)
}

/// All regular files below `folder`, sorted by path; at most `max` of them.
///
/// # Errors
/// [`ErrorKind::Io`] when a folder cannot be read; [`ErrorKind::Malformed`] for
/// a symbolic link, a device, a socket or a pipe, and one file past `max`.
pub fn walk(folder: &Path, max: usize) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.or_err(ErrorKind::Io, || {
            format!("cannot read the folder {}", folder.display())
        })?;
        let kind = entry.file_type();
        if kind.is_dir() {
            continue;
        }
        if !kind.is_file() {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("{} is not a regular file", entry.path().display()),
            ));
        }
        if files.len() >= max {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("{} holds more than {max} files", folder.display()),
            ));
        }
        files.push(entry.into_path());
    }
    Ok(files)
}

/// `N` bytes from the operating system's source of randomness; wiped when
/// dropped.
///
/// # Errors
/// [`ErrorKind::Io`] when the system has none to give.
pub fn random_bytes<const N: usize>() -> Result<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut()).or_err(ErrorKind::Io, || "the system gives no random bytes")?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{
        Draft, folder_of, read_limited, read_private, scratch_folder, walk, write_atomic,
        write_private_new,
    };
    use crate::error::ErrorKind;
    use std::fs;
    use std::io::Write as _;
    use std::path::Path;

    #[test]
    fn a_name_alone_is_in_the_current_folder() {
        assert_eq!(folder_of(Path::new("a")), Path::new("."));
        assert_eq!(folder_of(Path::new("b/a")), Path::new("b"));
    }

    #[test]
    fn a_limit_holds_for_secrets_too() {
        let folder = scratch_folder().unwrap();
        let path = folder.path().join("key");
        write_private_new(&path, b"12345").unwrap();
        assert_eq!(*read_private(&path, 5).unwrap(), b"12345");
        let error = read_private(&path, 4).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }

    #[test]
    fn a_limit_fails_one_byte_past_it() {
        let folder = scratch_folder().unwrap();
        let path = folder.path().join("a");
        write_atomic(&path, b"12345").unwrap();
        assert_eq!(read_limited(&path, 5).unwrap(), b"12345");
        let error = read_limited(&path, 4).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
        let missing = read_limited(&folder.path().join("b"), 4).unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::Io);
    }

    #[test]
    fn an_unpublished_draft_leaves_nothing() {
        let folder = scratch_folder().unwrap();
        let target = folder.path().join("a");
        let mut draft = Draft::beside(&target).unwrap();
        draft.write_all(b"half").unwrap();
        drop(draft);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = scratch_folder().unwrap();
        let path = folder.path().join("key");
        write_private_new(&path, b"secret").unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(read_private(&path, 100).unwrap().as_slice(), b"secret");
        assert_eq!(
            write_private_new(&path, b"x").unwrap_err().kind(),
            ErrorKind::Io
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = read_private(&path, 100).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.to_string().contains("mode 0640"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_walk_is_sorted_and_follows_no_link() {
        let folder = scratch_folder().unwrap();
        let root = folder.path();
        for name in ["b", "a", "sub/c"] {
            fs::create_dir_all(root.join("sub")).unwrap();
            fs::write(root.join(name), name).unwrap();
        }
        let found = walk(root, 3).unwrap();
        assert_eq!(found, ["a", "b", "sub/c"].map(|name| root.join(name)));
        assert_eq!(walk(root, 2).unwrap_err().kind(), ErrorKind::Malformed);
        std::os::unix::fs::symlink("a", root.join("link")).unwrap();
        let error = walk(root, 9).unwrap_err();
        assert!(error.to_string().contains("not a regular file"), "{error}");
    }
}
