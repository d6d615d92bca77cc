//! What a local publisher offers.

use crate::error::Result;
use crate::io::release_zip;
use crate::model::release::{ReleaseTag, Repository};
use crate::model::release_manifest::ReleaseManifest;

/// A repository's releases, newest first.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The repository.
    pub repository: Repository,
    /// Its releases.
    pub releases: Vec<ShelfRelease>,
    /// The next unused number of a release or asset.
    pub next_id: u64,
}

/// One release.
#[derive(Clone, Debug)]
pub struct ShelfRelease {
    /// Its number.
    pub id: u64,
    /// Its tag.
    pub tag: String,
    /// Its title.
    pub name: Option<String>,
    /// Its description.
    pub body: Option<String>,
    /// Not yet public.
    pub draft: bool,
    /// Not ready for production.
    pub prerelease: bool,
    /// When it was made (RFC 3339).
    pub created_at: String,
    /// When it was made public, if it was.
    pub published_at: Option<String>,
    /// What can be downloaded.
    pub assets: Vec<ShelfAsset>,
}

/// One asset.
#[derive(Clone, Debug)]
pub struct ShelfAsset {
    /// Its number.
    pub id: u64,
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether the API states its digest, as GitHub does since 2025.
    pub states_digest: bool,
    /// `uploaded`, or `starter` for an upload that did not finish.
    pub state: String,
}

impl Shelf {
    /// An empty shelf.
    #[must_use]
    pub fn new(repository: Repository) -> Self {
        Self {
            repository,
            releases: Vec::new(),
            next_id: 1000,
        }
    }

    /// A number that nothing has yet.
    pub fn number(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// An asset with these bytes.
    pub fn asset(&mut self, name: &str, content_type: &str, bytes: Vec<u8>) -> ShelfAsset {
        ShelfAsset {
            id: self.number(),
            name: name.to_owned(),
            content_type: content_type.to_owned(),
            bytes,
            states_digest: true,
            state: "uploaded".to_owned(),
        }
    }

    /// Puts a release with these assets in front.
    pub fn add(&mut self, tag: &str, created_at: &str, assets: Vec<ShelfAsset>) {
        let id = self.number();
        self.releases.insert(
            0,
            ShelfRelease {
                id,
                tag: tag.to_owned(),
                name: Some(tag.to_owned()),
                body: None,
                draft: false,
                prerelease: false,
                created_at: created_at.to_owned(),
                published_at: Some(created_at.to_owned()),
                assets,
            },
        );
    }

    /// Zips `files` and puts them in front as the release `tag` with its
    /// manifest, as a publisher does.
    ///
    /// # Errors
    /// When the files cannot be zipped.
    pub fn publish<'a>(
        &mut self,
        tag: &ReleaseTag,
        created_at: &str,
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<()> {
        let name = format!("{tag}.zip");
        let zip = release_zip::build(tag.as_str(), files)?;
        let description = release_zip::describe(&name, &zip, created_at)?;
        let manifest = ReleaseManifest {
            assets: [(name.clone(), description)].into(),
            assets_url: String::new(),
            author: self.repository.owner.clone(),
            created_at: created_at.to_owned(),
            description: None,
            html_url: String::new(),
            id: self.next_id + 3,
            name: Some(tag.to_string()),
            published_at: Some(created_at.to_owned()),
            tag_name: tag.to_string(),
            url: String::new(),
            zipball_url: None,
        };
        let manifest_name = ReleaseManifest::asset_name(tag.as_str());
        let assets = vec![
            self.asset(&name, "application/zip", zip),
            self.asset(&manifest_name, "application/json", manifest.to_bytes()?),
        ];
        self.add(tag.as_str(), created_at, assets);
        Ok(())
    }

    /// The release tagged `tag`.
    #[must_use]
    pub fn release(&self, tag: &str) -> Option<&ShelfRelease> {
        self.releases.iter().find(|release| release.tag == tag)
    }

    /// The asset numbered `id` and its release.
    #[must_use]
    pub fn find_asset(&self, id: u64) -> Option<(&ShelfRelease, &ShelfAsset)> {
        self.releases.iter().find_map(|release| {
            let asset = release.assets.iter().find(|asset| asset.id == id)?;
            Some((release, asset))
        })
    }
}
