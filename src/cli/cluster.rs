//! `sealift cluster info`: what a cluster is, can and allows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::cluster_files::{self, FilesArgs};
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::fleet::{self, Report};
use crate::cli::target::TargetArgs;
use crate::error::Result;
use crate::flow::claims::Claims;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::preflight::Needs;

/// Look at clusters.
#[derive(Debug, clap::Args)]
pub struct ClusterArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ClusterCommand,
}

/// What can be done with a cluster itself.
#[derive(Debug, clap::Subcommand)]
pub enum ClusterCommand {
    /// Show version, license, machine learning, rights, Kibana and what is installed
    Info(InfoArgs),
    /// List models, scripts and pipelines with the releases that they came from
    #[command(after_help = "Example: sealift cluster files --cluster soc")]
    Files(FilesArgs),
}

/// Which clusters.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift cluster info --group soc")]
pub struct InfoArgs {
    /// Which clusters.
    #[command(flatten)]
    pub target: TargetArgs,
}

/// Runs the sub-command.
///
/// # Errors
/// As connecting and reading.
pub fn run(args: &ClusterArgs, desk: &Desk) -> Result<Answer> {
    match &args.command {
        ClusterCommand::Info(args) => info(args, desk),
        ClusterCommand::Files(args) => cluster_files::run(args, desk),
    }
}

fn info(args: &InfoArgs, desk: &Desk) -> Result<Answer> {
    fleet::run(&args.target, desk, |cluster, _| {
        let everything: Vec<ArtifactId> = ArtifactKind::ALL
            .into_iter()
            // Which indices would be made is not known here.
            .filter(|kind| *kind != ArtifactKind::Index)
            .map(|kind| ArtifactId::new(kind, "any"))
            .collect();
        let needs = Needs::of(everything.iter().map(|artifact| (artifact, None)));
        let elasticsearch = &cluster.elasticsearch;
        let facts = elasticsearch.facts(&needs)?;
        let user = elasticsearch.user()?;
        let claims = Claims::read(cluster)?;
        let identity = elasticsearch.identity();
        let license = facts.license.as_ref().map_or_else(
            || "unknown".to_owned(),
            |license| format!("{} ({})", license.kind, license.status),
        );
        let learning = match (facts.ml_enabled, facts.upgrade_mode) {
            (Some(false), _) => "switched off",
            (_, Some(true)) => "in upgrade mode",
            (Some(true), _) => "switched on",
            (None, _) => "unknown",
        };
        let kibana = cluster.kibana.as_ref().map_or_else(
            || "not named".to_owned(),
            |kibana| {
                let version = kibana.version();
                version.map_or_else(|| "there".to_owned(), ToString::to_string)
            },
        );
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for artifact in claims.artifacts.keys() {
            *counts.entry(artifact.kind.name()).or_default() += 1;
        }
        let installed: Vec<String> = counts
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        let lines = [
            ("cluster", identity.name.clone()),
            ("uuid", identity.uuid.clone()),
            ("version", identity.version.clone()),
            ("license", license),
            ("machine learning", learning.to_owned()),
            (
                "user",
                user.clone()
                    .unwrap_or_else(|| "none, security is off".to_owned()),
            ),
            ("rights missing", or_none(&facts.denied.cluster)),
            ("Kibana", kibana),
            ("installed", or_none(&installed)),
        ];
        let mut text = escape::line(&cluster.label);
        for (name, value) in lines {
            let _ = write!(text, "\n  {name:<17} {}", escape::line(&value));
        }
        for (channel, latest) in &claims.channels {
            let bundle = format!("{} {} of channel {channel}", latest.bundle, latest.sequence);
            let _ = write!(text, "\n  {:<17} {}", "bundle", escape::line(&bundle));
        }
        Ok(Report {
            json: json!({
                "identity": identity,
                "license": facts.license,
                "ml_enabled": facts.ml_enabled,
                "upgrade_mode": facts.upgrade_mode,
                "denied": facts.denied,
                "user": user,
                "kibana_version": cluster.kibana.as_ref().and_then(|kibana| kibana.version()).map(ToString::to_string),
                "channels": claims.channels,
                "installed": counts,
            }),
            text,
            ending: None,
        })
    })
}

fn or_none(list: &[String]) -> String {
    if list.is_empty() {
        "none".to_owned()
    } else {
        list.join(", ")
    }
}
