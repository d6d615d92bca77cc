//! `sealift diff`: what changed from one bundle to another.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::escape;
use crate::cli::opening::OpeningArgs;
use crate::error::{ErrorKind, Result};
use crate::flow::diff::{Change, compare};

/// Show what changed from one bundle to another; checks both first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift diff dga-1.sealift dga-2.sealift --lines")]
pub struct DiffArgs {
    /// Older bundle
    pub old: PathBuf,
    /// Newer bundle
    pub new: PathBuf,
    /// Show the lines that differ
    #[arg(long)]
    pub lines: bool,
    /// End with exit code 9 when there are differences
    #[arg(long)]
    pub exit_code: bool,
    /// Whom to trust.
    #[command(flatten)]
    pub opening: OpeningArgs,
}

/// Compares the bundles.
///
/// # Errors
/// Those of [`OpeningArgs::open`] for either, and of [`compare`].
pub fn run(args: &DiffArgs, desk: &Desk) -> Result<Answer> {
    // The older one may well be expired or behind what is installed.
    let old = args.opening.open_past(&args.old, desk)?;
    let new = args.opening.open(&args.new, desk)?;
    let differences = compare(&old, &new)?;
    let changed = differences.iter().any(|d| d.change != Change::Same);
    let mut text = format!("{} to {}", old.header().name, new.header().name);
    // Writing to a string cannot fail.
    for difference in &differences {
        let name = difference.artifact.to_string();
        let change = difference.change.name();
        let _ = write!(text, "\n{change:<8}  {}", escape::line(&name));
        if args.lines && !difference.lines.is_empty() {
            let _ = write!(text, "\n{}", escape::lines(difference.lines.trim_end()));
        }
    }
    let result = json!({
        "old": old.header(),
        "new": new.header(),
        "artifacts": differences,
    });
    let answer = Answer::new(&result, text)?;
    Ok(if args.exit_code && changed {
        answer.ending(ErrorKind::Difference)
    } else {
        answer
    })
}
