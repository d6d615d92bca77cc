//! What file names say about kinds and ids.

use crate::model::artifact::{ArtifactId, ArtifactKind};

/// The ways in which publishers name the files of their releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Until spring 2021, DGA only: five patterns with fixed ids.
    First,
    /// Since then: the stem's suffix is the kind, the stem is the id.
    Later,
    /// An integration package: the folder is the kind.
    Package,
}

/// A pattern of the first naming: `dga_*SUFFIX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What the file's stem ends in.
    pub suffix: &'static str,
    /// What such a file holds.
    pub kind: ArtifactKind,
    /// The id it is installed under; a model's is the rest of its file name.
    pub id: Option<&'static str>,
}

/// The five patterns of the first naming, each of which a release matches once.
pub const FIRST: [Pattern; 5] = [
    Pattern {
        suffix: "_model",
        kind: ArtifactKind::Model,
        id: None,
    },
    Pattern {
        suffix: "_ngrams_create",
        kind: ArtifactKind::Script,
        id: Some("dga_ngrams_create"),
    },
    Pattern {
        suffix: "_ngrams_transform_delete",
        kind: ArtifactKind::Script,
        id: Some("dga_ngrams_transform_delete"),
    },
    Pattern {
        suffix: "_ingest_pipeline1",
        kind: ArtifactKind::Pipeline,
        id: Some("dns_enrich_pipeline"),
    },
    Pattern {
        suffix: "_ingest_pipeline2",
        kind: ArtifactKind::Pipeline,
        id: Some("dns_dga_inference_enrich_pipeline"),
    },
];

/// The suffixes of the later naming.
const LATER: [(&str, ArtifactKind); 8] = [
    ("_model", ArtifactKind::Model),
    ("_script", ArtifactKind::Script),
    ("_pipeline", ArtifactKind::Pipeline),
    ("_transform", ArtifactKind::Transform),
    ("_policy", ArtifactKind::Enrich),
    ("_component_template", ArtifactKind::Component),
    ("_index_template", ArtifactKind::Template),
    (MAPPINGS, ArtifactKind::Index),
];

/// What the name of a file with an index's mappings ends in; the rest is the
/// index.
const MAPPINGS: &str = "_mappings";

impl Pattern {
    /// Whether the file `name` follows the pattern.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        stem(name).is_some_and(|stem| {
            let middle = stem.strip_prefix("dga_");
            middle.is_some_and(|middle| middle.ends_with(self.suffix))
        })
    }

    /// The pattern as a shell would write it.
    #[must_use]
    pub fn glob(&self) -> String {
        format!("dga_*{}.json", self.suffix)
    }
}

/// How the release with the files `names` is named: a file that only the first
/// naming has decides.
#[must_use]
pub fn of_release<'a>(names: impl IntoIterator<Item = &'a str>) -> Naming {
    let only_first = &FIRST[1..];
    let first = names
        .into_iter()
        .any(|name| only_first.iter().any(|pattern| pattern.matches(name)));
    if first { Naming::First } else { Naming::Later }
}

/// The kind that the name of a file says, and its id where the name says that
/// too.
#[must_use]
pub fn by_name(naming: Naming, name: &str) -> Option<(ArtifactKind, Option<String>)> {
    if naming == Naming::First
        && let Some(pattern) = FIRST.iter().find(|pattern| pattern.matches(name))
    {
        let id = match pattern.id {
            Some(id) => Some(id.to_owned()),
            None => model_id(name),
        };
        return Some((pattern.kind, id));
    }
    let stem = stem(name)?;
    let (suffix, kind) = LATER.iter().find(|(suffix, _)| stem.ends_with(suffix))?;
    let id = match kind {
        ArtifactKind::Model => None,
        ArtifactKind::Index => stem.strip_suffix(suffix).filter(|id| !id.is_empty()),
        _ => Some(stem),
    };
    Some((*kind, id.map(str::to_owned)))
}

/// Whether a file whose name says that it holds a `kind` must hold one: the
/// publishers' own suffixes. The others are words that files of another sort may
/// end in as well.
#[must_use]
pub const fn is_telling(kind: ArtifactKind) -> bool {
    matches!(
        kind,
        ArtifactKind::Model
            | ArtifactKind::Script
            | ArtifactKind::Pipeline
            | ArtifactKind::Transform
    )
}

