//! Review of machine-learning content before it meets a cluster: what the server
//! would refuse, and what it forgets to check.

use std::collections::BTreeSet;

use super::artifact::{ArtifactId, ArtifactKind};
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
mod update;

pub use datafeed::PLACEHOLDER;
pub use guess::guess;
pub use item::{check_items, normal_item};
pub use update::review_update;

/// What a review knows beside the object itself.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The version of the cluster that it is for.
    pub version: StackVersion,
    /// What will be there. A custom rule that names another filter is refused; other
    /// references to what is not there are worth a warning.
    pub known: BTreeSet<ArtifactId>,
}

impl Surroundings {
    /// The newest version that the rules here know, and nothing around.
    pub const NEWEST: StackVersion = StackVersion::new(9, 1, 0);

    /// A cluster of `version` with nothing on it.
    #[must_use]
    pub fn empty(version: StackVersion) -> Self {
        Self {
            version,
            known: BTreeSet::new(),
        }
    }

    /// Whether an artifact will be there.
    #[must_use]
    pub fn has(&self, kind: ArtifactKind, id: &str) -> bool {
        self.known.contains(&ArtifactId::new(kind, id))
    }
}

/// Reviews one object: its body as it goes to the server, under the id that it
/// gets. Models are not looked at here, and of scripts and pipelines only what needs
/// no compiler; the engine does the rest.
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
        ArtifactKind::Pipeline => ingest::pipeline(body, around),
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

/// What to do about a refusal, by the server's reason.
#[must_use]
pub fn advice(reason: &str) -> &'static str {
    fix::of(reason)
}

/// A step of a JSON pointer, escaped.
#[must_use]
pub fn step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
