//! What the operator allows a plan to do: shared by the commands that plan.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::flow::prepare::{DefaultPipeline, Wish};
use crate::flow::targets;
use crate::model::artifact::ArtifactKind;
use crate::model::plan::{Permissions, Target};

/// What is allowed.
#[derive(Clone, Debug, Default, clap::Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[command(next_help_heading = "Allowed")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "options that are there or not"
)]
pub struct WishArgs {
    /// Leave out a kind, or one artifact as 'KIND ID'; repeat for several
    #[arg(long, value_name = "WHAT")]
    pub without: Vec<String>,
    /// Remove what earlier bundles of the channel brought and this one does not
    #[arg(long)]
    pub prune: bool,
    /// Hold the pipelines against the bundle's documents neither before they go
    /// live nor after
    #[arg(long)]
    pub no_check: bool,
    /// Open the jobs of the bundle and start its datafeeds
    #[arg(long)]
    pub start: bool,
    /// Make the bundle's pipeline the default of the indices of this name or
    /// pattern; repeat for several
    #[arg(long, value_name = "INDEX[=PIPELINE]", value_parser = default_pipeline)]
    pub set_default_pipeline: Vec<DefaultPipeline>,
    /// Let detection rules run as soon as they are installed
    #[arg(long)]
    pub enable_rules: bool,
    /// What may be touched.
    #[command(flatten)]
    pub permissions: PermissionArgs,
}

/// What may be touched.
#[derive(Clone, Copy, Debug, Default, clap::Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[command(next_help_heading = "Allowed")]
pub struct PermissionArgs {
    /// Take over objects of the same id that sealift did not put there
    #[arg(long, visible_alias = "overwrite")]
    pub adopt: bool,
    /// Stop datafeeds and close jobs where needed, and start them again after
    #[arg(long)]
    pub restart_jobs: bool,
    /// Before 7.16: remove pipelines though the user may not see whether indices
    /// have them as default
    #[arg(long)]
    #[serde(default)]
    pub unseen: bool,
}

/// `targets` but for those that `args` leaves out, with rules enabled where
/// `args` says so.
///
/// # Errors
/// As [`without`].
pub fn wanted(args: &WishArgs, targets: Vec<Target>) -> Result<Vec<Target>> {
    let mut targets = without(&args.without, targets)?;
    if args.enable_rules {
        targets::enable_rules(&mut targets);
    }
    Ok(targets)
}

/// `targets` but for those that are `left_out`.
///
/// # Errors
/// [`ErrorKind::Usage`] for what is no kind, and for what is not in the bundle.
pub fn without(left_out: &[String], mut targets: Vec<Target>) -> Result<Vec<Target>> {
    for what in left_out {
        let (word, id) = match what.split_once([' ', ':']) {
            Some((kind, id)) => (kind, Some(id.trim())),
            None => (what.as_str(), None),
        };
        let kind = ArtifactKind::parse(word).map_err(|error| {
            Error::new(
                ErrorKind::Usage,
                format!("--without {what:?} cannot be used"),
            )
            .because(error)
            .hint("write a kind, or a kind and an id: --without 'analytics my_frame'")
        })?;
        let before = targets.len();
        targets.retain(|target| {
            target.artifact.kind != kind || id.is_some_and(|id| id != target.artifact.id)
        });
        if targets.len() == before {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("--without {what:?}: the bundle has no such artifact"),
            ));
        }
    }
    Ok(targets)
}

/// An index and perhaps a pipeline, from the command line.
#[expect(clippy::unnecessary_wraps, reason = "clap asks for a result")]
fn default_pipeline(text: &str) -> Result<DefaultPipeline> {
    let (index, pipeline) = match text.split_once('=') {
        Some((index, pipeline)) => (index, Some(pipeline.to_owned())),
        None => (text, None),
    };
    Ok(DefaultPipeline {
        index: index.to_owned(),
        pipeline,
    })
}

/// The permissions of `args`.
#[must_use]
pub fn permissions(args: &PermissionArgs) -> Permissions {
    Permissions {
        adopt: args.adopt,
        restart_jobs: args.restart_jobs,
        unseen: args.unseen,
    }
}

/// The wish of `args`.
#[must_use]
pub fn of(args: &WishArgs) -> Wish {
    Wish {
        permissions: permissions(&args.permissions),
        prune: args.prune,
        unchecked: args.no_check,
        start: args.start,
        default_pipelines: args.set_default_pipeline.clone(),
    }
}
