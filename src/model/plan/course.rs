//! The calls of a plan in the order in which they are made, so that whoever uses
//! the pipelines meanwhile meets the old ones or the new ones, never a mixture.
//!
//! Scripts and pipelines that others use are overwritten in place, one call each.
//! Where one entry leads to several of them, copies of the new ones are put under
//! staging names first. Then one call points the entry to the copies, which is the
//! switch; the real ones follow unseen, the entry is pointed to them, and the
//! copies go. The same copies serve for the trial with the bundle's documents,
//! before anything that is in use changes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Action, Plan, Step};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::operation::{Operation, Verb};
use crate::model::reference;

/// What the id of a copy begins with.
pub const STAGING: &str = "sealift-staging-";

/// The name of the copy of `artifact`.
fn staged(artifact: &ArtifactId) -> ArtifactId {
    ArtifactId::new(artifact.kind, format!("{STAGING}{}", artifact.id))
}

/// Whether `artifact` is such a copy.
#[must_use]
pub fn is_staged(artifact: &ArtifactId) -> bool {
    let kinds = [ArtifactKind::Script, ArtifactKind::Pipeline];
    kinds.contains(&artifact.kind) && artifact.id.starts_with(STAGING)
}

/// `body`, which may have been read while it led to copies, as it is without.
#[must_use]
pub fn unstaged(body: &Value) -> Value {
    reference::redirected(body, &|id| id.id.strip_prefix(STAGING).map(str::to_owned))
}

/// One call of a course.
#[derive(Clone, Debug)]
pub struct Call<'p> {
    /// What is sent.
    pub operation: Cow<'p, Operation>,
    /// The body that the object has afterwards, where the call changes it.
    pub wanted: Cow<'p, Value>,
    /// The object before the call; `None` where there is none.
    pub previous: Option<Cow<'p, Value>>,
}

impl<'p> Call<'p> {
    fn of(step: &'p Step, operation: &'p Operation) -> Self {
        Self {
            wanted: Cow::Borrowed(step.wanted.as_ref().unwrap_or(&operation.body)),
            previous: step.previous.as_ref().map(Cow::Borrowed),
            operation: Cow::Borrowed(operation),
        }
    }

    fn put(operation: Operation, previous: Option<Cow<'p, Value>>) -> Self {
        Self {
            wanted: Cow::Owned(operation.body.clone()),
            operation: Cow::Owned(operation),
            previous,
        }
    }
}

/// All calls of a plan.
#[derive(Clone, Debug, Default)]
pub struct Course<'p> {
    /// What nobody uses yet.
    pub before: Vec<Call<'p>>,
    /// The copies.
    pub copies: Vec<Call<'p>>,
    /// The pipelines that are tried, each with the name under which.
    pub trials: BTreeMap<String, String>,
    /// What changes things that are in use: scripts and pipelines.
    pub switch: Vec<Call<'p>>,
    /// Whether something that is in use leads to copies for a while.
    pub redirects: bool,
    /// The copies go.
    pub clear: Vec<Call<'p>>,
    /// Everything else; what goes comes last.
    pub after: Vec<Call<'p>>,
    /// What is put to work that was at rest: should it refuse, all else is done.
    pub start: Vec<Call<'p>>,
}

impl Course<'_> {
    /// All calls in their order.
    pub fn calls(&self) -> impl Iterator<Item = &Call<'_>> {
        let parts = [
            &self.before,
            &self.copies,
            &self.switch,
            &self.clear,
            &self.after,
            &self.start,
        ];
        parts.into_iter().flatten()
    }

    /// How many calls there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls().count()
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of the copies.
    pub fn staged(&self) -> impl Iterator<Item = &ArtifactId> {
        self.copies.iter().map(|call| &call.operation.artifact)
    }
}

