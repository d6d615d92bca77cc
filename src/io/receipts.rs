//! Receipts on this machine: one journal per piece of work, in a folder per
//! cluster below the state folder. Lines are appended and synced, never changed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::{files, state_folder};
use crate::model::path::BundlePath;
use crate::model::receipt::{Entry, Header, Receipt};

/// The pause between two looks at a call whose outcome is unknown.
pub const PAUSE: std::time::Duration = std::time::Duration::from_secs(2);

/// The folder below the state folder.
const FOLDER: &str = "receipts";

/// The longest journal that is read: previous bodies of models are in it.
const MAX_JOURNAL: u64 = 1 << 30;

/// The longest id of a receipt.
const MAX_ID: usize = 100;

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    state: PathBuf,
    /// The bytes of the lines that are whole.
    length: u64,
    /// Whether the disk lacks the entry that came last.
    is_behind: bool,
    receipt: Receipt,
}

impl Journal {
    /// Begins a journal with `header` below the state folder `state`. Where that
    /// fails nothing is left of it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be written or is there already.
    pub fn begin(state: &Path, header: Header) -> Result<Self> {
        Self::create(state, header).map_err(|error| state_folder::advise(state, error))
    }

    fn create(state: &Path, header: Header) -> Result<Self> {
        let path = path(state, &header.cluster.uuid, &header.id)?;
        if let Some(folder) = path.parent() {
            files::create_folder(folder)?;
        }
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).or_err(ErrorKind::Io, || {
            format!("cannot create {}", path.display())
        })?;
        let mut journal = Self {
            file,
            path,
            state: state.to_owned(),
            length: 0,
            is_behind: false,
            receipt: Receipt::new(header.clone()),
        };
        // Held as long as this process works: that tells others whether it does.
        let locked = journal.file.lock().or_err(ErrorKind::Io, || {
            format!("cannot lock {}", journal.path.display())
        });
        let begun = locked
            .and_then(|()| journal.append(&Entry::Begin(header)))
            .and_then(|()| files::sync_folder(&journal.path));
        match begun {
            Ok(()) => Ok(journal),
            Err(error) => {
                journal.discard();
                Err(error)
            }
        }
    }

    /// Takes up `entry`, which says what is about to happen, once it is on the
    /// disk.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it is not; [`ErrorKind::Bug`] for an entry that does
    /// not follow on the last.
    pub fn write(&mut self, entry: Entry) -> Result<()> {
        self.append(&entry)?;
        self.take_up(entry)
    }

    /// Takes up `entry`, which says what has happened: the receipt tells it even
    /// where the disk does not.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn tell(&mut self, entry: Entry) -> Result<()> {
        let written = self.append(&entry);
        self.take_up(entry)?;
        written
    }

    fn take_up(&mut self, entry: Entry) -> Result<()> {
        self.receipt.add(entry).map_err(|error| {
            Error::new(ErrorKind::Bug, "the journal is out of order").because(error)
        })
    }

    fn append(&mut self, entry: &Entry) -> Result<()> {
        let mut line = serde_json::to_vec(entry)
            .or_err(ErrorKind::Bug, || "a journal entry has no JSON form")?;
        line.push(b'\n');
        let cleared = if self.is_behind {
            // What is left of a line that failed would spoil this one.
            self.file.set_len(self.length)
        } else {
            Ok(())
        };
        let written = cleared
            .and_then(|()| self.file.write_all(&line))
            .and_then(|()| self.file.sync_data());
        self.is_behind = written.is_err();
        if written.is_ok() {
            self.length += line.len() as u64;
        }
        written
            .or_err(ErrorKind::Io, || {
                format!("cannot write the journal {}", self.path.display())
            })
            .map_err(|error| state_folder::advise(&self.state, error))
    }

    /// Puts the journal away. One that tells of no call and lacks its end is
    /// removed: it would look like work that was cut off, and nothing was done.
    pub fn close(self) {
        if self.is_behind && self.receipt.calls.is_empty() {
            self.discard();
        }
    }

    fn discard(self) {
        // Where that fails as well, readers see that nothing was done.
        drop(fs::remove_file(&self.path));
    }

    /// The receipt as it stands.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}

