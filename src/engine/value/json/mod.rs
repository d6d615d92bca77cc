//! JSON text as Elasticsearch reads and writes it.

mod parse;
mod write;

pub use parse::{JsonError, parse, parse_last_wins, parse_ordered, parse_prefix};
pub use write::{escaped, write};