/// The id that the file name of a model gives: the stem without `_model`.
#[must_use]
pub fn model_id(name: &str) -> Option<String> {
    let id = stem(name)?.strip_suffix("_model")?;
    (!id.is_empty()).then(|| id.to_owned())
}

/// The families that were published under the tags of the `detection-rules`
/// releases.
pub const FAMILIES: [&str; 7] = [
    "ML-DGA",
    "ML-ProblemChild",
    "ML-URLSpoof",
    "ML-HostRiskScore",
    "ML-UserRiskScore",
    "ML-Beaconing",
    "ML-experimental-detections",
];

/// Whether `name` is the name of a published family, without its `ML-`, in any
/// case.
#[must_use]
pub fn is_published_family(name: &str) -> bool {
    FAMILIES
        .iter()
        .filter_map(|family| family.strip_prefix("ML-"))
        .any(|family| family.eq_ignore_ascii_case(name))
}

/// Whether the id of a script or pipeline says that it is of `family` (`dga`,
/// `problemchild`): `ml_FAMILY` and what follows, in any case, or one of the fixed
/// ids of the first naming.
#[must_use]
pub fn is_of_family(artifact: &ArtifactId, family: &str) -> bool {
    let id = artifact.id.to_ascii_lowercase();
    let rest = id.strip_prefix("ml_").and_then(|rest| {
        let rest = rest.strip_prefix(family.to_ascii_lowercase().as_str())?;
        (rest.is_empty() || rest.starts_with('_')).then_some(rest)
    });
    let fixed = || {
        let mut patterns = FIRST.iter();
        patterns.any(|pattern| {
            pattern.kind == artifact.kind && pattern.id == Some(artifact.id.as_str())
        })
    };
    rest.is_some() || (family.eq_ignore_ascii_case("dga") && fixed())
}

/// The last segment of `name` without `.json`.
#[must_use]
pub fn stem(name: &str) -> Option<&str> {
    let base = name.rsplit('/').next().unwrap_or(name);
    base.strip_suffix(".json").filter(|stem| !stem.is_empty())
}

/// The folder that all `names` are in, with its slash, where there is one;
/// publishers zip the release's folder itself.
#[must_use]
pub fn common_folder<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut folder: Option<&str> = None;
    for name in names {
        let Some((first, _)) = name.split_once('/') else {
            return String::new();
        };
        if folder.is_some_and(|folder| folder != first) {
            return String::new();
        }
        folder = Some(first);
    }
    folder.map_or_else(String::new, |folder| format!("{folder}/"))
}

#[cfg(test)]
mod tests {
    use super::{common_folder, is_of_family};
    use crate::model::artifact::{ArtifactId, ArtifactKind};

    #[test]
    fn ids_name_their_family() {
        for (kind, id, family, expected) in [
            (ArtifactKind::Script, "ml_dga_ngrams_script", "dga", true),
            (
                ArtifactKind::Pipeline,
                "ML_ProblemChild_ingest_pipeline",
                "problemchild",
                true,
            ),
            (ArtifactKind::Pipeline, "ml_dgaplus_pipeline", "dga", false),
            (ArtifactKind::Script, "dga_ngrams_create", "DGA", true),
            (ArtifactKind::Pipeline, "dns_enrich_pipeline", "dga", true),
            (
                ArtifactKind::Pipeline,
                "dns_enrich_pipeline",
                "problemchild",
                false,
            ),
            (ArtifactKind::Pipeline, "dga_ngrams_create", "dga", false),
            (ArtifactKind::Script, "logs", "dga", false),
        ] {
            let artifact = ArtifactId::new(kind, id);
            assert_eq!(
                is_of_family(&artifact, family),
                expected,
                "{artifact} {family}"
            );
        }
    }

    #[test]
    fn only_a_folder_of_all_is_common() {
        for (names, expected) in [
            (&["t/a", "t/b/c"][..], "t/"),
            (&["t/a", "b"], ""),
            (&["t/a", "u/b"], ""),
            (&["a"], ""),
            (&[], ""),
        ] {
            assert_eq!(common_folder(names.iter().copied()), expected, "{names:?}");
        }
    }
}
