//! The releases of a repository on GitHub, GitHub Enterprise, or anything that
//! answers like their REST API (version 2022-11-28, "Releases" and "Release
//! assets").

use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::io::http::{
    Authorization, Client, Identity, Proxy, Response, Retry, Roots, Setback, Settings, Timeouts,
    Url,
};
use crate::model::release::{Release, ReleaseTag, Repository};
use crate::model::secret::Secret;
use crate::progress::Progress;

mod download;
mod status;
mod wire;
mod write;

pub use download::Download;
pub use wire::{Author, Facts};
pub use write::OwnRelease;

/// The API of github.com.
pub const API: &str = "https://api.github.com";

/// The largest answer in JSON that is read.
const MAX_JSON: u64 = 16 << 20;
/// More pages than this are not asked for.
const MAX_PAGES: usize = 200;

/// Which repository, where, and as whom.
#[derive(Clone, Debug)]
pub struct Options {
    /// The repository.
    pub repository: Repository,
    /// The API's address.
    pub api: Url,
    /// A token; public repositories need none.
    pub token: Option<Secret>,
    /// The way out.
    pub proxy: Proxy,
    /// Whom to believe.
    pub roots: Roots,
    /// Whom to show oneself as, where the API asks for a certificate.
    pub identity: Option<Identity>,
    /// How long each phase may take.
    pub timeouts: Timeouts,
    /// How patiently to try again.
    pub retry: Retry,
}

impl Options {
    /// `repository` at `api`, without a token, by a proxy that the environment
    /// names, and with everything else as usual.
    #[must_use]
    pub fn new(repository: Repository, api: Url) -> Self {
        Self {
            repository,
            api,
            token: None,
            proxy: Proxy::Environment,
            roots: Roots::Platform,
            identity: None,
            timeouts: Timeouts::default(),
            retry: Retry::default(),
        }
    }
}

/// A repository's releases.
pub struct GitHub {
    client: Client,
    repository: Repository,
    api: Url,
    authorization: Option<Authorization>,
    retry: Retry,
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GitHub({} at {})", self.repository, self.api)
    }
}

impl GitHub {
    /// The repository that `options` name. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the options cannot be used.
    pub fn new(options: Options) -> Result<Self> {
        let client = Client::new(Settings {
            timeouts: options.timeouts,
            roots: options.roots,
            identity: options.identity,
            proxy: options.proxy,
        })?;
        Ok(Self {
            client,
            repository: options.repository,
            api: options.api,
            authorization: options.token.map(Authorization::Bearer),
            retry: options.retry,
        })
    }

    /// The repository.
    #[must_use]
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The API's address.
    #[must_use]
    pub fn api(&self) -> &Url {
        &self.api
    }

    /// How patiently things are tried again.
    #[must_use]
    pub fn retry(&self) -> &Retry {
        &self.retry
    }

    /// All published releases, newest first as the API lists them. Releases whose
    /// tag could not be a folder's name are left out with a note.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when the API does not answer as it should.
    pub fn releases(&self, progress: &dyn Progress) -> Result<Vec<Release>> {
        let mut releases = Vec::new();
        self.pages(progress, &mut |page| {
            for found in page {
                match found.release() {
                    Ok(release) if !release.draft => releases.push(release),
                    Ok(_) => {}
                    Err(error) => progress.note(&format!("left out a release: {error}")),
                }
            }
            Ok(())
        })?;
        Ok(releases)
    }

    /// Shows every page of the list to `each`.
    fn pages(
        &self,
        progress: &dyn Progress,
        each: &mut dyn FnMut(Vec<wire::Release>) -> Result<()>,
    ) -> Result<()> {
        let mut next = Some(self.url("/releases?per_page=100")?);
        for _ in 0..MAX_PAGES {
            let Some(url) = next else {
                return Ok(());
            };
            let (page, link) = self.page(&url, progress)?;
            each(page)?;
            next = link.map(|link| self.next_page(&url, &link)).transpose()?;
        }
        Err(Error::new(
            ErrorKind::Network,
            format!(
                "{} has more than {MAX_PAGES} pages of releases",
                self.repository
            ),
        ))
    }

    fn page(
        &self,
        url: &Url,
        progress: &dyn Progress,
    ) -> Result<(Vec<wire::Release>, Option<String>)> {
        self.retry.run(progress, || {
            let response = self.get(url, "application/vnd.github+json")?;
            if response.status() == 404 {
                return Err(self.no_repository().into());
            }
            let response = status::good(response)?;
            let link = response.header("link").and_then(wire::next_link);
            Ok((response.json(MAX_JSON)?, link))
        })
    }

    /// The page that a `Link` header names; the token goes to the API only, so
    /// another host is refused.
    fn next_page(&self, here: &Url, link: &str) -> Result<Url> {
        let next = here.join(link).map_err(|error| {
            Error::new(
                ErrorKind::Network,
                "the list's next page has an unusable address",
            )
            .because(error)
        })?;
        if next.same_origin(&self.api) {
            Ok(next)
        } else {
            Err(Error::new(
                ErrorKind::Network,
                format!("the list's next page is on another host: {next}"),
            )
            .hint("a mirror has to rewrite the addresses in its Link headers"))
        }
    }

    /// The release tagged `tag`.
    ///
    /// # Errors
    /// [`ErrorKind::Network`] when there is none or the API does not answer as it
    /// should; [`ErrorKind::Malformed`] when it answers with another one.
    pub fn release(&self, tag: &ReleaseTag, progress: &dyn Progress) -> Result<Release> {
        let url = self.url(&format!("/releases/tags/{tag}"))?;
        let found: wire::Release = self.retry.run(progress, || {
            let response = self.get(&url, "application/vnd.github+json")?;
            if response.status() == 404 {
                return Err(self.no_release(tag).into());
            }
            Ok(status::good(response)?.json(MAX_JSON)?)
        })?;
        let release = found.release()?;
        if release.tag != *tag {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("asked for release {tag}, got {}", release.tag),
            ));
        }
        Ok(release)
    }

    fn no_release(&self, tag: &ReleaseTag) -> Error {
        Error::new(
            ErrorKind::Network,
            format!("{} has no release {tag}", self.repository),
        )
        .hint("`sealift release list` shows what there is; private repositories need a token")
    }

    fn no_repository(&self) -> Error {
        Error::new(
            ErrorKind::Network,
            format!("there is no repository {} at {}", self.repository, self.api),
        )
        .hint("check --repo and --api-url; private repositories need a token")
    }

    fn url(&self, path: &str) -> Result<Url> {
        self.api.below(&format!("/repos/{}{path}", self.repository))
    }

    fn get(&self, url: &Url, accept: &str) -> Result<Response, Setback> {
        let headers = [
            ("accept", accept.to_owned()),
            ("x-github-api-version", "2022-11-28".to_owned()),
        ];
        self.client
            .follow(url, &headers, self.authorization.as_ref())
    }
}
