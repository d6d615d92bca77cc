//! What a piece of work needs of a cluster: rights, capacity, switches.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::byte_size::ByteSize;
use crate::model::version::StackVersion;
use crate::model::{base64, gzip, reference};

use super::RECEIPTS;

/// Definitions are measured up to this many bytes; no node takes a larger one.
const MAX_DEFINITION: u64 = 2 << 30;

/// What a model asks of a node's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelNeed {
    /// Which model.
    pub artifact: ArtifactId,
    /// The bytes of its definition once inflated.
    pub inflated: Option<u64>,
    /// The bytes that it occupies once loaded, where its body says so.
    pub memory: Option<u64>,
}

/// What a piece of work needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Cluster privileges, or actions where no privilege has a name, with the
    /// kinds that need them; no kind: sealift itself does.
    pub cluster: BTreeMap<String, BTreeSet<ArtifactKind>>,
    /// Index patterns and their privileges.
    pub indices: BTreeMap<String, BTreeSet<String>>,
    /// Whether a license with machine learning is needed.
    pub machine_learning: bool,
    /// The kinds that Kibana keeps.
    pub kibana: BTreeSet<ArtifactKind>,
    /// Whether rules are to be enabled as they are installed.
    pub enable_rules: bool,
    /// Whether the settings of all indices should be seen: they may lead to pipelines.
    pub sight: bool,
    /// The models.
    pub models: Vec<ModelNeed>,
    /// The pipelines with inference processors.
    pub inference: BTreeMap<ArtifactId, Value>,
    /// Scripts and pipelines whose Painless uses regular expressions.
    pub regex: BTreeSet<ArtifactId>,
    /// Jobs and how many bytes each may use.
    pub job_memory: BTreeMap<ArtifactId, u64>,
    /// Jobs that detection rules watch and that are not among the work itself,
    /// with those rules.
    pub watched: BTreeMap<String, BTreeSet<ArtifactId>>,
}

impl Needs {
    /// What installing or removing `artifacts` needs. The bodies tell which
    /// indices datafeeds and analytics read, and how large things are.
    #[must_use]
    pub fn of<'a>(
        artifacts: impl IntoIterator<Item = (&'a ArtifactId, Option<&'a Value>)>,
    ) -> Self {
        let mut needs = Self::default();
        let mut own_jobs = BTreeSet::new();
        needs.privilege("monitor", None);
        needs.index(
            RECEIPTS,
            &["create_index", "read", "view_index_metadata", "write"],
        );
        for (artifact, body) in artifacts {
            let body = body.unwrap_or(&Value::Null);
            let kind = artifact.kind;
            match kind {
                ArtifactKind::Script => {
                    for action in ["get", "put", "delete"] {
                        needs.privilege(&format!("cluster:admin/script/{action}"), Some(kind));
                    }
                }
                ArtifactKind::Pipeline => needs.pipeline(artifact, body),
                ArtifactKind::Object => {
                    needs.kibana.insert(kind);
                }
                ArtifactKind::Rule => needs.rule(artifact, body),
                ArtifactKind::Setting => needs.setting(&artifact.id),
                ArtifactKind::Component
                | ArtifactKind::Template
                | ArtifactKind::Index
                | ArtifactKind::Enrich
                | ArtifactKind::Transform => needs.storing(artifact, body),
                ArtifactKind::Model
                | ArtifactKind::Filter
                | ArtifactKind::Job
                | ArtifactKind::Datafeed
                | ArtifactKind::Analytics => needs.learning(artifact, body),
            }
            if kind == ArtifactKind::Job {
                own_jobs.insert(artifact.id.as_str());
            }
        }
        needs
            .watched
            .retain(|job, _| !own_jobs.contains(job.as_str()));
        needs
    }

    /// Adds what it takes to change the settings of `index`, a name or a pattern.
    pub fn setting(&mut self, index: &str) {
        self.index(index, &["manage", "view_index_metadata"]);
    }

    fn privilege(&mut self, name: &str, kind: Option<ArtifactKind>) {
        self.cluster
            .entry(name.to_owned())
            .or_default()
            .extend(kind);
    }

    fn pipeline(&mut self, artifact: &ArtifactId, body: &Value) {
        self.privilege("manage_pipeline", Some(ArtifactKind::Pipeline));
        self.sight = true;
        if reference::inference_processors(body) > 0 {
            self.inference.insert(artifact.clone(), body.clone());
        }
    }

    fn rule(&mut self, artifact: &ArtifactId, body: &Value) {
        self.kibana.insert(ArtifactKind::Rule);
        for job in reference::jobs_of_rule(body) {
            self.watched
                .entry(job.id)
                .or_default()
                .insert(artifact.clone());
        }
    }

    fn learning(&mut self, artifact: &ArtifactId, body: &Value) {
        let kind = artifact.kind;
        self.machine_learning |= kind != ArtifactKind::Filter;
        self.privilege("manage_ml", Some(kind));
        match kind {
            ArtifactKind::Model => self.models.push(model(artifact, body)),
            ArtifactKind::Job => {
                let limit = body.pointer("/analysis_limits/model_memory_limit");
                if let Some(bytes) = limit.and_then(memory_limit) {
                    self.job_memory.insert(artifact.clone(), bytes);
                }
            }
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
        self.privilege(privilege, Some(artifact.kind));
        for index in reference::reads(artifact.kind, body) {
            self.index(index, &["read", "view_index_metadata"]);
        }
        if artifact.kind == ArtifactKind::Transform {
            for index in names(&body["dest"]["index"]) {
                self.index(index, &["read", "index", "create_index"]);
            }
        }
    }

    /// Whether jobs or datafeeds are among it, which a node has to run.
    #[must_use]
    pub fn has_jobs(&self) -> bool {
        let kinds = self.cluster.get("manage_ml");
        kinds.is_some_and(|kinds| {
            kinds.contains(&ArtifactKind::Job) || kinds.contains(&ArtifactKind::Datafeed)
        })
    }

    fn index(&mut self, name: &str, privileges: &[&str]) {
        let known = self.indices.entry(name.to_owned()).or_default();
        known.extend(privileges.iter().map(|privilege| (*privilege).to_owned()));
    }

    /// The privileges of Kibana's features, as `version` calls them.
    #[must_use]
    pub fn features(&self, version: &StackVersion) -> Vec<&'static str> {
        let mut all = Vec::new();
        if self.kibana.contains(&ArtifactKind::Rule) {
            all.extend(for_rules(version));
        }
        if self.kibana.contains(&ArtifactKind::Object) {
            all.push("feature_savedObjectsManagement.all");
        }
        all
    }

    /// The body of `PUT _security/role/NAME` that grants all of it, with Kibana's
    /// features as `version` calls them, in `space`.
    #[must_use]
    pub fn role(&self, version: &StackVersion, space: &str) -> Value {
        let mut indices: Vec<Value> = self
            .indices
            .iter()
            .map(|(name, privileges)| json!({"names": [name], "privileges": privileges}))
            .collect();
        if self.sight {
            indices.push(json!({"names": ["*"], "privileges": ["view_index_metadata"]}));
        }
        let cluster: Vec<&String> = self.cluster.keys().collect();
        let mut role = json!({"cluster": cluster, "indices": indices});
        if !self.kibana.is_empty() {
            role["applications"] = json!([{
                "application": KIBANA,
                "privileges": self.features(version),
                "resources": [format!("space:{space}")],
            }]);
        }
        role
    }
}

