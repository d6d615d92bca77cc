//! The body of `PUT _ml/trained_models/ID` (`_ml/inference/ID` before 7.10):
//! what surrounds a definition, refused where the server refuses it.

mod body;
mod check;

use serde_json::Value;

use super::compressed::decompress;
use super::definition::{Definition, TargetType};
use super::model::{Model, Setup};
use super::options::Options;
use super::{parse, validate};
use crate::engine::failure::Failure;
use crate::model::ml_id;
use crate::model::version::StackVersion;
use body::{Body, Source};

/// The most that a server of any size inflates: 1 GB.
pub const LARGEST_DEFINITION: usize = 1 << 30;

/// A model that the server would create.
#[derive(Clone, Debug)]
pub struct ModelConfig {
    /// `model_id`
    pub id: String,
    /// `description`
    pub description: Option<String>,
    /// `tags`
    pub tags: Vec<String>,
    /// `metadata`, as it came
    pub metadata: Option<Value>,
    /// `input.field_names`
    pub field_names: Vec<String>,
    /// `default_field_map`, in the order of the body
    pub default_field_map: Vec<(String, String)>,
    /// `inference_config`
    pub options: Options,
    /// What stood under `definition` or in `compressed_definition`
    pub definition: Definition,
}

impl ModelConfig {
    /// Reads and checks the body of the request that creates the model `id` on a
    /// cluster of `version`, which inflates definitions up to `limit` bytes.
    ///
    /// # Errors
    /// What that server answers.
    pub fn parse(
        id: &str,
        body: &[u8],
        version: &StackVersion,
        limit: usize,
    ) -> Result<Self, Failure> {
        let body = Body::read(body, version)?;
        let id = ml_id::agree("model_id", body.model_id.as_deref(), id)?;
        Self::checked(&id, body, version, limit)
    }

    /// Reads a model as publishers and exports write it: as [`ModelConfig::parse`]
    /// on the newest cluster, but passing over what only the server sets.
    ///
    /// # Errors
    /// What a cluster answers once those keys are gone.
    pub fn published(id: &str, file: &[u8], limit: usize) -> Result<Self, Failure> {
        let newest = StackVersion::new(u32::MAX, 0, 0);
        let mut body = Body::read(file, &newest)?;
        body.generated.clear();
        Self::checked(id, body, &newest, limit)
    }

    fn checked(
        id: &str,
        body: Body,
        version: &StackVersion,
        limit: usize,
    ) -> Result<Self, Failure> {
        check::check(id, &body, version)?;
        let (Some(options), Some(source)) = (body.options, body.source) else {
            return Err(Failure::illegal_argument("[definition] must not be null."));
        };
        let field_names = body
            .field_names
            .ok_or_else(|| parse::must_not_be_null("input"))?;
        let definition = read_definition(id, source, limit)?;
        validate(&definition).map_err(|cause| {
            Failure::bad_request(format!("Definition for [{id}] has validation failures."))
                .because(cause)
        })?;
        let target = definition.model.target();
        if options.target() != target {
            return Err(Failure::bad_request(format!(
                "Model [{id}] inference config type [{}] does not support definition target type [{}]",
                options.target().name(),
                target.name()
            )));
        }
        Ok(Self {
            id: id.to_owned(),
            description: body.description,
            tags: body.tags,
            metadata: body.metadata,
            field_names,
            default_field_map: body.default_field_map,
            options,
            definition,
        })
    }

    /// What the model predicts.
    #[must_use]
    pub const fn target(&self) -> TargetType {
        self.definition.model.target()
    }

    /// Compiles the model.
    ///
    /// # Errors
    /// What the server meets when it loads the model, which may fail although it
    /// was created.
    pub fn compile(self) -> Result<Model, Failure> {
        let setup = Setup {
            id: self.id,
            field_names: self.field_names,
            default_field_map: self.default_field_map,
            options: self.options,
        };
        Model::new(setup, self.definition)
    }
}

fn read_definition(id: &str, source: Source, limit: usize) -> Result<Definition, Failure> {
    match source {
        Source::Parsed(definition) => Ok(definition),
        Source::Compressed(text) => {
            let unreadable = |cause: Failure| {
                // Refusals of the object parsers come as they are, and so does bad base64.
                let own = [
                    "zip_exception",
                    "json_parse_exception",
                    "json_e_o_f_exception",
                ];
                if !own.contains(&cause.kind()) {
                    return cause;
                }
                Failure::bad_request(format!("Failed to parse definition for [{id}]"))
                    .because(cause)
            };
            let json = decompress(&text, limit).map_err(unreadable)?;
            drop(text);
            parse::lenient(&json).map_err(unreadable)
        }
    }
}
