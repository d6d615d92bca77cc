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
use crate::cli::{plan_text, preflight_text, wish};
use crate::error::{ErrorKind, Result};
use crate::flow::clock::Clock;
use crate::flow::fleet::Outcome;
use crate::flow::{prepare, targets};
use crate::io::cluster::Cluster;
use crate::model::plan::Plan;
use crate::model::preflight::{Finding, Weight};
use crate::progress::Progress;

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
    let file = PlanFile::collector(args.out.as_deref(), &bundle, &args.wish)?;
    let question = wish::question(&args.wish, &bundle, &wanted);
    let plan = |cluster: &Cluster, progress: &dyn Progress| {
        let prepared = prepare::prepare(cluster, &bundle, &wanted, &wish, progress)?;
        file.add(&prepared.plan);
        let now = || Desk::clock();
        let found = question.put_to(cluster, &Clock::new(&now))?.found;
        let ending = ending(&prepared.plan, args.exit_code);
        Ok(report(
            &cluster.label,
            &prepared.plan,
            &found,
            width,
            ending,
        ))
    };
    let outcomes = fleet::each(&args.target, desk, plan, |_, error| Err(error))?;
    let answer = if outcomes.len() == 1 {
        fleet::summary(outcomes)?
    } else {
        let text = together(&outcomes);
        fleet::together(&outcomes, text)?
    };
    file.write()?;
    Ok(answer)
}

/// The plans of several clusters, those that are alike once, then what failed.
fn together(outcomes: &[Outcome<Report>]) -> String {
    let plans = outcomes.iter().filter_map(|outcome| {
        let report = outcome.result.as_ref().ok()?;
        Some((outcome.label.as_str(), report.text.as_str()))
    });
    let mut parts = plan_text::alike(plans);
    let failed = outcomes.iter().filter_map(|outcome| {
        let error = outcome.result.as_ref().err()?;
        Some(fleet::failure(&outcome.label, error))
    });
    parts.extend(failed);
    parts.join("\n")
}

fn ending(plan: &Plan, exit_code: bool) -> Option<ErrorKind> {
    if !plan.obstacles().is_empty() {
        Some(ErrorKind::Cluster)
    } else if exit_code && !plan.is_done() {
        Some(ErrorKind::Difference)
    } else {
        None
    }
}

/// The plan of one cluster, with what its preflight `found`.
fn report(
    label: &str,
    plan: &Plan,
    found: &[Finding],
    width: u16,
    ending: Option<ErrorKind>,
) -> Report {
    let mut text = plan_text::describe(label, plan, width);
    let missing = found.iter().filter(|one| one.weight == Weight::Missing);
    let missing = preflight_text::findings(missing);
    if !missing.is_empty() {
        text.push_str("\nit cannot be installed as things are:\n");
        text.push_str(&missing.join("\n"));
    }
    Report {
        json: json!({"plan": plan, "fingerprint": plan.fingerprint(), "found": found}),
        text,
        ending,
    }
}
