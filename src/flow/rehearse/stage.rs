//! The artifacts, compiled and ready for documents.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;

use super::artifacts::Artifacts;
use super::documents::Document;
use super::outcome::Processed;
use crate::engine::failure::Failure;
use crate::engine::inference::{LARGEST_DEFINITION, ModelConfig};
use crate::engine::ingest::{Environment, Options, Outcome, Purpose, StoredScript};
use crate::engine::value::Value;
use crate::error::{Error, ErrorKind, Result};
use crate::model::artifact::{ArtifactId, ArtifactKind};

/// Scripts, models and pipelines of one place, compiled. Threads share it.
#[derive(Debug)]
pub struct Stage {
    environment: Environment,
    now: Duration,
}

impl Stage {
    /// Compiles the artifacts. `now`, the time since 1970-01-01T00:00:00Z, is what
    /// the clock says in every document.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for an artifact that a cluster would refuse, with
    /// what it would answer.
    pub fn new(artifacts: Artifacts, now: Duration) -> Result<Self> {
        let mut environment = Environment::new(Options::default());
        for (id, body) in &artifacts.scripts {
            let script = stored_script(body).ok_or_else(|| {
                let id = ArtifactId::new(ArtifactKind::Script, id.as_str());
                Error::new(ErrorKind::Malformed, format!("{id} has no source"))
            })?;
            environment
                .check_script(&script.source, Purpose::Processor)
                .map_err(|failure| refused(ArtifactKind::Script, id, failure))?;
            environment.put_script(id, script);
        }
        for (id, file) in artifacts.models {
            let model = ModelConfig::published(&id, &file, LARGEST_DEFINITION)
                .and_then(ModelConfig::compile)
                .map_err(|failure| refused(ArtifactKind::Model, &id, failure))?;
            environment.put_model(&id, Arc::new(model));
        }
        for (id, body) in &artifacts.pipelines {
            environment
                .put_pipeline(id, body)
                .map_err(|failure| refused(ArtifactKind::Pipeline, id, failure))?;
        }
        Ok(Self { environment, now })
    }

    /// Sends a document through the pipeline `entry`, which changes its fields.
    #[must_use]
    pub fn send(&self, entry: &str, document: &Document) -> Processed {
        let known = [("_index", &document.index), ("_id", &document.id)];
        let metadata = known.map(|(key, value)| (key, value.as_deref().unwrap_or(key)));
        match self
            .environment
            .send(entry, &document.source, &metadata, self.now)
        {
            Outcome::Dropped => Processed {
                source: None,
                failure: None,
            },
            Outcome::Failed(failure) => Processed {
                source: None,
                failure: Some((failure, false)),
            },
            Outcome::Document(done) => Processed {
                source: Some(Value::Map(done.source)),
                // What `ignore_failure` passed over was meant to be passed over.
                failure: done
                    .handled
                    .into_iter()
                    .find(|handled| !handled.ignored)
                    .map(|handled| (handled.failure, true)),
            },
        }
    }
}

fn stored_script(body: &Json) -> Option<StoredScript> {
    let script = body.get("script")?;
    let text = |key: &str| script.get(key).and_then(Json::as_str).map(str::to_owned);
    Some(StoredScript {
        lang: text("lang").unwrap_or_else(|| "painless".to_owned()),
        source: text("source")?,
    })
}

fn refused(kind: ArtifactKind, id: &str, failure: Failure) -> Error {
    let id = ArtifactId::new(kind, id);
    Error::new(ErrorKind::Malformed, format!("a cluster would refuse {id}")).because(failure)
}
