//! What has to be true before the first change, and everything that is not.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::reference;
use crate::model::time::Timestamp;
use crate::model::version::StackVersion;

/// The index that keeps receipts in the cluster.
pub const RECEIPTS: &str = "sealift-receipts";

/// The licenses that include machine learning.
const WITH_ML: [&str; 3] = ["platinum", "enterprise", "trial"];

/// The rights that a piece of work needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Cluster privileges, or actions where no privilege has a name.
    pub cluster: BTreeSet<String>,
    /// Index patterns and their privileges.
    pub indices: BTreeMap<String, BTreeSet<String>>,
    /// Whether a license with machine learning is needed.
    pub machine_learning: bool,
    /// Whether Kibana is needed.
    pub kibana: bool,
}

impl Needs {
    /// What installing or removing `artifacts` needs. The bodies tell which
    /// indices datafeeds and analytics read.
    #[must_use]
    pub fn of<'a>(
        artifacts: impl IntoIterator<Item = (&'a ArtifactId, Option<&'a Value>)>,
    ) -> Self {
        let mut needs = Self::default();
        needs.cluster.insert("monitor".to_owned());
        needs.index(RECEIPTS, &["create_index", "read", "write"]);
        for (artifact, body) in artifacts {
            let body = body.unwrap_or(&Value::Null);
            match artifact.kind {
                ArtifactKind::Script => {
                    for action in ["get", "put", "delete"] {
                        needs
                            .cluster
                            .insert(format!("cluster:admin/script/{action}"));
                    }
                }
                ArtifactKind::Pipeline => {
                    needs.cluster.insert("manage_pipeline".to_owned());
                }
                ArtifactKind::Object | ArtifactKind::Rule => needs.kibana = true,
                ArtifactKind::Setting => needs.index(&artifact.id, &["manage"]),
                ArtifactKind::Component
                | ArtifactKind::Template
                | ArtifactKind::Index
                | ArtifactKind::Enrich
                | ArtifactKind::Transform => needs.storing(artifact, body),
                ArtifactKind::Model
                | ArtifactKind::Filter
                | ArtifactKind::Job
                | ArtifactKind::Datafeed
                | ArtifactKind::Analytics => needs.learning(artifact.kind, body),
            }
        }
        needs
    }

    fn learning(&mut self, kind: ArtifactKind, body: &Value) {
        self.machine_learning |= kind != ArtifactKind::Filter;
        self.cluster.insert("manage_ml".to_owned());
        match kind {
            ArtifactKind::Datafeed => {
                for index in names(&body["indices"]) {
                    self.index(index, &["read"]);
                }
            }
            ArtifactKind::Analytics => {
                for index in names(&body["source"]["index"]) {
                    self.index(index, &["read", "view_index_metadata"]);
                }
                for index in names(&body["dest"]["index"]) {
                    self.index(index, &["read", "index", "create_index", "manage"]);
                }
            }
            _ => {}
        }
    }

    /// Templates, indices, enrich policies and transforms.
    fn storing(&mut self, artifact: &ArtifactId, body: &Value) {
        let privilege = match artifact.kind {
            ArtifactKind::Component | ArtifactKind::Template => "manage_index_templates",
            ArtifactKind::Enrich => "manage_enrich",
            ArtifactKind::Transform => "manage_transform",
            _ => {
                return self.index(&artifact.id, &["create_index", "manage", "read"]);
            }
        };
        self.cluster.insert(privilege.to_owned());
        for index in reference::reads(artifact.kind, body) {
            self.index(index, &["read", "view_index_metadata"]);
        }
        if artifact.kind == ArtifactKind::Transform {
            for index in names(&body["dest"]["index"]) {
                self.index(index, &["read", "index", "create_index"]);
            }
        }
    }

    fn index(&mut self, name: &str, privileges: &[&str]) {
        let known = self.indices.entry(name.to_owned()).or_default();
        known.extend(privileges.iter().map(|privilege| (*privilege).to_owned()));
    }

    /// The body of `PUT _security/role/NAME` that grants all of it.
    #[must_use]
    pub fn role(&self) -> Value {
        let indices: Vec<Value> = self
            .indices
            .iter()
            .map(|(name, privileges)| json!({"names": [name], "privileges": privileges}))
            .collect();
        let mut role = json!({"cluster": self.cluster, "indices": indices});
        if self.kibana {
            role["applications"] = json!([{
                "application": "kibana-.kibana",
                "privileges": [
                    "feature_siem.all",
                    "feature_ml.all",
                    "feature_savedObjectsManagement.all",
                ],
                "resources": ["*"],
            }]);
        }
        role
    }
}

