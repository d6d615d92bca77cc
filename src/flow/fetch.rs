//! Fetching: releases of a publisher become files here, verified.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::files;
use crate::io::github::GitHub;
use crate::io::http::{Again, Setback};
use crate::io::partial::Partial;
use crate::model::digest::Digest;
use crate::model::manifest::Source;
use crate::model::release::{Asset, Release, ReleaseTag};
use crate::model::release_manifest::{self, ReleaseManifest};
use crate::progress::Progress;

mod promise;

use promise::Promise;
pub use promise::zip_files;

/// Who says which bytes a release has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voucher {
    /// The API's digest of the zip.
    Api,
    /// The release's manifest: digests of the zip and of each file in it.
    Manifest,
}

impl Voucher {
    /// The voucher as one word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Manifest => "manifest",
        }
    }
}

/// A release that is here now.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its tag.
    pub tag: ReleaseTag,
    /// The zip, `TAG.zip`; beside it stand `TAG.source.json` (where it came from)
    /// and, if the release has one, `manifest-TAG.json`.
    pub path: PathBuf,
    /// The length of the zip.
    pub size: u64,
    /// The digest of the zip.
    pub sha256: Digest,
    /// How many files it holds.
    pub files: usize,
    /// Whether it was here already.
    pub kept: bool,
    /// Who says that these are the right bytes; nobody for old releases without a
    /// manifest.
    pub vouchers: Vec<Voucher>,
}

/// Fetches the release `tag` into the folder `into`. What is here and right is
/// kept; what is here in part is completed. Nothing stands under its final name
/// before it is whole and verified.
///
/// # Errors
/// [`ErrorKind::Network`] when the publisher does not have it or does not answer;
/// [`ErrorKind::Malformed`] when the release or its zip is not as it should be;
/// [`ErrorKind::Integrity`] when the bytes are not those that were promised;
/// [`ErrorKind::Io`] when they cannot be written.
pub fn fetch(
    github: &GitHub,
    tag: &ReleaseTag,
    into: &Path,
    progress: &dyn Progress,
) -> Result<Fetched> {
    files::create_folder(into)?;
    let release = github.release(tag, progress)?;
    let zip = only_zip(&release)?;
    let manifest = manifest(github, &release, progress)?;
    let promise = Promise::new(zip, manifest.as_ref().map(|(manifest, _)| manifest))?;

    let path = into.join(format!("{tag}.zip"));
    let here = promise.kept_at(&path, progress)?;
    let kept = here.is_some();
    let (sha256, files) = match here {
        Some(here) => here,
        None => download(github, &promise, &path, progress)?,
    };
    let source = source(github, &release, zip, sha256);
    files::write_atomic(&into.join(format!("{tag}.source.json")), &source)?;
    if let Some((_, bytes)) = &manifest {
        files::write_atomic(&into.join(ReleaseManifest::asset_name(tag.as_str())), bytes)?;
    }
    Ok(Fetched {
        tag: tag.clone(),
        path,
        size: zip.size,
        sha256,
        files,
        kept,
        vouchers: promise.vouchers(),
    })
}

/// The zip of `release`.
///
/// # Errors
/// [`ErrorKind::Malformed`] when it has none or several, or one whose upload was
/// not completed.
pub fn only_zip(release: &Release) -> Result<&Asset> {
    let zips: Vec<&Asset> = release
        .assets
        .iter()
        .filter(|asset| asset.name.to_ascii_lowercase().ends_with(".zip"))
        .collect();
    let malformed = |what: String| {
        Error::new(
            ErrorKind::Malformed,
            format!("release {} {what}", release.tag),
        )
        .hint("tell its publisher; a release has exactly one zip")
    };
    match zips.as_slice() {
        [] => Err(malformed("has no zip".to_owned())),
        [zip] if zip.state != "uploaded" => Err(malformed(format!(
            "has a zip whose upload was not completed: {:?}",
            zip.name
        ))),
        [zip] => Ok(zip),
        several => {
            let names: Vec<String> = several
                .iter()
                .map(|zip| format!("{:?}", zip.name))
                .collect();
            Err(malformed(format!(
                "has {} zips: {}",
                names.len(),
                names.join(", ")
            )))
        }
    }
}

