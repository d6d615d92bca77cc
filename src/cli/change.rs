//! What all commands that change clusters have in common: plan everywhere, show
//! it, ask once, apply everywhere, tell what was done.

use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::fleet::{self, Report};
use crate::cli::target::TargetArgs;
use crate::cli::{checkup_text, escape, plan_text, prompt};
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::flow::fleet as many;
use crate::flow::install::{Bench, Done};
use crate::flow::prepare::Prepared;
use crate::io::cluster::{Address, Cluster};
use crate::model::digest::Digest;
use crate::progress::Progress;

mod advice_text;
mod tables;

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

/// One cluster once its plan was made.
struct Planned {
    label: String,
    address: Address,
    plan: String,
    is_done: bool,
    intent: Digest,
    /// Only with a single cluster: the plans of many hold all their bodies, and
    /// are made again, one after the other, when they are applied.
    ready: Option<Ready>,
    obstacle: Option<Error>,
}

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
    run_after(asked, desk, |_, _| Ok(()), prepare)
}

/// The same, where `look` has a first look at every cluster, before its plan is
/// made to be shown.
///
/// # Errors
/// As [`run`], and as `look`.
pub fn run_after(
    asked: &Asked<'_>,
    desk: &Desk,
    look: impl Fn(&Cluster, &dyn Progress) -> Result<()> + Sync,
    prepare: impl Fn(&Cluster, &dyn Progress) -> Result<Prepared> + Sync,
) -> Result<Answer> {
    let addresses = asked.target.addresses(desk)?;
    refuse_unknown(asked.canary, &addresses)?;
    let alone = addresses.len() == 1;
    let width = desk.terminal.width();
    let progress = desk.progress();
    let outcomes = many::each(fleet::labelled(addresses), |label, address| {
        let cluster = Cluster::connect(address.clone())?;
        look(&cluster, &progress)?;
        let prepared = prepare(&cluster, &progress)?;
        Ok(Planned {
            label: label.to_owned(),
            address,
            plan: plan_text::describe(label, &prepared.plan, width),
            is_done: prepared.plan.is_done(),
            intent: prepared.plan.intent(),
            obstacle: prepared.refuse_obstacles().err(),
            ready: alone.then_some((cluster, prepared)),
        })
    });
    let mut reports: Vec<many::Outcome<Report>> = Vec::new();
    let mut planned: Vec<Planned> = Vec::new();
    for outcome in outcomes {
        let (label, took) = (outcome.label, outcome.took);
        match outcome.result {
            Ok(plan) => planned.push(plan),
            Err(error) => reports.push(failed(label, took, error)),
        }
    }
    let texts = planned
        .iter()
        .map(|plan| (plan.label.as_str(), plan.plan.as_str()));
    for text in plan_text::alike(texts) {
        desk.terminal
            .say(&text)
            .or_err(ErrorKind::Io, || "cannot write to standard output")?;
    }
    let mut ready = Vec::new();
    for mut plan in planned {
        match plan.obstacle.take() {
            Some(error) => reports.push(failed(plan.label, Duration::ZERO, error)),
            None => ready.push(plan),
        }
    }
    let is_asked = !asked.yes && ready.iter().any(|plan| !plan.is_done);
    if is_asked && !alone {
        for text in tables::left_out(&reports) {
            desk.terminal
                .say(&text)
                .or_err(ErrorKind::Io, || "cannot write to standard output")?;
        }
    }
    if is_asked && desk.terminal.is_json() {
        let told = "with --json nobody sees a plan that could be confirmed";
        return Err(
            Error::new(ErrorKind::Usage, told).hint("look at it with sealift plan, then add --yes")
        );
    }
    confirm(asked, &ready)?;
    fleet::with_bench(desk, |bench| {
        let apply = |plans: Vec<Planned>| {
            let items = plans.into_iter().map(|plan| (plan.label.clone(), plan));
            many::each(items.collect(), |label, plan| {
                let (cluster, prepared) = taken_up(plan, &prepare, &progress)?;
                apply(label, &cluster, prepared, bench, &progress)
            })
        };
        let is_first = |plan: &Planned| asked.canary.is_some_and(|canary| canary == plan.label);
        let (first, rest): (Vec<_>, Vec<_>) = ready.into_iter().partition(is_first);
        let is_there = asked.canary.is_none() || !first.is_empty();
        let tried = apply(first);
        let is_well = |outcome: &many::Outcome<Report>| {
            let report = outcome.result.as_ref();
            report.is_ok_and(|report| report.ending.is_none())
        };
        let well = is_there && tried.iter().all(is_well);
        reports.extend(tried);
        if well {
            reports.extend(apply(rest));
        } else {
            reports.extend(rest.into_iter().map(|plan| left(plan.label)));
        }
        Ok(())
    })?;
    let advice = advice_text::of(&reports);
    let mut answer = if alone {
        fleet::summary(reports)?
    } else {
        let text = tables::outcomes(width, &reports);
        fleet::together(&reports, text)?
    };
    answer.text.push_str(&advice);
    Ok(answer)
}

fn refuse_unknown(canary: Option<&str>, addresses: &[Address]) -> Result<()> {
    match canary {
        Some(canary) if !addresses.iter().any(|known| known.label == canary) => Err(Error::new(
            ErrorKind::Usage,
            format!("the canary {canary:?} is not among the clusters"),
        )),
        _ => Ok(()),
    }
}

fn confirm(asked: &Asked<'_>, ready: &[Planned]) -> Result<()> {
    let question = match ready.iter().filter(|plan| !plan.is_done).count() {
        0 => return Ok(()),
        1 => "Apply this plan?".to_owned(),
        many => format!("Apply these plans to {many} clusters?"),
    };
    prompt::confirm(&question, asked.yes)
}

/// The plan as it was shown, made again where it was not kept.
fn taken_up(
    plan: Planned,
    prepare: &impl Fn(&Cluster, &dyn Progress) -> Result<Prepared>,
    progress: &dyn Progress,
) -> Result<Ready> {
    if let Some(ready) = plan.ready {
        return Ok(ready);
    }
    let cluster = Cluster::connect(plan.address)?;
    let prepared = prepare(&cluster, progress)?;
    if prepared.plan.intent() == plan.intent {
        return Ok((cluster, prepared));
    }
    Err(Error::new(
        ErrorKind::Difference,
        "the cluster has changed since its plan was shown; nothing was changed",
    )
    .hint("give the command again"))
}

fn apply(
    label: &str,
    cluster: &Cluster,
    prepared: Prepared,
    bench: &Bench<'_>,
    progress: &dyn Progress,
) -> Result<Report> {
    // The bodies in the plan can be large; only its words are kept.
    let (plan, summary) = (json!(prepared.plan), prepared.plan.summary());
    let done = prepared.apply(cluster, bench, progress)?;
    Ok(report(label, &plan, &summary, &done))
}

fn failed(label: String, took: Duration, error: Error) -> many::Outcome<Report> {
    many::Outcome {
        label,
        took,
        result: Err(error),
    }
}

/// A cluster that was not touched because the canary did not go well, whose own
/// ending is the worse one.
fn left(label: String) -> many::Outcome<Report> {
    let error = Error::new(
        ErrorKind::Difference,
        "left as it is, for the canary did not go well",
    );
    failed(label, Duration::ZERO, error)
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
