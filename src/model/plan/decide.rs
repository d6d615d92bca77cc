//! What has to be done about one target, and what stands against it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::after::{after, free};
use super::failed::needs_force;
use super::whose::others;
use super::{Action, Permissions, Step, Target, change};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::{DOCUMENTS, Observation, Observed, Owner, RunState};
use crate::model::operation::{Operation, Verb};
use crate::model::version::StackVersion;
use crate::model::{body, diff, mark, normal, reference};

/// Everything that a decision looks at.
pub(super) struct Decision<'a> {
    pub(super) version: &'a StackVersion,
    pub(super) observation: &'a Observation,
    pub(super) permissions: Permissions,
    /// What refers to what once the targets are as wanted.
    after: Observation,
    /// What the plan removes: referents among these do not count.
    leaving: BTreeSet<ArtifactId>,
    /// What the plan deals with itself.
    handled: BTreeSet<ArtifactId>,
    /// Scripts that pipelines call, of the plan or of the cluster.
    ingest_scripts: BTreeSet<ArtifactId>,
}

impl<'a> Decision<'a> {
    pub(super) fn new(
        version: &'a StackVersion,
        targets: &[Target],
        observation: &'a Observation,
        permissions: Permissions,
    ) -> Self {
        let may_leave = |artifact: &ArtifactId| {
            let is_theirs =
                observation.bundle.is_some() && !others(observation, artifact).is_empty();
            permissions.adopt || (observation.owner(artifact) != Owner::Other && !is_theirs)
        };
        let leaving = targets
            .iter()
            .filter(|target| target.body.is_none() && may_leave(&target.artifact))
            .map(|target| target.artifact.clone())
            .collect();
        let after = after(targets, observation);
        Self {
            version,
            observation,
            permissions,
            leaving: free(leaving, &after),
            after,
            handled: targets.iter().map(|t| t.artifact.clone()).collect(),
            ingest_scripts: ingest_scripts(targets, observation),
        }
    }

    /// The step for `target`.
    pub(super) fn step(&self, target: &Target) -> Step {
        let found = self.observation.objects.get(&target.artifact);
        let mut step = Step {
            previous: found.map(|object| object.body.clone()),
            mark: target.mark.clone(),
            owned: self.permissions.adopt
                || self.observation.owner(&target.artifact) != Owner::Other,
            ..Step::keeping(&target.artifact)
        };
        match (&target.body, found) {
            (None, None) => step.action = Action::Absent,
            (None, Some(found)) => self.delete(&mut step, found),
            (Some(raw), found) => {
                let mark = target.mark.as_ref();
                let wanted = body::for_cluster(&target.artifact, raw, self.version, mark);
                if let Some(found) = found {
                    self.compare(&mut step, &wanted, found);
                    step.wanted = Some(wanted);
                } else if target.artifact.kind == ArtifactKind::Model {
                    // It can be large; one of it is enough.
                    self.create(&mut step, with_aliases(wanted, raw));
                } else {
                    self.create(&mut step, wanted.clone());
                    step.wanted = Some(wanted);
                }
            }
        }
        if self.ingest_scripts.contains(&step.artifact) {
            for call in &mut step.operations {
                call.context = (call.verb == Verb::Put).then_some("ingest");
            }
        }
        step
    }

    fn create(&self, step: &mut Step, wanted: Value) {
        if let Some(absent) = self.absent_source(&step.artifact, &wanted) {
            let artifact = &step.artifact;
            let kind = artifact.kind;
            if kind != ArtifactKind::Transform {
                step.action = Action::Blocked;
                step.reasons.push(format!(
                    "its source index {absent} is not there; create it, or leave the {kind} \
                     out: --without '{artifact}'",
                ));
                return;
            }
            step.reasons.push(format!(
                "its source index {absent} is not there yet; it can be started once it is"
            ));
        }
        step.action = Action::Create;
        step.operations
            .push(Operation::with(Verb::Put, &step.artifact, wanted));
        if step.artifact.kind == ArtifactKind::Enrich {
            step.operations
                .push(Operation::bare(Verb::Execute, &step.artifact));
        }
    }

