//! Linting: every object of files, folders or a bundle is reviewed and compiled,
//! and each finding gets its place.

use std::collections::BTreeSet;

use crate::error::{Error, ErrorKind, Result};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::catalog::{self, Cataloger, Item, document_stem};
use crate::model::finding::{Finding, Severity};
use crate::model::json_text::Position;
use crate::model::lint::{Surroundings, review};
use crate::model::time::Timestamp;
use crate::model::version::StackVersion;

mod compile;
mod models;
mod notes;
pub mod source;
mod subject;

pub use source::Source;
use subject::Subject;

/// What is known beyond the files.
#[derive(Clone, Debug)]
pub struct Options {
    /// The version of the clusters that the content is for.
    pub version: StackVersion,
    /// What the clusters have already.
    pub known: BTreeSet<ArtifactId>,
    /// When it is: items of filters expire.
    pub now: Timestamp,
    /// Files that cannot be classified are no mistake.
    pub allow_unknown: bool,
    /// What the ids that file names give to scripts, pipelines and transforms get more.
    pub suffix: String,
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
        self.of(severity).count()
    }

    /// The findings of a severity.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Placed> {
        let found = self.findings.iter();
        found.filter(move |placed| placed.finding.severity == severity)
    }

    /// Whether it has no errors.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] that names the first error and the number of others.
    pub fn passed(&self) -> Result<()> {
        let mut errors = self.of(Severity::Error);
        let Some(first) = errors.next() else {
            return Ok(());
        };
        let more = match errors.count() {
            0 => String::new(),
            others => format!(", and {others} more"),
        };
        let object = first
            .artifact
            .as_ref()
            .map_or(String::new(), |artifact| format!(" {artifact}:"));
        let Finding {
            path,
            what,
            why,
            fix,
            ..
        } = &first.finding;
        let at = if path.is_empty() {
            String::new()
        } else {
            format!(" (at {path})")
        };
        Err(Error::new(
            ErrorKind::Malformed,
            format!("{}:{object} {what}{at}{more}", first.path()),
        )
        .because(why.clone())
        .hint(format!("{fix}; `sealift lint` shows all of it")))
    }
}

impl Placed {
    /// The path of the file: a source that is one file has its name twice.
    #[must_use]
    pub fn path(&self) -> String {
        if self.source == self.file {
            self.file.clone()
        } else {
            format!("{}/{}", self.source, self.file)
        }
    }
}

/// Reviews all objects of all files. The artifacts among them count as being
/// there for the others.
///
/// # Errors
/// As reading the files.
pub fn lint(sources: &[Source<'_>], options: &Options) -> Result<Report> {
    let mut found = Found::default();
    for source in sources {
        found.gather(source, options)?;
    }
    let own = found.subjects.iter().map(|subject| &subject.artifact);
    let own = own.chain(found.items.iter().map(|item| &item.artifact));
    let around = Surroundings {
        version: options.version.clone(),
        known: own.chain(&options.known).cloned().collect(),
    };
    let mut findings = found.unmet(&around);
    let compiler = compile::Compiler::new(&found.subjects, &found.models, &options.version);
    for subject in &found.subjects {
        let artifact = &subject.artifact;
        let mut about = review(artifact.kind, &artifact.id, &subject.body, &around);
        if subject.body.syntax_error().is_none() {
            about.extend(compiler.check(artifact, &subject.body, &about));
        }
        if let Some(noted) = &subject.noted {
            about.extend(notes::review(noted, options.now));
        }
        findings.extend(about.into_iter().map(|finding| subject.place(finding)));
    }
    let reviewed = found.subjects.len() + found.models.count();
    findings.extend(found.findings);
    findings.sort_by(|a, b| {
        let file = |placed: &Placed| (placed.source.clone(), placed.file.clone());
        file(a)
            .cmp(&file(b))
            .then_with(|| b.finding.severity.cmp(&a.finding.severity))
            .then_with(|| a.position.cmp(&b.position))
    });
    Ok(Report { reviewed, findings })
}

/// What the files hold.
#[derive(Default)]
struct Found {
    subjects: Vec<Subject>,
    models: models::Models,
    items: Vec<Item>,
    findings: Vec<Placed>,
}

impl Found {
    /// Finds the objects of a source. Each file is read once; of models only what
    /// the others need to know of them is kept.
    fn gather(&mut self, source: &Source<'_>, options: &Options) -> Result<()> {
        let names = source.files.iter().map(|file| file.name.as_str());
        let mut cataloger = Cataloger::new()
            .carry_unknown(options.allow_unknown)
            .suffix(&options.suffix);
        match &source.package {
            Some(conditions) => cataloger.begin_package(&source.name, conditions)?,
            None => cataloger.begin(&source.name, names),
        }
        let mut guessed = BTreeSet::new();
        for file in &source.files {
            let is_list = source.is_list();
            // A document is known by its name; its content may have any size.
            let is_document = !is_list && document_stem(&file.name).is_some();
            let bytes = if is_document {
                Vec::new()
            } else {
                file.read()?
            };
            if is_list {
                let list = subject::of_list(&source.name, &file.name, &bytes)?;
                self.subjects.push(list);
                continue;
            }
            let items = cataloger.file(&file.name, &bytes);
            let subjects = subject::of_file(&source.name, &file.name, &bytes, items);
            if items.is_empty() && !subjects.is_empty() {
                guessed.insert(file.name.as_str());
            }
            self.subjects.extend(subjects);
            let refused = self.models.add(&source.name, &file.name, &bytes, items);
            self.findings.extend(refused);
        }
        let catalog = cataloger.finish();
        let others = catalog.findings.into_iter();
        let unexplained = others.filter(|found| !guessed.contains(found.place.file.as_str()));
        self.findings
            .extend(unexplained.map(|found| of_catalog(source, found)));
        self.items.extend(catalog.items);
        Ok(())
    }

    /// References to what will not be there, of the kinds whose review does not look
    /// for them itself.
    fn unmet(&self, around: &Surroundings) -> Vec<Placed> {
        const LOOKED_AT: [ArtifactKind; 4] = [
            ArtifactKind::Pipeline,
            ArtifactKind::Job,
            ArtifactKind::Datafeed,
            ArtifactKind::Rule,
        ];
        let mut unmet = Vec::new();
        let others = self.items.iter();
        for item in others.filter(|item| !LOOKED_AT.contains(&item.artifact.kind)) {
            for wanted in item.references.difference(&around.known) {
                let finding = Finding::new(
                    Severity::Warning,
                    "file/unknown-reference",
                    format!("the {wanted} is not here"),
                )
                .why("it is refused, or fails later, without it")
                .fix("put it beside the file, or see that the cluster has it");
                unmet.push(Placed {
                    source: item.place.release.clone(),
                    file: item.place.file.clone(),
                    artifact: Some(item.artifact.clone()),
                    position: None,
                    finding,
                });
            }
        }
        unmet
    }
}

fn of_catalog(source: &Source<'_>, found: catalog::Finding) -> Placed {
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
