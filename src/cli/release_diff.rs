//! `sealift release diff`: what one release changes against another.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::publisher::PublisherArgs;
use crate::error::{ErrorKind, Result};
use crate::flow::release_diff::{Bodies, Change, compare, of_path, of_tag};
use crate::io::github::GitHub;
use crate::model::release::ReleaseTag;

/// Compare two releases, artifact by artifact.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift release diff ML-DGA-20201129-1 ML-DGA-20210604-2")]
pub struct DiffArgs {
    /// The old release: a tag, or a folder or zip that is here
    pub old: String,
    /// The new release: a tag, or a folder or zip that is here
    pub new: String,
    /// End with 9 when they differ
    #[arg(long)]
    pub exit_code: bool,
    /// Where from.
    #[command(flatten)]
    pub publisher: PublisherArgs,
}

/// Compares and tells.
///
/// # Errors
/// Those of the publisher's API, and of releases that cannot be read.
pub fn run(args: &DiffArgs, desk: &Desk) -> Result<Answer> {
    let github = args.publisher.github(desk)?;
    let old = bodies(&args.old, &github, desk)?;
    let new = bodies(&args.new, &github, desk)?;
    let changes = compare(&old, &new);
    let mut lines = Vec::new();
    let mut documents: Vec<Value> = Vec::new();
    for (artifact, change) in &changes {
        let (word, diff) = match change {
            Change::Added => ("added", None),
            Change::Removed => ("removed", None),
            Change::Changed(diff) => ("changed", Some(diff)),
        };
        lines.push(escape::line(&format!("{word:<8} {artifact}")));
        if let Some(diff) = diff {
            lines.push(escape::lines(diff.trim_end()));
        }
        documents.push(json!({
            "kind": artifact.kind.name(),
            "id": artifact.id,
            "change": word,
            "diff": diff,
        }));
    }
    if changes.is_empty() {
        lines.push("no difference".to_owned());
    }
    let answer = Answer::new(&json!({"changes": documents}), lines.join("\n"))?;
    Ok(if args.exit_code && !changes.is_empty() {
        answer.ending(ErrorKind::Difference)
    } else {
        answer
    })
}

/// A path where there is one, else a tag.
fn bodies(name: &str, github: &GitHub, desk: &Desk) -> Result<Bodies> {
    let path = Path::new(name);
    if path.exists() {
        of_path(path)
    } else {
        of_tag(github, &ReleaseTag::parse(name)?, &desk.progress())
    }
}
