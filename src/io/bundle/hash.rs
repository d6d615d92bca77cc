//! Hashing the members of a medium, several at once, the largest first.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::error::{Error, ErrorKind, Result};
use crate::io::archive;
use crate::io::medium::Medium;
use crate::model::digest::{Digest, Hasher};
use crate::model::path::BundlePath;
use crate::model::signed_list::ListEntry;
use crate::progress::Progress;

/// How much is read and hashed in one go.
pub(super) const BUFFER: usize = 256 << 10;

/// A member, where its content starts, and what it must be.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) path: BundlePath,
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) digest: Digest,
}

impl Placed {
    /// The member of `entry`, whose content starts and has the size as `place`
    /// says.
    pub(super) fn new(entry: &ListEntry, (offset, size): (u64, u64)) -> Self {
        Self {
            path: entry.path.clone(),
            offset,
            size,
            digest: entry.digest,
        }
    }
}

/// Checks every byte of `members` on `threads` threads.
///
/// # Errors
/// [`ErrorKind::Integrity`] that names every member that differs; another error
/// of the first member in archive order when reading fails or padding is not
/// zero.
pub(super) fn check_all(
    medium: &Medium,
    mut members: Vec<Placed>,
    threads: usize,
    progress: &dyn Progress,
) -> Result<()> {
    members.sort_by_key(|member| std::cmp::Reverse(member.size));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut buffer = vec![0; BUFFER];
        let mut failures = Vec::new();
        while let Some(member) = members.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(error) = check(medium, member, &mut buffer, progress) {
                failures.push((member.offset, member.path.clone(), error));
            }
        }
        failures
    };
    let workers = threads.clamp(1, members.len().max(1));
    let mut failures = Vec::new();
    thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        failures.extend(work());
        for other in others {
            match other.join() {
                Ok(found) => failures.extend(found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    failures.sort_by_key(|(offset, _, _)| *offset);
    let names: Vec<String> = failures
        .iter()
        .map(|(_, path, _)| path.to_string())
        .collect();
    match failures.into_iter().next() {
        None => Ok(()),
        Some((_, _, error)) if names.len() == 1 => Err(error),
        Some((_, _, error)) => Err(error.context(format!(
            "{} members are not what was signed: {}",
            names.len(),
            names.join(", ")
        ))),
    }
}

fn check(
    medium: &Medium,
    member: &Placed,
    buffer: &mut [u8],
    progress: &dyn Progress,
) -> Result<()> {
    let mut hasher = Hasher::new();
    let mut at = member.offset;
    let mut left = member.size;
    while left > 0 {
        let wanted = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let part = buffer.get_mut(..wanted).unwrap_or_default();
        medium.read_exact_at(part, at)?;
        hasher.update(part);
        progress.advance(wanted as u64);
        progress.go_on()?;
        at += wanted as u64;
        left -= wanted as u64;
    }
    compare(&member.path, member.digest, hasher.finish())?;
    let length = usize::try_from(archive::padding(member.size)).unwrap_or(0);
    let padding = buffer.get_mut(..length).unwrap_or_default();
    medium.read_exact_at(padding, at)?;
    check_padding(member.path.as_str(), padding)
}

/// Refuses a digest that is not the signed one.
pub(super) fn compare(path: &BundlePath, signed: Digest, found: Digest) -> Result<()> {
    if signed == found {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Integrity,
        format!(
            "{path} is not what was signed: its sha256 is {found}, the signed list has {signed}"
        ),
    )
    .hint("the bundle was changed or damaged on its way; copy it again from the connected side"))
}

/// Refuses anything but zeros after a member's content.
pub(super) fn check_padding(name: &str, padding: &[u8]) -> Result<()> {
    if padding.iter().all(|byte| *byte == 0) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Malformed,
        format!("the padding after {name} is not zero"),
    ))
}