/// What is copied for a plan, and what is pointed to the copies.
struct Stage<'p> {
    /// Every wanted pipeline of the plan, inner before outer.
    pipelines: Vec<(&'p Step, &'p Value)>,
    copied: BTreeSet<&'p ArtifactId>,
    switched: BTreeSet<&'p ArtifactId>,
}

impl Plan {
    /// The calls of the plan.
    #[must_use]
    pub fn course(&self) -> Course<'_> {
        let stage = Stage::of(self);
        let mut course = Course {
            copies: stage.copies(self),
            redirects: !stage.switched.is_empty(),
            ..Course::default()
        };
        for pipeline in &self.trials {
            let artifact = ArtifactId::new(ArtifactKind::Pipeline, pipeline.as_str());
            if stage.changes_below(self, &artifact) {
                let name = if stage.copied.contains(&artifact) {
                    staged(&artifact).id
                } else {
                    pipeline.clone()
                };
                course.trials.insert(pipeline.clone(), name);
            }
        }
        course.switch.extend(stage.redirections());
        for step in &self.steps {
            let (starting, other): (Vec<_>, Vec<_>) = step
                .operations
                .iter()
                .partition(|call| step.puts_to_work(call));
            let of_step = |operation| Call::of(step, operation);
            course.start.extend(starting.into_iter().map(of_step));
            let calls = other.into_iter().map(of_step);
            let kind = step.artifact.kind;
            let in_use = kind == ArtifactKind::Script && stage.copied.contains(&step.artifact);
            let copied_again = course.staged().any(|copy| *copy == step.artifact);
            if copied_again {
                // It goes with the other copies.
            } else if matches!(kind, ArtifactKind::Component | ArtifactKind::Template)
                && step.action != Action::Delete
            {
                // New indices follow them at once.
                course.switch.extend(calls);
            } else if step.action == Action::Delete || kind > ArtifactKind::Pipeline {
                course.after.extend(calls);
            } else if kind == ArtifactKind::Pipeline {
                course.switch.extend(stage.settling(step));
            } else if in_use {
                course.switch.extend(calls);
            } else {
                course.before.extend(calls);
            }
        }
        course.clear = course.copies.iter().rev().map(removal).collect();
        course
    }
}

/// The call that takes a copy away again.
fn removal<'p>(copy: &Call<'p>) -> Call<'p> {
    Call {
        operation: Cow::Owned(Operation::bare(Verb::Delete, &copy.operation.artifact)),
        wanted: Cow::Owned(Value::Null),
        previous: Some(copy.wanted.clone()),
    }
}

impl<'p> Stage<'p> {
    fn of(plan: &'p Plan) -> Self {
        let pipelines: Vec<(&Step, &Value)> = plan
            .steps
            .iter()
            .filter(|step| step.artifact.kind == ArtifactKind::Pipeline && !step.action.stops())
            .filter_map(|step| Some((step, step.wanted.as_ref()?)))
            .collect();
        let mut stage = Self {
            pipelines,
            copied: BTreeSet::new(),
            switched: BTreeSet::new(),
        };
        let replaced: BTreeSet<ArtifactId> = of_action(plan, Action::Replace);
        let mut needed: BTreeSet<ArtifactId> = BTreeSet::new();
        for (step, _) in &stage.pipelines {
            let below = stage.below(&step.artifact);
            let several = below.intersection(&replaced).count() > 1;
            if several && step.owned && step.previous.is_some() {
                stage.switched.insert(&step.artifact);
                needed.extend(below);
            } else if plan.trials.contains(&step.artifact.id) {
                needed.extend(below);
            }
        }
        let scripts = plan.steps.iter().map(|step| &step.artifact);
        stage.copied = scripts
            .filter(|id| id.kind == ArtifactKind::Script)
            .filter(|id| replaced.contains(id) && needed.contains(id))
            .collect();
        // Inner pipelines come first: what one leads to is known before it is its turn.
        for (step, body) in &stage.pipelines {
            let leads = reference::of_pipeline(body);
            let changes = matches!(step.action, Action::Create | Action::Replace);
            if needed.contains(&step.artifact)
                && (changes || leads.iter().any(|id| stage.copied.contains(id)))
            {
                stage.copied.insert(&step.artifact);
            }
        }
        stage
    }

