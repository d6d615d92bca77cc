//! What bundles of other channels have under the same id.

use serde_json::json;

use super::{NOTHING, cluster, mark, plan, target};
use crate::model::artifact::ArtifactKind::Script;
use crate::model::mark::Mark;
use crate::model::observation::RunState::Idle;
use crate::model::plan::{Action, STAGING};

#[test]
fn who_has_a_script_decides_whether_it_goes() {
    let staged = format!("{STAGING}x");
    let third = Mark {
        channel: "third".to_owned(),
        ..mark()
    };
    // Everything in the cluster is of the channel c; some of it of a third one too.
    let cases = [
        (Some("c"), "x", vec![], Action::Delete),
        (Some("c"), "x", vec![third.clone()], Action::Keep),
        (Some("third"), "x", vec![third.clone()], Action::Keep),
        (Some("other"), "x", vec![], Action::Keep),
        (Some("other"), staged.as_str(), vec![], Action::Delete),
        (None, "x", vec![], Action::Delete),
        (None, "x", vec![third], Action::Blocked),
    ];
    for (channel, id, shared, action) in cases {
        let script = json!({"lang": "painless", "source": "1"});
        let mut observation = cluster(&[(Script, id, script, Idle)]);
        for claim in observation.claims.values_mut() {
            claim.shared.clone_from(&shared);
        }
        observation.bundle = channel.map(|channel| (channel.to_owned(), 1));
        let made = plan(&[target(Script, id, None)], &observation, NOTHING);
        assert_eq!(made.steps[0].action, action, "{channel:?} {id} {shared:?}");
    }
}
