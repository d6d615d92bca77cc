//! Whether a cluster has room for models, pipelines and jobs, and lets scripts
//! do what they do.

use serde_json::Value;

use super::needs::Needs;
use super::{Facts, Node, Report};
use crate::model::artifact::ArtifactId;
use crate::model::{body, normal, reference};

/// A model's definition is parsed up to a tenth of the heap, and up to this.
const MAX_STREAM: u64 = 1 << 30;

/// The share of the heap that loaded models may take
/// (`xpack.ml.inference_model.cache_size`, 40 percent unless set), in tenths.
const CACHE_TENTHS: u64 = 4;

/// A difference of clocks that is more than a slow answer, in seconds.
const CLOCKS: u64 = 60;

pub(super) fn look(needs: &Needs, facts: &Facts, report: &mut Report) {
    processors(needs, facts, report);
    if let Some(node) = smallest(&facts.nodes) {
        for model in &needs.models {
            heap(
                &model.artifact.to_string(),
                model.inflated,
                model.memory,
                node,
                report,
            );
        }
    }
    if facts.regex == Some(false) && !needs.regex.is_empty() {
        let users: Vec<String> = needs.regex.iter().map(ToString::to_string).collect();
        report.missing(
            format!(
                "regular expressions in scripts are switched off, and {} use them",
                users.join(", ")
            ),
            "set script.painless.regex.enabled: true in elasticsearch.yml of every node, and restart it",
        );
    }
    jobs(needs, facts, report);
    clocks(facts, report);
}

/// A pipeline with an inference processor is refused once there are as many as
/// the limit. Those that stay as they are are not sent; those that change may
/// count twice, for they are tried as copies before.
fn processors(needs: &Needs, facts: &Facts, report: &mut Report) {
    let Some(limit) = facts.inference_limit else {
        return;
    };
    let is_there = |artifact: &ArtifactId, raw: &Value| {
        let wanted = body::for_cluster(artifact, raw, &facts.version, None);
        let found = facts.inference.get(&artifact.id);
        found.is_some_and(|found| normal::same(artifact.kind, &wanted, found))
    };
    let changes = needs
        .inference
        .iter()
        .filter(|(id, raw)| !is_there(id, raw));
    let sent: u64 = changes
        .map(|(_, raw)| reference::inference_processors(raw))
        .sum();
    let there: u64 = facts
        .inference
        .values()
        .map(reference::inference_processors)
        .sum();
    let most = there.saturating_add(sent);
    let with_copies = most.saturating_add(sent);
    if sent == 0 || with_copies <= limit {
        return;
    }
    let what = format!(
        "the pipelines that change have {sent} inference processors, the cluster has {there}, and \
         {limit} are allowed"
    );
    let next = format!(
        "raise it: PUT _cluster/settings {{\"persistent\": \
         {{\"xpack.ml.max_inference_processors\": {}}}}}",
        with_copies.saturating_add(10)
    );
    if most > limit {
        report.missing(what, &next);
    } else {
        let copies = "; the copies that are tried first may not fit";
        report.warning(what + copies, &next);
    }
}

/// The node with the least heap among those that take or run models.
fn smallest(nodes: &[Node]) -> Option<&Node> {
    let works = |node: &&Node| {
        let role = |name: &str| node.roles.iter().any(|role| role == name);
        node.roles.is_empty() || role("master") || role("ingest")
    };
    let known = nodes.iter().filter(works);
    known
        .filter(|node| node.heap.is_some())
        .min_by_key(|node| node.heap)
}

fn heap(model: &str, inflated: Option<u64>, memory: Option<u64>, node: &Node, report: &mut Report) {
    let heap = node.heap.unwrap_or(u64::MAX);
    let stream = (heap / 10).min(MAX_STREAM);
    if let Some(inflated) = inflated.filter(|inflated| *inflated > stream) {
        report.missing(
            format!(
                "the definition of {model} inflates to {}, and node {} with {} of heap reads {}",
                mebibytes(inflated),
                node.name,
                mebibytes(heap),
                mebibytes(stream)
            ),
            "give the node more heap: ten times the definition, at most 1 GB counts",
        );
    }
    let cache = (heap / 10).saturating_mul(CACHE_TENTHS);
    if let Some(memory) = memory.filter(|memory| *memory > cache) {
        report.warning(
            format!(
                "{model} takes {} once loaded, more than the {} that node {} keeps for models",
                mebibytes(memory),
                mebibytes(cache),
                node.name
            ),
            "give the node more heap, or raise xpack.ml.inference_model.cache_size",
        );
    }
}

fn jobs(needs: &Needs, facts: &Facts, report: &mut Report) {
    let is_ml = |node: &Node| node.roles.is_empty() || node.roles.iter().any(|role| role == "ml");
    if needs.has_jobs() && !facts.nodes.is_empty() && !facts.nodes.iter().any(is_ml) {
        report.warning(
            "no node has the role ml, so that jobs cannot be opened".to_owned(),
            "add a node with node.roles: [ ml ]",
        );
    }
    let Some(most) = facts.max_model_memory else {
        return;
    };
    for (job, bytes) in &needs.job_memory {
        if *bytes > most {
            report.missing(
                format!(
                    "{job} may use {}, and the cluster allows {}",
                    mebibytes(*bytes),
                    mebibytes(most)
                ),
                "raise xpack.ml.max_model_memory_limit",
            );
        }
    }
}

fn clocks(facts: &Facts, report: &mut Report) {
    let Some(ahead) = facts
        .clock_ahead
        .filter(|ahead| ahead.unsigned_abs() >= CLOCKS)
    else {
        return;
    };
    let word = if ahead > 0 { "ahead of" } else { "behind" };
    report.warning(
        format!(
            "the cluster's clock is {} seconds {word} this machine's",
            ahead.unsigned_abs()
        ),
        "set the clocks right: leases, receipts and the ends of licenses and bundles go by them",
    );
}

/// A number of bytes for people.
fn mebibytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10) >> 20;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
