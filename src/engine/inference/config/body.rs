//! The fields of the body (`TrainedModelConfig`).

use serde_json::Value;

use crate::engine::failure::Failure;
use crate::engine::inference::definition::Definition;
use crate::engine::inference::options::{self, Options};
use crate::engine::inference::parse;
use crate::engine::inference::xcontent::{
    Accepts, Field, Mode, Schema, Tokens, construct_object, long, one_named, parse_object,
    string_map, strings, text,
};
use crate::model::version::StackVersion;

/// Where the definition stands.
pub(super) enum Source {
    /// Under `definition`
    Parsed(Definition),
    /// In `compressed_definition`
    Compressed(String),
}

/// What a body states.
#[derive(Default)]
pub(super) struct Body {
    pub(super) model_id: Option<String>,
    pub(super) description: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) metadata: Option<Value>,
    pub(super) field_names: Option<Vec<String>>,
    pub(super) default_field_map: Vec<(String, String)>,
    pub(super) options: Option<Options>,
    pub(super) source: Option<Source>,
    pub(super) model_type: Option<String>,
    /// Fields that only the server may set, as far as they came
    pub(super) generated: Vec<&'static str>,
}

/// The fields of all versions.
const FIELDS: &[Field] = &[
    Field::new("model_id", Accepts::Text),
    Field::new("created_by", Accepts::Text),
    Field::new("version", Accepts::Text),
    Field::new("description", Accepts::Text),
    Field::new("create_time", Accepts::Scalar),
    Field::new("tags", Accepts::Texts),
    Field::new("metadata", Accepts::Object),
    Field::new("doc_type", Accepts::Text),
    Field::new("input", Accepts::Object),
    Field::new("estimated_heap_memory_usage_bytes", Accepts::Number),
    Field::new("estimated_operations", Accepts::Number),
    Field::new("definition", Accepts::Object),
    Field::new("compressed_definition", Accepts::Text),
    Field::new("license_level", Accepts::Text),
    Field::new("default_field_map", Accepts::Object),
    Field::new("inference_config", Accepts::Object),
];

/// Fields that came later, with the version that brought them.
const LATER: &[((u32, u32), Field)] = &[
    ((8, 0), Field::new("model_type", Accepts::Text)),
    ((8, 0), Field::new("model_size_bytes", Accepts::Number)),
    ((8, 0), Field::new("location", Accepts::Object)),
    ((8, 8), Field::new("model_package", Accepts::Object)),
    ((8, 12), Field::new("platform_architecture", Accepts::Text)),
    ((8, 12), Field::new("prefix_strings", Accepts::Object)),
];

impl Body {
    /// Reads a body as a server of `version` does.
    pub(super) fn read(json: &[u8], version: &StackVersion) -> Result<Self, Failure> {
        let later = LATER
            .iter()
            .filter(|((major, minor), _)| version.offers(*major, *minor))
            .map(|(_, field)| *field);
        let fields: Vec<Field> = FIELDS.iter().copied().chain(later).collect();
        let schema = Schema {
            name: "trained_model_config",
            fields: &fields,
        };
        let mut body = Self::default();
        parse_object(
            &mut Tokens::new(json),
            schema,
            Mode::Strict,
            |tokens, field| body.set(tokens, field),
        )?;
        Ok(body)
    }

    fn set(&mut self, tokens: &mut Tokens<'_>, field: &'static str) -> Result<(), Failure> {
        match field {
            "model_id" => self.model_id = Some(text(tokens)?),
            "model_type" => self.model_type = Some(text(tokens)?),
            "description" => self.description = Some(text(tokens)?),
            "tags" => self.tags = strings(tokens)?,
            "metadata" => self.metadata = Some(any(tokens)?),
            "input" => self.field_names = Some(input(tokens)?),
            "default_field_map" => self.default_field_map = string_map(tokens)?,
            "inference_config" => {
                self.options = Some(one_named(tokens, field, options::parse)?);
            }
            "definition" => {
                let definition = parse::definition(tokens, Mode::Strict)?;
                self.set_source(Source::Parsed(definition))?;
            }
            "compressed_definition" => self.set_source(Source::Compressed(text(tokens)?))?,
            "version" | "created_by" | "create_time" | "license_level" => {
                text(tokens)?;
                self.generated.push(field);
            }
            "estimated_heap_memory_usage_bytes" | "estimated_operations" => {
                long(tokens)?;
                self.generated.push(field);
            }
            "model_size_bytes" => {
                long(tokens)?;
            }
            "location" | "model_package" => {
                tokens.skip_children()?;
                self.generated.push(field);
            }
            _ => tokens.skip_children()?,
        }
        Ok(())
    }

    fn set_source(&mut self, source: Source) -> Result<(), Failure> {
        if self.source.is_some() {
            return Err(Failure::illegal_argument(
                "both [compressed_definition] and [definition] cannot be set.",
            ));
        }
        self.source = Some(source);
        Ok(())
    }
}

/// Any JSON value, as it is.
fn any(tokens: &mut Tokens<'_>) -> Result<Value, Failure> {
    serde_json::from_slice(tokens.take_raw()?)
        .map_err(|error| Failure::new(400, "json_parse_exception", error.to_string()))
}

fn input(tokens: &mut Tokens<'_>) -> Result<Vec<String>, Failure> {
    let schema = Schema {
        name: "trained_model_config_input",
        fields: &[Field::new("field_names", Accepts::Texts)],
    };
    construct_object(
        tokens,
        schema,
        Mode::Strict,
        &["field_names"],
        Vec::new(),
        |names, tokens, _| {
            *names = strings(tokens)?;
            Ok(())
        },
        |names| Ok(std::mem::take(names)),
    )
}
