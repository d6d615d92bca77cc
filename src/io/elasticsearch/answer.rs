//! From an answer that is not success to what it means and what to do: one pure
//! function over status and body.
//!
//! The texts are those of Elasticsearch 7.x to 9.x; they vary between versions,
//! so what is not known here still gives a decision by its status, and the
//! server's own words are always shown.

use serde_json::Value;

use crate::error::{Error, ErrorKind};

mod hint;

pub(super) use hint::NOT_ELASTICSEARCH;

/// What a caller has to do about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing helps but the operator.
    Stop,
    /// The object is not there: fine for a delete, an answer for a read.
    Absent,
    /// An object of this id is there already: read it and compare.
    Exists,
    /// The object is in a state that does not allow it: change the state first.
    State,
    /// Somebody else changed it meanwhile: read again, decide again.
    Changed,
    /// It was turned away before anything happened: wait and send again.
    Again,
    /// Nobody knows whether it happened: read before anything else.
    Unknown,
}

/// An answer that is not success.
#[derive(Debug)]
pub struct Refusal {
    /// What to do.
    pub decision: Decision,
    /// The HTTP status.
    pub status: u16,
    /// The error for people.
    pub error: Error,
}

/// Longer texts of servers and proxies are cut to this many characters.
const MAX_REASON: usize = 600;

/// The causes of causes that are shown at most.
const MAX_CAUSES: usize = 6;

/// What a server said, taken apart.
pub(super) struct Said<'a> {
    pub(super) status: u16,
    /// `error.type`; empty where there is none.
    pub(super) kind: &'a str,
    /// `error.reason`, or the text that stands in its place.
    pub(super) reason: String,
    /// The length of the body that was sent.
    pub(super) sent: usize,
    /// Whether the answer was JSON at all.
    pub(super) json: bool,
    /// Whether it was asked who is there.
    pub(super) root: bool,
    /// Whether the answer has a form in which Elasticsearch or Kibana say that
    /// something is not there.
    pub(super) absent: bool,
}

/// The call by which Elasticsearch tells what it is.
pub(super) const ROOT: &str = "GET /";

/// What the answer `status` with `body` to `call` (method and path, for the
/// message) means. `sent` is the length of the request's body.
#[must_use]
pub fn refusal(call: &str, status: u16, body: &[u8], sent: usize) -> Refusal {
    let parsed: Option<Value> = serde_json::from_slice(body).ok();
    let json = parsed.as_ref().is_some_and(Value::is_object);
    let parsed = parsed.unwrap_or_default();
    let error = &parsed["error"];
    let said = Said {
        status,
        kind: error["type"].as_str().unwrap_or_default(),
        reason: reason(&parsed, body, json),
        sent,
        json,
        root: call == ROOT,
        absent: status == 404 && tells_absence(&parsed),
    };
    let decision = decision(&said);
    let kind = error_kind(&said, decision);
    let mut message = format!("{call} was refused with status {status}");
    if !said.reason.is_empty() {
        message.push_str(": ");
        message.push_str(&said.reason);
    }
    let mut out = Error::new(kind, message);
    if let Some(causes) = causes(error) {
        out = out.because(causes);
    }
    if let Some(hint) = hint::of(&said) {
        out = out.hint(hint);
    }
    Refusal {
        decision,
        status,
        error: out,
    }
}

/// Whether `error`, or what caused it, is a refusal that says that the caller may
/// not (403).
#[must_use]
pub fn is_forbidden(error: &Error) -> bool {
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        if error.to_string().contains("was refused with status 403") {
            return true;
        }
        next = error.source();
    }
    false
}

/// Whether the body of a 404 says that an object, or the call itself, is not there:
/// what stands before a cluster answers 404 too, which says nothing of either.
fn tells_absence(answer: &Value) -> bool {
    let Some(map) = answer.as_object() else {
        return false;
    };
    let kind = answer.pointer("/error/type").and_then(Value::as_str);
    let kind = kind.unwrap_or_default();
    let text = |key: &str| answer.get(key).and_then(Value::as_str);
    map.is_empty()
        || kind.ends_with("_not_found_exception")
        || kind.ends_with("_missing_exception")
        || answer.get("found") == Some(&Value::Bool(false))
        || text("result") == Some("not_found")
        // What a list of names lacks: aliases are told with their names.
        || (answer.get("status") == Some(&Value::from(404)) && text("error").is_some())
        // Kibana's two shapes, of its platform and of its rules.
        || answer.get("statusCode") == Some(&Value::from(404))
        || (answer.get("status_code") == Some(&Value::from(404)) && text("message").is_some())
}

