//! How an object that differs is brought to what is wanted, kind by kind.

use serde_json::{Map, Value, json};

use super::decide::Decision;
use super::failed::needs_force;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::{Observed, RunState};
use crate::model::operation::{Operation, Verb};
use crate::model::{filter, reference};

mod index;
mod transform;

/// The keys that a job's `_update` takes and that come straight from its body.
const JOB_KEYS: [&str; 10] = [
    "description",
    "groups",
    "model_plot_config",
    "analysis_limits",
    "renormalization_window_days",
    "results_retention_days",
    "model_snapshot_retention_days",
    "daily_model_snapshot_retention_after_days",
    "background_persist_interval",
    "allow_lazy_open",
];

/// The keys that the `_update` of data frame analytics takes.
const ANALYTICS_KEYS: [&str; 4] = [
    "description",
    "model_memory_limit",
    "max_num_threads",
    "allow_lazy_start",
];

/// The calls that turn what was found into `wanted`, or why there are none.
/// `canonical` is wanted and found in comparable form.
pub(super) fn operations(
    decision: &Decision<'_>,
    artifact: &ArtifactId,
    wanted: &Value,
    canonical: (&Value, &Value),
    found: &Observed,
) -> Result<Vec<Operation>, String> {
    match artifact.kind {
        ArtifactKind::Component
        | ArtifactKind::Template
        | ArtifactKind::Script
        | ArtifactKind::Pipeline
        | ArtifactKind::Object
        | ArtifactKind::Rule
        | ArtifactKind::Setting => Ok(vec![Operation::with(Verb::Put, artifact, wanted.clone())]),
        ArtifactKind::Index => index::operations(artifact, wanted, canonical),
        ArtifactKind::Enrich => enrich(decision, artifact, wanted),
        ArtifactKind::Transform => transform::operations(
            (decision.version, decision.permissions),
            artifact,
            wanted,
            canonical,
            found,
        ),
        ArtifactKind::Model => {
            Err("a model is never overwritten; publish the new one under a new id".to_owned())
        }
        ArtifactKind::Filter => Ok(vec![filter_update(artifact, canonical)]),
        ArtifactKind::Job => job(decision, artifact, wanted, canonical, found),
        ArtifactKind::Datafeed => datafeed(decision, artifact, wanted, canonical, found),
        ArtifactKind::Analytics => analytics(decision, artifact, wanted, canonical, found),
    }
}

/// An enrich policy never changes: it is deleted and made anew, which the server
/// refuses while a pipeline looks things up in it.
fn enrich(
    decision: &Decision<'_>,
    artifact: &ArtifactId,
    wanted: &Value,
) -> Result<Vec<Operation>, String> {
    let users = decision
        .observation
        .referents(artifact, &std::collections::BTreeSet::new());
    if !users.is_empty() {
        return Err(format!(
            "an enrich policy cannot be changed while {} uses it; publish the new one under a new name",
            users.join(", ")
        ));
    }
    Ok(vec![
        Operation::bare(Verb::Delete, artifact),
        Operation::with(Verb::Put, artifact, wanted.clone()),
        Operation::bare(Verb::Execute, artifact),
    ])
}

