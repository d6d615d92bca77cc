//! Every refusal of a real server that the installer can meet, as recorded, has
//! a decision and, where a person has to act, a next step.

use std::fs;
use std::path::Path;

use std::time::Duration;

use sealift::flow::check;
use sealift::flow::check::documents;
use sealift::io::elasticsearch::answer::{Decision, refusal};
use sealift::io::http::Method;
use sealift::lab::http::Response;
use sealift::lab::{Action, Fault, Lab};
use sealift::model::artifact::{ArtifactId, ArtifactKind};
use sealift::model::operation::{Operation, Verb};
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{DGA, Recipe, Room, address, call, connect, lab};
use crate::reach::{root, serve};

/// The decision that each recorded refusal must lead to, by the beginning of the
/// server's words; the first that fits holds.
const WANTED: [(&str, Decision); 22] = [
    ("no handler found", Decision::Stop),
    ("Incorrect HTTP method", Decision::Stop),
    ("missing authentication", Decision::Stop),
    ("unable to authenticate", Decision::Stop),
    ("current license is non-compliant", Decision::Stop),
    ("action [", Decision::Stop),
    ("unable to find script", Decision::Stop),
    ("job and group names must be unique", Decision::Stop),
    ("No known", Decision::Absent),
    ("Unable to find filter", Decision::Absent),
    ("No datafeed with id", Decision::Absent),
    ("No filter with id", Decision::Absent),
    ("Could not find trained model", Decision::Absent),
    ("Could not delete filter", Decision::Absent),
    ("A filter with id", Decision::Exists),
    ("The job cannot be created with the Id", Decision::Exists),
    ("A data frame analytics with id", Decision::Exists),
    (
        "Cannot open job [j1] because it has already",
        Decision::Exists,
    ),
    (
        "cannot start datafeed [d1] because it has already",
        Decision::Exists,
    ),
    (
        "Cannot delete job [j1] because the job is opened",
        Decision::State,
    ),
    ("Cannot update datafeed", Decision::State),
    ("Cannot delete datafeed", Decision::State),
];

#[test]
fn every_recorded_refusal_leads_to_an_action() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/recordings"));
    if !folder.exists() {
        eprintln!("skipped: no recordings beside the project");
        return;
    }
    let (mut seen, mut matched) = (0, 0);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let topic: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for exchange in topic["exchanges"].as_array().unwrap() {
            let status = u16::try_from(exchange["response"]["status"].as_u64().unwrap()).unwrap();
            if status < 400 {
                continue;
            }
            seen += 1;
            let body = exchange["response"]["body"].to_string();
            let found = refusal("CALL", status, body.as_bytes(), 0);
            let told = format!("{} {}: {:?}", path.display(), exchange["name"], found);
            let error = &exchange["response"]["body"]["error"];
            let words = error["reason"]
                .as_str()
                .or_else(|| error.as_str())
                .unwrap_or_default();
            assert!(
                found
                    .error
                    .to_string()
                    .contains(words.get(..40).unwrap_or(words)),
                "{told}"
            );
            let wanted = WANTED.iter().find(|(start, _)| words.starts_with(start));
            if let Some((_, decision)) = wanted {
                matched += 1;
                assert_eq!(found.decision, *decision, "{told}");
            }
            // What is decided by a person comes with what to do.
            let for_people = found.decision == Decision::Stop && status != 400 && status != 406;
            assert!(!for_people || found.error.next_step().is_some(), "{told}");
        }
    }
    assert!(
        seen > 100 && matched > 40,
        "{seen} refusals, {matched} known"
    );
}

/// An error of Elasticsearch: type and reason.
fn error(kind: &str, reason: &str) -> Value {
    json!({"error": {"type": kind, "reason": reason}})
}

/// One row of the contract's table of errors: status, body, what to do, and a
/// part of the next step; the answers of one row stand together.
type Answers = &'static [(u16, &'static str, &'static str, Decision, &'static str)];

