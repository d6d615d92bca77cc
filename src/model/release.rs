//! What a publisher offers: releases, their tags and assets.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::model::digest::Digest;
use crate::model::time::Timestamp;

/// A publisher's repository, `OWNER/NAME`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repository {
    /// The account or organisation.
    pub owner: String,
    /// The repository below it.
    pub name: String,
}

impl Repository {
    /// `OWNER/NAME` as GitHub spells them.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let plain = |part: &str| {
            !part.is_empty()
                && part.len() <= 100
                && part != "."
                && part != ".."
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        match text.split_once('/') {
            Some((owner, name)) if plain(owner) && plain(name) => Ok(Self {
                owner: owner.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(
                Error::new(ErrorKind::Usage, format!("{text:?} is not a repository"))
                    .hint("write it as OWNER/NAME, such as elastic/detection-rules"),
            ),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// A release's tag. Published ML releases are tagged `FAMILY-YYYYMMDD-N`, where
/// the family itself may hold hyphens (`ML-experimental-detections`); other tags
/// are tags too, with no family.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseTag(String);

impl ReleaseTag {
    /// `text` as a tag: 1 to 100 of `[A-Za-z0-9._-]`, no dot at the ends.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for anything else: a tag becomes a folder name.
    pub fn parse(text: &str) -> Result<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let usable = !text.is_empty()
            && text.len() <= 100
            && text.chars().all(plain)
            && !text.starts_with('.')
            && !text.ends_with('.');
        if usable {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::new(
                ErrorKind::Malformed,
                format!("{text:?} is not a usable release tag"),
            ))
        }
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Family, date (`YYYYMMDD`) and number, read from the right.
    #[must_use]
    pub fn parts(&self) -> Option<(&str, &str, u32)> {
        let (rest, number) = self.0.rsplit_once('-')?;
        let (family, date) = rest.rsplit_once('-')?;
        let is_date = date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit());
        let number = number.parse().ok()?;
        (is_date && !family.is_empty()).then_some((family, date, number))
    }

    /// The family, such as `ML-DGA`.
    #[must_use]
    pub fn family(&self) -> Option<&str> {
        self.parts().map(|(family, _, _)| family)
    }
}

impl fmt::Display for ReleaseTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A release as its publisher describes it.
#[derive(Clone, Debug)]
pub struct Release {
    /// The number the publisher knows it by.
    pub id: u64,
    /// The tag.
    pub tag: ReleaseTag,
    /// The title; often the tag again.
    pub name: Option<String>,
    /// The description, in Markdown.
    pub body: Option<String>,
    /// Not yet public.
    pub draft: bool,
    /// Marked as not ready for production.
    pub prerelease: bool,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// The page for people.
    pub html_url: Option<String>,
    /// What can be downloaded.
    pub assets: Vec<Asset>,
}

/// One downloadable file of a release.
#[derive(Clone, Debug)]
pub struct Asset {
    /// The number the publisher knows it by.
    pub id: u64,
    /// The file name.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// Its SHA-256 where the publisher states one.
    pub digest: Option<Digest>,
    /// `uploaded`, or `open`/`starter` for an upload that did not finish.
    pub state: String,
    /// The API's address of it.
    pub url: String,
    /// Where a browser downloads it.
    pub browser_download_url: String,
    /// When it was uploaded (RFC 3339).
    pub created_at: Option<String>,
    /// What its publisher calls it.
    pub label: Option<String>,
}
