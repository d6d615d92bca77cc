//! Ingest pipelines, as an ingest node runs them: processors, conditions,
//! templates, failure handling.
//!
//! [`Environment`] holds what a cluster would: stored scripts, models and
//! pipelines. A pipeline is parsed and compiled once
//! ([`Environment::put_pipeline`]), with the refusals of the server; documents go
//! through by [`Environment::run`] (as when they are indexed) or
//! [`Environment::simulate`] (the answer of `_simulate`, verbose or not).
//!
//! Source for names, options and messages: the Elasticsearch guide, "Ingest
//! processor reference", and recorded answers of a server of the 7.10 line. What
//! later versions added is there from its version on ([`Options::version`]).

mod condition;
mod config;
mod dates;
mod dissect;
mod document;
mod environment;
mod factory;
mod field;
mod grok;
mod limits;
mod mustache;
mod names;
mod number;
mod path;
mod pipeline;
mod processors;
mod render;
mod script;
mod simulate;
mod step;
mod trace;

pub use environment::{Environment, Options, Outcome, Processed, StoredScript};
pub use pipeline::Pipeline;
pub use script::Purpose;
pub use step::Handled;
