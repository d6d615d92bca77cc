//! `sealift cluster files`: models, scripts and pipelines with the releases that
//! they came from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::fleet::{self, Report};
use crate::cli::publisher::RepositoryArgs;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, table};
use crate::error::{ErrorKind, OrErr, Result};
use crate::flow::origins::{self, Held, Holdings};
use crate::flow::validate::Published;
use crate::io::files;
use crate::model::release_manifest::{self, ReleaseManifest};

/// The largest file of manifests, in bytes.
const MAX_FILE: u64 = 4 * release_manifest::MAX_BYTES;

/// Which clusters, and what is known of releases.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift cluster files --manifests manifests.json --cluster soc")]
pub struct FilesArgs {
    /// Manifests of releases, as `sealift release manifest --all --out FILE` writes
    /// them, or of one release
    #[arg(long, value_name = "FILE")]
    pub manifests: Option<PathBuf>,
    /// Every model, script and pipeline, not only those of releases
    #[arg(long)]
    pub all: bool,
    /// Ask this publisher for the manifests; without --repo nobody is asked.
    #[command(flatten)]
    pub publisher: RepositoryArgs,
    /// Which clusters.
    #[command(flatten)]
    pub target: TargetArgs,
}

/// Lists them.
///
/// # Errors
/// As reading the manifests, and the cluster.
pub fn run(args: &FilesArgs, desk: &Desk) -> Result<Answer> {
    let mut manifests = match &args.manifests {
        Some(path) => read(path)?,
        None => Vec::new(),
    };
    if args.publisher.repo.is_some() {
        let known = Published::ask(&args.publisher.github(desk)?, &desk.progress())?;
        manifests.extend(known.manifests().iter().cloned());
    }
    let width = desk.terminal.width();
    fleet::run(&args.target, desk, |cluster, _| {
        let holdings = origins::of_cluster(cluster, &manifests, args.all)?;
        Ok(Report {
            text: describe(&cluster.label, &holdings, width),
            json: serde_json::to_value(&holdings)
                .or_err(ErrorKind::Bug, || "the list has no JSON form")?,
            ending: None,
        })
    })
}

/// One manifest, or several by their tags.
fn read(path: &Path) -> Result<Vec<ReleaseManifest>> {
    let name = path.display().to_string();
    let bytes = files::read_limited(path, MAX_FILE)?;
    let wrong = || format!("{name} holds no release manifests");
    let value: Value = serde_json::from_slice(&bytes).or_err(ErrorKind::Malformed, wrong)?;
    if value.get("tag_name").is_some() {
        return Ok(vec![ReleaseManifest::parse(&bytes, &name)?]);
    }
    let all: BTreeMap<String, ReleaseManifest> =
        serde_json::from_value(value).or_err(ErrorKind::Malformed, wrong)?;
    Ok(all.into_values().collect())
}

fn describe(label: &str, holdings: &Holdings, width: u16) -> String {
    let mut lines = vec![format!(
        "{}: {} models, scripts and pipelines",
        escape::line(label),
        holdings.files.len()
    )];
    if !holdings.files.is_empty() {
        let rows: Vec<Vec<String>> = holdings.files.iter().map(row).collect();
        let header = ["kind", "id", "release", "known by", "bundle"];
        lines.push(table::table(width, &header, &rows));
    }
    for warning in &holdings.warnings {
        lines.push(format!("warning: {}", escape::line(warning)));
    }
    lines.join("\n")
}

fn row(held: &Held) -> Vec<String> {
    let bundle = held.bundle.as_ref().map(|mark| mark.bundle.clone());
    vec![
        held.artifact.kind.to_string(),
        held.artifact.id.clone(),
        if held.releases.is_empty() {
            "unknown".to_owned()
        } else {
            held.releases.join(" or ")
        },
        held.known_by.name().to_owned(),
        bundle.unwrap_or_default(),
    ]
}
