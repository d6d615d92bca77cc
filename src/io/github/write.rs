//! Making releases: drafts, uploads, publication.
//!
//! Nothing here is sent twice blindly: whoever does not get an answer looks
//! again at what is there, and goes on from that.

use serde_json::{Value, json};

use crate::error::{Error, ErrorKind, Result};
use crate::io::http::{Again, Method, Request, Response, Setback, Url, encode_segment};
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

    /// Makes a draft of the release `tag`. Only a refusal that asks to wait is
    /// tried again: without an answer the draft may be there.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when the API refuses or does not answer; the draft
    /// may be there nevertheless.
    pub fn create_draft(
        &self,
        tag: &ReleaseTag,
        description: &str,
        progress: &dyn Progress,
    ) -> Result<OwnRelease> {
        let body = json!({
            "tag_name": tag.as_str(),
            "name": tag.as_str(),
            "body": description,
            "draft": true,
        });
        let url = self.url("/releases")?;
        let made: wire::Release = self.retry.run(progress, || {
            let response = self.tell(Method::Post, url.clone(), &body);
            Ok(response.map_err(only_when_asked)?.json(MAX_JSON)?)
        })?;
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

    /// Gives `asset` the name `name`.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when the API refuses or does not answer.
    pub fn rename_asset(&self, asset: &Asset, name: &str, progress: &dyn Progress) -> Result<()> {
        let url = self.url(&format!("/releases/assets/{}", asset.id))?;
        self.retry.run(progress, || {
            let body = json!({ "name": name });
            self.tell(Method::Patch, url.clone(), &body).map(drop)
        })
    }

    /// Takes `asset` away.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when the API refuses or does not answer.
    pub fn delete_asset(&self, asset: &Asset, progress: &dyn Progress) -> Result<()> {
        let url = self.url(&format!("/releases/assets/{}", asset.id))?;
        self.retry.run(progress, || {
            let request =
                Request::new(Method::Delete, url.clone()).authorized(self.authorization.as_ref());
            let response = self.client.send(request)?;
            if response.status() == 404 {
                return Ok(());
            }
            self.done(response).map(drop)
        })
    }

    /// Uploads `bytes` as the asset `name` of `release`, once.
    ///
    /// # Errors
    /// A [`Setback`] of kind [`ErrorKind::Network`] when it does not get through:
    /// a part of it, or all of it, may be there then, and has to be looked at
    /// before the next attempt.
    pub fn upload(
        &self,
        release: &OwnRelease,
        name: &str,
        content_type: &str,
        bytes: &[u8],
        progress: &dyn Progress,
    ) -> Result<(), Setback> {
        let url = self.upload_url(release, name)?;
        progress.begin_bytes(&format!("uploading {name}"), Some(bytes.len() as u64));
        let mut reader = Counting { bytes, progress };
        let request = Request::new(Method::Post, url)
            .authorized(self.authorization.as_ref())
            .header("accept", "application/vnd.github+json")
            .stream(content_type, &mut reader, bytes.len() as u64);
        let sent = self.client.send(request);
        progress.end();
        let response = sent?;
        // The name is taken: by an attempt whose answer was lost, or by half.
        let is_taken = response.status() == 422;
        self.done(response).map(drop).map_err(|setback| {
            if is_taken {
                Setback {
                    again: Again::Soon,
                    ..setback
                }
            } else {
                setback
            }
        })
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
        self.done(self.client.send(request)?)
    }

    /// The response, if what it answers was done. What may not be changed is
    /// hidden from a token that lacks the right as well as forbidden.
    fn done(&self, response: Response) -> Result<Response, Setback> {
        let lacks_right = matches!(response.status(), 403 | 404);
        status::good(response).map_err(|setback| {
            if !lacks_right || setback.again != Again::No {
                return setback;
            }
            let hint = if self.authorization.is_some() {
                format!(
                    "the token needs the permission to write the contents of {}",
                    self.repository()
                )
            } else {
                "give a token: SEALIFT_GITHUB_TOKEN or --token-file".to_owned()
            };
            Setback {
                error: setback.error.hint(hint),
                again: Again::No,
            }
        })
    }
}

/// The setback, to be tried again only where the peer said that it did nothing
/// and when to come back.
fn only_when_asked(setback: Setback) -> Setback {
    match setback.again {
        Again::After(_) => setback,
        _ => Setback {
            again: Again::No,
            ..setback
        },
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
