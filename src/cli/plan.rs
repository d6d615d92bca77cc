//! `sealift plan`: what an installation would change.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::fleet::{self, Report};
use crate::cli::opening::OpeningArgs;
use crate::cli::plan_file::PlanFile;
use crate::cli::target::TargetArgs;
use crate::cli::wish::WishArgs;
use crate::cli::{plan_text, wish};
use crate::error::{ErrorKind, Result};
use crate::flow::{prepare, targets};
use crate::model::plan::Plan;

/// Show what installing a bundle would change; changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift plan dga.sealift --cluster soc-east --exit-code")]
pub struct PlanArgs {
    /// Bundle
    pub file: PathBuf,
    /// Exit with 9 when there is something to change
    #[arg(long)]
    pub exit_code: bool,
    /// Write the plan to this file, for `install --plan`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// What is allowed.
    #[command(flatten)]
    pub wish: WishArgs,
    /// Which clusters.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Whom to trust.
    #[command(flatten)]
    pub opening: OpeningArgs,
}

/// Plans.
///
/// # Errors
/// As opening the bundle, connecting and planning;
/// [`ErrorKind::Io`] when the plan cannot be written.
pub fn run(args: &PlanArgs, desk: &Desk) -> Result<Answer> {
    let bundle = args.opening.open(&args.file, desk)?;
    let wanted = wish::wanted(&args.wish, targets::wanted(&bundle)?)?;
    let wish = wish::of(&args.wish);
    let width = desk.terminal.width();
    let file = PlanFile::collector(args.out.as_deref(), &bundle, &args.wish);
    let answer = fleet::run(&args.target, desk, |cluster, progress| {
        let prepared = prepare::prepare(cluster, &bundle, &wanted, &wish, progress)?;
        file.add(&prepared.plan);
        Ok(report(
            &cluster.label,
            &prepared.plan,
            width,
            args.exit_code,
        ))
    })?;
    file.write()?;
    Ok(answer)
}

/// The plan of one cluster as a report.
fn report(label: &str, plan: &Plan, width: u16, exit_code: bool) -> Report {
    let ending = if !plan.obstacles().is_empty() {
        Some(ErrorKind::Cluster)
    } else if exit_code && !plan.is_done() {
        Some(ErrorKind::Difference)
    } else {
        None
    };
    Report {
        json: json!({"plan": plan, "fingerprint": plan.fingerprint()}),
        text: plan_text::describe(label, plan, width),
        ending,
    }
}
