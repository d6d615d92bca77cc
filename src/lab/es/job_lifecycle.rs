//! Jobs open, close, are reset, and go.

use serde_json::{Value, json};

use crate::lab::profile::Feature;
use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::store::{Collection, Store};
use crate::model::failure::Failure;
use crate::model::ml_id;
use crate::model::xcontent::{self, Takes};

use super::datafeeds;
use super::filters::filters_of;
use super::jobs::{allow_no_match, expand, no_job};

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Delete, "/_ml/anomaly_detectors/{job_id}", delete),
    Route::new(Method::Post, "/_ml/anomaly_detectors/{job_id}/_open", open),
    Route::new(
        Method::Post,
        "/_ml/anomaly_detectors/{job_id}/_close",
        close,
    ),
];

pub(super) const RESET_ROUTES: &[Route] = &[Route::new(
    Method::Post,
    "/_ml/anomaly_detectors/{job_id}/_reset",
    reset,
)];

fn open(call: &Call) -> Answered {
    let id = call.path("job_id");
    if let Some(body) = call.optional_body() {
        let fields = [
            ("job_id", Takes::String),
            ("timeout", Takes::String),
            ("allow_lazy_open", Takes::Boolean),
        ];
        xcontent::object(
            body.node(),
            "cluster:admin/xpack/ml/job/open",
            &fields,
            |_, _| Ok(()),
        )?;
    }
    call.params.accept(&["timeout", "master_timeout"]);
    call.begin("cluster:admin/xpack/ml/job/open")?;
    call.cluster.require_ml_license()?;
    if call.cluster.is_upgrading() {
        let reason = "Cannot open jobs when upgrade mode is enabled";
        return Err(Failure::new(429, "status_exception", reason));
    }
    let node = call.cluster.identity("node_id");
    let check_filters = call.has(Feature::FilterCheckAtOpen);
    let has_process = call.profile().since(7, 10);
    let now = call.cluster.now();
    call.cluster.change(|store| {
        let job = store.get(&Collection::Jobs, id).ok_or_else(|| no_job(id))?;
        if store.has(&Collection::JobTasks, id) {
            let task = Failure::new(
                400,
                "resource_already_exists_exception",
                format!("task with id {{job-{id}}} already exist"),
            );
            let reason = format!("Cannot open job [{id}] because it has already been opened");
            return Err(Failure::new(409, "status_exception", reason).because(task));
        }
        let missing = filters_of(job).find(|filter| !store.has(&Collection::Filters, filter));
        if let Some(filter) = missing
            && check_filters
        {
            let reason = format!("Unable to find filter [{filter}]");
            return Err(Failure::new(404, "resource_not_found_exception", reason));
        }
        // Before 8.6 the job opens, and its process fails at once. The recorded build
        // of the profile 7.9 had no process that could.
        let fails = (missing.is_some() || has_rule_without_action(job)) && has_process;
        let state = if fails { "failed" } else { "opened" };
        let task = json!({"state": state, "opened": now});
        store.put(&Collection::JobTasks, id, task);
        Ok(Answer::ok(json!({"opened": true, "node": node})))
    })
}

/// The native process asks for an action in every rule, which nothing before it does.
fn has_rule_without_action(job: &Value) -> bool {
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    list(job.pointer("/analysis_config/detectors"))
        .iter()
        .flat_map(|detector| list(detector.get("custom_rules")))
        .any(|rule| {
            rule.get("actions")
                .and_then(Value::as_array)
                .is_some_and(Vec::is_empty)
        })
}

