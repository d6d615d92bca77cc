//! `sealift remove`: takes a bundle's artifacts out of clusters.

use std::path::PathBuf;

use crate::cli::answer::Answer;
use crate::cli::change;
use crate::cli::desk::Desk;
use crate::cli::opening::OpeningArgs;
use crate::cli::target::TargetArgs;
use crate::cli::wish::{self, PermissionArgs};
use crate::error::Result;
use crate::flow::{by_hand, prepare, targets};
use crate::model::plan::Permissions;
use crate::model::receipt::Purpose;

/// Take a bundle's artifacts out, in reverse order; what others use stays.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example: sealift remove dga.sealift --cluster soc-east
         sealift remove --family dga --model dga_1611725_2.0 --cluster soc-east")]
pub struct RemoveArgs {
    /// Bundle
    #[arg(
        required_unless_present_any = ["model", "family"],
        conflicts_with_all = ["model", "family"]
    )]
    pub file: Option<PathBuf>,
    /// Instead of a bundle: the trained model of this id; repeat for several
    #[arg(long, value_name = "ID")]
    pub model: Vec<String>,
    /// Instead of a bundle: scripts and pipelines of these families, such as
    /// dga,problemchild
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub family: Vec<String>,
    /// Leave a kind where it is, or one artifact as 'KIND ID'; repeat for several
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["model", "family"])]
    pub without: Vec<String>,
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
    let asked = change::Asked {
        target: &args.target,
        yes: args.yes,
        canary: None,
    };
    let Some(file) = &args.file else {
        return named(args, &asked, desk);
    };
    // What is to go may well be expired, and newer things may be installed.
    let bundle = args.opening.open_past(file, desk)?;
    let permissions = wish::permissions(&args.permissions);
    let gone = wish::without(&args.without, targets::gone(&bundle))?;
    let origin = targets::origin(&bundle);
    change::run(&asked, desk, |cluster, progress| {
        prepare::prepare_removal(cluster, &origin, &gone, permissions, progress)
    })
}

/// Removes what was named by id or family. Naming it, and confirming the plan, is
/// leave enough to remove what sealift did not put there.
fn named(args: &RemoveArgs, asked: &change::Asked<'_>, desk: &Desk) -> Result<Answer> {
    let permissions = Permissions {
        adopt: true,
        ..wish::permissions(&args.permissions)
    };
    change::run(asked, desk, |cluster, progress| {
        let targets = by_hand::leaving(cluster, &args.model, &args.family)?;
        by_hand::prepare(cluster, &targets, Purpose::Remove, permissions, progress)
    })
}
