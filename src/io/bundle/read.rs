//! The strict reader: signatures before anything else, then every header and
//! every byte.

use std::io::Read;

use super::feed::Feed;
use super::hash;
use super::verified::{Evidence, MemberEvidence};
use crate::error::{Error, ErrorKind, Result};
use crate::io::archive::{self, Block, Found};
use crate::model::admission::Override;
use crate::model::digest::Digest;
use crate::model::key::Signature;
use crate::model::key_id::KeyId;
use crate::model::manifest::{MAX_MANIFEST, Manifest};
use crate::model::memory::Memory;
use crate::model::path::BundlePath;
use crate::model::signed_list::{LIST_NAME, MANIFEST_NAME, MAX_LIST, SignedList, signature_key};
use crate::model::time::Timestamp;
use crate::model::trust::TrustPolicy;
use crate::progress::Progress;

/// The most signatures that a bundle may carry.
pub(super) const MAX_SIGNATURES: usize = 32;
/// The largest signature member that is read, in bytes.
const MAX_SIGNATURE: u64 = 64 << 10;

/// Under which conditions a bundle is opened.
#[derive(Clone, Copy)]
pub struct Conditions<'a> {
    /// Who is trusted.
    pub policy: &'a TrustPolicy,
    /// The time that expiry is judged by.
    pub now: Timestamp,
    /// What was installed here before, where that counts.
    pub memory: Option<&'a Memory>,
    /// Rules of the policy that the operator sets aside, with a reason.
    pub overrides: &'a [Override],
    /// How many threads hash members.
    pub threads: usize,
    /// Told how many bytes were checked.
    pub progress: &'a dyn Progress,
}

/// A bundle whose every byte was checked against its list.
pub(super) struct Checked {
    pub(super) list_bytes: Vec<u8>,
    pub(super) list: SignedList,
    pub(super) signatures: Vec<(KeyId, Signature)>,
    pub(super) manifest: Manifest,
    pub(super) manifest_bytes: Vec<u8>,
    /// Where the content of each listed member starts, and its size.
    pub(super) places: Vec<(u64, u64)>,
    /// Where the header of the manifest starts, right after the signatures.
    pub(super) rest: u64,
    /// The length of the whole in bytes.
    pub(super) size: u64,
}

/// Checks a bundle that comes through a pipe, in one pass; nothing of it is kept
/// but what was found.
///
/// # Errors
/// As [`super::VerifiedBundle::open`].
pub fn verify_stream(reader: &mut dyn Read, conditions: &Conditions) -> Result<Evidence> {
    check(Feed::pipe(reader), conditions).map(|(_, evidence)| evidence)
}

/// Reads the whole bundle from `feed`, after its signers were found good.
pub(super) fn check(mut feed: Feed, conditions: &Conditions) -> Result<(Checked, Evidence)> {
    let front = read_front(&mut feed)?;
    let verdict = conditions
        .policy
        .judge(&front.list_bytes, &front.signatures)?;
    // From here on the list is what trusted people signed; everything else has
    // to follow from it.
    let list = SignedList::parse(&front.list_bytes)?;
    let bundle_sha256 = Digest::of(&front.list_bytes);
    let mut admission =
        conditions
            .policy
            .admit(&list.header, conditions.now, conditions.overrides)?;
    if let Some(memory) = conditions.memory {
        let (now, overrides) = (conditions.now, conditions.overrides);
        memory.admit(&list.header, bundle_sha256, now, overrides, &mut admission)?;
    }
    let checked = check_rest(feed, front, list, conditions.threads, conditions.progress)?;
    let evidence = Evidence {
        bundle_sha256,
        header: checked.list.header.clone(),
        size: checked.size,
        verdict,
        overrides: admission.overrides,
        notes: admission.notes,
        checked_at: conditions.now,
        tool: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
        licenses: checked.manifest.licenses.clone(),
        members: members(&checked),
    };
    Ok((checked, evidence))
}

