//! The API's JSON, as far as it is used.

use serde::Deserialize;

use crate::error::Result;
use crate::model::digest::Digest;
use crate::model::release::{self, ReleaseTag};
use crate::model::time::Timestamp;

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
}

fn uploaded() -> String {
    "uploaded".to_owned()
}

impl Release {
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
