//! The API's JSON, as far as it is used.

use serde::Deserialize;

use crate::error::Result;
use crate::model::digest::Digest;
use crate::model::release::{self, ReleaseTag};
use crate::model::time::Timestamp;

use super::write::OwnRelease;

/// "Release" of the API.
#[derive(Debug, Deserialize)]
pub(super) struct Release {
    id: u64,
    tag_name: String,
    name: Option<String>,
    body: Option<String>,
    #[serde(default)]
    draft: bool,
    #[serde(default)]
    prerelease: bool,
    published_at: Option<String>,
    html_url: Option<String>,
    #[serde(default)]
    assets: Vec<Asset>,
    #[serde(flatten)]
    facts: Facts,
}

/// What the API says of a release beyond what everybody needs.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Facts {
    /// Where assets are uploaded, as a URI template (RFC 6570).
    pub upload_url: Option<String>,
    /// The API's address of the release.
    pub url: Option<String>,
    /// The API's address of the list of assets.
    pub assets_url: Option<String>,
    /// Where the repository at the tag is, as a zip.
    pub zipball_url: Option<String>,
    /// When the tagged commit was made (RFC 3339).
    pub created_at: Option<String>,
    /// Whether its assets can no longer change.
    #[serde(default)]
    pub immutable: bool,
    /// Who made it.
    #[serde(default)]
    pub author: Author,
}

/// An account.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Author {
    /// Its name.
    #[serde(default)]
    pub login: String,
}

/// "Release asset" of the API.
#[derive(Debug, Deserialize)]
pub(super) struct Asset {
    id: u64,
    name: String,
    size: u64,
    digest: Option<String>,
    #[serde(default = "uploaded")]
    state: String,
    url: String,
    browser_download_url: String,
    created_at: Option<String>,
    label: Option<String>,
}

fn uploaded() -> String {
    "uploaded".to_owned()
}

impl Release {
    /// Whether it is tagged `tag`.
    pub(super) fn is_tagged(&self, tag: &ReleaseTag) -> bool {
        self.tag_name == tag.as_str()
    }

    /// The release as its owner sees it.
    pub(super) fn own(self) -> Result<OwnRelease> {
        let facts = self.facts.clone();
        Ok(OwnRelease {
            release: self.release()?,
            facts,
        })
    }

    /// The release as our noun.
    pub(super) fn release(self) -> Result<release::Release> {
        Ok(release::Release {
            id: self.id,
            tag: ReleaseTag::parse(&self.tag_name)?,
            name: self.name,
            body: self.body,
            draft: self.draft,
            prerelease: self.prerelease,
            published_at: self
                .published_at
                .and_then(|text| Timestamp::parse(&text).ok()),
            html_url: self.html_url,
            assets: self.assets.into_iter().map(Asset::asset).collect(),
        })
    }
}

impl Asset {
    fn asset(self) -> release::Asset {
        let digest = self.digest.as_deref();
        release::Asset {
            id: self.id,
            name: self.name,
            size: self.size,
            digest: digest
                .and_then(|digest| digest.strip_prefix("sha256:"))
                .and_then(|digits| Digest::parse(digits).ok()),
            state: self.state,
            url: self.url,
            browser_download_url: self.browser_download_url,
            created_at: self.created_at,
            label: self.label,
        }
    }
}

/// The target of `rel="next"` in a `Link` header (RFC 8288).
pub(super) fn next_link(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some((target, after)) = rest.split_once('<').and_then(|(_, s)| s.split_once('>')) {
        let end = after.find('<').unwrap_or(after.len());
        let (parameters, following) = after.split_at(end);
        let is_next = parameters.split([';', ',']).any(|parameter| {
            let relation = parameter.trim().strip_prefix("rel=");
            relation.is_some_and(|relation| {
                let mut names = relation.trim_matches('"').split(' ');
                names.any(|name| name == "next")
            })
        });
        if is_next {
            return Some(target.to_owned());
        }
        rest = following;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::next_link;

    #[test]
    fn the_next_page_is_found() {
        let first = "<https://h/r?page=2>; rel=\"next\", <https://h/r?page=4>; rel=\"last\"";
        let last = "<https://h/r?page=1>; rel=\"first\", <https://h/r?page=3>; rel=\"prev\"";
        for (header, expected) in [
            (first, Some("https://h/r?page=2")),
            (last, None),
            ("<a,b>;title=\"x\";rel=next", Some("a,b")),
            ("", None),
            ("<broken", None),
        ] {
            assert_eq!(next_link(header).as_deref(), expected, "{header}");
        }
    }
}
