//! What a command answers: one JSON document, the same as text, and its exit code.

use serde::Serialize;
use serde_json::Value;

use crate::error::{ErrorKind, OrErr, Result};

/// A command's answer, ready for either kind of reader.
#[derive(Debug)]
pub struct Answer {
    /// For machines: the `result` of the one document that `--json` prints.
    pub json: Value,
    /// For people; ends without a newline. Untrusted parts are already escaped.
    pub text: String,
    /// The exit code: 0, or one of [`ErrorKind::exit_code`] for an answer that is
    /// complete but not good news.
    pub code: u8,
}

impl Answer {
    /// An answer of `result`, told to people as `text`, with exit code 0.
    ///
    /// # Errors
    /// [`ErrorKind::Bug`] for a result that has no JSON form.
    pub fn new(result: &impl Serialize, text: impl Into<String>) -> Result<Self> {
        let json = serde_json::to_value(result)
            .or_err(ErrorKind::Bug, || "the answer has no JSON form")?;
        Ok(Self {
            json,
            text: text.into(),
            code: 0,
        })
    }

    /// The same answer with the exit code of `kind`.
    #[must_use]
    pub fn ending(mut self, kind: ErrorKind) -> Self {
        self.code = kind.exit_code();
        self
    }
}
