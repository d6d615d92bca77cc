//! Validating: is a folder fit to be published as a release?
//!
//! The rules are those that the publishers' own tool had until 2025, and what it
//! forgot: references, definitions, the server's checks of jobs and rules.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::flow::lint::source;
use crate::io::release_zip;
use crate::model::catalog::{Catalog, Cataloger, Item};
use crate::model::content;
use crate::model::digest::Digest;
use crate::model::finding::Severity;
use crate::model::release::ReleaseTag;
use crate::model::time::Timestamp;
use crate::model::version::StackVersion;
use crate::progress::Progress;

mod contents;
mod numbering;
mod published;
mod rehearsal;

pub use published::Published;
pub use rehearsal::{Rehearsal, Rehearsed};

/// What the checks need to know beyond the folder.
#[derive(Debug)]
pub struct Options {
    /// What the publisher has released so far, where that is known.
    pub published: Option<Published>,
    /// The version of the clusters that the release is for.
    pub version: StackVersion,
    /// Write JSON files with sorted keys into the zip; the folder stays as it is.
    pub canonicalize: bool,
    /// The date in the description, and the time of the rehearsal.
    pub date: Timestamp,
    /// It is known that nothing was published of its family so far.
    pub new_family: bool,
    /// What its pipelines are rehearsed with.
    pub rehearsal: Rehearsal,
}

/// One thing that the validation has to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// A stable name of the check.
    pub check: &'static str,
    /// The file, or the release itself.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

impl Remark {
    fn new(
        severity: Severity,
        check: &'static str,
        place: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: severity.name(),
            check,
            place: place.into(),
            message: message.into(),
        }
    }

    fn error(check: &'static str, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, check, place, message)
    }

    fn warning(check: &'static str, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, check, place, message)
    }
}

/// One file of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileFact {
    /// Its name.
    pub name: String,
    /// Its length.
    pub size: u64,
    /// Its digest.
    pub sha256: Digest,
}

/// A folder that was looked at.
#[derive(Clone, Debug)]
pub struct Validated {
    /// The release that it would be.
    pub tag: ReleaseTag,
    /// Its artifacts.
    pub artifacts: Vec<Item>,
    /// Its files, as they are in the zip.
    pub files: Vec<FileFact>,
    /// The zip, the same bytes every time.
    pub zip: Vec<u8>,
    /// The text for the release's page.
    pub description: String,
    /// What there is to say, errors first.
    pub remarks: Vec<Remark>,
    /// What came of the rehearsals; none where something stands against
    /// publishing already, or there is no pipeline.
    pub rehearsals: Vec<Rehearsed>,
}

impl Validated {
    /// Whether nothing stands against publishing.
    #[must_use]
    pub fn is_fit(&self) -> bool {
        self.remarks.iter().all(|remark| remark.severity != "error")
    }

    /// The validation, if nothing stands against publishing.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] that names the first error.
    pub fn fit(self) -> Result<Self> {
        let mut errors = self
            .remarks
            .iter()
            .filter(|remark| remark.severity == "error");
        match errors.next() {
            None => Ok(self),
            Some(first) => Err(Error::new(
                ErrorKind::Malformed,
                format!("{}: {}", first.place, first.message),
            )
            .hint(format!(
                "{} more; `sealift release validate` shows all of it",
                errors.count()
            ))),
        }
    }
}

