//! `POST /_ingest/pipeline/_simulate`

use std::time::Duration;

use serde_json::{Map as JsonMap, Value as Json, json};

use super::config::{Config, class_of, parse_failure};
use super::document::Document;
use super::environment::{Environment, nanoseconds, timestamp};
use super::pipeline::Pipeline;
use super::render::document_json;
use super::step::{Flow, Run};
use super::trace::Trace;
use crate::engine::failure::Failure;
use crate::engine::value::{Map, Value};

/// The id of a pipeline that stands in the request.
const INLINE: &str = "_simulate_pipeline";

impl Environment {
    /// Answers a request to simulate: `id` names a stored pipeline, without it
    /// the body has one. `now` is the time since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// What fails the whole request, rather than one document.
    pub fn simulate(
        &self,
        id: Option<&str>,
        body: &Json,
        verbose: bool,
        now: Duration,
    ) -> Result<Json, Failure> {
        let Json::Object(entries) = body else {
            return Err(parse_failure(
                "request body or source parameter is required",
            ));
        };
        let mut config = Config::new(entries.clone());
        let inline;
        let pipeline = if let Some(id) = id {
            self.pipeline(id).ok_or_else(|| {
                Failure::illegal_argument(format!("pipeline [{id}] does not exist"))
            })?
        } else {
            let body = Json::Object(config.map("pipeline")?);
            inline = self.parse_pipeline(INLINE, &body)?;
            &inline
        };
        let documents = documents(&mut config, &timestamp(now))?;
        let results = documents
            .into_iter()
            .map(|document| self.result(pipeline, document, verbose, now))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(json!({"docs": results}))
    }

    /// The entry of one document in the answer.
    fn result(
        &self,
        pipeline: &Pipeline,
        mut document: Document,
        verbose: bool,
        now: Duration,
    ) -> Result<Json, Failure> {
        let run = Run::new(self, nanoseconds(now));
        if verbose {
            let mut trace = Trace::new(&run);
            return match trace.pipeline(pipeline, &mut document) {
                Err(fault) if fault.fatal => Err(*fault.failure),
                _ => Ok(json!({"processor_results": trace.records})),
            };
        }
        match pipeline.run(&mut document, &run) {
            Ok(Flow::Continue | Flow::Terminate) => {
                Ok(json!({"doc": document_json(&document.copy()?)}))
            }
            Ok(Flow::Drop) => Ok(Json::Null),
            Err(fault) if fault.fatal => Err(*fault.failure),
            Err(fault) => Ok(json!({"error": fault.failure.to_answer()["error"].take()})),
        }
    }
}

fn documents(config: &mut Config, timestamp: &str) -> Result<Vec<Document>, Failure> {
    let docs = config.list("docs")?;
    if docs.is_empty() {
        return Err(Failure::illegal_argument(
            "must specify at least one document in [docs]",
        ));
    }
    docs.into_iter()
        .map(|doc| match doc {
            Json::Object(entries) => document(entries, timestamp),
            other => {
                let class = class_of(&other);
                Err(Failure::illegal_argument(format!(
                    "malformed [docs] section, should include an inner object, but is of type [{class}]"
                )))
            }
        })
        .collect()
}

fn document(entries: JsonMap<String, Json>, timestamp: &str) -> Result<Document, Failure> {
    let mut config = Config::new(entries);
    let source = config.map("_source")?;
    let source = match Value::from(&Json::Object(source)) {
        Value::Map(source) => source,
        _ => Map::new(crate::engine::value::JavaMap::new()),
    };
    let mut metadata = Vec::new();
    for (key, default) in [
        ("_index", Some("_index")),
        ("_id", Some("_id")),
        ("_routing", None),
    ] {
        let text = config.optional_string_or_int(key)?;
        if let Some(text) = text.or_else(|| default.map(str::to_owned)) {
            metadata.push((key, Value::str(text)));
        }
    }
    for key in ["_version", "_if_seq_no", "_if_primary_term"] {
        if let Some(value) = config.take(key) {
            let value = Value::from(&value);
            let number = value.to_java_string().parse::<i64>().map_err(|_| {
                Failure::illegal_argument(format!(
                    "Failed to parse parameter [{key}], only int or long is accepted"
                ))
            })?;
            metadata.push((key, Value::Long(number)));
        }
    }
    if let Some(kind) = config.optional_string("_version_type")? {
        metadata.push(("_version_type", Value::str(kind)));
    }
    Ok(Document::new(&source, metadata, timestamp))
}
