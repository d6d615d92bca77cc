//! Making and checking the manifest of a release, from what its publisher serves.

use crate::error::{Error, ErrorKind, Result};
use crate::flow::fetch::only_zip;
use crate::io::github::{GitHub, OwnRelease};
use crate::io::release_zip;
use crate::model::digest::Digest;
use crate::model::release::{Asset, ReleaseTag};
use crate::model::release_manifest::{self, ReleaseManifest};
use crate::progress::Progress;

use super::again;

/// The largest zip that is read back, in bytes.
const MAX_ZIP: u64 = 4 << 30;

/// The manifest of the release `tag`, from what the publisher serves now.
///
/// # Errors
/// [`ErrorKind::Network`] when the publisher does not answer, or the release is
/// not there; [`ErrorKind::Malformed`] when it has not exactly one zip.
pub fn make_manifest(
    github: &GitHub,
    tag: &ReleaseTag,
    progress: &dyn Progress,
) -> Result<ReleaseManifest> {
    let now = again(github, tag, progress)?;
    let asset = only_zip(&now.release)?;
    let bytes = github.asset_bytes(asset, MAX_ZIP, progress)?;
    describe(&now, asset, &bytes, github)
}

/// What a manifest says of `now` with the zip `asset`, whose content is `bytes`.
///
/// # Errors
/// [`ErrorKind::Malformed`] when the zip cannot be read.
fn describe(
    now: &OwnRelease,
    asset: &Asset,
    bytes: &[u8],
    github: &GitHub,
) -> Result<ReleaseManifest> {
    let facts = now.facts.clone();
    let release = &now.release;
    let uploaded_at = asset.created_at.as_deref().unwrap_or_default();
    let mut described = release_zip::describe(&asset.name, bytes, uploaded_at)?;
    described.description.clone_from(&asset.label);
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
        created_at: facts.created_at.unwrap_or_default(),
        description: release.body.clone(),
        html_url,
        id: release.id,
        name: release.name.clone(),
        published_at: release.published_at.map(|time| time.to_string()),
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
    let zip = only_zip(&release)?;
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
