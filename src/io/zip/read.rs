//! Release zips, hostile until proven: every structural doubt is a refusal, and
//! nothing is ever unpacked by name.
//!
//! The layout is that of PKWARE's APPNOTE 6.3.10; zip64, split archives,
//! encryption, links and every method but stored and deflated are refused.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use zip::{CompressionMethod, ZipArchive};

use super::time;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::entry_name::fault;

/// How much a zip may hold.
#[derive(Clone, Copy, Debug)]
pub struct ZipLimits {
    /// Entries, folders included.
    pub entries: u16,
    /// Bytes of one entry once inflated.
    pub entry_bytes: u64,
    /// Bytes of all entries once inflated.
    pub total_bytes: u64,
    /// Inflated bytes for each stored one, for entries above a mebibyte.
    pub ratio: u64,
    /// Folders above an entry.
    pub depth: usize,
}

impl Default for ZipLimits {
    fn default() -> Self {
        Self {
            entries: 10_000,
            entry_bytes: 1 << 30,
            total_bytes: 4 << 30,
            ratio: 200,
            depth: 8,
        }
    }
}

/// Below this an entry's ratio says nothing: small files of one repeated byte
/// are harmless.
const RATIO_FREE_BYTES: u64 = 1 << 20;
/// The end record without its comment (APPNOTE 4.3.16).
const END_BYTES: u64 = 22;
const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";
/// A central directory larger than this is not read.
const DIRECTORY_BYTES: u64 = 8 << 20;
const MODE_FORMAT: u32 = 0o170_000;
const MODE_FILE: u32 = 0o100_000;
const MODE_FOLDER: u32 = 0o040_000;

/// One file inside a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZipEntry {
    /// Its name: segments between single slashes, safe to show and to compare,
    /// not a path to write to.
    pub name: String,
    /// Its length in bytes once inflated, as declared; reading holds it to that.
    pub size: u64,
    /// Its length as stored, deflated or not.
    pub stored: u64,
    /// Its time, which has no zone, as if it were UTC (RFC 3339).
    pub modified: String,
    index: usize,
}

/// An open zip whose structure has been checked.
pub struct ZipReader<R> {
    archive: ZipArchive<R>,
    label: String,
    entries: Vec<ZipEntry>,
}

impl<R> std::fmt::Debug for ZipReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ZipReader")
            .field("label", &self.label)
            .field("entries", &self.entries)
            .finish_non_exhaustive()
    }
}

impl ZipReader<BufReader<File>> {
    /// The zip at `path`, structure checked, no entry inflated yet.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be read; [`ErrorKind::Malformed`] for a
    /// zip that breaks a rule or a limit.
    pub fn open(path: &Path, limits: ZipLimits) -> Result<Self> {
        let label = path.display().to_string();
        let file = File::open(path).or_err(ErrorKind::Io, || format!("cannot open {label}"))?;
        Self::new(BufReader::new(file), &label, limits)
    }
}

impl<R: Read + Seek> ZipReader<R> {
    /// The zip in `reader`; `label` names it in errors.
    ///
    /// # Errors
    /// As [`ZipReader::open`].
    pub fn new(mut reader: R, label: &str, limits: ZipLimits) -> Result<Self> {
        check_end(&mut reader, limits).map_err(|error| error.context(in_zip(label)))?;
        let mut archive = ZipArchive::new(reader).or_err(ErrorKind::Malformed, || {
            format!("{label} is not a usable zip")
        })?;
        let entries =
            check_entries(&mut archive, limits).map_err(|error| error.context(in_zip(label)))?;
        Ok(Self {
            archive,
            label: label.to_owned(),
            entries,
        })
    }

    /// The files of the zip, in its own order; folders are left out.
    #[must_use]
    pub fn entries(&self) -> &[ZipEntry] {
        &self.entries
    }

    /// The bytes of `entry`.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when they do not inflate to exactly the declared
    /// size and checksum.
    pub fn read(&mut self, entry: &ZipEntry) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.copy(entry, &mut bytes)?;
        Ok(bytes)
    }

    /// Writes the bytes of `entry` to `out`; never more than the declared size.
    ///
    /// # Errors
    /// As [`ZipReader::read`]; what was written so far must then be thrown away.
    pub fn copy(&mut self, entry: &ZipEntry, out: &mut dyn Write) -> Result<()> {
        let label = format!("entry {:?} of {}", entry.name, self.label);
        let file = self
            .archive
            .by_index(entry.index)
            .or_err(ErrorKind::Malformed, || format!("cannot read {label}"))?;
        // One byte more than declared, so that a lie is seen and not cut off.
        let mut limited = file.take(entry.size.saturating_add(1));
        let mut buffer = vec![0; 64 << 10];
        let mut copied = 0_u64;
        loop {
            let count = limited
                .read(&mut buffer)
                .or_err(ErrorKind::Malformed, || format!("cannot inflate {label}"))?;
            if count == 0 {
                break;
            }
            copied += count as u64;
            if copied > entry.size {
                break;
            }
            out.write_all(buffer.get(..count).unwrap_or_default())
                .or_err(ErrorKind::Io, || format!("cannot copy {label}"))?;
        }
        if copied == entry.size {
            Ok(())
        } else {
            Err(malformed(format!(
                "{label} does not inflate to the {} bytes that it declares",
                entry.size
            )))
        }
    }
}

