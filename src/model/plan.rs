//! The steps that lead from what a cluster holds to what is wanted.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::digest::Digest;
use crate::model::mark::Mark;
use crate::model::normal;
use crate::model::observation::{ClusterIdentity, Observation};
use crate::model::operation::{Operation, Verb};
use crate::model::version::StackVersion;

mod after;
mod change;
mod course;
mod decide;
mod failed;
mod order;
mod run;
mod whose;

pub use course::{Call, Course, STAGING, is_staged, unstaged};

/// What one artifact shall be.
#[derive(Clone, Debug)]
pub struct Target {
    /// Which artifact.
    pub artifact: ArtifactId,
    /// The body that it shall have; `None`: it shall be gone.
    pub body: Option<Value>,
    /// The mark that it carries, where it comes from a bundle.
    pub mark: Option<Mark>,
}

/// What a step does with its artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is not there and will be.
    Create,
    /// It is as wanted.
    Keep,
    /// It is ours and differs.
    Replace,
    /// It is as wanted, and put to work.
    Start,
    /// It stays, and is put to rest.
    Stop,
    /// It stays, and is put to rest and to work again.
    Restart,
    /// It is there and will not be.
    Delete,
    /// It is not wanted and not there.
    Absent,
    /// Something else of the same id is there, which is not ours.
    Conflict,
    /// It cannot be changed as things stand.
    Blocked,
}

impl Action {
    /// The action as one word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Keep => "keep",
            Self::Replace => "replace",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Delete => "delete",
            Self::Absent => "absent",
            Self::Conflict => "conflict",
            Self::Blocked => "blocked",
        }
    }

    /// Whether it changes the cluster.
    #[must_use]
    pub const fn changes(self) -> bool {
        matches!(
            self,
            Self::Create | Self::Replace | Self::Start | Self::Stop | Self::Restart | Self::Delete
        )
    }

    /// Whether the object is put there or changed.
    #[must_use]
    pub const fn puts(self) -> bool {
        matches!(self, Self::Create | Self::Replace)
    }

    /// Whether the object stays as it is, whatever it is made to do.
    #[must_use]
    pub const fn stays(self) -> bool {
        matches!(self, Self::Keep | Self::Start | Self::Stop | Self::Restart)
    }

    /// Whether it keeps the plan from being applied.
    #[must_use]
    pub const fn stops(self) -> bool {
        matches!(self, Self::Conflict | Self::Blocked)
    }
}

/// What is done about one artifact, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Which artifact.
    pub artifact: ArtifactId,
    /// What is done.
    pub action: Action,
    /// Why, where it does not speak for itself, and what to do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// What live objects it touches that the plan does not change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub affects: Vec<String>,
    /// The lines that change, for reading.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub diff: String,
    /// The calls, in order.
    #[serde(skip)]
    pub operations: Vec<Operation>,
    /// The object as it was found, where it was.
    #[serde(skip)]
    pub previous: Option<Value>,
    /// The body that it shall have, as the cluster takes it; a model's is in its
    /// call alone.
    #[serde(skip)]
    pub wanted: Option<Value>,
    /// The mark that it will carry or be remembered by.
    #[serde(skip)]
    pub mark: Option<Mark>,
    /// Whether what was found is sealift's, or may be taken over.
    #[serde(skip)]
    pub owned: bool,
}

impl Step {
    /// A step that leaves `artifact` as it is.
    fn keeping(artifact: &ArtifactId) -> Self {
        Self {
            artifact: artifact.clone(),
            action: Action::Keep,
            reasons: Vec::new(),
            affects: Vec::new(),
            diff: String::new(),
            operations: Vec::new(),
            previous: None,
            wanted: None,
            mark: None,
            owned: false,
        }
    }

    /// Whether `call` starts what this step did not put to rest itself.
    fn puts_to_work(&self, call: &Operation) -> bool {
        let rests = |other: &Operation| {
            matches!(other.verb, Verb::Close | Verb::Stop) && other.artifact == call.artifact
        };
        matches!(call.verb, Verb::Open | Verb::Start) && !self.operations.iter().any(rests)
    }

    /// What the step puts to rest for a change and to work again, as a reason.
    fn interruption(&self) -> Option<String> {
        let of = |verbs: [Verb; 2]| {
            let calls = self.operations.iter();
            calls.filter(move |call| verbs.contains(&call.verb))
        };
        let names: Vec<String> = of([Verb::Close, Verb::Stop])
            .map(|call| call.artifact.to_string())
            .collect();
        of([Verb::Open, Verb::Start]).next()?;
        let told = match names.as_slice() {
            [] => return None,
            [_] => "is put to rest for it and to work again",
            _ => "are put to rest for it and to work again",
        };
        Some(format!("{} {told}", names.join(", ")))
    }
}

