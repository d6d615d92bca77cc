//! What the commands that manage single objects have in common: the clusters, the
//! files, the tables.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::fleet::{self, Report};
use crate::cli::target::TargetArgs;
use crate::cli::{escape, prompt, table};
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::flow;
use crate::flow::fleet::Outcome;
use crate::flow::manage::{self, Action, Entry};
use crate::io::cluster::{Address, Cluster};
use crate::io::elasticsearch::Elasticsearch;
use crate::io::files;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::content;
use crate::model::finding::Finding;

/// How large a file of settings may be.
pub const MAX_FILE: u64 = 64 << 20;

/// The one cluster that the command line names.
///
/// # Errors
/// As connecting.
pub fn connect(target: &TargetArgs, desk: &Desk) -> Result<Elasticsearch> {
    Ok(Cluster::connect(target.address_of_one(desk)?)?.elasticsearch)
}

/// The JSON of a file; of a file `{"name", "type", "body"}` its body.
///
/// # Errors
/// [`ErrorKind::Malformed`] with line and column.
pub fn read_body(path: &Path) -> Result<Value> {
    let name = path.display().to_string();
    let text = files::read_text(path, MAX_FILE)?;
    let mut value = content::json(&name, &text)?;
    match value.get_mut("body").map(Value::take) {
        Some(body @ Value::Object(_)) => Ok(body),
        _ if value.is_object() => content::json(&name, &text),
        _ => Err(Error::new(
            ErrorKind::Malformed,
            format!("{name} holds no JSON object"),
        )),
    }
}

/// Runs `work` on every cluster. With a single one its answer is the command's
/// own; with several, `clusters` has an answer or an error for each, and the exit
/// code is the worst.
///
/// # Errors
/// With a single cluster, as connecting and `work`.
pub fn each(
    addresses: &[Address],
    work: impl Fn(&Elasticsearch) -> Result<Answer> + Sync,
) -> Result<Answer> {
    answers(fleet::labelled(addresses.to_vec()), |address| {
        work(&Cluster::connect(address)?.elasticsearch)
    })
}

/// As [`each`], for what there is of every cluster.
///
/// # Errors
/// With a single cluster, as `work`.
pub fn answers<I: Send>(
    mut items: Vec<(String, I)>,
    work: impl Fn(I) -> Result<Answer> + Sync,
) -> Result<Answer> {
    if items.len() == 1
        && let Some((_, only)) = items.pop()
    {
        return work(only);
    }
    let outcomes = flow::fleet::each(items, |label, item| {
        let answer = work(item)?;
        let label = escape::line(label);
        let text = if answer.text.contains('\n') {
            format!("{label}:\n{}", answer.text)
        } else {
            format!("{label}: {}", answer.text)
        };
        Ok(Report {
            json: json!({"result": answer.json}),
            text,
            ending: None,
        })
    });
    fleet::summary(outcomes)
}

/// The list of a kind as one table; `columns` are headings, and pointers into the
/// bodies.
///
/// # Errors
/// As connecting and [`manage::list`], with a single cluster.
pub fn list(
    target: &TargetArgs,
    desk: &Desk,
    kind: ArtifactKind,
    columns: &[(&str, &str)],
) -> Result<Answer> {
    let addresses = target.addresses(desk)?;
    let mut outcomes = flow::fleet::each(fleet::labelled(addresses), |_, address| {
        manage::list(&Cluster::connect(address)?.elasticsearch, kind)
    });
    let text = listed(&outcomes, desk.terminal.width(), kind, columns);
    let to_json = |entries: &[Entry]| -> Value { entries.iter().map(entry_json).collect() };
    if outcomes.len() == 1
        && let Some(only) = outcomes.pop()
    {
        return Answer::new(&to_json(&only.result?), text);
    }
    let reports = outcomes.into_iter().map(|outcome| Outcome {
        label: outcome.label,
        took: outcome.took,
        result: outcome.result.map(|entries| Report {
            json: json!({"result": to_json(&entries)}),
            text: String::new(),
            ending: None,
        }),
    });
    let mut answer = fleet::summary(reports.collect())?;
    // What is left of the text are the clusters that failed.
    let text = format!("{text}\n{}", answer.text.trim());
    text.trim().clone_into(&mut answer.text);
    Ok(answer)
}

/// The lists of all clusters as one table, which names the clusters when they are
/// several.
fn listed(
    outcomes: &[Outcome<Vec<Entry>>],
    width: u16,
    kind: ArtifactKind,
    columns: &[(&str, &str)],
) -> String {
    let has_state = kind != ArtifactKind::Filter;
    let mut header = vec!["id"];
    if outcomes.len() > 1 {
        header.insert(0, "cluster");
    }
    if has_state {
        header.push("state");
    }
    header.extend(columns.iter().map(|(heading, _)| *heading));
    let mut rows = Vec::new();
    for outcome in outcomes {
        for entry in outcome.result.iter().flatten() {
            let mut cells = row(entry, has_state, columns);
            if outcomes.len() > 1 {
                cells.insert(0, outcome.label.clone());
            }
            rows.push(cells);
        }
    }
    if rows.is_empty() {
        format!("no {}", kind.plural())
    } else {
        table::table(width, &header, &rows)
    }
}