/// Reads the whole bundle from `feed` without asking who signed it; what comes
/// out must not be mistaken for a verified one.
pub(super) fn check_structure(
    mut feed: Feed,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Checked> {
    let front = read_front(&mut feed)?;
    let list = SignedList::parse(&front.list_bytes)?;
    check_rest(feed, front, list, threads, progress)
}

/// What stands before the first listed member.
struct Front {
    list_bytes: Vec<u8>,
    signatures: Vec<(KeyId, Signature)>,
    /// The block after the signatures, not yet looked into.
    next: Block,
    next_offset: u64,
}

fn check_rest(
    mut feed: Feed,
    front: Front,
    list: SignedList,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Checked> {
    let (manifest_bytes, first) = read_manifest(&mut feed, &list, &front)?;
    let manifest = Manifest::parse(&manifest_bytes)?;
    manifest.agree_with(&list)?;
    let mut places = vec![first];
    let total = manifest
        .files
        .iter()
        .map(|file| file.size)
        .fold(0, u64::saturating_add);
    progress.begin_bytes("checking members", Some(total));
    for (entry, file) in list.entries.iter().skip(1).zip(&manifest.files) {
        let size = expect(&mut feed, &entry.path, &list)?;
        if size != file.size {
            return Err(Error::new(
                ErrorKind::Integrity,
                format!(
                    "{} has {size} bytes in the archive and {} in the manifest",
                    entry.path, file.size
                ),
            ));
        }
        places.push((feed.offset, size));
        feed.member(&entry.path, size, entry.digest, progress)?;
    }
    read_end(&mut feed)?;
    feed.settle(threads, progress)?;
    progress.end();
    Ok(Checked {
        list_bytes: front.list_bytes,
        list,
        signatures: front.signatures,
        manifest,
        manifest_bytes,
        places,
        rest: front.next_offset,
        size: feed.offset,
    })
}

fn members(checked: &Checked) -> Vec<MemberEvidence> {
    checked
        .list
        .entries
        .iter()
        .zip(&checked.places)
        .map(|(entry, (_, size))| MemberEvidence {
            path: entry.path.clone(),
            size: *size,
            sha256: entry.digest,
        })
        .collect()
}

fn read_front(feed: &mut Feed) -> Result<Front> {
    let list_bytes = read_list(feed)?;
    let mut signatures = Vec::new();
    loop {
        let next_offset = feed.offset;
        let next = feed.block()?;
        if !next.starts_with(format!("{LIST_NAME}.").as_bytes()) {
            return Ok(Front {
                list_bytes,
                signatures,
                next,
                next_offset,
            });
        }
        let signature = read_signature(feed, &next, next_offset, &signatures)?;
        signatures.push(signature);
    }
}

fn read_list(feed: &mut Feed) -> Result<Vec<u8>> {
    let offset = feed.offset;
    match archive::parse_header(&feed.block()?, offset)? {
        Found::Member(path, size) if path.as_str() == LIST_NAME => {
            if size > MAX_LIST {
                return Err(malformed(format!(
                    "{LIST_NAME} has {size} bytes, at most {MAX_LIST} are read"
                )));
            }
            feed.content(LIST_NAME, size)
        }
        Found::Member(path, _) => Err(malformed(format!(
            "the first member is {path}, not {LIST_NAME}: this is not a bundle"
        ))),
        Found::End => Err(malformed("the archive is empty: this is not a bundle")),
    }
}

/// The signature whose header is `block`; `before` are those before it.
fn read_signature(
    feed: &mut Feed,
    block: &Block,
    offset: u64,
    before: &[(KeyId, Signature)],
) -> Result<(KeyId, Signature)> {
    let Found::Member(path, size) = archive::parse_header(block, offset)? else {
        return Err(malformed(format!(
            "the header at byte {offset} is no member"
        )));
    };
    let id = signature_key(path.as_str()).ok_or_else(|| {
        malformed(format!(
            "{path} at byte {offset} is not named as a signature"
        ))
    })?;
    if before.len() >= MAX_SIGNATURES {
        return Err(malformed(format!(
            "the bundle has more than {MAX_SIGNATURES} signatures"
        )));
    }
    if before.last().is_some_and(|(last, _)| *last >= id) {
        return Err(malformed(format!(
            "{path} at byte {offset} is a second one or out of order"
        )));
    }
    if size > MAX_SIGNATURE {
        return Err(malformed(format!(
            "{path} has {size} bytes, at most {MAX_SIGNATURE} are read"
        )));
    }
    let bytes = feed.content(path.as_str(), size)?;
    let signature = Signature::parse(&bytes)
        .map_err(|error| error.context(format!("{path} is not a signature")))?;
    Ok((id, signature))
}

/// The bytes of the manifest, which must be the first listed member, and its
/// place.
fn read_manifest(
    feed: &mut Feed,
    list: &SignedList,
    front: &Front,
) -> Result<(Vec<u8>, (u64, u64))> {
    let entry = list
        .entries
        .first()
        .ok_or_else(|| malformed("the signed list is empty"))?;
    let size = match archive::parse_header(&front.next, front.next_offset)? {
        Found::Member(path, size) if path == entry.path => size,
        found => return Err(unexpected(&found, &entry.path, front.next_offset, list)),
    };
    if size > MAX_MANIFEST {
        return Err(malformed(format!(
            "{MANIFEST_NAME} has {size} bytes, at most {MAX_MANIFEST} are read"
        )));
    }
    let place = (feed.offset, size);
    let bytes = feed.content(MANIFEST_NAME, size)?;
    hash::compare(&entry.path, entry.digest, Digest::of(&bytes))?;
    Ok((bytes, place))
}

/// The size in the next header, which must be that of `path`.
fn expect(feed: &mut Feed, path: &BundlePath, list: &SignedList) -> Result<u64> {
    let offset = feed.offset;
    match archive::parse_header(&feed.block()?, offset)? {
        Found::Member(found, size) if found == *path => Ok(size),
        found => Err(unexpected(&found, path, offset, list)),
    }
}

fn unexpected(found: &Found, wanted: &BundlePath, offset: u64, list: &SignedList) -> Error {
    let message = match found {
        Found::End => format!("the archive ends at byte {offset}, but {wanted} is still to come"),
        Found::Member(path, _) if list.entries.iter().any(|entry| entry.path == *path) => {
            format!("{path} stands at byte {offset} where {wanted} must be: out of order or twice")
        }
        Found::Member(path, _) => {
            format!("{path} at byte {offset} is not in the signed list; {wanted} was expected")
        }
    };
    Error::new(ErrorKind::Integrity, message)
}

fn read_end(feed: &mut Feed) -> Result<()> {
    let offset = feed.offset;
    if let Found::Member(path, _) = archive::parse_header(&feed.block()?, offset)? {
        return Err(Error::new(
            ErrorKind::Integrity,
            format!("{path} at byte {offset} is not in the signed list"),
        ));
    }
    let offset = feed.offset;
    if let Found::Member(..) = archive::parse_header(&feed.block()?, offset)? {
        return Err(malformed(format!(
            "a member follows at byte {offset}, after half of the end of the archive"
        )));
    }
    feed.end()
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
}
