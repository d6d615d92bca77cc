//! Putting an object in the place of another one of its id: jobs, datafeeds and
//! analytics, which the server never overwrites.

use serde_json::{Value, json};

use std::collections::BTreeSet;
use std::path::Path;

use super::{delete, reviewed};
use crate::error::{Error, Result};
use crate::io::elasticsearch::Elasticsearch;
use crate::io::http::Method;
use crate::io::keepsake::Keepsake;
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::observation::RunState;
use crate::model::{body, datafeed, diff, normal};

/// What is there, and what goes with it.
#[derive(Debug)]
pub struct Found {
    /// The object, and of a job its datafeeds, with their bodies.
    objects: Vec<(ArtifactId, Value)>,
    /// Those that are at work.
    pub running: Vec<ArtifactId>,
    /// How it differs from what is to come; empty where it does not.
    pub diff: String,
}

/// What there is in the place of `artifact`.
///
/// # Errors
/// As the calls.
pub fn look(cluster: &Elasticsearch, artifact: &ArtifactId, raw: &Value) -> Result<Option<Found>> {
    let Some(there) = cluster.read(artifact)? else {
        return Ok(None);
    };
    let wanted = body::for_cluster(artifact, raw, cluster.version(), None);
    let (want, have) = normal::pair(artifact.kind, &wanted, &there.body);
    let mut found = Found {
        diff: if want == have {
            String::new()
        } else {
            diff::bodies(&have, &want)
        },
        objects: Vec::new(),
        running: Vec::new(),
    };
    found.add(artifact.clone(), there.body, there.state);
    if artifact.kind == ArtifactKind::Job {
        for (id, feed) in cluster.datafeeds()? {
            let feed_id = ArtifactId::new(ArtifactKind::Datafeed, id);
            if feed.job == artifact.id
                && let Some(there) = cluster.read(&feed_id)?
            {
                found.add(feed_id, there.body, feed.state);
            }
        }
    }
    Ok(Some(found))
}

impl Found {
    /// The bodies by kind and id.
    fn to_json(&self) -> Vec<u8> {
        let objects = self.objects.iter();
        let bodies: Value = objects
            .map(|(artifact, body)| json!({"kind": artifact.kind, "id": artifact.id, "body": body}))
            .collect();
        bodies.to_string().into_bytes()
    }

    fn add(&mut self, artifact: ArtifactId, body: Value, state: RunState) {
        if state == RunState::Running {
            self.running.push(artifact.clone());
        }
        self.objects.push((artifact, body));
    }
}

/// Takes away what was `found` and puts `raw` in its place; datafeeds of a job are
/// put back, and nothing is started. Where the new object is refused, the old one
/// is put back. Until that is over the old bodies are kept below the state folder
/// `state`.
///
/// # Errors
/// [`crate::error::ErrorKind::Malformed`] for what the review refuses, before
/// anything is changed; [`crate::error::ErrorKind::Io`] when the old bodies cannot
/// be kept; as the calls.
pub fn replace(
    cluster: &Elasticsearch,
    artifact: &ArtifactId,
    raw: &Value,
    found: &Found,
    state: &Path,
) -> Result<Value> {
    let wanted = body::for_cluster(artifact, raw, cluster.version(), None);
    reviewed(cluster, artifact, &wanted)?;
    let kept = Keepsake::write(state, &artifact.to_string(), &found.to_json())?;
    let inside = datafeed::inside(artifact, raw);
    let gone = delete(cluster, artifact, true);
    let put = gone
        .and_then(|_| put(cluster, artifact, &wanted))
        .and_then(|answer| {
            let inside = inside.iter().map(|(feed, body)| (feed, body));
            let others = found.objects.iter().map(|(other, body)| (other, body));
            let mut done = BTreeSet::from([artifact]);
            for (other, body) in inside.chain(others) {
                if done.insert(other) {
                    restore(cluster, other, body)?;
                }
            }
            Ok(answer)
        });
    let outcome = match put {
        Ok(answer) => Ok(answer),
        Err(error) => Err(back(cluster, found, error).map_err(|failed| {
            let place = kept.path().display();
            failed.hint(format!(
                "what was there is in {place}: put it back from there"
            ))
        })?),
    };
    kept.discard();
    outcome
}

/// The error, after everything was put back that was there.
///
/// # Errors
/// When something could not be put back.
fn back(cluster: &Elasticsearch, found: &Found, error: Error) -> Result<Error> {
    let mut told = "nothing was changed";
    for (artifact, body) in &found.objects {
        if matches!(cluster.read(artifact), Ok(Some(_))) {
            continue;
        }
        if let Err(failed) = restore(cluster, artifact, body) {
            return Err(failed.context(format!(
                "{error}; and {artifact} could not be put back as it was"
            )));
        }
        told = "what was there is put back; results that a job had are gone";
    }
    Ok(error.context(told))
}

fn restore(cluster: &Elasticsearch, artifact: &ArtifactId, there: &Value) -> Result<()> {
    let body = body::for_cluster(artifact, there, cluster.version(), None);
    put(cluster, artifact, &body).map(drop)
}

fn put(cluster: &Elasticsearch, artifact: &ArtifactId, body: &Value) -> Result<Value> {
    let path = cluster.path(artifact)?;
    Ok(cluster.call(Method::Put, &path, body)?)
}
