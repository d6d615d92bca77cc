//! `GET /`, cluster health and cluster state.

use serde_json::{Map, Value, json};

use crate::lab::rest::{Answer, Answered, Call, Method, Route};
use crate::lab::store::Collection;

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/", root),
    Route::new(Method::Head, "/", root),
    Route::new(Method::Get, "/_cluster/health", health),
    Route::new(Method::Get, "/_cluster/health/{index}", health),
    Route::new(Method::Get, "/_cluster/state", state),
    Route::new(Method::Get, "/_cluster/state/{metric}", state),
    Route::new(Method::Get, "/_cluster/state/{metric}/{index}", state),
];

fn root(call: &Call) -> Answered {
    call.begin("cluster:monitor/main")?;
    let profile = call.profile();
    let build = profile.build();
    let mut version = json!({
        "number": profile.version().to_string(),
        "build_flavor": "default",
        "build_type": "tar",
        "build_hash": build.hash,
        "build_date": build.date,
        "build_snapshot": build.snapshot,
        "lucene_version": build.lucene,
        "minimum_wire_compatibility_version": build.minimum_wire,
        "minimum_index_compatibility_version": build.minimum_index,
    });
    if profile.since(8, 0) {
        version["build_type"] = json!("docker");
    }
    Ok(Answer::ok(json!({
        "name": call.cluster.identity("node_name"),
        "cluster_name": call.cluster.identity("cluster_name"),
        "cluster_uuid": call.cluster.identity("cluster_uuid"),
        "version": version,
        "tagline": "You Know, for Search",
    })))
}

fn health(call: &Call) -> Answered {
    call.params.accept(&[
        "level",
        "local",
        "timeout",
        "master_timeout",
        "wait_for_status",
        "wait_for_nodes",
        "wait_for_active_shards",
        "wait_for_no_relocating_shards",
        "wait_for_no_initializing_shards",
        "wait_for_events",
        "expand_wildcards",
    ]);
    call.begin("cluster:monitor/health")?;
    let shards = call.cluster.read().count(&Collection::Indices);
    Ok(Answer::ok(json!({
        "cluster_name": call.cluster.identity("cluster_name"),
        "status": "green",
        "timed_out": false,
        "number_of_nodes": 1,
        "number_of_data_nodes": 1,
        "active_primary_shards": shards,
        "active_shards": shards,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": 0,
        "delayed_unassigned_shards": 0,
        "number_of_pending_tasks": 0,
        "number_of_in_flight_fetch": 0,
        "task_max_waiting_in_queue_millis": 0,
        "active_shards_percent_as_number": 100.0,
    })))
}

/// The parts of the cluster state that describe what this cluster holds.
fn state(call: &Call) -> Answered {
    call.params.accept(&[
        "local",
        "master_timeout",
        "timeout",
        "flat_settings",
        "wait_for_metadata_version",
        "wait_for_timeout",
        "ignore_unavailable",
        "allow_no_indices",
        "expand_wildcards",
    ]);
    call.begin("cluster:monitor/state")?;
    let metric = call.path("metric");
    let wants = |name: &str| {
        metric.is_empty() || metric.split(',').any(|part| part == name || part == "_all")
    };
    let uuid = call.cluster.identity("cluster_uuid");
    let mut state = Map::new();
    state.insert(
        "cluster_name".into(),
        json!(call.cluster.identity("cluster_name")),
    );
    state.insert("cluster_uuid".into(), json!(uuid));
    let store = call.cluster.read();
    if wants("version") {
        state.insert("version".into(), json!(store.generation()));
    }
    if wants("metadata") {
        let all = |of: &Collection| -> Map<String, Value> {
            let entries = store.sorted(of).into_iter();
            entries
                .map(|(id, body)| (id.to_owned(), body.clone()))
                .collect()
        };
        let mut metadata = json!({
            "cluster_uuid": uuid,
            "templates": all(&Collection::LegacyTemplates),
            "index_template": {"index_template": all(&Collection::IndexTemplates)},
            "component_template": {"component_template": all(&Collection::ComponentTemplates)},
            "indices": {},
        });
        let scripts = all(&Collection::Scripts);
        if !scripts.is_empty() {
            metadata["stored_scripts"] = Value::Object(scripts);
        }
        let pipelines: Vec<Value> = store
            .sorted(&Collection::Pipelines)
            .into_iter()
            .map(|(id, config)| json!({"id": id, "config": config}))
            .collect();
        if !pipelines.is_empty() {
            metadata["ingest"] = json!({"pipeline": pipelines});
        }
        state.insert("metadata".into(), metadata);
    }
    Ok(Answer::ok(Value::Object(state)))
}
