//! What a body in a cluster refers to.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::artifact::{ArtifactId, ArtifactKind};

/// Deeper nesting than this is not looked into; the server's own limit is lower.
const MAX_DEPTH: usize = 100;

/// Scripts, models and pipelines that an ingest pipeline names anywhere:
/// in processors, in their `on_failure`, inside `foreach`. The delete call of
/// older versions looks at the top level only.
#[must_use]
pub fn of_pipeline(body: &Value) -> BTreeSet<ArtifactId> {
    let mut found = BTreeSet::new();
    look(body, 0, &mut found);
    found
}

fn look(value: &Value, depth: usize, found: &mut BTreeSet<ArtifactId>) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| look(item, depth + 1, found)),
        Value::Object(map) => {
            for (key, inner) in map {
                if let Some(reference) = named(key, inner) {
                    found.insert(reference);
                }
                look(inner, depth + 1, found);
            }
        }
        _ => {}
    }
}

/// The place of an id inside a processor, such as `script.id`.
pub(super) const PLACES: [(&str, &str, ArtifactKind); 3] = [
    ("script", "id", ArtifactKind::Script),
    ("inference", "model_id", ArtifactKind::Model),
    ("pipeline", "name", ArtifactKind::Pipeline),
];

fn named(key: &str, inner: &Value) -> Option<ArtifactId> {
    let (_, place, kind) = PLACES.iter().find(|(processor, _, _)| *processor == key)?;
    let id = inner.get(place)?.as_str()?;
    Some(ArtifactId::new(*kind, id))
}

/// `body` with every reference that `rename` knows pointing to its new id.
#[must_use]
pub fn redirected(body: &Value, rename: &dyn Fn(&ArtifactId) -> Option<String>) -> Value {
    let mut body = body.clone();
    redirect(&mut body, 0, rename);
    body
}

fn redirect(value: &mut Value, depth: usize, rename: &dyn Fn(&ArtifactId) -> Option<String>) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| redirect(item, depth + 1, rename)),
        Value::Object(map) => {
            for (key, inner) in map.iter_mut() {
                let place = PLACES.iter().find(|(processor, _, _)| processor == key);
                let new = named(key, inner).and_then(|reference| rename(&reference));
                if let (Some((_, place, _)), Some(new)) = (place, new)
                    && let Some(id) = inner.get_mut(*place)
                {
                    *id = Value::String(new);
                }
                redirect(inner, depth + 1, rename);
            }
        }
        _ => {}
    }
}

/// Filters that the custom rules of a job's detectors name.
#[must_use]
pub fn of_job(body: &Value) -> BTreeSet<ArtifactId> {
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut found = BTreeSet::new();
    for detector in list(body.pointer("/analysis_config/detectors")) {
        for rule in list(detector.get("custom_rules")) {
            let scope = rule.get("scope").and_then(Value::as_object);
            for (_, field) in scope.into_iter().flatten() {
                if let Some(id) = field.get("filter_id").and_then(Value::as_str) {
                    found.insert(ArtifactId::new(ArtifactKind::Filter, id));
                }
            }
        }
    }
    found
}

/// The indices that data frame analytics read.
#[must_use]
pub fn sources_of_analytics(body: &Value) -> Vec<&str> {
    match body.pointer("/source/index") {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{of_job, of_pipeline, redirected};

    #[test]
    fn finds_references_at_any_depth() {
        let pipeline = json!({
            "processors": [
                {"script": {"id": "s1", "params": {"id": "no"}}},
                {"script": {"source": "1"}},
                {"foreach": {"field": "x", "processor": {"inference": {"model_id": "m1"}}}},
                {"set": {"field": "a", "value": 1,
                    "on_failure": [{"pipeline": {"name": "p1"}}]}},
            ],
            "on_failure": [{"script": {"id": "s2"}}],
        });
        let names: Vec<String> = of_pipeline(&pipeline)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(names, ["script s1", "script s2", "model m1", "pipeline p1"]);
        let moved = redirected(&pipeline, &|id| (id.id == "s2").then(|| "new".to_owned()));
        assert_eq!(moved["on_failure"][0]["script"]["id"], "new");
        assert_eq!(moved["processors"][0]["script"]["id"], "s1");
    }

    #[test]
    fn finds_filters_of_custom_rules() {
        let job = json!({"analysis_config": {"detectors": [{"custom_rules": [
            {"scope": {"a": {"filter_id": "f1"}}}, {"conditions": []}]}]}});
        let names: Vec<String> = of_job(&job).iter().map(ToString::to_string).collect();
        assert_eq!(names, ["filter f1"]);
    }
}