/// The rows whose answers are refusals. An empty type stands for a body that is
/// no JSON, `-` for one that is a plain error text, `{` for JSON without `error`,
/// `message` for Kibana's.
const ROWS: [Answers; 27] = [
    &[
        (
            400,
            "-",
            "no handler found for uri [/_ml/info] and method [GET]",
            Decision::Stop,
            "xpack.ml.enabled",
        ),
        (
            405,
            "-",
            "Incorrect HTTP method for uri [/_x] and method [PUT], allowed: [GET]",
            Decision::Stop,
            "xpack.ml.enabled",
        ),
    ],
    &[
        (
            401,
            "security_exception",
            "missing authentication credentials for REST request [/]",
            Decision::Stop,
            "--password-file",
        ),
        (
            401,
            "security_exception",
            "unable to authenticate user [u] for REST request [/]",
            Decision::Stop,
            "user and password",
        ),
    ],
    &[(
        403,
        "security_exception",
        "current license is non-compliant for [ml]",
        Decision::Stop,
        "license does not include ml",
    )],
    &[(
        403,
        "security_exception",
        "action [cluster:admin/xpack/ml/filters/put] is unauthorized for user [u] with effective roles [r], this action is granted by the cluster privileges [manage_ml,manage,all]",
        Decision::Stop,
        "one of manage_ml,manage,all",
    )],
    &[(
        403,
        "security_exception",
        "Cannot create datafeed [d] because user u lacks permissions on the indices: {}",
        Decision::Stop,
        "grant read",
    )],
    &[
        (
            404,
            "resource_not_found_exception",
            "No known trained model with model_id [m]",
            Decision::Absent,
            "",
        ),
        (
            404,
            "resource_not_found_exception",
            "Unable to find filter [f]",
            Decision::Absent,
            "",
        ),
        (
            404,
            "resource_not_found_exception",
            "No datafeed with id [d] exists",
            Decision::Absent,
            "",
        ),
        (
            404,
            "resource_not_found_exception",
            "pipeline [p] is missing",
            Decision::Absent,
            "",
        ),
        (
            404,
            "resource_not_found_exception",
            "stored script [s] does not exist and cannot be deleted",
            Decision::Absent,
            "",
        ),
    ],
    &[(404, "{", "", Decision::Absent, "")],
    &[(
        404,
        "resource_not_found_exception",
        "unable to find script [s] in cluster state",
        Decision::Stop,
        "before the pipeline",
    )],
    &[
        (
            400,
            "resource_already_exists_exception",
            "Trained machine learning model [m] already exists",
            Decision::Exists,
            "sealift plan",
        ),
        (
            400,
            "resource_already_exists_exception",
            "The job cannot be created with the Id 'j'. The Id is already used.",
            Decision::Exists,
            "sealift plan",
        ),
    ],
    &[(
        400,
        "x_content_parse_exception",
        "[1:20] [trained_model_config] unknown field [prefix_strings]",
        Decision::Stop,
        "newer than this cluster",
    )],
    &[
        (
            400,
            "illegal_argument_exception",
            "illegal to set [version] at inference model creation",
            Decision::Stop,
            "bundle's file",
        ),
        (
            400,
            "illegal_argument_exception",
            "Inconsistent filter_id; 'a' specified in the body differs from 'b' specified as a URL argument",
            Decision::Stop,
            "bundle's file",
        ),
        (
            400,
            "action_request_validation_exception",
            "Validation Failed: 1: x;",
            Decision::Stop,
            "bundle's file",
        ),
    ],
    &[
        (
            400,
            "status_exception",
            "Failed to parse definition for [m]",
            Decision::Stop,
            "definition is not usable",
        ),
        (
            400,
            "status_exception",
            "Definition for [m] has validation failures.",
            Decision::Stop,
            "definition is not usable",
        ),
    ],
    &[
        (
            400,
            "status_exception",
            "Cannot parse model definition as the content is larger than the maximum stream size of [1] bytes. Max stream size is 10% of the JVM heap or 1GB whichever is smallest",
            Decision::Stop,
            "more heap",
        ),
        (
            429,
            "circuit_breaking_exception",
            "Cannot parse model definition as the content is larger than the maximum stream size of [1] bytes.",
            Decision::Stop,
            "more heap",
        ),
    ],
    &[(
        400,
        "script_exception",
        "compile error",
        Decision::Stop,
        "does not compile",
    )],
    &[
        (
            409,
            "status_exception",
            "Cannot delete model [m] as it is still referenced by ingest processors",
            Decision::Stop,
            "out of these pipelines",
        ),
        (
            409,
            "status_exception",
            "Cannot delete filter [f] currently used by jobs [j]",
            Decision::Stop,
            "custom rules",
        ),
    ],
    &[
        (
            409,
            "status_exception",
            "Cannot delete job [j] because the job is opened",
            Decision::State,
            "--restart-jobs",
        ),
        (
            409,
            "status_exception",
            "Cannot update datafeed [d] while its status is started",
            Decision::State,
            "--restart-jobs",
        ),
        (
            409,
            "status_exception",
            "Cannot open job [j] because it has already been opened",
            Decision::Exists,
            "",
        ),
        (
            409,
            "status_exception",
            "Can only reset a job when it is closed.",
            Decision::State,
            "",
        ),
    ],
    &[
        (
            409,
            "status_exception",
            "Cannot delete job [j] because datafeed [d] refers to it",
            Decision::State,
            "datafeed first",
        ),
        (
            409,
            "status_exception",
            "cannot close job datafeed [d] hasn't been stopped",
            Decision::State,
            "stop the datafeed",
        ),
        (
            409,
            "status_exception",
            "A datafeed [d] already exists for job [j]",
            Decision::Exists,
            "datafeed first",
        ),
    ],
    &[(
        409,
        "status_exception",
        "[1] result and [0] state documents exist for a prior job with Id [j]. Please create the job with a different Id",
        Decision::Stop,
        "another id",
    )],
    &[(
        409,
        "status_exception",
        "cannot close job [j] because it failed, use force close",
        Decision::Stop,
        "force=true",
    )],
    &[(
        409,
        "status_exception",
        "Error updating filter with id [f] because it was modified while the update was in progress",
        Decision::Changed,
        "command again",
    )],
    &[(
        409,
        "status_exception",
        "Max number of inference processors reached, total inference processors [51]. Adjust the setting [xpack.ml.max_inference_processors]: [50] if a greater number is desired.",
        Decision::Stop,
        "max_inference_processors",
    )],
    &[
        (413, "", "", Decision::Stop, "http.max_content_length"),
        (
            413,
            "",
            "<html>413 Request Entity Too Large</html>",
            Decision::Stop,
            "http.max_content_length",
        ),
        (417, "", "", Decision::Stop, "http.max_content_length"),
    ],
    &[
        (
            429,
            "status_exception",
            "Could not open job because no ML nodes with sufficient capacity were found",
            Decision::Stop,
            "no machine learning node",
        ),
        (
            429,
            "status_exception",
            "Cannot open jobs when upgrade mode is enabled",
            Decision::Stop,
            "set_upgrade_mode",
        ),
        (
            429,
            "circuit_breaking_exception",
            "[script] Too many dynamic script compilations within, max: [75/5m]",
            Decision::Again,
            "max_compilations_rate",
        ),
        (
            429,
            "circuit_breaking_exception",
            "[parent] Data too large, data for [<http_request>]",
            Decision::Again,
            "busy",
        ),
    ],
    &[
        (
            503,
            "",
            "Service Unavailable",
            Decision::Unknown,
            "not ready",
        ),
        (
            502,
            "",
            "<html>Bad Gateway</html>",
            Decision::Unknown,
            "not ready",
        ),
        (
            503,
            "process_cluster_event_timeout_exception",
            "failed to process cluster event (put-pipeline-p) within 30s",
            Decision::Unknown,
            "not ready",
        ),
        (
            503,
            "master_not_discovered_exception",
            "no master",
            Decision::Unknown,
            "not ready",
        ),
    ],
    &[
        (
            400,
            "message",
            "Request must contain a kbn-xsrf header.",
            Decision::Stop,
            "Kibana",
        ),
        (
            400,
            "message",
            "uri [/api/x] with method [post] exists but is not available with the current configuration",
            Decision::Stop,
            "Kibana",
        ),
        (
            400,
            "message",
            "Invalid file extension .json",
            Decision::Stop,
            "at fault",
        ),
        (
            400,
            "message",
            "To create a rule, the index must exist first. Index .siem-signals-default does not exist",
            Decision::Stop,
            "detection_engine/index",
        ),
    ],
    &[(
        429,
        "message",
        "Too many requests. Please wait 10s before uploading again.",
        Decision::Again,
        "wait 10 seconds",
    )],
    &[(
        503,
        "",
        "Kibana server is not ready yet",
        Decision::Unknown,
        "not ready",
    )],
];

