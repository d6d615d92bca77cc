//! Reading JSON the way the server's object parsers do: token by token, with
//! the place of every token, so that a refusal names the same line and column
//! and nests its causes the same way (`XContentParser`, `ObjectParser` and
//! `ConstructingObjectParser` of Elasticsearch).

mod named;
mod object;
mod scalar;
mod scan;
mod token;

pub(crate) use named::{Named, one_named, several_named};
pub(crate) use object::{Accepts, Field, Mode, Schema, construct_object, parse_object};
pub(crate) use scalar::{
    boolean, double, double_map, doubles, int, ints, long, string_map, strings, text,
};
pub(crate) use token::{Token, Tokens};
