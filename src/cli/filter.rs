//! `sealift filter`: the lists that rules refer to.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, managed, prompt};
use crate::error::{Error, ErrorKind, Result};
use crate::flow::manage;
use crate::flow::manage::filters::{self, Change, Wish};
use crate::io::files;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::content;
use crate::model::filter::Filter;
use crate::model::filter_text::{self, FilterText};
use crate::model::finding::Severity;

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
    List(OnlyTarget),
    /// Show a filter, and the jobs that use it
    Show(OneFilter),
    /// Put a filter from a file: filters.toml, a plain list, or JSON
    Put(PutArgs),
    /// Change the items of a filter by the smallest update
    Update(UpdateArgs),
    /// Bring filters of a cluster into a file for review
    Pull(PullArgs),
    /// Delete a filter that no job uses
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
            let columns = [("ITEMS", "/items"), ("DESCRIPTION", "/description")];
            managed::list(&args.target, desk, ArtifactKind::Filter, &columns)
        }
        FilterCommand::Show(args) => show(args, desk),
        FilterCommand::Put(args) => {
            let wish = Wish::Whole(wanted(&args.id, &args.from, desk)?);
            change(&args.target, desk, &args.id, &wish, args.yes)
        }
        FilterCommand::Update(args) => update(args, desk),
        FilterCommand::Pull(args) => pull(args, desk),
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
    let findings = text.review(now);
    managed::tell(desk, &findings);
    if let Some(finding) = findings
        .iter()
        .find(|finding| finding.severity == Severity::Error)
    {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!("filter {id}: {}", finding.what),
        )
        .because(finding.why.clone())
        .hint(finding.fix.clone()));
    }
    text.filter(now).map_err(|failure| {
        Error::new(ErrorKind::Malformed, format!("filter {id} cannot be made")).because(failure)
    })
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
        managed::tell(
            desk,
            &crate::model::lint::check_items(&args.add, |_| String::new()),
        );
        Wish::Partly {
            add: args.add.clone(),
            remove: args.remove.clone(),
            description: args.description.clone(),
        }
    };
    change(&args.target, desk, &args.id, &wish, args.yes)
}

fn change(target: &TargetArgs, desk: &Desk, id: &str, wish: &Wish, yes: bool) -> Result<Answer> {
    let cluster = managed::connect(target, desk)?;
    let planned = filters::plan(&cluster, id, wish)?;
    let users = filters::users(&cluster, id)?;
    if planned.before.is_some() && planned.update.is_empty() {
        return Answer::new(
            &to_json(&planned, &users),
            escape::line(&format!("filter {id}: nothing to change")),
        );
    }
    let shown = text(&planned, &users);
    if !yes {
        desk.terminal.note(&shown);
        prompt::confirm("change the filter?", false)?;
    }
    let made = filters::apply(&cluster, id, wish)?;
    Answer::new(
        &to_json(&made, &users),
        format!("{}\nfilter {}: done", text(&made, &users), escape::line(id)),
    )
}

fn to_json(change: &Change, users: &[String]) -> serde_json::Value {
    let added = if change.before.is_some() {
        &change.update.add
    } else {
        change.after.items()
    };
    json!({
        "filter": change.after.id,
        "created": change.before.is_none(),
        "added": added,
        "removed": change.update.remove,
        "description": change.after.description,
        "used_by": users,
    })
}

fn text(change: &Change, users: &[String]) -> String {
    let is_new = change.before.is_none();
    let added = if is_new {
        change.after.items()
    } else {
        &change.update.add
    };
    let signed = |sign: char, items: &[String]| -> Vec<String> {
        items
            .iter()
            .map(|item| format!("{sign} {}", escape::line(item)))
            .collect()
    };
    let mut lines = signed('-', &change.update.remove);
    lines.extend(signed('+', added));
    if let Some(description) = &change.update.description {
        lines.push(format!("description: {}", escape::line(description)));
    }
    let users = if users.is_empty() {
        "no job uses it".to_owned()
    } else {
        format!(
            "used by {}; open jobs take the new items at once",
            escape::line(&users.join(", "))
        )
    };
    lines.push(users);
    lines.join("\n")
}

fn pull(args: &PullArgs, desk: &Desk) -> Result<Answer> {
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

fn delete(args: &DeleteArgs, desk: &Desk) -> Result<Answer> {
    let cluster = managed::connect(&args.target, desk)?;
    let users = filters::users(&cluster, &args.id)?;
    if !users.is_empty() {
        return Err(Error::new(
            ErrorKind::Cluster,
            format!("filter {} is used by {}", args.id, users.join(", ")),
        )
        .hint("take it out of their rules first: sealift job rules"));
    }
    prompt::confirm(
        &format!("delete the filter {}?", escape::line(&args.id)),
        args.yes,
    )?;
    let artifact = ArtifactId::new(ArtifactKind::Filter, args.id.as_str());
    let gone = manage::delete(&cluster, &artifact, false)?;
    managed::done(&artifact, "deleted", &json!(gone))
}
