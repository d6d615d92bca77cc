//! The content of one member, hashed again while it is given out.

use std::io::{self, Read};

use super::hash::{self, Placed};
use crate::io::medium::Medium;
use crate::model::digest::Hasher;

/// Gives out a member's content and fails with its last byte when the content is
/// not what was signed.
pub struct MemberReader<'a> {
    medium: &'a Medium,
    placed: &'a Placed,
    done: u64,
    hasher: Option<Hasher>,
}

impl<'a> MemberReader<'a> {
    pub(super) fn new(medium: &'a Medium, placed: &'a Placed) -> Self {
        Self {
            medium,
            placed,
            done: 0,
            hasher: Some(Hasher::new()),
        }
    }

    /// The length of the content in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.placed.size
    }
}

impl std::fmt::Debug for MemberReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemberReader({})", self.placed.path)
    }
}

impl Read for MemberReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.placed.size - self.done;
        let wanted = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let part = buffer.get_mut(..wanted).unwrap_or_default();
        if !part.is_empty() {
            self.medium
                .read_exact_at(part, self.placed.offset + self.done)
                .map_err(io::Error::other)?;
            self.done += part.len() as u64;
            if let Some(hasher) = &mut self.hasher {
                hasher.update(part);
            }
        }
        // The last bytes are given out only once the whole is known to be right.
        if self.done == self.placed.size
            && let Some(hasher) = self.hasher.take()
        {
            hash::compare(&self.placed.path, self.placed.digest, hasher.finish())
                .map_err(io::Error::other)?;
        }
        Ok(part.len())
    }
}
