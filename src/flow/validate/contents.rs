//! Is the content of the release right?

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::inference::{LARGEST_DEFINITION, ModelConfig};
use crate::error::Result;
use crate::flow::lint::{self, source};
use crate::model::artifact::ArtifactKind;
use crate::model::catalog::naming::{self, Naming};
use crate::model::catalog::{self, Catalog};
use crate::model::content;
use crate::model::finding::Severity;
use crate::model::manifest::Part;
use crate::model::release::ReleaseTag;
use crate::model::version::StackVersion;

use super::{Options, Remark};

/// A release of the first naming holds its five files, and nothing else.
pub(super) fn extra(files: &[(String, Vec<u8>)]) -> Vec<Remark> {
    let names = || files.iter().map(|(name, _)| name.as_str());
    if naming::of_release(names()) != Naming::First {
        return Vec::new();
    }
    names()
        .filter(|name| !naming::FIRST.iter().any(|pattern| pattern.matches(name)))
        .map(|name| {
            let message = "a DGA release of the first naming holds its five files and no other";
            Remark::error("release/file", name, message)
        })
        .collect()
}

/// Objects in `{"name", "type", "body"}` have something in their body.
pub(super) fn empty_bodies(catalog: &Catalog, files: &[(String, Vec<u8>)]) -> Vec<Remark> {
    let wrapped = catalog.items.iter().filter(|item| {
        let part = item.place.part.as_ref();
        part.is_some_and(|part| *part == Part::Pointer("/body".to_owned()))
    });
    wrapped
        .filter_map(|item| {
            let place = &item.place;
            let (_, bytes) = files.iter().find(|(name, _)| *name == place.file)?;
            let body = content::read(&place.file, place.part.as_ref(), bytes).ok()?;
            let is_empty = body.as_object().is_some_and(serde_json::Map::is_empty);
            is_empty.then(|| Remark::error("release/file", &place.file, "its body is empty"))
        })
        .collect()
}

/// Detection rules are told apart by people by their names.
fn names_twice(catalog: &Catalog) -> Vec<Remark> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let mut remarks = Vec::new();
    for item in catalog.of_kind(ArtifactKind::Rule) {
        let Some(title) = item.title.as_deref() else {
            continue;
        };
        let place = &item.place.file;
        match seen.insert(title, place) {
            None => {}
            Some(other) => {
                let message = format!("{title:?} is the name of another rule too, in {other}");
                remarks.push(Remark::error("release/name-twice", place, message));
            }
        }
    }
    remarks
}

/// What the catalog found, and references to what is not there: pipelines must
/// find their scripts and models in the release, datafeeds their jobs, rules of
/// jobs their filters, detection rules their jobs.
pub(super) fn catalogued(catalog: &Catalog) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for finding in &catalog.findings {
        let severity = match finding.severity {
            catalog::Severity::Error => Severity::Error,
            catalog::Severity::Warning => Severity::Warning,
        };
        let place = &finding.place.file;
        remarks.push(Remark::new(
            severity,
            "release/file",
            place,
            &finding.message,
        ));
    }
    if catalog.items.is_empty() {
        remarks.push(Remark::error("release/empty", "", "it holds no artifact"));
    }
    remarks.extend(names_twice(catalog));
    for missing in catalog.missing() {
        let message = format!(
            "{} refers to {}, which is not here",
            missing.by, missing.wanted
        );
        let place = missing.place.file;
        remarks.push(Remark::error("release/reference", place, message));
    }
    remarks
}

/// What the server would refuse or stumble over. References were looked at by
/// [`catalogued`], definitions are by [`models`].
///
/// # Errors
/// None, as the files are in memory.
pub(super) fn linted(
    tag: &ReleaseTag,
    files: &[(String, Vec<u8>)],
    options: &Options,
) -> Result<Vec<Remark>> {
    const ELSEWHERE: [&str; 3] = [
        "model/definition",
        "pipeline/unknown-reference",
        "file/unknown-reference",
    ];
    let options = lint::Options {
        version: options.version.clone(),
        known: BTreeSet::new(),
        now: options.date,
        allow_unknown: false,
        suffix: String::new(),
    };
    let source = source::of_files(tag.as_str(), files);
    let report = lint::lint(std::slice::from_ref(&source), &options)?;
    let found = report.findings.into_iter();
    Ok(found
        .filter(|placed| !ELSEWHERE.contains(&placed.finding.check))
        .map(|placed| {
            let finding = placed.finding;
            let message = if finding.fix.is_empty() {
                finding.what
            } else {
                format!("{}; {}", finding.what, finding.fix)
            };
            Remark::new(finding.severity, finding.check, placed.file, message)
        })
        .collect())
}

/// The newest version whose model bodies are read here.
const MODELS: StackVersion = StackVersion::new(9, 1, 0);

/// A model's id and the name of its file say the same.
pub(super) fn model_ids(catalog: &Catalog) -> Vec<Remark> {
    catalog
        .of_kind(ArtifactKind::Model)
        .filter_map(|item| {
            let place = &item.place.file;
            let named = naming::model_id(place)?;
            (named != item.artifact.id).then(|| {
                let message = format!(
                    "its model_id is {:?}, by its name the file is of {named:?}",
                    item.artifact.id
                );
                Remark::error("model/id", place, message)
            })
        })
        .collect()
}

/// Every model's definition is parsed and validated as the server does it.
pub(super) fn models(catalog: &Catalog, files: &[(String, Vec<u8>)]) -> Vec<Remark> {
    catalog
        .of_kind(ArtifactKind::Model)
        .filter_map(|item| {
            let (_, bytes) = files.iter().find(|(name, _)| *name == item.place.file)?;
            let parsed = ModelConfig::parse(&item.artifact.id, bytes, &MODELS, LARGEST_DEFINITION);
            let failure = parsed.and_then(ModelConfig::compile).err()?;
            let place = &item.place.file;
            Some(Remark::error(
                "model/definition",
                place,
                failure.to_string(),
            ))
        })
        .collect()
}
