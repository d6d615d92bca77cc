//! `sealift datafeed`: what feeds jobs.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::target::TargetArgs;
use crate::cli::{managed, put};
use crate::error::Result;
use crate::flow::manage::Action;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::lint::PLACEHOLDER;

/// Manage the datafeeds of a cluster
#[derive(Debug, clap::Args)]
pub struct DatafeedArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: DatafeedCommand,
}

/// What can be done with datafeeds.
#[derive(Debug, clap::Subcommand)]
pub enum DatafeedCommand {
    /// List the datafeeds with their states
    #[command(after_help = "Example: sealift datafeed list --group soc")]
    List(super::filter::OnlyTarget),
    /// Show a datafeed
    #[command(after_help = "Example: sealift datafeed show datafeed-dga --cluster soc")]
    Show(One),
    /// Put a datafeed from a file
    #[command(
        after_help = "Example: sealift datafeed put datafeed-dga --from feed.json --index-pattern 'logs-*' --cluster soc"
    )]
    Put(put::FeedArgs),
    /// Change a stopped datafeed by the keys of a file
    #[command(
        after_help = "Example: sealift datafeed update datafeed-dga --from change.json --cluster soc"
    )]
    Update(FileArgs),
    /// Start a datafeed
    #[command(after_help = "Example: sealift datafeed start datafeed-dga --cluster soc")]
    Start(StartArgs),
    /// Stop a datafeed
    #[command(after_help = "Example: sealift datafeed stop datafeed-dga --cluster soc")]
    Stop(ForceArgs),
    /// Stop and delete a datafeed
    #[command(after_help = "Example: sealift datafeed delete datafeed-dga --cluster soc")]
    Delete(DeleteArgs),
}

/// One object of a cluster.
#[derive(Debug, clap::Args)]
pub struct One {
    /// Its id
    pub id: String,
    /// Which cluster.
    #[command(flatten)]
    pub target: TargetArgs,
}

/// One object and a file for it.
#[derive(Debug, clap::Args)]
pub struct FileArgs {
    /// Its id
    pub id: String,
    /// The JSON file
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// Which cluster.
    #[command(flatten)]
    pub target: TargetArgs,
}

/// When a datafeed reads.
#[derive(Debug, clap::Args)]
pub struct StartArgs {
    /// Its id
    id: String,
    /// From when on [default: the end of what the job has seen]
    #[arg(long, value_name = "TIME")]
    start: Option<String>,
    /// Until when [default: on and on]
    #[arg(long, value_name = "TIME")]
    end: Option<String>,
    #[command(flatten)]
    target: TargetArgs,
}

/// One object, with or without force.
#[derive(Debug, clap::Args)]
pub struct ForceArgs {
    /// Its id
    pub id: String,
    /// Without waiting, and also when it has failed
    #[arg(long)]
    pub force: bool,
    /// Which cluster.
    #[command(flatten)]
    pub target: TargetArgs,
}

/// One object that goes.
#[derive(Debug, clap::Args)]
pub struct DeleteArgs {
    /// Its id
    pub id: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Which cluster.
    #[command(flatten)]
    pub target: TargetArgs,
}

fn artifact(id: &str) -> ArtifactId {
    ArtifactId::new(ArtifactKind::Datafeed, id)
}

/// Runs the sub-command.
///
/// # Errors
/// As connecting, reading and changing.
pub fn run(args: &DatafeedArgs, desk: &Desk) -> Result<Answer> {
    match &args.command {
        DatafeedCommand::List(args) => {
            let columns = [("job", "/job_id"), ("indices", "/indices")];
            managed::list(&args.target, desk, ArtifactKind::Datafeed, &columns)
        }
        DatafeedCommand::Show(args) => managed::show(&args.target, desk, &artifact(&args.id)),
        DatafeedCommand::Put(args) => {
            put::run(&args.object, ArtifactKind::Datafeed, desk, |body| {
                fill_placeholder(body, &args.index_pattern);
            })
        }
        DatafeedCommand::Update(args) => {
            managed::update(&args.target, desk, &artifact(&args.id), &args.from)
        }
        DatafeedCommand::Start(args) => {
            let action = Action::Start {
                start: args.start.clone(),
                end: args.end.clone(),
            };
            managed::act(&args.target, desk, &artifact(&args.id), &action, "started")
        }
        DatafeedCommand::Stop(args) => {
            let action = Action::Stop { force: args.force };
            managed::act(&args.target, desk, &artifact(&args.id), &action, "stopped")
        }
        DatafeedCommand::Delete(args) => {
            managed::delete(&args.target, desk, &artifact(&args.id), args.yes)
        }
    }
}

/// Puts the operator's patterns where a module has its placeholder.
pub fn fill_placeholder(body: &mut Value, patterns: &[String]) {
    for key in ["indices", "indexes"] {
        let Some(list) = body.get_mut(key).and_then(Value::as_array_mut) else {
            continue;
        };
        if !patterns.is_empty() && list.iter().any(|index| index == PLACEHOLDER) {
            list.retain(|index| index != PLACEHOLDER);
            list.extend(patterns.iter().map(|pattern| json!(pattern)));
        }
    }
}
