//! Modules of machine learning: their jobs and datafeeds, with the index pattern
//! that they are for.

use serde_json::{Value, json};

use super::{Choices, Files, Made, object, plain};
use crate::error::{Error, ErrorKind, Result};
use crate::model::content;

/// Where modules stand.
const FOLDER: &str = "kibana/ml_module/";

/// What stands in a module for the indices.
const PATTERN: &str = "INDEX_PATTERN_NAME";

/// Nothing nests deeper in a job.
const MAX_DEPTH: usize = 64;

/// Makes the jobs and datafeeds of the modules in `files`.
pub(super) fn make(files: &Files, choices: &Choices, made: &mut Made) -> Result<()> {
    for (file, bytes) in files {
        if !file.starts_with(FOLDER) || !content::has_extension(file, "json") {
            continue;
        }
        let module = object(file, content::text(file, bytes)?)?;
        let attributes = module.get("attributes").unwrap_or(&module);
        let own = attributes
            .get("defaultIndexPattern")
            .and_then(Value::as_str);
        let pattern = choices.index_pattern.as_deref().or(own);
        for (list, kind) in [("jobs", "anomaly_detection"), ("datafeeds", "datafeed")] {
            let entries = attributes.get(list).and_then(Value::as_array);
            for entry in entries.into_iter().flatten() {
                let (id, body) = configured((file, list), entry, pattern, choices.leave_open)?;
                made.add(file, &id, (kind, &id), &body)?;
            }
        }
    }
    Ok(())
}

/// Id and body of one job or datafeed of a module, an entry of `list` in `file`.
fn configured(
    (file, list): (&str, &str),
    entry: &Value,
    pattern: Option<&str>,
    leave_open: bool,
) -> Result<(String, Value)> {
    let id = entry.get("id").and_then(Value::as_str).unwrap_or_default();
    plain(&format!("one of the {list} of {file}"), id)?;
    let body = entry.get("config").filter(|config| config.is_object());
    let mut body = body
        .cloned()
        .ok_or_else(|| malformed(format!("{id} of {file} has no config")))?;
    if let Some(job) = entry.get("job_id") {
        let own = body.get("job_id").unwrap_or(job);
        if own != job {
            return Err(malformed(format!(
                "the datafeed {id} of {file} names two jobs"
            )));
        }
        body["job_id"] = job.clone();
    }
    let asks = body.to_string().contains(PATTERN);
    match pattern {
        Some(pattern) => fill(&mut body, pattern, 0),
        None if asks && !leave_open => {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("{id} of {file} does not say which indices it reads"),
            )
            .hint("say it: --index-pattern 'logs-*'"));
        }
        None => {}
    }
    Ok((id.to_owned(), body))
}

/// Puts `pattern` in its place: as a list where it stands alone in a list, as text
/// elsewhere.
fn fill(value: &mut Value, pattern: &str, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(items) => {
            if items.iter().any(|item| item == PATTERN) {
                let patterns = pattern.split(',').map(str::trim);
                let patterns = patterns.filter(|one| !one.is_empty());
                let others = items.iter().filter(|item| *item != PATTERN);
                *items = patterns
                    .map(|one| json!(one))
                    .chain(others.cloned())
                    .collect();
            }
            for item in items {
                fill(item, pattern, depth + 1);
            }
        }
        Value::Object(map) => {
            for (_, inner) in map.iter_mut() {
                fill(inner, pattern, depth + 1);
            }
        }
        Value::String(text) if text.contains(PATTERN) => {
            *text = text.replace(PATTERN, pattern);
        }
        _ => {}
    }
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
}