fn close(call: &Call) -> Answered {
    let allow = allow_no_match(call, "allow_no_jobs")?;
    let mut force = call.params.flag("force", false)?;
    call.params.accept(&["timeout"]);
    if let Some(body) = call.optional_body() {
        let fields = [
            ("job_id", Takes::String),
            ("timeout", Takes::String),
            ("force", Takes::Boolean),
            ("allow_no_jobs", Takes::Boolean),
            ("allow_no_match", Takes::Boolean),
        ];
        xcontent::object(
            body.node(),
            "cluster:admin/xpack/ml/job/close",
            &fields,
            |name, value| {
                if name == "force" {
                    force = xcontent::boolean(value)?;
                }
                Ok(())
            },
        )?;
    }
    call.begin("cluster:admin/xpack/ml/job/close")?;
    let stops_feed = force || call.has(Feature::CloseStopsDatafeed);
    call.cluster.change(|store| {
        let ids: Vec<String> = expand(store, call.path("job_id"), allow)?
            .into_iter()
            .map(|(id, _)| id.to_owned())
            .collect();
        for id in &ids {
            check_closable(store, id, force, stops_feed)?;
        }
        for id in &ids {
            if let Some((feed, _)) = datafeeds::of_job(store, id) {
                let feed = feed.to_owned();
                store.remove(&Collection::DatafeedTasks, &feed);
            }
            store.remove(&Collection::JobTasks, id);
        }
        Ok(Answer::ok(json!({"closed": true})))
    })
}

fn check_closable(store: &Store, id: &str, force: bool, stops_feed: bool) -> Result<(), Failure> {
    let conflict = |reason: String| Failure::new(409, "status_exception", reason);
    let state = store
        .get(&Collection::JobTasks, id)
        .and_then(|task| task.get("state"));
    if state == Some(&json!("failed")) && !force {
        return Err(conflict(format!(
            "cannot close job [{id}] because it failed, use force close"
        )));
    }
    if let Some((feed, _)) = datafeeds::of_job(store, id)
        && store.has(&Collection::DatafeedTasks, feed)
        && !stops_feed
    {
        return Err(conflict(format!(
            "cannot close job datafeed [{feed}] hasn't been stopped"
        )));
    }
    Ok(())
}

fn delete(call: &Call) -> Answered {
    let id = call.path("job_id");
    let force = call.params.flag("force", false)?;
    let wait = call.params.flag("wait_for_completion", true)?;
    call.params.accept(&["timeout", "master_timeout"]);
    if call.profile().since(8, 7) {
        call.params.flag("delete_user_annotations", false)?;
    }
    if !ml_id::is_valid(id) && id != "_all" {
        return Err(Failure::illegal_argument(ml_id::invalid("job_id", id)));
    }
    call.begin("cluster:admin/xpack/ml/job/delete")?;
    let takes_feed = force || call.has(Feature::DeleteTakesDatafeed);
    let node = call.cluster.identity("node_id");
    call.cluster.change(|store| {
        if !store.has(&Collection::Jobs, id) {
            return Err(no_job(id));
        }
        let conflict = |reason: String| Failure::new(409, "status_exception", reason);
        let feed = datafeeds::of_job(store, id).map(|(feed, _)| feed.to_owned());
        if let Some(feed) = feed.as_deref()
            && !takes_feed
        {
            return Err(conflict(format!(
                "Cannot delete job [{id}] because datafeed [{feed}] refers to it"
            )));
        }
        let state = store
            .get(&Collection::JobTasks, id)
            .and_then(|task| task.get("state")?.as_str());
        if let Some(state) = state
            && !force
        {
            return Err(conflict(format!(
                "Cannot delete job [{id}] because the job is {state}"
            )));
        }
        if let Some(feed) = feed {
            store.remove(&Collection::DatafeedTasks, &feed);
            store.remove(&Collection::Datafeeds, &feed);
        }
        store.remove(&Collection::JobTasks, id);
        store.remove(&Collection::Jobs, id);
        let task = format!("{node}:{}", store.generation());
        Ok(if wait {
            Answer::acknowledged()
        } else {
            Answer::ok(json!({"task": task}))
        })
    })
}

fn reset(call: &Call) -> Answered {
    let id = call.path("job_id");
    call.params.flag("wait_for_completion", true)?;
    call.params.accept(&["delete_user_annotations"]);
    call.begin("cluster:admin/xpack/ml/job/reset")?;
    let store = call.cluster.read();
    if !store.has(&Collection::Jobs, id) {
        return Err(no_job(id));
    }
    if store.has(&Collection::JobTasks, id) {
        return Err(Failure::new(
            409,
            "status_exception",
            "Can only reset a job when it is closed.",
        ));
    }
    // There are no results here that a reset could take away.
    Ok(Answer::acknowledged())
}
