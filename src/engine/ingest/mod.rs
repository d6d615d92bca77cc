//! Ingest pipelines: processors, conditions, templates.

mod dates;
mod dissect;
mod mustache;
