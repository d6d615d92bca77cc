//! The next step that fits what a server said.

use super::Said;
use crate::model::preflight::RECEIPTS;

/// What to do where something answers that is not Elasticsearch. Kibana leads
/// browsers from its root to a page, or says that there is none.
pub(in super::super) const NOT_ELASTICSEARCH: &str = "this is not Elasticsearch; where it is \
    Kibana, give its address by --kibana-url, and by --url that of Elasticsearch, by default \
    port 9200";

/// What to do about it, where something can be said.
pub(super) fn of(said: &Said<'_>) -> Option<String> {
    let reason = said.reason.as_str();
    let has = |needles: &[&str]| needles.iter().any(|needle| reason.contains(needle));
    if let Some(feature) = between(reason, "non-compliant for [", "]") {
        return Some(format!(
            "the license does not include {feature}; a platinum, enterprise or trial license does \
             (see GET _license)"
        ));
    }
    match said.status {
        300..=399 if said.root => Some(
            "redirects are not followed; give the address that it leads to, with its scheme and \
             port, but that of Kibana by --kibana-url"
                .to_owned(),
        ),
        404 | 405 if said.root => Some(NOT_ELASTICSEARCH.to_owned()),
        300..=399 => Some(
            "redirects are not followed; give the address that it leads to, with its scheme and \
             port"
                .to_owned(),
        ),
        401 if has(&["missing authentication"]) => Some(
            "say who you are: --user with --password-file, --api-key-file or --token-file, or the \
             same in the settings"
                .to_owned(),
        ),
        401 => {
            Some("check user and password, API key or token, and whether they expired".to_owned())
        }
        403 => denied(said),
        400 | 405 if has(&["no handler found for uri", "Incorrect HTTP method"]) => Some(
            "the feature is switched off or not part of this version; see xpack.ml.enabled and \
             xpack.security.enabled"
                .to_owned(),
        ),
        404 if has(&["unable to find script"]) => Some(
            "install the stored script before the pipeline that names it; is the bundle complete?"
                .to_owned(),
        ),
        404 if said.json && !said.absent => Some(
            "the cluster does not speak so; check the address and what stands before the cluster"
                .to_owned(),
        ),
        413 | 417 => Some(too_large(said)),
        429 => Some(busy(reason)),
        502..=504 => Some("the cluster or a proxy before it is not ready; try again".to_owned()),
        400 => bad_request(said),
        409 => in_the_way(reason),
        _ if !said.json => Some(
            "this is not an answer of Elasticsearch or Kibana; check the address and what stands \
             before it"
                .to_owned(),
        ),
        _ => None,
    }
}

fn denied(said: &Said<'_>) -> Option<String> {
    let reason = said.reason.as_str();
    if let Some(action) = between(reason, "action [", "]") {
        let grant = grant(action, reason);
        // The role has rights on those indices alone that the bundle itself is about.
        return Some(match between(reason, "on indices [", "]") {
            Some(indices) if indices != RECEIPTS => format!("grant {grant}"),
            _ => format!(
                "grant {grant}; install FILE --preflight-only prints a role with all \
                 that a bundle takes"
            ),
        });
    }
    if reason.contains("lacks permissions on the indices") {
        return Some("grant read on these indices to the user that installs".to_owned());
    }
    if reason.contains("Trial was already activated") {
        return Some("the trial of this cluster is used up; install a license".to_owned());
    }
    if reason.contains("does not support machine learning") {
        return Some("a platinum, enterprise or trial license does".to_owned());
    }
    None
}

/// The privilege that takes in `action`: one of those that the server names, else the
/// one that is known to.
fn grant(action: &str, reason: &str) -> String {
    // These alone of the actions on indices are rights on the cluster.
    let of_templates = ["indices:admin/template/", "indices:admin/index_template/"];
    let of_cluster = reason.contains("cluster privileges [")
        || !action.starts_with("indices:")
        || of_templates.iter().any(|start| action.starts_with(start));
    let scope = if of_cluster { "cluster" } else { "index" };
    let place = match between(reason, "on indices [", "]") {
        Some(indices) if !of_cluster => format!(" on {indices}"),
        _ => String::new(),
    };
    match between(reason, "privileges [", "]") {
        Some(list) => format!("one of {list} ({scope} privileges{place})"),
        None => format!("the {scope} privilege {}{place}", privilege_for(action)),
    }
}

/// The named privilege that holds an action.
fn privilege_for(action: &str) -> &str {
    const HOLDERS: [(&str, &str); 15] = [
        ("cluster:admin/xpack/ml/", "manage_ml"),
        ("cluster:monitor/xpack/ml/", "monitor_ml"),
        ("cluster:admin/ingest/pipeline/", "manage_pipeline"),
        ("cluster:monitor/", "monitor"),
        // Stored scripts have no privilege of their own but their actions.
        ("cluster:admin/script/", "cluster:admin/script/*"),
        ("indices:admin/template/", "manage_index_templates"),
        ("indices:admin/index_template/", "manage_index_templates"),
        ("indices:data/read/", "read"),
        ("indices:data/write/", "write"),
        ("indices:admin/create", "create_index"),
        ("indices:admin/auto_create", "create_index"),
        ("indices:admin/get", "view_index_metadata"),
        ("indices:admin/mappings/get", "view_index_metadata"),
        ("indices:monitor/settings/get", "view_index_metadata"),
        ("indices:monitor/", "monitor"),
    ];
    let holder = HOLDERS.iter().find(|(start, _)| action.starts_with(start));
    match holder {
        Some((_, privilege)) => privilege,
        None if action.starts_with("indices:admin/") => "manage",
        None => action,
    }
}

