//! What a cluster holds now, as far as it matters for a plan.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::digest::Digest;
use crate::model::mark::Mark;
use crate::model::{mark, normal, reference};

/// Which cluster an observation, a plan or a receipt speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterIdentity {
    /// `cluster_uuid`: stays the same for the cluster's life.
    pub uuid: String,
    /// `cluster_name`: what its people call it.
    pub name: String,
    /// `version.number` as the cluster states it.
    pub version: String,
}

/// Whether a job, datafeed or analytics is at work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Closed or stopped, or a kind that has no state.
    #[default]
    Idle,
    /// Opened or started, or on the way there.
    Running,
    /// Broke down by itself.
    Failed,
}

/// The key under which the body of an observed index carries the number of its
/// documents; no API has it there.
pub const DOCUMENTS: &str = "documents";

/// One object of a cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// The object as the API gives it.
    pub body: Value,
    /// Whether it is at work.
    #[serde(default)]
    pub state: RunState,
}

/// What stands beside the receipts about an artifact that sealift put there or
/// took over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The mark of the bundle that it came from.
    pub mark: Mark,
    /// The receipt that tells how.
    pub receipt: String,
    /// The digest of the object in canonical form as it was read back after it
    /// was put there: another one later is drift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Digest>,
    /// The marks of bundles of other channels that want the very same object: it is
    /// theirs in common.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<Mark>,
}

impl Claim {
    /// The marks of all bundles whose object it is, one of each channel.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        std::iter::once(&self.mark).chain(&self.shared)
    }

    /// Whether the bundle of `mark` is among those whose object it is.
    #[must_use]
    pub fn is_of(&self, mark: &Mark) -> bool {
        self.marks().any(|own| own == mark)
    }

    /// Takes note that the bundle of `mark` wants the same object: in the place of
    /// the earlier bundle of its channel, or beside those of others.
    pub fn share(&mut self, mark: &Mark) {
        let mut own = std::iter::once(&mut self.mark).chain(&mut self.shared);
        match own.find(|own| own.channel == mark.channel) {
            Some(own) => *own = mark.clone(),
            None => self.shared.push(mark.clone()),
        }
    }

    /// The claim without the bundles of `channel`; `None` where nobody else's is
    /// left.
    #[must_use]
    pub fn without(mut self, channel: &str) -> Option<Self> {
        self.shared.retain(|mark| mark.channel != channel);
        if self.mark.channel == channel {
            if self.shared.is_empty() {
                return None;
            }
            self.mark = self.shared.remove(0);
        }
        Some(self)
    }
}

/// Who put an object there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// sealift, from the bundle of this mark.
    Sealift(Mark),
    /// Somebody else.
    Other,
}

/// A datafeed's job and state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// The id of its job.
    pub job: String,
    /// Whether it is started.
    pub state: RunState,
}

/// A detection rule that watches jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watcher {
    /// The rule's own id.
    pub rule_id: String,
    /// The Kibana space that it is in; `None`: the one that is worked on.
    pub space: Option<String>,
    /// The jobs.
    pub jobs: BTreeSet<ArtifactId>,
}

/// What a cluster holds.
#[derive(Clone, Debug, Default)]
pub struct Observation {
    /// The artifacts that were asked about and are there.
    pub objects: BTreeMap<ArtifactId, Observed>,
    /// All ingest pipelines, for what they refer to.
    pub pipelines: BTreeMap<String, Value>,
    /// All transforms, for the scripts and pipelines that they use.
    pub transforms: BTreeMap<String, Value>,
    /// All index templates, for the components that they are made of and the
    /// pipelines that they lead indices to.
    pub templates: BTreeMap<String, Value>,
    /// All component templates, for the pipelines.
    pub components: BTreeMap<String, Value>,
    /// All templates of the old kind, for the pipelines.
    pub legacy_templates: BTreeMap<String, Value>,
    /// The second names of models, under which pipelines may call them too.
    pub aliases: BTreeMap<ArtifactId, BTreeSet<ArtifactId>>,
    /// What may use pipelines, scripts or models and may not be looked at.
    pub unseen: Vec<&'static str>,
    /// Whether the default pipelines of some indices may not be looked at on a
    /// cluster that deletes a pipeline all the same.
    pub indices_unseen: bool,
    /// All anomaly detection jobs, for the filters of their custom rules.
    pub jobs: BTreeMap<String, Value>,
    /// All datafeeds.
    pub datafeeds: BTreeMap<String, Feed>,
    /// Indices whose default or final pipeline is the key.
    pub index_pipelines: BTreeMap<String, BTreeSet<String>>,
    /// The detection rules that watch jobs.
    pub watchers: Vec<Watcher>,
    /// Indices that analytics, transforms or enrich policies want to read and that
    /// are not there.
    pub absent_indices: BTreeSet<String>,
    /// The channel of the bundle that is worked for, and its place there; `None`: no
    /// bundle.
    pub bundle: Option<(String, u64)>,
    /// What was started by the work that is undone, and may be stopped for it.
    pub begun: BTreeSet<ArtifactId>,
    /// What sealift remembers to be its own.
    pub claims: BTreeMap<ArtifactId, Claim>,
    /// The kinds of which this cluster keeps a mark in each object.
    pub marked: BTreeSet<ArtifactKind>,
}

