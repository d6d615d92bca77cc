//! What several APIs do with the bodies that they are sent.

use serde_json::Value;

use crate::model::failure::Failure;

/// One text or a list of texts, as a list.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

/// The refusal of a key that `parser` does not know.
pub(super) fn unknown_field(parser: &str, key: &str) -> Failure {
    Failure::new(
        400,
        "x_content_parse_exception",
        format!("[1:2] [{parser}] unknown field [{key}]"),
    )
}
