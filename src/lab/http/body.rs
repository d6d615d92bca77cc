//! The body of a request: by length or chunked, inflated, within bounds.

use std::time::{Duration, Instant};

use crate::model::gzip;

use super::budget::Share;
use super::head::Framing;
use super::limits::{Limits, Refusal};
use super::stream::{Buffered, Channel};

/// Longest line of a chunk's size with its extensions, bytes.
const CHUNK_LINE: usize = 1024;

/// Reads the body that `framing` announces; `share` grows with what is held.
pub(super) fn read<C: Channel>(
    stream: &mut Buffered<C>,
    framing: Framing,
    limits: &Limits,
    share: &mut Share,
) -> Result<Vec<u8>, Refusal> {
    let mut reader = Reader {
        stream,
        limits,
        share,
        deadline: Instant::now() + limits.body_time,
        body: Vec::new(),
    };
    match framing {
        Framing::Length(length) => reader.take(length)?,
        Framing::Chunked => reader.chunks()?,
    }
    Ok(reader.body)
}

/// Inflates a gzip body; nothing when it is not gzip after all.
pub(super) fn inflate(
    compressed: &[u8],
    limits: &Limits,
    share: &mut Share,
) -> Result<Option<Vec<u8>>, Refusal> {
    match gzip::inflate(compressed, limits.body) {
        Ok(body) => {
            share.grow(body.len())?;
            Ok(Some(body))
        }
        Err(gzip::InflateError::TooLong { .. }) => Err(Refusal::BodyTooLong(limits.body)),
        Err(gzip::InflateError::Corrupt(_)) => Ok(None),
    }
}

struct Reader<'a, C> {
    stream: &'a mut Buffered<C>,
    limits: &'a Limits,
    share: &'a mut Share,
    deadline: Instant,
    body: Vec<u8>,
}

impl<C: Channel> Reader<'_, C> {
    /// Appends exactly `length` bytes to the body.
    fn take(&mut self, length: usize) -> Result<(), Refusal> {
        if length > self.limits.body.saturating_sub(self.body.len()) {
            return Err(Refusal::BodyTooLong(self.limits.body));
        }
        self.share.grow(length)?;
        let end = self.body.len() + length;
        let mut block = [0; 16 << 10];
        while self.body.len() < end {
            let missing = end - self.body.len();
            let ahead = self.stream.ahead();
            if ahead.is_empty() {
                let room = block.get_mut(..missing.min(16 << 10)).unwrap_or_default();
                let count = self
                    .stream
                    .read_once(room, stall(self.deadline, self.limits.stall))?;
                self.body
                    .extend_from_slice(block.get(..count).unwrap_or_default());
            } else {
                let part = ahead.get(..missing.min(ahead.len())).unwrap_or_default();
                self.body.extend_from_slice(part);
                let count = part.len();
                self.stream.consume(count);
            }
        }
        Ok(())
    }

    fn chunks(&mut self) -> Result<(), Refusal> {
        loop {
            let line = self.line()?;
            let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
            let digits = digits.trim_ascii();
            let size = std::str::from_utf8(digits)
                .ok()
                .filter(|text| {
                    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
                })
                .and_then(|text| usize::from_str_radix(text, 16).ok())
                .ok_or(Refusal::Malformed("bad chunk size"))?;
            if size == 0 {
                return self.trailers();
            }
            self.take(size)?;
            if !self.line()?.is_empty() {
                return Err(Refusal::Malformed("chunk longer than its size"));
            }
        }
    }

    /// Trailers are read and forgotten.
    fn trailers(&mut self) -> Result<(), Refusal> {
        for _ in 0..=self.limits.headers {
            if self.line()?.is_empty() {
                return Ok(());
            }
        }
        Err(Refusal::HeadTooLong(self.limits.head))
    }

    /// One line without its end.
    fn line(&mut self) -> Result<Vec<u8>, Refusal> {
        loop {
            let ahead = self.stream.ahead();
            if let Some(at) = ahead.iter().position(|byte| *byte == b'\n') {
                let line = ahead.get(..at).unwrap_or_default();
                let line = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
                self.stream.consume(at + 1);
                return Ok(line);
            }
            if ahead.len() > CHUNK_LINE {
                return Err(Refusal::Malformed("chunk size line too long"));
            }
            self.stream.fill(stall(self.deadline, self.limits.stall))?;
        }
    }
}

/// The earlier of the whole body's deadline and a stall from now.
fn stall(deadline: Instant, stall: Duration) -> Instant {
    deadline.min(Instant::now() + stall)
}
