//! The command line: global options and the list of commands. What a command
//! takes stands at the top of the command's own file.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::cli::analytics;
use crate::cli::answer::Answer;
use crate::cli::check;
use crate::cli::cluster;
use crate::cli::completions;
use crate::cli::datafeed;
use crate::cli::demo;
use crate::cli::desk::Desk;
use crate::cli::diff;
use crate::cli::environment::VARIABLES;
use crate::cli::fetch;
use crate::cli::filter;
use crate::cli::history;
use crate::cli::inspect;
use crate::cli::install;
use crate::cli::job;
use crate::cli::key;
use crate::cli::lab;
use crate::cli::lint;
use crate::cli::man;
use crate::cli::pack;
use crate::cli::plan;
use crate::cli::rehearse;
use crate::cli::release;
use crate::cli::remove;
use crate::cli::rollback;
use crate::cli::rule;
use crate::cli::sign;
use crate::cli::split;
use crate::cli::status;
use crate::cli::terminal::Color;
use crate::cli::trust;
use crate::cli::verify;
use crate::error::{ErrorKind, Result};

/// Seal Elastic machine-learning security releases while online; lift them into
/// air-gapped clusters.
#[derive(Debug, Parser)]
#[command(
    name = "sealift",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(after_help = "Try `sealift demo` first. `sealift help COMMAND` teaches a command.")]
#[command(after_long_help = notes())]
pub struct Args {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Exit codes and environment variables, for the long help.
fn notes() -> String {
    let codes = std::iter::once((0, "done, or nothing to do"))
        .chain(ErrorKind::ALL.map(|kind| (kind.exit_code(), kind.meaning())));
    let codes: Vec<String> = codes
        .map(|(code, what)| format!("  {code:>3}  {what}"))
        .collect();
    let variables = VARIABLES.map(|(name, what)| format!("  {name:<29} {what}"));
    format!(
        "Exit codes:\n{}\n\nEnvironment variables (an empty one counts as unset):\n{}",
        codes.join("\n"),
        variables.join("\n")
    )
}

/// Options of every command.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Settings file [default: sealift.toml in the user's config folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print the answer as one JSON document
    #[arg(long, global = true)]
    pub json: bool,
    /// No notes and no progress on standard error
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// No progress bars
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// When to color words
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the whole way on embedded parts
    Demo(demo::DemoArgs),
    /// List, show, validate and publish releases
    Release(release::ReleaseArgs),
    /// Fetch releases, verified
    Fetch(fetch::FetchArgs),
    /// Make and name signing keys
    Key(key::KeyArgs),
    /// Find mistakes before a cluster does
    Lint(lint::LintArgs),
    /// Pack releases into one signed bundle
    Pack(pack::PackArgs),
    /// Add a signature to a bundle
    Sign(sign::SignArgs),
    /// Check a bundle's signatures, list and every byte
    Verify(verify::VerifyArgs),
    /// Show what a bundle holds
    Inspect(inspect::InspectArgs),
    /// Run a bundle's pipelines, scripts and models over documents, offline
    Rehearse(rehearse::RehearseArgs),
    /// Show what changed from one bundle to another
    Diff(diff::DiffArgs),
    /// Cut a bundle into volumes for media
    Split(split::SplitArgs),
    /// Show who is trusted; make, rotate and take over trust roots
    Trust(trust::TrustArgs),
    /// Show what installing a bundle would change
    Plan(plan::PlanArgs),
    /// Install a bundle into clusters
    Install(install::InstallArgs),
    /// Prove on the cluster that enrichment works
    Check(check::CheckArgs),
    /// Show what is installed and every drift from it
    Status(status::StatusArgs),
    /// Take a bundle's artifacts out of clusters
    Remove(remove::RemoveArgs),
    /// Undo what a receipt tells
    Rollback(rollback::RollbackArgs),
    /// List the receipts of clusters
    History(history::HistoryArgs),
    /// Manage filters
    Filter(filter::FilterArgs),
    /// Manage anomaly detection jobs and their rules
    Job(job::JobArgs),
    /// Manage datafeeds
    Datafeed(datafeed::DatafeedArgs),
    /// Manage data frame analytics
    Analytics(analytics::AnalyticsArgs),
    /// Manage detection rules
    Rule(rule::RuleArgs),
    /// Look at clusters
    Cluster(cluster::ClusterArgs),
    /// Run a practice cluster
    Lab(lab::LabArgs),
    /// Print a completion script for a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual page
    Man(man::ManArgs),
}

impl Command {
    /// The command's name, as in the JSON document.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Demo(_) => "demo",
            Self::Release(_) => "release",
            Self::Fetch(_) => "fetch",
            Self::Key(_) => "key",
            Self::Pack(_) => "pack",
            Self::Sign(_) => "sign",
            Self::Diff(_) => "diff",
            Self::Split(_) => "split",
            Self::Trust(_) => "trust",
            Self::Verify(_) => "verify",
            Self::Inspect(_) => "inspect",
            Self::Rehearse(_) => "rehearse",
            Self::Plan(_) => "plan",
            Self::Install(_) => "install",
            Self::Check(_) => "check",
            Self::Status(_) => "status",
            Self::Remove(_) => "remove",
            Self::Rollback(_) => "rollback",
            Self::History(_) => "history",
            Self::Filter(_) => "filter",
            Self::Job(_) => "job",
            Self::Datafeed(_) => "datafeed",
            Self::Analytics(_) => "analytics",
            Self::Rule(_) => "rule",
            Self::Cluster(_) => "cluster",
            Self::Lab(_) => "lab",
            Self::Completions(_) => "completions",
            Self::Lint(_) => "lint",
            Self::Man(_) => "man",
        }
    }

    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the command fails with.
    pub fn run(self, desk: &Desk) -> Result<Answer> {
        match self {
            Self::Demo(args) => demo::run(&args, desk),
            Self::Release(args) => release::run(&args, desk),
            Self::Fetch(args) => fetch::run(&args, desk),
            Self::Key(args) => key::run(args, desk),
            Self::Pack(args) => pack::run(&args, desk),
            Self::Sign(args) => sign::run(&args, desk),
            Self::Diff(args) => diff::run(&args, desk),
            Self::Split(args) => split::run(&args, desk),
            Self::Trust(args) => trust::run(args, desk),
            Self::Verify(args) => verify::run(&args, desk),
            Self::Inspect(args) => inspect::run(&args, desk),
            Self::Rehearse(args) => rehearse::run(&args, desk),
            Self::Plan(args) => plan::run(&args, desk),
            Self::Install(args) => install::run(&args, desk),
            Self::Check(args) => check::run(&args, desk),
            Self::Status(args) => status::run(&args, desk),
            Self::Remove(args) => remove::run(&args, desk),
            Self::Rollback(args) => rollback::run(&args, desk),
            Self::History(args) => history::run(&args, desk),
            Self::Filter(args) => filter::run(&args, desk),
            Self::Job(args) => job::run(&args, desk),
            Self::Datafeed(args) => datafeed::run(&args, desk),
            Self::Analytics(args) => analytics::run(&args, desk),
            Self::Rule(args) => rule::run(&args, desk),
            Self::Cluster(args) => cluster::run(&args, desk),
            Self::Lab(args) => lab::run(&args, desk),
            Self::Completions(args) => completions::run(&args),
            Self::Lint(args) => lint::run(&args, desk),
            Self::Man(args) => man::run(&args, desk),
        }
    }
}
