//! The condition (`if`) of a processor.

use serde_json::Value as Json;

use super::config::{class_of, parse_failure};
use super::document::Document;
use super::factory::{Context, source_only};
use super::script::{Definition, Script};
use super::step::Run;
use crate::engine::failure::Failure;

/// A condition that is read, but not compiled.
pub(super) struct Parsed(Definition);

/// A compiled condition.
pub(super) struct Condition {
    script: Script,
    text: String,
}

impl Condition {
    /// Reads a condition: the source of a script, or an object as of a `script`
    /// processor.
    ///
    /// # Errors
    /// `parse_exception` or `x_content_parse_exception`.
    pub(super) fn read(value: &Json, _: &Context<'_>) -> Result<Parsed, Failure> {
        let entries = match value {
            Json::String(source) => source_only(source),
            Json::Object(entries) => entries.clone(),
            other => {
                let class = class_of(other);
                return Err(parse_failure(format!(
                    "[script] property isn't a map or string, but of type [{class}]"
                ))
                .with("property_name", "script")
                .with("processor_type", "conditional"));
            }
        };
        Definition::read(entries).map(Parsed)
    }

    /// Whether the condition holds for a document.
    ///
    /// # Errors
    /// `script_exception` when the script fails, or gives no boolean.
    pub(super) fn holds(&self, document: &Document, run: &Run<'_>) -> Result<bool, Failure> {
        self.script.test(document, run)
    }

    /// The source, or the id of the stored script.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl Parsed {
    /// Compiles the condition.
    ///
    /// # Errors
    /// `script_exception` for a script that does not compile.
    pub(super) fn compile(self, context: &Context<'_>) -> Result<Condition, Failure> {
        let text = self.0.text().to_owned();
        Ok(Condition {
            script: Script::for_condition(self.0, context)?,
            text,
        })
    }
}
