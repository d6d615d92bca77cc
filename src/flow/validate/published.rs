//! What the publisher has released so far.

use crate::error::Result;
use crate::io::github::GitHub;
use crate::model::catalog::naming;
use crate::model::digest::Digest;
use crate::model::release::ReleaseTag;
use crate::model::release_manifest::{self, ReleaseManifest};
use crate::progress::Progress;

use super::Remark;

/// The tags of the releases, and the manifests.
#[derive(Clone, Debug, Default)]
pub struct Published {
    tags: Vec<ReleaseTag>,
    manifests: Vec<ReleaseManifest>,
}

impl Published {
    /// From tags and manifests.
    #[must_use]
    pub fn new(tags: Vec<ReleaseTag>, manifests: Vec<ReleaseManifest>) -> Self {
        Self { tags, manifests }
    }

    /// The same without the release `tag`: what there was before it, for a
    /// publication that broke off after its last step.
    #[must_use]
    pub fn before(mut self, tag: &ReleaseTag) -> Self {
        self.tags.retain(|other| other != tag);
        self.manifests
            .retain(|other| other.tag_name != tag.as_str());
        self
    }

    /// The tags of all releases.
    #[must_use]
    pub fn tags(&self) -> &[ReleaseTag] {
        &self.tags
    }

    /// The manifests.
    #[must_use]
    pub fn manifests(&self) -> &[ReleaseManifest] {
        &self.manifests
    }

    /// Asks the publisher: all releases, and the manifest of each that has one.
    ///
    /// # Errors
    /// As [`GitHub::releases`]; [`crate::error::ErrorKind::Malformed`] for a
    /// manifest that is none.
    pub fn ask(github: &GitHub, progress: &dyn Progress) -> Result<Self> {
        let releases = github.releases(progress)?;
        let mut manifests = Vec::new();
        for release in releases
            .iter()
            .filter(|release| release.tag.family().is_some())
        {
            let name = ReleaseManifest::asset_name(release.tag.as_str());
            if let Some(asset) = release.assets.iter().find(|asset| asset.name == name) {
                let bytes = github.asset_bytes(asset, release_manifest::MAX_BYTES, progress)?;
                manifests.push(ReleaseManifest::parse(&bytes, &name)?);
            }
        }
        let tags = releases.into_iter().map(|release| release.tag).collect();
        Ok(Self::new(tags, manifests))
    }

    /// The number of the family's last release.
    #[must_use]
    pub fn last(&self, family: &str) -> Option<u32> {
        let parts = self.tags.iter().filter_map(ReleaseTag::parts);
        let own = parts.filter(|(other, _, _)| *other == family);
        own.map(|(_, _, number)| number).max()
    }

    /// Names of model files must be new (their ids come from them); the same
    /// content under another name is worth a warning.
    pub(super) fn compare(&self, tag: &ReleaseTag, files: &[(String, Vec<u8>)]) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for (name, bytes) in files {
            let is_model = naming::stem(name).is_some_and(|stem| stem.ends_with("_model"));
            if !is_model {
                continue;
            }
            let digest = Digest::of(bytes);
            let others = self.manifests.iter().filter(|m| m.tag_name != tag.as_str());
            for (other, entry) in others.flat_map(|manifest| {
                let assets = manifest.assets.values();
                assets.flat_map(move |asset| {
                    asset
                        .entries
                        .values()
                        .map(move |entry| (&manifest.tag_name, entry))
                })
            }) {
                if entry.name == *name {
                    let message = format!("release {other} has a model file of this name already");
                    remarks.push(Remark::error("model/name-taken", name, message));
                } else if entry.sha256 == digest {
                    let message = format!("it is {} of release {other} again", entry.name);
                    remarks.push(Remark::warning("model/known", name, message));
                }
            }
        }
        remarks
    }
}
