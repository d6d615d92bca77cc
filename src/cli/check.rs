//! `sealift check`: proves that enrichment works on the cluster itself.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::fleet::{self, Report};
use crate::cli::opening::OpeningArgs;
use crate::cli::target::TargetArgs;
use crate::error::{ErrorKind, Result};
use crate::flow::check::{self, Checked, Verdict};

/// Send the bundle's documents through the installed pipelines and compare.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift check dga.sealift --cluster soc-east")]
pub struct CheckArgs {
    /// Bundle
    pub file: PathBuf,
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
    fleet::run(&args.target, desk, |cluster, progress| {
        let sets = check::check(cluster, &bundle, progress)?;
        let right = sets.iter().all(Checked::is_right);
        Ok(Report {
            text: describe(&cluster.label, &sets),
            json: json!({"sets": sets, "right": right}),
            ending: (!right).then_some(ErrorKind::Difference),
        })
    })
}

fn describe(label: &str, sets: &[Checked]) -> String {
    let label = escape::line(label);
    if sets.is_empty() {
        return format!("{label}: the bundle carries no documents to check with");
    }
    let mut lines = Vec::new();
    for set in sets {
        lines.push(format!(
            "{label}: {} through {}: {} of {} documents as expected",
            escape::line(&set.name),
            escape::line(&set.pipeline),
            set.right,
            set.documents
        ));
        for wrong in &set.wrong {
            let why = match &wrong.verdict {
                Verdict::Right => continue,
                Verdict::Failed(message) => format!("failed: {message}"),
                Verdict::Different(difference) => difference.clone(),
            };
            lines.push(format!(
                "  {}: {}",
                escape::line(&wrong.id),
                escape::line(&why)
            ));
        }
    }
    lines.join("\n")
}
