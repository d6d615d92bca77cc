//! `GET /api/status`.

use serde_json::json;

use crate::lab::profile::Feature;

use super::{Answered, Reply, Visit, not_found};

pub(super) fn status(visit: &Visit) -> Answered {
    if !matches!(visit.request.method.as_str(), "GET" | "HEAD") {
        return Err(not_found());
    }
    let profile = visit.cluster.profile();
    let levels = profile.has(Feature::StatusLevels);
    let overall = if levels {
        json!({"level": "available", "summary": "All services and plugins are available"})
    } else {
        json!({"state": "green", "title": "Green", "nickname": "Looking good", "icon": "success", "uiColor": "secondary"})
    };
    // Who does not log in learns whether Kibana is up, and no more (8.0 on).
    if levels && visit.cluster.secured() && visit.subject.is_none() {
        return Ok(Reply::ok(
            json!({"status": {"overall": {"level": "available"}}}),
        ));
    }
    let mut version = json!({
        "number": profile.version().number(),
        "build_hash": profile.build().hash,
        "build_number": 1,
        "build_snapshot": false,
    });
    if profile.since(8, 9) {
        version["build_flavor"] = json!("traditional");
    }
    let status = if levels {
        json!({"overall": overall, "core": {}, "plugins": {}})
    } else {
        json!({"overall": overall, "statuses": []})
    };
    Ok(Reply::ok(json!({
        "name": visit.cluster.identity("node_name"),
        "uuid": visit.cluster.identity("cluster_uuid"),
        "version": version,
        "status": status,
    })))
}
