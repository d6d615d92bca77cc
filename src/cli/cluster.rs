//! `sealift cluster info`: what a cluster is, can and allows.

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::cluster_files::{self, FilesArgs};
use crate::cli::desk::Desk;
use crate::cli::fleet::{self, Report};
use crate::cli::target::TargetArgs;
use crate::cli::{escape, wrap};
use crate::error::Result;
use crate::flow::preflight;
use crate::io::cluster::Cluster;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::preflight::{Denied, Facts, KibanaFacts, Needs};
use crate::model::time::Timestamp;

mod installed;

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
        ClusterCommand::Info(args) => {
            fleet::run(&args.target, desk, |cluster, _| info(cluster, desk))
        }
        ClusterCommand::Files(args) => cluster_files::run(args, desk),
    }
}

fn info(cluster: &Cluster, desk: &Desk) -> Result<Report> {
    let everything: Vec<ArtifactId> = ArtifactKind::ALL
        .into_iter()
        // Which indices would be made is not known here.
        .filter(|kind| *kind != ArtifactKind::Index)
        .map(|kind| ArtifactId::new(kind, "any"))
        .collect();
    let mut needs = Needs::of(everything.iter().map(|artifact| (artifact, None)));
    if cluster.kibana.is_none() {
        needs.kibana.clear();
    }
    let elasticsearch = &cluster.elasticsearch;
    let facts = preflight::facts(cluster, &needs)?;
    let user = elasticsearch.user()?;
    let installed = installed::look(cluster, desk)?;
    let identity = elasticsearch.identity();
    let nobody = || "none, security is off".to_owned();
    let mut lines = vec![
        ("cluster", identity.name.clone()),
        ("uuid", identity.uuid.clone()),
        ("version", identity.version.clone()),
        ("address", elasticsearch.address()),
        ("license", license(&facts)),
        ("machine learning", learning(&facts).to_owned()),
        ("nodes", nodes(&facts)),
        ("clock", clock(facts.clock_ahead)),
        ("user", user.clone().unwrap_or_else(nobody)),
        ("rights missing", denied(&facts.denied)),
        ("Kibana", kibana(&facts.kibana)),
    ];
    lines.extend(installed.lines());
    let mut text = escape::line(&cluster.label);
    for (name, value) in lines {
        text.push('\n');
        let first = format!("  {name:<17} ");
        text.push_str(&wrap::hanging(&first, &escape::line(&value)));
    }
    let mut document = json!({
        "identity": identity,
        "address": elasticsearch.address(),
        "license": facts.license,
        "ml_enabled": facts.ml_enabled,
        "upgrade_mode": facts.upgrade_mode,
        "nodes": facts.nodes,
        "clock_ahead_seconds": facts.clock_ahead,
        "denied": facts.denied,
        "user": user,
        "kibana_version": facts.kibana.version.as_ref().map(ToString::to_string),
        "kibana_space": facts.kibana.named.then_some(&facts.kibana.space),
        "kibana_fault": facts.kibana.fault,
    });
    if let (Value::Object(all), Value::Object(more)) = (&mut document, installed.document()) {
        all.extend(more);
    }
    Ok(Report {
        json: document,
        text,
        ending: None,
    })
}

fn license(facts: &Facts) -> String {
    let Some(license) = &facts.license else {
        return "unknown".to_owned();
    };
    let end = license.expires_millis.map(|millis| millis / 1000);
    let end = end.and_then(|seconds| Timestamp::from_seconds(seconds).ok());
    let until = end.map_or_else(String::new, |end| format!(", until {end}"));
    format!("{} ({}{until})", license.kind, license.status)
}

fn learning(facts: &Facts) -> &'static str {
    match (facts.ml_enabled, facts.upgrade_mode) {
        (Some(false), _) => "switched off",
        (_, Some(true)) => "in upgrade mode",
        (Some(true), _) => "switched on",
        (None, _) => "unknown",
    }
}

fn nodes(facts: &Facts) -> String {
    if facts.nodes.is_empty() {
        return "unknown".to_owned();
    }
    let least = facts.nodes.iter().filter_map(|node| node.heap).min();
    let least = least.map_or_else(String::new, |heap| {
        format!(", the least heap is {} MB", heap >> 20)
    });
    format!("{}{least}", facts.nodes.len())
}

fn clock(ahead: Option<i64>) -> String {
    match ahead {
        None => "unknown".to_owned(),
        Some(seconds) if seconds.unsigned_abs() < 5 => "as here".to_owned(),
        Some(seconds) if seconds > 0 => format!("{seconds} seconds ahead"),
        Some(seconds) => format!("{} seconds behind", seconds.unsigned_abs()),
    }
}

/// The rights that are missing, on one line.
fn denied(denied: &Denied) -> String {
    let on_indices = denied
        .indices
        .iter()
        .map(|(name, privileges)| format!("{} on {name}", privileges.join(" and ")));
    let all: Vec<String> = denied
        .cluster
        .iter()
        .chain(&denied.kibana)
        .cloned()
        .chain(on_indices)
        .collect();
    or_none(&all)
}

fn kibana(kibana: &KibanaFacts) -> String {
    if let Some(fault) = &kibana.fault {
        return format!("cannot be used: {fault}");
    }
    if !kibana.named {
        return "not named".to_owned();
    }
    let version = kibana.version.as_ref();
    let version = version.map_or_else(|| "version unknown".to_owned(), ToString::to_string);
    let space = match kibana.space_exists {
        Some(false) => format!(", space {} is not there", kibana.space),
        _ if kibana.space == "default" => String::new(),
        _ => format!(", space {}", kibana.space),
    };
    format!("{version}{space}")
}

fn or_none(list: &[String]) -> String {
    if list.is_empty() {
        "none".to_owned()
    } else {
        list.join(", ")
    }
}
