//! Which releases the models, scripts and pipelines of a cluster came from.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::error::Result;
use crate::flow::claims::Claims;
use crate::io::cluster::Cluster;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::catalog::naming;
use crate::model::digest::Digest;
use crate::model::mark::{self, Mark};
use crate::model::release::ReleaseTag;
use crate::model::release_manifest::ReleaseManifest;

/// How a release is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KnownBy {
    /// sealift put the object there, and the digest of its file is in the manifest.
    Digest,
    /// The manifest has a file that is installed under this id.
    Name,
    /// No manifest at hand tells.
    Nothing,
}

impl KnownBy {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Name => "name",
            Self::Nothing => "",
        }
    }
}

/// One object and where it came from.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    /// The object.
    pub artifact: ArtifactId,
    /// The releases that it can have come from.
    pub releases: Vec<String>,
    /// How they are known.
    pub known_by: KnownBy,
    /// The bundle that brought it, where sealift did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Mark>,
}

/// What a cluster holds of releases.
#[derive(Clone, Debug, Serialize)]
pub struct Holdings {
    /// The objects, in install order.
    pub files: Vec<Held>,
    /// What deserves a look.
    pub warnings: Vec<String>,
}

/// What manifests say: the releases of an installed id, and of a file's digest.
#[derive(Debug, Default)]
struct Index {
    by_id: BTreeMap<ArtifactId, BTreeSet<String>>,
    by_digest: BTreeMap<Digest, BTreeSet<String>>,
}

impl Index {
    fn new(manifests: &[ReleaseManifest]) -> Self {
        let mut index = Self::default();
        for manifest in manifests {
            for asset in manifest.assets.values() {
                let naming = naming::of_release(asset.entries.keys().map(String::as_str));
                for entry in asset.entries.values() {
                    let tag = || manifest.tag_name.clone();
                    index
                        .by_digest
                        .entry(entry.sha256)
                        .or_default()
                        .insert(tag());
                    let named = naming::by_name(naming, &entry.name);
                    let id = named.and_then(|(kind, id)| {
                        let id = id.or_else(|| naming::model_id(&entry.name))?;
                        Some(ArtifactId::new(kind, id))
                    });
                    if let Some(id) = id {
                        index.by_id.entry(id).or_default().insert(tag());
                    }
                }
            }
        }
        index
    }

    fn held(&self, artifact: ArtifactId, bundle: Option<Mark>) -> Held {
        let by_digest = bundle
            .as_ref()
            .and_then(|mark| self.by_digest.get(&mark.digest))
            .map(|tags| (tags, KnownBy::Digest));
        // What sealift put there is what its digest says, and nothing else.
        let by_name = self.by_id.get(&artifact).filter(|_| bundle.is_none());
        let found = by_digest.or(by_name.map(|tags| (tags, KnownBy::Name)));
        let (releases, known_by) = found.map_or_else(
            || (Vec::new(), KnownBy::Nothing),
            |(tags, known_by)| (tags.iter().cloned().collect(), known_by),
        );
        Held {
            artifact,
            releases,
            known_by,
            bundle,
        }
    }
}

impl Held {
    /// Whether it is of a release: by a manifest, by a bundle, or by its name.
    fn is_of_a_release(&self) -> bool {
        let id = self.artifact.id.to_ascii_lowercase();
        let fixed = naming::FIRST
            .iter()
            .any(|pattern| pattern.id == Some(self.artifact.id.as_str()));
        self.artifact.kind == ArtifactKind::Model
            || self.bundle.is_some()
            || !self.releases.is_empty()
            || id.starts_with("ml_")
            || fixed
    }
}

/// Models, scripts and pipelines of `cluster` that are of releases, or with `all`
/// every one, held against what sealift remembers there and against `manifests`.
///
/// # Errors
/// As the calls.
pub fn of_cluster(cluster: &Cluster, manifests: &[ReleaseManifest], all: bool) -> Result<Holdings> {
    let claims = Claims::read(cluster)?;
    let elasticsearch = &cluster.elasticsearch;
    let index = Index::new(manifests);
    let claimed = |artifact: &ArtifactId| {
        let claim = claims.artifacts.get(artifact);
        claim.map(|claim| claim.mark.clone())
    };
    let mut files = Vec::new();
    for (id, body) in elasticsearch.models()? {
        let artifact = ArtifactId::new(ArtifactKind::Model, id);
        let bundle = mark::read(artifact.kind, &body).or_else(|| claimed(&artifact));
        files.push(index.held(artifact, bundle));
    }
    for id in elasticsearch.scripts()? {
        let artifact = ArtifactId::new(ArtifactKind::Script, id);
        let bundle = claimed(&artifact);
        files.push(index.held(artifact, bundle));
    }
    for (id, body) in elasticsearch.pipelines()? {
        let artifact = ArtifactId::new(ArtifactKind::Pipeline, id);
        let bundle = mark::read(artifact.kind, &body).or_else(|| claimed(&artifact));
        files.push(index.held(artifact, bundle));
    }
    files.retain(|held| all || held.is_of_a_release());
    files.sort_by(|a, b| a.artifact.cmp(&b.artifact));
    let warnings = several_models(&files);
    Ok(Holdings { files, warnings })
}

