//! What the operator allows a plan to do: shared by the commands that plan.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::flow::preflight::Question;
use crate::flow::prepare::{DefaultPipeline, Wish};
use crate::flow::targets;
use crate::io::bundle::VerifiedBundle;
use crate::model::artifact::ArtifactKind;
use crate::model::plan::{Permissions, Target};

/// How many ids of a kind a refusal names.
const MAX_NAMED: usize = 8;

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

/// What installing `wanted` of `bundle` asks of clusters, with what `args` asks
/// besides.
#[must_use]
pub fn question(args: &WishArgs, bundle: &VerifiedBundle, wanted: &[Target]) -> Question {
    let ranges = targets::ranges(bundle);
    let led = args.set_default_pipeline.iter().map(|asked| &*asked.index);
    Question::of(wanted, &ranges, args.enable_rules).leading(led)
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
        let kind = kind(word).ok_or_else(|| {
            let kinds: Vec<&str> = ArtifactKind::ALL.iter().map(|kind| kind.name()).collect();
            Error::new(
                ErrorKind::Usage,
                format!("--without {what:?} cannot be used: {word:?} is no kind of artifact"),
            )
            .hint(format!(
                "write a kind, or a kind and an id, as 'rule ID'; the kinds are {}",
                kinds.join(", ")
            ))
        })?;
        let (out, rest): (Vec<_>, Vec<_>) = targets.into_iter().partition(|target| {
            target.artifact.kind == kind && id.is_none_or(|id| id == target.artifact.id)
        });
        if out.is_empty() {
            return Err(absent(what, kind, &rest));
        }
        targets = rest;
    }
    Ok(targets)
}

/// The kind that `word` names, be it one of them or many.
fn kind(word: &str) -> Option<ArtifactKind> {
    let mut kinds = ArtifactKind::ALL.into_iter();
    kinds.find(|kind| word == kind.name() || word == kind.plural())
}

/// The refusal of `what`, which is not among the rest of the bundle; of its kind, or
/// else of all, it names what is.
fn absent(what: &str, kind: ArtifactKind, rest: &[Target]) -> Error {
    let of_kind = rest.iter().map(|target| &target.artifact);
    let ids: Vec<String> = of_kind
        .filter(|artifact| artifact.kind == kind)
        .map(ToString::to_string)
        .collect();
    let hint = match ids.len() {
        0 => {
            let kinds: BTreeSet<&str> = rest.iter().map(|t| t.artifact.kind.name()).collect();
            let kinds: Vec<&str> = kinds.into_iter().collect();
            format!("it has {}", kinds.join(", "))
        }
        1..=MAX_NAMED => format!("it has {}", ids.join(", ")),
        _ => {
            let shown = ids.get(..MAX_NAMED).unwrap_or_default().join(", ");
            format!("it has {shown} and more; sealift inspect FILE lists them")
        }
    };
    Error::new(
        ErrorKind::Usage,
        format!("--without {what:?}: the bundle has no such artifact"),
    )
    .hint(hint)
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

#[cfg(test)]
mod tests {
    use super::without;
    use crate::flow::targets::absent;
    use crate::model::artifact::{ArtifactId, ArtifactKind};
    use crate::model::plan::Target;

    fn bundle() -> Vec<Target> {
        let of = |kind, id: &str| absent(ArtifactId::new(kind, id));
        vec![
            of(ArtifactKind::Job, "dga"),
            of(ArtifactKind::Rule, "r1"),
            of(ArtifactKind::Rule, "r2"),
        ]
    }

    #[test]
    fn kinds_and_single_artifacts_are_left_out() {
        for (what, left) in [
            ("rule", 1),
            ("rules", 1),
            ("rule r1", 2),
            ("rules:r2", 2),
            ("jobs", 2),
        ] {
            let rest = without(&[what.to_owned()], bundle());
            assert_eq!(rest.map(|rest| rest.len()).ok(), Some(left), "{what}");
        }
    }

    #[test]
    fn what_cannot_be_left_out_tells_what_can() {
        for (what, told) in [
            ("ruels", "the kinds are component, template"),
            ("rule r3", "it has rule r1, rule r2"),
            ("model", "it has job, rule"),
        ] {
            let refused = without(&[what.to_owned()], bundle()).err();
            let hint = refused.and_then(|error| error.next_step().map(str::to_owned));
            assert!(
                hint.as_ref().is_some_and(|hint| hint.contains(told)),
                "{what}: {hint:?}"
            );
        }
    }
}