/// What the operator allows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Permissions {
    /// Take over objects that somebody else put there.
    pub adopt: bool,
    /// Stop datafeeds and close jobs where a change needs it, and start again
    /// what still exists afterwards.
    pub restart_jobs: bool,
    /// Remove pipelines though it cannot be seen whether indices need them.
    pub unseen: bool,
}

/// All steps, in the order in which they are applied.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// For which cluster.
    pub cluster: ClusterIdentity,
    /// The steps: first what is created or replaced, kind by kind and inner
    /// pipelines before outer ones; then what goes, in reverse.
    pub steps: Vec<Step>,
    /// The pipelines that are tried with the bundle's documents before anything
    /// that is in use changes.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub trials: BTreeSet<String>,
}

impl Plan {
    /// The plan that makes every target true on the cluster of `observation`.
    #[must_use]
    pub fn new(
        cluster: ClusterIdentity,
        version: &StackVersion,
        targets: &[Target],
        observation: &Observation,
        permissions: Permissions,
    ) -> Self {
        let decision = decide::Decision::new(version, targets, observation, permissions);
        let steps = order::sorted(targets, &observation.pipelines)
            .into_iter()
            .map(|target| decision.step(target))
            .collect();
        Self {
            cluster,
            steps,
            trials: BTreeSet::new(),
        }
    }

    /// What the plan stops and starts again, and the enrich policies that it
    /// executes.
    pub fn restarted(&self) -> impl Iterator<Item = &ArtifactId> {
        let calls = || self.steps.iter().flat_map(|step| &step.operations);
        let starts =
            calls().filter(|call| matches!(call.verb, Verb::Open | Verb::Start | Verb::Execute));
        starts.map(|call| &call.artifact)
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.steps
            .iter()
            .all(|step| matches!(step.action, Action::Keep | Action::Absent))
    }

    /// The steps that keep the plan from being applied.
    #[must_use]
    pub fn obstacles(&self) -> Vec<&Step> {
        self.steps
            .iter()
            .filter(|step| step.action.stops())
            .collect()
    }

    /// How many steps do `action`.
    #[must_use]
    pub fn count(&self, action: Action) -> usize {
        self.steps
            .iter()
            .filter(|step| step.action == action)
            .count()
    }

    /// The counts in words: `3 create, 8 keep`.
    #[must_use]
    pub fn summary(&self) -> String {
        let actions = [
            Action::Create,
            Action::Replace,
            Action::Start,
            Action::Stop,
            Action::Restart,
            Action::Delete,
            Action::Keep,
            Action::Absent,
            Action::Conflict,
            Action::Blocked,
        ];
        let words: Vec<String> = actions
            .into_iter()
            .map(|action| (self.count(action), action.name()))
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        if words.is_empty() {
            "nothing to do".to_owned()
        } else {
            words.join(", ")
        }
    }

    /// A digest over what the plan would do, whatever it found besides: two plans
    /// with one intent make the same calls.
    #[must_use]
    pub fn intent(&self) -> Digest {
        let steps: Vec<Value> = self
            .steps
            .iter()
            .map(|step| {
                let calls: Vec<Value> = step
                    .operations
                    .iter()
                    .map(|call| serde_json::json!([call.to_string(), settled(&call.body)]))
                    .collect();
                serde_json::json!([step.artifact.to_string(), step.action.name(), calls])
            })
            .collect();
        Digest::of(
            serde_json::json!([self.cluster.uuid, steps])
                .to_string()
                .as_bytes(),
        )
    }

    /// A digest over everything that the plan would do and over what it found, as far
    /// as somebody made it: two plans with one fingerprint do the same to the same. What
    /// a running rule or an open job writes into itself is left out; whether a job runs
    /// shows in the calls, and whether a rule does counts where it is changed.
    #[must_use]
    pub fn fingerprint(&self) -> Digest {
        self.fingerprint_of(&self.steps)
    }

    /// The same over `steps` alone.
    #[must_use]
    pub fn fingerprint_of(&self, steps: &[Step]) -> Digest {
        let steps: Vec<Value> = steps
            .iter()
            .map(|step| {
                let kind = step.artifact.kind;
                let counts = kind == ArtifactKind::Rule && step.action.changes();
                let previous = step.previous.as_ref().map(|body| {
                    let runs = body.get("enabled").filter(|_| counts);
                    serde_json::json!([normal::canonical(kind, body), runs])
                });
                let calls: Vec<Value> = step
                    .operations
                    .iter()
                    .map(|call| serde_json::json!([call.to_string(), call.body]))
                    .collect();
                serde_json::json!([
                    step.artifact.to_string(),
                    step.action.name(),
                    previous,
                    calls
                ])
            })
            .collect();
        let all = serde_json::json!([self.cluster.uuid, steps]);
        Digest::of(all.to_string().as_bytes())
    }
}

/// `body` with its keys sorted.
fn settled(body: &Value) -> Value {
    let mut body = body.clone();
    body.sort_all_objects();
    body
}

#[cfg(test)]
mod tests;