/// Looks at the folder `dir`, whose name is the release's tag.
///
/// # Errors
/// [`ErrorKind::Io`] when it, or documents to rehearse with, cannot be read;
/// [`ErrorKind::Malformed`] when its name cannot be a tag. All else that is wrong is in the remarks.
pub fn validate(dir: &Path, options: &Options, progress: &dyn Progress) -> Result<Validated> {
    let name = dir.canonicalize().or_err(ErrorKind::Io, || {
        format!("cannot find the folder {}", dir.display())
    })?;
    if !name.is_dir() {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("{} is not a folder", dir.display()),
        ));
    }
    let name = name.file_name().unwrap_or_default().to_string_lossy();
    let tag = ReleaseTag::parse(&name)?;
    let files = source::of_path(dir)?.load()?;
    let catalog = catalog(&tag, &files);

    let mut remarks = numbering::check(&tag, options.published.as_ref(), options.new_family);
    remarks.extend(contents::extra(&files));
    remarks.extend(contents::empty_bodies(&catalog, &files));
    remarks.extend(contents::catalogued(&catalog));
    remarks.extend(contents::linted(&tag, &files, options)?);
    remarks.extend(contents::model_ids(&catalog));
    remarks.extend(contents::models(&catalog, &files));
    if let Some(published) = &options.published {
        remarks.extend(published.compare(&tag, &files));
    }
    let mut rehearsals = Vec::new();
    if remarks.iter().all(|remark| remark.severity != "error") {
        let (found, told) = rehearsal::check(&catalog, &files, options, progress)?;
        rehearsals = found;
        remarks.extend(told);
    }
    remarks.sort_by(|a, b| {
        let rank = |remark: &Remark| match remark.severity {
            "error" => 0,
            "warning" => 1,
            _ => 2,
        };
        (rank(a), &a.place, &a.message).cmp(&(rank(b), &b.place, &b.message))
    });
    remarks.dedup();

    let files = if options.canonicalize {
        canonical(files)
    } else {
        files
    };
    let zip = release_zip::build(
        tag.as_str(),
        files
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice())),
    )?;
    let facts: Vec<FileFact> = files.iter().map(fact).collect();
    Ok(Validated {
        description: describe(&catalog, &facts, options.date),
        artifacts: catalog.items,
        files: facts,
        zip,
        tag,
        remarks,
        rehearsals,
    })
}

fn catalog(tag: &ReleaseTag, files: &[(String, Vec<u8>)]) -> Catalog {
    let mut cataloger = Cataloger::new();
    cataloger.begin(tag.as_str(), files.iter().map(|(name, _)| name.as_str()));
    for (name, bytes) in files {
        cataloger.file(name, bytes);
    }
    cataloger.finish()
}

/// The JSON files with sorted keys in one line, the others as they are. A file
/// that is not JSON although it should be stays too; it is an error already.
fn canonical(files: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    let sorted = |name: &str, bytes: &[u8]| -> Option<Vec<u8>> {
        let mut value: Value = serde_json::from_slice(bytes).ok()?;
        value.sort_all_objects();
        content::has_extension(name, "json").then(|| value.to_string().into_bytes())
    };
    files
        .into_iter()
        .map(|(name, bytes)| {
            let bytes = sorted(&name, &bytes).unwrap_or(bytes);
            (name, bytes)
        })
        .collect()
}

fn fact((name, bytes): &(String, Vec<u8>)) -> FileFact {
    FileFact {
        name: name.clone(),
        size: bytes.len() as u64,
        sha256: Digest::of(bytes),
    }
}

/// The text of the release's page: models and their digests, the date, and the
/// digest of every file.
fn describe(catalog: &Catalog, files: &[FileFact], date: Timestamp) -> String {
    use std::fmt::Write as _;
    let digest = |item: &Item| {
        let file = files.iter().find(|file| file.name == item.place.file);
        file.map_or_else(String::new, |file| file.sha256.to_string())
    };
    let models: Vec<&Item> = catalog
        .of_kind(crate::model::artifact::ArtifactKind::Model)
        .collect();
    let mut text = String::new();
    for model in &models {
        let _ = writeln!(text, "model_name: {}", model.artifact.id);
    }
    let _ = writeln!(text, "\n----\n\ndate: {date}");
    for model in &models {
        let _ = writeln!(text, "model_sha256: {}", digest(model));
    }
    text.push_str("\n| file | bytes | sha256 |\n|---|---:|---|\n");
    for file in files {
        let _ = writeln!(
            text,
            "| `{}` | {} | `{}` |",
            file.name, file.size, file.sha256
        );
    }
    text
}
