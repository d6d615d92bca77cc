//! `sealift rule`: detection rules, one by one.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::change::{self, Asked};
use crate::cli::datafeed::One;
use crate::cli::desk::Desk;
use crate::cli::filter::OnlyTarget;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, table};
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::flow::{by_hand, targets};
use crate::io::cluster::Cluster;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::plan::{Permissions, Target};
use crate::model::receipt::Purpose;

/// Manage the detection rules of a Kibana space
#[derive(Debug, clap::Args)]
pub struct RuleArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: RuleCommand,
}

/// What can be done with rules.
#[derive(Debug, clap::Subcommand)]
pub enum RuleCommand {
    /// List the rules
    #[command(after_help = "Example: sealift rule list --cluster soc")]
    List(OnlyTarget),
    /// Show a rule
    #[command(
        after_help = "Example: sealift rule show 5e0f1c52-6a0e-4b5e-9d63-0f0a6a0c7b01 --cluster soc"
    )]
    Show(One),
    /// Put the rules of files, TOML or ndjson; new ones are disabled
    Put(PutArgs),
    /// Delete rules
    #[command(
        after_help = "Example: sealift rule delete 5e0f1c52-6a0e-4b5e-9d63-0f0a6a0c7b01 --cluster soc"
    )]
    Delete(DeleteArgs),
}

/// Rules and their files.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift rule put rules/*.toml --overwrite --cluster soc")]
pub struct PutArgs {
    /// Files with rules
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Replace rules of the same id
    #[arg(long)]
    overwrite: bool,
    /// Apply without asking
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    target: TargetArgs,
}

/// Rules that go.
#[derive(Debug, clap::Args)]
pub struct DeleteArgs {
    /// Their rule ids
    #[arg(required = true, value_name = "RULE-ID")]
    ids: Vec<String>,
    /// Apply without asking
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    target: TargetArgs,
}

/// Runs the sub-command.
///
/// # Errors
/// As connecting, reading and changing; [`ErrorKind::Usage`] without a Kibana.
pub fn run(args: &RuleArgs, desk: &Desk) -> Result<Answer> {
    match &args.command {
        RuleCommand::List(args) => list(&args.target, desk),
        RuleCommand::Show(args) => show(args, desk),
        RuleCommand::Put(args) => {
            let rules = by_hand::rules(&args.files, &desk.progress())?;
            let asked = (&args.target, args.yes);
            changed(asked, desk, &rules, Purpose::Manage, args.overwrite)
        }
        RuleCommand::Delete(args) => {
            let ids = args.ids.iter();
            let rules: Vec<Target> = ids
                .map(|id| targets::absent(ArtifactId::new(ArtifactKind::Rule, id.as_str())))
                .collect();
            changed(
                (&args.target, args.yes),
                desk,
                &rules,
                Purpose::Remove,
                true,
            )
        }
    }
}

/// Plans, asks, applies.
fn changed(
    (target, yes): (&TargetArgs, bool),
    desk: &Desk,
    rules: &[Target],
    purpose: Purpose,
    adopt: bool,
) -> Result<Answer> {
    let permissions = Permissions {
        adopt,
        ..Permissions::default()
    };
    let asked = Asked {
        target,
        yes,
        canary: None,
    };
    change::run(&asked, desk, |cluster, progress| {
        by_hand::prepare(cluster, rules, purpose, permissions, progress)
    })
}

fn list(target: &TargetArgs, desk: &Desk) -> Result<Answer> {
    let cluster = Cluster::connect(target.address_of_one(desk)?)?;
    let rules = cluster.kibana_for(&"the list of rules")?.all_rules()?;
    let text = |rule: &Value, key: &str| -> String {
        let text = rule.get(key).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let rows: Vec<Vec<String>> = rules
        .iter()
        .map(|rule| {
            let is_enabled = rule.get("enabled") == Some(&json!(true));
            vec![
                text(rule, "rule_id"),
                if is_enabled { "enabled" } else { "" }.to_owned(),
                text(rule, "type"),
                text(rule, "name"),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        "no rules".to_owned()
    } else {
        table::table(
            desk.terminal.width(),
            &["ID", "STATE", "TYPE", "NAME"],
            &rows,
        )
    };
    Answer::new(&rules, text)
}

fn show(args: &One, desk: &Desk) -> Result<Answer> {
    let cluster = Cluster::connect(args.target.address_of_one(desk)?)?;
    let artifact = ArtifactId::new(ArtifactKind::Rule, args.id.as_str());
    let found = cluster.read(&artifact)?.ok_or_else(|| {
        Error::new(ErrorKind::Cluster, format!("the space has no {artifact}"))
            .hint("`sealift rule list` shows what it has")
    })?;
    let text = serde_json::to_string_pretty(&found.body)
        .or_err(ErrorKind::Bug, || "the rule has no JSON form")?;
    Answer::new(&found.body, escape::lines(&text))
}