impl Observation {
    /// Who put the observed object there.
    #[must_use]
    pub fn owner(&self, artifact: &ArtifactId) -> Owner {
        let found = self.objects.get(artifact);
        let marked = found.and_then(|object| mark::read(artifact.kind, &object.body));
        marked
            .or_else(|| self.valid_claim(artifact).map(|claim| claim.mark.clone()))
            .map_or(Owner::Other, Owner::Sealift)
    }

    /// What is remembered of the artifact, unless somebody else's took its place.
    fn valid_claim(&self, artifact: &ArtifactId) -> Option<&Claim> {
        let found = self.objects.get(artifact);
        let is_marked = |found: &Observed| mark::read(artifact.kind, &found.body).is_some();
        self.claims.get(artifact).filter(|claim| {
            found.is_none_or(|found| {
                is_marked(found) || !self.is_anothers(artifact.kind, claim, found)
            })
        })
    }

    /// The marks of the bundles of other channels than the one that is worked for
    /// whose object the artifact is. What is remembered goes before the mark in the
    /// object, which stays when the object is handed on.
    #[must_use]
    pub fn of_other_channels(&self, artifact: &ArtifactId) -> Vec<Mark> {
        let found = self.objects.get(artifact);
        let mut marks: Vec<Mark> = match self.valid_claim(artifact) {
            Some(claim) => claim.marks().cloned().collect(),
            None => found
                .and_then(|object| mark::read(artifact.kind, &object.body))
                .into_iter()
                .collect(),
        };
        if let Some((channel, _)) = &self.bundle {
            marks.retain(|mark| mark.channel != *channel);
        }
        marks
    }

    /// Whether what was `found`, without a mark in it, took the place of what `claim`
    /// remembers. Where objects carry marks only what is still as it was left can be
    /// without one: a cluster that was updated since learned of marks later. A setting
    /// is ours while it leads where we led it.
    fn is_anothers(&self, kind: ArtifactKind, claim: &Claim, found: &Observed) -> bool {
        let is_as_left = || {
            let settled = claim.settled.as_ref();
            settled.map(|settled| *settled == normal::digest(kind, &found.body))
        };
        if kind == ArtifactKind::Setting {
            return is_as_left() == Some(false);
        }
        self.marked.contains(&kind) && is_as_left() != Some(true)
    }

    /// The started datafeeds of `job`.
    #[must_use]
    pub fn started_feeds(&self, job: &ArtifactId) -> Vec<ArtifactId> {
        let feeds = self.datafeeds.iter();
        feeds
            .filter(|(_, feed)| feed.job == job.id && feed.state == RunState::Running)
            .map(|(id, _)| ArtifactId::new(ArtifactKind::Datafeed, id.as_str()))
            .collect()
    }

    /// What in the cluster refers to `artifact`: templates, pipelines, transforms,
    /// jobs, datafeeds, rules, and indices as `index NAME`; `except` are left out.
    #[must_use]
    pub fn referents(&self, artifact: &ArtifactId, except: &BTreeSet<ArtifactId>) -> Vec<String> {
        let users = self.users(artifact);
        let others = users.filter(|user| !except.contains(user));
        let mut found: Vec<String> = others.map(|user| told(&user)).collect();
        found.extend(self.legacy_users(artifact));
        if artifact.kind == ArtifactKind::Job {
            for (id, feed) in &self.datafeeds {
                let own = ArtifactId::new(ArtifactKind::Datafeed, id.as_str());
                if feed.job == artifact.id && !except.contains(&own) {
                    found.push(own.to_string());
                }
            }
            found.extend(self.watchers_of(artifact, except));
        }
        if artifact.kind == ArtifactKind::Pipeline {
            let indices = self.index_pipelines.get(&artifact.id);
            let led = |name: &String| {
                !except.contains(&ArtifactId::new(ArtifactKind::Setting, name.as_str()))
            };
            found.extend(
                indices
                    .into_iter()
                    .flatten()
                    .filter(|name| led(name))
                    .map(|name| format!("index {name}")),
            );
        }
        found
    }

