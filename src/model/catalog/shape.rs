//! What the content of a JSON file says about its kind and id.

use serde_json::{Map, Value};

use crate::model::artifact::ArtifactKind;

/// Keys that together only one kind of body has, and the key of its id. The
/// shapes are those in which the APIs return their objects.
const SHAPES: [(ArtifactKind, &[&str], &str); 8] = [
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
        ArtifactKind::Transform,
        &["id", "source", "dest", "pivot"],
        "id",
    ),
    (
        ArtifactKind::Transform,
        &["id", "source", "dest", "latest"],
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
    let (fits, wanted) = match kind {
        ArtifactKind::Script => (is(map, "script", Value::is_object), "an object `script`"),
        ArtifactKind::Pipeline => (
            is(map, "processors", Value::is_array),
            "a list `processors`",
        ),
        ArtifactKind::Transform => (
            is(map, "source", Value::is_object)
                && is(map, "dest", Value::is_object)
                && (map.contains_key("pivot") || map.contains_key("latest")),
            "`source`, `dest`, and `pivot` or `latest`",
        ),
        ArtifactKind::Enrich => (
            map.len() == 1
                && ["match", "geo_match", "range"]
                    .iter()
                    .any(|key| is(map, key, Value::is_object)),
            "one of `match`, `geo_match` and `range` alone",
        ),
        ArtifactKind::Component => (
            is(map, "template", Value::is_object),
            "an object `template`",
        ),
        ArtifactKind::Template => (map.contains_key("index_patterns"), "`index_patterns`"),
        ArtifactKind::Index => (
            is(map, "mappings", Value::is_object),
            "an object `mappings`",
        ),
        _ => (true, ""),
    };
    (!fits).then(|| format!("is named as a {kind}, but has not {wanted}"))
}

/// The id of a saved object as Kibana exports it: `TYPE:ID`.
pub(super) fn object(body: &Value) -> Option<String> {
    let text = |key: &str| body.get(key)?.as_str().filter(|text| !text.is_empty());
    let attributes = body.get("attributes").filter(|value| value.is_object());
    attributes.and_then(|_| Some(format!("{}:{}", text("type")?, text("id")?)))
}

fn is(map: &Map<String, Value>, key: &str, test: fn(&Value) -> bool) -> bool {
    map.get(key).is_some_and(test)
}
