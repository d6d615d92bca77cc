//! `sealift lint`: mistakes found before a cluster does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::opening::OpeningArgs;
use crate::error::{ErrorKind, OrErr, Result};
use crate::flow::lint::{self, Options, Placed, Report, source};
use crate::io::bundle::VerifiedBundle;
use crate::io::files;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::finding::Severity;
use crate::model::lint::Surroundings;
use crate::model::manifest::ArtifactEntry;
use crate::model::sarif::{self, Located};
use crate::model::time::Timestamp;
use crate::model::version::StackVersion;

/// How many findings of one sort about one object people are shown.
const ALIKE: usize = 20;

/// What is known of the clusters that content is for.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Review")]
pub struct ReviewArgs {
    /// The version of the clusters that the content is for
    #[arg(long, value_name = "VERSION", default_value_t = Surroundings::NEWEST)]
    stack_version: StackVersion,
    /// A filter that the clusters have already
    #[arg(long, value_name = "ID")]
    known_filter: Vec<String>,
    /// A job that the clusters have already
    #[arg(long, value_name = "ID")]
    known_job: Vec<String>,
}

impl ReviewArgs {
    /// What a review takes into account at the time `now`.
    #[must_use]
    pub fn options(&self, now: Timestamp, allow_unknown: bool) -> Options {
        let of = |kind: ArtifactKind, ids: &[String]| -> Vec<ArtifactId> {
            let ids = ids.iter();
            ids.map(|id| ArtifactId::new(kind, id.as_str())).collect()
        };
        let filters = of(ArtifactKind::Filter, &self.known_filter);
        let jobs = of(ArtifactKind::Job, &self.known_job);
        Options {
            version: self.stack_version.clone(),
            known: filters.into_iter().chain(jobs).collect(),
            now,
            allow_unknown,
            suffix: String::new(),
        }
    }
}

/// Find mistakes in jobs, datafeeds, analytics, filters, models, pipelines, scripts
/// and rules
///
/// Looks at everything that Elasticsearch and Kibana would refuse, in their words,
/// and at what they forget to check and stumble over later. Scripts, conditions and
/// pipelines are compiled, models are read. Ends with 5 when there are errors.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift lint my-release/ --stack-version 7.17.0")]
pub struct LintArgs {
    /// Release folders, release zips, single files, or bundles
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Also write the findings to FILE in SARIF 2.1.0
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// Warnings fail like errors
    #[arg(long)]
    strict: bool,
    /// What the content is for.
    #[command(flatten)]
    review: ReviewArgs,
    /// Whom to trust.
    #[command(flatten)]
    opening: OpeningArgs,
}

/// Lints and tells.
///
/// # Errors
/// When something cannot be read, or the SARIF file not be written.
pub fn run(args: &LintArgs, desk: &Desk) -> Result<Answer> {
    let mut bundles = Vec::new();
    for path in args.paths.iter().filter(|path| is_bundle(path)) {
        bundles.push(args.opening.open(path, desk)?);
    }
    let mut sources = Vec::new();
    for path in args.paths.iter().filter(|path| !is_bundle(path)) {
        sources.push(source::of_path(path)?);
    }
    sources.extend(bundles.iter().flat_map(source::of_bundle));
    let mut options = args.review.options(desk.now()?, false);
    // Ids of a bundle may have got more than the names of its files say.
    let manifests = bundles.iter().map(VerifiedBundle::manifest);
    let packed = manifests.flat_map(|manifest| &manifest.artifacts);
    options.known.extend(packed.map(ArtifactEntry::artifact));
    let report = lint::lint(&sources, &options)?;
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

/// Whether a path is that of a bundle, or of one of its volumes or their index.
fn is_bundle(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut parts = name.rsplit('.');
    let last = parts.next();
    last == Some("sealift") || (last.is_some() && parts.next() == Some("sealift"))
}

fn sarif_log(report: &Report) -> Value {
    let files: Vec<String> = report.findings.iter().map(Placed::path).collect();
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

fn to_json(report: &Report) -> Value {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|placed| {
            json!({
                "severity": placed.finding.severity.name(),
                "check": placed.finding.check,
                "file": placed.path(),
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
    let mut lines = told(report.findings.iter());
    let of = |severity: Severity, word: &str| counted(report.count(severity), word);
    lines.push(format!(
        "{} reviewed: {}, {}, {}",
        counted(report.reviewed, "object"),
        of(Severity::Error, "error"),
        of(Severity::Warning, "warning"),
        of(Severity::Note, "note")
    ));
    lines.join("\n")
}

/// So many of something, in words.
fn counted(count: usize, word: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {word}{ending}")
}

/// Findings for people, escaped. Of many of one sort about one object, the first
/// stand for the others.
#[must_use]
pub fn told<'a>(findings: impl Iterator<Item = &'a Placed>) -> Vec<String> {
    let mut counts: BTreeMap<(String, Option<&ArtifactId>, &str), usize> = BTreeMap::new();
    let mut lines = Vec::new();
    for placed in findings {
        let sort = (
            placed.path(),
            placed.artifact.as_ref(),
            placed.finding.check,
        );
        let count = counts.entry(sort).or_default();
        *count += 1;
        if *count <= ALIKE {
            lines.push(lines_of(placed));
        }
    }
    for ((file, _, check), count) in counts.iter().filter(|(_, count)| **count > ALIKE) {
        let more = count - ALIKE;
        let line = format!("{file}: {more} more of {check} (--json has all)");
        lines.push(escape::line(&line));
    }
    lines
}

/// A finding for people, escaped: what, and below it where, why, and what to do.
fn lines_of(placed: &Placed) -> String {
    let place = placed
        .position
        .map_or(String::new(), |place| format!(":{place}"));
    let object = placed
        .artifact
        .as_ref()
        .map_or(String::new(), |artifact| format!(" {artifact}"));
    let finding = &placed.finding;
    let mut lines = vec![escape::line(&format!(
        "{}{place}: {}{object}: {}",
        placed.path(),
        finding.severity,
        finding.what
    ))];
    for (word, said) in [
        ("at", &finding.path),
        ("why", &finding.why),
        ("fix", &finding.fix),
    ] {
        if !said.is_empty() {
            lines.push(escape::line(&format!("    {word}: {said}")));
        }
    }
    lines.join("\n")
}
