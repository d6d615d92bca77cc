//! What has to be true before the first change, and everything that is not.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::model::artifact::ArtifactId;
use crate::model::time::Timestamp;
use crate::model::version::StackVersion;

mod capacity;
mod kibana;
mod needs;
mod stack;

pub use kibana::KibanaFacts;
pub use needs::{KIBANA, ModelNeed, Needs};

/// The index that keeps receipts in the cluster.
pub const RECEIPTS: &str = "sealift-receipts";

/// The licenses that include machine learning.
const WITH_ML: [&str; 3] = ["platinum", "enterprise", "trial"];

/// The newest version whose features of Kibana are known here by name.
pub const NEWEST: StackVersion = StackVersion::new(9, 3, 0);

/// A license that ends within so many seconds is told of: 30 days.
const SOON: i64 = 30 * 24 * 3600;

/// The license of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct License {
    /// `basic`, `platinum`, `trial`, ...
    pub kind: String,
    /// `active`, `expired` or `invalid`.
    pub status: String,
    /// When it ends, in milliseconds since 1970; `None`: never.
    pub expires_millis: Option<i64>,
}

/// The rights that are missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Denied {
    /// Cluster privileges or actions.
    pub cluster: Vec<String>,
    /// Index patterns and privileges.
    pub indices: Vec<(String, Vec<String>)>,
    /// Privileges of Kibana's features.
    pub kibana: Vec<String>,
}

/// One node of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its roles; empty where they are unknown.
    pub roles: Vec<String>,
    /// The bytes of its heap.
    pub heap: Option<u64>,
}

/// What a cluster says about itself; `None` is what the user may not know.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The version.
    pub version: StackVersion,
    /// The license.
    pub license: Option<License>,
    /// Whether machine learning is switched on.
    pub ml_enabled: Option<bool>,
    /// Whether machine learning stands still for an upgrade.
    pub upgrade_mode: Option<bool>,
    /// The most bytes that a job may use (`xpack.ml.max_model_memory_limit`).
    pub max_model_memory: Option<u64>,
    /// The rights that are missing.
    pub denied: Denied,
    /// Whether the user may see the settings of every index, where it matters.
    pub sees_all_indices: bool,
    /// The nodes; none where they are unknown.
    pub nodes: Vec<Node>,
    /// `xpack.ml.max_inference_processors`.
    pub inference_limit: Option<u64>,
    /// The pipelines with inference processors that are there.
    pub inference: BTreeMap<String, Value>,
    /// Whether scripts may use regular expressions.
    pub regex: Option<bool>,
    /// How many seconds the cluster's clock is ahead of this machine's.
    pub clock_ahead: Option<i64>,
    /// The jobs that rules watch and that are not there.
    pub absent_jobs: BTreeSet<String>,
    /// Kibana.
    pub kibana: KibanaFacts,
}

impl Facts {
    /// The facts of a cluster of `version` of which nothing else is known.
    #[must_use]
    pub fn unknown(version: StackVersion) -> Self {
        Self {
            version,
            license: None,
            ml_enabled: None,
            upgrade_mode: None,
            max_model_memory: None,
            denied: Denied::default(),
            sees_all_indices: true,
            nodes: Vec::new(),
            inference_limit: None,
            inference: BTreeMap::new(),
            regex: None,
            clock_ahead: None,
            absent_jobs: BTreeSet::new(),
            kibana: KibanaFacts::default(),
        }
    }

    /// The version by which the features of Kibana are called: its own, where it
    /// tells.
    #[must_use]
    pub fn of_features(&self) -> &StackVersion {
        self.kibana.version.as_ref().unwrap_or(&self.version)
    }
}

/// What a bundle asks of the stack.
#[derive(Clone, Debug)]
pub struct Range {
    /// Which artifact asks.
    pub artifact: ArtifactId,
    /// The oldest stack that takes it.
    pub min: Option<StackVersion>,
    /// The newest.
    pub max: Option<StackVersion>,
    /// The subscription that its publisher asks for.
    pub subscription: Option<String>,
}

impl Range {
    /// Whether `version` is neither older nor newer than what is asked for.
    #[must_use]
    pub fn holds(&self, version: &StackVersion) -> bool {
        let old = self.min.as_ref().is_some_and(|min| version < min);
        let new = self.max.as_ref().is_some_and(|max| version > max);
        !old && !new
    }
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// The work cannot be done.
    Missing,
    /// The work can be done; what it is for may not work, or not for long.
    Warning,
}

