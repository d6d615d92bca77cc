//! Review of changes: what the server would make of them, and what the object would
//! be afterwards.

use serde_json::Value;

use super::super::analytics;
use super::super::artifact::{ArtifactId, ArtifactKind};
use super::super::datafeed;
use super::super::failure::Failure;
use super::super::filter::{Filter, FilterUpdate};
use super::super::finding::Finding;
use super::super::job::{self, JobState};
use super::super::json_text::{self, Node};
use super::{Surroundings, refusal, review};

/// Reviews the body of an `_update` of the `stored` object, which is as the server
/// returns it. What is wrong with the object already is not told again, and an
/// object that is not understood (one of a newer version, say) is left to the server.
#[must_use]
pub fn review_update(
    artifact: &ArtifactId,
    stored: &Value,
    change: &Node,
    around: &Surroundings,
) -> Vec<Finding> {
    let nothing = json_text::parse("{}");
    if updated(artifact, stored, &nothing, around).is_err() {
        return Vec::new();
    }
    match updated(artifact, stored, change, around) {
        Err(failure) => vec![refusal::finding(change, &failure, &around.version)],
        Ok(after) => {
            let of = |body: &Value| {
                let node = json_text::parse(&body.to_string());
                review(artifact.kind, &artifact.id, &node, around)
            };
            let known = of(stored);
            let is_new = |finding: &Finding| !known.iter().any(|known| known.what == finding.what);
            of(&after).into_iter().filter(is_new).collect()
        }
    }
}

fn updated(
    artifact: &ArtifactId,
    stored: &Value,
    change: &Node,
    around: &Surroundings,
) -> Result<Value, Failure> {
    let version = &around.version;
    match artifact.kind {
        ArtifactKind::Filter => {
            let update = FilterUpdate::read(&artifact.id, change)?;
            let filter = Filter::from_answer(stored)?;
            filter.updated(&update).map(|filter| filter.to_json())
        }
        // Whether it runs is for the server to say.
        ArtifactKind::Job => job::update(stored, change, JobState::Closed, version),
        ArtifactKind::Datafeed => datafeed::update(stored, change, version),
        ArtifactKind::Analytics => analytics::update(stored, change),
        _ => Ok(stored.clone()),
    }
}
