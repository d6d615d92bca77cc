//! Named privileges and the action patterns that they stand for ("Security
//! privileges" of the Elasticsearch guide; action names as denials show them).

use crate::lab::profile::{Feature, Profile};
use crate::model::failure::Failure;

/// Cluster privileges of all versions, in the order in which a 7.x server lists
/// them in its refusal of an unknown one.
const CLUSTER: [(&str, &[&str]); 37] = [
    (
        "monitor_snapshot",
        &[
            "cluster:admin/snapshot/status*",
            "cluster:admin/snapshot/get",
            "cluster:admin/repository/get",
        ],
    ),
    (
        "manage_rollup",
        &[
            "cluster:admin/xpack/rollup/*",
            "cluster:monitor/xpack/rollup/*",
        ],
    ),
    (
        "delegate_pki",
        &[
            "cluster:admin/xpack/security/delegate_pki",
            "cluster:admin/xpack/security/token/invalidate",
        ],
    ),
    (
        "read_ilm",
        &[
            "cluster:admin/ilm/get",
            "cluster:admin/ilm/operation_mode/get",
        ],
    ),
    (
        "monitor_data_frame_transforms",
        &[
            "cluster:monitor/data_frame/*",
            "cluster:monitor/transform/*",
        ],
    ),
    ("monitor", &["cluster:monitor/*"]),
    ("monitor_ml", &["cluster:monitor/xpack/ml/*"]),
    (
        "manage_slm",
        &[
            "cluster:admin/slm/*",
            "cluster:admin/ilm/start",
            "cluster:admin/ilm/stop",
            "cluster:admin/ilm/operation_mode/get",
        ],
    ),
    (
        "manage_watcher",
        &[
            "cluster:admin/xpack/watcher/*",
            "cluster:monitor/xpack/watcher/*",
        ],
    ),
    (
        "manage_own_api_key",
        &[
            "cluster:admin/xpack/security/api_key/create",
            "cluster:admin/xpack/security/api_key/get",
            "cluster:admin/xpack/security/api_key/invalidate",
        ],
    ),
    ("none", &[]),
    (
        "read_ccr",
        &["cluster:monitor/state", "cluster:admin/xpack/ccr/*"],
    ),
    ("manage_security", &["cluster:admin/xpack/security/*"]),
    ("manage_oidc", &["cluster:admin/xpack/security/oidc/*"]),
    (
        "manage_transform",
        &[
            "cluster:admin/data_frame/*",
            "cluster:monitor/data_frame/*",
            "cluster:monitor/transform/*",
            "cluster:admin/transform/*",
        ],
    ),
    (
        "grant_api_key",
        &["cluster:admin/xpack/security/api_key/grant*"],
    ),
    ("manage_autoscaling", &["cluster:admin/autoscaling/*"]),
    ("manage_token", &["cluster:admin/xpack/security/token/*"]),
    (
        "transport_client",
        &["cluster:monitor/nodes/liveness", "cluster:monitor/state"],
    ),
    ("manage", &["cluster:*", "indices:admin/template/*"]),
    ("monitor_rollup", &["cluster:monitor/xpack/rollup/*"]),
    (
        "manage_ingest_pipelines",
        &["cluster:admin/ingest/pipeline/*"],
    ),
    (
        "manage_index_templates",
        &[
            "indices:admin/template/*",
            "indices:admin/index_template/*",
            "cluster:admin/component_template/*",
        ],
    ),
    ("manage_pipeline", &["cluster:admin/ingest/pipeline/*"]),
    ("monitor_watcher", &["cluster:monitor/xpack/watcher/*"]),
    ("manage_saml", &["cluster:admin/xpack/security/saml/*"]),
    (
        "all",
        &[
            "cluster:*",
            "indices:admin/template/*",
            "indices:admin/index_template/*",
        ],
    ),
    (
        "create_snapshot",
        &[
            "cluster:admin/snapshot/create",
            "cluster:admin/snapshot/status*",
            "cluster:admin/snapshot/get",
            "cluster:admin/repository/get",
        ],
    ),
    (
        "read_slm",
        &["cluster:admin/slm/get", "cluster:admin/slm/status"],
    ),
    (
        "monitor_transform",
        &[
            "cluster:monitor/data_frame/*",
            "cluster:monitor/transform/*",
        ],
    ),
    (
        "manage_api_key",
        &["cluster:admin/xpack/security/api_key/*"],
    ),
    ("manage_ilm", &["cluster:admin/ilm/*"]),
    (
        "manage_data_frame_transforms",
        &[
            "cluster:admin/data_frame/*",
            "cluster:monitor/data_frame/*",
            "cluster:monitor/transform/*",
            "cluster:admin/transform/*",
        ],
    ),
    ("manage_enrich", &["cluster:admin/xpack/enrich/*"]),
    (
        "manage_ccr",
        &["cluster:admin/xpack/ccr/*", "cluster:monitor/ccr/*"],
    ),
    (
        "manage_ml",
        &["cluster:admin/xpack/ml/*", "cluster:monitor/xpack/ml/*"],
    ),
    ("cancel_task", &["cluster:admin/tasks/cancel"]),
];