/// One thing that is missing or doubtful.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it weighs.
    pub weight: Weight,
    /// What is missing.
    pub what: String,
    /// What to do.
    pub next: String,
}

/// The findings as they come together.
#[derive(Debug, Default)]
struct Report(Vec<Finding>);

impl Report {
    fn add(&mut self, weight: Weight, what: String, next: &str) {
        self.0.push(Finding {
            weight,
            what,
            next: next.to_owned(),
        });
    }

    fn missing(&mut self, what: String, next: &str) {
        self.add(Weight::Missing, what, next);
    }

    fn warning(&mut self, what: String, next: &str) {
        self.add(Weight::Warning, what, next);
    }
}

/// Everything that keeps the work from being begun, and everything that is
/// doubtful, all at once; what is missing first. `now` is for the license's end.
#[must_use]
pub fn findings(needs: &Needs, ranges: &[Range], facts: &Facts, now: Timestamp) -> Vec<Finding> {
    let mut report = Report::default();
    if facts.version < StackVersion::new(7, 8, 0) {
        report.missing(
            format!("Elasticsearch {} is too old", facts.version),
            "7.8 is the oldest version that sealift can work with",
        );
    }
    stack::look(ranges, facts, &mut report);
    if needs.machine_learning {
        learning(facts, now, &mut report);
    }
    capacity::look(needs, facts, &mut report);
    if !needs.kibana.is_empty() {
        kibana::look(needs, facts, &mut report);
    }
    rights(needs, facts, &mut report);
    let mut found = report.0;
    found.sort_by_key(|finding| finding.weight == Weight::Warning);
    found
}

fn learning(facts: &Facts, now: Timestamp, report: &mut Report) {
    match &facts.license {
        None => report.missing(
            "the license cannot be read".to_owned(),
            "grant the cluster privilege monitor",
        ),
        Some(license) => licensed(license, now, report),
    }
    if facts.ml_enabled == Some(false) {
        report.missing(
            "machine learning is switched off".to_owned(),
            "set xpack.ml.enabled: true on the nodes",
        );
    }
    if facts.upgrade_mode == Some(true) {
        report.missing(
            "machine learning is in upgrade mode".to_owned(),
            "end it: POST _ml/set_upgrade_mode?enabled=false",
        );
    }
}

fn licensed(license: &License, now: Timestamp, report: &mut Report) {
    let kind = &license.kind;
    if !WITH_ML.contains(&kind.as_str()) {
        report.missing(
            format!("a {kind} license does not include machine learning"),
            "install a platinum or enterprise license, or start a trial",
        );
    }
    let left = license
        .expires_millis
        .map(|end| (end / 1000).saturating_sub(now.seconds()));
    if license.status != "active" || left.is_some_and(|left| left < 0) {
        report.missing(
            format!("the {kind} license is not active"),
            "renew the license",
        );
    } else if let Some(left) = left.filter(|left| *left < SOON && kind != "trial") {
        report.warning(
            format!("the {kind} license ends in {}", days(left)),
            "renew it in time: models keep running for a while, jobs do not open again",
        );
    } else if let Some(left) = left.filter(|left| *left < SOON / 10 && kind == "trial") {
        report.warning(
            format!("the trial ends in {}", days(left)),
            "install a platinum or enterprise license before",
        );
    }
}

/// A time of so many seconds in whole days.
fn days(seconds: i64) -> String {
    match seconds / 86_400 {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

/// The rights that are missing, by what needs them.
fn rights(needs: &Needs, facts: &Facts, report: &mut Report) {
    let role = "grant the role that --preflight-only prints";
    for privilege in &facts.denied.cluster {
        let kinds = needs.cluster.get(privilege).into_iter().flatten();
        let kinds: Vec<&str> = kinds.map(|kind| kind.plural()).collect();
        let purpose = if kinds.is_empty() {
            String::new()
        } else {
            format!(", needed for {}", kinds.join(", "))
        };
        report.missing(
            format!("the user lacks the cluster privilege {privilege}{purpose}"),
            role,
        );
    }
    for (name, privileges) in &facts.denied.indices {
        let purpose = if name == RECEIPTS {
            ", where receipts and the lock are kept"
        } else {
            ""
        };
        report.missing(
            format!(
                "the user lacks {} on {name}{purpose}",
                privileges.join(", ")
            ),
            role,
        );
    }
    if needs.sight && !facts.sees_all_indices {
        report.warning(
            "the user lacks view_index_metadata on *: an index that a pipeline is the default of \
             may go unseen when the pipeline is to be removed"
                .to_owned(),
            role,
        );
    }
}

#[cfg(test)]
mod tests;
