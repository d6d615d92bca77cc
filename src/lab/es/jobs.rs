//! Anomaly detection jobs: create, look at, update, open, close, delete.

use serde_json::{Value, json};

use crate::lab::profile::Feature;
use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::store::{Collection, Store};
use crate::model::detector::Detector;
use crate::model::failure::Failure;
use crate::model::job::{Job, JobState, update as apply_update};

use super::datafeeds;
use super::ids::stored;
use super::job_stats::stats;

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_ml/anomaly_detectors", get),
    Route::new(Method::Get, "/_ml/anomaly_detectors/{job_id}", get),
    Route::new(Method::Put, "/_ml/anomaly_detectors/{job_id}", put),
    Route::new(Method::Get, "/_ml/anomaly_detectors/_stats", get_stats),
    Route::new(
        Method::Get,
        "/_ml/anomaly_detectors/{job_id}/_stats",
        get_stats,
    ),
    Route::new(Method::Post, "/_ml/anomaly_detectors/_validate", validate),
    Route::new(
        Method::Post,
        "/_ml/anomaly_detectors/_validate/detector",
        validate_detector,
    ),
    Route::new(
        Method::Post,
        "/_ml/anomaly_detectors/{job_id}/_update",
        update,
    ),
];

fn put(call: &Call) -> Answered {
    let id = call.path("job_id");
    let body = call.body()?;
    let version = call.profile().api();
    let job = Job::create(id, body.node(), version)?;
    call.params.accept(&[
        "ignore_unavailable",
        "allow_no_indices",
        "ignore_throttled",
        "expand_wildcards",
    ]);
    call.begin("cluster:admin/xpack/ml/job/put")?;
    call.cluster.require_ml_license()?;
    let stored = job.to_json(call.cluster.now(), version);
    let datafeed = job
        .datafeed
        .as_ref()
        .map(|datafeed| datafeeds::inline(call, id, datafeed))
        .transpose()?;
    call.cluster.change(|store| {
        check_name(store, id, &job.groups)?;
        let mut answer = stored.clone();
        if let Some((datafeed_id, datafeed)) = &datafeed {
            datafeeds::check_new(store, datafeed_id, id, Some(id))?;
            store.put(&Collection::Datafeeds, datafeed_id, datafeed.clone());
            answer["datafeed_config"] = datafeed.clone();
        }
        store.put(&Collection::Jobs, id, stored);
        Ok(Answer::ok(answer))
    })
}

/// Ids and groups share one namespace.
fn check_name(store: &Store, id: &str, groups: &[String]) -> Result<(), Failure> {
    let exists = |reason: String| Failure::new(400, "resource_already_exists_exception", reason);
    if store.has(&Collection::Jobs, id) {
        return Err(exists(format!(
            "The job cannot be created with the Id '{id}'. The Id is already used."
        )));
    }
    let clash = |job: &str, group: &str| {
        exists(format!(
            "job and group names must be unique but job [{job}] and group [{group}] have the same name"
        ))
    };
    for group in groups {
        if group == id || store.has(&Collection::Jobs, group) {
            return Err(clash(group, group));
        }
    }
    let taken = store
        .all(&Collection::Jobs)
        .any(|(_, job)| groups_of(job).any(|group| group == id));
    if taken {
        return Err(clash(id, id));
    }
    Ok(())
}

fn groups_of(job: &Value) -> impl Iterator<Item = &str> {
    job.get("groups")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// The jobs that an expression of ids and groups selects, sorted.
pub(super) fn expand<'a>(
    store: &'a Store,
    expression: &str,
    allow_no_match: bool,
) -> Result<Vec<(&'a str, &'a Value)>, Failure> {
    let all = store.sorted(&Collection::Jobs);
    // A group stands for its members.
    let mut parts = Vec::new();
    for part in expression.split(',') {
        let members: Vec<&str> = all
            .iter()
            .filter(|(_, job)| groups_of(job).any(|group| crate::lab::rest::fits(part, group)))
            .map(|(id, _)| *id)
            .collect();
        if members.is_empty() || store.has(&Collection::Jobs, part) {
            parts.push(part);
        }
        parts.extend(members);
    }
    stored(store, &Collection::Jobs, &parts.join(","), allow_no_match)
        .map_err(|missing| no_job(&missing))
}

