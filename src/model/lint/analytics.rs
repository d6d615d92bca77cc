//! Review of data frame analytics.

use super::super::analytics::Analytics;
use super::super::finding::Finding;
use super::super::json_text::Node;
use super::{Surroundings, refusal};

pub(super) fn review(id: &str, body: &Node, around: &Surroundings) -> Vec<Finding> {
    let checked = Analytics::create(id, body, &around.version)
        .and_then(|analytics| analytics.check_destination());
    match checked {
        Ok(()) => Vec::new(),
        Err(failure) => vec![refusal::finding(body, &failure, &around.version)],
    }
}