    /// What in the cluster feels a change of `artifact`: what refers to it, and what
    /// refers to that in turn; `ours` are left out, not what they lead to.
    #[must_use]
    pub fn affected(&self, artifact: &ArtifactId, ours: &BTreeSet<ArtifactId>) -> Vec<String> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut next = vec![artifact.clone()];
        while let Some(artifact) = next.pop() {
            for name in self.referents(&artifact, ours) {
                if !found.contains(&name) {
                    found.push(name);
                }
            }
            let users: Vec<ArtifactId> = self.users(&artifact).collect();
            next.extend(users.into_iter().filter(|user| seen.insert(user.clone())));
        }
        found
    }

    /// The templates, pipelines, transforms and jobs that refer to `artifact`, under
    /// any of its names.
    fn users(&self, artifact: &ArtifactId) -> impl Iterator<Item = ArtifactId> {
        let lists = [
            (ArtifactKind::Template, &self.templates),
            (ArtifactKind::Component, &self.components),
            (ArtifactKind::Pipeline, &self.pipelines),
            (ArtifactKind::Transform, &self.transforms),
            (ArtifactKind::Job, &self.jobs),
        ];
        let aliases = self.aliases.get(artifact);
        lists.into_iter().flat_map(move |(kind, list)| {
            let users = list.iter().filter(move |(_, body)| {
                let mut named = reference::of(kind, body);
                if let Some(settings) = body.pointer("/template/settings") {
                    named.extend(reference::of_settings(settings));
                }
                named.contains(artifact)
                    || aliases.is_some_and(|aliases| !aliases.is_disjoint(&named))
            });
            users.map(move |(id, _)| ArtifactId::new(kind, id.as_str()))
        })
    }

    /// The templates of the old kind that lead to `artifact`.
    fn legacy_users(&self, artifact: &ArtifactId) -> impl Iterator<Item = String> {
        let users = self.legacy_templates.iter().filter(|(_, body)| {
            let settings = body.get("settings");
            settings.is_some_and(|settings| reference::of_settings(settings).contains(artifact))
        });
        users.map(|(name, _)| format!("legacy template {name}"))
    }

    fn watchers_of(&self, job: &ArtifactId, except: &BTreeSet<ArtifactId>) -> Vec<String> {
        let watching = self.watchers.iter().filter(|w| w.jobs.contains(job));
        watching
            .filter_map(|watcher| {
                let own = ArtifactId::new(ArtifactKind::Rule, watcher.rule_id.as_str());
                match &watcher.space {
                    None if except.contains(&own) => None,
                    None => Some(own.to_string()),
                    Some(space) => Some(format!("{own} of the space {space}")),
                }
            })
            .collect()
    }
}

/// A user by the name that the stack's own pages give to its kind.
fn told(user: &ArtifactId) -> String {
    match user.kind {
        ArtifactKind::Template => format!("index template {}", user.id),
        ArtifactKind::Component => format!("component template {}", user.id),
        _ => user.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ArtifactId, ArtifactKind, Observation};

    #[test]
    fn a_change_reaches_what_refers_to_it_and_what_refers_to_that() {
        let ours = json!({"processors": [{"script": {"id": "s"}}]});
        let theirs = json!({"processors": [{"pipeline": {"name": "ours"}}]});
        let indices = [("ours", "dns"), ("theirs", "web"), ("other", "mail")];
        let observation = Observation {
            pipelines: [("ours".to_owned(), ours), ("theirs".to_owned(), theirs)].into(),
            index_pipelines: indices
                .map(|(pipeline, index)| (pipeline.to_owned(), [index.to_owned()].into()))
                .into(),
            ..Observation::default()
        };
        let script = ArtifactId::new(ArtifactKind::Script, "s");
        let pipeline = ArtifactId::new(ArtifactKind::Pipeline, "ours");
        let both = [script.clone(), pipeline.clone()].into();
        let reached = ["pipeline theirs", "index dns", "index web"];
        assert_eq!(observation.affected(&script, &both), reached);
        assert_eq!(observation.affected(&pipeline, &both), reached);
        assert_eq!(observation.referents(&script, &both), [""; 0]);
    }
}
