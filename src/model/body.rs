//! The body that one cluster takes, made from the body that a bundle carries.

use serde_json::{Map, Value};

use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::datafeed;
use crate::model::mark::{self, Mark};
use crate::model::normal;
use crate::model::observation::DOCUMENTS;
use crate::model::version::StackVersion;

/// Keys that a stack knows only from some version on, and refuses before.
const SINCE: [(ArtifactKind, &str, u32, u32); 14] = [
    (ArtifactKind::Model, "model_type", 8, 0),
    (ArtifactKind::Model, "model_size_bytes", 8, 0),
    (ArtifactKind::Model, "platform_architecture", 8, 12),
    (ArtifactKind::Model, "prefix_strings", 8, 12),
    (ArtifactKind::Pipeline, "_meta", 7, 16),
    (
        ArtifactKind::Job,
        "daily_model_snapshot_retention_after_days",
        7,
        9,
    ),
    (ArtifactKind::Datafeed, "runtime_mappings", 7, 12),
    (ArtifactKind::Analytics, "_meta", 8, 9),
    (ArtifactKind::Transform, "_meta", 7, 16),
    (ArtifactKind::Transform, "retention_policy", 7, 12),
    (ArtifactKind::Template, "allow_auto_create", 7, 11),
    (
        ArtifactKind::Template,
        "ignore_missing_component_templates",
        8,
        7,
    ),
    (ArtifactKind::Template, "deprecated", 8, 12),
    (ArtifactKind::Component, "deprecated", 8, 12),
];

/// When the server took an object, which it tells from 9.1 on.
const DATES: [&str; 4] = [
    "created_date",
    "created_date_millis",
    "modified_date",
    "modified_date_millis",
];

/// Settings of an index that only the server sets.
const PRIVATE_SETTINGS: [&str; 6] = [
    "creation_date",
    "history",
    "provided_name",
    "resize",
    "uuid",
    "version",
];

/// Keys that exports carry and that no version takes back.
const NEVER_SENT: [(ArtifactKind, &[&str]); 12] = [
    (
        ArtifactKind::Model,
        &[
            "model_id",
            "version",
            "created_by",
            "create_time",
            "license_level",
            "estimated_heap_memory_usage_bytes",
            "estimated_operations",
            "location",
            "model_package",
            "fully_defined",
        ],
    ),
    (
        ArtifactKind::Job,
        &[
            "job_id",
            "job_type",
            "job_version",
            "create_time",
            "finished_time",
            "last_data_time",
            "established_model_memory",
            "model_snapshot_id",
            "model_snapshot_min_version",
            datafeed::INLINE,
            "deleting",
            "blocked",
        ],
    ),
    (
        ArtifactKind::Datafeed,
        &["datafeed_id", "authorization", "headers", "create_time"],
    ),
    (
        ArtifactKind::Analytics,
        &["id", "create_time", "version", "authorization", "headers"],
    ),
    (ArtifactKind::Pipeline, &DATES),
    (ArtifactKind::Filter, &["filter_id", "type"]),
    (
        ArtifactKind::Transform,
        &["id", "create_time", "version", "authorization", "headers"],
    ),
    (ArtifactKind::Component, &DATES),
    (ArtifactKind::Template, &DATES),
    (ArtifactKind::Enrich, &["name"]),
    (
        ArtifactKind::Index,
        &[DOCUMENTS, "data_stream", "lifecycle", "warmers"],
    ),
    (
        ArtifactKind::Object,
        &[
            "created_at",
            "created_by",
            "managed",
            "namespaces",
            "originId",
            "sort",
            "updated_at",
            "updated_by",
            "version",
        ],
    ),
];

/// What is sent to a cluster of `version` so that `artifact` becomes what `raw`
/// says: without the keys that the server generates or does not know yet, the id
/// only in the address, and with `mark` where the kind and the version have room.
#[must_use]
pub fn for_cluster(
    artifact: &ArtifactId,
    raw: &Value,
    version: &StackVersion,
    mark: Option<&Mark>,
) -> Value {
    let kind = artifact.kind;
    let mut body = raw.clone();
    if kind == ArtifactKind::Script {
        return script(body);
    }
    if let Value::Object(map) = &mut body {
        let never = NEVER_SENT.iter().filter(|(of, _)| *of == kind);
        for key in never.flat_map(|(_, keys)| *keys) {
            map.remove(*key);
        }
        strip_inside(kind, map);
        for (_, key, major, minor) in SINCE.iter().filter(|(of, ..)| *of == kind) {
            if !version.offers(*major, *minor) {
                map.remove(*key);
            }
        }
        if kind == ArtifactKind::Rule {
            for key in normal::generated_keys(kind) {
                if !matches!(*key, "version" | "enabled") {
                    map.remove(*key);
                }
            }
            map.insert("rule_id".to_owned(), Value::from(artifact.id.as_str()));
        }
        if let Some(Value::Array(items)) = map.get_mut("items")
            && kind == ArtifactKind::Filter
        {
            items.iter_mut().for_each(without_notes);
        }
    }
    if let Some(mark) = mark
        && room_for_mark(kind, version)
    {
        mark::put(kind, &mut body, mark);
    }
    body
}

