//! Rehearsals: what becomes of documents, and what the commands make of that.
#![allow(clippy::unwrap_used)]

mod command;
mod outcomes;