pub(super) fn no_job(id: &str) -> Failure {
    Failure::new(
        404,
        "resource_not_found_exception",
        format!("No known job with id '{id}'"),
    )
}

pub(super) fn allow_no_match(call: &Call, old: &str) -> Result<bool, Failure> {
    let old = if call.has(Feature::OldAllowNoMatch) {
        call.params.flag(old, true)?
    } else {
        true
    };
    call.params.flag("allow_no_match", old)
}

fn get(call: &Call) -> Answered {
    let allow = allow_no_match(call, "allow_no_jobs")?;
    let exported =
        call.has(Feature::ExcludeGenerated) && call.params.flag("exclude_generated", false)?;
    call.begin("cluster:monitor/xpack/ml/job/get")?;
    let store = call.cluster.read();
    let jobs: Vec<Value> = expand(&store, call.path("job_id"), allow)?
        .into_iter()
        .map(|(id, job)| shown(call, &store, id, job, exported))
        .collect();
    Ok(Answer::ok(json!({"count": jobs.len(), "jobs": jobs})))
}

/// A job as GET shows it; with `exported` without what the server added.
fn shown(call: &Call, store: &Store, id: &str, job: &Value, exported: bool) -> Value {
    let mut job = job.clone();
    if exported && let Some(members) = job.as_object_mut() {
        for generated in [
            "job_id",
            "job_type",
            "job_version",
            "create_time",
            "finished_time",
            "model_snapshot_id",
        ] {
            members.shift_remove(generated);
        }
    }
    if call.has(Feature::InlineDatafeed)
        && let Some((feed_id, feed)) = datafeeds::of_job(store, id)
    {
        let mut feed = feed.clone();
        if exported && let Some(members) = feed.as_object_mut() {
            members.shift_remove("authorization");
        }
        feed["datafeed_id"] = json!(feed_id);
        job["datafeed_config"] = feed;
    }
    job
}

fn get_stats(call: &Call) -> Answered {
    let allow = allow_no_match(call, "allow_no_jobs")?;
    call.begin("cluster:monitor/xpack/ml/job/stats/get")?;
    let store = call.cluster.read();
    let jobs: Vec<Value> = expand(&store, call.path("job_id"), allow)?
        .into_iter()
        .map(|(id, _)| stats(call, id, store.get(&Collection::JobTasks, id)))
        .collect();
    Ok(Answer::ok(json!({"count": jobs.len(), "jobs": jobs})))
}

fn validate(call: &Call) -> Answered {
    let body = call.body()?;
    Job::validate(body.node(), call.profile().api())?;
    call.begin("cluster:admin/xpack/ml/job/validate")?;
    Ok(Answer::acknowledged())
}

fn validate_detector(call: &Call) -> Answered {
    let body = call.body()?;
    let detector = Detector::read(body.node(), call.profile().api())?;
    call.begin("cluster:admin/xpack/ml/job/validate/detector")?;
    drop(detector);
    Ok(Answer::acknowledged())
}

fn update(call: &Call) -> Answered {
    let id = call.path("job_id");
    let body = call.body()?;
    let version = call.profile().api();
    // The shape is checked before the job is looked for.
    apply_update(
        &json!({"job_id": id}),
        body.node(),
        JobState::Closed,
        version,
    )
    .or_else(shape_failure)?;
    call.begin("cluster:admin/xpack/ml/job/update")?;
    call.cluster.change(|store| {
        let stored = store.get(&Collection::Jobs, id).ok_or_else(|| no_job(id))?;
        let state = if store.has(&Collection::JobTasks, id) {
            JobState::Open
        } else {
            JobState::Closed
        };
        let updated = apply_update(stored, body.node(), state, version)?;
        store.put(&Collection::Jobs, id, updated.clone());
        Ok(Answer::ok(updated))
    })
}

fn shape_failure(failure: Failure) -> Result<Value, Failure> {
    let of_shape = failure.kind() == "x_content_parse_exception"
        || failure.reason().starts_with("Inconsistent ");
    if of_shape {
        Err(failure)
    } else {
        Ok(Value::Null)
    }
}