fn in_zip(label: &str) -> String {
    format!("cannot use the zip {label}")
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
}

/// Finds the one end record, which must end the file, and holds what it says
/// against the limits before anything is allocated for it.
fn check_end<R: Read + Seek>(reader: &mut R, limits: ZipLimits) -> Result<()> {
    let seek = || "cannot seek in the zip";
    let length = reader.seek(SeekFrom::End(0)).or_err(ErrorKind::Io, seek)?;
    let tail_length = length.min(END_BYTES + u64::from(u16::MAX));
    reader
        .seek(SeekFrom::Start(length - tail_length))
        .or_err(ErrorKind::Io, seek)?;
    let mut tail = Vec::new();
    reader
        .take(tail_length)
        .read_to_end(&mut tail)
        .or_err(ErrorKind::Io, || "cannot read the end of the zip")?;
    let at = tail
        .windows(END_SIGNATURE.len())
        .rposition(|window| window == END_SIGNATURE)
        .ok_or_else(|| malformed("it has no end record"))?;
    let end = tail.get(at..).unwrap_or_default();
    let field = |offset: usize| -> Result<u16> {
        match end.get(offset..offset + 2) {
            Some(&[low, high]) => Ok(u16::from_le_bytes([low, high])),
            _ => Err(malformed("its end record is cut off")),
        }
    };
    let wide = |offset: usize| -> Result<u64> {
        Ok(u64::from(field(offset)?) | u64::from(field(offset + 2)?) << 16)
    };
    if END_BYTES + u64::from(field(20)?) != end.len() as u64 {
        return Err(malformed(
            "bytes follow its end record, or a second one hides in the comment",
        ));
    }
    if field(4)? != 0 || field(6)? != 0 || field(8)? != field(10)? {
        return Err(malformed("it is one disk of several"));
    }
    let (count, size, offset) = (field(10)?, wide(12)?, wide(16)?);
    if count == u16::MAX || size == u64::from(u32::MAX) || offset == u64::from(u32::MAX) {
        return Err(malformed("zip64 is not accepted"));
    }
    if count > limits.entries {
        return Err(malformed(format!(
            "it has {count} entries, at most {} are accepted",
            limits.entries
        )));
    }
    if size > DIRECTORY_BYTES {
        return Err(malformed(format!(
            "its directory is larger than {DIRECTORY_BYTES} bytes"
        )));
    }
    // Where the directory must end: right before the end record.
    if offset + size != length - tail_length + at as u64 {
        return Err(malformed("its directory does not end at the end record"));
    }
    Ok(())
}

fn check_entries<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    limits: ZipLimits,
) -> Result<Vec<ZipEntry>> {
    if archive.offset() != 0 {
        return Err(malformed("bytes stand before its first entry"));
    }
    if archive.has_duplicate_names() {
        return Err(malformed("two entries have the same name"));
    }
    let mut entries = Vec::new();
    let mut folded = BTreeSet::new();
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let data = archive
            .by_index_data(index)
            .or_err(ErrorKind::Malformed, || {
                format!("entry {index} is unreadable")
            })?;
        let name = data
            .name()
            .or_err(ErrorKind::Malformed, || {
                format!("entry {index} has no readable name")
            })?
            .into_owned();
        let refuse = |fault: &str| Err(malformed(format!("entry {name:?} {fault}")));
        if data.name_raw() != name.as_bytes() {
            return refuse("has a name that is not UTF-8");
        }
        if let Some(found) = fault(&name, limits.depth) {
            return refuse(found);
        }
        if !folded.insert(name.trim_end_matches('/').to_lowercase()) {
            return refuse("differs from another one in case only");
        }
        if data.encrypted() {
            return refuse("is encrypted");
        }
        let format = data.unix_mode().unwrap_or(0) & MODE_FORMAT;
        if data.is_symlink() || ![0, MODE_FILE, MODE_FOLDER].contains(&format) {
            return refuse("is a link or a device");
        }
        if !matches!(
            data.compression(),
            CompressionMethod::Stored | CompressionMethod::Deflated
        ) {
            return refuse("is neither stored nor deflated");
        }
        let (size, stored) = (data.size(), data.compressed_size());
        if name.ends_with('/') {
            if size != 0 {
                return refuse("is a folder with content");
            }
            continue;
        }
        if size > limits.entry_bytes {
            return refuse("is larger than accepted");
        }
        if size > RATIO_FREE_BYTES && size / stored.max(1) > limits.ratio {
            return refuse("is compressed beyond belief");
        }
        total = total.saturating_add(size);
        if total > limits.total_bytes {
            return refuse("makes the zip larger than accepted");
        }
        entries.push(ZipEntry {
            modified: time::as_utc(data.last_modified().unwrap_or_default()),
            name,
            size,
            stored,
            index,
        });
    }
    archive
        .validate_header_consistency()
        .or_err(ErrorKind::Malformed, || "its headers contradict each other")?;
    Ok(entries)
}

#[cfg(test)]
mod tests;
