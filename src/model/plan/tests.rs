#![allow(clippy::unwrap_used, clippy::too_many_lines)]

use serde_json::{Value, json};

use super::{Action, Permissions, Plan, Target};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::digest::Digest;
use crate::model::mark::Mark;
use crate::model::normal;
use crate::model::observation::{Claim, ClusterIdentity, Feed, Observation, Observed, RunState};
use crate::model::version::StackVersion;

fn mark() -> Mark {
    Mark {
        bundle: "b".to_owned(),
        channel: "c".to_owned(),
        sequence: 1,
        digest: Digest::of(b"file"),
    }
}

fn target(kind: ArtifactKind, id: &str, body: Option<Value>) -> Target {
    Target {
        artifact: ArtifactId::new(kind, id),
        mark: body.as_ref().map(|_| mark()),
        body,
    }
}

/// A cluster that holds `objects`, all of them ours.
fn cluster(objects: &[(ArtifactKind, &str, Value, RunState)]) -> Observation {
    let mut observation = Observation::default();
    for (kind, id, body, state) in objects {
        let artifact = ArtifactId::new(*kind, *id);
        let claim = Claim {
            mark: mark(),
            receipt: "r".to_owned(),
            settled: None,
            shared: Vec::new(),
        };
        observation.claims.insert(artifact.clone(), claim);
        match kind {
            ArtifactKind::Pipeline => {
                observation.pipelines.insert((*id).to_owned(), body.clone());
            }
            ArtifactKind::Job => {
                observation.jobs.insert((*id).to_owned(), body.clone());
            }
            ArtifactKind::Datafeed => {
                let job = body["job_id"].as_str().unwrap().to_owned();
                let feed = Feed { job, state: *state };
                observation.datafeeds.insert((*id).to_owned(), feed);
            }
            _ => {}
        }
        let object = Observed {
            body: body.clone(),
            state: *state,
        };
        observation.objects.insert(artifact, object);
    }
    observation
}

fn plan(targets: &[Target], observation: &Observation, permissions: Permissions) -> Plan {
    let identity = ClusterIdentity {
        uuid: "u".to_owned(),
        name: "n".to_owned(),
        version: "8.4.0".to_owned(),
    };
    Plan::new(
        identity,
        &StackVersion::new(8, 4, 0),
        targets,
        observation,
        permissions,
    )
}

const NOTHING: Permissions = Permissions {
    adopt: false,
    restart_jobs: false,
    unseen: false,
};
const RESTART: Permissions = Permissions {
    adopt: false,
    restart_jobs: true,
    unseen: false,
};

#[test]
fn inner_pipelines_come_first_and_leave_last() {
    let outer = json!({"processors": [{"pipeline": {"name": "inner"}}]});
    let inner = json!({"processors": [{"script": {"id": "s"}}]});
    let script = json!({"script": {"lang": "painless", "source": "1"}});
    let targets = [
        target(ArtifactKind::Pipeline, "a_outer", Some(outer)),
        target(ArtifactKind::Pipeline, "inner", Some(inner)),
        target(ArtifactKind::Script, "s", Some(script)),
    ];
    let made = plan(&targets, &Observation::default(), NOTHING);
    let names: Vec<String> = made.steps.iter().map(|s| s.artifact.to_string()).collect();
    assert_eq!(names, ["script s", "pipeline inner", "pipeline a_outer"]);
    assert_eq!(made.summary(), "3 create");
}

