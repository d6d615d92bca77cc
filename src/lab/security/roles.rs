//! Roles that every cluster has.

use serde_json::{Value, json};

use crate::model::preflight::KIBANA;

/// The descriptor of a built-in role ("Built-in roles" of the Elasticsearch
/// guide), as far as it concerns what the practice cluster serves.
#[must_use]
pub fn built_in_role(name: &str) -> Option<Value> {
    let all_indices = |privileges: &[&str]| json!([{"names": ["*"], "privileges": privileges}]);
    let kibana = |privilege: &str| json!([{"application": KIBANA, "privileges": [privilege], "resources": ["*"]}]);
    let applications = match name {
        "superuser" => json!([{"application": "*", "privileges": ["*"], "resources": ["*"]}]),
        "machine_learning_admin" => kibana("reserved_ml_admin"),
        "machine_learning_user" => kibana("reserved_ml_user"),
        "viewer" => kibana("read"),
        "editor" | "kibana_admin" | "kibana_user" => kibana("all"),
        _ => json!([]),
    };
    let (cluster, indices): (&[&str], Value) = match name {
        "superuser" => (&["all"], all_indices(&["all"])),
        "machine_learning_admin" => (
            &["manage_ml"],
            json!([{"names": [".ml-anomalies*", ".ml-notifications*", ".ml-state*", ".ml-meta*", ".ml-stats-*"],
                    "privileges": ["view_index_metadata", "read"]}]),
        ),
        "machine_learning_user" => (
            &["monitor_ml"],
            json!([{"names": [".ml-anomalies*", ".ml-notifications*"],
                    "privileges": ["view_index_metadata", "read"]}]),
        ),
        "ingest_admin" => (&["manage_index_templates", "manage_pipeline"], json!([])),
        "monitoring_user" => (
            &["cluster:monitor/main", "cluster:monitor/xpack/info"],
            json!([{"names": [".monitoring-*"], "privileges": ["read"]}]),
        ),
        "viewer" => (&[], all_indices(&["read", "view_index_metadata"])),
        "editor" => (&[], all_indices(&["read", "view_index_metadata", "write"])),
        "kibana_admin" | "kibana_user" => (&[], json!([])),
        _ => return None,
    };
    Some(json!({"cluster": cluster, "indices": indices, "applications": applications}))
}
