//! Ingest pipelines: against recorded answers, against tables of our own, and
//! against configurations and documents made at random.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "../common/mod.rs"]
mod common;

mod corpus;
mod expected;
mod inference;
mod packages;
mod random;
mod recordings;
mod tables;
