//! Reads the configuration of a processor or pipeline key by key, and words
//! what is wrong with it as the server does
//! (`org.elasticsearch.ingest.ConfigurationUtils`).

use serde_json::{Map as JsonMap, Value as Json};

use super::field::Field;
use super::mustache::Template;
use crate::engine::failure::Failure;
use crate::engine::value::{JavaMap, Value};

/// The keys of a configuration that were not read yet.
pub(super) struct Config {
    /// The type and tag of the processor that failures name.
    kind: Option<String>,
    tag: Option<String>,
    entries: JsonMap<String, Json>,
}

/// 400 `parse_exception`.
pub(super) fn parse_failure(reason: impl Into<String>) -> Failure {
    Failure::new(400, "parse_exception", reason)
}

/// An exception of Java that the server has no own type for, as it wraps it
/// while it reads a configuration.
pub(super) fn foreign(class: &str, cause: Failure) -> Failure {
    Failure::server(format!("{class}: {}", cause.reason())).because(cause)
}

/// The name of the Java class that a JSON value is read as.
pub(super) fn class_of(value: &Json) -> String {
    match value {
        Json::Object(_) => "java.util.HashMap".into(),
        Json::Array(_) => "java.util.ArrayList".into(),
        scalar => Value::from(scalar).class_name().to_owned(),
    }
}

impl Config {
    /// The configuration of a pipeline, or the common part of a processor's.
    pub(super) fn new(entries: JsonMap<String, Json>) -> Self {
        Self {
            kind: None,
            tag: None,
            entries,
        }
    }

    /// The same keys, read for a processor.
    pub(super) fn for_processor(self, kind: &str, tag: Option<&str>) -> Self {
        Self {
            kind: Some(kind.to_owned()),
            tag: tag.map(str::to_owned),
            entries: self.entries,
        }
    }

    /// `parse_exception` about a key.
    pub(super) fn refuse(&self, key: &str, reason: &str) -> Failure {
        let failure =
            parse_failure(format!("[{key}] {reason}")).with("property_name", key.to_owned());
        self.blame(failure)
    }

    /// The failure with the processor that it is about.
    pub(super) fn blame(&self, mut failure: Failure) -> Failure {
        if let Some(kind) = &self.kind {
            failure = failure.with("processor_type", kind.clone());
        }
        if let Some(tag) = &self.tag {
            failure = failure.with("processor_tag", tag.clone());
        }
        failure
    }

    /// Takes a key out; null counts as absent.
    pub(super) fn take(&mut self, key: &str) -> Option<Json> {
        self.entries
            .shift_remove(key)
            .filter(|value| !value.is_null())
    }

    /// Takes everything that is left out.
    pub(super) fn take_all(&mut self) -> JsonMap<String, Json> {
        std::mem::take(&mut self.entries)
    }

    fn missing(&self, key: &str) -> Failure {
        self.refuse(key, "required property is missing")
    }

    fn of_type(&self, key: &str, expected: &str, found: &Json) -> Failure {
        self.refuse(
            key,
            &format!(
                "property isn't {expected}, but of type [{}]",
                class_of(found)
            ),
        )
    }

    /// A value of any type.
    pub(super) fn object(&mut self, key: &str) -> Result<Json, Failure> {
        self.take(key).ok_or_else(|| self.missing(key))
    }

    /// A text.
    pub(super) fn string(&mut self, key: &str) -> Result<String, Failure> {
        self.optional_string(key)?.ok_or_else(|| self.missing(key))
    }

