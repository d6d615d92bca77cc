//! What went wrong in a script, in the shape that Elasticsearch gives it.

use std::fmt;

use serde_json::{Map, Value as Json, json};

/// An exception below an error: the `caused_by` of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The class in snake case, such as `class_cast_exception`.
    pub kind: String,
    /// The message; some exceptions have none.
    pub reason: Option<String>,
    /// What caused that.
    pub caused_by: Option<Box<Self>>,
}

impl Cause {
    /// A cause of this kind.
    #[must_use]
    pub fn new(kind: &str, reason: Option<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            reason,
            caused_by: None,
        }
    }

    pub(super) fn illegal_argument(reason: impl Into<String>) -> Self {
        Self::new("illegal_argument_exception", Some(reason.into()))
    }

    pub(super) fn illegal_state(reason: impl Into<String>) -> Self {
        Self::new("illegal_state_exception", Some(reason.into()))
    }

    pub(super) fn class_cast(reason: impl Into<String>) -> Self {
        Self::new("class_cast_exception", Some(reason.into()))
    }

    pub(super) fn because(mut self, cause: Self) -> Self {
        self.caused_by = Some(Box::new(cause));
        self
    }

    fn to_json(&self) -> Json {
        let mut json = Map::new();
        json.insert("type".into(), self.kind.as_str().into());
        json.insert("reason".into(), self.reason.clone().into());
        if let Some(cause) = &self.caused_by {
            json.insert("caused_by".into(), cause.to_json());
        }
        Json::Object(json)
    }
}

/// A cause and where in the script (in characters) it arose, if anywhere.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) offset: Option<usize>,
    pub(super) cause: Cause,
}

impl Fault {
    pub(super) fn at(offset: usize, cause: Cause) -> Self {
        Self {
            offset: Some(offset),
            cause,
        }
    }

    pub(super) fn nowhere(cause: Cause) -> Self {
        Self {
            offset: None,
            cause,
        }
    }
}

/// Whether a script failed before or while it ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It does not compile.
    Compile,
    /// It was running.
    Run,
}

/// Which characters of the script an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The character at fault.
    pub offset: usize,
    /// Start of the part that is shown.
    pub start: usize,
    /// End of the part that is shown.
    pub end: usize,
}

/// A `script_exception`, see the error responses of the
/// [`_scripts/painless/_execute`](https://www.elastic.co/guide/en/elasticsearch/painless/current/painless-execute-api.html) API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// When it failed.
    pub phase: Phase,
    /// The part of the script, and below it a caret under the place.
    pub script_stack: Vec<String>,
    /// The source.
    pub script: String,
    /// Where it failed.
    pub position: Option<Position>,
    /// Why it failed.
    pub caused_by: Box<Cause>,
}

/// How many characters around the place are shown of a script that does not
/// compile.
const CONTEXT: usize = 25;

impl ScriptError {
    pub(super) fn compile(source: &[char], fault: Fault) -> Self {
        let position = fault.offset.map(|offset| Position {
            offset,
            start: offset.saturating_sub(CONTEXT),
            end: (offset + CONTEXT).min(source.len()),
        });
        let script_stack = position.map_or_else(Vec::new, |position| {
            let mut line = text(source, position.start, position.end);
            let mut indent = position.offset - position.start;
            if position.start > 0 {
                line.insert_str(0, "... ");
                indent += 4;
            }
            if position.end < source.len() {
                line.push_str(" ...");
            }
            vec![line, caret(indent)]
        });
        Self {
            phase: Phase::Compile,
            script_stack,
            script: source.iter().collect(),
            position,
            caused_by: Box::new(fault.cause),
        }
    }

    /// `statements` are the offsets at which statements start, sorted.
    pub(super) fn run(source: &[char], statements: &[usize], fault: Fault) -> Self {
        let position = fault.offset.map(|offset| {
            let after = statements.partition_point(|&start| start <= offset);
            let start = after.checked_sub(1).and_then(|at| statements.get(at));
            Position {
                offset,
                start: start.copied().unwrap_or_default(),
                end: statements.get(after).copied().unwrap_or(source.len()),
            }
        });
        let unknown = || vec!["<<< unknown portion of script >>>".to_owned()];
        let script_stack = position.map_or_else(unknown, |position| {
            vec![
                text(source, position.start, position.end),
                caret(position.offset - position.start),
            ]
        });
        Self {
            phase: Phase::Run,
            script_stack,
            script: source.iter().collect(),
            position,
            caused_by: Box::new(fault.cause),
        }
    }

    /// `compile error` or `runtime error`.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self.phase {
            Phase::Compile => "compile error",
            Phase::Run => "runtime error",
        }
    }

    /// The error object of a response.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut error = json!({
            "type": "script_exception",
            "reason": self.reason(),
            "script_stack": self.script_stack,
            "script": self.script,
            "lang": "painless",
        });
        if let (Some(position), Some(error)) = (self.position, error.as_object_mut()) {
            error.insert(
                "position".into(),
                json!({"offset": position.offset, "start": position.start, "end": position.end}),
            );
        }
        if let Some(error) = error.as_object_mut() {
            error.insert("caused_by".into(), self.caused_by.to_json());
        }
        error
    }
}

fn text(source: &[char], start: usize, end: usize) -> String {
    source.get(start..end).unwrap_or_default().iter().collect()
}

fn caret(indent: usize) -> String {
    format!("{}^---- HERE", " ".repeat(indent))
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason(), self.caused_by.kind)?;
        if let Some(reason) = &self.caused_by.reason {
            write!(f, ": {reason}")?;
        }
        for line in &self.script_stack {
            write!(f, "\n{line}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ScriptError {}
