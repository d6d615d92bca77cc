//! A document as the answer of `_simulate` shows it.

use serde_json::{Map as JsonMap, Value as Json};

use super::document::{Document, METADATA};
use crate::engine::value::Value;

/// The object under `doc`: metadata fields as texts, `_source`, `_ingest`.
pub(super) fn document_json(document: &Document) -> Json {
    let mut shown = metadata_json(document);
    shown.insert("_source".into(), source_json(document));
    shown.insert(
        "_ingest".into(),
        Json::from(&Value::Map(document.ingest.clone())),
    );
    Json::Object(shown)
}

/// The metadata fields that are not null, as texts.
fn metadata_json(document: &Document) -> JsonMap<String, Json> {
    METADATA
        .into_iter()
        .filter_map(|key| document.fields.get(key).map(|value| (key, value)))
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key.to_owned(), value.to_java_string().into()))
        .collect()
}

/// The source, without the metadata fields.
fn source_json(document: &Document) -> Json {
    let source = Value::Map(document.fields.clone());
    let mut source = match Json::from(&source) {
        Json::Object(source) => source,
        _ => JsonMap::new(),
    };
    for key in METADATA {
        source.shift_remove(key);
    }
    Json::Object(source)
}