/// Whether the work of the receipt `id` was begun on this machine and is over,
/// well or not: its journal is here and no process holds it.
///
/// # Errors
/// [`ErrorKind::Io`] when the journal cannot be looked at.
pub fn is_over(state: &Path, uuid: &str, id: &str) -> Result<bool> {
    let Ok(path) = path(state, uuid, id) else {
        return Ok(false);
    };
    match File::open(&path) {
        Ok(file) => Ok(file.try_lock_shared().is_ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => {
            Err(error).or_err(ErrorKind::Io, || format!("cannot open {}", path.display()))
        }
    }
}

/// Whether a process is at work on the journal `path`.
fn is_held(path: &Path) -> bool {
    File::open(path)
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Where the receipt `id` of a cluster is kept.
fn path(state: &Path, uuid: &str, id: &str) -> Result<PathBuf> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if id.is_empty() || id.len() > MAX_ID || !id.chars().all(plain) {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("{id:?} is not the id of a receipt"),
        )
        .hint("see sealift history"));
    }
    let cluster = BundlePath::slug(uuid, MAX_ID);
    Ok(state.join(FOLDER).join(cluster).join(format!("{id}.jsonl")))
}

/// The receipt `id` of the cluster `uuid`; `None` where this machine has none.
///
/// # Errors
/// [`ErrorKind::Usage`] for what is no id; [`ErrorKind::Io`] and
/// [`ErrorKind::Malformed`] for a journal that cannot be read.
pub fn read(state: &Path, uuid: &str, id: &str) -> Result<Option<Receipt>> {
    let path = path(state, uuid, id)?;
    if !path.exists() {
        return Ok(None);
    }
    read_begun(&path)
}

/// The receipt that the journal `path` tells.
///
/// # Errors
/// [`ErrorKind::Io`] and [`ErrorKind::Malformed`].
pub fn read_file(path: &Path) -> Result<Receipt> {
    read_begun(path)?.ok_or_else(|| {
        Error::new(
            ErrorKind::Malformed,
            format!("{} is not the journal of a receipt", path.display()),
        )
    })
}

/// The receipt that the journal `path` tells; `None` where not even its first
/// line is whole: no work begins before that is on the disk.
fn read_begun(path: &Path) -> Result<Option<Receipt>> {
    let bytes = files::read_limited(path, MAX_JOURNAL)?;
    if !bytes.contains(&b'\n') {
        return Ok(None);
    }
    // A cut-off last line may end within a character.
    let read = Receipt::from_journal(&String::from_utf8_lossy(&bytes));
    read.map(Some).map_err(|error| {
        let error = match error.next_step() {
            Some(_) => error,
            None => error.hint(
                "move the file to another folder; the receipt is then read from the cluster, \
                 where that has it",
            ),
        };
        error.context(format!("cannot read the receipt {}", path.display()))
    })
}

/// A receipt on this machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    /// What its journal tells.
    pub receipt: Receipt,
    /// When the journal was last written to, where the system tells.
    pub written: Option<SystemTime>,
    /// Whether a process is still at work on it.
    pub is_running: bool,
}

/// All receipts of the cluster `uuid` on this machine, in no order. Journals
/// that cannot be read come as errors.
///
/// # Errors
/// [`ErrorKind::Io`] when the folder cannot be listed.
pub fn all(state: &Path, uuid: &str) -> Result<Vec<Result<Local>>> {
    let folder = state.join(FOLDER).join(BundlePath::slug(uuid, MAX_ID));
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let list = fs::read_dir(&folder).or_err(ErrorKind::Io, || {
        format!("cannot list {}", folder.display())
    })?;
    let paths = list
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        });
    Ok(paths.filter_map(|path| local(&path).transpose()).collect())
}

fn local(path: &Path) -> Result<Option<Local>> {
    // Looked at before the journal is: its end may be written in between.
    let is_held = is_held(path);
    let written = fs::metadata(path).and_then(|file| file.modified()).ok();
    Ok(read_begun(path)?.map(|receipt| Local {
        is_running: is_held && receipt.end.is_none(),
        receipt,
        written,
    }))
}
