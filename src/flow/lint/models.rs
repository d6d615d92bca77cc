//! Models: read and compiled one by one, as a server loads them. Of each only
//! what it predicts is kept.

use std::collections::BTreeMap;

use super::Placed;
use crate::engine::inference::{LARGEST_DEFINITION, ModelConfig, TargetType};
use crate::model::artifact::ArtifactKind;
use crate::model::catalog::Item;
use crate::model::content;
use crate::model::failure::Failure;
use crate::model::finding::{Finding, Severity};
use crate::model::lint::advice;

/// The models that were seen.
#[derive(Debug, Default)]
pub(super) struct Models {
    /// What each predicts; nothing where it cannot be read.
    targets: BTreeMap<String, Option<TargetType>>,
}

impl Models {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.targets.len()
    }

    /// What a model predicts, where that is known.
    pub(super) fn target(&self, id: &str) -> Option<TargetType> {
        self.targets.get(id).copied().flatten()
    }

    /// Reads and compiles the models among `items` of a file.
    pub(super) fn add(
        &mut self,
        source: &str,
        name: &str,
        bytes: &[u8],
        items: &[Item],
    ) -> Vec<Placed> {
        let models = items
            .iter()
            .filter(|item| item.artifact.kind == ArtifactKind::Model);
        let mut found = Vec::new();
        for item in models {
            let id = item.artifact.id.as_str();
            let read = read(id, name, bytes, item);
            let target = read.as_ref().ok().copied();
            self.targets.insert(id.to_owned(), target);
            if let Err(failure) = read {
                found.push(Placed {
                    source: source.to_owned(),
                    file: name.to_owned(),
                    artifact: Some(item.artifact.clone()),
                    position: None,
                    finding: refused(&failure),
                });
            }
        }
        found
    }
}

fn read(id: &str, name: &str, bytes: &[u8], item: &Item) -> Result<TargetType, Failure> {
    // A whole file goes to the engine as it is: a definition can be large.
    let part = match &item.place.part {
        None => None,
        part => {
            let body = content::read(name, part.as_ref(), bytes);
            let body = body.map_err(|error| Failure::bad_request(error.to_string()))?;
            Some(body.to_string().into_bytes())
        }
    };
    let config = ModelConfig::published(id, part.as_deref().unwrap_or(bytes), LARGEST_DEFINITION)?;
    let target = config.target();
    config.compile().map(|_| target)
}

fn refused(failure: &Failure) -> Finding {
    let reason = failure.root().reason();
    let why = if failure.cause().is_some() {
        format!("Elasticsearch refuses the model: {}", failure.reason())
    } else {
        format!("Elasticsearch refuses the model with {}", failure.kind())
    };
    Finding::new(Severity::Error, "model/definition", reason)
        .why(why)
        .fix(advice(reason))
}
