//! Differences of form that paths alone cannot say.

use serde_json::{Map, Value, json};

use super::{settings, theirs, walk};
use crate::model::artifact::ArtifactKind;
use crate::model::definition;

/// What a server shows in the metadata of a model, where nobody put it.
pub(super) const SHOWN_IN_METADATA: [&str; 4] = [
    "model_aliases",
    "total_feature_importance",
    "feature_importance_baseline",
    "hyperparameters",
];

/// Brings `body` into the one form of its kind: aliases under their name, custom
/// rules with their defaults, a model's definition as a digest of its content.
pub(super) fn shape(kind: ArtifactKind, body: &mut Value) {
    match kind {
        ArtifactKind::Model => model(body),
        ArtifactKind::Job => job(body),
        ArtifactKind::Datafeed => {
            rename(body, "aggs", "aggregations");
            rename(body, "indexes", "indices");
            remove(body, "types");
        }
        ArtifactKind::Rule => {
            remove_server_tags(body);
            body.as_object_mut().map(theirs::forget);
        }
        ArtifactKind::Component | ArtifactKind::Template => {
            walk::each(body, "template.settings", &mut settings::flatten);
            walk::each(body, "template.mappings", &mut settings::nest);
        }
        ArtifactKind::Index => {
            walk::each(body, "settings", &mut settings::flatten);
            walk::each(body, "mappings", &mut settings::nest);
        }
        ArtifactKind::Enrich => walk::each(body, "*", &mut |policy| {
            remove(policy, "name");
            remove(policy, "elasticsearch_version");
        }),
        ArtifactKind::Transform => transform(body),
        ArtifactKind::Object => walk::each(body, "references", &mut |list| {
            if let Value::Array(list) = list {
                list.sort_by_cached_key(ToString::to_string);
            }
        }),
        ArtifactKind::Script
        | ArtifactKind::Pipeline
        | ArtifactKind::Filter
        | ArtifactKind::Analytics
        | ArtifactKind::Setting => {}
    }
}

fn model(body: &mut Value) {
    walk::each(body, "metadata", &mut |metadata| {
        for key in SHOWN_IN_METADATA {
            remove(metadata, key);
        }
    });
    let digest = definition::digest(body);
    remove(body, "compressed_definition");
    remove(body, "definition");
    if let (Value::Object(map), Some(digest)) = (body, digest) {
        map.insert("definition".to_owned(), Value::String(digest));
    }
}

fn job(body: &mut Value) {
    walk::each(body, "results_index_name", &mut |name| {
        if let Value::String(text) = name
            && text != "shared"
            && !text.starts_with("custom-")
        {
            text.insert_str(0, "custom-");
        }
    });
    walk::each(body, "analysis_config.detectors[]", &mut |detector| {
        remove(detector, "detector_index");
        walk::each(detector, "function", &mut lower);
        walk::each(detector, "custom_rules[]", &mut rule);
    });
}

/// A custom rule with its defaults: `skip_result`, `include`, conditions with
/// numbers; empty scope and conditions are absent.
fn rule(rule: &mut Value) {
    walk::fill(rule, &json!({"actions": ["skip_result"]}));
    walk::each(rule, "actions[]", &mut lower);
    walk::each(rule, "actions", &mut super::scalar::set);
    walk::each(rule, "scope.*", &mut |scope| {
        walk::fill(scope, &json!({"filter_type": "include"}));
        walk::each(scope, "filter_type", &mut lower);
    });
    for path in ["applies_to", "operator"] {
        walk::each(rule, &format!("conditions[].{path}"), &mut lower);
    }
    walk::each(rule, "conditions[].value", &mut |value| {
        if let Some(number) = value.as_str().and_then(|text| text.parse::<f64>().ok()) {
            *value = json!(number);
        }
    });
    walk::forget_empty(rule, "scope");
    walk::forget_empty(rule, "conditions");
}

/// A transform with the defaults of what it has, and its aggregations under their
/// one name.
fn transform(body: &mut Value) {
    let mut page = None;
    if let Some(pivot) = body.get_mut("pivot") {
        rename(pivot, "aggs", "aggregations");
        page = pivot
            .as_object_mut()
            .and_then(|pivot| pivot.remove("max_page_search_size"));
    }
    // The server keeps it among the settings, where it belongs since 7.8.
    if let Some(page) = page {
        walk::fill(body, &json!({"settings": {"max_page_search_size": page}}));
    }
    walk::each(body, "sync.time", &mut |time| {
        walk::fill(time, &json!({"delay": "60s"}));
    });
}

/// Tags such as `__internal_immutable:false`, which Kibana 7 keeps for itself.
fn remove_server_tags(body: &mut Value) {
    walk::each(body, "tags", &mut |tags| {
        if let Value::Array(tags) = tags {
            tags.retain(|tag| {
                tag.as_str()
                    .is_none_or(|tag| !tag.starts_with("__internal_"))
            });
        }
    });
}

fn lower(value: &mut Value) {
    if let Value::String(text) = value {
        text.make_ascii_lowercase();
    }
}

fn rename(body: &mut Value, from: &str, to: &str) {
    if let Value::Object(map) = body
        && let Some(value) = map.remove(from)
    {
        map.entry(to).or_insert(value);
    }
}

fn remove(body: &mut Value, key: &str) {
    body.as_object_mut()
        .and_then(|map: &mut Map<_, _>| map.remove(key));
}
