//! Objects that stand under the name of their kind: `{"tree": {…}}`.

use super::token::{Token, Tokens};
use crate::engine::failure::Failure;

/// Objects that were read under names of kinds.
pub(crate) struct Named<T> {
    /// The objects in their order
    pub(crate) items: Vec<T>,
    /// Whether they stood in an array, which keeps its order
    pub(crate) ordered: bool,
}

/// Reads `{"KIND": {…}}` at the current token; `parse` gets the kind with the
/// parser at its name and leaves it at the last token of the object.
///
/// # Errors
/// What `parse` refuses, under `[field] failed to parse field [KIND]`.
pub(crate) fn one_named<'a, T>(
    tokens: &mut Tokens<'a>,
    field: &str,
    parse: impl FnOnce(&mut Tokens<'a>, &str) -> Result<T, Failure>,
) -> Result<T, Failure> {
    tokens.advance()?;
    let name = tokens.current_name().to_owned();
    parse(tokens, &name)
        .and_then(|item| {
            tokens.advance()?;
            Ok(item)
        })
        .map_err(|cause| failed(tokens, field, &name, cause))
}

/// Reads `{"KIND": {…}, …}` or `[{"KIND": {…}}, …]` at the current token.
///
/// # Errors
/// What `parse` refuses, and an array of anything else.
pub(crate) fn several_named<'a, T>(
    tokens: &mut Tokens<'a>,
    field: &str,
    mut parse: impl FnMut(&mut Tokens<'a>, &str) -> Result<T, Failure>,
) -> Result<Named<T>, Failure> {
    let mut items = Vec::new();
    let ordered = tokens.current() == Some(Token::StartArray);
    if !ordered {
        while tokens.advance()? != Token::EndObject {
            items.push(entry(tokens, field, &mut parse)?);
        }
        return Ok(Named { items, ordered });
    }
    loop {
        match tokens.advance()? {
            Token::EndArray => return Ok(Named { items, ordered }),
            Token::StartObject => {}
            _ => return Err(shape(tokens, field)),
        }
        tokens.advance()?;
        items.push(entry(tokens, field, &mut parse)?);
        if tokens.advance()? != Token::EndObject {
            return Err(shape(tokens, field));
        }
    }
}

fn entry<'a, T>(
    tokens: &mut Tokens<'a>,
    field: &str,
    parse: &mut impl FnMut(&mut Tokens<'a>, &str) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if tokens.current() != Some(Token::FieldName) {
        return Err(shape(tokens, field));
    }
    let name = tokens.take_text();
    parse(tokens, &name).map_err(|cause| failed(tokens, field, &name, cause))
}

fn failed(tokens: &Tokens<'_>, field: &str, name: &str, cause: Failure) -> Failure {
    tokens
        .refuse(format_args!("[{field}] failed to parse field [{name}]"))
        .because(cause)
}

fn shape(tokens: &Tokens<'_>, field: &str) -> Failure {
    tokens.refuse(format_args!(
        "[{field}] can be a single object with any number of fields or an array where each entry is an object with a single field"
    ))
}
