//! Objects with declared fields.

use super::token::{Token, Tokens, refusal};
use crate::engine::failure::Failure;
use crate::model::xcontent::suggestion;

/// What happens with a field that is not declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is refused, as in the body of a request
    Strict,
    /// It is skipped, as in a compressed definition
    Lenient,
}

/// The tokens at which the value of a field may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepts {
    /// A string
    Text,
    /// A string or an array
    Texts,
    /// A number, or a string that says one
    Number,
    /// A number, a string that says one, or an array
    Numbers,
    /// A boolean, or a string that says one
    Flag,
    /// An object
    Object,
    /// An object or an array
    Objects,
    /// A string, number or boolean
    Scalar,
}

impl Accepts {
    const fn holds(self, token: Token) -> bool {
        match token {
            Token::String => !matches!(self, Self::Object | Self::Objects),
            Token::Number => matches!(self, Self::Number | Self::Numbers | Self::Scalar),
            Token::Boolean(_) => matches!(self, Self::Flag | Self::Scalar),
            Token::StartArray => matches!(self, Self::Texts | Self::Numbers | Self::Objects),
            Token::StartObject => matches!(self, Self::Object | Self::Objects),
            Token::EndObject | Token::EndArray | Token::FieldName | Token::Null => false,
        }
    }
}

/// A declared field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) accepts: Accepts,
}

impl Field {
    pub(crate) const fn new(name: &'static str, accepts: Accepts) -> Self {
        Self { name, accepts }
    }
}

/// The name of a parser, as it stands in messages, and the fields that it knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema<'s> {
    pub(crate) name: &'static str,
    pub(crate) fields: &'s [Field],
}

/// Reads the object that begins at the current token, or at the next one. `set`
/// is called with the parser at the value of each declared field and leaves it
/// at the value's last token. Stands at the end of the object afterwards.
///
/// # Errors
/// What the server's `ObjectParser` answers: an unknown field, a value of the
/// wrong kind, or what `set` refuses, under `failed to parse field`.
pub(crate) fn parse_object<'a>(
    tokens: &mut Tokens<'a>,
    schema: Schema<'_>,
    mode: Mode,
    mut set: impl FnMut(&mut Tokens<'a>, &'static str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if tokens.current() != Some(Token::StartObject) {
        let token = tokens.advance()?;
        if token != Token::StartObject {
            return Err(tokens.refuse(format_args!(
                "[{}] Expected START_OBJECT but was: {token}",
                schema.name
            )));
        }
    }
    let mut seen: Vec<&'static str> = Vec::new();
    loop {
        if tokens.advance()? == Token::EndObject {
            return Ok(());
        }
        let place = tokens.place();
        let known = schema
            .fields
            .iter()
            .find(|field| field.name == tokens.raw_text());
        let Some(field) = known else {
            let name = tokens.take_text();
            tokens.advance()?;
            if mode == Mode::Strict {
                let hint = suggestion(&name, schema.fields.iter().map(|field| field.name));
                let reason = format!("[{}] unknown field [{name}]{hint}", schema.name);
                return Err(refusal(place, reason));
            }
            tokens.skip_children()?;
            continue;
        };
        if seen.contains(&field.name) {
            return Err(duplicate(field.name));
        }
        seen.push(field.name);
        read_field(tokens, schema, *field, &mut set)?;
    }
}

/// Strict duplicate detection is on for every request.
pub(super) fn duplicate(name: &str) -> Failure {
    Failure::new(
        400,
        "json_parse_exception",
        format!("Duplicate field '{name}'"),
    )
}

fn read_field<'a>(
    tokens: &mut Tokens<'a>,
    schema: Schema<'_>,
    field: Field,
    set: &mut impl FnMut(&mut Tokens<'a>, &'static str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Field { name, accepts } = field;
    let token = tokens.advance()?;
    if !accepts.holds(token) {
        return Err(tokens.refuse(format_args!(
            "[{}] {name} doesn't support values of type: {token}",
            schema.name
        )));
    }
    set(tokens, name).map_err(|cause| {
        tokens
            .refuse(format_args!(
                "[{}] failed to parse field [{name}]",
                schema.name
            ))
            .because(cause)
    })?;
    let end = match token {
        Token::StartObject => Token::EndObject,
        Token::StartArray => Token::EndArray,
        _ => return Ok(()),
    };
    if tokens.current() == Some(end) {
        return Ok(());
    }
    Err(Failure::new(
        500,
        "illegal_state_exception",
        format!("parser for [{name}] did not end on {end}"),
    ))
}

/// Reads an object whose fields are the arguments of a constructor: `build` runs
/// as soon as every declared field has come, at the latest at the end.
///
/// # Errors
/// As [`parse_object`]; missing `required` fields; what `build` refuses, under
/// `Failed to build`.
pub(crate) fn construct_object<'a, S, T>(
    tokens: &mut Tokens<'a>,
    schema: Schema<'_>,
    mode: Mode,
    required: &[&'static str],
    mut state: S,
    mut set: impl FnMut(&mut S, &mut Tokens<'a>, &'static str) -> Result<(), Failure>,
    build: impl Fn(&mut S) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut came: Vec<&'static str> = Vec::new();
    let mut value = None;
    parse_object(tokens, schema, mode, |tokens, name| {
        set(&mut state, tokens, name)?;
        came.push(name);
        if came.len() == schema.fields.len() {
            value = Some(build(&mut state).map_err(|cause| failed_build(schema.name, cause))?);
        }
        Ok(())
    })?;
    if let Some(value) = value {
        return Ok(value);
    }
    let missing: Vec<&str> = required
        .iter()
        .filter(|name| !came.contains(name))
        .copied()
        .collect();
    if !missing.is_empty() {
        let names = missing.join(", ");
        return Err(Failure::illegal_argument(format!("Required [{names}]")));
    }
    build(&mut state).map_err(|cause| failed_build(schema.name, cause))
}

/// What the server says when the constructor of an object refuses its arguments.
fn failed_build(name: &str, cause: Failure) -> Failure {
    Failure::new(
        400,
        "x_content_parse_exception",
        format!("Failed to build [{name}] after last required field arrived"),
    )
    .because(cause)
}
