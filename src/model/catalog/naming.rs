//! What file names say about kinds and ids.

use crate::model::artifact::ArtifactKind;

/// The two ways in which publishers named the files of model releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Until spring 2021, DGA only: five patterns with fixed ids.
    First,
    /// Since then: the stem's suffix is the kind, the stem is the id.
    Later,
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
const LATER: [(&str, ArtifactKind); 3] = [
    ("_model", ArtifactKind::Model),
    ("_script", ArtifactKind::Script),
    ("_pipeline", ArtifactKind::Pipeline),
];

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
    let (_, kind) = LATER.iter().find(|(suffix, _)| stem.ends_with(suffix))?;
    let id = (*kind != ArtifactKind::Model).then(|| stem.to_owned());
    Some((*kind, id))
}

/// The id that the file name of a model gives: the stem without `_model`.
#[must_use]
pub fn model_id(name: &str) -> Option<String> {
    let id = stem(name)?.strip_suffix("_model")?;
    (!id.is_empty()).then(|| id.to_owned())
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
    use super::common_folder;

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
