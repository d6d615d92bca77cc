//! `sealift inspect`: what a bundle holds.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::opening::OpeningArgs;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::io::bundle::VerifiedBundle;
use crate::model::content;
use crate::model::manifest::{ArtifactEntry, Manifest};

/// The largest artifact that is shown, in bytes.
const MAX_SHOWN: u64 = 256 << 20;

/// Show what a bundle holds; checks everything first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift inspect dga.sealift --artifact 'pipeline dns_enrich'")]
pub struct InspectArgs {
    /// Bundle
    pub file: PathBuf,
    /// Print the body of one artifact: its id, or kind and id
    #[arg(long, value_name = "ID")]
    pub artifact: Option<String>,
    /// Whom to trust.
    #[command(flatten)]
    pub opening: OpeningArgs,
}

/// Tells what the bundle holds.
///
/// # Errors
/// Those of [`OpeningArgs::open`]; [`ErrorKind::Usage`] when there is no such
/// artifact, or several of that id.
pub fn run(args: &InspectArgs, desk: &Desk) -> Result<Answer> {
    let bundle = args.opening.open(&args.file, desk)?;
    if let Some(id) = &args.artifact {
        return show(&bundle, id);
    }
    let result = json!({
        "header": bundle.header(),
        "bundle_sha256": bundle.digest(),
        "manifest": bundle.manifest(),
    });
    Answer::new(&result, describe(&bundle))
}

fn show(bundle: &VerifiedBundle, wanted: &str) -> Result<Answer> {
    let entry = find(bundle.manifest(), wanted)?;
    let bytes = bundle.read(&entry.path, MAX_SHOWN)?;
    let body = content::read(entry.path.as_str(), entry.part.as_ref(), &bytes)?;
    let text = serde_json::to_string_pretty(&body)
        .or_err(ErrorKind::Bug, || "the artifact has no JSON form")?;
    Answer::new(
        &json!({"artifact": entry, "body": body}),
        escape::lines(&text),
    )
}

fn find<'a>(manifest: &'a Manifest, wanted: &str) -> Result<&'a ArtifactEntry> {
    let found: Vec<&ArtifactEntry> = manifest
        .artifacts
        .iter()
        .filter(|entry| entry.id == wanted || entry.artifact().to_string() == wanted)
        .collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(Error::new(
            ErrorKind::Usage,
            format!("the bundle has no artifact {wanted:?}"),
        )
        .hint("inspect without --artifact lists them")),
        several => {
            let names: Vec<String> = several.iter().map(|e| e.artifact().to_string()).collect();
            Err(Error::new(
                ErrorKind::Usage,
                format!("{wanted:?} is the id of several artifacts"),
            )
            .hint(format!("say which: {}", names.join(", "))))
        }
    }
}

fn describe(bundle: &VerifiedBundle) -> String {
    let header = bundle.header();
    let manifest = bundle.manifest();
    // Writing to a string cannot fail.
    let mut text = format!(
        "{}, channel {}, sequence {}, created {}, expires {}\n",
        header.name, header.channel, header.sequence, header.created, header.expires
    );
    for source in &manifest.sources {
        let from = [&source.repository, &source.tag, &source.fetched_from]
            .into_iter()
            .flatten()
            .map(|part| escape::line(part))
            .collect::<Vec<_>>();
        let words = [vec![escape::line(&source.folder)], from].concat();
        let _ = writeln!(text, "source {}", words.join(" "));
    }
    for entry in &manifest.artifacts {
        let _ = write!(text, "\n{}", describe_artifact(entry));
    }
    for set in &manifest.validation {
        let _ = write!(
            text,
            "\nvalidation {} {}",
            escape::line(&set.name),
            set.documents
        );
    }
    for note in &manifest.licenses {
        let _ = write!(
            text,
            "\nlicense {}: {}",
            escape::line(&note.about),
            escape::line(&note.note)
        );
    }
    text
}

/// Three lines at most: kind and id, where it stands, what it needs.
fn describe_artifact(entry: &ArtifactEntry) -> String {
    let part = match &entry.part {
        Some(part) => format!(" {part}"),
        None => String::new(),
    };
    let mut text = format!(
        "{:<10}{}\n{:10}{}{}, {} bytes",
        entry.kind,
        escape::line(&entry.id),
        "",
        entry.path,
        escape::line(&part),
        entry.size
    );
    for needed in &entry.references {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n{:10}needs {}",
            "",
            escape::line(&needed.to_string())
        );
    }
    text
}