/// The server's own words: Elasticsearch's envelope, its plain text form,
/// Kibana's two shapes, or the beginning of what is no JSON.
fn reason(parsed: &Value, body: &[u8], json: bool) -> String {
    let error = &parsed["error"];
    let text = error["reason"]
        .as_str()
        .or_else(|| parsed["message"].as_str())
        .or_else(|| error.as_str())
        .or_else(|| parsed["error_message"].as_str())
        .map(str::to_owned)
        .or_else(|| {
            let list = parsed["message"].as_array()?;
            let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            Some(texts.join("; "))
        });
    let text = text.unwrap_or_else(|| {
        if json {
            String::new()
        } else {
            String::from_utf8_lossy(body).trim().to_owned()
        }
    });
    shortened(&text)
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_REASON).collect();
    if short.len() < text.len() {
        short.push_str(" ...");
    }
    short
}

/// The chain of `caused_by` and the place in a script, as one line of text.
fn causes(error: &Value) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let stack = error["script_stack"].as_array();
    let lines: Vec<&str> = stack
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if !lines.is_empty() {
        parts.push(format!("in the script: {}", shortened(&lines.join(" "))));
    }
    let mut cause = &error["caused_by"];
    while parts.len() < MAX_CAUSES {
        let Some(reason) = cause["reason"].as_str() else {
            break;
        };
        parts.push(shortened(reason));
        cause = &cause["caused_by"];
    }
    (!parts.is_empty()).then(|| parts.join(": "))
}

fn decision(said: &Said<'_>) -> Decision {
    let has = |needles: &[&str]| needles.iter().any(|needle| said.reason.contains(needle));
    match said.status {
        404 if has(&["unable to find script", "no handler found"]) => Decision::Stop,
        404 if said.absent => Decision::Absent,
        // Who says this is no cluster: the call went astray, or what stands before the
        // cluster lost its way there.
        404 if said.json && !said.root => Decision::Unknown,
        400 if said.kind == "resource_already_exists_exception"
            || has(&["already exists", "Id is already used"]) =>
        {
            if has(&["job and group names must be unique"]) {
                Decision::Stop
            } else {
                Decision::Exists
            }
        }
        400 if has(&["version conflict, required version"]) => Decision::Changed,
        409 if has(&[
            "already been opened",
            "already been started",
            "is already started",
            "already exists for job",
        ]) =>
        {
            Decision::Exists
        }
        409 if has(&[
            "because the job is opened",
            "while its status is",
            "only reset a job when it is closed",
            "refers to it",
            "hasn't been stopped",
            "as the task is running",
            "because job [",
        ]) =>
        {
            Decision::State
        }
        409 if said.kind == "version_conflict_engine_exception"
            || has(&["modified while the update was in progress"]) =>
        {
            Decision::Changed
        }
        // Kibana's answer to a rule that is there already.
        409 if said.kind.is_empty() && has(&["already exists"]) => Decision::Exists,
        429 if has(&["maximum stream size", "no ML nodes", "upgrade mode"]) => Decision::Stop,
        429 => Decision::Again,
        500 if said.kind.is_empty() => Decision::Unknown,
        502..=504 | 408 => Decision::Unknown,
        _ if matches!(
            said.kind,
            "process_cluster_event_timeout_exception"
                | "master_not_discovered_exception"
                | "receive_timeout_transport_exception"
                | "node_disconnected_exception"
        ) =>
        {
            Decision::Unknown
        }
        500 => Decision::Unknown,
        _ => Decision::Stop,
    }
}

fn error_kind(said: &Said<'_>, decision: Decision) -> ErrorKind {
    if said.reason.contains("non-compliant for") {
        return ErrorKind::Policy;
    }
    match (said.status, decision) {
        (404 | 502..=504, Decision::Unknown) => ErrorKind::Network,
        _ if !said.json && !(200..300).contains(&said.status) && said.status != 413 => {
            ErrorKind::Network
        }
        _ => ErrorKind::Cluster,
    }
}

#[cfg(test)]
mod tests;