/// Those that came with 8.x.
const CLUSTER_8: [(&str, &[&str]); 6] = [
    (
        "read_pipeline",
        &[
            "cluster:admin/ingest/pipeline/get",
            "cluster:admin/ingest/pipeline/simulate",
        ],
    ),
    (
        "read_security",
        &[
            "cluster:admin/xpack/security/*/get",
            "cluster:admin/xpack/security/user/list_privileges",
        ],
    ),
    (
        "manage_logstash_pipelines",
        &["cluster:admin/logstash/pipeline/*"],
    ),
    (
        "manage_user_profile",
        &["cluster:admin/xpack/security/profile/*"],
    ),
    (
        "manage_search_application",
        &["cluster:admin/xpack/application/search_application/*"],
    ),
    (
        "manage_inference",
        &[
            "cluster:admin/xpack/inference/*",
            "cluster:monitor/xpack/inference*",
        ],
    ),
];

/// What `manage` does not grant although its pattern would.
const NOT_BY_MANAGE: &str = "cluster:admin/xpack/security/*";

/// Index privileges.
const INDEX: [(&str, &[&str]); 16] = [
    ("none", &[]),
    ("all", &["indices:*"]),
    ("manage", &["indices:monitor/*", "indices:admin/*"]),
    ("monitor", &["indices:monitor/*"]),
    ("read", &["indices:data/read/*"]),
    (
        "read_cross_cluster",
        &[
            "internal:transport/proxy/indices:data/read/*",
            "indices:admin/shards/search_shards",
        ],
    ),
    (
        "write",
        &["indices:data/write/*", "indices:admin/mapping/auto_put"],
    ),
    (
        "index",
        &[
            "indices:data/write/index*",
            "indices:data/write/bulk*",
            "indices:data/write/update*",
            "indices:admin/mapping/auto_put",
        ],
    ),
    (
        "create",
        &[
            "indices:data/write/index*",
            "indices:data/write/bulk*",
            "indices:admin/mapping/auto_put",
        ],
    ),
    (
        "create_doc",
        &[
            "indices:data/write/index",
            "indices:data/write/index:op_type/create",
            "indices:data/write/bulk*",
            "indices:admin/mapping/auto_put",
        ],
    ),
    (
        "delete",
        &["indices:data/write/delete*", "indices:data/write/bulk*"],
    ),
    (
        "create_index",
        &[
            "indices:admin/create",
            "indices:admin/auto_create",
            "indices:admin/data_stream/create",
        ],
    ),
    (
        "delete_index",
        &["indices:admin/delete", "indices:admin/data_stream/delete"],
    ),
    (
        "view_index_metadata",
        &[
            "indices:admin/get",
            "indices:admin/aliases/get",
            "indices:admin/mappings/get*",
            "indices:admin/mappings/fields/get*",
            "indices:monitor/settings/get",
            "indices:admin/resolve/*",
        ],
    ),
    (
        "maintenance",
        &[
            "indices:admin/refresh*",
            "indices:admin/flush*",
            "indices:admin/synced_flush",
            "indices:admin/forcemerge*",
        ],
    ),
    ("manage_ilm", &["indices:admin/ilm/*"]),
];

