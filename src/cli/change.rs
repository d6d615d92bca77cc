//! What all commands that change clusters have in common: plan everywhere, show
//! it, ask once, apply everywhere, tell what was done.

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::fleet::{self, Report};
use crate::cli::target::TargetArgs;
use crate::cli::{checkup_text, escape, plan_text, prompt, wrap};
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::flow::fleet as many;
use crate::flow::install::{Bench, Done};
use crate::flow::prepare::Prepared;
use crate::io::cluster::Cluster;
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
        let well = |report: &Report| report.ending.is_none();
        let stop = !done
            .iter()
            .all(|outcome| outcome.result.as_ref().is_ok_and(well));
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
        // The bodies in the plan can be large; only its words are kept.
        let (plan, summary) = (json!(prepared.plan), prepared.plan.summary());
        let done = prepared.apply(&cluster, bench, progress)?;
        Ok(report(label, &plan, &summary, &done))
    })
}

fn report(label: &str, plan: &Value, summary: &str, done: &Done) -> Report {
    let label = escape::line(label);
    let mut lines = vec![match &done.receipt {
        None => format!("{label}: nothing to do"),
        Some(receipt) => format!("{label}: done ({}), receipt {}", summary, receipt.header.id),
    }];
    let checkup = done.checkup.as_ref();
    let shown = checkup.filter(|checkup| !checkup.is_empty());
    lines.extend(
        shown
            .into_iter()
            .flat_map(|one| checkup_text::checkup(&label, one)),
    );
    for warning in &done.warnings {
        lines.push(format!("  note: {}", escape::lines(warning)));
    }
    for (number, advice) in (1..).zip(&done.advice) {
        if number == 1 {
            lines.push(format!("\nnext, on {label}:"));
        }
        let first = format!("  {number}. ");
        lines.push(wrap::hanging(&first, &escape::line(&advice.what)));
        let more = advice.lines.iter();
        lines.extend(more.map(|line| format!("       {}", escape::line(line))));
    }
    let receipt = done.receipt.as_ref();
    Report {
        json: json!({
            "plan": plan,
            "receipt": receipt.map(|receipt| &receipt.header.id),
            "state": receipt.map(crate::model::receipt::Receipt::state),
            "checkup": checkup,
            "advice": done.advice,
            "warnings": done.warnings,
        }),
        text: lines.join("\n"),
        ending: checkup
            .is_some_and(|checkup| !checkup.is_right())
            .then_some(ErrorKind::Difference),
    }
}
