//! Bodies in a form in which two that mean the same are equal.
//!
//! A cluster gives an object back with keys that it generates, defaults that it
//! fills in, sets in its own order and numbers in its own spelling. Here both
//! sides, what a bundle wants and what a cluster has, take one form, so that a
//! difference that is left is a difference that somebody made.
//!
//! Sources: the server's `toXContent` of each object as recorded, and the
//! public API reference of each kind.

use serde_json::{Map, Value};

use crate::model::artifact::ArtifactKind;
use crate::model::digest::Digest;
use crate::model::mark;

mod form;
mod rules;
mod scalar;
mod settings;
mod theirs;
mod walk;

pub use theirs::kept;

/// What is wanted and what is there, in the form in which equal meaning is
/// equal JSON: keys sorted, generated keys gone, defaults filled in, and keys of
/// `observed` gone that only the server decides and `wanted` does not name.
#[must_use]
pub fn pair(kind: ArtifactKind, wanted: &Value, observed: &Value) -> (Value, Value) {
    // What is the operator's counts only where it is asked for.
    let asked = match kind {
        ArtifactKind::Rule => theirs::named(wanted, observed),
        _ => [Map::new(), Map::new()],
    };
    let mut wanted = canonical(kind, wanted);
    let mut observed = canonical(kind, observed);
    for (body, asked) in [&mut wanted, &mut observed].into_iter().zip(asked) {
        if let Value::Object(map) = body {
            map.extend(asked);
        }
        body.sort_all_objects();
    }
    for path in rules::of(kind).server_decides {
        walk::forget_unnamed(&mut observed, &wanted, path);
    }
    for path in rules::of(kind).lenient {
        walk::keep_only_named(&mut observed, &wanted, path);
    }
    (wanted, observed)
}

/// Whether a cluster that holds `observed` has what `wanted` asks for.
#[must_use]
pub fn same(kind: ArtifactKind, wanted: &Value, observed: &Value) -> bool {
    let (wanted, observed) = pair(kind, wanted, observed);
    wanted == observed
}

/// One body in canonical form. Values that are not objects come back as they
/// are.
#[must_use]
pub fn canonical(kind: ArtifactKind, body: &Value) -> Value {
    let rules = rules::of(kind);
    let mut body = unwrapped(kind, body).clone();
    mark::strip(kind, &mut body);
    if let Value::Object(map) = &mut body {
        strip(map, rules.generated);
    }
    form::shape(kind, &mut body);
    walk::fill(&mut body, &rules.defaults());
    for path in rules.times {
        walk::each(&mut body, path, &mut scalar::time);
    }
    for path in rules.sizes {
        walk::each(&mut body, path, &mut scalar::size);
    }
    for path in rules.lists {
        walk::each(&mut body, path, &mut scalar::list);
    }
    for path in rules.sets {
        walk::each(&mut body, path, &mut scalar::set);
    }
    for path in rules.empty_is_absent {
        walk::forget_empty(&mut body, path);
    }
    // A pipeline is given back as it was put, and its processors may tell 2.0 from 2.
    if kind != ArtifactKind::Pipeline {
        scalar::numbers(&mut body);
    }
    body.sort_all_objects();
    body
}

/// A digest of one body in canonical form. A model's definition is not part of
/// it: it never changes under an id.
#[must_use]
pub fn digest(kind: ArtifactKind, body: &Value) -> Digest {
    let mut body = canonical(kind, body);
    if let (ArtifactKind::Model, Value::Object(map)) = (kind, &mut body) {
        map.remove("definition");
    }
    Digest::of(body.to_string().as_bytes())
}

/// The keys that a cluster generates for `kind` and refuses, or ignores, when
/// they are sent.
#[must_use]
pub fn generated_keys(kind: ArtifactKind) -> &'static [&'static str] {
    rules::of(kind).generated
}

/// The keys that a server shows in the `metadata` of a model and refuses there when
/// they are sent.
#[must_use]
pub const fn shown_in_metadata() -> &'static [&'static str] {
    &form::SHOWN_IN_METADATA
}

/// The object itself where a file or an answer wraps it: `{"script": {..}}`.
fn unwrapped(kind: ArtifactKind, body: &Value) -> &Value {
    match (kind, body.get("script")) {
        (ArtifactKind::Script, Some(inner)) if inner.is_object() => inner,
        _ => body,
    }
}