/// `monitor` from 7.17 on, which also reads templates.
const MONITOR_7_17: &[&str] = &[
    "cluster:monitor/*",
    "indices:admin/template/get",
    "indices:admin/index_template/get",
    "cluster:admin/component_template/get",
];

fn cluster(profile: &Profile) -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    let newer: &[(&str, &[&str])] = if profile.has(Feature::NewerPrivileges) {
        &CLUSTER_8
    } else {
        &[]
    };
    let old = CLUSTER
        .iter()
        .filter(|(name, _)| *name != "cancel_task" || profile.has(Feature::NewerPrivileges));
    let reads_templates = profile.since(7, 17);
    old.chain(newer)
        .copied()
        .map(move |(name, patterns)| match name {
            "monitor" if reads_templates => (name, MONITOR_7_17),
            _ => (name, patterns),
        })
}

/// The names of all cluster privileges that a version knows.
#[must_use]
pub fn cluster_privilege_names(profile: &Profile) -> Vec<&'static str> {
    cluster(profile).map(|(name, _)| name).collect()
}

/// The action patterns of a cluster privilege: a known name, or a pattern over
/// actions, which stands for itself.
///
/// # Errors
/// 400 for an unknown name.
pub fn resolve_cluster_privilege(profile: &Profile, name: &str) -> Result<Vec<String>, Failure> {
    let name = name.to_ascii_lowercase();
    if let Some((_, patterns)) = cluster(profile).find(|(known, _)| *known == name) {
        return Ok(patterns
            .iter()
            .map(|pattern| (*pattern).to_owned())
            .collect());
    }
    if name.starts_with("cluster:") || name.starts_with("indices:admin/template/") {
        return Ok(vec![name]);
    }
    Err(Failure::illegal_argument(format!(
        "unknown cluster privilege [{name}]. a privilege must be either one of the predefined \
         cluster privilege names [{}] or a pattern over one of the available cluster actions",
        cluster_privilege_names(profile).join(",")
    )))
}

/// What a cluster privilege's patterns do not include although they would fit.
pub(super) fn exclusion(name: &str) -> Option<&'static str> {
    (name == "manage").then_some(NOT_BY_MANAGE)
}

/// The cluster privileges that grant an action, from narrow to broad as denials
/// list them.
pub(super) fn granting(profile: &Profile, action: &str) -> Vec<&'static str> {
    let mut names: Vec<(usize, &str)> = cluster(profile)
        .filter(|(name, patterns)| {
            patterns
                .iter()
                .any(|pattern| crate::lab::rest::fits(pattern, action))
                && exclusion(name).is_none_or(|not| !crate::lab::rest::fits(not, action))
        })
        .map(|(name, patterns)| (patterns.iter().map(|p| p.len()).min().unwrap_or(0), name))
        .collect();
    names.sort_by_key(|(length, name)| (std::cmp::Reverse(*length), *name == "all", *name));
    names.into_iter().map(|(_, name)| name).collect()
}

/// The action patterns of an index privilege.
///
/// # Errors
/// 400 for an unknown name.
pub fn index_privilege_patterns(name: &str) -> Result<Vec<String>, Failure> {
    let name = name.to_ascii_lowercase();
    if let Some((_, patterns)) = INDEX.iter().find(|(known, _)| *known == name) {
        return Ok(patterns
            .iter()
            .map(|pattern| (*pattern).to_owned())
            .collect());
    }
    if name.starts_with("indices:") || name.starts_with("internal:") {
        return Ok(vec![name]);
    }
    let names: Vec<_> = INDEX.iter().map(|(name, _)| *name).collect();
    Err(Failure::illegal_argument(format!(
        "unknown index privilege [{name}]. a privilege must be either one of the predefined fixed \
         indices privileges [{}] or a pattern over one of the available index actions",
        names.join(",")
    )))
}
