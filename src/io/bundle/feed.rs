//! Where the reader takes its bytes from: a medium that can be read anywhere,
//! or a pipe that is read once.

use std::io::{self, Read};

use super::hash::{self, Placed};
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::archive::{self, Block};
use crate::io::medium::Medium;
use crate::model::digest::{Digest, Hasher};
use crate::model::path::BundlePath;
use crate::progress::Progress;

/// The bytes of a bundle from front to back.
pub(super) struct Feed<'a> {
    source: Source<'a>,
    /// How many bytes were taken so far.
    pub(super) offset: u64,
}

enum Source<'a> {
    /// Members are passed over and hashed later, several at once.
    Medium(&'a Medium, Vec<Placed>),
    /// Members are hashed as they go by.
    Pipe(&'a mut dyn Read, Vec<u8>),
}

impl<'a> Feed<'a> {
    pub(super) fn medium(medium: &'a Medium) -> Self {
        Self {
            source: Source::Medium(medium, Vec::new()),
            offset: 0,
        }
    }

    pub(super) fn pipe(reader: &'a mut dyn Read) -> Self {
        Self {
            source: Source::Pipe(reader, vec![0; hash::BUFFER]),
            offset: 0,
        }
    }

    pub(super) fn block(&mut self) -> Result<Block> {
        let mut block = [0; 512];
        self.fill(&mut block)?;
        Ok(block)
    }

    /// The content and padding of a small member.
    pub(super) fn content(&mut self, name: &str, size: u64) -> Result<Vec<u8>> {
        let length = usize::try_from(size)
            .or_err(ErrorKind::Malformed, || format!("{name} is too large"))?;
        let mut bytes = vec![0; length];
        self.fill(&mut bytes)?;
        self.padding(name, size)?;
        Ok(bytes)
    }

    /// Goes past the content and padding of a listed member, which must have
    /// `digest`: now for a pipe, in [`Feed::settle`] for a medium.
    pub(super) fn member(
        &mut self,
        path: &BundlePath,
        size: u64,
        digest: Digest,
        progress: &dyn Progress,
    ) -> Result<()> {
        let start = self.offset;
        let end = start
            .checked_add(size + archive::padding(size))
            .ok_or_else(|| Error::new(ErrorKind::Malformed, format!("{path} is too large")))?;
        match &mut self.source {
            Source::Medium(medium, placed) => {
                if end > medium.length() {
                    return Err(cut_off(end, medium.length()));
                }
                placed.push(Placed {
                    path: path.clone(),
                    offset: start,
                    size,
                    digest,
                });
                self.offset = end;
                Ok(())
            }
            Source::Pipe(reader, buffer) => {
                let mut hasher = Hasher::new();
                let mut left = size;
                while left > 0 {
                    let wanted =
                        usize::try_from(left).map_or(buffer.len(), |l| l.min(buffer.len()));
                    let part = buffer.get_mut(..wanted).unwrap_or_default();
                    fill_from(*reader, part, self.offset)?;
                    hasher.update(part);
                    progress.advance(wanted as u64);
                    progress.go_on()?;
                    left -= wanted as u64;
                    self.offset += wanted as u64;
                }
                hash::compare(path, digest, hasher.finish())?;
                self.padding(path.as_str(), size)
            }
        }
    }

    /// Hashes what was passed over; all members of a medium that differ are
    /// named in one error.
    pub(super) fn settle(&mut self, threads: usize, progress: &dyn Progress) -> Result<()> {
        match &mut self.source {
            Source::Medium(medium, placed) => {
                hash::check_all(medium, std::mem::take(placed), threads, progress)
            }
            Source::Pipe(..) => Ok(()),
        }
    }

    /// Refuses any byte that is left.
    pub(super) fn end(&mut self) -> Result<()> {
        let more = match &mut self.source {
            Source::Medium(medium, _) => medium.length() > self.offset,
            Source::Pipe(reader, _) => {
                fill_up(*reader, &mut [0]).or_err(ErrorKind::Io, || "cannot read the bundle")? > 0
            }
        };
        if more {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("bytes follow the end of the bundle at byte {}", self.offset),
            ));
        }
        Ok(())
    }

    fn padding(&mut self, name: &str, size: u64) -> Result<()> {
        let mut block: Block = [0; 512];
        let length = usize::try_from(archive::padding(size)).unwrap_or(0);
        let padding = block.get_mut(..length).unwrap_or_default();
        self.fill(padding)?;
        hash::check_padding(name, padding)
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<()> {
        match &mut self.source {
            Source::Medium(medium, _) => medium.read_exact_at(buffer, self.offset)?,
            Source::Pipe(reader, _) => fill_from(*reader, buffer, self.offset)?,
        }
        self.offset += buffer.len() as u64;
        Ok(())
    }
}

fn fill_from(reader: &mut dyn Read, buffer: &mut [u8], offset: u64) -> Result<()> {
    let count = fill_up(reader, buffer).or_err(ErrorKind::Io, || {
        format!("cannot read the bundle at byte {offset}")
    })?;
    if count < buffer.len() {
        let end = offset + count as u64;
        return Err(cut_off(offset + buffer.len() as u64, end));
    }
    Ok(())
}

/// Reads until `buffer` is full or the input ends; how much there was.
fn fill_up(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn cut_off(needed: u64, end: u64) -> Error {
    Error::new(
        ErrorKind::Malformed,
        format!("the bundle ends at byte {end}, at least {needed} bytes were expected"),
    )
    .hint("copy the bundle again; compare the sizes on both sides")
}
