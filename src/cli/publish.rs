//! `sealift release publish` and `release manifest`.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::prompt;
use crate::cli::publisher::PublisherArgs;
use crate::cli::validate::{self, FolderArgs};
use crate::error::{ErrorKind, OrErr, Result};
use crate::flow::publish::{Step, check_manifest, make_manifest, publish};
use crate::flow::validate::Published;
use crate::io::files;
use crate::io::github::GitHub;
use crate::model::release::ReleaseTag;
use crate::progress::Progress;

/// Publish a release folder: draft, zip, manifest, then public.
///
/// A run that breaks off leaves a draft; the same command again completes it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: sealift release publish ML-DGA-20260105-1 --repo example/ml-releases"
)]
pub struct PublishArgs {
    /// The folder and how to look at it.
    #[command(flatten)]
    pub folder: FolderArgs,
    /// Publish without asking
    #[arg(long, short)]
    pub yes: bool,
    /// Where to.
    #[command(flatten)]
    pub publisher: PublisherArgs,
}

/// Check a release's manifest against its zip, make one, or gather all.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift release manifest --all --out manifests.json")]
pub struct ManifestArgs {
    /// Tag of the release
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub tag: Option<String>,
    /// Make the manifest from what the publisher serves, also where there is none
    #[arg(long, conflicts_with = "all")]
    pub make: bool,
    /// The manifests of all releases that have one, by their tags
    #[arg(long)]
    pub all: bool,
    /// Write the JSON to FILE
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Where from.
    #[command(flatten)]
    pub publisher: PublisherArgs,
}

/// Validates, asks, publishes.
///
/// # Errors
/// Those of validation and of [`publish`].
pub fn run(args: &PublishArgs, desk: &Desk) -> Result<Answer> {
    let github = args.publisher.github(desk)?;
    let progress = desk.progress();
    let published = Published::ask(&github, &progress)?;
    let tag = ReleaseTag::parse(&args.folder.dir.file_name().map_or_else(
        || args.folder.dir.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    ))?;
    let published = published.before(&tag);
    let validated = args.folder.validate(Some(published), desk)?.fit()?;
    desk.terminal.note(&validate::text(&validated));
    prompt::confirm(
        &format!("publish {} to {}?", validated.tag, github.repository()),
        args.yes,
    )?;
    let steps = publish(&github, &validated, &progress)?;
    let names: Vec<&str> = steps.iter().map(|step: &Step| step.name()).collect();
    Answer::new(
        &json!({"tag": validated.tag.as_str(), "steps": names}),
        format!("{}: {}", validated.tag, names.join(", ")),
    )
}

/// Checks one manifest, or gathers all.
///
/// # Errors
/// Those of the publisher's API; [`ErrorKind::Integrity`] when a manifest does
/// not describe its zip.
pub fn manifest(args: &ManifestArgs, desk: &Desk) -> Result<Answer> {
    let github = args.publisher.github(desk)?;
    let progress = desk.progress();
    let (result, text) = match &args.tag {
        Some(tag) if args.make => made(&github, &ReleaseTag::parse(tag)?, &progress)?,
        Some(tag) => one(&github, &ReleaseTag::parse(tag)?, &progress)?,
        None => all(&github, &progress)?,
    };
    if let Some(path) = &args.out {
        let mut bytes =
            serde_json::to_vec(&result).or_err(ErrorKind::Bug, || "a manifest has no JSON form")?;
        bytes.push(b'\n');
        files::write_atomic(path, &bytes)?;
    }
    Answer::new(&result, text)
}

fn one(github: &GitHub, tag: &ReleaseTag, progress: &dyn Progress) -> Result<(Value, String)> {
    let manifest = check_manifest(github, tag, progress)?;
    let assets = manifest.assets.values();
    let files: usize = assets.map(|asset| asset.entries.len()).sum();
    let text = format!("the manifest of {tag} describes its zip: {files} files agree");
    Ok((json!(manifest), text))
}

fn made(github: &GitHub, tag: &ReleaseTag, progress: &dyn Progress) -> Result<(Value, String)> {
    let manifest = make_manifest(github, tag, progress)?;
    let text = String::from_utf8(manifest.to_bytes()?)
        .or_err(ErrorKind::Bug, || "a manifest is not text")?;
    Ok((json!(manifest), escape::line(&text)))
}

fn all(github: &GitHub, progress: &dyn Progress) -> Result<(Value, String)> {
    let published = Published::ask(github, progress)?;
    let manifests: Map<_, _> = published
        .manifests()
        .iter()
        .map(|manifest| (manifest.tag_name.clone(), json!(manifest)))
        .collect();
    let mut text = format!("{} releases have a manifest", manifests.len());
    let without: Vec<&str> = published
        .tags()
        .iter()
        .filter(|tag| tag.family().is_some() && !manifests.contains_key(tag.as_str()))
        .map(ReleaseTag::as_str)
        .collect();
    if !without.is_empty() {
        let _ = write!(text, "; none: {}", without.join(", "));
    }
    Ok((Value::Object(manifests), text))
}
