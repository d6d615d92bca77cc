//! Managing filters, jobs, datafeeds and analytics of a cluster one by one.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::io::elasticsearch::Elasticsearch;
use crate::io::elasticsearch::answer::Decision;
use crate::io::http::Method;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::body;
use crate::model::datafeed;
use crate::model::finding::{Finding, Severity};
use crate::model::json_text;
use crate::model::lint::{Surroundings, review, review_update};

pub mod clone;
pub mod filters;
pub mod overwrite;
pub mod rules;

/// How many objects a page of a list has.
const PAGE: usize = 1000;

/// An object of a list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Its state in the server's word; nothing for filters.
    pub state: Option<String>,
    /// Why it is in that state, where the server says so.
    pub reason: Option<String>,
    /// The object as the server returns it.
    pub body: Value,
}

/// What can be done with jobs, datafeeds and analytics beside changing them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opens a job.
    Open,
    /// Closes a job.
    Close {
        /// Also one that has failed, and without waiting.
        force: bool,
    },
    /// Starts a datafeed or an analytics.
    Start {
        /// From when on, in the words of the API.
        start: Option<String>,
        /// Until when; without it on and on.
        end: Option<String>,
    },
    /// Stops a datafeed or an analytics.
    Stop {
        /// Also one that has failed, and without waiting.
        force: bool,
    },
    /// Forgets what a closed job has learned and found (from 7.14).
    Reset,
}

/// The folder, the key of the list, and the key of the id.
const fn names(kind: ArtifactKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        ArtifactKind::Filter => ("/_ml/filters", "filters", "filter_id"),
        ArtifactKind::Job => ("/_ml/anomaly_detectors", "jobs", "job_id"),
        ArtifactKind::Datafeed => ("/_ml/datafeeds", "datafeeds", "datafeed_id"),
        _ => ("/_ml/data_frame/analytics", "data_frame_analytics", "id"),
    }
}

/// All objects of a kind, with their states.
///
/// # Errors
/// As the calls.
pub fn list(cluster: &Elasticsearch, kind: ArtifactKind) -> Result<Vec<Entry>> {
    let (folder, key, id_key) = names(kind);
    let is_paged = matches!(kind, ArtifactKind::Filter | ArtifactKind::Analytics);
    let mut bodies: Vec<Value> = Vec::new();
    loop {
        let path = if is_paged {
            format!("{folder}?from={}&size={PAGE}", bodies.len())
        } else {
            folder.to_owned()
        };
        let page = page(cluster, &path, key)?;
        let is_last = !is_paged || page.len() < PAGE;
        bodies.extend(page);
        if is_last {
            break;
        }
    }
    let states = if kind == ArtifactKind::Filter || bodies.is_empty() {
        Vec::new()
    } else {
        page(
            cluster,
            &format!(
                "{folder}/_stats{}",
                if is_paged { "?size=1000" } else { "" }
            ),
            key,
        )?
    };
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let figures: BTreeMap<String, &Value> = states
        .iter()
        .filter_map(|figure| Some((text(figure, id_key)?, figure)))
        .collect();
    let mut entries: Vec<Entry> = bodies
        .into_iter()
        .filter_map(|body| {
            let id = text(&body, id_key)?;
            let figure = figures.get(&id);
            let said = |key: &str| figure.and_then(|figure| text(figure, key));
            let reason = said("assignment_explanation").or_else(|| said("failure_reason"));
            Some(Entry {
                state: said("state"),
                reason: reason.filter(|why| !why.is_empty()),
                id,
                body,
            })
        })
        .collect();
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(entries)
}

fn page(cluster: &Elasticsearch, path: &str, key: &str) -> Result<Vec<Value>> {
    let mut answer = cluster.call(Method::Get, path, &Value::Null)?;
    match answer.get_mut(key).map(Value::take) {
        Some(Value::Array(list)) => Ok(list),
        _ => Err(Error::new(
            ErrorKind::Network,
            format!("the answer to GET {path} has no list {key}"),
        )),
    }
}

