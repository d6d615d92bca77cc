//! `sealift job`: anomaly detection jobs, their rules, and what rules would hide.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::datafeed::{DeleteArgs, FileArgs, ForceArgs, One, fill_placeholder};
use crate::cli::desk::Desk;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, managed, prompt, put};
use crate::error::Result;
use crate::flow::manage::{Action, clone};
use crate::model::artifact::{ArtifactId, ArtifactKind};

mod explain;
mod rule;
mod rules;

/// Manage the anomaly detection jobs of a cluster
#[derive(Debug, clap::Args)]
pub struct JobArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: JobCommand,
}

/// What can be done with jobs.
#[derive(Debug, clap::Subcommand)]
pub enum JobCommand {
    /// List the jobs with their states
    #[command(after_help = "Example: sealift job list --group soc")]
    List(super::filter::OnlyTarget),
    /// Show a job
    #[command(after_help = "Example: sealift job show dns-exfiltration --cluster soc")]
    Show(One),
    /// Put a job from a file
    #[command(
        after_help = "Example: sealift job put dns-exfiltration --from job.json --cluster soc"
    )]
    Put(put::FeedArgs),
    /// Change what can be changed of a job by the keys of a file
    #[command(
        after_help = "Example: sealift job update dns-exfiltration --from change.json --cluster soc"
    )]
    Update(FileArgs),
    /// Make a copy under a new id, with changes that an update cannot make
    Clone(CloneArgs),
    /// Show the rules of a job in words, or change them
    Rules(Box<rules::RulesArgs>),
    /// Tell which recorded anomalies the rules of a job would hide
    Explain(explain::ExplainArgs),
    /// Open a job
    #[command(after_help = "Example: sealift job open dns-exfiltration --cluster soc")]
    Open(One),
    /// Close a job
    #[command(after_help = "Example: sealift job close dns-exfiltration --cluster soc")]
    Close(ForceArgs),
    /// Make a closed job forget all that it has learned and found
    #[command(after_help = "Example: sealift job reset dns-exfiltration --cluster soc")]
    Reset(DeleteArgs),
    /// Close and delete a job, its datafeed and its results
    #[command(after_help = "Example: sealift job delete dns-exfiltration --cluster soc")]
    Delete(DeleteArgs),
}

/// A copy of a job.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: sealift job clone rare-process rare-process-2 --change change.json --cluster soc"
)]
pub struct CloneArgs {
    /// The job
    id: String,
    /// The id of the copy
    new_id: String,
    /// A JSON file with keys that differ in the copy; objects are merged
    #[arg(long, value_name = "FILE")]
    change: Option<PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
}

fn artifact(id: &str) -> ArtifactId {
    ArtifactId::new(ArtifactKind::Job, id)
}

/// Runs the sub-command.
///
/// # Errors
/// As connecting, reading and changing.
pub fn run(args: &JobArgs, desk: &Desk) -> Result<Answer> {
    match &args.command {
        JobCommand::List(args) => {
            let columns = [
                ("groups", "/groups"),
                ("detectors", "/analysis_config/detectors"),
                ("description", "/description"),
            ];
            managed::list(&args.target, desk, ArtifactKind::Job, &columns)
        }
        JobCommand::Show(args) => managed::show(&args.target, desk, &artifact(&args.id)),
        JobCommand::Put(args) => put::run(&args.object, ArtifactKind::Job, desk, |body| {
            if let Some(feed) = body.get_mut("datafeed_config") {
                fill_placeholder(feed, &args.index_pattern);
            }
        }),
        JobCommand::Update(args) => {
            managed::update(&args.target, desk, &artifact(&args.id), &args.from)
        }
        JobCommand::Clone(args) => clone(args, desk),
        JobCommand::Rules(args) => rules::run(args, desk),
        JobCommand::Explain(args) => explain::run(args, desk),
        JobCommand::Open(args) => managed::act(
            &args.target,
            desk,
            &artifact(&args.id),
            &Action::Open,
            "opened",
        ),
        JobCommand::Close(args) => {
            let action = Action::Close { force: args.force };
            managed::act(&args.target, desk, &artifact(&args.id), &action, "closed")
        }
        JobCommand::Reset(args) => {
            let question = format!(
                "forget all results and the model of job {}?",
                escape::line(&args.id)
            );
            prompt::confirm(&question, args.yes)?;
            managed::act(
                &args.target,
                desk,
                &artifact(&args.id),
                &Action::Reset,
                "reset",
            )
        }
        JobCommand::Delete(args) => {
            managed::delete(&args.target, desk, &artifact(&args.id), args.yes)
        }
    }
}

fn clone(args: &CloneArgs, desk: &Desk) -> Result<Answer> {
    let change = match &args.change {
        Some(path) => managed::read_body(path)?,
        None => clone::no_change(),
    };
    let cluster = managed::connect(&args.target, desk)?;
    let made = clone::clone(&cluster, &args.id, &args.new_id, &change)?;
    let names: Vec<String> = made.iter().map(ToString::to_string).collect();
    let text = format!(
        "made: {}; open the job and start the datafeed from the time that is to be looked at again",
        names.join(", ")
    );
    Answer::new(&json!({"made": made}), escape::line(&text))
}
