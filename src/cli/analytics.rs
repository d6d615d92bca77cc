//! `sealift analytics`: data frame analytics.

use crate::cli::answer::Answer;
use crate::cli::datafeed::{DeleteArgs, FileArgs, ForceArgs, One};
use crate::cli::desk::Desk;
use crate::cli::{managed, put};
use crate::error::Result;
use crate::flow::manage::Action;
use crate::model::artifact::{ArtifactId, ArtifactKind};

/// Manage the data frame analytics of a cluster
#[derive(Debug, clap::Args)]
pub struct AnalyticsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: AnalyticsCommand,
}

/// What can be done with analytics.
#[derive(Debug, clap::Subcommand)]
pub enum AnalyticsCommand {
    /// List the analytics with their states
    #[command(after_help = "Example: sealift analytics list --group soc")]
    List(super::filter::OnlyTarget),
    /// Show an analytics
    #[command(after_help = "Example: sealift analytics show outliers --cluster soc")]
    Show(One),
    /// Put an analytics from a file
    #[command(
        after_help = "Example: sealift analytics put outliers --from outliers.json --cluster soc"
    )]
    Put(put::ObjectArgs),
    /// Change description, memory, threads or lazy start by the keys of a file
    #[command(
        after_help = "Example: sealift analytics update outliers --from change.json --cluster soc"
    )]
    Update(FileArgs),
    /// Start an analytics
    #[command(after_help = "Example: sealift analytics start outliers --cluster soc")]
    Start(One),
    /// Stop an analytics
    #[command(after_help = "Example: sealift analytics stop outliers --cluster soc")]
    Stop(ForceArgs),
    /// Stop and delete an analytics; what it wrote stays
    #[command(after_help = "Example: sealift analytics delete outliers --cluster soc")]
    Delete(DeleteArgs),
}

/// Runs the sub-command.
///
/// # Errors
/// As connecting, reading and changing.
pub fn run(args: &AnalyticsArgs, desk: &Desk) -> Result<Answer> {
    let artifact = |id: &str| ArtifactId::new(ArtifactKind::Analytics, id);
    match &args.command {
        AnalyticsCommand::List(args) => {
            let columns = [("source", "/source/index"), ("destination", "/dest/index")];
            managed::list(&args.target, desk, ArtifactKind::Analytics, &columns)
        }
        AnalyticsCommand::Show(args) => managed::show(&args.target, desk, &artifact(&args.id)),
        AnalyticsCommand::Put(args) => put::run(args, ArtifactKind::Analytics, desk, |_| {}),
        AnalyticsCommand::Update(args) => {
            managed::update(&args.target, desk, &artifact(&args.id), &args.from)
        }
        AnalyticsCommand::Start(args) => {
            let action = Action::Start {
                start: None,
                end: None,
            };
            managed::act(&args.target, desk, &artifact(&args.id), &action, "started")
        }
        AnalyticsCommand::Stop(args) => {
            let action = Action::Stop { force: args.force };
            managed::act(&args.target, desk, &artifact(&args.id), &action, "stopped")
        }
        AnalyticsCommand::Delete(args) => {
            managed::delete(&args.target, desk, &artifact(&args.id), args.yes)
        }
    }
}
