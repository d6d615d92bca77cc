//! `sealift filter`: the lists that rules refer to.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, managed, prompt};
use crate::error::{Error, ErrorKind, Result};
use crate::flow::manage;
use crate::flow::manage::filters::{self, Wish};
use crate::io::files;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::content;
use crate::model::filter::Filter;
use crate::model::filter_text::{self, FilterText};
use crate::model::finding::{Finding, Severity};
use crate::model::lint::check_items;

mod change;
mod pull;

/// Manage the filters of a cluster
#[derive(Debug, clap::Args)]
pub struct FilterArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: FilterCommand,
}

/// What can be done with filters.
#[derive(Debug, clap::Subcommand)]
pub enum FilterCommand {
    /// List the filters
    #[command(after_help = "Example: sealift filter list --cluster soc")]
    List(OnlyTarget),
    /// Show a filter, and the jobs that use it
    #[command(after_help = "Example: sealift filter show safe_domains --cluster soc")]
    Show(OneFilter),
    /// Put a filter from a file: filters.toml, a plain list, or JSON
    Put(PutArgs),
    /// Change the items of a filter by the smallest update
    Update(UpdateArgs),
    /// Bring filters of a cluster into a file for review
    Pull(pull::PullArgs),
    /// Delete a filter that no job uses
    #[command(after_help = "Example: sealift filter delete safe_domains --cluster soc")]
    Delete(DeleteArgs),
}

/// Which cluster.
#[derive(Debug, clap::Args)]
pub struct OnlyTarget {
    /// Which cluster.
    #[command(flatten)]
    pub target: TargetArgs,
}

/// A filter of a cluster.
#[derive(Debug, clap::Args)]
pub struct OneFilter {
    /// The filter's id
    id: String,
    #[command(flatten)]
    target: TargetArgs,
}

/// What to put.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: sealift filter put safe_domains --from filters.toml --cluster soc"
)]
pub struct PutArgs {
    /// The filter's id
    id: String,
    /// The file with its items
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    target: TargetArgs,
}

/// What to change.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: sealift filter update safe_domains --add partner.example --cluster soc"
)]
pub struct UpdateArgs {
    /// The filter's id
    id: String,
    /// An item to add
    #[arg(long, value_name = "ITEM")]
    add: Vec<String>,
    /// An item to remove
    #[arg(long, value_name = "ITEM")]
    remove: Vec<String>,
    /// Make it what the file says
    #[arg(long, value_name = "FILE", conflicts_with_all = ["add", "remove"])]
    from: Option<PathBuf>,
    /// The new description
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    target: TargetArgs,
}

/// What to delete.
#[derive(Debug, clap::Args)]
pub struct DeleteArgs {
    /// The filter's id
    id: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    target: TargetArgs,
}

/// Runs the sub-command.
///
/// # Errors
/// As connecting, reading and changing.
pub fn run(args: &FilterArgs, desk: &Desk) -> Result<Answer> {
    match &args.command {
        FilterCommand::List(args) => {
            let columns = [("items", "/items"), ("description", "/description")];
            managed::list(&args.target, desk, ArtifactKind::Filter, &columns)
        }
        FilterCommand::Show(args) => show(args, desk),
        FilterCommand::Put(args) => {
            let wish = Wish::Whole(wanted(&args.id, &args.from, desk)?);
            change::change(&args.target, desk, &args.id, &wish, args.yes)
        }
        FilterCommand::Update(args) => update(args, desk),
        FilterCommand::Pull(args) => pull::run(args, desk),
        FilterCommand::Delete(args) => delete(args, desk),
    }
}