/// The rows whose answers are successes, or none: time-out, not acknowledged,
/// `_simulate`, import of rules. Each has its own test below.
const OTHER_ROWS: usize = 4;

#[test]
fn every_row_of_the_contract_has_its_action_and_next_step() {
    for (number, row) in (1..).zip(ROWS) {
        for (status, kind, reason, decision, next) in row {
            let body = match *kind {
                "" => (*reason).to_owned(),
                "-" => json!({"error": reason, "status": status}).to_string(),
                "{" => json!({"_id": "x", "found": false}).to_string(),
                "message" => json!({"statusCode": status, "message": reason}).to_string(),
                kind => error(kind, reason).to_string(),
            };
            let found = refusal("PUT /x", *status, body.as_bytes(), 12_345);
            let told = format!("refusing row {number}: {found:?}");
            assert_eq!(found.decision, *decision, "{told}");
            let shown: String = reason.chars().take(60).collect();
            assert!(found.error.to_string().contains(&shown), "{told}");
            let hint = found.error.next_step().unwrap_or_default();
            assert!(hint.contains(next), "{told}");
            assert!(!hint.is_empty() || next.is_empty(), "{told}");
        }
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/docs/elastic-api.md");
    let Ok(page) = fs::read_to_string(page) else {
        eprintln!("skipped: no contract beside the project to count the rows of");
        return;
    };
    let (_, table) = page.split_once("# F. Error").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    let rows = rows.take_while(|line| line.starts_with('|')).count();
    assert_eq!(ROWS.len() + OTHER_ROWS, rows);
}

/// Puts the script `s` as an installer does.
fn put_script(lab: &Lab) -> Result<(), Decision> {
    let cluster = sealift::io::cluster::Cluster::connect(address(lab, None)).unwrap();
    let script = ArtifactId::new(ArtifactKind::Script, "s");
    let body = json!({"script": {"lang": "painless", "source": "1"}});
    let put = Operation::with(Verb::Put, &script, body);
    cluster.apply(&put).map_err(|failed| failed.decision)
}

#[test]
fn no_answer_in_time_means_that_nobody_knows() {
    let lab = lab("8.16.0");
    lab.inject(Fault::once(
        "PUT",
        "_scripts/*",
        Action::Delay(Duration::from_secs(2)),
    ));
    assert_eq!(put_script(&lab), Err(Decision::Unknown));
}

#[test]
fn what_is_not_acknowledged_has_to_be_read() {
    let server = serve(|asked| match asked.path.as_str() {
        "/" => root("u"),
        _ => Response::json(200, &json!({"acknowledged": false})),
    });
    let access = crate::kit::access(&server.url(), None);
    let elasticsearch = sealift::io::elasticsearch::Elasticsearch::connect(access).unwrap();
    let pipeline = ArtifactId::new(ArtifactKind::Pipeline, "p");
    let put = Operation::with(Verb::Put, &pipeline, json!({"processors": []}));
    let failed = elasticsearch.apply(&put).unwrap_err();
    assert_eq!(failed.decision, Decision::Unknown);
    assert!(
        failed.error.to_string().contains("not acknowledged"),
        "{:?}",
        failed.error
    );
}

#[test]
fn a_simulation_that_succeeds_with_failed_documents_is_a_failure() {
    let room = Room::new();
    let recipe = Recipe {
        validation: Some(DGA),
        documents: 5,
        ..Recipe::of(&[DGA])
    };
    let bundle = recipe.bundle(room.path());
    let lab = lab("8.16.0");
    for (pipeline, why) in [
        (
            json!({"processors": [{"fail": {"message": "broken"}}]}),
            "broken",
        ),
        (
            json!({"processors": [{"fail": {"message": "broken"}}], "on_failure": [
                {"set": {"field": "error.message", "value": "DGA model: {{ _ingest.on_failure_message }}"}}]}),
            "DGA model: broken",
        ),
        (json!({"processors": []}), "ml_is_dga"),
    ] {
        call(
            &lab,
            Method::Put,
            "/_ingest/pipeline/dns_enrich_pipeline",
            &pipeline,
        );
        let proof = documents::proof(&bundle).unwrap();
        let found = check::check(&connect(&lab), &proof, &[], &Silent).unwrap();
        assert!(!found.is_right(), "{found:?}");
        let refused = found.sets[0].agree().unwrap_err();
        assert!(refused.to_string().contains(why), "{why}: {refused}");
    }
}

#[test]
fn a_rule_that_kibana_refuses_is_told_with_its_words() {
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let rule = ArtifactId::new(ArtifactKind::Rule, "r");
    let put = Operation::with(Verb::Put, &rule, json!({"rule_id": "r", "name": "no type"}));
    let failed = cluster.apply(&put).unwrap_err();
    assert_eq!(failed.decision, Decision::Stop);
    assert!(
        failed.error.to_string().contains("400"),
        "{:?}",
        failed.error
    );
}
