//! `sealift job rules`: custom rules in words, and changes of them.

use serde_json::{Value, json};

use super::rule::RuleArgs;
use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, managed, prompt};
use crate::error::{Error, ErrorKind, Result};
use crate::flow::manage::rules::{self, Edit};
use crate::flow::manage::{self, Action};
use crate::io::elasticsearch::Elasticsearch;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::detector::{Rule, words};
use crate::model::version::StackVersion;

/// Show the rules of a job in words, or change them
///
/// A change is merged with what is there, reviewed, written, and read back. It works
/// on open jobs too. Rules change results from then on only: --reset, or a clone
/// under a new id, has the past looked at again.
#[derive(Debug, clap::Args)]
#[command(
    subcommand_negates_reqs = true,
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  sealift job rules dns-exfiltration --cluster soc
  sealift job rules add dns-exfiltration --scope highest_registered_domain=safe_domains \\
      --when 'actual < 0.2' --cluster soc
  sealift job rules remove dns-exfiltration 0 --cluster soc"
)]
pub struct RulesArgs {
    /// The job
    #[arg(required = true)]
    id: Option<String>,
    #[command(flatten)]
    target: TargetArgs,
    #[command(subcommand)]
    command: Option<RulesCommand>,
}

/// What can be done with the rules of a job.
#[derive(Debug, clap::Subcommand)]
pub(super) enum RulesCommand {
    /// Add a rule, or the rules of a file, to those that are there
    #[command(
        override_usage = "sealift job rules add [OPTIONS] <RULE> <ID>",
        after_help = "Example: sealift job rules add dns-exfiltration --scope highest_registered_domain=safe_domains --cluster soc"
    )]
    Add(WithRule),
    /// Remove rules
    #[command(after_help = "Example: sealift job rules remove dns-exfiltration 0 --cluster soc")]
    Remove(RemoveArgs),
    /// Make the rules of a detector exactly these
    #[command(
        override_usage = "sealift job rules set [OPTIONS] <RULE> <ID>",
        after_help = "Example: sealift job rules set dns-exfiltration --when 'actual < 0.2' --cluster soc"
    )]
    Set(WithRule),
}

/// A change with a rule.
#[derive(Debug, clap::Args)]
pub(super) struct WithRule {
    /// The job
    id: String,
    #[command(flatten)]
    rule: RuleArgs,
    #[command(flatten)]
    change: ChangeArgs,
}

/// A change without.
#[derive(Debug, clap::Args)]
pub(super) struct RemoveArgs {
    /// The job
    id: String,
    /// The places of the rules, as `job rules` shows them
    #[arg(required = true, value_name = "PLACE")]
    places: Vec<usize>,
    #[command(flatten)]
    change: ChangeArgs,
}

/// What all changes take.
#[derive(Debug, clap::Args)]
pub(super) struct ChangeArgs {
    /// The detector's place
    #[arg(long, value_name = "PLACE", default_value_t = 0)]
    detector: usize,
    /// Close and reset the job afterwards, so that the past is looked at again (7.14)
    #[arg(long)]
    reset: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    target: TargetArgs,
}

/// Shows or changes.
///
/// # Errors
/// As connecting, reading and changing.
pub(super) fn run(args: &RulesArgs, desk: &Desk) -> Result<Answer> {
    match (&args.command, &args.id) {
        (Some(RulesCommand::Add(args)), _) => change(&args.id, &args.change, desk, |version| {
            Ok(args
                .rule
                .read(version)?
                .into_iter()
                .map(Edit::Add)
                .collect())
        }),
        (Some(RulesCommand::Set(args)), _) => change(&args.id, &args.change, desk, |version| {
            Ok(vec![Edit::Set(args.rule.read(version)?)])
        }),
        (Some(RulesCommand::Remove(args)), _) => {
            change(&args.id, &args.change, desk, |_| Ok(removals(&args.places)))
        }
        (None, Some(id)) => {
            managed::each(&args.target.addresses(desk)?, |cluster| show(cluster, id))
        }
        (None, None) => Err(Error::new(ErrorKind::Usage, "no job is named")),
    }
}

