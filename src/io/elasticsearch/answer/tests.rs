use serde_json::{Value, json};

use super::super::called::read;
use super::{Decision, refusal};
use crate::error::{Error, ErrorKind};

/// An error envelope of Elasticsearch.
fn envelope(status: u16, kind: &str, reason: &str) -> (u16, String) {
    let body = json!({"error": {"type": kind, "reason": reason}, "status": status});
    (status, body.to_string())
}

fn hint(error: &Error) -> &str {
    error.next_step().unwrap_or_default()
}

#[test]
fn each_known_refusal_has_a_decision_and_a_next_step() {
    use Decision::{Again, Changed, Exists, State, Stop, Unknown};
    let status = "status_exception";
    let missing = "resource_not_found_exception";
    let cases: [((u16, String), Decision, &str); 42] = [
        ((400, r#"{"error":"no handler found for uri [/_ml/x] and method [GET]"}"#.to_owned()),
            Stop, "xpack.ml.enabled"),
        ((405, r#"{"error":"Incorrect HTTP method for uri [/x] and method [PUT], allowed: [GET]","status":405}"#.to_owned()),
            Stop, "switched off"),
        (envelope(401, "security_exception", "unable to authenticate user [elastic] for REST request [/]"),
            Stop, "API key"),
        (envelope(403, "security_exception", "current license is non-compliant for [ml]"),
            Stop, "does not include ml"),
        (envelope(403, "security_exception", "action [cluster:admin/xpack/ml/filters/put] is unauthorized for user [u]"),
            Stop, "manage_ml"),
        (envelope(403, "security_exception", "action [cluster:admin/script/put] is unauthorized for user [u]"),
            Stop, "the cluster privilege cluster:admin/script/*;"),
        (envelope(403, "security_exception", "action [indices:data/read/get] is unauthorized for user [u]"),
            Stop, "grant the index privilege read;"),
        (envelope(403, "security_exception", "action [indices:data/write/index] is unauthorized for user [u] with effective roles [r] on indices [sealift-receipts], this action is granted by the index privileges [index,write,all]"),
            Stop, "grant one of index,write,all (index privileges on sealift-receipts);"),
        (envelope(403, "security_exception", "action [indices:monitor/settings/get] is unauthorized for user [u] on indices [a,b]"),
            Stop, "the index privilege view_index_metadata on a,b"),
        (envelope(403, "security_exception", "action [indices:admin/create] is unauthorized for user [u]"),
            Stop, "the index privilege create_index;"),
        (envelope(403, "security_exception", "action [indices:admin/settings/update] is unauthorized for user [u]"),
            Stop, "the index privilege manage;"),
        (envelope(403, "security_exception", "action [indices:admin/index_template/put] is unauthorized for user [u]"),
            Stop, "the cluster privilege manage_index_templates;"),
        (envelope(403, "security_exception", "action [a] is unauthorized for user [u] with effective roles [r], this action is granted by the cluster privileges [manage_ml,manage,all]"),
            Stop, "manage_ml,manage,all"),
        (envelope(403, "security_exception", "Cannot create datafeed [d] because user u lacks permissions on the indices: {}"),
            Stop, "grant read"),
        (envelope(404, missing, "unable to find script [x] in cluster state"), Stop, "before the pipeline"),
        (envelope(400, "resource_already_exists_exception", "A filter with id [x] already exists"),
            Exists, "sealift plan"),
        (envelope(400, "resource_already_exists_exception", "job and group names must be unique but job [x] and group [x] have the same name"),
            Stop, ""),
        (envelope(409, status, "A datafeed [d] already exists for job [j]"), Exists, "datafeed"),
        (envelope(400, "x_content_parse_exception", "[1:774] [trained_model_config] unknown field [model_type]"),
            Stop, "newer than this cluster"),
        (envelope(400, "action_request_validation_exception", "Validation Failed: 1: illegal to set [create_time] at inference model creation;"),
            Stop, "bundle's file"),
        (envelope(400, status, "Failed to parse definition for [x]"), Stop, "definition"),
        (envelope(400, status, "Cannot parse model definition as the content is larger than the maximum stream size of [1] bytes"),
            Stop, "heap"),
        (envelope(429, "circuit_breaking_exception", "larger than the maximum stream size of [1] bytes"), Stop, "heap"),
        (envelope(400, "script_exception", "compile error"), Stop, "compile"),
        (envelope(409, status, "Cannot delete model [x] as it is still referenced by ingest processors"), Stop, "pipelines"),
        (envelope(409, status, "Cannot delete filter [x] currently used by jobs [j]"), Stop, "custom rules"),
        (envelope(409, status, "Cannot delete job [x] because the job is opened"), State, "--restart-jobs"),
        (envelope(409, status, "Cannot update datafeed [x] while its status is started"), State, "--restart-jobs"),
        (envelope(409, status, "Cannot open job [x] because it has already been opened"), Exists, ""),
        (envelope(409, status, "Cannot delete job [x] because datafeed [d] refers to it"), State, "datafeed"),
        (envelope(409, status, "cannot close job datafeed [d] hasn't been stopped"), State, "stop the datafeed"),
        (envelope(409, status, "[1] result and [0] state documents exist for a prior job with Id [x]"), Stop, "another id"),
        (envelope(409, status, "cannot close job [x] because it failed, use force close"), Stop, "force=true"),
        (envelope(409, status, "Error updating filter with id [x] because it was modified while the update was in progress"),
            Changed, ""),
        (envelope(409, status, "Max number of inference processors reached, total inference processors [50]."),
            Stop, "max_inference_processors"),
        ((413, String::new()), Stop, "http.max_content_length"),
        ((413, "<html>too large</html>".to_owned()), Stop, "1234 bytes"),
        (envelope(429, status, "Could not open job because no ML nodes with sufficient capacity were found"), Stop, "room"),
        (envelope(429, status, "Cannot open jobs when upgrade mode is enabled"), Stop, "set_upgrade_mode"),
        (envelope(429, "circuit_breaking_exception", "[script] Too many dynamic script compilations within, max: [75/5m]"),
            Again, "max_compilations_rate"),
        (envelope(503, "process_cluster_event_timeout_exception", "failed to process cluster event"), Unknown, "try again"),
        ((502, "<html>Bad Gateway</html>".to_owned()), Unknown, "try again"),
    ];
    for ((status, body), decision, step) in cases {
        let found = refusal("PUT /x", status, body.as_bytes(), 1234);
        assert_eq!(found.decision, decision, "{status} {body}");
        assert!(
            hint(&found.error).contains(step),
            "{body}: {:?}",
            found.error
        );
    }
}

#[test]
fn absence_is_no_failure() {
    for body in [
        r#"{"_id":"x","found":false}"#.to_owned(),
        "{}".to_owned(),
        envelope(
            404,
            "resource_not_found_exception",
            "No known job with id 'x'",
        )
        .1,
        envelope(
            404,
            "resource_not_found_exception",
            "pipeline [x] is missing",
        )
        .1,
        r#"{"message":"rule_id: \"x\" not found","status_code":404}"#.to_owned(),
        r#"{"statusCode":404,"error":"Not Found","message":"Saved object [a/b] not found"}"#
            .to_owned(),
        r#"{"_index":"i","_id":"x","result":"not_found","_seq_no":1}"#.to_owned(),
        r#"{"error":"alias [x] missing","status":404}"#.to_owned(),
        envelope(404, "index_not_found_exception", "no such index [x]").1,
        envelope(
            404,
            "index_template_missing_exception",
            "index_template [x] missing",
        )
        .1,
    ] {
        let found = refusal("GET /x", 404, body.as_bytes(), 0);
        assert_eq!(found.decision, Decision::Absent, "{body}");
    }
    // What stands before a cluster does not know what is in it.
    for body in [
        r#"{"ok":false,"message":"Unknown resource."}"#,
        r#"{"error":"not found"}"#,
        r#"{"code":404,"message":"no route"}"#,
    ] {
        let found = refusal("DELETE /x", 404, body.as_bytes(), 0);
        assert_eq!(found.decision, Decision::Unknown, "{body}");
        assert_eq!(found.error.kind(), ErrorKind::Network, "{body}");
        assert!(hint(&found.error).contains("before the cluster"), "{body}");
    }
    // A proxy that knows no such page says nothing about the object.
    let found = refusal("GET /x", 404, b"<html>not found</html>", 0);
    assert_eq!(found.decision, Decision::Stop);
    assert_eq!(found.error.kind(), ErrorKind::Network);
}

#[test]
fn an_address_of_something_else_is_told_at_its_root() {
    let missing = r#"{"statusCode":404,"error":"Not Found","message":"Not Found"}"#;
    for (status, body) in [
        (302, ""),
        (404, missing),
        (404, "<html>nothing here</html>"),
        (405, "not allowed"),
    ] {
        let found = refusal("GET /", status, body.as_bytes(), 0);
        assert!(
            hint(&found.error).contains("--kibana-url"),
            "{status} {body}"
        );
        let deeper = refusal("GET /x", status, body.as_bytes(), 0);
        assert!(
            !hint(&deeper.error).contains("--kibana-url"),
            "{status} {body}"
        );
    }
    for (status, body) in [(401, "{}"), (502, "<html>Bad Gateway</html>")] {
        let found = refusal("GET /", status, body.as_bytes(), 0);
        assert!(
            !hint(&found.error).contains("--kibana-url"),
            "{status} {body}"
        );
    }
    let page = read("GET /", 200, b"<html>Kibana</html>", 0);
    let page = page.err().map(|failed| hint(&failed.error).to_owned());
    assert!(page.is_some_and(|hint| hint.contains("--kibana-url")));
}

#[test]
fn the_server_is_quoted_with_its_causes_and_cut() {
    let body = json!({"error": {"type": "script_exception", "reason": "compile error",
        "script_stack": ["int x = ;", "        ^---- HERE"],
        "caused_by": {"reason": "unexpected token", "caused_by": {"reason": "deeper"}}}});
    let found = refusal("PUT /_scripts/x", 400, body.to_string().as_bytes(), 0);
    let cause = std::error::Error::source(&found.error).map(ToString::to_string);
    assert_eq!(
        cause.as_deref(),
        Some("in the script: int x = ;         ^---- HERE: unexpected token: deeper")
    );
    let (status, body) = envelope(400, "x", &"y".repeat(100_000));
    let found = refusal("PUT /x", status, body.as_bytes(), 0);
    assert!(found.error.to_string().len() < 1000);
    assert_eq!(
        refusal("GET /", 500, b"\xff\xfe", 0).decision,
        Decision::Unknown
    );
    let nested = Value::String("[".repeat(100_000)).to_string();
    assert_eq!(
        refusal("GET /", 400, nested.as_bytes(), 0).decision,
        Decision::Stop
    );
}
