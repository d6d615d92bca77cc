//! What the content of a JSON file says about its kind and id.

use serde_json::{Map, Value};

use crate::model::artifact::ArtifactKind;

/// Keys that together only one kind of body has, and the key of its id. The
/// shapes are those in which the APIs return their objects.
const SHAPES: [(ArtifactKind, &[&str], &str); 6] = [
    (
        ArtifactKind::Datafeed,
        &["datafeed_id", "job_id"],
        "datafeed_id",
    ),
    (ArtifactKind::Job, &["job_id", "analysis_config"], "job_id"),
    (ArtifactKind::Filter, &["filter_id", "items"], "filter_id"),
    (
        ArtifactKind::Analytics,
        &["id", "source", "dest", "analysis"],
        "id",
    ),
    (
        ArtifactKind::Rule,
        &["rule_id", "type", "name", "risk_score"],
        "rule_id",
    ),
    (
        ArtifactKind::Model,
        &["model_id", "inference_config"],
        "model_id",
    ),
];

/// Kind and id of a body that names both by itself.
pub(super) fn of(body: &Value) -> Option<(ArtifactKind, String)> {
    let body = body.as_object()?;
    SHAPES.into_iter().find_map(|(kind, keys, id)| {
        let all = keys.iter().all(|key| body.contains_key(*key));
        let id = body.get(id)?.as_str().filter(|id| !id.is_empty())?;
        all.then(|| (kind, id.to_owned()))
    })
}

/// What keeps `body` from being of the kind that its file's name says.
pub(super) fn contradiction(kind: ArtifactKind, body: &Value) -> Option<String> {
    let Some(map) = body.as_object() else {
        return Some("holds no JSON object".to_owned());
    };
    let fits = match kind {
        ArtifactKind::Script => is(map, "script", Value::is_object),
        ArtifactKind::Pipeline => is(map, "processors", Value::is_array),
        _ => true,
    };
    (!fits).then(|| {
        let key = if kind == ArtifactKind::Script {
            "an object `script`"
        } else {
            "a list `processors`"
        };
        format!("is named as a {kind}, but has not {key}")
    })
}

fn is(map: &Map<String, Value>, key: &str, test: fn(&Value) -> bool) -> bool {
    map.get(key).is_some_and(test)
}
