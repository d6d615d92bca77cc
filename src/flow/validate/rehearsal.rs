//! Do the pipelines work? They are rehearsed over documents, offline.

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde::Serialize;

use crate::error::{ErrorKind, OrErr, Result};
use crate::flow::rehearse::{Artifacts, Lines, Report, Stage, entries, rehearse};
use crate::model::artifact::ArtifactKind;
use crate::model::catalog::Catalog;
use crate::progress::Progress;

use super::{Options, Remark, Severity};

/// Documents of several kinds, for releases that bring none: of each family's
/// pipelines some document should be a case.
const SAMPLES: &[u8] = include_bytes!("samples.ndjson");

/// What the pipelines are rehearsed with.
#[derive(Clone, Debug, Default)]
pub enum Rehearsal {
    /// The documents that sealift brings along. That one of them fails, or none is
    /// enriched, is worth a warning: they were not made for this release.
    #[default]
    Samples,
    /// Documents of the publisher, which must not fail and must give what is
    /// expected.
    Documents {
        /// One JSON object per line.
        documents: PathBuf,
        /// The results, line for line.
        expected: Option<PathBuf>,
    },
}

/// What came of the documents that entered one pipeline.
#[derive(Clone, Debug, Serialize)]
pub struct Rehearsed {
    /// The pipeline.
    pub pipeline: String,
    /// `samples`, or the file of the documents.
    pub with: String,
    /// How many documents there were.
    pub documents: usize,
    /// How many came out changed.
    pub enriched: usize,
    /// How many failed.
    pub failed: usize,
    /// How many were compared with an expected result.
    pub compared: usize,
    /// How many of these agreed.
    pub agreeing: usize,
}

impl fmt::Display for Rehearsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} with {}: {} documents, {} enriched, {} failed",
            self.pipeline, self.with, self.documents, self.enriched, self.failed
        )?;
        if self.compared > 0 {
            write!(f, ", {} of {} as expected", self.agreeing, self.compared)?;
        }
        Ok(())
    }
}

/// Sends the documents through every pipeline that no other of the release calls.
pub(super) fn check(
    catalog: &Catalog,
    files: &[(String, Vec<u8>)],
    options: &Options,
    progress: &dyn Progress,
) -> Result<(Vec<Rehearsed>, Vec<Remark>)> {
    if catalog.of_kind(ArtifactKind::Pipeline).next().is_none() {
        return Ok((Vec::new(), Vec::new()));
    }
    let artifacts = Artifacts::of_files(catalog, files)?;
    let calls = artifacts.calls.clone();
    let now = u64::try_from(options.date.seconds()).unwrap_or_default();
    let stage = match Stage::new(artifacts, Duration::from_secs(now)) {
        Ok(stage) => stage,
        Err(error) => {
            let mut message = error.to_string();
            if let Some(cause) = std::error::Error::source(&error) {
                message = format!("{message}: {cause}");
            }
            let remark = Remark::error("rehearsal/refused", "", message);
            return Ok((Vec::new(), vec![remark]));
        }
    };
    let mut rehearsals = Vec::new();
    let mut remarks = Vec::new();
    for entry in entries(&calls) {
        let report = run(&stage, entry, &options.rehearsal, progress)?;
        remarks.extend(judge(&report, &options.rehearsal));
        rehearsals.push(Rehearsed {
            pipeline: entry.to_owned(),
            with: name(&options.rehearsal),
            documents: report.documents,
            enriched: report.enriched,
            failed: report.failed,
            compared: report.compared,
            agreeing: report.agreeing,
        });
    }
    Ok((rehearsals, remarks))
}

fn name(rehearsal: &Rehearsal) -> String {
    match rehearsal {
        Rehearsal::Samples => "samples".to_owned(),
        Rehearsal::Documents { documents, .. } => documents.display().to_string(),
    }
}

fn run(
    stage: &Stage,
    entry: &str,
    rehearsal: &Rehearsal,
    progress: &dyn Progress,
) -> Result<Report> {
    let lines = |path: &Path| -> Result<Lines<Box<dyn BufRead>>> {
        let name = path.display().to_string();
        let file = File::open(path).or_err(ErrorKind::Io, || format!("cannot open {name}"))?;
        Ok(Lines::new(Box::new(BufReader::new(file)), name))
    };
    let (documents, expected) = match rehearsal {
        Rehearsal::Samples => {
            let samples: Box<dyn BufRead> = Box::new(Cursor::new(SAMPLES));
            (Lines::new(samples, "samples"), None)
        }
        Rehearsal::Documents {
            documents,
            expected,
        } => {
            let expected = expected.as_deref().map(lines).transpose()?;
            (lines(documents)?, expected)
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    rehearse(stage, entry, documents, expected, threads, None, progress)
}

/// What the report is worth saying.
fn judge(report: &Report, rehearsal: &Rehearsal) -> Vec<Remark> {
    let is_given = matches!(rehearsal, Rehearsal::Documents { .. });
    let mut remarks = Vec::new();
    let place = report.entry.as_str();
    if !report.is_good() {
        let severity = if is_given {
            Severity::Error
        } else {
            Severity::Warning
        };
        let first = report.findings.first();
        let why = first.map_or_else(String::new, |finding| {
            let why = finding.reason.as_ref().or(finding.difference.as_ref());
            let why = why.cloned().unwrap_or_default();
            format!("; line {}: {why}", finding.line)
        });
        let message = format!(
            "{} of {} documents failed or did not come out as expected{why}",
            report.bad(),
            report.documents
        );
        remarks.push(Remark::new(severity, "rehearsal/failed", place, message));
    }
    if report.enriched == 0 {
        let message = "no document was enriched; rehearse with your own: --documents DOCS";
        remarks.push(Remark::warning("rehearsal/idle", place, message));
    }
    remarks
}
