//! Linting: every object of files, folders or a bundle is reviewed, and each
//! finding gets its place.

use std::collections::BTreeSet;

use crate::error::{Error, ErrorKind, Result};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::catalog::{self, Cataloger};
use crate::model::content;
use crate::model::finding::{Finding, Severity};
use crate::model::json_text::{self, Node, Position};
use crate::model::lint::{Surroundings, guess, review};
use crate::model::manifest::Part;
use crate::model::version::StackVersion;

pub mod source;

/// Files that belong together: a release, a folder, one file.
#[derive(Debug)]
pub struct Source {
    /// What it is called in findings.
    pub name: String,
    /// The files by their names within it.
    pub files: Vec<(String, Vec<u8>)>,
}

/// What is known beyond the files.
#[derive(Clone, Debug)]
pub struct Options {
    /// The version of the clusters that the content is for.
    pub version: StackVersion,
    /// Filters that the clusters have already.
    pub filters: BTreeSet<String>,
    /// Jobs that the clusters have already.
    pub jobs: BTreeSet<String>,
}

/// A finding, and where it stands.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The source and the file.
    pub source: String,
    /// The file within the source.
    pub file: String,
    /// The object, where the finding is about one.
    pub artifact: Option<ArtifactId>,
    /// Line and column within the file, where they are known.
    pub position: Option<Position>,
    /// What was found.
    pub finding: Finding,
}

/// All that was found, worst first within each file.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many objects were reviewed.
    pub reviewed: usize,
    /// The findings.
    pub findings: Vec<Placed>,
}

impl Report {
    /// How many findings are of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let found = self.findings.iter();
        found
            .filter(|placed| placed.finding.severity == severity)
            .count()
    }

    /// The report, if it has no errors.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] that names the first error and the number of others.
    pub fn passed(self) -> Result<Self> {
        let mut errors = self
            .findings
            .iter()
            .filter(|placed| placed.finding.severity == Severity::Error);
        let Some(first) = errors.next() else {
            return Ok(self);
        };
        let more = match errors.count() {
            0 => String::new(),
            others => format!(", and {others} more"),
        };
        let object = first
            .artifact
            .as_ref()
            .map_or(String::new(), |artifact| format!(" {artifact}:"));
        Err(Error::new(
            ErrorKind::Malformed,
            format!(
                "{}/{}:{object} {}{more}",
                first.source, first.file, first.finding.what
            ),
        )
        .hint(format!(
            "{}; `sealift lint` shows all of it",
            first.finding.fix
        )))
    }
}

/// One object of a file.
struct Subject {
    source: String,
    file: String,
    artifact: ArtifactId,
    /// The whole file, positions and all, and the pointer to the object in it.
    root: Option<Node>,
    path: String,
    /// The object itself.
    body: Node,
}

/// Reviews all objects of all files. Filters and jobs among them count as being
/// there for the others.
#[must_use]
pub fn lint(sources: &[Source], options: &Options) -> Report {
    let mut subjects = Vec::new();
    let mut report = Report::default();
    for source in sources {
        collect(source, &mut subjects, &mut report);
    }
    let known = |kind: ArtifactKind, more: &BTreeSet<String>| {
        let own = subjects
            .iter()
            .filter(|subject| subject.artifact.kind == kind);
        let ids = own.map(|subject| subject.artifact.id.clone());
        ids.chain(more.iter().cloned()).collect()
    };
    let around = Surroundings {
        version: options.version.clone(),
        filters: known(ArtifactKind::Filter, &options.filters),
        jobs: known(ArtifactKind::Job, &options.jobs),
    };
    for subject in &subjects {
        let found = review(
            subject.artifact.kind,
            &subject.artifact.id,
            &subject.body,
            &around,
        );
        report
            .findings
            .extend(found.into_iter().map(|finding| subject.place(finding)));
    }
    report.reviewed = subjects.len();
    report.findings.sort_by(|a, b| {
        let order = |placed: &Placed| (placed.source.clone(), placed.file.clone());
        order(a)
            .cmp(&order(b))
            .then_with(|| b.finding.severity.cmp(&a.finding.severity))
            .then_with(|| a.position.cmp(&b.position))
    });
    report
}

