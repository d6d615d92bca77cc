//! `sealift check`: proves that enrichment works on the cluster itself.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::fleet::{self, Report};
use crate::cli::opening::OpeningArgs;
use crate::cli::target::TargetArgs;
use crate::cli::{checkup_text, escape, wish, wrap};
use crate::error::{Error, ErrorKind, Result};
use crate::flow::check::{self, documents, recent};
use crate::flow::rehearse::choose;
use crate::flow::targets;
use crate::model::artifact::ArtifactId;
use crate::model::checkup::Recent;

/// Send the bundle's documents through the installed pipelines and compare; look
/// at recent documents, jobs and datafeeds.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: sealift check dga.sealift --cluster soc-east --index 'packetbeat-*'"
)]
pub struct CheckArgs {
    /// Bundle
    pub file: PathBuf,
    /// Leave out a kind, or one artifact as 'KIND ID', that was not installed on
    /// purpose; repeat for several
    #[arg(long, value_name = "WHAT")]
    pub without: Vec<String>,
    /// Look at the newest documents of this index or pattern too; repeat for several
    #[arg(long, value_name = "PATTERN")]
    pub index: Vec<String>,
    /// How many of the newest documents are looked at
    #[arg(long, value_name = "COUNT", default_value_t = recent::DEFAULT,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(recent::MOST)))]
    pub recent: u32,
    /// The pipeline that the documents of --index enter, where the bundle has several
    #[arg(long, value_name = "PIPELINE", requires = "index")]
    pub entry: Option<String>,
    /// Which clusters.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Whom to trust.
    #[command(flatten)]
    pub opening: OpeningArgs,
}

/// Checks.
///
/// # Errors
/// As opening the bundle, connecting and simulating; what does not come out as
/// expected ends with [`ErrorKind::Difference`].
pub fn run(args: &CheckArgs, desk: &Desk) -> Result<Answer> {
    let bundle = args.opening.open(&args.file, desk)?;
    let proof = documents::proof(&bundle)?;
    let manifest = bundle.manifest();
    let wanted = wish::without(&args.without, targets::wanted(&bundle)?)?;
    let artifacts: Vec<_> = wanted.into_iter().map(|target| target.artifact).collect();
    let calls = documents::calls(manifest);
    let entry = if args.index.is_empty() {
        ""
    } else {
        choose(&calls, args.entry.as_deref())?
    };
    fleet::run(&args.target, desk, |cluster, progress| {
        let missing = check::missing(cluster, &artifacts)?;
        if !missing.is_empty() {
            return Ok(incomplete(&cluster.label, &missing));
        }
        let checkup = check::check(cluster, &proof, &artifacts, progress)?;
        let looked: Vec<Recent> = args
            .index
            .iter()
            .map(|index| {
                let enrichment = &proof.enrichment;
                recent::recent(cluster, index, entry, enrichment, args.recent, progress)
            })
            .collect::<Result<_>>()
            .map_err(|error: Error| error.context("cannot look at recent documents"))?;
        let right = checkup.is_right() && looked.iter().all(Recent::is_right);
        let mut lines = checkup_text::checkup(&cluster.label, &checkup);
        lines.extend(
            looked
                .iter()
                .flat_map(|one| checkup_text::recent(&cluster.label, one)),
        );
        Ok(Report {
            text: lines.join("\n"),
            json: json!({
                "missing": [],
                "sets": checkup.sets,
                "states": checkup.states,
                "recent": looked,
                "right": right,
            }),
            ending: (!right).then_some(ErrorKind::Difference),
        })
    })
}

/// What there is to tell where not everything is installed: nothing can be proven.
fn incomplete(label: &str, missing: &[ArtifactId]) -> Report {
    let names: Vec<String> = missing.iter().map(ToString::to_string).collect();
    let told = format!(
        "not installed: {}; install the bundle, or leave out what is not there on purpose with \
         --without",
        escape::line(&names.join(", "))
    );
    Report {
        text: wrap::hanging(&format!("{}: ", escape::line(label)), &told),
        json: json!({"missing": missing, "sets": [], "states": [], "recent": [], "right": false}),
        ending: Some(ErrorKind::Difference),
    }
}
