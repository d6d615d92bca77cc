//! Review of machine-learning content before it meets a cluster: what the server
//! would refuse, and what it forgets to check.

use std::collections::BTreeSet;

use super::artifact::ArtifactKind;
use super::finding::{Finding, Severity};
use super::json_text::Node;
use super::version::StackVersion;

mod analytics;
mod datafeed;
mod detector;
mod fix;
mod guess;
mod ingest;
mod item;
mod job;
mod public_suffix;
mod refusal;
mod rule;
mod security_rule;
mod store;

pub use guess::guess;
pub use item::{check_items, normal_item};

/// What a review knows beside the object itself.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The version of the cluster that it is for.
    pub version: StackVersion,
    /// The filters that will be there; a rule that names another one is refused.
    pub filters: BTreeSet<String>,
    /// The jobs that will be there; a datafeed for another one is worth a warning.
    pub jobs: BTreeSet<String>,
}

impl Surroundings {
    /// The newest version that the rules here know, and nothing around.
    pub const NEWEST: StackVersion = StackVersion::new(9, 1, 0);

    /// A cluster of `version` with nothing on it.
    #[must_use]
    pub fn empty(version: StackVersion) -> Self {
        Self {
            version,
            filters: BTreeSet::new(),
            jobs: BTreeSet::new(),
        }
    }
}

/// Reviews one object: its body as it goes to the server, under the id that it
/// gets. Models are not looked at here; the inference engine reads them.
#[must_use]
pub fn review(kind: ArtifactKind, id: &str, body: &Node, around: &Surroundings) -> Vec<Finding> {
    if let Some(error) = body.syntax_error() {
        let finding = Finding::new(Severity::Error, "json/syntax", error.to_string())
            .why("no server reads text that is not JSON")
            .fix("correct the text at that place");
        return vec![finding];
    }
    let mut findings = match kind {
        ArtifactKind::Filter => item::review(id, body),
        ArtifactKind::Job => job::review(id, body, around),
        ArtifactKind::Datafeed => datafeed::review(id, body, around),
        ArtifactKind::Analytics => analytics::review(id, body, around),
        ArtifactKind::Script => ingest::script(id, body),
        ArtifactKind::Pipeline => ingest::pipeline(body),
        ArtifactKind::Transform => store::transform(id, body),
        ArtifactKind::Enrich => store::enrich(body),
        ArtifactKind::Template => store::template(body),
        ArtifactKind::Rule => security_rule::review(body, around),
        _ => Vec::new(),
    };
    findings.sort_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then_with(|| a.path.cmp(&b.path))
    });
    findings
}

/// A step of a JSON pointer, escaped.
fn step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
