//! The store on disk: an append-only file of records, each one line of a
//! checksum and its JSON. A commit is one record and one sync; when the file has
//! grown to a multiple of what it holds, it is written anew beside and renamed.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::digest::Digest;

const FILE: &str = "journal.ndjson";
const LOCK: &str = "lock";
/// Hex digits of a record's digest that are kept; against torn writes, not attackers.
const CHECK: usize = 16;
/// A journal below this size is never written anew while running.
const SMALL: u64 = 64 << 20;

/// One change of the store. Without an id the whole collection goes; without a
/// value the document goes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Change {
    #[serde(rename = "c")]
    pub(super) collection: String,
    #[serde(rename = "i", skip_serializing_if = "Option::is_none", default)]
    pub(super) id: Option<String>,
    #[serde(
        rename = "v",
        skip_serializing_if = "Option::is_none",
        default,
        deserialize_with = "present"
    )]
    pub(super) value: Option<Value>,
}

/// A `null` that is written is a value, not an absence.
fn present<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(input).map(Some)
}

impl Change {
    pub(super) fn put(collection: &str, id: &str, value: Value) -> Self {
        Self {
            collection: collection.to_owned(),
            id: Some(id.to_owned()),
            value: Some(value),
        }
    }

    pub(super) fn remove(collection: &str, id: &str) -> Self {
        Self {
            collection: collection.to_owned(),
            id: Some(id.to_owned()),
            value: None,
        }
    }

    pub(super) fn clear(collection: &str) -> Self {
        Self {
            collection: collection.to_owned(),
            id: None,
            value: None,
        }
    }
}

#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    /// Holds the folder for this process as long as it is open.
    _lock: File,
    pending: Vec<Value>,
    size: u64,
    compact_at: u64,
}

impl Journal {
    /// Opens or creates the journal of `folder` and reads the changes it holds.
    pub(super) fn open(folder: &Path) -> Result<(Self, Vec<Change>)> {
        let failed = || format!("cannot use the data folder {}", folder.display());
        std::fs::create_dir_all(folder).or_err(ErrorKind::Io, failed)?;
        let lock = File::create(folder.join(LOCK)).or_err(ErrorKind::Io, failed)?;
        lock.try_lock().or_err(ErrorKind::Io, || {
            format!(
                "data folder {} is in use by another process",
                folder.display()
            )
        })?;
        let path = folder.join(FILE);
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .or_err(ErrorKind::Io, failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).or_err(ErrorKind::Io, failed)?;
        let changes = read_records(&bytes, &path)?;
        let journal = Self {
            path,
            file,
            _lock: lock,
            pending: Vec::new(),
            size: bytes.len() as u64,
            compact_at: SMALL,
        };
        Ok((journal, changes))
    }

    /// Keeps a change for the next commit.
    pub(super) fn note(&mut self, change: &Change) {
        if let Ok(value) = serde_json::to_value(change) {
            self.pending.push(value);
        }
    }

    /// Writes what was noted as one record and syncs it.
    pub(super) fn commit(&mut self, all: &BTreeMap<String, Map<String, Value>>) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let record = record(&Value::Array(std::mem::take(&mut self.pending)));
        let failed = || format!("cannot write {}", self.path.display());
        self.file.write_all(&record).or_err(ErrorKind::Io, failed)?;
        self.file.sync_data().or_err(ErrorKind::Io, failed)?;
        self.size += record.len() as u64;
        if self.size > self.compact_at {
            self.compact(all)?;
        }
        Ok(())
    }

    /// Writes the whole store anew, syncs it and puts it in the old one's place.
    pub(super) fn compact(&mut self, all: &BTreeMap<String, Map<String, Value>>) -> Result<()> {
        let failed = || format!("cannot write {}", self.path.display());
        let beside = self.path.with_extension("new");
        let mut file = File::create(&beside).or_err(ErrorKind::Io, failed)?;
        let mut size = 0;
        for (collection, documents) in all {
            for (id, value) in documents {
                let change = Change::put(collection, id, value.clone());
                let change = serde_json::to_value(&change).or_err(ErrorKind::Bug, failed)?;
                let record = record(&Value::Array(vec![change]));
                file.write_all(&record).or_err(ErrorKind::Io, failed)?;
                size += record.len() as u64;
            }
        }
        file.sync_all().or_err(ErrorKind::Io, failed)?;
        std::fs::rename(&beside, &self.path).or_err(ErrorKind::Io, failed)?;
        if let Some(folder) = self.path.parent() {
            // Makes the rename itself last.
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        self.file = OpenOptions::new()
            .append(true)
            .open(&self.path)
            .or_err(ErrorKind::Io, failed)?;
        self.size = size;
        self.compact_at = SMALL.max(size.saturating_mul(4));
        Ok(())
    }
}

fn record(changes: &Value) -> Vec<u8> {
    let body = changes.to_string();
    format!("{} {body}\n", check(body.as_bytes())).into_bytes()
}

fn check(body: &[u8]) -> String {
    let mut digest = Digest::of(body).to_string();
    digest.truncate(CHECK);
    digest
}

/// The changes of all whole records. Only what follows the last line end may be
/// damaged: that is a write which a crash cut off.
fn read_records(bytes: &[u8], path: &Path) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    let whole = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let lines = bytes.get(..whole).unwrap_or_default();
    for (number, line) in lines.split(|byte| *byte == b'\n').enumerate() {
        if line.is_empty() {
            continue;
        }
        let record = line
            .split_at_checked(CHECK)
            .and_then(|(sum, rest)| rest.strip_prefix(b" ").map(|body| (sum, body)))
            .filter(|(sum, body)| check(body).as_bytes() == *sum)
            .and_then(|(_, body)| serde_json::from_slice::<Vec<Change>>(body).ok())
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Malformed,
                    format!("{} is damaged in line {}", path.display(), number + 1),
                )
                .hint("start with an empty data folder")
            })?;
        changes.extend(record);
    }
    Ok(changes)
}
