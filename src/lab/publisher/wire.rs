//! Releases as the API writes them.

use serde_json::{Value, json};

use crate::model::digest::Digest;
use crate::model::release::Repository;

use super::shelf::{ShelfAsset, ShelfRelease};

/// "Release" of the API; `base` is where it is served.
pub(super) fn release(base: &str, repository: &Repository, release: &ShelfRelease) -> Value {
    let url = format!("{base}/repos/{repository}/releases/{}", release.id);
    let published = release.published_at.as_ref().filter(|_| !release.draft);
    let assets: Vec<Value> = release
        .assets
        .iter()
        .map(|found| asset(base, repository, release, found))
        .collect();
    json!({
        "url": url,
        "assets_url": format!("{url}/assets"),
        "upload_url": format!(
            "{base}/uploads/repos/{repository}/releases/{}/assets{{?name,label}}",
            release.id
        ),
        "html_url": format!("{base}/{repository}/releases/tag/{}", release.tag),
        "id": release.id,
        "author": {"login": repository.owner},
        "tag_name": release.tag,
        "target_commitish": "main",
        "name": release.name,
        "draft": release.draft,
        "prerelease": release.prerelease,
        "created_at": release.created_at,
        "published_at": published,
        "assets": assets,
        "zipball_url": format!("{base}/repos/{repository}/zipball/{}", release.tag),
        "body": release.body,
    })
}

/// "Release asset" of the API.
pub(super) fn asset(
    base: &str,
    repository: &Repository,
    release: &ShelfRelease,
    asset: &ShelfAsset,
) -> Value {
    let digest = asset
        .states_digest
        .then(|| format!("sha256:{}", Digest::of(&asset.bytes)));
    json!({
        "url": format!("{base}/repos/{repository}/releases/assets/{}", asset.id),
        "id": asset.id,
        "name": asset.name,
        "label": "",
        "content_type": asset.content_type,
        "state": asset.state,
        "size": asset.bytes.len(),
        "digest": digest,
        "created_at": release.created_at,
        "updated_at": release.created_at,
        "browser_download_url": download(base, repository, release, asset),
    })
}

/// Where the bytes of an asset are.
pub(super) fn download(
    base: &str,
    repository: &Repository,
    release: &ShelfRelease,
    asset: &ShelfAsset,
) -> String {
    format!(
        "{base}/{repository}/releases/download/{}/{}",
        release.tag, asset.name
    )
}