    /// An index that `artifact` reads and that is not there, nor will be.
    fn absent_source<'w>(&self, artifact: &ArtifactId, wanted: &'w Value) -> Option<&'w str> {
        let made = |name: &str| {
            let index = ArtifactId::new(ArtifactKind::Index, name);
            self.handled.contains(&index) && !self.leaving.contains(&index)
        };
        reference::reads(artifact.kind, wanted)
            .into_iter()
            .find(|name| self.observation.absent_indices.contains(*name) && !made(name))
    }

    /// Whether what was read back after the same bytes were put is still there:
    /// the server keeps some objects in a form of its own version.
    fn as_settled(&self, step: &Step, found: &Observed) -> bool {
        let kind = step.artifact.kind;
        let claim = self.observation.claims.get(&step.artifact);
        kind == ArtifactKind::Object
            && claim.zip(step.mark.as_ref()).is_some_and(|(claim, mark)| {
                claim.mark.digest == mark.digest
                    && claim.settled == Some(normal::digest(kind, &found.body))
            })
    }

    fn compare(&self, step: &mut Step, wanted: &Value, found: &Observed) {
        let kind = step.artifact.kind;
        let (want, have) = if same_by_mark(step, &found.body) {
            // The definition of a model need not travel to be compared.
            let without = |body: &Value| {
                let mut body = body.clone();
                if let Value::Object(map) = &mut body {
                    map.remove("compressed_definition");
                    map.remove("definition");
                }
                body
            };
            normal::pair(kind, &without(wanted), &without(&found.body))
        } else {
            normal::pair(kind, wanted, &found.body)
        };
        let ours = self.observation.owner(&step.artifact);
        if want == have || self.as_settled(step, found) {
            if ours == Owner::Other {
                let whose = if self.permissions.adopt {
                    "the same is there already; it is taken over"
                } else {
                    "the same is there already, not put there by sealift; --adopt takes it over"
                };
                step.reasons.push(whose.to_owned());
            }
            step.reasons.extend(self.shared(&step.artifact));
            return;
        }
        step.diff = diff::bodies(&have, &want);
        if ours == Owner::Other && !self.permissions.adopt {
            step.action = Action::Conflict;
            step.reasons.push(format!(
                "another {kind} of this id is there, not put there by sealift; --adopt takes it over"
            ));
            return;
        }
        if let Some(theirs) = self.theirs(&step.artifact)
            && !self.permissions.adopt
        {
            step.action = Action::Conflict;
            step.reasons.push(format!(
                "another {kind} of this id is there, {theirs}; --adopt takes it over"
            ));
            return;
        }
        step.affects = self.observation.affected(&step.artifact, &self.handled);
        match change::operations(self, &step.artifact, wanted, (&want, &have), found) {
            Ok(operations) => {
                step.action = Action::Replace;
                step.operations = operations;
                step.reasons.extend(step.interruption());
            }
            Err(reason) => {
                step.action = Action::Blocked;
                step.reasons.push(reason);
            }
        }
    }

    fn delete(&self, step: &mut Step, found: &Observed) {
        let kind = step.artifact.kind;
        if self.observation.owner(&step.artifact) == Owner::Other && !self.permissions.adopt {
            let whose = if self.observation.claims.contains_key(&step.artifact) {
                "is somebody else's by now"
            } else {
                "was not put there by sealift"
            };
            step.reasons.push(format!(
                "this {kind} {whose}; --adopt removes it all the same"
            ));
            return;
        }
        if kind == ArtifactKind::Index
            && let Some(count) = found.body.get(DOCUMENTS).and_then(Value::as_u64)
            && count > 0
        {
            step.reasons.push(format!(
                "it holds {count} documents and stays; delete it by hand when nobody needs them"
            ));
            return;
        }
        if self.observation.owner(&step.artifact) == Owner::Other {
            step.reasons
                .push("it was not put there by sealift".to_owned());
        }
        if self.stays_for_others(step) {
            return;
        }
        let users = self.after.referents(&step.artifact, &self.leaving);
        if !users.is_empty() {
            step.action = Action::Blocked;
            let moves = if users.iter().any(|user| user.starts_with("index ")) {
                "; install --set-default-pipeline moves an index to another, and PUT INDEX/_settings \
                 {\"index.final_pipeline\": \"_none\"} takes a final one away"
            } else {
                ""
            };
            step.reasons
                .push(format!("still used by {}{moves}", users.join(", ")));
            return;
        }
        let unfit = needs_force(&step.artifact, found.state);
        if let Some(reason) = unfit.or_else(|| self.unseen_users(step)) {
            step.action = Action::Blocked;
            step.reasons.push(reason);
            return;
        }
        let running = found.state != RunState::Idle;
        let may_stop =
            self.permissions.restart_jobs || self.observation.begun.contains(&step.artifact);
        if running && !may_stop {
            step.action = Action::Blocked;
            step.reasons.push(format!(
                "the {kind} is at work; --restart-jobs stops it first"
            ));
            return;
        }
        step.action = Action::Delete;
        match kind {
            ArtifactKind::Job => {
                let told = "its results are deleted with it";
                step.reasons.push(told.to_owned());
            }
            ArtifactKind::Transform => {
                let told = "the index that it wrote to stays";
                step.reasons.push(told.to_owned());
            }
            _ => {}
        }
        let halt = match kind {
            ArtifactKind::Job => Some(Verb::Close),
            ArtifactKind::Datafeed | ArtifactKind::Analytics | ArtifactKind::Transform => {
                Some(Verb::Stop)
            }
            _ => None,
        };
        if let Some(verb) = halt.filter(|_| running) {
            step.operations.push(Operation::bare(verb, &step.artifact));
        }
        step.operations
            .push(Operation::bare(Verb::Delete, &step.artifact));
    }
}

/// The model `wanted` with the aliases that it had when it was taken away.
fn with_aliases(mut wanted: Value, before: &Value) -> Value {
    if let Some(aliases) = before.pointer("/metadata/model_aliases") {
        wanted["metadata"]["model_aliases"] = aliases.clone();
    }
    wanted
}

/// Whether the mark in `found` says that it came from the same bytes.
fn same_by_mark(step: &Step, found: &Value) -> bool {
    let kind = step.artifact.kind;
    kind == ArtifactKind::Model
        && mark::read(kind, found)
            .zip(step.mark.as_ref())
            .is_some_and(|(there, ours)| there.digest == ours.digest)
}

fn ingest_scripts(targets: &[Target], observation: &Observation) -> BTreeSet<ArtifactId> {
    let wanted = targets
        .iter()
        .filter(|target| target.artifact.kind == ArtifactKind::Pipeline)
        .filter_map(|target| target.body.as_ref());
    wanted
        .chain(observation.pipelines.values())
        .flat_map(reference::of_pipeline)
        .filter(|artifact| artifact.kind == ArtifactKind::Script)
        .collect()
}
