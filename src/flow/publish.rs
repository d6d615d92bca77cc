//! Publishing: a validated release goes to its publisher.
//!
//! Every step looks first at what is there and does only what is missing, so a
//! run that broke off anywhere leaves a draft that the next run completes.

use crate::error::{Error, ErrorKind, Result};
use crate::io::github::{GitHub, OwnRelease};
use crate::model::digest::Digest;
use crate::model::release::ReleaseTag;
use crate::model::release_manifest::ReleaseManifest;
use crate::progress::Progress;

use super::validate::Validated;

mod manifest;

pub use manifest::{check_manifest, make_manifest};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A draft was made.
    Created,
    /// A draft of an earlier run was there.
    Found,
    /// The zip was uploaded.
    UploadedZip,
    /// The manifest was uploaded.
    UploadedManifest,
    /// The release was made public.
    Published,
    /// The manifest got the time of publication.
    DatedManifest,
    /// All of it was there already.
    Nothing,
}

impl Step {
    /// The step in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "made a draft",
            Self::Found => "found a draft",
            Self::UploadedZip => "uploaded the zip",
            Self::UploadedManifest => "uploaded the manifest",
            Self::Published => "published the release",
            Self::DatedManifest => "dated the manifest",
            Self::Nothing => "everything was there already",
        }
    }
}

/// Publishes `validated` to `github`.
///
/// # Errors
/// [`ErrorKind::Network`] when the publisher refuses or does not answer, with
/// what to do; [`ErrorKind::Integrity`] when it serves other bytes than were
/// uploaded; [`ErrorKind::Policy`] when a different release of that tag is public.
pub fn publish(
    github: &GitHub,
    validated: &Validated,
    progress: &dyn Progress,
) -> Result<Vec<Step>> {
    steps(github, validated, progress).map_err(|error| {
        if error.kind() != ErrorKind::Network {
            return error;
        }
        let completed = "run the same command again to complete what is there as a draft";
        let hint = match error.next_step() {
            Some(first) => format!("{first}; then {completed}"),
            None => completed.to_owned(),
        };
        error.hint(hint)
    })
}

fn steps(github: &GitHub, validated: &Validated, progress: &dyn Progress) -> Result<Vec<Step>> {
    let tag = &validated.tag;
    let mut steps = Vec::new();
    let here = github.own_release(tag, progress)?;
    match &here {
        None => steps.push(Step::Created),
        Some(found) if found.release.draft => steps.push(Step::Found),
        Some(_) => {}
    }
    let found = match here {
        Some(found) => found,
        None => github.create_draft(tag, &validated.description, progress)?,
    };
    let zip_name = format!("{tag}.zip");
    let is_public = !found.release.draft;
    let sealed = Digest::of(&validated.zip);
    if is_public && !has(&found, &zip_name, &validated.zip, sealed) {
        return Err(Error::new(
            ErrorKind::Policy,
            format!("{tag} is public already, with other content"),
        )
        .hint("releases do not change; publish it under the next number"));
    }
    let zip = File {
        name: &zip_name,
        content_type: "application/zip",
        bytes: &validated.zip,
    };
    if ensure(github, found, &zip, progress)? {
        steps.push(Step::UploadedZip);
    }
    let mut described = sealed_manifest(github, tag, &zip_name, sealed, progress)?;
    if !is_public {
        if put_manifest(github, tag, &described, progress)? {
            steps.push(Step::UploadedManifest);
        }
        let draft = again(github, tag, progress)?;
        github.publish_draft(&draft.release, progress)?;
        steps.push(Step::Published);
        // Only now there is a time of publication.
        let published_at = again(github, tag, progress)?.release.published_at;
        described.published_at = published_at.map(|time| time.to_string());
    }
    if put_manifest(github, tag, &described, progress)? {
        steps.push(Step::DatedManifest);
    }
    if steps.is_empty() {
        steps.push(Step::Nothing);
    }
    Ok(steps)
}

/// A file on its way up.
struct File<'a> {
    name: &'a str,
    content_type: &'a str,
    bytes: &'a [u8],
}

/// Whether the release has the asset `name` with these bytes, as far as the API
/// tells: the digest where it states one, else the length.
fn has(found: &OwnRelease, name: &str, bytes: &[u8], digest: Digest) -> bool {
    found.release.assets.iter().any(|asset| {
        asset.name == name
            && asset.state == "uploaded"
            && asset.size == bytes.len() as u64
            && asset.digest.is_none_or(|stated| stated == digest)
    })
}

