//! Rehearsals: our own releases and the recorded ones against known results, what
//! becomes of documents, and what the commands make of that.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod command;
mod outcomes;
#[path = "../common/recordings.rs"]
mod recordings;
mod releases;