/// One name or a list of names.
fn names(value: &Value) -> Vec<&str> {
    match value {
        Value::String(name) => vec![name.as_str()],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

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
    /// The rights that are missing.
    pub denied: Denied,
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

/// One thing that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is missing.
    pub what: String,
    /// What to do.
    pub next: String,
}

/// Everything that keeps the work from being begun, all at once. `now` is for
/// the license's end; `kibana` whether Kibana was named.
#[must_use]
pub fn findings(
    needs: &Needs,
    ranges: &[Range],
    facts: &Facts,
    kibana: bool,
    now: Timestamp,
) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |what: String, next: &str| {
        found.push(Finding {
            what,
            next: next.to_owned(),
        });
    };
    if facts.version < StackVersion::new(7, 8, 0) {
        add(
            format!("Elasticsearch {} is too old", facts.version),
            "7.8 is the oldest version that sealift can work with",
        );
    }
    for range in ranges {
        let low = range.min.as_ref().is_some_and(|min| facts.version < *min);
        let high = range.max.as_ref().is_some_and(|max| facts.version > *max);
        if low || high {
            let bound = |version: &Option<StackVersion>| {
                version
                    .as_ref()
                    .map_or_else(|| "any".to_owned(), ToString::to_string)
            };
            add(
                format!(
                    "{} asks for a stack from {} to {}, the cluster is {}",
                    range.artifact,
                    bound(&range.min),
                    bound(&range.max),
                    facts.version
                ),
                "use a bundle for this version of the stack",
            );
        }
    }
    let wanted: BTreeSet<&str> = ranges
        .iter()
        .filter_map(|range| range.subscription.as_deref())
        .collect();
    for wanted in wanted {
        let license = facts.license.as_ref();
        if license.is_some_and(|license| !includes(&license.kind, wanted)) {
            add(
                format!("the bundle's package asks for the subscription {wanted}"),
                "install a license of that kind or a higher one, or start a trial",
            );
        }
    }
    if needs.machine_learning {
        learning(facts, now, &mut add);
    }
    if needs.kibana && !kibana {
        add(
            "the bundle has detection rules or saved objects and no Kibana is named".to_owned(),
            "add --kibana-url, or kibana_url to the cluster's settings",
        );
    }
    for privilege in &facts.denied.cluster {
        add(
            format!("the user lacks the cluster privilege {privilege}"),
            "grant the role that --preflight-only prints",
        );
    }
    for (name, privileges) in &facts.denied.indices {
        add(
            format!("the user lacks {} on {name}", privileges.join(", ")),
            "grant the role that --preflight-only prints",
        );
    }
    found
}

/// Whether a license of this kind includes the subscription `wanted`.
fn includes(kind: &str, wanted: &str) -> bool {
    let rank = |word: &str| {
        let ranks = [
            "basic",
            "standard",
            "gold",
            "platinum",
            "enterprise",
            "trial",
        ];
        ranks.iter().position(|known| *known == word)
    };
    rank(kind) >= rank(wanted)
}

fn learning(facts: &Facts, now: Timestamp, add: &mut dyn FnMut(String, &str)) {
    match &facts.license {
        None => add(
            "the license cannot be read".to_owned(),
            "grant the cluster privilege monitor",
        ),
        Some(license) => {
            if !WITH_ML.contains(&license.kind.as_str()) {
                add(
                    format!(
                        "a {} license does not include machine learning",
                        license.kind
                    ),
                    "install a platinum or enterprise license, or start a trial",
                );
            }
            let ended = license
                .expires_millis
                .is_some_and(|end| end / 1000 < now.seconds());
            if license.status != "active" || ended {
                add(
                    format!("the {} license is not active", license.kind),
                    "renew the license",
                );
            }
        }
    }
    if facts.ml_enabled == Some(false) {
        add(
            "machine learning is switched off".to_owned(),
            "set xpack.ml.enabled: true on the nodes",
        );
    }
    if facts.upgrade_mode == Some(true) {
        add(
            "machine learning is in upgrade mode".to_owned(),
            "end it: POST _ml/set_upgrade_mode?enabled=false",
        );
    }
}

#[cfg(test)]
mod tests;
