//! `sealift filter pull`: filters of a cluster come back into a file for review.

use std::path::PathBuf;

use serde_json::json;

use super::read_texts;
use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, managed};
use crate::error::{Error, ErrorKind, Result};
use crate::flow::manage;
use crate::io::files;
use crate::model::artifact::ArtifactKind;
use crate::model::filter::Filter;
use crate::model::filter_text::{self, FilterText};

/// What to pull.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: sealift filter pull safe_domains --into filters.toml --cluster soc"
)]
pub struct PullArgs {
    /// The filters' ids [default: all]
    ids: Vec<String>,
    /// The file; notes of items that it has already are kept
    #[arg(long, value_name = "FILE")]
    into: PathBuf,
    #[command(flatten)]
    target: TargetArgs,
}

/// Pulls.
///
/// # Errors
/// [`ErrorKind::Cluster`] for a filter that is not there; as reading and writing.
pub(super) fn run(args: &PullArgs, desk: &Desk) -> Result<Answer> {
    let cluster = managed::connect(&args.target, desk)?;
    let known = if args.into.exists() {
        read_texts("", &args.into)?
    } else {
        Vec::new()
    };
    let entries = manage::list(&cluster, ArtifactKind::Filter)?;
    for id in &args.ids {
        if !entries.iter().any(|entry| entry.id == *id) {
            return Err(Error::new(
                ErrorKind::Cluster,
                format!("the cluster has no filter {id}"),
            ));
        }
    }
    let mut texts: Vec<FilterText> = known
        .iter()
        .filter(|text| !args.ids.is_empty() && !args.ids.contains(&text.id))
        .cloned()
        .collect();
    let mut pulled = Vec::new();
    for entry in entries
        .iter()
        .filter(|entry| args.ids.is_empty() || args.ids.contains(&entry.id))
    {
        let filter = Filter::from_answer(&entry.body).map_err(|failure| {
            Error::new(
                ErrorKind::Network,
                format!("filter {} cannot be read", entry.id),
            )
            .because(failure)
        })?;
        texts.push(FilterText::of_filter(
            &filter,
            known.iter().find(|text| text.id == entry.id),
        ));
        pulled.push(entry.id.clone());
    }
    texts.sort_by(|a, b| a.id.cmp(&b.id));
    files::write_atomic(&args.into, filter_text::to_toml(&texts)?.as_bytes())?;
    let text = format!(
        "{} filters pulled into {}",
        pulled.len(),
        args.into.display()
    );
    Answer::new(
        &json!({"pulled": pulled, "into": args.into}),
        escape::line(&text),
    )
}
