//! Review of whole jobs.

use super::super::finding::{Finding, Severity};
use super::super::job::Job;
use super::super::json_text::Node;
use super::super::time_span::TimeSpan;
use super::{Surroundings, detector, refusal};

pub(super) fn review(id: &str, body: &Node, around: &Surroundings) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Err(failure) = Job::create(id, body, &around.version) {
        findings.push(refusal::finding(body, &failure, &around.version));
    }
    let detectors = body
        .pointer("/analysis_config/detectors")
        .and_then(Node::elements);
    for (index, node) in detectors.unwrap_or_default().iter().enumerate() {
        let path = format!("/analysis_config/detectors/{index}");
        detector::review(node, index, &path, around, &mut findings);
    }
    bucket_span(body, &mut findings);
    ignored_keys(body, &mut findings);
    findings
}

/// A span that does not divide a day (or is no multiple of one) is deprecated and
/// makes buckets wander through the day.
fn bucket_span(body: &Node, findings: &mut Vec<Finding>) {
    const DAY: i64 = 86_400;
    let path = "/analysis_config/bucket_span";
    let span = body
        .pointer(path)
        .and_then(Node::as_str)
        .and_then(|text| TimeSpan::parse(text, "bucket_span").ok());
    let Some(seconds) = span.map(TimeSpan::seconds).filter(|seconds| *seconds > 0) else {
        return;
    };
    let fits = if seconds > DAY {
        seconds % DAY == 0
    } else {
        DAY % seconds == 0
    };
    if !fits {
        findings.push(
            Finding::new(
                Severity::Warning,
                "job/bucket-span",
                "the bucket span does not divide a day",
            )
            .at(path)
            .why("buckets begin at other times every day, and newer versions deprecate it")
            .fix("use a span that divides a day, such as 15m or 1h"),
        );
    }
}

fn ignored_keys(body: &Node, findings: &mut Vec<Finding>) {
    for key in ["job_version", "job_type", "model_snapshot_min_version"] {
        if body.get(key).is_some() {
            findings.push(
                Finding::new(Severity::Note, "job/ignored-key", format!("{key} is set"))
                    .at(format!("/{key}"))
                    .why("the server takes the key and puts its own value there")
                    .fix("remove it"),
            );
        }
    }
}