/// From the last to the first, so that the places stay those that were shown.
fn removals(places: &[usize]) -> Vec<Edit> {
    let mut places = places.to_vec();
    places.sort_unstable();
    places.dedup();
    places.into_iter().rev().map(Edit::Remove).collect()
}

fn change(
    id: &str,
    args: &ChangeArgs,
    desk: &Desk,
    edits: impl Fn(&StackVersion) -> Result<Vec<Edit>> + Sync,
) -> Result<Answer> {
    let addresses = args.target.addresses(desk)?;
    if !args.yes {
        let planned = managed::each(&addresses, |cluster| {
            let told: Vec<String> = edits(cluster.version())?.iter().map(of_edit).collect();
            Answer::new(&told, escape::lines(&told.join("\n")))
        })?;
        desk.terminal.note(&planned.text);
        let question = format!(
            "change the rules of job {}{}?",
            escape::line(id),
            managed::of_clusters(addresses.len())
        );
        prompt::confirm(&question, false)?;
    }
    managed::each(&addresses, |cluster| {
        apply(cluster, id, args, &edits(cluster.version())?)
    })
}

fn apply(cluster: &Elasticsearch, id: &str, args: &ChangeArgs, edits: &[Edit]) -> Result<Answer> {
    if args.reset && !cluster.version().offers(7, 14) {
        return Err(Error::new(
            ErrorKind::Policy,
            format!("version {} cannot reset jobs", cluster.version()),
        )
        .hint(format!(
            "change the rules, then `sealift job clone {id} NEW_ID`"
        )));
    }
    let done = rules::edit(cluster, id, args.detector, edits)?;
    let mut notes = done.notes;
    if args.reset {
        let artifact = ArtifactId::new(ArtifactKind::Job, id);
        manage::act(cluster, &artifact, &Action::Close { force: false })?;
        manage::act(cluster, &artifact, &Action::Reset)?;
        notes = vec!["the job was closed and reset: open it and start its datafeed from the time that is to be looked at again".to_owned()];
    }
    let told: Vec<String> = done.after.iter().map(words::of_rule).collect();
    let mut lines: Vec<String> = told
        .iter()
        .enumerate()
        .map(|(place, told)| format!("rule {place}: {told}"))
        .collect();
    if lines.is_empty() {
        lines.push("no rules".to_owned());
    }
    lines.extend(notes.iter().map(|note| format!("note: {note}")));
    let written: Vec<Value> = done.after.iter().map(Rule::to_json).collect();
    let result = json!({"job": id, "detector": args.detector, "rules": written, "words": told, "notes": notes});
    Answer::new(&result, escape::lines(&lines.join("\n")))
}

fn of_edit(edit: &Edit) -> String {
    match edit {
        Edit::Add(rule) => format!("+ {}", words::of_rule(rule)),
        Edit::Remove(place) => format!("- rule {place}"),
        Edit::Set(rules) if rules.is_empty() => "= no rules".to_owned(),
        Edit::Set(rules) => {
            let told: Vec<String> = rules.iter().map(words::of_rule).collect();
            format!("= {}", told.join("; "))
        }
    }
}

fn show(cluster: &Elasticsearch, id: &str) -> Result<Answer> {
    let job = manage::show(cluster, &ArtifactId::new(ArtifactKind::Job, id))?;
    let detectors = rules::detectors(&job, cluster.version())?;
    let told: Vec<Value> = detectors
        .iter()
        .enumerate()
        .map(|(index, detector)| {
            let rules: Vec<Value> = detector
                .rules
                .iter()
                .map(|rule| json!({"words": words::of_rule(rule), "rule": rule.to_json()}))
                .collect();
            json!({"detector": index, "description": detector.title(), "rules": rules})
        })
        .collect();
    let lines: Vec<String> = detectors
        .iter()
        .enumerate()
        .flat_map(|(index, detector)| words::of_detector(index, detector))
        .collect();
    Answer::new(
        &json!({"job": id, "detectors": told}),
        escape::lines(&lines.join("\n")),
    )
}