fn strip(map: &mut Map<String, Value>, keys: &[&str]) {
    for key in keys {
        map.remove(*key);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::too_many_lines)]

    use serde_json::{Value, json};

    use super::same;
    use crate::model::artifact::ArtifactKind;

    #[test]
    fn what_a_server_adds_is_no_difference() {
        let cases: [(ArtifactKind, Value, Value); 13] = [
            (
                ArtifactKind::Script,
                json!({"script": {"lang": "painless", "source": "1"}}),
                json!({"lang": "painless", "source": "1", "options": {}}),
            ),
            (
                ArtifactKind::Pipeline,
                json!({"processors": [{"set": {"field": "a", "value": 5}}], "version": 1}),
                json!({"version": 1, "processors": [{"set": {"value": 5, "field": "a"}}],
                    "modified_date_millis": 1, "_meta": {"sealift": {"bundle": "b"}}}),
            ),
            (
                ArtifactKind::Filter,
                json!({"items": ["b", "a", "b", 1, true], "description": "x"}),
                json!({"filter_id": "f", "description": "x", "items": ["1", "a", "b", "true"]}),
            ),
            (
                ArtifactKind::Filter,
                json!({"description": "x"}),
                json!({"filter_id": "f", "description": "x", "items": []}),
            ),
            (
                ArtifactKind::Job,
                json!({"analysis_config": {"bucket_span": "900s", "detectors": [{"function": "count"}]},
                    "data_description": {"time_field": "timestamp"}}),
                json!({"job_id": "j1", "job_type": "anomaly_detector", "job_version": "8.0.0",
                    "create_time": 1, "analysis_config": {"bucket_span": "15m", "detectors":
                    [{"detector_description": "count", "function": "count", "detector_index": 0}],
                    "influencers": []}, "analysis_limits": {"model_memory_limit": "1024mb",
                    "categorization_examples_limit": 4}, "data_description": {"time_field":
                    "timestamp", "time_format": "epoch_ms"}, "model_snapshot_retention_days": 10,
                    "daily_model_snapshot_retention_after_days": 1, "results_index_name": "shared",
                    "allow_lazy_open": false, "custom_settings": {"sealift": {"bundle": "b"}}}),
            ),
            (
                ArtifactKind::Job,
                json!({"analysis_config": {"bucket_span": "1h", "detectors": [{"function": "Rare",
                    "by_field_name": "b", "custom_rules": [{"conditions": [{"applies_to": "time",
                    "operator": "gt", "value": "5"}], "scope": {}}]}]},
                    "analysis_limits": {"model_memory_limit": "2gb"},
                    "results_index_name": "mine", "data_description": {"time_field": "t"}}),
                json!({"analysis_config": {"bucket_span": "60m", "influencers": [], "detectors":
                    [{"function": "rare", "by_field_name": "b", "detector_description": "rare by b",
                    "detector_index": 0, "custom_rules": [{"actions": ["skip_result"],
                    "conditions": [{"applies_to": "time", "operator": "gt", "value": 5.0}]}]}]},
                    "analysis_limits": {"model_memory_limit": "2048mb",
                    "categorization_examples_limit": 4}, "results_index_name": "custom-mine",
                    "data_description": {"time_field": "t", "time_format": "epoch_ms"},
                    "model_snapshot_retention_days": 10,
                    "daily_model_snapshot_retention_after_days": 1, "allow_lazy_open": false}),
            ),
            (
                ArtifactKind::Datafeed,
                json!({"job_id": "dj", "indices": ["packetbeat-*"]}),
                json!({"datafeed_id": "d1", "job_id": "dj", "query_delay": "69843ms",
                    "indices": ["packetbeat-*"], "query": {"match_all": {}}, "scroll_size": 1000,
                    "chunking_config": {"mode": "auto"},
                    "delayed_data_check_config": {"enabled": true},
                    "indices_options": {"expand_wildcards": ["open"], "ignore_unavailable": false,
                    "allow_no_indices": true, "ignore_throttled": true}}),
            ),
            (
                ArtifactKind::Datafeed,
                json!({"job_id": "dj", "indices": "logs", "frequency": "450s",
                    "aggs": {"a": {"max": {"field": "t"}}}}),
                json!({"job_id": "dj", "indices": ["logs"], "frequency": "7.5m",
                    "aggregations": {"a": {"max": {"field": "t"}}},
                    "chunking_config": {"mode": "manual", "time_span": "3600000ms"},
                    "query": {"match_all": {"boost": 1.0}}, "authorization": {"roles": ["a"]}}),
            ),
            (
                ArtifactKind::Analytics,
                json!({"source": {"index": "src-1"}, "dest": {"index": "dst-1"},
                    "analysis": {"classification": {"dependent_variable": "x",
                    "training_percent": 50}}}),
                json!({"id": "a3", "source": {"index": ["src-1"], "query": {"match_all": {}}},
                    "dest": {"index": "dst-1", "results_field": "ml"}, "analysis":
                    {"classification": {"dependent_variable": "x", "class_assignment_objective":
                    "maximize_minimum_recall", "num_top_classes": 2, "prediction_field_name":
                    "x_prediction", "training_percent": 50.0, "randomize_seed": 12}},
                    "model_memory_limit": "1gb", "create_time": 1, "version": "8.0.0",
                    "allow_lazy_start": false, "max_num_threads": 1}),
            ),
            (
                ArtifactKind::Analytics,
                json!({"source": {"index": ["s"]}, "dest": {"index": "d"}, "analyzed_fields":
                    {"includes": ["b", "a"]}, "analysis": {"outlier_detection": {}}}),
                json!({"source": {"index": ["s"]}, "dest": {"index": "d"}, "analyzed_fields":
                    {"includes": ["a", "b"], "excludes": []}, "analysis": {"outlier_detection":
                    {"outlier_fraction": 0.05}}}),
            ),
            (
                ArtifactKind::Model,
                json!({"model_id": "m", "model_size_bytes": 3, "input": {"field_names": ["b", "a"]},
                    "inference_config": {"classification": {}}, "definition": {"trained_model": {}}}),
                json!({"model_id": "m", "created_by": "api_user", "version": "8.0.0",
                    "license_level": "platinum", "tags": [], "input": {"field_names": ["b", "a"]},
                    "inference_config": {"classification": {"num_top_classes": 0}},
                    "metadata": {"sealift": {"bundle": "b"}}, "definition": {"trained_model": {}}}),
            ),
            (
                ArtifactKind::Rule,
                json!({"rule_id": "r", "name": "n", "tags": ["b", "a"]}),
                json!({"id": "1-2", "rule_id": "r", "name": "n", "tags": ["a", "b", "sealift:x"],
                    "enabled": false, "created_at": "t", "version": 3, "actions": [],
                    "from": "now-6m", "immutable": false, "max_signals": 100}),
            ),
            (ArtifactKind::Script, json!("odd"), json!("odd")),
        ];
        for (kind, wanted, observed) in cases {
            let (left, right) = super::pair(kind, &wanted, &observed);
            assert_eq!(left, right, "{kind}");
        }
    }

    #[test]
    fn what_somebody_made_different_is_a_difference() {
        let cases: [(ArtifactKind, Value, Value); 10] = [
            (
                ArtifactKind::Script,
                json!({"script": {"lang": "painless", "source": "1"}}),
                json!({"lang": "painless", "source": "2"}),
            ),
            (
                ArtifactKind::Pipeline,
                json!({"processors": [{"a": 1}, {"b": 1}]}),
                json!({"processors": [{"b": 1}, {"a": 1}]}),
            ),
            (
                ArtifactKind::Pipeline,
                json!({"processors": [{"script": {"id": "s", "params": {"n": 2}}}]}),
                json!({"processors": [{"script": {"id": "s", "params": {"n": 2.0}}}]}),
            ),
            (
                ArtifactKind::Pipeline,
                json!({"processors": [], "on_failure": [{"set": {"field": "a", "value": 2}}]}),
                json!({"processors": [], "on_failure": [{"set": {"field": "a", "value": 2.0}}]}),
            ),
            (
                ArtifactKind::Filter,
                json!({"items": ["a"]}),
                json!({"items": ["a", "b"]}),
            ),
            (
                ArtifactKind::Job,
                json!({"analysis_config": {"bucket_span": "15m", "detectors": [{"function": "count"}]}}),
                json!({"analysis_config": {"bucket_span": "15m", "detectors": [{"function": "count",
                    "custom_rules": [{"conditions": [{"applies_to": "actual", "operator": "lt",
                    "value": 1.0}]}]}]}}),
            ),
            (
                ArtifactKind::Job,
                json!({"analysis_config": {"detectors": [{"function": "count"}]}}),
                json!({"analysis_config": {"detectors": [{"function": "count"}]},
                    "description": "by hand"}),
            ),
            (
                ArtifactKind::Datafeed,
                json!({"job_id": "j", "indices": ["a"], "query_delay": "90s"}),
                json!({"job_id": "j", "indices": ["a"], "query_delay": "60s"}),
            ),
            (
                ArtifactKind::Model,
                json!({"definition": {"trained_model": {"tree": 1}}}),
                json!({"definition": {"trained_model": {"tree": 2}}}),
            ),
            (
                ArtifactKind::Rule,
                json!({"rule_id": "r", "query": "a"}),
                json!({"rule_id": "r", "query": "b"}),
            ),
        ];
        for (kind, wanted, observed) in cases {
            assert!(!same(kind, &wanted, &observed), "{kind} {wanted}");
        }
    }
}