#[test]
fn what_is_decided_about_a_difference() {
    use ArtifactKind::{Analytics, Datafeed, Filter, Job, Model, Script};
    use RunState::{Idle, Running};
    let count =
        json!({"analysis_config": {"bucket_span": "15m", "detectors": [{"function": "count"}]}});
    let with_rule = |value: f64| {
        let mut job = count.clone();
        job["analysis_config"]["detectors"][0]["custom_rules"] =
            json!([{"conditions": [{"applies_to": "actual", "operator": "lt", "value": value}]}]);
        job
    };
    let with_limit = |limit: &str| {
        let mut job = count.clone();
        job["analysis_limits"] = json!({"model_memory_limit": limit});
        job
    };
    let span =
        json!({"analysis_config": {"bucket_span": "1h", "detectors": [{"function": "count"}]}});
    let feed = |index: &str| json!({"job_id": "j", "indices": [index]});
    let frame = |text: &str, index: &str| {
        json!({"description": text, "source": {"index": [index]}, "dest": {"index": "d"},
            "analysis": {"outlier_detection": {}}})
    };
    let script = |source: &str| json!({"script": {"lang": "painless", "source": source}});
    let cases: [(
        ArtifactKind,
        Value,
        Value,
        RunState,
        Permissions,
        Action,
        &str,
    ); 13] = [
        (
            Script,
            script("2"),
            script("1"),
            Idle,
            NOTHING,
            Action::Replace,
            "put",
        ),
        (
            Filter,
            json!({"items": ["a", "b"]}),
            json!({"items": ["b", "c"]}),
            Idle,
            NOTHING,
            Action::Replace,
            "update",
        ),
        (
            Model,
            json!({"definition": {"a": 1}}),
            json!({"definition": {"a": 2}}),
            Idle,
            NOTHING,
            Action::Blocked,
            "",
        ),
        (
            Job,
            with_rule(1.0),
            count.clone(),
            Running,
            NOTHING,
            Action::Replace,
            "update",
        ),
        (Job, span, count.clone(), Idle, RESTART, Action::Blocked, ""),
        (
            Job,
            with_limit("2gb"),
            with_limit("1gb"),
            Running,
            NOTHING,
            Action::Blocked,
            "",
        ),
        (
            Job,
            with_limit("2gb"),
            with_limit("1gb"),
            Running,
            RESTART,
            Action::Replace,
            "close update open",
        ),
        (
            Job,
            with_limit("2gb"),
            with_limit("1gb"),
            Idle,
            NOTHING,
            Action::Replace,
            "update",
        ),
        (
            Datafeed,
            feed("a"),
            feed("b"),
            Idle,
            NOTHING,
            Action::Replace,
            "update",
        ),
        (
            Datafeed,
            feed("a"),
            feed("b"),
            Running,
            NOTHING,
            Action::Blocked,
            "",
        ),
        (
            Datafeed,
            feed("a"),
            feed("b"),
            Running,
            RESTART,
            Action::Replace,
            "stop update start",
        ),
        (
            Analytics,
            frame("x", "s"),
            frame("y", "s"),
            Idle,
            NOTHING,
            Action::Replace,
            "update",
        ),
        (
            Analytics,
            frame("x", "s"),
            frame("x", "t"),
            Idle,
            NOTHING,
            Action::Replace,
            "delete put",
        ),
    ];
    for (kind, wanted, found, state, permissions, action, calls) in cases {
        let observation = cluster(&[(kind, "x", found, state)]);
        let made = plan(
            &[target(kind, "x", Some(wanted))],
            &observation,
            permissions,
        );
        let step = &made.steps[0];
        let verbs: Vec<&str> = step
            .operations
            .iter()
            .map(|call| call.verb.name())
            .collect();
        assert_eq!(
            (step.action, verbs.join(" ").as_str()),
            (action, calls),
            "{step:?}"
        );
        assert!(!step.diff.is_empty());
        // What is put to rest for a change is told.
        let rests = verbs.iter().any(|verb| ["close", "stop"].contains(verb));
        assert_eq!(
            step.reasons.is_empty(),
            action == Action::Replace && !rests,
            "{step:?}"
        );
    }
}