/// Takes out what answers carry inside of the parts of a body.
fn strip_inside(kind: ArtifactKind, map: &mut Map<String, Value>) {
    let (parts, keys): (Vec<&mut Value>, &[&str]) = match kind {
        ArtifactKind::Enrich => (
            map.iter_mut().map(|(_, policy)| policy).collect(),
            &["name", "elasticsearch_version"],
        ),
        ArtifactKind::Index => (
            map.get_mut("settings")
                .and_then(|settings| settings.get_mut("index"))
                .into_iter()
                .collect(),
            &PRIVATE_SETTINGS,
        ),
        ArtifactKind::Model => (
            map.get_mut("metadata").into_iter().collect(),
            normal::shown_in_metadata(),
        ),
        _ => return,
    };
    for part in parts.into_iter().filter_map(Value::as_object_mut) {
        for key in keys {
            part.remove(*key);
        }
    }
}

/// Whether a cluster of `version` keeps a mark in objects of `kind`.
#[must_use]
pub fn room_for_mark(kind: ArtifactKind, version: &StackVersion) -> bool {
    let since_7_16 = matches!(kind, ArtifactKind::Pipeline | ArtifactKind::Transform);
    mark::has_place(kind) && (!since_7_16 || version.offers(7, 16))
}

/// An item of a filter without what people noted about it.
fn without_notes(item: &mut Value) {
    if let Some(bare) = item.get_mut("item").map(Value::take) {
        *item = bare;
    }
}

/// A stored script under the key that the call wants.
fn script(body: Value) -> Value {
    if body.get("script").is_some_and(Value::is_object) {
        return body;
    }
    serde_json::json!({ "script": body })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::for_cluster;
    use crate::model::artifact::{ArtifactId, ArtifactKind};
    use crate::model::version::StackVersion;

    #[test]
    fn an_older_cluster_gets_only_what_it_knows() {
        let raw = json!({"model_id": "m", "model_type": "tree_ensemble", "model_size_bytes": 1,
            "create_time": 1, "input": {}, "compressed_definition": "x"});
        let model = ArtifactId::new(ArtifactKind::Model, "m");
        let old = for_cluster(&model, &raw, &StackVersion::new(7, 10, 0), None);
        assert_eq!(old, json!({"input": {}, "compressed_definition": "x"}));
        let new = for_cluster(&model, &raw, &StackVersion::new(8, 4, 0), None);
        assert_eq!(
            new,
            json!({"model_type": "tree_ensemble", "model_size_bytes": 1, "input": {},
                "compressed_definition": "x"})
        );
        let filter = ArtifactId::new(ArtifactKind::Filter, "f");
        let raw = json!({"items": ["a", {"item": "b", "expires": "2030-01-01"}]});
        let noted = for_cluster(&filter, &raw, &StackVersion::new(8, 0, 0), None);
        assert_eq!(noted, json!({"items": ["a", "b"]}));
        let pipeline = ArtifactId::new(ArtifactKind::Pipeline, "p");
        let raw = json!({"_meta": {"a": 1}, "processors": []});
        let old = for_cluster(&pipeline, &raw, &StackVersion::new(7, 15, 0), None);
        assert_eq!(old, json!({"processors": []}));
        let policy = ArtifactId::new(ArtifactKind::Enrich, "e");
        let raw = json!({"match": {"name": "e", "indices": ["a"]}});
        let put = for_cluster(&policy, &raw, &StackVersion::new(8, 0, 0), None);
        assert_eq!(put, json!({"match": {"indices": ["a"]}}));
        let index = ArtifactId::new(ArtifactKind::Index, "i");
        let raw = json!({"documents": 0, "aliases": {}, "settings": {"index":
            {"uuid": "x", "creation_date": "1", "number_of_shards": "2"}}});
        let put = for_cluster(&index, &raw, &StackVersion::new(8, 0, 0), None);
        let expected = json!({"aliases": {}, "settings": {"index": {"number_of_shards": "2"}}});
        assert_eq!(put, expected);
        let script = ArtifactId::new(ArtifactKind::Script, "s");
        let bare = for_cluster(
            &script,
            &json!({"source": "1"}),
            &StackVersion::new(8, 0, 0),
            None,
        );
        assert_eq!(bare, json!({"script": {"source": "1"}}));
    }
}
