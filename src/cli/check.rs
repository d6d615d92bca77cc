//! `sealift check`: proves that enrichment works on the cluster itself.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::fleet::{self, Report};
use crate::cli::opening::OpeningArgs;
use crate::cli::target::TargetArgs;
use crate::cli::{checkup_text, recent_text, wish};
use crate::error::{ErrorKind, Result};
use crate::flow::check::documents::{Proof, Set};
use crate::flow::check::{self, documents, recent};
use crate::flow::rehearse::choose;
use crate::flow::targets;
use crate::io::cluster::{Cluster, told};
use crate::model::artifact::ArtifactId;
use crate::model::checkup::{Checkup, Unchecked};
use crate::model::recent::Recent;
use crate::progress::Progress;

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
    let bundle = args.opening.open_past(&args.file, desk)?;
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
    let look = |cluster: &Cluster, index: &String, progress: &dyn Progress| {
        let enrichment = &proof.enrichment;
        recent::recent(cluster, index, entry, enrichment, args.recent, progress)
    };
    fleet::run(&args.target, desk, |cluster, progress| {
        let absent = absent(cluster, &artifacts, &proof)?;
        let checkup = proven(cluster, &proof, &artifacts, &absent, progress)?;
        let looked = args.index.iter();
        let found = Found {
            unchecked: check::unchecked(&proof, &absent),
            missing: absent
                .into_iter()
                .filter(|id| artifacts.contains(id))
                .collect(),
            checkup,
            recent: looked
                .map(|index| look(cluster, index, progress))
                .collect::<Result<_>>()?,
        };
        Ok(found.report(&cluster.label))
    })
}

/// What is not there of `artifacts`, and of the pipelines that the sets enter.
fn absent(cluster: &Cluster, artifacts: &[ArtifactId], proof: &Proof) -> Result<Vec<ArtifactId>> {
    let mut asked = artifacts.to_vec();
    for entry in proof.sets.iter().map(Set::entry) {
        if !asked.contains(&entry) {
            asked.push(entry);
        }
    }
    check::missing(cluster, &asked)
}

/// What the sets and states give. Where something is `absent` a failure may come of
/// just that: it is told with the rest.
fn proven(
    cluster: &Cluster,
    proof: &Proof,
    artifacts: &[ArtifactId],
    absent: &[ArtifactId],
    progress: &dyn Progress,
) -> Result<Checkup> {
    match check::check_present(cluster, proof, artifacts, absent, progress) {
        Err(error) if !absent.is_empty() && error.kind() != ErrorKind::Interrupted => Ok(Checkup {
            failure: Some(told(&error)),
            ..Checkup::default()
        }),
        checkup => checkup,
    }
}

/// Everything that was found on one cluster.
struct Found {
    missing: Vec<ArtifactId>,
    unchecked: Vec<Unchecked>,
    checkup: Checkup,
    recent: Vec<Recent>,
}

impl Found {
    fn is_right(&self) -> bool {
        self.missing.is_empty()
            && self.checkup.is_right()
            && self.recent.iter().all(Recent::is_right)
    }

    fn report(&self, label: &str) -> Report {
        let mut lines = Vec::new();
        if !self.missing.is_empty() {
            lines.push(checkup_text::missing(label, &self.missing));
        }
        let unchecked = self.unchecked.iter();
        lines.extend(unchecked.map(|one| checkup_text::unchecked(label, one)));
        if self.unchecked.is_empty() {
            lines.extend(checkup_text::checkup(label, &self.checkup));
        } else {
            lines.extend(checkup_text::results(label, &self.checkup));
        }
        let recent = self.recent.iter();
        lines.extend(recent.flat_map(|one| recent_text::recent(label, one)));
        let right = self.is_right();
        let mut json = json!({
            "missing": self.missing,
            "unchecked": self.unchecked,
            "sets": self.checkup.sets,
            "states": self.checkup.states,
            "recent": self.recent,
            "right": right,
        });
        if let Some(failure) = &self.checkup.failure {
            json["failure"] = json!(failure);
        }
        Report {
            text: lines.join("\n"),
            json,
            ending: (!right).then_some(ErrorKind::Difference),
        }
    }
}
