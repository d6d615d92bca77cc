//! The body of a call.

use std::cell::OnceCell;

use serde_json::Value;

use crate::model::failure::Failure;
use crate::model::json_text::{Kind, Node, parse};

/// A JSON body with the places of its tokens.
#[derive(Debug)]
pub struct Body {
    text: String,
    node: OnceCell<Node>,
}

impl Body {
    /// A body from its bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self {
            text: String::from_utf8_lossy(bytes).into_owned(),
            node: OnceCell::new(),
        }
    }

    /// The text as sent.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tree; broken JSON is a tree that says where it breaks.
    pub fn node(&self) -> &Node {
        self.node.get_or_init(|| parse(&self.text))
    }

    /// The body as a map, for APIs that read it whole before looking at it
    /// (pipelines, simulation, settings).
    ///
    /// # Errors
    /// 400 when it is not JSON or not an object.
    pub fn map(&self) -> Result<Value, Failure> {
        let node = self.node();
        if let Some(error) = node.syntax_error() {
            let kind = if error.is_end {
                "json_e_o_f_exception"
            } else {
                "json_parse_exception"
            };
            return Err(
                Failure::new(400, "parse_exception", "Failed to parse content to map")
                    .because(Failure::new(400, kind, error.to_string())),
            );
        }
        match node.kind {
            Kind::Object(_) => Ok(node.to_value()),
            _ => Err(Failure::new(
                400,
                "parse_exception",
                "Failed to parse content to map",
            )),
        }
    }
}
