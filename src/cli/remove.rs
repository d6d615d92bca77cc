//! `sealift remove`: takes a bundle's artifacts out of clusters.

use std::path::PathBuf;

use crate::cli::answer::Answer;
use crate::cli::change;
use crate::cli::desk::Desk;
use crate::cli::opening::OpeningArgs;
use crate::cli::target::TargetArgs;
use crate::cli::wish::{self, PermissionArgs};
use crate::error::Result;
use crate::flow::prepare;

/// Take a bundle's artifacts out, in reverse order; what others use stays.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift remove dga.sealift --cluster soc-east")]
pub struct RemoveArgs {
    /// Bundle
    pub file: PathBuf,
    /// Apply without asking
    #[arg(long, short)]
    pub yes: bool,
    /// What may be touched.
    #[command(flatten)]
    pub permissions: PermissionArgs,
    /// Which clusters.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Whom to trust.
    #[command(flatten)]
    pub opening: OpeningArgs,
}

/// Removes.
///
/// # Errors
/// As opening the bundle, planning and applying.
pub fn run(args: &RemoveArgs, desk: &Desk) -> Result<Answer> {
    // What is to go may well be expired, and newer things may be installed.
    let bundle = args.opening.open_past(&args.file, desk)?;
    let permissions = wish::permissions(&args.permissions);
    let asked = change::Asked {
        target: &args.target,
        yes: args.yes,
        canary: None,
    };
    change::run(&asked, desk, |cluster, progress| {
        prepare::prepare_removal(cluster, &bundle, permissions, progress)
    })
}
