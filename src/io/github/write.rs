//! Making releases: drafts, uploads, publication.
//!
//! Nothing here is sent twice blindly: whoever does not get an answer looks
//! again at what is there, and goes on from that.

use serde_json::{Value, json};

use crate::error::{Error, ErrorKind, Result};
use crate::io::http::{Method, Request, Response, Setback, Url, encode_segment};
use crate::model::release::{Asset, Release, ReleaseTag};
use crate::progress::Progress;

use super::wire::Facts;
use super::{GitHub, MAX_JSON, status, wire};

/// GitHub's own API, and the host where it takes uploads.
const OWN_API: &str = "https://api.github.com";
const OWN_UPLOADS: &str = "https://uploads.github.com";

/// A release as its owner sees it, drafts included.
#[derive(Clone, Debug)]
pub struct OwnRelease {
    /// The release.
    pub release: Release,
    /// What else the API says of it.
    pub facts: Facts,
}

impl GitHub {
    /// The release tagged `tag`, be it a draft.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when the API does not answer as it should, or there
    /// are several drafts of that tag.
    pub fn own_release(
        &self,
        tag: &ReleaseTag,
        progress: &dyn Progress,
    ) -> Result<Option<OwnRelease>> {
        let mut found = Vec::new();
        self.pages(progress, &mut |page| {
            found.extend(page.into_iter().filter(|release| release.is_tagged(tag)));
            Ok(())
        })?;
        match found.len() {
            0 => Ok(None),
            1 => found.pop().map(wire::Release::own).transpose(),
            several => Err(Error::new(
                ErrorKind::Network,
                format!(
                    "{} has {several} releases or drafts tagged {tag}",
                    self.repository()
                ),
            )
            .hint("delete the drafts that are not wanted")),
        }
    }

    /// Makes a draft of the release `tag`.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when the API refuses or does not answer; the draft
    /// may be there nevertheless.
    pub fn create_draft(&self, tag: &ReleaseTag, description: &str) -> Result<OwnRelease> {
        let body = json!({
            "tag_name": tag.as_str(),
            "name": tag.as_str(),
            "body": description,
            "draft": true,
        });
        let url = self.url("/releases")?;
        let made: wire::Release = self.tell(Method::Post, url, &body)?.json(MAX_JSON)?;
        made.own()
    }

    /// Makes the draft `release` public.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when the API refuses or does not answer.
    pub fn publish_draft(&self, release: &Release, progress: &dyn Progress) -> Result<()> {
        let url = self.url(&format!("/releases/{}", release.id))?;
        // Saying it twice is the same as saying it once.
        self.retry.run(progress, || {
            let body = json!({"draft": false});
            self.tell(Method::Patch, url.clone(), &body).map(drop)
        })
    }

    /// Takes `asset` away.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when the API refuses or does not answer.
    pub fn delete_asset(&self, asset: &Asset) -> Result<()> {
        let url = self.url(&format!("/releases/assets/{}", asset.id))?;
        let request = Request::new(Method::Delete, url).authorized(self.authorization.as_ref());
        let response = self.client.send(request).map_err(Error::from)?;
        if response.status() == 404 {
            return Ok(());
        }
        status::good(response)
            .map(drop)
            .map_err(|setback| setback.error)
    }

    /// Uploads `bytes` as the asset `name` of `release`.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when it does not get through: a part of it may be
    /// there then, and has to be deleted first.
    pub fn upload(
        &self,
        release: &OwnRelease,
        name: &str,
        content_type: &str,
        bytes: &[u8],
        progress: &dyn Progress,
    ) -> Result<()> {
        let url = self.upload_url(release, name)?;
        progress.begin(&format!("uploading {name}"), Some(bytes.len() as u64));
        let mut reader = Counting { bytes, progress };
        let request = Request::new(Method::Post, url)
            .authorized(self.authorization.as_ref())
            .header("accept", "application/vnd.github+json")
            .stream(content_type, &mut reader, bytes.len() as u64);
        let sent = self.client.send(request);
        progress.end();
        let response = sent.map_err(Error::from)?;
        status::good(response)
            .map(drop)
            .map_err(|setback| setback.error)
    }

    /// Where `release` takes uploads. The token goes along, so only to the API's
    /// own origin, or from GitHub's to GitHub's host for uploads.
    fn upload_url(&self, release: &OwnRelease, name: &str) -> Result<Url> {
        let template = release.facts.upload_url.as_deref().unwrap_or_default();
        let base = template.split('{').next().unwrap_or_default();
        let url =
            Url::parse(&format!("{base}?name={}", encode_segment(name))).map_err(|error| {
                Error::new(ErrorKind::Network, "the release takes no uploads").because(error)
            })?;
        let ours = url.same_origin(&self.api)
            || (self.api.origin() == OWN_API && url.origin() == OWN_UPLOADS);
        if ours {
            Ok(url)
        } else {
            Err(Error::new(
                ErrorKind::Network,
                format!("the release wants uploads on a foreign host: {url}"),
            ))
        }
    }

    fn tell(&self, method: Method, url: Url, body: &Value) -> Result<Response, Setback> {
        let bytes = body.to_string().into_bytes();
        let request = Request::new(method, url)
            .authorized(self.authorization.as_ref())
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .body("application/json", &bytes);
        status::good(self.client.send(request)?)
    }
}

/// Bytes that tell how far they are read.
struct Counting<'a> {
    bytes: &'a [u8],
    progress: &'a dyn Progress,
}

impl std::io::Read for Counting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.progress.advance(count as u64);
        Ok(count)
    }
}

impl From<Setback> for Error {
    fn from(setback: Setback) -> Self {
        setback.error
    }
}
