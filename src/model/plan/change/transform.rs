//! A transform: what `_update` takes, and what makes it start over.

use serde_json::{Map, Value};

use super::{differing, emptied, rested};
use crate::model::artifact::ArtifactId;
use crate::model::observation::{Observed, RunState};
use crate::model::operation::{Operation, Verb};
use crate::model::plan::Permissions;
use crate::model::version::StackVersion;

/// The keys that `_update` takes, and the version that came with each.
const KEYS: [(&str, u32, u32); 8] = [
    ("description", 7, 2),
    ("source", 7, 2),
    ("dest", 7, 2),
    ("frequency", 7, 2),
    ("sync", 7, 2),
    ("settings", 7, 8),
    ("retention_policy", 7, 12),
    ("_meta", 7, 16),
];

/// The calls that bring a transform to `wanted`, or why there are none.
pub(super) fn operations(
    (version, permissions): (&StackVersion, Permissions),
    artifact: &ArtifactId,
    wanted: &Value,
    (want, have): (&Value, &Value),
    found: &Observed,
) -> Result<Vec<Operation>, String> {
    let keys = differing(want, have);
    let in_place = |key: &&str| {
        let known = KEYS.iter().find(|(known, ..)| known == key);
        known.is_some_and(|(_, major, minor)| version.offers(*major, *minor))
    };
    if keys.iter().all(in_place) {
        let mut update = Map::new();
        // The mark is no difference, and still it has to follow the bundle.
        for key in keys.into_iter().chain(["_meta"]) {
            let value = wanted.get(key).or_else(|| want.get(key)).cloned();
            if key == "_meta" && value.is_none() {
                continue;
            }
            update.insert(key.to_owned(), value.unwrap_or_else(|| emptied(have, key)));
        }
        let update = Operation::with(Verb::Update, artifact, Value::Object(update));
        return Ok(vec![update]);
    }
    rested(artifact, found)?;
    // A pivot is what a transform is: another one is another transform, which
    // reads its source from the beginning.
    if !permissions.restart_jobs {
        return Err(format!(
            "{} of a transform cannot be changed; --restart-jobs deletes the transform and makes \
             it anew, which then reads its source from the beginning (what it wrote stays)",
            keys.join(", ")
        ));
    }
    let anew = [
        Operation::bare(Verb::Delete, artifact),
        Operation::with(Verb::Put, artifact, wanted.clone()),
    ];
    let running = found.state == RunState::Running;
    let stop = running.then(|| Operation::bare(Verb::Stop, artifact));
    let start = running.then(|| Operation::bare(Verb::Start, artifact));
    Ok(stop.into_iter().chain(anew).chain(start).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::operations;
    use crate::model::artifact::{ArtifactId, ArtifactKind};
    use crate::model::observation::{Observed, RunState};
    use crate::model::plan::Permissions;
    use crate::model::version::StackVersion;

    fn calls(changed: (&str, Value), running: bool, restart: bool) -> Result<Vec<String>, String> {
        let artifact = ArtifactId::new(ArtifactKind::Transform, "t");
        let have = json!({"source": {"index": ["a"]}, "dest": {"index": "b"}, "pivot": {"x": 1}});
        let mut want = have.clone();
        want[changed.0] = changed.1;
        let found = Observed {
            body: have.clone(),
            state: if running {
                RunState::Running
            } else {
                RunState::Idle
            },
        };
        let permissions = Permissions {
            restart_jobs: restart,
            ..Permissions::default()
        };
        let version = StackVersion::new(8, 4, 0);
        let calls = operations(
            (&version, permissions),
            &artifact,
            &want,
            (&want, &have),
            &found,
        );
        calls.map(|calls| calls.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_can_be_updated_is_and_a_pivot_starts_over() {
        let frequency = || ("frequency", json!("5m"));
        let pivot = || ("pivot", json!({"x": 2}));
        for (change, running, restart, expected) in [
            (frequency(), false, false, Ok(vec!["update transform t"])),
            (frequency(), true, false, Ok(vec!["update transform t"])),
            (
                pivot(),
                false,
                true,
                Ok(vec!["delete transform t", "put transform t"]),
            ),
            (
                pivot(),
                true,
                true,
                Ok(vec![
                    "stop transform t",
                    "delete transform t",
                    "put transform t",
                    "start transform t",
                ]),
            ),
            (pivot(), true, false, Err("pivot of a transform")),
        ] {
            match (calls(change, running, restart), expected) {
                (Ok(calls), Ok(expected)) => assert_eq!(calls, expected),
                (Err(why), Err(expected)) => assert!(why.starts_with(expected), "{why}"),
                (calls, expected) => panic!("{calls:?} instead of {expected:?}"),
            }
        }
    }
}
