//! The Painless engine and the values it works on.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, clippy::print_stdout)]

mod conformance;
mod corpus;
mod language;
mod library;
mod releases;
mod robustness;
mod time;
mod values;