fn show(args: &OneFilter, desk: &Desk) -> Result<Answer> {
    let cluster = managed::connect(&args.target, desk)?;
    let body = manage::show(
        &cluster,
        &ArtifactId::new(ArtifactKind::Filter, args.id.as_str()),
    )?;
    let users = filters::users(&cluster, &args.id)?;
    let items = body.get("items").and_then(serde_json::Value::as_array);
    let mut lines: Vec<String> = items
        .into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(escape::line))
        .collect();
    lines.push(format!(
        "used by: {}",
        if users.is_empty() {
            "no job".to_owned()
        } else {
            escape::line(&users.join(", "))
        }
    ));
    Answer::new(&json!({"filter": body, "used_by": users}), lines.join("\n"))
}

/// The filter that a file says: expired items are left out, and errors refused.
fn wanted(id: &str, path: &Path, desk: &Desk) -> Result<Filter> {
    let text = read_texts(id, path)?
        .into_iter()
        .find(|filter| filter.id == id)
        .ok_or_else(|| {
            Error::new(
                ErrorKind::Usage,
                format!("{} holds no filter {id}", path.display()),
            )
        })?;
    let now = desk.now()?;
    refuse_errors(id, &text.review(now), desk)?;
    text.filter(now).map_err(|failure| {
        Error::new(ErrorKind::Malformed, format!("filter {id} cannot be made")).because(failure)
    })
}

/// Tells what a review found, unless it found errors.
fn refuse_errors(id: &str, findings: &[Finding], desk: &Desk) -> Result<()> {
    managed::tell(desk, findings);
    let error = findings
        .iter()
        .find(|finding| finding.severity == Severity::Error);
    match error {
        None => Ok(()),
        Some(finding) => Err(Error::new(
            ErrorKind::Malformed,
            format!("filter {id}: {}", finding.what),
        )
        .because(finding.why.clone())
        .hint(finding.fix.clone())),
    }
}

/// The filters of a file, read by its extension; a plain list is the filter `id`.
pub(super) fn read_texts(id: &str, path: &Path) -> Result<Vec<FilterText>> {
    let name = path.display().to_string();
    if content::has_extension(&name, "json") {
        let filter = Filter::create(
            id,
            &crate::model::json_text::parse(&managed::read_body(path)?.to_string()),
        )
        .map_err(|failure| {
            Error::new(ErrorKind::Malformed, format!("{name} holds no filter {id}"))
                .because(failure)
        })?;
        return Ok(vec![FilterText::of_filter(&filter, None)]);
    }
    let text = files::read_text(path, managed::MAX_FILE)?;
    if content::has_extension(&name, "toml") {
        filter_text::parse_toml(&text, &name)
    } else {
        Ok(vec![filter_text::parse_list(id, &text, &name)?])
    }
}

fn update(args: &UpdateArgs, desk: &Desk) -> Result<Answer> {
    let wish = if let Some(path) = &args.from {
        Wish::Whole(wanted(&args.id, path, desk)?)
    } else {
        refuse_errors(&args.id, &check_items(&args.add, |_| String::new()), desk)?;
        Wish::Partly {
            add: args.add.clone(),
            remove: args.remove.clone(),
            description: args.description.clone(),
        }
    };
    change::change(&args.target, desk, &args.id, &wish, args.yes)
}

fn delete(args: &DeleteArgs, desk: &Desk) -> Result<Answer> {
    let addresses = args.target.addresses(desk)?;
    let question = format!(
        "delete the filter {}{}?",
        escape::line(&args.id),
        managed::of_clusters(addresses.len())
    );
    prompt::confirm(&question, args.yes)?;
    let artifact = ArtifactId::new(ArtifactKind::Filter, args.id.as_str());
    managed::each(&addresses, |cluster| {
        let users = filters::users(cluster, &args.id)?;
        if !users.is_empty() {
            return Err(Error::new(
                ErrorKind::Cluster,
                format!("filter {} is used by {}", args.id, users.join(", ")),
            )
            .hint("take it out of their rules first: sealift job rules"));
        }
        let gone = manage::delete(cluster, &artifact, false)?;
        managed::done(&artifact, "deleted", &json!(gone))
    })
}
