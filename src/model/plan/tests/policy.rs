//! Enrich policies of a plan.

use serde_json::json;

use super::{cluster, plan, target};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::{Observation, RunState};
use crate::model::plan::{Action, Permissions};

#[test]
fn a_policy_that_was_not_executed_is_executed() {
    let body = json!({"match": {"indices": "a", "match_field": "b", "enrich_fields": "c"}});
    let policy = ArtifactId::new(ArtifactKind::Enrich, "p");
    let kept = cluster(&[(ArtifactKind::Enrich, "p", body.clone(), RunState::Idle)]);
    let targets = [target(ArtifactKind::Enrich, "p", Some(body))];
    let none = Observation::default();
    for (observation, action, calls) in [
        (&kept, Action::Start, vec!["execute enrich p"]),
        (
            &none,
            Action::Create,
            vec!["put enrich p", "execute enrich p"],
        ),
    ] {
        let mut planned = plan(&targets, observation, Permissions::default());
        planned.wake(&policy, RunState::Idle);
        assert_eq!(planned.steps[0].action, action);
        let told = planned.steps[0].operations.iter().map(ToString::to_string);
        assert_eq!(told.collect::<Vec<_>>(), calls);
    }
}
