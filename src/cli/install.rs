//! `sealift install`: from a verified bundle into clusters.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::fleet::{self, Report};
use crate::cli::install_release::{self, ReleaseArgs};
use crate::cli::opening::OpeningArgs;
use crate::cli::plan_file::PlanFile;
use crate::cli::target::TargetArgs;
use crate::cli::wish::WishArgs;
use crate::cli::{change, escape, preflight_text, role_text, terminal, wish, wrap};
use crate::error::{Error, ErrorKind, Result};
use crate::flow::clock::Clock;
use crate::flow::preflight::{self, Question};
use crate::flow::prepare::{self, Prepared};
use crate::flow::targets;
use crate::io::cluster::Cluster;
use crate::io::elasticsearch::answer::is_forbidden;
use crate::progress::Progress;

/// Install a bundle: preflight, plan, confirm, apply, receipt.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example: sealift install dga.sealift --cluster soc-east --yes
         sealift install --release ML-DGA-20210604-2 --cluster lab")]
pub struct InstallArgs {
    /// Bundle
    #[arg(required_unless_present = "release", conflicts_with = "release")]
    pub file: Option<PathBuf>,
    /// Apply without asking
    #[arg(long, short)]
    pub yes: bool,
    /// Apply exactly the plan in this file, or nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["without", "prune", "adopt", "restart_jobs", "no_check", "start", "set_default_pipeline", "enable_rules"])]
    pub plan: Option<PathBuf>,
    /// Look whether the cluster is ready, name all that is missing, and stop
    #[arg(long)]
    pub preflight_only: bool,
    /// Install on this cluster first; go on only if that went well
    #[arg(long, value_name = "NAME")]
    pub canary: Option<String>,
    /// What is allowed.
    #[command(flatten)]
    pub wish: WishArgs,
    /// Which clusters.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Whom to trust.
    #[command(flatten)]
    pub opening: OpeningArgs,
    /// A release in the place of a bundle.
    #[command(flatten)]
    pub release: ReleaseArgs,
}

/// Installs.
///
/// # Errors
/// As opening the bundle, preflight, planning and applying.
pub fn run(args: &InstallArgs, desk: &Desk) -> Result<Answer> {
    let bundle = install_release::open(&args.release, args.file.as_deref(), &args.opening, desk)?;
    let agreed = match &args.plan {
        Some(path) => Some(PlanFile::read(path, &bundle)?),
        None => None,
    };
    let asked = agreed.as_ref().map_or(&args.wish, PlanFile::wish);
    if args.canary.is_some() && asked.no_check {
        return Err(Error::new(
            ErrorKind::Usage,
            "a canary on which nothing is checked proves nothing",
        )
        .hint("leave out --no-check, or --canary"));
    }
    let wanted = wish::wanted(asked, targets::wanted(&bundle)?)?;
    let wish = wish::of(asked);
    let question = wish::question(asked, &bundle, &wanted);
    if args.preflight_only {
        return look(args, desk, &question, |cluster, progress| {
            prepare::prepare(cluster, &bundle, &wanted, &wish, progress)
        });
    }
    let asked = change::Asked {
        target: &args.target,
        yes: args.yes || agreed.is_some(),
        canary: args.canary.as_deref(),
    };
    let preflight = |cluster: &Cluster, progress: &dyn Progress| {
        let now = || Desk::clock();
        let answer = question.put_to(cluster, &Clock::new(&now))?;
        answer.refuse(&cluster.label)?;
        for warning in answer.warnings() {
            let line = format!("{}: warning: {}", cluster.label, warning.what);
            progress.note(&escape::line(&line));
        }
        Ok(())
    };
    let mut answer = change::run_after(&asked, desk, preflight, |cluster, progress| {
        let prepared = prepare::prepare(cluster, &bundle, &wanted, &wish, progress)?;
        if let Some(agreed) = &agreed {
            agreed.agree(&prepared)?;
        }
        Ok(prepared)
    })?;
    if answer.code == 0
        && let Err(error) = OpeningArgs::remember(&bundle, desk)
    {
        let label = "installed, but this machine does not remember the bundle";
        answer.text.push('\n');
        answer.text.push_str(&fleet::failure(label, &error));
        answer.json["error"] = terminal::describe(&error);
        return Ok(answer.ending(error.kind()));
    }
    Ok(answer)
}

/// Names everything that is missing or doubtful, and the role that would grant
/// the rights; where clusters need different ones, each with what needs it. Where
/// nothing is missing, also what is in the way of the plan that `prepare` makes. A
/// user who may not even ask what a cluster is gets the role all the same.
fn look(
    args: &InstallArgs,
    desk: &Desk,
    question: &Question,
    prepare: impl Fn(&Cluster, &dyn Progress) -> Result<Prepared> + Sync,
) -> Result<Answer> {
    let ask = |cluster: &Cluster, progress: &dyn Progress| {
        let now = || Desk::clock();
        let found = question.put_to(cluster, &Clock::new(&now))?;
        let obstacles = if found.is_ready() {
            obstacles(&prepare(cluster, progress)?)
        } else {
            Vec::new()
        };
        Ok(looked(&cluster.label, &found, &obstacles))
    };
    let mut answer = fleet::run_or(&args.target, desk, ask, |address, error| {
        if !is_forbidden(&error) {
            return Err(error);
        }
        let space = address.space.as_deref().unwrap_or("default");
        Ok(looked(&address.label, &question.unanswered(space), &[]))
    })?;
    answer.text.push_str(&role_text::roles(&answer.json)?);
    Ok(answer)
}

/// What is in the way of the plan, in words.
fn obstacles(prepared: &Prepared) -> Vec<String> {
    let obstacles = prepared.plan.obstacles().into_iter();
    let told = obstacles.map(|step| format!("{}: {}", step.artifact, step.reasons.join("; ")));
    told.collect()
}

/// What a look at a cluster gave.
fn looked(label: &str, answer: &preflight::Answer, obstacles: &[String]) -> Report {
    let ready = answer.is_ready() && obstacles.is_empty();
    let label = escape::line(label);
    let mut lines = vec![if ready {
        format!("{label} is ready")
    } else {
        format!("{label} is not ready")
    }];
    lines.extend(preflight_text::findings(&answer.found));
    let told = obstacles.iter().map(|told| escape::line(told));
    lines.extend(told.map(|told| wrap::hanging("  in the way  ", &told)));
    if !answer.is_ready() {
        let more = "what is in the way of the plan is looked at once nothing is missing";
        lines.push(format!("  {more}"));
    }
    let ending = match (answer.is_ready(), obstacles) {
        (false, _) => Some(ErrorKind::Policy),
        (true, []) => None,
        (true, _) => Some(ErrorKind::Cluster),
    };
    Report {
        json: json!({
            "ready": ready,
            "found": answer.found,
            "obstacles": obstacles,
            "role": answer.role,
        }),
        text: lines.join("\n"),
        ending,
    }
}
