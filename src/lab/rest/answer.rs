//! What an API answers.

use serde_json::{Value, json};

use crate::model::failure::Failure;

/// The content of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// JSON; subject to `filter_path` and `pretty`.
    Json(Value),
    /// An error in JSON; not subject to `filter_path`.
    Error(Value),
    /// Plain text.
    Text(String),
    /// Nothing.
    Empty,
}

/// Status, content and headers of an answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The content.
    pub content: Content,
    /// Headers besides those of the framing and the content type.
    pub headers: Vec<(&'static str, String)>,
}

/// An answer or the failure that takes its place.
pub type Answered = Result<Answer, Failure>;

impl Answer {
    /// JSON under this status.
    #[must_use]
    pub fn json(status: u16, value: Value) -> Self {
        Self {
            status,
            content: Content::Json(value),
            headers: Vec::new(),
        }
    }

    /// 200 with JSON.
    #[must_use]
    pub fn ok(value: Value) -> Self {
        Self::json(200, value)
    }

    /// `{"acknowledged":true}`.
    #[must_use]
    pub fn acknowledged() -> Self {
        Self::ok(json!({"acknowledged": true}))
    }

    /// An error whose `error` is a plain string, as the router's own are.
    #[must_use]
    pub fn refused(status: u16, error: Value) -> Self {
        Self {
            status,
            content: Content::Error(error),
            headers: Vec::new(),
        }
    }

    /// No content, as to `HEAD`.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            content: Content::Empty,
            headers: Vec::new(),
        }
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
