//! The only node: what it is and how it is.

use serde_json::{Value, json};

use crate::lab::rest::{Answer, Answered, Call, Method, Route};

pub(super) const ROUTES: &[Route] = &[
    Route::new(Method::Get, "/_nodes", info),
    Route::new(Method::Get, "/_nodes/{node}", info),
    Route::new(Method::Get, "/_nodes/stats", stats),
    Route::new(Method::Get, "/_nodes/stats/{metric}", stats),
];

const ROLES: [&str; 6] = [
    "data",
    "ingest",
    "master",
    "ml",
    "remote_cluster_client",
    "transform",
];

fn info(call: &Call) -> Answered {
    call.params.accept(&["timeout", "flat_settings"]);
    call.begin("cluster:monitor/nodes/info")?;
    Ok(Answer::ok(of_node(
        call,
        &json!({
            "name": call.cluster.identity("node_name"),
            "version": call.profile().build().number,
            "roles": ROLES,
        }),
    )))
}

/// The statistics that describe the machine; counters of work are left out.
fn stats(call: &Call) -> Answered {
    call.params.accept(&["timeout", "level"]);
    call.begin("cluster:monitor/nodes/stats")?;
    let metric = call.path("metric");
    let now = call.cluster.now();
    let mut node = json!({
        "timestamp": now,
        "name": call.cluster.identity("node_name"),
        "roles": ROLES,
    });
    if metric.is_empty() || metric.split(',').any(|part| matches!(part, "jvm" | "_all")) {
        let heap = call.cluster.shape().heap;
        node["jvm"] = json!({
            "timestamp": now,
            "mem": {
                "heap_used_in_bytes": heap / 4,
                "heap_used_percent": 25,
                "heap_committed_in_bytes": heap,
                "heap_max_in_bytes": heap,
            },
        });
    }
    Ok(Answer::ok(of_node(call, &node)))
}

fn of_node(call: &Call, node: &Value) -> Value {
    let id = call.cluster.identity("node_id");
    json!({
        "_nodes": {"total": 1, "successful": 1, "failed": 0},
        "cluster_name": call.cluster.identity("cluster_name"),
        "nodes": {id: node},
    })
}
