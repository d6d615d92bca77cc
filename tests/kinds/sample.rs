//! One small release with an object of each of these kinds.

use serde_json::{Value, json};

use crate::kit::Recipe;

/// The release: names and bodies, to be changed by tests.
pub(crate) fn bodies() -> Vec<(&'static str, Value)> {
    vec![
        (
            "scores_component_template.json",
            json!({"template": {"settings": {"number_of_shards": 1, "index.refresh_interval": "5s"},
                "mappings": {"properties": {"host.name": {"type": "keyword"}}}}}),
        ),
        (
            "scores_index_template.json",
            json!({"index_patterns": "ml_scores_*", "composed_of": ["scores_component_template"],
                "priority": 210, "template": {"aliases": {"scores": {}}}}),
        ),
        (
            "ml_scores_latest_mappings.json",
            json!({"mappings": {"properties": {"host.name": {"type": "keyword"}}}}),
        ),
        (
            "known_zones_policy.json",
            json!({"match": {"indices": "zones", "match_field": "zone", "enrich_fields": ["owner", "class"],
                "query": {"term": {"active": true}}}}),
        ),
        (
            "sum_init_script.json",
            json!({"script": {"lang": "painless", "source": "state.sum = 0L"}}),
        ),
        (
            "zones_pipeline.json",
            json!({"processors": [{"enrich": {"policy_name": "known_zones_policy",
                "field": "dns.zone", "target_field": "zone"}}]}),
        ),
        (
            "scores_pivot_transform.json",
            json!({"source": {"index": "alerts-*"},
                "dest": {"index": "ml_scores_all", "pipeline": "zones_pipeline"},
                "frequency": "1h", "sync": {"time": {"field": "@timestamp"}},
                "pivot": {"group_by": {"host": {"terms": {"field": "host.name"}}},
                    "aggs": {"score": {"scripted_metric": {"init_script": {"id": "sum_init_script"},
                        "map_script": "state.sum += 1", "combine_script": "return state.sum",
                        "reduce_script": "return 1"}}}}}),
        ),
        (
            "scores_dashboards.ndjson",
            json!([
                {"id": "scores-board", "type": "dashboard", "attributes": {"title": "Scores"},
                    "references": [{"id": "scores-view", "name": "view", "type": "index-pattern"}]},
                {"id": "scores-view", "type": "index-pattern",
                    "attributes": {"title": "ml_scores_*", "timeFieldName": "@timestamp"},
                    "references": [], "updated_at": "2022-01-01T00:00:00.000Z", "version": "WzEsMV0="},
                {"excludedObjects": [], "exportedCount": 2, "missingRefCount": 0, "missingReferences": []},
            ]),
        ),
    ]
}

/// The bundle of `bodies`, a list of values being lines.
pub(crate) fn recipe(sequence: u64, bodies: &[(&str, Value)]) -> Recipe {
    let files = bodies
        .iter()
        .map(|(name, value)| {
            let bytes = match value {
                Value::Array(lines) => {
                    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
                    lines.join("\n")
                }
                value => value.to_string(),
            };
            ((*name).to_owned(), bytes.into_bytes())
        })
        .collect();
    Recipe {
        releases: vec![("ML-Scores-20260301-1".to_owned(), files)],
        sequence,
        ..Recipe::of(&[])
    }
}

/// `bodies` with the value at `pointer` of `name` replaced.
pub(crate) fn changed(name: &str, pointer: &str, value: Value) -> Vec<(&'static str, Value)> {
    let mut all = bodies();
    let body = all.iter_mut().find(|(other, _)| *other == name);
    *body.unwrap().1.pointer_mut(pointer).unwrap() = value;
    all
}
