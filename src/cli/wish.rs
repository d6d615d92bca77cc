//! What the operator allows a plan to do: shared by the commands that plan.

use crate::flow::prepare::Wish;
use crate::model::plan::Permissions;

/// What is allowed.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
#[command(next_help_heading = "Allowed")]
pub struct WishArgs {
    /// Remove what earlier bundles of the channel brought and this one does not
    #[arg(long)]
    pub prune: bool,
    /// What may be touched.
    #[command(flatten)]
    pub permissions: PermissionArgs,
}

/// What may be touched.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
#[command(next_help_heading = "Allowed")]
pub struct PermissionArgs {
    /// Take over objects of the same id that sealift did not put there
    #[arg(long)]
    pub adopt: bool,
    /// Stop datafeeds and close jobs where needed, and start them again after
    #[arg(long)]
    pub restart_jobs: bool,
}

/// The permissions of `args`.
#[must_use]
pub fn permissions(args: &PermissionArgs) -> Permissions {
    Permissions {
        adopt: args.adopt,
        restart_jobs: args.restart_jobs,
    }
}

/// The wish of `args`.
#[must_use]
pub fn of(args: &WishArgs) -> Wish {
    Wish {
        permissions: permissions(&args.permissions),
        prune: args.prune,
    }
}