impl Subject {
    fn place(&self, finding: Finding) -> Placed {
        let full = format!("{}{}", self.path, finding.path);
        let position = self.root.as_ref().and_then(|root| {
            let node = root.pointer(&full).or_else(|| root.pointer(&self.path));
            node.map(|node| node.at)
        });
        Placed {
            source: self.source.clone(),
            file: self.file.clone(),
            artifact: Some(self.artifact.clone()),
            position,
            finding,
        }
    }
}

fn collect(source: &Source, subjects: &mut Vec<Subject>, report: &mut Report) {
    let mut cataloger = Cataloger::new();
    cataloger.begin(
        &source.name,
        source.files.iter().map(|(name, _)| name.as_str()),
    );
    for (name, bytes) in &source.files {
        cataloger.file(name, bytes);
    }
    let catalog = cataloger.finish();
    let mut guessed = BTreeSet::new();
    for (name, bytes) in &source.files {
        let is_known = catalog.items.iter().any(|item| item.place.file == *name);
        if is_known || !content::has_extension(name, "json") {
            continue;
        }
        let found = by_shape(source, name, bytes);
        if !found.is_empty() {
            guessed.insert(name.as_str());
            subjects.extend(found);
        }
    }
    for item in &catalog.items {
        let file = source
            .files
            .iter()
            .find(|(name, _)| *name == item.place.file);
        let Some((name, bytes)) = file.filter(|_| item.artifact.kind != ArtifactKind::Model) else {
            continue;
        };
        subjects.extend(classified(source, name, bytes, item));
    }
    let others = catalog.findings.into_iter();
    let unexplained = others.filter(|finding| !guessed.contains(finding.place.file.as_str()));
    report
        .findings
        .extend(unexplained.map(|found| of_catalog(source, found)));
}

fn by_shape(source: &Source, name: &str, bytes: &[u8]) -> Vec<Subject> {
    let Ok(text) = content::text(name, bytes) else {
        return Vec::new();
    };
    let root = json_text::parse(text);
    let base = name.rsplit('/').next().unwrap_or(name);
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    guess(stem, &root)
        .into_iter()
        .filter_map(|(artifact, path)| {
            let body = root.pointer(&path)?.clone();
            Some(Subject {
                source: source.name.clone(),
                file: name.to_owned(),
                artifact,
                root: Some(root.clone()),
                path,
                body,
            })
        })
        .collect()
}

fn classified(source: &Source, name: &str, bytes: &[u8], item: &catalog::Item) -> Option<Subject> {
    let path = match &item.place.part {
        Some(Part::Pointer(pointer)) => pointer.clone(),
        _ => String::new(),
    };
    let is_whole = !matches!(item.place.part, Some(Part::Line(_)));
    let root = (is_whole && content::has_extension(name, "json"))
        .then(|| content::text(name, bytes).ok().map(json_text::parse))
        .flatten();
    let body = if let Some(body) = root.as_ref().and_then(|root| root.pointer(&path)) {
        body.clone()
    } else {
        let value = content::read(name, item.place.part.as_ref(), bytes).ok()?;
        json_text::parse(&value.to_string())
    };
    Some(Subject {
        source: source.name.clone(),
        file: name.to_owned(),
        artifact: item.artifact.clone(),
        root,
        path,
        body,
    })
}

fn of_catalog(source: &Source, found: catalog::Finding) -> Placed {
    let severity = match found.severity {
        catalog::Severity::Warning => Severity::Warning,
        catalog::Severity::Error => Severity::Error,
    };
    let finding = Finding::new(severity, "file/class", found.message)
        .why("what cannot be classified cannot be installed")
        .fix("name the file or its content as the publishers of releases do");
    Placed {
        source: source.name.clone(),
        file: found.place.file,
        artifact: None,
        position: None,
        finding,
    }
}