    /// `artifact` and everything that it leads to through pipelines of the plan.
    fn below(&self, artifact: &ArtifactId) -> BTreeSet<ArtifactId> {
        let mut found = BTreeSet::new();
        let mut open = vec![artifact.clone()];
        while let Some(next) = open.pop() {
            let known = self
                .pipelines
                .iter()
                .find(|(step, _)| step.artifact == next);
            if let Some((_, body)) = known.filter(|_| !found.contains(&next)) {
                open.extend(reference::of_pipeline(body));
            }
            found.insert(next);
        }
        found
    }

    /// Whether the plan puts anything that the documents of `artifact` meet.
    fn changes_below(&self, plan: &Plan, artifact: &ArtifactId) -> bool {
        let below = self.below(artifact);
        let known = self
            .pipelines
            .iter()
            .any(|(step, _)| step.artifact == *artifact);
        known
            && [Action::Create, Action::Replace]
                .into_iter()
                .any(|action| !of_action(plan, action).is_disjoint(&below))
    }

    /// `body` with what is copied under the names of the copies.
    fn redirected(&self, body: &Value) -> Value {
        reference::redirected(body, &|id| self.copied.contains(id).then(|| staged(id).id))
    }

    fn copies(&self, plan: &'p Plan) -> Vec<Call<'p>> {
        let scripts = plan.steps.iter().filter(|step| {
            step.artifact.kind == ArtifactKind::Script && self.copied.contains(&step.artifact)
        });
        let mut copies: Vec<Call<'p>> = scripts
            .flat_map(|step| &step.operations)
            .map(|call| {
                let mut copy = call.clone();
                copy.artifact = staged(&call.artifact);
                let left = left(plan, &copy.artifact);
                Call::put(copy, left)
            })
            .collect();
        for (step, body) in &self.pipelines {
            if self.copied.contains(&step.artifact) {
                let copy = staged(&step.artifact);
                let call = Operation::with(Verb::Put, &copy, self.redirected(body));
                copies.push(Call::put(call, left(plan, &copy)));
            }
        }
        copies
    }

    /// The calls that make the switch, outer pipelines first.
    fn redirections(&self) -> impl Iterator<Item = Call<'p>> {
        let switched = self.pipelines.iter().rev();
        switched
            .filter(|(step, _)| self.switched.contains(&step.artifact))
            .map(|(step, body)| {
                let body = self.redirected(body);
                Call::put(
                    Operation::with(Verb::Put, &step.artifact, body),
                    step.previous.as_ref().map(Cow::Borrowed),
                )
            })
    }

    /// The calls after which the pipeline of `step` is what it shall be.
    fn settling(&self, step: &'p Step) -> Vec<Call<'p>> {
        let Some(wanted) = step
            .wanted
            .as_ref()
            .filter(|_| self.switched.contains(&step.artifact))
        else {
            return step
                .operations
                .iter()
                .map(|call| Call::of(step, call))
                .collect();
        };
        vec![Call::put(
            Operation::with(Verb::Put, &step.artifact, wanted.clone()),
            Some(Cow::Owned(self.redirected(wanted))),
        )]
    }
}

fn of_action(plan: &Plan, action: Action) -> BTreeSet<ArtifactId> {
    let steps = plan.steps.iter().filter(|step| step.action == action);
    steps.map(|step| step.artifact.clone()).collect()
}

/// The copy that an earlier run left.
fn left<'p>(plan: &'p Plan, copy: &ArtifactId) -> Option<Cow<'p, Value>> {
    let step = plan.steps.iter().find(|step| step.artifact == *copy)?;
    step.previous.as_ref().map(Cow::Borrowed)
}
