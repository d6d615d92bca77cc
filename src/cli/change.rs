//! What all commands that change clusters have in common: plan everywhere, show
//! it, ask once, apply everywhere, tell what was done.

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::fleet::{self, Report};
use crate::cli::target::TargetArgs;
use crate::cli::{escape, plan_text, prompt};
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::flow::fleet as many;
use crate::flow::install::{Bench, Done};
use crate::flow::prepare::Prepared;
use crate::io::cluster::Cluster;
use crate::model::plan::Plan;
use crate::progress::Progress;

/// What was asked for.
#[derive(Debug)]
pub struct Asked<'a> {
    /// Which clusters.
    pub target: &'a TargetArgs,
    /// Apply without asking.
    pub yes: bool,
    /// The cluster that goes first.
    pub canary: Option<&'a str>,
}

/// A cluster with what is going to happen to it.
type Ready = (Cluster, Prepared);

/// Plans with `prepare` on every cluster, shows the plans, asks, and applies
/// them.
///
/// # Errors
/// With one cluster, its failure; [`ErrorKind::Usage`] where nobody can confirm.
pub fn run(
    asked: &Asked<'_>,
    desk: &Desk,
    prepare: impl Fn(&Cluster, &dyn Progress) -> Result<Prepared> + Sync,
) -> Result<Answer> {
    let addresses = asked.target.addresses(desk)?;
    if let Some(canary) = asked.canary
        && !addresses.iter().any(|address| address.label == canary)
    {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("the canary {canary:?} is not among the clusters"),
        ));
    }
    let progress = desk.progress();
    let planned = many::each(fleet::labelled(addresses), |_, address| {
        let cluster = Cluster::connect(address)?;
        let prepared = prepare(&cluster, &progress)?;
        Ok((cluster, prepared))
    });
    let mut ready: Vec<(String, Ready)> = Vec::new();
    let mut reports: Vec<many::Outcome<Report>> = Vec::new();
    for outcome in planned {
        match outcome.result {
            Ok((cluster, prepared)) => {
                let plan =
                    plan_text::describe(&outcome.label, &prepared.plan, desk.terminal.width());
                desk.terminal
                    .say(&plan)
                    .or_err(ErrorKind::Io, || "cannot write to standard output")?;
                match prepared.refuse_obstacles() {
                    Ok(()) => ready.push((outcome.label, (cluster, prepared))),
                    Err(error) => reports.push(many::Outcome {
                        label: outcome.label,
                        result: Err(error),
                    }),
                }
            }
            Err(error) => reports.push(many::Outcome {
                label: outcome.label,
                result: Err(error),
            }),
        }
    }
    let changes = ready
        .iter()
        .filter(|(_, (_, prepared))| !prepared.plan.is_done())
        .count();
    if changes > 0 {
        let question = match changes {
            1 => "Apply this plan?".to_owned(),
            many => format!("Apply these plans to {many} clusters?"),
        };
        prompt::confirm(&question, asked.yes)?;
    }
    fleet::with_bench(desk, |bench| {
        let (first, rest): (Vec<_>, Vec<_>) = ready
            .into_iter()
            .partition(|(label, _)| Some(label.as_str()) == asked.canary);
        let done = apply(first, bench, &progress);
        let stop = done.iter().any(|outcome| outcome.result.is_err());
        reports.extend(done);
        if stop {
            reports.extend(rest.into_iter().map(|(label, _)| many::Outcome {
                label,
                result: Err(Error::new(
                    ErrorKind::Cluster,
                    "left as it is, for the canary did not go well",
                )),
            }));
        } else {
            reports.extend(apply(rest, bench, &progress));
        }
        Ok(())
    })?;
    fleet::summary(reports)
}

fn apply(
    ready: Vec<(String, Ready)>,
    bench: &Bench<'_>,
    progress: &dyn Progress,
) -> Vec<many::Outcome<Report>> {
    many::each(ready, |label, (cluster, prepared)| {
        let plan = prepared.plan.clone();
        let done = prepared.apply(&cluster, bench, progress)?;
        Ok(report(label, &plan, &done))
    })
}

fn report(label: &str, plan: &Plan, done: &Done) -> Report {
    let label = escape::line(label);
    let mut lines = vec![match &done.receipt {
        None => format!("{label}: nothing to do"),
        Some(receipt) => format!(
            "{label}: done ({}), receipt {}",
            plan.summary(),
            receipt.header.id
        ),
    }];
    for warning in &done.warnings {
        lines.push(format!("  note: {}", escape::lines(warning)));
    }
    let receipt = done.receipt.as_ref();
    Report {
        json: json!({
            "plan": plan,
            "receipt": receipt.map(|receipt| &receipt.header.id),
            "state": receipt.map(crate::model::receipt::Receipt::state),
            "warnings": done.warnings,
        }),
        text: lines.join("\n"),
        ending: None,
    }
}