    /// A text that may be absent.
    pub(super) fn optional_string(&mut self, key: &str) -> Result<Option<String>, Failure> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.of_type(key, "a string", &other)),
        }
    }

    /// A text, or a whole number as text.
    pub(super) fn optional_string_or_int(&mut self, key: &str) -> Result<Option<String>, Failure> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(Json::Number(number))
                if number.as_i64().is_some_and(|it| i32::try_from(it).is_ok()) =>
            {
                Ok(Some(number.to_string()))
            }
            Some(other) => Err(self.of_type(key, "a string or int", &other)),
        }
    }

    /// True or false.
    pub(super) fn boolean(&mut self, key: &str, default: bool) -> Result<bool, Failure> {
        match self.take(key) {
            None => Ok(default),
            Some(Json::Bool(value)) => Ok(value),
            Some(other) => Err(self.of_type(key, "a boolean", &other)),
        }
    }

    /// A whole number, or text that is one.
    pub(super) fn optional_int(&mut self, key: &str) -> Result<Option<i32>, Failure> {
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        let text = Value::from(&value).to_java_string();
        text.parse().map(Some).map_err(|_| {
            self.refuse(
                key,
                &format!("property cannot be converted to an int [{text}]"),
            )
        })
    }

    /// A list.
    pub(super) fn list(&mut self, key: &str) -> Result<Vec<Json>, Failure> {
        self.optional_list(key)?.ok_or_else(|| self.missing(key))
    }

    /// A list that may be absent.
    pub(super) fn optional_list(&mut self, key: &str) -> Result<Option<Vec<Json>>, Failure> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::Array(items)) => Ok(Some(items)),
            Some(other) => Err(self.of_type(key, "a list", &other)),
        }
    }

    /// A list of texts; other scalars count as their text.
    pub(super) fn optional_strings(&mut self, key: &str) -> Result<Option<Vec<String>>, Failure> {
        let Some(items) = self.optional_list(key)? else {
            return Ok(None);
        };
        let text = |item: &Json| Value::from(item).to_java_string();
        Ok(Some(items.iter().map(text).collect()))
    }

    /// A map.
    pub(super) fn map(&mut self, key: &str) -> Result<JsonMap<String, Json>, Failure> {
        self.optional_map(key)?.ok_or_else(|| self.missing(key))
    }

    /// A map that may be absent.
    pub(super) fn optional_map(
        &mut self,
        key: &str,
    ) -> Result<Option<JsonMap<String, Json>>, Failure> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::Object(entries)) => Ok(Some(entries)),
            Some(other) => Err(self.of_type(key, "a map", &other)),
        }
    }

    /// A text with a template in it.
    pub(super) fn template(&self, key: &str, text: &str) -> Result<Template, Failure> {
        Template::compile(text)
            .map_err(|failure| self.blame(failure.with("property_name", key.to_owned())))
    }

    /// The path of a field, as it stands.
    pub(super) fn field(&mut self, key: &str) -> Result<Field, Failure> {
        self.string(key).map(|text| Field::fixed(&text))
    }

    /// The path of a field; one by default.
    pub(super) fn field_or(&mut self, key: &str, default: &str) -> Result<Field, Failure> {
        let given = self.optional_string(key)?;
        Ok(Field::fixed(given.as_deref().unwrap_or(default)))
    }

    /// The path of a field, with templates in it.
    pub(super) fn field_template(&mut self, key: &str) -> Result<Field, Failure> {
        let text = self.string(key)?;
        self.template(key, &text).map(Field::filled)
    }

    /// The path of a field as it stands; that of `field` by default.
    pub(super) fn target(&mut self, key: &str, field: &Field) -> Result<Field, Failure> {
        Ok(match self.optional_string(key)? {
            Some(text) => Field::fixed(&text),
            None => field.clone(),
        })
    }

    /// The keys that nobody read, as Java prints an array of them; `None` when
    /// there are none.
    pub(super) fn leftover(&self) -> Option<String> {
        if self.entries.is_empty() {
            return None;
        }
        let mut keys = JavaMap::new();
        for key in self.entries.keys() {
            keys.put_str(key, Value::Null);
        }
        let keys: Vec<_> = keys.iter().map(|(key, _)| key.to_java_string()).collect();
        Some(format!("[{}]", keys.join(", ")))
    }
}
