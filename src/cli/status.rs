//! `sealift status`: what is installed, and every drift from it.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::fleet::{self, Report};
use crate::cli::opening::OpeningArgs;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, table, wish, work_text, wrap};
use crate::error::{ErrorKind, Result};
use crate::flow::at_work;
use crate::flow::claims::Latest;
use crate::flow::lock::AtWork;
use crate::flow::status::{self, Line, Standing, Status};
use crate::flow::targets;
use crate::model::observation::RunState;

/// Show what sealift installed and whether it is still so.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift status dga.sealift --group soc --exit-code")]
pub struct StatusArgs {
    /// Bundle to compare with, for differences line by line
    pub file: Option<PathBuf>,
    /// Leave out a kind, or one artifact as 'KIND ID', that was not installed on
    /// purpose; repeat for several
    #[arg(long, value_name = "WHAT", requires = "file")]
    pub without: Vec<String>,
    /// Exit with 9 when something is not as it should be
    #[arg(long)]
    pub exit_code: bool,
    /// Which clusters.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Whom to trust.
    #[command(flatten)]
    pub opening: OpeningArgs,
}

/// Tells the status.
///
/// # Errors
/// As opening the bundle, connecting and reading.
pub fn run(args: &StatusArgs, desk: &Desk) -> Result<Answer> {
    let wanted = match &args.file {
        Some(file) => {
            let all = targets::wanted(&args.opening.open_past(file, desk)?)?;
            wish::without(&args.without, all)?
        }
        None => Vec::new(),
    };
    let width = desk.terminal.width();
    // Nothing is lost to who has none.
    let state = desk.state_folder().ok();
    fleet::run(&args.target, desk, |cluster, progress| {
        let status = status::status(cluster, &wanted, progress)?;
        let at_work = at_work::at_work(cluster, state.as_deref(), Desk::clock()?)?;
        let drift = args.exit_code && status.has_drift();
        Ok(Report {
            text: describe(&cluster.label, &status, at_work.as_ref(), width),
            json: json!({"status": status, "drift": status.has_drift(), "at_work": at_work}),
            ending: drift.then_some(ErrorKind::Difference),
        })
    })
}

fn describe(label: &str, status: &Status, at_work: Option<&AtWork>, width: u16) -> String {
    let mut parts = vec![headline(label, status)];
    if let Some(why) = work_text::describe(status.unfinished.as_deref(), at_work) {
        parts.push(wrap::hanging("  ", &escape::line(&why)));
    }
    if !status.halted.is_empty() {
        let names: Vec<String> = status.halted.iter().map(ToString::to_string).collect();
        let why = format!(
            "put to rest and not started again: {}; the next install does it",
            names.join(", ")
        );
        parts.push(wrap::hanging("  ", &escape::line(&why)));
    }
    let mut standings = status.artifacts.iter().map(|line| line.standing);
    if standings.any(|standing| standing == Standing::Leftover) {
        let why = "copies of a run that was cut off are left over; the next install, rollback or \
                   remove takes them away";
        parts.push(wrap::hanging("  ", why));
    }
    if let Some(unseen) = &status.unseen {
        let why = format!("not everything was looked at: {}", unseen.why);
        parts.push(wrap::hanging("  ", &escape::line(&why)));
        let next = unseen.next.iter();
        parts.extend(next.map(|next| wrap::hanging("  next: ", &escape::line(next))));
    }
    for (space, count) in &status.elsewhere {
        let why = format!("{count} more are in the Kibana space {space}: add --space {space}");
        parts.push(wrap::hanging("  ", &escape::line(&why)));
    }
    let channels = status.channels.iter();
    parts.extend(channels.map(|(name, latest)| channel(status, name, latest)));
    if !status.artifacts.is_empty() {
        let rows: Vec<Vec<String>> = status
            .artifacts
            .iter()
            .map(|line| {
                let from = line.from.as_ref();
                vec![
                    line.standing.name().to_owned(),
                    line.artifact.kind.to_string(),
                    line.artifact.id.clone(),
                    from.map_or_else(String::new, |mark| {
                        format!("{} {}", mark.bundle, mark.sequence)
                    }),
                    match line.state {
                        RunState::Idle => String::new(),
                        RunState::Running => "running".to_owned(),
                        RunState::Failed => "failed".to_owned(),
                    },
                ]
            })
            .collect();
        let header = ["standing", "kind", "id", "from", "state"];
        parts.push(table::table(width, &header, &rows));
    }
    let is_unexplained = |line: &Line| line.standing == Standing::Changed && line.diff.is_empty();
    if status.artifacts.iter().any(is_unexplained) {
        let more = "to see what changed, name the bundle: sealift status FILE";
        parts.push(wrap::hanging("  ", more));
    }
    for line in &status.artifacts {
        if !line.diff.is_empty() {
            parts.push(format!(
                "\n{} (- there, + wanted)\n{}",
                escape::line(&line.artifact.to_string()),
                escape::lines(line.diff.trim_end())
            ));
        }
    }
    parts.join("\n")
}

fn artifacts(count: usize) -> String {
    match count {
        1 => "1 artifact".to_owned(),
        many => format!("{many} artifacts"),
    }
}

fn headline(label: &str, status: &Status) -> String {
    let drifted = status
        .artifacts
        .iter()
        .filter(|line| line.standing.is_drift())
        .count();
    format!(
        "{} ({} {}): {}",
        escape::line(label),
        escape::line(&status.cluster.name),
        escape::line(&status.cluster.version),
        match (status.artifacts.len(), drifted) {
            (0, _) if !status.has_drift() => "nothing installed by sealift".to_owned(),
            (count, 0) if status.has_drift() => {
                format!(
                    "{}, and work on them that is not finished",
                    artifacts(count)
                )
            }
            (count, 0) if status.unseen.is_some() => {
                format!(
                    "{}, those that were looked at as they should be",
                    artifacts(count)
                )
            }
            (1, 0) => "1 artifact, as it should be".to_owned(),
            (count, 0) => format!("{}, all as they should be", artifacts(count)),
            (count, drifted) => {
                format!("{}, {drifted} not as they should be", artifacts(count))
            }
        }
    )
}

fn channel(status: &Status, name: &str, latest: &Latest) -> String {
    let withdrawn = if status.withdrawn.contains(name) {
        " was the newest here, and nothing of it is here any more"
    } else {
        ""
    };
    format!(
        "channel {}: {} sequence {}{withdrawn}",
        escape::line(name),
        escape::line(&latest.bundle),
        latest.sequence
    )
}
