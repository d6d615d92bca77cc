//! `sealift lint`: mistakes found before a cluster does.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::opening::OpeningArgs;
use crate::error::{ErrorKind, OrErr, Result};
use crate::flow::lint::{self, Options, Placed, Report};
use crate::io::files;
use crate::model::finding::Severity;
use crate::model::lint::Surroundings;
use crate::model::sarif::{self, Located};
use crate::model::version::StackVersion;

/// Find mistakes in jobs, datafeeds, analytics, filters, pipelines, scripts and rules
///
/// Looks at everything that Elasticsearch would refuse, in its words, and at what it
/// forgets to check and stumbles over later. Ends with 5 when there are errors.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift lint my-release/ --stack-version 7.17.0")]
pub struct LintArgs {
    /// Release folders, release zips, single files, or bundles
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The version of the clusters that the content is for
    #[arg(long, value_name = "VERSION", default_value_t = Surroundings::NEWEST)]
    stack_version: StackVersion,
    /// A filter that the clusters have already
    #[arg(long, value_name = "ID")]
    known_filter: Vec<String>,
    /// A job that the clusters have already
    #[arg(long, value_name = "ID")]
    known_job: Vec<String>,
    /// Also write the findings to FILE in SARIF 2.1.0
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// Warnings fail like errors
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    opening: OpeningArgs,
}

/// Lints and tells.
///
/// # Errors
/// When something cannot be read, or the SARIF file not be written.
pub fn run(args: &LintArgs, desk: &Desk) -> Result<Answer> {
    let mut sources = Vec::new();
    for path in &args.paths {
        if path
            .extension()
            .is_some_and(|extension| extension == "sealift")
        {
            let bundle = args.opening.open(path, desk)?;
            sources.extend(lint::source::of_bundle(&bundle)?);
        } else {
            sources.push(lint::source::read(path)?);
        }
    }
    let options = Options {
        version: args.stack_version.clone(),
        filters: args.known_filter.iter().cloned().collect(),
        jobs: args.known_job.iter().cloned().collect(),
    };
    let report = lint::lint(&sources, &options);
    if let Some(path) = &args.sarif {
        let log = serde_json::to_vec_pretty(&sarif_log(&report))
            .or_err(ErrorKind::Bug, || "SARIF is not JSON")?;
        files::write_atomic(path, &log)?;
    }
    let answer = Answer::new(&to_json(&report), text(&report))?;
    let fails =
        report.count(Severity::Error) > 0 || (args.strict && report.count(Severity::Warning) > 0);
    Ok(if fails {
        answer.ending(ErrorKind::Malformed)
    } else {
        answer
    })
}

fn sarif_log(report: &Report) -> Value {
    let files: Vec<String> = report.findings.iter().map(file_of).collect();
    let results: Vec<Located<'_>> = report
        .findings
        .iter()
        .zip(&files)
        .map(|(placed, file)| Located {
            file,
            position: placed.position,
            finding: &placed.finding,
        })
        .collect();
    sarif::log(env!("CARGO_PKG_VERSION"), &results)
}

/// The path of the file: a source that is one file has its name twice.
fn file_of(placed: &Placed) -> String {
    if placed.source == placed.file {
        placed.file.clone()
    } else {
        format!("{}/{}", placed.source, placed.file)
    }
}

fn to_json(report: &Report) -> Value {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|placed| {
            json!({
                "severity": placed.finding.severity.name(),
                "check": placed.finding.check,
                "file": file_of(placed),
                "kind": placed.artifact.as_ref().map(|artifact| artifact.kind.name()),
                "id": placed.artifact.as_ref().map(|artifact| artifact.id.clone()),
                "path": placed.finding.path,
                "line": placed.position.map(|place| place.line),
                "column": placed.position.map(|place| place.column),
                "what": placed.finding.what,
                "why": placed.finding.why,
                "fix": placed.finding.fix,
            })
        })
        .collect();
    json!({
        "reviewed": report.reviewed,
        "errors": report.count(Severity::Error),
        "warnings": report.count(Severity::Warning),
        "notes": report.count(Severity::Note),
        "findings": findings,
    })
}

fn text(report: &Report) -> String {
    let mut lines = Vec::new();
    for placed in &report.findings {
        let place = placed
            .position
            .map_or(String::new(), |place| format!(":{place}"));
        let object = placed
            .artifact
            .as_ref()
            .map_or(String::new(), |artifact| format!(" {artifact}"));
        let finding = &placed.finding;
        lines.push(escape::line(&format!(
            "{}{place}: {}{object}: {}",
            file_of(placed),
            finding.severity,
            finding.what
        )));
        for (word, said) in [
            ("at", &finding.path),
            ("why", &finding.why),
            ("fix", &finding.fix),
        ] {
            if !said.is_empty() {
                lines.push(escape::line(&format!("    {word}: {said}")));
            }
        }
    }
    lines.push(format!(
        "{} objects reviewed: {} errors, {} warnings, {} notes",
        report.reviewed,
        report.count(Severity::Error),
        report.count(Severity::Warning),
        report.count(Severity::Note)
    ));
    lines.join("\n")
}
