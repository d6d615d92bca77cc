//! Review of datafeeds.

use super::super::artifact::ArtifactKind;
use super::super::datafeed::Datafeed;
use super::super::finding::{Finding, Severity};
use super::super::json_text::Node;
use super::{Surroundings, refusal};

/// What modules of packages write where the operator's indices belong.
pub const PLACEHOLDER: &str = "INDEX_PATTERN_NAME";

pub(super) fn review(id: &str, body: &Node, around: &Surroundings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let datafeed = match Datafeed::create(id, body, &around.version) {
        Ok(datafeed) => datafeed,
        Err(failure) => return vec![refusal::finding(body, &failure, &around.version)],
    };
    if datafeed.indices.iter().any(|index| index == PLACEHOLDER) {
        findings.push(
            Finding::new(
                Severity::Warning,
                "datafeed/placeholder",
                format!("{PLACEHOLDER} is not filled in"),
            )
            .at("/indices")
            .why("the server takes it for the name of an index, and the datafeed finds nothing")
            .fix("name the indices with --index-pattern when it is put"),
        );
    }
    for (place, index) in datafeed.indices.iter().enumerate() {
        let is_odd =
            index != PLACEHOLDER && index.chars().any(|c| c.is_uppercase() || c.is_whitespace());
        if is_odd {
            findings.push(
                Finding::new(
                    Severity::Warning,
                    "datafeed/index-name",
                    format!("no index can be called {index:?}"),
                )
                .at(format!("/indices/{place}"))
                .why("names of indices are in lower case and have no blanks")
                .fix("correct the name"),
            );
        }
    }
    if let Some(job) = datafeed
        .job_id
        .filter(|job| !around.has(ArtifactKind::Job, job))
    {
        findings.push(
            Finding::new(
                Severity::Warning,
                "datafeed/unknown-job",
                format!("the job {job} is not here"),
            )
            .at("/job_id")
            .why("a datafeed can only be made after its job")
            .fix("put the job beside the datafeed, or see that the cluster has it"),
        );
    }
    findings
}
