//! `sealift pack`: releases become one signed bundle.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::lint::{ReviewArgs, told};
use crate::cli::opening::threads;
use crate::cli::passphrase::SigningArgs;
use crate::error::{Error, ErrorKind, Result};
use crate::flow::gather::{Gathered, gather_with};
use crate::flow::lint::{self, source};
use crate::flow::local::by_time;
use crate::flow::pack::{PackInput, PackValidation, pack};
use crate::flow::rehearse::{Artifacts, Stage, fit, rehearse_set};
use crate::io::bundle::Content;
use crate::io::trust_store;
use crate::model::finding::Severity;
use crate::model::label::Label;
use crate::model::package::Choices;
use crate::model::signed_list::ListHeader;
use crate::model::time::Timestamp;
use crate::progress::Progress;

/// Pack releases into one signed bundle.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example: sealift pack ML-DGA-20201129-1.zip filters.toml -o dga.sealift --key alice.key.pem")]
pub struct PackArgs {
    /// Release or integration package (folder or zip), or artifact file
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Bundle to write
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// Whom to sign as.
    #[command(flatten)]
    pub signing: SigningArgs,
    /// Write the bundle without a signature, to be signed elsewhere
    #[arg(long, conflicts_with = "keys")]
    pub unsigned: bool,
    /// What the bundle is called [default: the output's name]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The line of bundles that it belongs to
    #[arg(long, value_name = "CHANNEL", default_value = "main")]
    pub channel: String,
    /// Its place in that line [default: the time of packing, as in 20260131080000]
    #[arg(long, value_name = "N")]
    pub sequence: Option<u64>,
    /// When it stops being good: a time, or a number of days such as 90d
    #[arg(long, value_name = "WHEN", default_value = "365d")]
    pub expires: String,
    /// Documents to rehearse with and to carry, one JSON object per line; repeat for
    /// several sets
    #[arg(long, value_name = "DOCS")]
    pub validation: Vec<PathBuf>,
    /// Expected results of the documents given at the same place [default: those of
    /// the rehearsal]
    #[arg(long, value_name = "FILE")]
    pub expected: Vec<PathBuf>,
    /// Pipeline that the documents are for [default: the bundle's entry pipeline]
    #[arg(long, value_name = "ID")]
    pub pipeline: Option<String>,
    /// Pack although documents failed or did not come out as expected; goes on record
    #[arg(long, requires = "validation")]
    pub allow_failed_validation: bool,
    /// Indices that the datafeeds of an integration package read, separated by commas
    /// [default: those that its modules name]
    #[arg(long, value_name = "INDICES")]
    pub index_pattern: Option<String>,
    /// Add this to the ids that file names give to scripts, pipelines and transforms, as
    /// in _default for a risk score of the default space
    #[arg(long, value_name = "TEXT")]
    pub suffix: Option<String>,
    /// What the content is for.
    #[command(flatten)]
    pub review: ReviewArgs,
    /// Carry files that cannot be classified instead of refusing them
    #[arg(long)]
    pub carry_unknown: bool,
    /// Carry the trust roots in this folder
    #[arg(long, value_name = "DIR")]
    pub carry_roots: Option<PathBuf>,
    /// License of the releases that carry no license file
    #[arg(long, value_name = "TEXT", value_parser = license)]
    pub license: Option<String>,
    /// Threads that hash [default: as many as the machine has]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

/// Packs the releases.
///
/// # Errors
/// Those of [`gather_with`], [`pack`] and the review of the content;
/// [`ErrorKind::Usage`] without a key.
pub fn run(args: &PackArgs, desk: &Desk) -> Result<Answer> {
    let keys = args.signing.open(desk)?;
    if keys.is_empty() && !args.unsigned {
        return Err(Error::new(ErrorKind::Usage, "no key to sign with")
            .hint("name one with --key, or make one with `sealift key new NAME`"));
    }
    let progress = desk.progress();
    let choices = Choices {
        index_pattern: args.index_pattern.clone(),
        suffix: args.suffix.clone(),
        leave_open: false,
    };
    let gathered = gather_with(&args.paths, args.carry_unknown, &choices, &progress)?;
    let trust = match &args.carry_roots {
        Some(folder) => trust_store::roots(folder)?,
        None => Vec::new(),
    };
    let version = trust.last().map_or(0, |signed| signed.root.version);
    let header = header(args, desk, version)?;
    let mut options = args.review.options(header.created, args.carry_unknown);
    options.suffix = args.suffix.clone().unwrap_or_default();
    review(&gathered, &options, &progress)?;
    let validation = validation(args, &gathered, header.created, &progress)?;
    let Gathered { releases, catalog } = gathered;
    let input = PackInput {
        header,
        releases,
        catalog,
        validation,
        license: args.license.clone(),
        trust: trust_store::root_files(&trust),
    };
    let packed = pack(input, &keys, &args.output, threads(args.threads), &progress)?;
    let result = json!({
        "file": args.output,
        "bundle_sha256": packed.digest,
        "header": packed.header,
        "signers": packed.signers,
        "members": packed.members,
        "artifacts": packed.artifacts,
    });
    let signers: Vec<String> = packed.signers.iter().map(ToString::to_string).collect();
    let text = format!(
        "{} holds {} artifacts in {} members\n\
         channel   {}, sequence {}\n\
         expires   {}\n\
         sha256    {} (of SHA256SUMS)\n\
         signers   {}",
        escape::line(&args.output.display().to_string()),
        packed.artifacts,
        packed.members,
        packed.header.channel,
        packed.header.sequence,
        packed.header.expires,
        packed.digest,
        if signers.is_empty() {
            "none yet: sign it with `sealift sign`".to_owned()
        } else {
            signers.join(", ")
        },
    );
    Answer::new(&result, text)
}

fn license(text: &str) -> std::result::Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.len() > 200 || text.chars().any(char::is_control) {
        return Err("it must be 1 to 200 plain characters".to_owned());
    }
    Ok(text.to_owned())
}