/// Two models of one family: pipelines use one of them, and which is easily
/// mistaken.
fn several_models(files: &[Held]) -> Vec<String> {
    let mut families: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let models = files
        .iter()
        .filter(|held| held.artifact.kind == ArtifactKind::Model);
    for held in models {
        if let Some(family) = family(held) {
            families.entry(family).or_default().push(&held.artifact.id);
        }
    }
    families
        .into_iter()
        .filter(|(_, models)| models.len() > 1)
        .map(|(family, models)| {
            format!(
                "there are {} {family} models: {}; see which one the pipelines use, and remove \
                 the others with `sealift remove --model ID`",
                models.len(),
                models.join(", ")
            )
        })
        .collect()
}

/// The family of a model: that of its release, else the first part of its id where
/// that is a published family.
fn family(held: &Held) -> Option<String> {
    let tag = held
        .releases
        .first()
        .and_then(|tag| ReleaseTag::parse(tag).ok());
    let of_release = tag.as_ref().and_then(ReleaseTag::family).map(|family| {
        let family = family.strip_prefix("ML-").unwrap_or(family);
        family.to_ascii_lowercase()
    });
    of_release.or_else(|| {
        let first = held.artifact.id.split('_').next()?.to_ascii_lowercase();
        naming::is_published_family(&first).then_some(first)
    })
}

#[cfg(test)]
mod tests {
    use super::{Index, KnownBy, several_models};
    use crate::model::artifact::{ArtifactId, ArtifactKind};
    use crate::model::digest::Digest;
    use crate::model::mark::Mark;
    use crate::model::release_manifest::ReleaseManifest;

    fn manifest(tag: &str, files: &[&str]) -> ReleaseManifest {
        let entries: Vec<String> = files
            .iter()
            .map(|name| {
                let digest = Digest::of(format!("{tag}/{name}").as_bytes());
                format!(r#""{name}": {{"name": "{name}", "sha256": "{digest}", "size": 1}}"#)
            })
            .collect();
        let digest = Digest::of(tag.as_bytes());
        let text = format!(
            r#"{{"tag_name": "{tag}", "id": 1, "assets": {{"{tag}.zip":
                {{"zipped_sha256": "{digest}", "entries": {{{}}}}}}}}}"#,
            entries.join(",")
        );
        ReleaseManifest::parse(text.as_bytes(), tag).expect("manifest")
    }

    #[test]
    fn a_digest_tells_more_than_a_name() {
        let files = ["dga_1_model.json", "dga_1_ngrams_create.json"];
        let other = ["dga_2_model.json", "dga_2_ngrams_create.json"];
        let manifests = [
            manifest("ML-DGA-20260105-1", &files),
            manifest("ML-DGA-20260106-2", &other),
        ];
        let index = Index::new(&manifests);
        let script = ArtifactId::new(ArtifactKind::Script, "dga_ngrams_create");
        let by_name = index.held(script.clone(), None);
        assert_eq!(
            (by_name.known_by, by_name.releases.len()),
            (KnownBy::Name, 2)
        );
        let mark = Mark {
            bundle: "b".to_owned(),
            channel: "c".to_owned(),
            sequence: 1,
            digest: Digest::of(b"ML-DGA-20260106-2/dga_2_ngrams_create.json"),
        };
        let by_digest = index.held(script.clone(), Some(mark.clone()));
        assert_eq!(by_digest.known_by, KnownBy::Digest);
        assert_eq!(by_digest.releases, ["ML-DGA-20260106-2"]);
        let own = Mark {
            digest: Digest::of(b"own"),
            ..mark
        };
        assert_eq!(index.held(script, Some(own)).known_by, KnownBy::Nothing);
        let model = |id: &str| index.held(ArtifactId::new(ArtifactKind::Model, id), None);
        assert_eq!(several_models(&[model("dga_1")]), Vec::<String>::new());
        let warned = several_models(&[model("dga_1"), model("DGA_9"), model("problemchild_1")]);
        assert!(
            warned[0].contains("2 dga models: dga_1, DGA_9"),
            "{warned:?}"
        );
    }
}
