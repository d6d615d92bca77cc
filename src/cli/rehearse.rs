//! `sealift rehearse`: what the pipelines and models of a bundle make of
//! documents, without a cluster.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::opening::{OpeningArgs, threads};
use crate::cli::{escape, rehearsal_text};
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::flow::gather::gather;
use crate::flow::rehearse::{self, Artifacts, Lines, Report, Stage, choose, rehearse};
use crate::io::bundle::VerifiedBundle;
use crate::io::files::Draft;
use crate::model::content::has_extension;

/// Run a bundle's pipelines, scripts and models over documents, offline
///
/// Documents go through the pipelines as on a cluster. Without --documents they are
/// those of the bundle's validation sets, and every result is compared with the
/// expected one: numbers with a fraction to 1e-12, everything else exactly. Ends with
/// 9 when a result differs, or when a document fails that nothing was expected of.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift rehearse dga.sealift --documents dns.ndjson")]
pub struct RehearseArgs {
    /// Bundle, release folder or release zip
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Documents, one JSON object per line: fields, or _id, _index and _source
    #[arg(long, value_name = "DOCS")]
    documents: Option<PathBuf>,
    /// Expected results of these documents, as --write writes them
    #[arg(long, value_name = "EXPECTED", requires = "documents")]
    expected: Option<PathBuf>,
    /// The pipeline that documents enter [default: the one that no other calls]
    #[arg(long, value_name = "PIPELINE")]
    entry: Option<String>,
    /// Write the results, one per line
    #[arg(long, value_name = "EXPECTED")]
    write: Option<PathBuf>,
    #[command(flatten)]
    opening: OpeningArgs,
}

/// Documents and where their expected results are.
struct Set<'a> {
    name: String,
    pipeline: Option<String>,
    documents: Box<dyn Read + 'a>,
    expected: Option<Box<dyn Read + 'a>>,
}

/// Rehearses and tells.
///
/// # Errors
/// Those of [`OpeningArgs::open`] and [`rehearse()`]; [`ErrorKind::Usage`] when there
/// are no documents, or no pipeline that they enter.
pub fn run(args: &RehearseArgs, desk: &Desk) -> Result<Answer> {
    let releases = args.file.is_dir() || has_extension(&args.file.to_string_lossy(), "zip");
    if releases {
        let gathered = gather(std::slice::from_ref(&args.file), true, &desk.progress())?;
        return over(args, desk, Artifacts::of_releases(&gathered)?, Vec::new());
    }
    let bundle = args.opening.open(&args.file, desk)?;
    let sets = match args.documents {
        Some(_) => Vec::new(),
        None => carried(&bundle)?,
    };
    over(args, desk, Artifacts::of_bundle(&bundle)?, sets)
}

/// The validation sets of a bundle.
fn carried(bundle: &VerifiedBundle) -> Result<Vec<Set<'_>>> {
    let member = |path| -> Result<Box<dyn Read + '_>> { Ok(Box::new(bundle.member(path)?)) };
    let sets = bundle.manifest().validation.iter();
    sets.map(|set| {
        Ok(Set {
            name: set.name.clone(),
            pipeline: set.pipeline.clone(),
            documents: member(&set.documents)?,
            expected: set.expected.as_ref().map(member).transpose()?,
        })
    })
    .collect()
}

fn given(args: &RehearseArgs) -> Result<Option<Set<'static>>> {
    let open = |path: &PathBuf| -> Result<Box<dyn Read>> {
        let file = File::open(path);
        Ok(Box::new(file.or_err(ErrorKind::Io, || {
            format!("cannot open {}", path.display())
        })?))
    };
    let Some(path) = &args.documents else {
        return Ok(None);
    };
    Ok(Some(Set {
        name: path.display().to_string(),
        pipeline: None,
        documents: open(path)?,
        expected: args.expected.as_ref().map(open).transpose()?,
    }))
}

fn over(
    args: &RehearseArgs,
    desk: &Desk,
    artifacts: Artifacts,
    mut sets: Vec<Set<'_>>,
) -> Result<Answer> {
    sets.extend(given(args)?);
    if sets.is_empty() {
        let what = format!(
            "{} carries no documents to rehearse with",
            args.file.display()
        );
        return Err(Error::new(ErrorKind::Usage, what).hint("name some with --documents"));
    }
    let calls = artifacts.calls.clone();
    let now = desk.now()?.seconds();
    let now = Duration::from_secs(u64::try_from(now).unwrap_or_default());
    let stage = Stage::new(artifacts, now)?;
    let mut written = args.write.as_deref().map(Results::new).transpose()?;
    let mut rehearsals = Vec::new();
    for set in sets {
        let wanted = args.entry.as_deref().or(set.pipeline.as_deref());
        let entry = choose(&calls, wanted)?;
        let documents = Lines::new(BufReader::new(set.documents), "documents");
        let expected = set
            .expected
            .map(|expected| Lines::new(BufReader::new(expected), "expected results"));
        let mut add = written
            .as_mut()
            .map(|written| |result: &str| written.add(result));
        let report = rehearse(
            &stage,
            entry,
            documents,
            expected,
            threads(args.opening.threads),
            add.as_mut().map(|add| -> rehearse::Results<'_> { add }),
            &desk.progress(),
        )?;
        rehearsals.push((set.name, report));
    }
    if let Some(written) = written {
        written.publish()?;
    }
    answer(&rehearsals, desk)
}

fn answer(rehearsals: &[(String, Report)], desk: &Desk) -> Result<Answer> {
    let good = rehearsals.iter().all(|(_, report)| report.is_good());
    let texts: Vec<String> = rehearsals
        .iter()
        .map(|(name, report)| {
            let text = rehearsal_text::describe(report, desk.terminal.width());
            format!("{}\n{text}", escape::line(name))
        })
        .collect();
    let reports: Vec<Value> = rehearsals
        .iter()
        .map(|(name, report)| json!({"set": name, "good": report.is_good(), "report": report}))
        .collect();
    let answer = Answer::new(
        &json!({"good": good, "rehearsals": reports}),
        texts.join("\n\n"),
    )?;
    Ok(if good {
        answer
    } else {
        answer.ending(ErrorKind::Difference)
    })
}

/// The file of results in the making.
struct Results {
    draft: Draft,
    lines: BufWriter<File>,
    path: PathBuf,
}

impl Results {
    fn new(path: &Path) -> Result<Self> {
        let draft = Draft::beside(path)?;
        let file = draft
            .file()
            .try_clone()
            .or_err(ErrorKind::Io, || format!("cannot write {}", path.display()))?;
        Ok(Self {
            draft,
            lines: BufWriter::new(file),
            path: path.to_owned(),
        })
    }

    fn add(&mut self, result: &str) -> Result<()> {
        writeln!(self.lines, "{result}").or_err(ErrorKind::Io, || {
            format!("cannot write {}", self.path.display())
        })
    }

    fn publish(mut self) -> Result<()> {
        self.lines.flush().or_err(ErrorKind::Io, || {
            format!("cannot write {}", self.path.display())
        })?;
        drop(self.lines);
        self.draft.publish()
    }
}