/// The object, which must be there.
///
/// # Errors
/// [`ErrorKind::Cluster`] when it is not, and as the call.
pub fn show(cluster: &Elasticsearch, artifact: &ArtifactId) -> Result<Value> {
    match cluster.read(artifact)? {
        Some(observed) => Ok(observed.body),
        None => Err(absent(artifact)),
    }
}

fn absent(artifact: &ArtifactId) -> Error {
    Error::new(ErrorKind::Cluster, format!("the cluster has no {artifact}")).hint(format!(
        "`sealift {} list` shows what it has",
        artifact.kind
    ))
}

/// Puts a new object, after a review that knows the cluster's filters and jobs. A
/// datafeed inside a job is put after it; where that is refused the job goes again.
///
/// # Errors
/// [`ErrorKind::Malformed`] for what the review refuses; as the call.
pub fn put(
    cluster: &Elasticsearch,
    artifact: &ArtifactId,
    raw: &Value,
) -> Result<(Value, Vec<Finding>)> {
    let body = body::for_cluster(artifact, raw, cluster.version(), None);
    let mut findings = reviewed(cluster, artifact, &body)?;
    let path = cluster.path(artifact)?;
    let answer = cluster.call(Method::Put, &path, &body)?;
    if let Some((feed, body)) = datafeed::inside(artifact, raw) {
        match put(cluster, &feed, &body) {
            Ok((_, more)) => findings.extend(more),
            Err(error) => {
                delete(cluster, artifact, false)?;
                return Err(error.context(format!("{artifact} was not put, for its {feed}")));
            }
        }
    }
    Ok((answer, findings))
}

/// The findings of a review that passed.
///
/// # Errors
/// [`ErrorKind::Malformed`] that names the first error.
pub fn reviewed(
    cluster: &Elasticsearch,
    artifact: &ArtifactId,
    body: &Value,
) -> Result<Vec<Finding>> {
    let around = surroundings(cluster, artifact.kind)?;
    let body = json_text::parse(&body.to_string());
    passed(
        artifact,
        review(artifact.kind, &artifact.id, &body, &around),
    )
}

/// What a review of such an object has to know of the cluster.
fn surroundings(cluster: &Elasticsearch, kind: ArtifactKind) -> Result<Surroundings> {
    let mut around = Surroundings::empty(cluster.version().clone());
    let needed = match kind {
        ArtifactKind::Job => Some(ArtifactKind::Filter),
        ArtifactKind::Datafeed => Some(ArtifactKind::Job),
        _ => None,
    };
    if let Some(kind) = needed {
        let there = list(cluster, kind)?.into_iter();
        around.known = there.map(|entry| ArtifactId::new(kind, entry.id)).collect();
    }
    Ok(around)
}

fn passed(artifact: &ArtifactId, findings: Vec<Finding>) -> Result<Vec<Finding>> {
    let error = findings
        .iter()
        .find(|finding| finding.severity == Severity::Error);
    match error {
        None => Ok(findings),
        Some(finding) => Err(Error::new(
            ErrorKind::Malformed,
            format!("{artifact}: {} (at {})", finding.what, finding.path),
        )
        .because(finding.why.clone())
        .hint(finding.fix.clone())),
    }
}

/// Changes what can be changed of a job, a datafeed or an analytics, after a review
/// of the change and of what it makes of the object.
///
/// # Errors
/// [`ErrorKind::Usage`] for keys that no update takes; [`ErrorKind::Malformed`] for
/// what the review refuses; as the calls.
pub fn update(cluster: &Elasticsearch, artifact: &ArtifactId, change: &Value) -> Result<Value> {
    if artifact.kind == ArtifactKind::Job {
        refuse_fixed_keys(&artifact.id, change)?;
    }
    let stored = show(cluster, artifact)?;
    let around = surroundings(cluster, artifact.kind)?;
    let body = json_text::parse(&change.to_string());
    passed(artifact, review_update(artifact, &stored, &body, &around))?;
    let path = format!("{}/_update", cluster.path(artifact)?);
    Ok(cluster.call(Method::Post, &path, change)?)
}

