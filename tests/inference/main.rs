//! Inference: against recorded answers, against tables of our own, and against
//! malformed definitions.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "../common/mod.rs"]
mod common;

mod corpus;
mod model;
mod refusals;
mod results;
