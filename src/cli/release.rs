//! `sealift release`: what publishers offer, and offering it.

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::publish::{self, ManifestArgs, PublishArgs};
use crate::cli::publisher::PublisherArgs;
use crate::cli::release_diff::{self, DiffArgs};
use crate::cli::table::table;
use crate::cli::validate::{self, ValidateArgs};
use crate::error::Result;
use crate::model::release::{Asset, Release, ReleaseTag};

/// List, show, validate and publish releases.
#[derive(Debug, clap::Args)]
pub struct ReleaseArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ReleaseCommand,
}

/// The commands of `sealift release`.
#[derive(Debug, clap::Subcommand)]
pub enum ReleaseCommand {
    /// List a repository's releases
    List(ListArgs),
    /// Show one release and its assets
    Show(ShowArgs),
    /// Compare two releases, artifact by artifact
    Diff(DiffArgs),
    /// Check a release folder before it is published
    Validate(ValidateArgs),
    /// Publish a release folder: draft, zip, manifest, then public
    Publish(PublishArgs),
    /// Check a release's manifest, or gather all manifests
    Manifest(ManifestArgs),
}

/// List releases.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift release list --family ML-DGA")]
pub struct ListArgs {
    /// Only releases of this family, such as ML-DGA
    #[arg(long, value_name = "NAME")]
    pub family: Option<String>,
    /// All releases, not only those tagged FAMILY-YYYYMMDD-N
    #[arg(long, conflicts_with = "family")]
    pub all: bool,
    /// Where from.
    #[command(flatten)]
    pub publisher: PublisherArgs,
}

/// Show a release.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift release show ML-DGA-20210604-2")]
pub struct ShowArgs {
    /// Tag of the release
    pub tag: String,
    /// Where from.
    #[command(flatten)]
    pub publisher: PublisherArgs,
}

/// Runs the command.
///
/// # Errors
/// Those of the publisher's API, and of the command.
pub fn run(args: &ReleaseArgs, desk: &Desk) -> Result<Answer> {
    match &args.command {
        ReleaseCommand::List(args) => list(args, desk),
        ReleaseCommand::Show(args) => show(args, desk),
        ReleaseCommand::Diff(args) => release_diff::run(args, desk),
        ReleaseCommand::Validate(args) => validate::run(args, desk),
        ReleaseCommand::Publish(args) => publish::run(args, desk),
        ReleaseCommand::Manifest(args) => publish::manifest(args, desk),
    }
}

fn list(args: &ListArgs, desk: &Desk) -> Result<Answer> {
    let github = args.publisher.github(desk)?;
    let releases = github.releases(&desk.progress())?;
    let wanted = |release: &&Release| match (&args.family, release.tag.family()) {
        (Some(wanted), family) => family.is_some_and(|f| f.eq_ignore_ascii_case(wanted)),
        (None, family) => args.all || family.is_some(),
    };
    let releases: Vec<&Release> = releases.iter().filter(wanted).collect();
    let rows: Vec<Vec<String>> = releases
        .iter()
        .map(|release| {
            let published = release.published_at;
            vec![
                release.tag.to_string(),
                published.map_or_else(|| "-".to_owned(), |time| time.to_string()),
                release.assets.len().to_string(),
                if release.prerelease { "prerelease" } else { "" }.to_owned(),
            ]
        })
        .collect();
    let text = if rows.is_empty() {
        "no such release".to_owned()
    } else {
        let header = ["release", "published", "assets", ""];
        table(desk.terminal.width(), &header, &rows)
    };
    let documents: Vec<Value> = releases.iter().map(|release| document(release)).collect();
    Answer::new(&json!({"releases": documents}), text)
}

fn show(args: &ShowArgs, desk: &Desk) -> Result<Answer> {
    let tag = ReleaseTag::parse(&args.tag)?;
    let github = args.publisher.github(desk)?;
    let release = github.release(&tag, &desk.progress())?;
    let rows: Vec<Vec<String>> = release
        .assets
        .iter()
        .map(|asset| {
            let digest = asset.digest.map(|digest| digest.to_string());
            vec![
                asset.name.clone(),
                asset.size.to_string(),
                digest.unwrap_or_else(|| "-".to_owned()),
            ]
        })
        .collect();
    let published = release.published_at;
    let published = published.map_or_else(|| "-".to_owned(), |time| time.to_string());
    let name = release.name.as_deref().unwrap_or("-");
    let page = release.html_url.as_deref().unwrap_or("-");
    let mut text = format!(
        "release    {tag}\ntitle      {}\npublished  {published}{}\npage       {}\n\n{}",
        escape::line(name),
        if release.prerelease {
            " (prerelease)"
        } else {
            ""
        },
        escape::line(page),
        table(desk.terminal.width(), &["asset", "bytes", "sha256"], &rows),
    );
    if let Some(body) = release.body.as_deref().filter(|body| !body.is_empty()) {
        text.push_str("\n\n");
        text.push_str(escape::lines(body).trim_end());
    }
    Answer::new(&document(&release), text)
}

fn document(release: &Release) -> Value {
    json!({
        "tag": release.tag.as_str(),
        "family": release.tag.family(),
        "id": release.id,
        "name": release.name,
        "prerelease": release.prerelease,
        "published_at": release.published_at,
        "page": release.html_url,
        "description": release.body,
        "assets": release.assets.iter().map(asset).collect::<Vec<_>>(),
    })
}

fn asset(asset: &Asset) -> Value {
    json!({
        "id": asset.id,
        "name": asset.name,
        "size": asset.size,
        "sha256": asset.digest,
        "state": asset.state,
        "download": asset.browser_download_url,
    })
}