fn entry_json(entry: &Entry) -> Value {
    json!({"id": entry.id, "state": entry.state, "reason": entry.reason, "body": entry.body})
}

fn row(entry: &Entry, has_state: bool, columns: &[(&str, &str)]) -> Vec<String> {
    let mut cells = vec![entry.id.clone()];
    if has_state {
        let state = entry.state.as_deref().unwrap_or("unknown");
        cells.push(match &entry.reason {
            Some(reason) => format!("{state}: {reason}"),
            None => state.to_owned(),
        });
    }
    cells.extend(
        columns
            .iter()
            .map(|(_, pointer)| shown(entry.body.pointer(pointer))),
    );
    cells
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) if list.iter().all(Value::is_string) && list.len() <= 4 => {
            let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            texts.join(", ")
        }
        Some(Value::Array(list)) => list.len().to_string(),
        Some(other) => other.to_string(),
    }
}

/// One object as it is.
///
/// # Errors
/// As [`manage::show`].
pub fn show(target: &TargetArgs, desk: &Desk, artifact: &ArtifactId) -> Result<Answer> {
    let body = manage::show(&connect(target, desk)?, artifact)?;
    let text = serde_json::to_string_pretty(&body)
        .or_err(ErrorKind::Bug, || "the object has no JSON form")?;
    Answer::new(&body, escape::lines(&text))
}

/// Puts the object of a file.
///
/// # Errors
/// As [`each`] and [`manage::put`].
pub fn put(
    target: &TargetArgs,
    desk: &Desk,
    artifact: &ArtifactId,
    body: &Value,
) -> Result<Answer> {
    each(&target.addresses(desk)?, |cluster| {
        put_on(cluster, desk, artifact, body)
    })
}

/// Puts an object on one cluster.
///
/// # Errors
/// As [`manage::put`].
pub fn put_on(
    cluster: &Elasticsearch,
    desk: &Desk,
    artifact: &ArtifactId,
    body: &Value,
) -> Result<Answer> {
    let (answer, findings) = manage::put(cluster, artifact, body)?;
    tell(desk, &findings);
    done(artifact, "put", &answer)
}

/// Changes an object by the keys of a file.
///
/// # Errors
/// As [`each`], [`read_body`] and [`manage::update`].
pub fn update(
    target: &TargetArgs,
    desk: &Desk,
    artifact: &ArtifactId,
    path: &Path,
) -> Result<Answer> {
    let change = read_body(path)?;
    each(&target.addresses(desk)?, |cluster| {
        let answer = manage::update(cluster, artifact, &change)?;
        done(artifact, "updated", &answer)
    })
}

/// Opens, closes, starts, stops or resets an object, and says so.
///
/// # Errors
/// As [`each`] and [`manage::act`].
pub fn act(
    target: &TargetArgs,
    desk: &Desk,
    artifact: &ArtifactId,
    action: &Action,
    word: &str,
) -> Result<Answer> {
    each(&target.addresses(desk)?, |cluster| {
        let answer = manage::act(cluster, artifact, action)?;
        done(artifact, word, &answer)
    })
}

/// Asks, then deletes an object with what depends on it.
///
/// # Errors
/// As [`each`] and [`manage::delete`]; [`ErrorKind::Interrupted`] without consent.
pub fn delete(
    target: &TargetArgs,
    desk: &Desk,
    artifact: &ArtifactId,
    yes: bool,
) -> Result<Answer> {
    let what = match artifact.kind {
        ArtifactKind::Job => "with its datafeed and all of its results",
        _ => "after stopping it",
    };
    let addresses = target.addresses(desk)?;
    let question = format!(
        "delete {} {what}{}?",
        escape::line(&artifact.to_string()),
        of_clusters(addresses.len())
    );
    prompt::confirm(&question, yes)?;
    each(&addresses, |cluster| {
        let gone = manage::delete(cluster, artifact, true)?;
        let names: Vec<String> = gone.iter().map(ToString::to_string).collect();
        let mut answer = done(artifact, "deleted", &json!(names))?;
        answer.text = escape::line(&format!("deleted: {}", names.join(", ")));
        Ok(answer)
    })
}

/// How a question says that it is about several clusters.
#[must_use]
pub fn of_clusters(count: usize) -> String {
    match count {
        1 => String::new(),
        several => format!(" on {several} clusters"),
    }
}

/// Findings that are no errors, as notes.
pub fn tell(desk: &Desk, findings: &[Finding]) {
    for finding in findings {
        let line = format!("{}: {} ({})", finding.severity, finding.what, finding.why);
        desk.terminal.note(&escape::line(&line));
    }
}

/// The answer of a change that was made.
///
/// # Errors
/// [`ErrorKind::Bug`] for an answer without JSON form.
pub fn done(artifact: &ArtifactId, word: &str, answer: &Value) -> Result<Answer> {
    let result =
        json!({"kind": artifact.kind.name(), "id": artifact.id, "done": word, "answer": answer});
    Answer::new(&result, escape::line(&format!("{artifact}: {word}")))
}