#[test]
fn a_filter_changes_by_its_difference() {
    let found = json!({"filter_id": "x", "items": ["b", "c"], "description": "old"});
    let observation = cluster(&[(ArtifactKind::Filter, "x", found, RunState::Idle)]);
    let wanted = json!({"items": ["b", "a"], "description": "new"});
    let made = plan(
        &[target(ArtifactKind::Filter, "x", Some(wanted))],
        &observation,
        NOTHING,
    );
    assert_eq!(
        made.steps[0].operations[0].body,
        json!({"add_items": ["a"], "remove_items": ["c"], "description": "new"})
    );
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let script = |source: &str| json!({"lang": "painless", "source": source});
    let mut observation = cluster(&[(ArtifactKind::Script, "x", script("1"), RunState::Idle)]);
    observation.claims.clear();
    let adopt = Permissions {
        adopt: true,
        ..NOTHING
    };
    let cases = [
        (Some(script("1")), NOTHING, Action::Keep),
        (Some(script("2")), NOTHING, Action::Conflict),
        (Some(script("2")), adopt, Action::Replace),
        (None, NOTHING, Action::Keep),
        (None, adopt, Action::Delete),
    ];
    for (body, permissions, action) in cases {
        let made = plan(
            &[target(ArtifactKind::Script, "x", body)],
            &observation,
            permissions,
        );
        assert_eq!(made.steps[0].action, action);
        assert_eq!(made.obstacles().is_empty(), !action.stops());
    }
}

#[test]
fn what_others_use_stays() {
    let pipeline = json!({"processors": [{"script": {"id": "s"}}]});
    let script = json!({"lang": "painless", "source": "1"});
    let mut observation = cluster(&[
        (ArtifactKind::Script, "s", script, RunState::Idle),
        (ArtifactKind::Pipeline, "p", pipeline, RunState::Idle),
    ]);
    let one = [target(ArtifactKind::Script, "s", None)];
    let made = plan(&one, &observation, NOTHING);
    assert_eq!(made.steps[0].action, Action::Blocked);
    assert_eq!(made.steps[0].reasons, ["still used by pipeline p"]);

    let both = [
        target(ArtifactKind::Script, "s", None),
        target(ArtifactKind::Pipeline, "p", None),
    ];
    let made = plan(&both, &observation, NOTHING);
    assert_eq!(made.summary(), "2 delete");
    assert_eq!(made.steps[0].artifact.kind, ArtifactKind::Pipeline);

    let indices = [("p".to_owned(), ["logs".to_owned()].into())];
    observation.index_pipelines = indices.into();
    let made = plan(&both, &observation, NOTHING);
    assert_eq!(
        made.steps[0].reasons,
        [
            "still used by index logs; install --set-default-pipeline moves an index to another, \
          and PUT INDEX/_settings {\"index.final_pipeline\": \"_none\"} takes a final one away"
        ]
    );
    // What a pipeline needs that stays, stays too.
    assert_eq!(made.steps[1].reasons, ["still used by pipeline p"]);
}

#[test]
fn a_fingerprint_follows_what_was_found() {
    let script = |source: &str| json!({"lang": "painless", "source": source});
    let targets = [target(ArtifactKind::Script, "x", Some(script("2")))];
    let of = |found: &str| {
        let observation = cluster(&[(ArtifactKind::Script, "x", script(found), RunState::Idle)]);
        plan(&targets, &observation, NOTHING).fingerprint()
    };
    assert_eq!(of("1"), of("1"));
    assert_ne!(of("1"), of("3"));
}

#[test]
fn an_object_that_the_server_rewrote_is_kept_until_somebody_changes_it() {
    let wanted = json!({"attributes": {"title": "a"}});
    let rewritten = json!({"attributes": {"title": "a", "version": 3}});
    let changed = json!({"attributes": {"title": "b", "version": 3}});
    let id = "dashboard:a";
    for (found, settled, action) in [
        (&rewritten, Some(&rewritten), Action::Keep),
        (&changed, Some(&rewritten), Action::Replace),
        (&rewritten, None, Action::Replace),
    ] {
        let kind = ArtifactKind::Object;
        let mut observation = cluster(&[(kind, id, found.clone(), RunState::Idle)]);
        for claim in observation.claims.values_mut() {
            claim.settled = settled.map(|body| normal::digest(kind, body));
        }
        let targets = [target(kind, id, Some(wanted.clone()))];
        let plan = plan(&targets, &observation, Permissions::default());
        assert_eq!(plan.steps[0].action, action, "{found} {settled:?}");
    }
}

mod course;
mod failed;
mod policy;
mod reopen;
mod whose;