/// Keys of a job that stay as they were made.
fn refuse_fixed_keys(id: &str, change: &Value) -> Result<()> {
    const FIXED: [&str; 4] = [
        "analysis_config",
        "data_description",
        "results_index_name",
        "job_type",
    ];
    let in_detectors = change
        .get("detectors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(serde_json::Map::keys)
        .find(|key| !["detector_index", "description", "custom_rules"].contains(&key.as_str()));
    let fixed = FIXED.into_iter().find(|key| change.get(key).is_some());
    match fixed.or(in_detectors.map(String::as_str)) {
        None => Ok(()),
        Some(key) => Err(Error::new(
            ErrorKind::Usage,
            format!("{key} of a job stays as it was made"),
        )
        .hint(format!(
            "`sealift job clone {id} NEW_ID --change FILE` makes a job of its own with it"
        ))),
    }
}

/// Opens, closes, starts, stops or resets.
///
/// # Errors
/// [`ErrorKind::Policy`] where the version has no such call; as the call. A
/// datafeed or job that is in the wanted state already is no error.
pub fn act(cluster: &Elasticsearch, artifact: &ArtifactId, action: &Action) -> Result<Value> {
    if *action == Action::Reset && !cluster.version().offers(7, 14) {
        return Err(Error::new(
            ErrorKind::Policy,
            format!("version {} cannot reset jobs", cluster.version()),
        )
        .hint(format!(
            "`sealift job clone {} NEW_ID` makes a job that learns anew",
            artifact.id
        )));
    }
    let path = cluster.path(artifact)?;
    let (verb, body) = match action {
        Action::Open => ("_open".to_owned(), Value::Null),
        Action::Close { force } => (forced("_close", *force), Value::Null),
        Action::Stop { force } => (forced("_stop", *force), Value::Null),
        Action::Reset => ("_reset".to_owned(), Value::Null),
        Action::Start { start, end } => {
            let mut body = serde_json::Map::new();
            for (key, value) in [("start", start), ("end", end)] {
                if let Some(value) = value {
                    body.insert(key.to_owned(), value.clone().into());
                }
            }
            let body = if body.is_empty() {
                Value::Null
            } else {
                Value::Object(body)
            };
            ("_start".to_owned(), body)
        }
    };
    Ok(cluster.call(Method::Post, &format!("{path}/{verb}"), &body)?)
}

fn forced(verb: &str, force: bool) -> String {
    if force {
        format!("{verb}?force=true")
    } else {
        verb.to_owned()
    }
}

/// Deletes an object. With `dependencies`, a job's datafeed is stopped and
/// deleted and the job closed first; a datafeed is stopped.
///
/// # Errors
/// As the calls; something that is gone already is [`ErrorKind::Cluster`].
pub fn delete(
    cluster: &Elasticsearch,
    artifact: &ArtifactId,
    dependencies: bool,
) -> Result<Vec<ArtifactId>> {
    let mut gone = Vec::new();
    if dependencies && artifact.kind == ArtifactKind::Job {
        let feeds = cluster.datafeeds()?.into_iter();
        let feeds: Vec<ArtifactId> = feeds
            .filter(|(_, feed)| feed.job == artifact.id)
            .map(|(id, _)| ArtifactId::new(ArtifactKind::Datafeed, id))
            .collect();
        // Nothing goes before all of it is at rest.
        for feed in &feeds {
            act(cluster, feed, &Action::Stop { force: false })?;
        }
        act(cluster, artifact, &Action::Close { force: false })?;
        for feed in &feeds {
            gone.extend(delete(cluster, feed, false)?);
        }
    }
    if dependencies
        && matches!(
            artifact.kind,
            ArtifactKind::Datafeed | ArtifactKind::Analytics
        )
    {
        act(cluster, artifact, &Action::Stop { force: false })?;
    }
    let path = cluster.path(artifact)?;
    match cluster.call(Method::Delete, &path, &Value::Null) {
        Ok(_) => gone.push(artifact.clone()),
        Err(failed) if failed.decision == Decision::Absent => return Err(absent(artifact)),
        Err(failed) => return Err(failed.into()),
    }
    Ok(gone)
}