/// The difference as one call: adding first and removing in the same call keeps
/// the list within its limit.
fn filter_update(artifact: &ArtifactId, (want, have): (&Value, &Value)) -> Operation {
    let items = |body: &Value| -> Vec<Value> {
        let list = body.get("items").and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    let (wanted, there) = (items(want), items(have));
    let missing = |from: &[Value], list: &[Value]| -> Vec<Value> {
        let absent = from.iter().filter(|item| !list.contains(item));
        absent.cloned().collect()
    };
    let mut body = Map::new();
    for (key, items) in [
        ("add_items", missing(&wanted, &there)),
        ("remove_items", missing(&there, &wanted)),
    ] {
        if !items.is_empty() {
            body.insert(key.to_owned(), Value::Array(items));
        }
    }
    if want.get("description") != have.get("description") {
        let description = want.get("description").cloned();
        // The API keeps the old text for null; only another text replaces it.
        body.insert(
            "description".to_owned(),
            description.unwrap_or_else(|| json!("")),
        );
    }
    Operation::with(Verb::Update, artifact, Value::Object(body))
}

/// Refuses what failed: it can neither be put to rest nor be made anew.
fn rested(artifact: &ArtifactId, found: &Observed) -> Result<(), String> {
    needs_force(artifact, found.state).map_or(Ok(()), Err)
}

/// The top-level keys in which the two differ.
fn differing<'a>(want: &'a Value, have: &'a Value) -> Vec<&'a str> {
    let keys = |body: &'a Value| body.as_object().into_iter().flat_map(Map::keys);
    let mut keys: Vec<&str> = keys(want)
        .chain(keys(have))
        .map(String::as_str)
        .filter(|key| want.get(*key) != have.get(*key))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn job(
    decision: &Decision<'_>,
    artifact: &ArtifactId,
    wanted: &Value,
    (want, have): (&Value, &Value),
    found: &Observed,
) -> Result<Vec<Operation>, String> {
    let mut update = Map::new();
    for key in differing(want, have) {
        if key == "analysis_config" {
            update.insert("detectors".to_owned(), detectors(want, have)?);
        } else if key == "custom_settings" || JOB_KEYS.contains(&key) {
            let value = wanted.get(key).or_else(|| want.get(key)).cloned();
            update.insert(key.to_owned(), value.unwrap_or_else(|| emptied(have, key)));
        } else {
            return Err(format!(
                "{key} of a job cannot be changed; remove the job (its results go with it) or use a new id"
            ));
        }
    }
    // The map of custom settings is replaced as a whole, so the mark goes with it.
    if let Some(settings) = wanted.get("custom_settings") {
        update.insert("custom_settings".to_owned(), settings.clone());
    }
    let needs_closed =
        update.contains_key("analysis_limits") || loses_new_filters(decision, want, have);
    let update = Operation::with(Verb::Update, artifact, Value::Object(update));
    if found.state == RunState::Idle || !needs_closed {
        return Ok(vec![update]);
    }
    rested(artifact, found)?;
    if !decision.permissions.restart_jobs {
        return Err(
            "the change needs the job closed; --restart-jobs closes and reopens it".to_owned(),
        );
    }
    let feeds = decision.observation.started_feeds(artifact);
    Ok(reopening(artifact, &feeds, Some(update)))
}

/// What a key gets that is there and not wanted: empty where the API has that.
fn emptied(have: &Value, key: &str) -> Value {
    match have.get(key) {
        Some(Value::Array(_)) => json!([]),
        Some(Value::String(_)) => json!(""),
        Some(Value::Object(_)) => json!({}),
        _ => Value::Null,
    }
}

/// Whether the update brings an open job filters that it does not load.
fn loses_new_filters(decision: &Decision<'_>, want: &Value, have: &Value) -> bool {
    filter::misses_open_jobs(decision.version)
        && !reference::of_job(want).is_subset(&reference::of_job(have))
}

/// Descriptions and custom rules of the detectors, the only parts of the
/// analysis that `_update` takes.
fn detectors(want: &Value, have: &Value) -> Result<Value, String> {
    let fixed = |body: &Value| -> Value {
        let mut config = body.get("analysis_config").cloned().unwrap_or_default();
        let list = config.get_mut("detectors").and_then(Value::as_array_mut);
        for detector in list.into_iter().flatten() {
            if let Value::Object(map) = detector {
                map.remove("custom_rules");
                map.remove("detector_description");
            }
        }
        config
    };
    if fixed(want) != fixed(have) {
        return Err(
            "the analysis of a job cannot be changed but for descriptions and custom rules; \
             remove the job (its results go with it), use a new id, or leave the job out: --without \
             'job ID'"
                .to_owned(),
        );
    }
    let list = |body: &Value| -> Vec<Value> {
        let list = body.pointer("/analysis_config/detectors");
        list.and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let changed = list(want)
        .into_iter()
        .zip(list(have))
        .enumerate()
        .filter(|(_, (want, have))| want != have)
        .map(|(index, (want, _))| {
            let rules = want.get("custom_rules").cloned();
            let mut update = json!({
                "detector_index": index,
                "custom_rules": rules.unwrap_or_else(|| json!([])),
            });
            if let Some(text) = want.get("detector_description") {
                update["description"] = text.clone();
            }
            update
        })
        .collect();
    Ok(Value::Array(changed))
}

/// The calls that close the job and open it again, with `update` in between; its
/// started datafeeds `feeds` are stopped before and started again after.
pub(super) fn reopening(
    job: &ArtifactId,
    feeds: &[ArtifactId],
    update: Option<Operation>,
) -> Vec<Operation> {
    let mut calls: Vec<Operation> = Vec::new();
    calls.extend(feeds.iter().map(|feed| Operation::bare(Verb::Stop, feed)));
    calls.push(Operation::bare(Verb::Close, job));
    calls.extend(update);
    calls.push(Operation::bare(Verb::Open, job));
    calls.extend(feeds.iter().map(|feed| Operation::bare(Verb::Start, feed)));
    calls
}

fn datafeed(
    decision: &Decision<'_>,
    artifact: &ArtifactId,
    wanted: &Value,
    (want, have): (&Value, &Value),
    found: &Observed,
) -> Result<Vec<Operation>, String> {
    let mut is_short = false;
    let mut update = Map::new();
    for key in differing(want, have) {
        if key == "job_id" {
            return Err(
                "the job of a datafeed cannot be changed; remove the datafeed or use a new id"
                    .to_owned(),
            );
        }
        match wanted.get(key).or_else(|| want.get(key)) {
            Some(value) => {
                update.insert(key.to_owned(), value.clone());
            }
            None => is_short = true,
        }
    }
    let mut change = vec![Operation::with(
        Verb::Update,
        artifact,
        Value::Object(update),
    )];
    // An update takes nothing out; the job remembers how far its data was read.
    if is_short {
        change = vec![
            Operation::bare(Verb::Delete, artifact),
            Operation::with(Verb::Put, artifact, wanted.clone()),
        ];
    }
    rested(artifact, found)?;
    match found.state {
        RunState::Idle => Ok(change),
        _ if !decision.permissions.restart_jobs => Err(
            "the datafeed is started; --restart-jobs stops it for the change and starts it again"
                .to_owned(),
        ),
        _ => {
            change.insert(0, Operation::bare(Verb::Stop, artifact));
            change.push(Operation::bare(Verb::Start, artifact));
            Ok(change)
        }
    }
}

fn analytics(
    decision: &Decision<'_>,
    artifact: &ArtifactId,
    wanted: &Value,
    (want, have): (&Value, &Value),
    found: &Observed,
) -> Result<Vec<Operation>, String> {
    rested(artifact, found)?;
    if found.state == RunState::Running {
        return Err("the analytics is at work; wait for its end or stop it".to_owned());
    }
    let keys = differing(want, have);
    let in_place =
        decision.version.offers(7, 9) && keys.iter().all(|key| ANALYTICS_KEYS.contains(key));
    if !in_place {
        return Ok(vec![
            Operation::bare(Verb::Delete, artifact),
            Operation::with(Verb::Put, artifact, wanted.clone()),
        ]);
    }
    let mut update = Map::new();
    for key in keys {
        let value = wanted.get(key).or_else(|| want.get(key)).cloned();
        update.insert(key.to_owned(), value.unwrap_or_else(|| emptied(have, key)));
    }
    Ok(vec![Operation::with(
        Verb::Update,
        artifact,
        Value::Object(update),
    )])
}
