//! The failure of an evaluation, in the shape in which Elasticsearch reports it.

pub use crate::model::failure::Failure;