/// The manifest of `release`, where it has one, and its bytes.
fn manifest(
    github: &GitHub,
    release: &Release,
    progress: &dyn Progress,
) -> Result<Option<(ReleaseManifest, Vec<u8>)>> {
    let name = ReleaseManifest::asset_name(release.tag.as_str());
    let Some(asset) = release.assets.iter().find(|asset| asset.name == name) else {
        return Ok(None);
    };
    let bytes = github.asset_bytes(asset, release_manifest::MAX_BYTES, progress)?;
    let digest = Digest::of(&bytes);
    if bytes.len() as u64 != asset.size || asset.digest.is_some_and(|promised| promised != digest) {
        return Err(Error::new(
            ErrorKind::Integrity,
            format!("{name} is not the file that the release lists"),
        ));
    }
    let manifest = ReleaseManifest::parse(&bytes, &name)?;
    if manifest.tag_name != release.tag.as_str() {
        return Err(Error::new(
            ErrorKind::Integrity,
            format!("{name} describes another release: {:?}", manifest.tag_name),
        ));
    }
    Ok(Some((manifest, bytes)))
}

fn download(
    github: &GitHub,
    promise: &Promise<'_>,
    path: &Path,
    progress: &dyn Progress,
) -> Result<(Digest, usize)> {
    let zip = promise.zip;
    let mut partial = Partial::beside(path)?;
    if partial.length() > zip.size {
        partial.restart()?;
    }
    let resumed = partial.length() > 0;
    progress.begin_bytes(&format!("fetching {}", zip.name), Some(zip.size));
    progress.advance(partial.length());
    let mut outcome = receive(github, zip, &mut partial, progress)
        .and_then(|()| promise.check(partial.path(), partial.digest()));
    if resumed && outcome.as_ref().is_err_and(is_wrong) {
        progress.note("what was here of it does not fit; starting over");
        partial.restart()?;
        outcome = receive(github, zip, &mut partial, progress)
            .and_then(|()| promise.check(partial.path(), partial.digest()));
    }
    progress.end();
    match outcome {
        Ok(files) => {
            let digest = partial.digest();
            partial.publish()?;
            Ok((digest, files))
        }
        Err(error) => {
            if is_wrong(&error) {
                partial.discard();
            }
            Err(error)
        }
    }
}

/// Whether the bytes themselves are bad, and not only missing.
fn is_wrong(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Integrity | ErrorKind::Malformed)
}

/// Adds to `partial` until it has all of `zip`.
fn receive(
    github: &GitHub,
    zip: &Asset,
    partial: &mut Partial,
    progress: &dyn Progress,
) -> Result<()> {
    github.retry().run(progress, || {
        let before = partial.length();
        if before == zip.size {
            return Ok(());
        }
        let download = github.download(zip, before)?;
        if download.offset() != before {
            partial.restart()?;
        }
        let mut watched = Watched { partial, progress };
        let copied = download.copy_to(&mut watched, &mut |bytes| {
            progress.advance(bytes.len() as u64);
        });
        progress.go_on()?;
        match copied {
            Ok(_) if partial.length() == zip.size => Ok(()),
            Ok(_) => Err(broken_off(before, zip, partial)),
            Err(error) if error.kind() == ErrorKind::Network => Err(Setback {
                error,
                ..broken_off(before, zip, partial)
            }),
            Err(error) => Err(error.into()),
        }
    })?;
    partial
        .flush()
        .or_err(ErrorKind::Io, || "the download could not be written")
}

/// Writes until the operator asks to stop.
struct Watched<'a> {
    partial: &'a mut Partial,
    progress: &'a dyn Progress,
}

impl io::Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.progress.go_on().map_err(io::Error::other)?;
        self.partial.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.partial.flush()
    }
}

fn broken_off(before: u64, zip: &Asset, partial: &Partial) -> Setback {
    let error = Error::new(
        ErrorKind::Network,
        format!(
            "{} broke off at {} of {} bytes",
            zip.name,
            partial.length(),
            zip.size
        ),
    );
    let again = if partial.length() > before {
        Again::Further
    } else {
        Again::Soon
    };
    Setback { error, again }
}

/// Where the zip came from, as the bundle's manifest will say it.
fn source(github: &GitHub, release: &Release, zip: &Asset, sha256: Digest) -> Vec<u8> {
    let source = Source {
        folder: release.tag.to_string(),
        repository: Some(github.repository().to_string()),
        tag: Some(release.tag.to_string()),
        release_id: Some(release.id),
        asset_url: Some(zip.browser_download_url.clone()),
        asset_sha256: Some(sha256),
        fetched_from: Some(github.api().origin()),
        package: None,
        signature: None,
    };
    let mut bytes = serde_json::to_vec_pretty(&source).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
