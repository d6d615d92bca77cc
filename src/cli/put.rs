//! `job put`, `datafeed put` and `analytics put`: an object of a cluster from a
//! file, also in the place of another.

use std::path::PathBuf;

use serde_json::Value;

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, fleet, managed, prompt};
use crate::error::{Error, ErrorKind, Result};
use crate::flow;
use crate::flow::fleet::Outcome;
use crate::flow::manage::overwrite;
use crate::io::cluster::{Address, Cluster};
use crate::io::elasticsearch::Elasticsearch;
use crate::io::files;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::catalog::Cataloger;
use crate::model::content;

/// An object and its file.
#[derive(Debug, clap::Args)]
pub struct ObjectArgs {
    /// Its id [default: what the file says]
    pub id: Option<String>,
    /// The JSON file: the body, or `{"name", "type", "body"}`
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// Replace one that is there; the results of a job go with it
    #[arg(long)]
    pub overwrite: bool,
    /// Replace without asking
    #[arg(long, short)]
    pub yes: bool,
    /// Which cluster.
    #[command(flatten)]
    pub target: TargetArgs,
}

/// An object and its file, which may have a placeholder for indices.
#[derive(Debug, clap::Args)]
pub struct FeedArgs {
    /// The object and its file.
    #[command(flatten)]
    pub object: ObjectArgs,
    /// The indices to read, in place of `INDEX_PATTERN_NAME`
    #[arg(long, value_name = "PATTERN")]
    pub index_pattern: Vec<String>,
}

/// Puts the object of `kind`, its body changed by `fill`.
///
/// # Errors
/// [`ErrorKind::Usage`] for a file of another kind, or without an id; as reading,
/// connecting and putting.
pub fn run(
    args: &ObjectArgs,
    kind: ArtifactKind,
    desk: &Desk,
    fill: impl FnOnce(&mut Value),
) -> Result<Answer> {
    let artifact = ArtifactId::new(kind, id(args, kind)?);
    let mut body = managed::read_body(&args.from)?;
    fill(&mut body);
    if !args.overwrite {
        return managed::put(&args.target, desk, &artifact, &body);
    }
    let looked = look(&args.target.addresses(desk)?, &artifact, &body);
    confirm(args, desk, &looked, &artifact)?;
    let items = looked.into_iter().map(|seen| (seen.label, seen.result));
    managed::answers(items.collect(), |seen| {
        let (cluster, found) = seen?;
        replaced(&cluster, desk, &artifact, &body, found)
    })
}

/// A cluster and what it has in the place of the object.
type Seen = (Elasticsearch, Option<overwrite::Found>);

fn look(addresses: &[Address], artifact: &ArtifactId, body: &Value) -> Vec<Outcome<Seen>> {
    flow::fleet::each(fleet::labelled(addresses.to_vec()), |_, address| {
        let cluster = Cluster::connect(address)?.elasticsearch;
        let found = overwrite::look(&cluster, artifact, body)?;
        Ok((cluster, found))
    })
}

/// Shows how what is there differs, and asks whether it may go. Only what was shown
/// is replaced: a cluster that could not be looked at has its error for an answer.
fn confirm(
    args: &ObjectArgs,
    desk: &Desk,
    looked: &[Outcome<Seen>],
    artifact: &ArtifactId,
) -> Result<()> {
    let mut is_asked = false;
    for outcome in looked {
        if let Ok((_, Some(found))) = &outcome.result
            && !found.diff.is_empty()
        {
            is_asked = true;
            desk.terminal.note(&format!(
                "{}: {} (- there, + wanted)\n{}",
                escape::line(&outcome.label),
                escape::line(&artifact.to_string()),
                escape::lines(found.diff.trim_end())
            ));
        }
    }
    if !is_asked {
        return Ok(());
    }
    let results = match artifact.kind {
        ArtifactKind::Job => " its results go with it",
        _ => "",
    };
    let question = format!(
        "replace {}{}?{results}",
        escape::line(&artifact.to_string()),
        managed::of_clusters(looked.len())
    );
    prompt::confirm(&question, args.yes)
}

fn replaced(
    cluster: &Elasticsearch,
    desk: &Desk,
    artifact: &ArtifactId,
    body: &Value,
    found: Option<overwrite::Found>,
) -> Result<Answer> {
    let Some(found) = found else {
        return managed::put_on(cluster, desk, artifact, body);
    };
    if found.diff.is_empty() {
        return managed::done(artifact, "kept, it is the same", &Value::Null);
    }
    let answer = overwrite::replace(cluster, artifact, body, &found, &desk.state_folder()?)?;
    for artifact in &found.running {
        let line = format!("{artifact} was at work and is not started again");
        desk.terminal.note(&escape::line(&line));
    }
    managed::done(artifact, "replaced", &answer)
}

/// The id of the command line, else that of the file.
fn id(args: &ObjectArgs, kind: ArtifactKind) -> Result<String> {
    let name = args.from.display().to_string();
    let text = files::read_text(&args.from, managed::MAX_FILE)?;
    let mut cataloger = Cataloger::new();
    cataloger.begin("files", ["file.json"]);
    cataloger.file("file.json", text.as_bytes());
    let found = cataloger.finish().items.into_iter().next();
    if let Some(item) = &found
        && item.artifact.kind != kind
    {
        let other = item.artifact.kind;
        return Err(Error::new(
            ErrorKind::Usage,
            format!("{name} holds the {}, which is no {kind}", item.artifact),
        )
        .hint(format!("`sealift {other} put --from {name}` puts it")));
    }
    let stated = found.map(|item| item.artifact.id).or_else(|| {
        let key = match kind {
            ArtifactKind::Job => "job_id",
            ArtifactKind::Datafeed => "datafeed_id",
            _ => "id",
        };
        let value = content::json(&name, &text).ok()?;
        Some(value.get(key)?.as_str()?.to_owned())
    });
    args.id.clone().or(stated).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("{name} does not say its id"))
            .hint(format!("name it: sealift {kind} put ID --from {name}"))
    })
}
