//! Open jobs that do not hear of their filters.

use serde_json::{Value, json};

use super::{NOTHING, RESTART, cluster, plan, target};
use crate::model::artifact::ArtifactId;
use crate::model::artifact::ArtifactKind::{Datafeed, Filter, Job};
use crate::model::observation::RunState::{Idle, Running};
use crate::model::plan::Action;
use crate::model::version::StackVersion;

/// A job with the limit `limit` and a rule that refers to the filter `f`.
fn job(limit: &str) -> Value {
    json!({
        "analysis_config": {"bucket_span": "15m", "detectors": [{
            "function": "high_count",
            "by_field_name": "user",
            "custom_rules": [{"scope": {"user": {"filter_id": "f"}}}],
        }]},
        "analysis_limits": {"model_memory_limit": limit},
    })
}

#[test]
fn open_jobs_are_reopened_where_they_would_miss_a_filter() {
    let filter = |item: &str| json!({"items": [item]});
    let feed = json!({"job_id": "j", "indices": ["a"]});
    let (old, fixed) = (StackVersion::new(7, 9, 1), StackVersion::new(7, 9, 3));
    // The filter that is there, the job that is wanted, the version; what becomes of
    // the job, and by which calls.
    let cases = [
        (Some("a"), Some("1gb"), &old, RESTART, Action::Keep, ""),
        (Some("b"), Some("1gb"), &fixed, RESTART, Action::Keep, ""),
        (Some("b"), Some("1gb"), &old, NOTHING, Action::Blocked, ""),
        (
            Some("b"),
            Some("1gb"),
            &old,
            RESTART,
            Action::Restart,
            "stop close open start",
        ),
        // Somebody else's job: the bundle brings the filter alone.
        (
            None,
            None,
            &old,
            RESTART,
            Action::Restart,
            "stop close open start",
        ),
        // The job is closed for a change of its own.
        (
            Some("b"),
            Some("2gb"),
            &old,
            RESTART,
            Action::Replace,
            "stop close update open start",
        ),
    ];
    for (there, wanted, version, permissions, action, calls) in cases {
        let mut objects = vec![
            (Job, "j", job("1gb"), Running),
            (Datafeed, "d", feed.clone(), Running),
        ];
        objects.extend(there.map(|item| (Filter, "f", filter(item), Idle)));
        let observation = cluster(&objects);
        let mut targets = vec![target(Filter, "f", Some(filter("a")))];
        targets.extend(wanted.map(|limit| target(Job, "j", Some(job(limit)))));
        let mut made = plan(&targets, &observation, permissions);
        for deaf in made.deaf_jobs(version, &observation.jobs) {
            let feeds = observation.started_feeds(&deaf);
            made.reopen(&deaf, &feeds, permissions);
        }
        let id = ArtifactId::new(Job, "j");
        let step = made.steps.iter().find(|step| step.artifact == id);
        let verbs: Vec<&str> = step
            .iter()
            .flat_map(|step| &step.operations)
            .map(|call| call.verb.name())
            .collect();
        let case = format!("{there:?} {wanted:?} {version}");
        let found = step.map_or(Action::Keep, |step| step.action);
        assert_eq!((found, verbs.join(" ").as_str()), (action, calls), "{case}");
        let told = step.is_some_and(|step| step.reasons.iter().any(|why| why.contains("filter")));
        assert_eq!(
            told,
            matches!(action, Action::Blocked | Action::Restart),
            "{case}"
        );
    }
}
