//! `sealift rollback`: undoes what a receipt tells.

use std::path::PathBuf;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::target::TargetArgs;
use crate::cli::wish::{self, PermissionArgs};
use crate::cli::{change, escape};
use crate::error::Result;
use crate::flow::{history, prepare};
use crate::io::receipts;

/// Put back what a receipt changed, and remove what it created.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: sealift rollback 20260131T080000Z-install-1f2e3d4c --cluster soc-east"
)]
pub struct RollbackArgs {
    /// Receipt: its id, or its file
    pub receipt: String,
    /// Apply without asking
    #[arg(long, short)]
    pub yes: bool,
    /// What may be touched.
    #[command(flatten)]
    pub permissions: PermissionArgs,
    /// Which cluster.
    #[command(flatten)]
    pub target: TargetArgs,
}

/// Rolls back.
///
/// # Errors
/// [`crate::error::ErrorKind::Usage`] for a receipt that nobody knows or of
/// another cluster; else as planning and applying.
pub fn run(args: &RollbackArgs, desk: &Desk) -> Result<Answer> {
    let state = desk.state_folder()?;
    let permissions = wish::permissions(&args.permissions);
    let file = PathBuf::from(&args.receipt);
    let given = if file.is_file() {
        Some(receipts::read_file(&file)?)
    } else {
        None
    };
    let asked = change::Asked {
        target: &args.target,
        yes: args.yes,
        canary: None,
    };
    change::run(&asked, desk, |cluster, progress| {
        let receipt = match &given {
            Some(receipt) => receipt.clone(),
            None => history::one(cluster, &state, &args.receipt)?,
        };
        let (receipt, earlier) = history::whole(cluster, &state, receipt)?;
        for id in earlier {
            let line = format!("{}: with {id}, which it went on with", cluster.label);
            progress.note(&escape::line(&line));
        }
        prepare::prepare_rollback(cluster, &receipt, permissions, progress)
    })
}