/// The application under which Kibana keeps its privileges.
pub const KIBANA: &str = "kibana-.kibana";

/// The privileges of Kibana's features that managing detection rules needs. The
/// security feature got a new name whenever a part of it was split off: 8.18,
/// 9.1, 9.2, and 9.3 with rules on their own
/// (`security-solution/features/src/constants.ts`).
fn for_rules(version: &StackVersion) -> Vec<&'static str> {
    let security: &[&str] = match version {
        version if version.offers(9, 3) => {
            &["feature_siemV5.all", "feature_securitySolutionRulesV1.all"]
        }
        version if version.offers(9, 2) => &["feature_siemV4.all"],
        version if version.offers(9, 1) => &["feature_siemV3.all"],
        version if version.offers(8, 18) => &["feature_siemV2.all"],
        _ => &["feature_siem.all"],
    };
    let mut all = security.to_vec();
    all.push("feature_ml.all");
    all
}

fn model(artifact: &ArtifactId, body: &Value) -> ModelNeed {
    let packed = body.get("compressed_definition").and_then(Value::as_str);
    let inflated = match packed {
        Some(text) => match gzip::inflated_length(base64::decoding(text), MAX_DEFINITION) {
            Ok(length) => Some(length),
            Err(gzip::InflateError::TooLong { .. }) => Some(MAX_DEFINITION),
            // What is wrong with it is told where it is read.
            Err(gzip::InflateError::Corrupt(_)) => None,
        },
        None => body
            .get("definition")
            .map(|definition| definition.to_string().len() as u64),
    };
    let memory = ["model_size_bytes", "estimated_heap_memory_usage_bytes"]
        .iter()
        .find_map(|key| body.get(*key)?.as_u64());
    ModelNeed {
        artifact: artifact.clone(),
        inflated,
        memory,
    }
}

/// `model_memory_limit`: a size, or a number of megabytes.
pub(super) fn memory_limit(value: &Value) -> Option<u64> {
    let bytes = match value {
        Value::Number(number) => number.as_i64()?.checked_mul(1 << 20)?,
        Value::String(text) => ByteSize::parse(text, "model_memory_limit").ok()?.bytes(),
        _ => return None,
    };
    u64::try_from(bytes).ok()
}

/// One name or a list of names.
fn names(value: &Value) -> Vec<&str> {
    match value {
        Value::String(name) => vec![name.as_str()],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
