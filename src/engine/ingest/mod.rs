//! Ingest pipelines: processors, conditions, templates.