/// Uploads `file` unless it is there; one that is there with other bytes, or by
/// half, is deleted first. Says whether it uploaded.
fn ensure(
    github: &GitHub,
    found: OwnRelease,
    file: &File<'_>,
    progress: &dyn Progress,
) -> Result<bool> {
    let digest = Digest::of(file.bytes);
    let tag = found.release.tag.clone();
    let mut known = Some(found);
    let mut has_tried = false;
    github.retry().run(progress, || {
        let now = match known.take() {
            Some(known) => known,
            None => again(github, &tag, progress)?,
        };
        if has(&now, file.name, file.bytes, digest) {
            return Ok(has_tried);
        }
        let stale = now.release.assets.iter();
        for stale in stale.filter(|asset| asset.name == file.name) {
            github.delete_asset(stale, progress)?;
        }
        has_tried = true;
        github.upload(&now, file.name, file.content_type, file.bytes, progress)?;
        Ok(true)
    })
}

/// Sees to it that the release `tag` has this manifest. One that a public release
/// has already gives way only when the new one is up: it is uploaded beside it,
/// and renamed. Says whether it uploaded.
fn put_manifest(
    github: &GitHub,
    tag: &ReleaseTag,
    manifest: &ReleaseManifest,
    progress: &dyn Progress,
) -> Result<bool> {
    let bytes = manifest.to_bytes()?;
    let name = ReleaseManifest::asset_name(tag.as_str());
    let now = again(github, tag, progress)?;
    let old = now.release.assets.iter().find(|asset| asset.name == name);
    let spare = format!("{name}.new");
    let is_right = has(&now, &name, &bytes, Digest::of(&bytes));
    let content_type = "application/json";
    if is_right {
        remove(github, &now, &spare, progress)?;
        return Ok(false);
    }
    if now.facts.immutable && old.is_some() {
        progress.note(&format!(
            "{tag} can no longer change; its manifest stays without the time of publication"
        ));
        return Ok(false);
    }
    if now.release.draft || old.is_none() && !has(&now, &spare, &bytes, Digest::of(&bytes)) {
        let file = File {
            name: &name,
            content_type,
            bytes: &bytes,
        };
        return ensure(github, now, &file, progress);
    }
    let file = File {
        name: &spare,
        content_type,
        bytes: &bytes,
    };
    ensure(github, now, &file, progress)?;
    let now = again(github, tag, progress)?;
    remove(github, &now, &name, progress)?;
    if let Some(spare) = now.release.assets.iter().find(|asset| asset.name == spare) {
        github.rename_asset(spare, &name, progress)?;
    }
    Ok(true)
}

/// Takes the asset `name` away, where it is.
fn remove(github: &GitHub, now: &OwnRelease, name: &str, progress: &dyn Progress) -> Result<()> {
    let assets = now.release.assets.iter();
    for asset in assets.filter(|asset| asset.name == name) {
        github.delete_asset(asset, progress)?;
    }
    Ok(())
}

fn again(github: &GitHub, tag: &ReleaseTag, progress: &dyn Progress) -> Result<OwnRelease> {
    github.own_release(tag, progress)?.ok_or_else(|| {
        Error::new(
            ErrorKind::Network,
            format!("{} has no release or draft {tag}", github.repository()),
        )
    })
}

/// The manifest of the release `tag` with the zip `zip_name`, which must be the
/// one with the digest `sealed`.
fn sealed_manifest(
    github: &GitHub,
    tag: &ReleaseTag,
    zip_name: &str,
    sealed: Digest,
    progress: &dyn Progress,
) -> Result<ReleaseManifest> {
    let manifest = make_manifest(github, tag, progress)?;
    match manifest.assets.get(zip_name) {
        Some(served) if served.zipped_sha256 == sealed => Ok(manifest),
        served => {
            let served = served.map_or_else(
                || "no such file".to_owned(),
                |served| format!("sha256 {}", served.zipped_sha256),
            );
            Err(Error::new(
                ErrorKind::Integrity,
                format!("for {zip_name} the publisher serves {served}, not {sealed}"),
            ))
        }
    }
}