fn too_large(said: &Said<'_>) -> String {
    format!(
        "{} bytes were sent, more than http.max_content_length or the limit of a proxy; raise it \
         (compressing the request does not help)",
        said.sent
    )
}

fn busy(reason: &str) -> String {
    let has = |needle: &str| reason.contains(needle);
    if has("maximum stream size") {
        return heap();
    }
    if has("no ML nodes") {
        return "no machine learning node has room; close jobs, or add a node or memory".to_owned();
    }
    if has("upgrade mode") {
        return "machine learning is in upgrade mode; end it by POST \
                _ml/set_upgrade_mode?enabled=false"
            .to_owned();
    }
    if has("compilations within") {
        return "wait, or raise script.max_compilations_rate".to_owned();
    }
    if let Some(seconds) = between(reason, "Please wait ", "s") {
        return format!("wait {seconds} seconds and try again");
    }
    "the cluster is busy; wait and try again".to_owned()
}

fn heap() -> String {
    "the model inflates to more than a tenth of the heap of a node; give the nodes more heap"
        .to_owned()
}

fn bad_request(said: &Said<'_>) -> Option<String> {
    let reason = said.reason.as_str();
    let has = |needles: &[&str]| needles.iter().any(|needle| reason.contains(needle));
    let text = if has(&["maximum stream size"]) {
        return Some(heap());
    } else if said.kind == "script_exception" || has(&["compile error"]) {
        "the script does not compile on this version; the cause names the place"
    } else if has(&["unknown field [", "unrecognized parameter"]) {
        "the key is newer than this cluster; see the stack versions that the bundle asks for"
    } else if has(&["Failed to parse definition", "has validation failures"]) {
        "the model's definition is not usable; the cause says why"
    } else if has(&["cannot be deleted because it is the"]) {
        "take the pipeline out of the settings of these indices first"
    } else if has(&["No processor type exists", "is not installed on node"]) {
        "the processor is not part of this version, or its plugin is missing on a node"
    } else if has(&["doesn't support one or more provided configuration parameters"]) {
        "the pipeline uses options that this version does not have"
    } else if has(&["kbn-xsrf", "not available with the current configuration"]) {
        "this Kibana does not take the call; check its address and version"
    } else if has(&["index must exist first"]) {
        "open the security app of Kibana once, or POST /api/detection_engine/index"
    } else if reason.starts_with("pipeline [") && reason.ends_with("] does not exist") {
        "install the bundle that brings it; sealift status tells what is missing"
    } else if has(&["because it has no mappings", "is still initializing"]) {
        "the indices that the datafeed reads are not there or hold nothing yet; start it once \
         documents come in"
    } else if has(&["Cannot remove item"]) {
        "the filter changed meanwhile; plan again"
    } else if has(&[
        "illegal to set",
        "Inconsistent ",
        "Invalid ",
        "Validation Failed",
    ]) {
        "the bundle's file is at fault; validate the release it came from"
    } else if said.kind == "resource_already_exists_exception" || has(&["already exists"]) {
        "compare it with the bundle: sealift plan FILE"
    } else if has(&["while the job is open"]) {
        "close the job first; --restart-jobs does it"
    } else {
        return None;
    };
    Some(text.to_owned())
}

fn in_the_way(reason: &str) -> Option<String> {
    let has = |needles: &[&str]| needles.iter().any(|needle| reason.contains(needle));
    let text = if has(&["still referenced by ingest processors"]) {
        "take the model out of these pipelines first"
    } else if has(&["currently used by jobs"]) {
        "take the filter out of the custom rules of these jobs first"
    } else if has(&[
        "because the job is opened",
        "while its status is",
        "hasn't been stopped",
    ]) {
        "stop the datafeed and close the job first; --restart-jobs does it"
    } else if has(&["refers to it", "already exists for job"]) {
        "remove the datafeed first"
    } else if has(&["documents exist for a prior job"]) {
        "results of a deleted job of this id are left; use another id or delete them"
    } else if has(&["because it failed, use force close"]) {
        "look why the job failed, then POST _ml/anomaly_detectors/ID/_close?force=true"
    } else if has(&["Max number of inference processors"]) {
        "raise xpack.ml.max_inference_processors"
    } else if has(&["modified while the update was in progress"]) {
        "somebody else changed it at the same time; give the command again"
    } else if has(&["because job ["]) {
        "open the job first"
    } else {
        return None;
    };
    Some(text.to_owned())
}

/// What stands between `start` and the next `end`.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(inner, _)| inner)
}
