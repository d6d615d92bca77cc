//! What a body in a cluster refers to.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::artifact::{ArtifactId, ArtifactKind};

/// Deeper nesting than this is not looked into; the server's own limit is lower.
pub(super) const MAX_DEPTH: usize = 100;

/// Scripts, models, pipelines and enrich policies that an ingest pipeline names anywhere:
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
pub(super) const PLACES: [(&str, &str, ArtifactKind); 4] = [
    ("script", "id", ArtifactKind::Script),
    ("inference", "model_id", ArtifactKind::Model),
    ("pipeline", "name", ArtifactKind::Pipeline),
    ("enrich", "policy_name", ArtifactKind::Enrich),
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

/// How many inference processors a pipeline has, as the server counts them
/// against `xpack.ml.max_inference_processors`: also those of `on_failure` and
/// inside `foreach`.
#[must_use]
pub fn inference_processors(body: &Value) -> u64 {
    fn count(value: &Value, depth: usize) -> u64 {
        if depth > MAX_DEPTH {
            return 0;
        }
        match value {
            Value::Array(items) => items.iter().map(|item| count(item, depth + 1)).sum(),
            Value::Object(map) => map
                .iter()
                .map(|(key, inner)| {
                    u64::from(key == "inference" && inner.is_object()) + count(inner, depth + 1)
                })
                .sum(),
            _ => 0,
        }
    }
    let lists = ["processors", "on_failure"];
    lists
        .iter()
        .filter_map(|list| body.get(*list))
        .map(|list| count(list, 0))
        .sum()
}

/// The Painless that a pipeline carries itself: scripts and conditions.
#[must_use]
pub fn painless_of_pipeline(body: &Value) -> Vec<&str> {
    fn walk<'a>(value: &'a Value, depth: usize, found: &mut Vec<&'a str>) {
        if depth > MAX_DEPTH {
            return;
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| walk(item, depth + 1, found)),
            Value::Object(map) => {
                for (key, inner) in map {
                    let source = match key.as_str() {
                        "if" => Some(inner),
                        "script" => inner.get("source"),
                        _ => None,
                    };
                    found.extend(source.and_then(Value::as_str));
                    walk(inner, depth + 1, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(body, 0, &mut found);
    found
}

/// The anomaly detection jobs that a detection rule watches: one id or several.
#[must_use]
pub fn jobs_of_rule(body: &Value) -> BTreeSet<ArtifactId> {
    let ids: Vec<&str> = match body.get("machine_learning_job_id") {
        Some(Value::String(id)) => vec![id],
        Some(Value::Array(ids)) => ids.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    ids.into_iter()
        .map(|id| ArtifactId::new(ArtifactKind::Job, id))
        .collect()
}

/// The stored scripts of a transform's aggregations, and the pipeline that its
/// results go through.
#[must_use]
pub fn of_transform(body: &Value) -> BTreeSet<ArtifactId> {
    let mut found = BTreeSet::new();
    for key in ["pivot", "latest", "source"] {
        if let Some(part) = body.get(key) {
            scripts(part, 0, &mut found);
        }
    }
    if let Some(id) = body.pointer("/dest/pipeline").and_then(Value::as_str) {
        found.insert(ArtifactId::new(ArtifactKind::Pipeline, id));
    }
    found
}

/// The stored scripts below `value`: under `script`, `init_script`, … as `{"id"}`.
fn scripts(value: &Value, depth: usize, found: &mut BTreeSet<ArtifactId>) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| scripts(item, depth + 1, found)),
        Value::Object(map) => {
            for (key, inner) in map {
                let is_script = key == "script" || key.ends_with("_script");
                if is_script && let Some(id) = inner.get("id").and_then(Value::as_str) {
                    found.insert(ArtifactId::new(ArtifactKind::Script, id));
                }
                scripts(inner, depth + 1, found);
            }
        }
        _ => {}
    }
}

/// The second names of a model, as its `metadata` has them (7.13 on).
#[must_use]
pub fn aliases(model: &Value) -> BTreeSet<ArtifactId> {
    texts(model.pointer("/metadata/model_aliases"))
        .into_iter()
        .map(|alias| ArtifactId::new(ArtifactKind::Model, alias))
        .collect()
}

/// The component templates of an index template.
#[must_use]
pub fn of_template(body: &Value) -> BTreeSet<ArtifactId> {
    texts(body.get("composed_of"))
        .into_iter()
        .map(|id| ArtifactId::new(ArtifactKind::Component, id))
        .collect()
}

/// The default and the final pipeline of the settings of an index or of a template,
/// in whatever spelling: nested, dotted, without `index`.
#[must_use]
pub fn of_settings(settings: &Value) -> BTreeSet<ArtifactId> {
    let mut found = BTreeSet::new();
    for key in ["default_pipeline", "final_pipeline"] {
        let spelled = [
            settings.pointer(&format!("/index/{key}")),
            settings.get(format!("index.{key}")),
            settings.get(key),
        ];
        let names = spelled.into_iter().flatten().filter_map(Value::as_str);
        let led = names.filter(|name| *name != "_none");
        found.extend(led.map(|name| ArtifactId::new(ArtifactKind::Pipeline, name)));
    }
    found
}

/// The saved objects that a saved object names.
#[must_use]
pub fn of_object(body: &Value) -> BTreeSet<ArtifactId> {
    let list = body.get("references").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|reference| {
            let text = |key: &str| reference.get(key)?.as_str();
            let id = format!("{}:{}", text("type")?, text("id")?);
            Some(ArtifactId::new(ArtifactKind::Object, id))
        })
        .collect()
}

/// What the object of `kind` with this `body` names, where it is of a kind whose
/// objects may name others of the cluster.
#[must_use]
pub fn of(kind: ArtifactKind, body: &Value) -> BTreeSet<ArtifactId> {
    match kind {
        ArtifactKind::Pipeline => of_pipeline(body),
        ArtifactKind::Transform => of_transform(body),
        ArtifactKind::Template => of_template(body),
        ArtifactKind::Job => of_job(body),
        ArtifactKind::Object => of_object(body),
        _ => BTreeSet::new(),
    }
}

/// The indices and patterns that an object of `kind` reads.
#[must_use]
pub fn reads(kind: ArtifactKind, body: &Value) -> Vec<&str> {
    match kind {
        ArtifactKind::Analytics | ArtifactKind::Transform => texts(body.pointer("/source/index")),
        ArtifactKind::Datafeed => texts(body.get("indices")),
        ArtifactKind::Enrich => {
            let types = body.as_object().into_iter().flatten();
            types
                .flat_map(|(_, policy)| texts(policy.get("indices")))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// A text, or the texts of a list.
fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        of_job, of_object, of_pipeline, of_settings, of_template, of_transform, redirected,
    };

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
    fn finds_what_transforms_templates_and_objects_name() {
        let transform = json!({
            "source": {"index": "alerts"}, "dest": {"index": "risk", "pipeline": "p"},
            "pivot": {"aggregations": {"risk": {"scripted_metric": {
                "init_script": {"id": "s0"}, "map_script": {"source": "1"},
                "combine_script": "return state", "reduce_script": {"id": "s1"}}}}},
        });
        let template = json!({"composed_of": ["c1", "c2"]});
        let object = json!({"references": [{"type": "index-pattern", "id": "logs", "name": "x"}]});
        for (found, expected) in [
            (
                of_transform(&transform),
                vec!["script s0", "script s1", "pipeline p"],
            ),
            (of_template(&template), vec!["component c1", "component c2"]),
            (of_object(&object), vec!["object index-pattern:logs"]),
            (
                of_settings(
                    &json!({"index": {"default_pipeline": "a"}, "index.final_pipeline": "b"}),
                ),
                vec!["pipeline a", "pipeline b"],
            ),
            (
                of_settings(
                    &json!({"default_pipeline": "a", "index": {"final_pipeline": "_none"}}),
                ),
                vec!["pipeline a"],
            ),
        ] {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn finds_filters_of_custom_rules() {
        let job = json!({"analysis_config": {"detectors": [{"custom_rules": [
            {"scope": {"a": {"filter_id": "f1"}}}, {"conditions": []}]}]}});
        let names: Vec<String> = of_job(&job).iter().map(ToString::to_string).collect();
        assert_eq!(names, ["filter f1"]);
    }
}
