//! A job under a new id, with changes that an update cannot make.

use serde_json::{Map, Value};

use super::{put, show};
use crate::error::{Error, ErrorKind, Result};
use crate::io::elasticsearch::Elasticsearch;
use crate::model::artifact::{ArtifactId, ArtifactKind};

/// Puts a copy of the job `id` as `new_id`, with the keys of `change` in place of
/// its own (objects are merged), and a copy of its datafeed as `datafeed-NEW_ID`.
/// The old ones stay as they are.
///
/// # Errors
/// As [`show`] and [`put`].
pub fn clone(
    cluster: &Elasticsearch,
    id: &str,
    new_id: &str,
    change: &Value,
) -> Result<Vec<ArtifactId>> {
    if id == new_id {
        return Err(Error::new(
            ErrorKind::Usage,
            "a clone needs an id of its own",
        ));
    }
    let old = ArtifactId::new(ArtifactKind::Job, id);
    let new = ArtifactId::new(ArtifactKind::Job, new_id);
    let mut body = show(cluster, &old)?;
    strip_numbers(&mut body);
    merge(&mut body, change);
    put(cluster, &new, &body)?;
    let mut made = vec![new];
    let feeds = cluster.datafeeds()?;
    if let Some((feed_id, _)) = feeds.iter().find(|(_, feed)| feed.job == id) {
        let mut feed = show(
            cluster,
            &ArtifactId::new(ArtifactKind::Datafeed, feed_id.as_str()),
        )?;
        if let Some(object) = feed.as_object_mut() {
            object.insert("job_id".into(), new_id.into());
        }
        let copy = ArtifactId::new(ArtifactKind::Datafeed, format!("datafeed-{new_id}"));
        put(cluster, &copy, &feed)?;
        made.push(copy);
    }
    Ok(made)
}

/// Takes out what the server numbers and names by itself.
fn strip_numbers(body: &mut Value) {
    let index = body.get("results_index_name").and_then(Value::as_str);
    let own = index
        .and_then(|name| name.strip_prefix("custom-"))
        .map(str::to_owned);
    if let Some(object) = body.as_object_mut() {
        // From 7.15 a job shows its datafeed, which the copy cannot share.
        object.remove("datafeed_config");
        match own {
            Some(own) => object.insert("results_index_name".into(), own.into()),
            None => object.remove("results_index_name"),
        };
    }
    let detectors = body
        .pointer_mut("/analysis_config/detectors")
        .and_then(Value::as_array_mut);
    for detector in detectors
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        detector.remove("detector_index");
    }
}

fn merge(target: &mut Value, change: &Value) {
    let (Some(into), Some(from)) = (target.as_object_mut(), change.as_object()) else {
        return;
    };
    for (key, value) in from {
        match into.get_mut(key) {
            Some(known @ Value::Object(_)) if value.is_object() => merge(known, value),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

/// A change that changes nothing.
#[must_use]
pub fn no_change() -> Value {
    Value::Object(Map::new())
}
