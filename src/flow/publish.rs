//! Publishing: a validated release goes to its publisher.
//!
//! Every step looks first at what is there and does only what is missing, so a
//! run that broke off anywhere leaves a draft that the next run completes.

use crate::error::{Error, ErrorKind, Result};
use crate::io::github::{GitHub, OwnRelease};
use crate::io::release_zip;
use crate::model::digest::Digest;
use crate::model::release::{Asset, ReleaseTag};
use crate::model::release_manifest::{self, ReleaseManifest};
use crate::progress::Progress;

use super::validate::Validated;

/// The largest zip that is read back, in bytes.
const MAX_ZIP: u64 = 4 << 30;

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
    steps(github, validated, progress).map_err(|error| match error.kind() {
        ErrorKind::Network => {
            error.hint("a draft may be there; run the same command again to complete it")
        }
        _ => error,
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
        None => github.create_draft(tag, &validated.description)?,
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
    let put =
        |name: &str, kind: &str, bytes: &[u8]| ensure(github, &found, name, kind, bytes, progress);
    if put(&zip_name, "application/zip", &validated.zip)? {
        steps.push(Step::UploadedZip);
    }
    let manifest = manifest(github, tag, &zip_name, sealed, progress)?.to_bytes()?;
    let name = ReleaseManifest::asset_name(tag.as_str());
    if put(&name, "application/json", &manifest)? {
        steps.push(Step::UploadedManifest);
    }
    if !is_public {
        github.publish_draft(&found.release, progress)?;
        steps.push(Step::Published);
    }
    if steps.is_empty() {
        steps.push(Step::Nothing);
    }
    Ok(steps)
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

/// Uploads the asset `name` unless it is there; one that is there with other
/// bytes, or by half, is deleted first. Says whether it uploaded.
fn ensure(
    github: &GitHub,
    found: &OwnRelease,
    name: &str,
    content_type: &str,
    bytes: &[u8],
    progress: &dyn Progress,
) -> Result<bool> {
    let digest = Digest::of(bytes);
    let mut now = found.clone();
    for attempt in 1.. {
        if has(&now, name, bytes, digest) {
            return Ok(attempt > 1);
        }
        for stale in now.release.assets.iter().filter(|asset| asset.name == name) {
            github.delete_asset(stale)?;
        }
        match github.upload(&now, name, content_type, bytes, progress) {
            Ok(()) => return Ok(true),
            Err(error) if attempt >= github.retry().attempts => return Err(error),
            Err(error) => progress.note(&format!("{error}; looking what is there")),
        }
        now = again(github, &found.release.tag, progress)?;
    }
    Ok(false)
}

fn again(github: &GitHub, tag: &ReleaseTag, progress: &dyn Progress) -> Result<OwnRelease> {
    github
        .own_release(tag, progress)?
        .ok_or_else(|| Error::new(ErrorKind::Network, format!("the draft of {tag} is gone")))
}

/// The manifest of the release `tag`, from what the publisher serves now.
///
/// # Errors
/// [`ErrorKind::Network`] when the publisher does not answer, or the release or
/// its zip is not there; [`ErrorKind::Integrity`] when the zip is not the one
/// with the digest `sealed`.
pub fn manifest(
    github: &GitHub,
    tag: &ReleaseTag,
    zip_name: &str,
    sealed: Digest,
    progress: &dyn Progress,
) -> Result<ReleaseManifest> {
    let now = again(github, tag, progress)?;
    let asset = now
        .release
        .assets
        .iter()
        .find(|asset| asset.name == zip_name);
    let asset = asset.ok_or_else(|| {
        Error::new(
            ErrorKind::Network,
            format!("{tag} does not have {zip_name}"),
        )
    })?;
    let bytes = github.asset_bytes(asset, MAX_ZIP, progress)?;
    let served = Digest::of(&bytes);
    if served != sealed {
        return Err(Error::new(
            ErrorKind::Integrity,
            format!("the publisher serves {zip_name} with sha256 {served}, not {sealed}"),
        ));
    }
    describe(&now, asset, &bytes, github)
}

/// What a manifest says of `now` with the zip `asset`, whose content is `bytes`.
///
/// # Errors
/// [`ErrorKind::Malformed`] when the zip cannot be read.
pub fn describe(
    now: &OwnRelease,
    asset: &Asset,
    bytes: &[u8],
    github: &GitHub,
) -> Result<ReleaseManifest> {
    let facts = now.facts.clone();
    let release = &now.release;
    let created_at = facts.created_at.unwrap_or_default();
    let mut described = release_zip::describe(&asset.name, bytes, &created_at)?;
    described.relative_url = public_url(asset, release.tag.as_str(), github);
    let page = format!("/releases/tag/{}", release.tag);
    let html_url = release.html_url.as_deref().unwrap_or_default();
    let html_url = match html_url.split_once("/releases/tag/") {
        Some((base, _)) => format!("{base}{page}"),
        None => html_url.to_owned(),
    };
    Ok(ReleaseManifest {
        assets: [(asset.name.clone(), described)].into(),
        assets_url: facts.assets_url.unwrap_or_default(),
        author: facts.author.login,
        created_at,
        description: release.body.clone(),
        html_url,
        id: release.id,
        name: release.name.clone(),
        published_at: None,
        tag_name: release.tag.to_string(),
        url: facts.url.unwrap_or_default(),
        zipball_url: facts.zipball_url,
    })
}

/// Where everybody will download `asset`: a draft's own address has another name
/// in the place of the tag.
fn public_url(asset: &Asset, tag: &str, github: &GitHub) -> String {
    let found = asset.browser_download_url.split_once("/releases/download/");
    let base = found.map_or_else(
        || format!("{}/{}", github.api().origin(), github.repository()),
        |(base, _)| base.to_owned(),
    );
    format!("{base}/releases/download/{tag}/{}", asset.name)
}

/// The manifest that the release `tag` carries, checked against the zip that the
/// publisher serves.
///
/// # Errors
/// [`ErrorKind::Network`] when there is none; [`ErrorKind::Integrity`] when it
/// does not describe the zip.
pub fn check_manifest(
    github: &GitHub,
    tag: &ReleaseTag,
    progress: &dyn Progress,
) -> Result<ReleaseManifest> {
    let release = github.release(tag, progress)?;
    let name = ReleaseManifest::asset_name(tag.as_str());
    let asset = release.assets.iter().find(|asset| asset.name == name);
    let asset = asset
        .ok_or_else(|| Error::new(ErrorKind::Network, format!("release {tag} has no {name}")))?;
    let bytes = github.asset_bytes(asset, release_manifest::MAX_BYTES, progress)?;
    let manifest = ReleaseManifest::parse(&bytes, &name)?;
    let zip = super::fetch::only_zip(&release)?;
    let served = github.asset_bytes(zip, MAX_ZIP, progress)?;
    let described = release_zip::describe(&zip.name, &served, "")?;
    let files: Vec<(String, u64, Digest)> = described
        .entries
        .into_values()
        .map(|entry| (entry.name, entry.size, entry.sha256))
        .collect();
    let promised = manifest.assets.get(&zip.name).ok_or_else(|| {
        Error::new(
            ErrorKind::Integrity,
            format!("{name} does not describe {:?}", zip.name),
        )
    })?;
    if promised.zipped_sha256 != described.zipped_sha256 {
        return Err(Error::new(
            ErrorKind::Integrity,
            format!("{:?} is not the zip that {name} describes", zip.name),
        ));
    }
    promised.agree_with(&files)?;
    Ok(manifest)
}