/// Lints what is to be packed: warnings are shown, errors refuse it.
fn review(gathered: &Gathered, options: &lint::Options, progress: &dyn Progress) -> Result<()> {
    let sources: Vec<_> = gathered.releases.iter().map(source::of_release).collect();
    let report = lint::lint(&sources, options)?;
    for severity in [Severity::Warning, Severity::Error] {
        // A single error is told by the refusal itself.
        let is_alone = severity == Severity::Error && report.count(severity) == 1;
        let told = told(report.of(severity).filter(|_| !is_alone));
        for line in told.iter().flat_map(|lines| lines.lines()) {
            progress.note(line);
        }
    }
    report.passed()
}

fn header(args: &PackArgs, desk: &Desk, trust: u32) -> Result<ListHeader> {
    let created = match desk.source_date()? {
        Some(told) => told,
        None => desk.now()?,
    };
    let usage = |what: &str, error: Error| {
        Error::new(ErrorKind::Usage, format!("cannot use {what}")).because(error)
    };
    let stem = args.output.file_stem().unwrap_or_default();
    let name = match &args.name {
        Some(name) => name.clone(),
        None => stem.to_string_lossy().into_owned(),
    };
    Ok(ListHeader {
        name: Label::parse(&name).map_err(|e| usage("the bundle's name", e).hint("use --name"))?,
        channel: Label::parse(&args.channel).map_err(|e| usage("--channel", e))?,
        sequence: args.sequence.unwrap_or_else(|| by_time(created)),
        created,
        expires: expires(&args.expires, created).map_err(|e| usage("--expires", e))?,
        trust,
    })
}

fn expires(text: &str, created: Timestamp) -> Result<Timestamp> {
    match text.strip_suffix('d').map(str::parse) {
        Some(Ok(days)) => created.plus_days(days),
        _ => Timestamp::parse(text),
    }
}

/// The validation sets, rehearsed with what was gathered as of the time of packing.
fn validation(
    args: &PackArgs,
    gathered: &Gathered,
    created: Timestamp,
    progress: &dyn Progress,
) -> Result<Vec<PackValidation>> {
    if args.expected.len() > args.validation.len() {
        return Err(Error::new(
            ErrorKind::Usage,
            "there are more --expected than --validation",
        ));
    }
    if args.validation.is_empty() {
        return Ok(Vec::new());
    }
    let artifacts = Artifacts::of_releases(gathered)?;
    let calls = artifacts.calls.clone();
    let now = u64::try_from(created.seconds()).unwrap_or_default();
    let stage = Stage::new(artifacts, Duration::from_secs(now))?;
    let sets = args.validation.iter().enumerate().map(|(index, path)| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut set = PackValidation {
            name: name.into_owned(),
            pipeline: args.pipeline.clone(),
            documents: Content::File(path.clone()),
            expected: args.expected.get(index).cloned().map(Content::File),
            failed: None,
        };
        let report = rehearse_set(&stage, &calls, &mut set, threads(args.threads), progress)?;
        if let Err(unfit) = fit(&set.name, &report) {
            if !args.allow_failed_validation {
                return Err(unfit);
            }
            progress.note(&format!("warning: {unfit}"));
            set.failed = u64::try_from(report.bad()).ok();
        }
        Ok(set)
    });
    sets.collect()
}
