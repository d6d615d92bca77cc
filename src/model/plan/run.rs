//! What a plan puts to work and to rest, beside what it changes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::reopening;
use super::{Action, Permissions, Plan, Step};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::RunState;
use crate::model::operation::{Operation, Verb};
use crate::model::version::StackVersion;
use crate::model::{filter, reference};

impl Plan {
    /// Starts `artifact`, a job, datafeed or transform in `state` that an earlier
    /// plan stopped and did not come to start again, unless this plan removes it
    /// or starts it anyway. An enrich policy that was not executed is executed.
    pub fn wake(&mut self, artifact: &ArtifactId, state: RunState) {
        let verb = match artifact.kind {
            ArtifactKind::Job => Verb::Open,
            ArtifactKind::Datafeed | ArtifactKind::Transform => Verb::Start,
            ArtifactKind::Enrich => Verb::Execute,
            _ => return,
        };
        let why = "an earlier run was cut off before it was put to work again; this one does";
        self.run(artifact, verb, state, why);
    }

    /// Puts `artifact`, a job or datafeed in `state`, to work, unless this plan
    /// removes it or starts it anyway.
    pub fn start(&mut self, artifact: &ArtifactId, state: RunState) {
        let verb = match artifact.kind {
            ArtifactKind::Job => Verb::Open,
            ArtifactKind::Datafeed => Verb::Start,
            _ => return,
        };
        self.run(artifact, verb, state, "");
    }

    fn run(&mut self, artifact: &ArtifactId, verb: Verb, state: RunState, why: &str) {
        let starts = |step: &Step| {
            let mut calls = step.operations.iter();
            calls.any(|call| call.verb == verb && call.artifact == *artifact)
        };
        if state != RunState::Idle || self.steps.iter().any(starts) {
            return;
        }
        let step = self.step(artifact);
        if why.is_empty() && step.previous.is_some() && !step.owned {
            let theirs = "it was not put there by sealift and is not put to work";
            step.reasons.push(theirs.to_owned());
            return;
        }
        match step.action {
            Action::Keep => step.action = Action::Start,
            // A transform that was to be made anew may be gone by now.
            Action::Create if why.is_empty() || artifact.kind == ArtifactKind::Transform => {}
            Action::Replace | Action::Start => {}
            _ => return,
        }
        step.operations.push(Operation::bare(verb, artifact));
        if !why.is_empty() {
            step.reasons.push(why.to_owned());
        }
    }

    /// Lets `artifact`, which is ours, stay as it is, and says `why`.
    pub fn keep(&mut self, artifact: &ArtifactId, why: String) {
        let step = self.step(artifact);
        step.owned = true;
        step.reasons.push(why);
    }

    /// Puts `artifact`, a job or datafeed in `state` that stays, to rest.
    pub fn halt(&mut self, artifact: &ArtifactId, state: RunState) {
        let verb = match artifact.kind {
            ArtifactKind::Job => Verb::Close,
            ArtifactKind::Datafeed => Verb::Stop,
            _ => return,
        };
        if state != RunState::Running {
            return;
        }
        let step = self.step(artifact);
        if step.action == Action::Keep {
            step.action = Action::Stop;
            step.operations.push(Operation::bare(verb, artifact));
        }
    }

    /// The jobs of a cluster of `version` that, where they are open, have to be
    /// reopened to take notice of what the plan makes of their filters; `jobs` are
    /// all of the cluster.
    #[must_use]
    pub fn deaf_jobs(
        &self,
        version: &StackVersion,
        jobs: &BTreeMap<String, Value>,
    ) -> Vec<ArtifactId> {
        let changed: BTreeSet<&ArtifactId> = self
            .steps
            .iter()
            .filter(|step| step.artifact.kind == ArtifactKind::Filter && step.action.puts())
            .map(|step| &step.artifact)
            .collect();
        if changed.is_empty() || !filter::misses_open_jobs(version) {
            return Vec::new();
        }
        let users = jobs.iter().filter(|(_, job)| {
            let filters = reference::of_job(job);
            filters.iter().any(|filter| changed.contains(filter))
        });
        users
            .map(|(id, _)| ArtifactId::new(ArtifactKind::Job, id.as_str()))
            .collect()
    }

    /// Closes `job`, which is open, and opens it again, unless the plan does so
    /// anyway or removes it; `feeds` are its started datafeeds.
    pub fn reopen(&mut self, job: &ArtifactId, feeds: &[ArtifactId], permissions: Permissions) {
        let step = self.step(job);
        let closes = |call: &Operation| matches!(call.verb, Verb::Close | Verb::Delete);
        if step.action.stops() || step.operations.iter().any(closes) {
            return;
        }
        let why = "this version does not tell an open job of a new or changed filter";
        if permissions.restart_jobs {
            step.operations.extend(reopening(job, feeds, None));
            if step.action.stays() {
                step.action = Action::Restart;
            }
            step.reasons.push(why.to_owned());
            step.reasons.extend(step.interruption());
        } else {
            step.action = Action::Blocked;
            let way = "--restart-jobs closes and reopens it";
            step.reasons.push(format!("{why}; {way}"));
        }
    }

    /// The step of `artifact`; one that keeps it where there is none.
    fn step(&mut self, artifact: &ArtifactId) -> &mut Step {
        let known = self
            .steps
            .iter()
            .position(|step| step.artifact == *artifact);
        let position = known.unwrap_or_else(|| {
            self.steps.push(Step::keeping(artifact));
            self.steps.len() - 1
        });
        &mut self.steps[position]
    }
}
