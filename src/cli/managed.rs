//! What the commands that manage single objects have in common: the cluster, the
//! files, the tables.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::desk::Desk;
use crate::cli::target::TargetArgs;
use crate::cli::{escape, table};
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::flow::manage::{self, Entry};
use crate::io::cluster::Cluster;
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

/// The list of a kind as a table; `columns` are further pointers into the bodies
/// and their headings.
///
/// # Errors
/// As [`manage::list`].
pub fn list(
    target: &TargetArgs,
    desk: &Desk,
    kind: ArtifactKind,
    columns: &[(&str, &str)],
) -> Result<Answer> {
    let entries = manage::list(&connect(target, desk)?, kind)?;
    let has_state = kind != ArtifactKind::Filter;
    let mut header = vec!["ID"];
    if has_state {
        header.push("STATE");
    }
    header.extend(columns.iter().map(|(heading, _)| *heading));
    let rows: Vec<Vec<String>> = entries
        .iter()
        .map(|entry| row(entry, has_state, columns))
        .collect();
    let text = if rows.is_empty() {
        format!("no {kind}s")
    } else {
        table::table(desk.terminal.width(), &header, &rows)
    };
    let result: Vec<Value> = entries
        .iter()
        .map(|entry| json!({"id": entry.id, "state": entry.state, "reason": entry.reason, "body": entry.body}))
        .collect();
    Answer::new(&result, text)
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
/// As [`manage::put`].
pub fn put(
    target: &TargetArgs,
    desk: &Desk,
    artifact: &ArtifactId,
    body: &Value,
) -> Result<Answer> {
    let (answer, findings) = manage::put(&connect(target, desk)?, artifact, body)?;
    tell(desk, &findings);
    done(artifact, "put", &answer)
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
