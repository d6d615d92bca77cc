//! From JSON to a [`Definition`], refusing what the server refuses.

mod ensemble;
mod preprocessor;
mod tree;

use super::definition::{Definition, TrainedModel};
use super::xcontent::{
    Accepts, Field, Mode, Schema, Tokens, one_named, parse_object, several_named,
};
use crate::engine::failure::Failure;

/// How deeply ensembles and multi encodings may hold others of their kind.
const MAX_NESTING: usize = 32;

const FIELDS: &[Field] = &[
    Field::new("trained_model", Accepts::Object),
    Field::new("preprocessors", Accepts::Objects),
];

const SCHEMA: Schema<'static> = Schema {
    name: "trained_model_definition",
    fields: FIELDS,
};

/// Reads a definition as the body of a request holds it under `definition`:
/// unknown fields are refused.
///
/// # Errors
/// What the server answers, with line and column in `json`.
pub fn strict(json: &[u8]) -> Result<Definition, Failure> {
    definition(&mut Tokens::new(json), Mode::Strict)
}

/// Reads a definition as it comes out of `compressed_definition`: unknown fields
/// are skipped.
///
/// # Errors
/// What the server answers, with line and column in `json`.
pub fn lenient(json: &[u8]) -> Result<Definition, Failure> {
    definition(&mut Tokens::new(json), Mode::Lenient)
}

/// Reads a definition at the current or next token.
pub(super) fn definition(tokens: &mut Tokens<'_>, mode: Mode) -> Result<Definition, Failure> {
    let mut model = None;
    let mut preprocessors = None;
    parse_object(tokens, SCHEMA, mode, |tokens, field| {
        if field == "trained_model" {
            model = Some(one_named(tokens, field, |tokens, kind| {
                trained_model(tokens, kind, mode, 0)
            })?);
        } else {
            preprocessors = Some(several_named(tokens, field, |tokens, kind| {
                preprocessor::preprocessor(tokens, kind, mode, 0)
            })?);
        }
        Ok(())
    })?;
    if preprocessors
        .as_ref()
        .is_some_and(|several| several.items.len() > 1 && !several.ordered)
    {
        return Err(Failure::illegal_argument(
            "preprocessors must be an array of preprocessor objects",
        ));
    }
    let Some(model) = model else {
        return Err(must_not_be_null("trained_model"));
    };
    Ok(Definition {
        preprocessors: preprocessors
            .map(|several| several.items)
            .unwrap_or_default(),
        model,
    })
}

/// Reads the model of the given kind, with the parser at the kind's name.
fn trained_model(
    tokens: &mut Tokens<'_>,
    kind: &str,
    mode: Mode,
    depth: usize,
) -> Result<TrainedModel, Failure> {
    match kind {
        _ if depth > MAX_NESTING => Err(nested_too_deeply()),
        "tree" => tree::tree(tokens, mode).map(TrainedModel::Tree),
        "ensemble" => ensemble::ensemble(tokens, mode, depth).map(TrainedModel::Ensemble),
        _ => Err(unknown_kind(tokens, kind)),
    }
}

fn nested_too_deeply() -> Failure {
    Failure::illegal_argument(format!(
        "the definition nests more than {MAX_NESTING} levels deep"
    ))
}

fn unknown_kind(tokens: &Tokens<'_>, kind: &str) -> Failure {
    Failure::new(
        400,
        "named_object_not_found_exception",
        format!("[{}] unknown field [{kind}]", tokens.place()),
    )
}

pub(super) fn must_not_be_null(field: &str) -> Failure {
    Failure::illegal_argument(format!("[{field}] must not be null."))
}

/// What Java says about a name that an enumeration does not have.
pub(super) fn no_enum_constant(class: &str, constant: &str) -> Failure {
    Failure::illegal_argument(format!(
        "No enum constant org.elasticsearch.xpack.core.ml.{class}.{constant}"
    ))
}
