//! Kibana's door: rules, spaces, and what differs between versions.

use serde_json::{Value, json};

use sealift::lab::{Grade, Lab, LabOptions, License, Profile};

use crate::client::{Answer, send};

fn start(version: &str) -> Lab {
    Lab::start(&LabOptions {
        version: Profile::parse(version).unwrap(),
        ..LabOptions::default()
    })
    .unwrap()
}

fn call(lab: &Lab, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let headers = [("kbn-xsrf", "true"), ("content-type", "application/json")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let body = body.map(|body| body.to_string().into_bytes());
    send(&lab.kibana_url(), method, path, &headers, body.as_deref())
}

const RULES: &str = "/api/detection_engine/rules";

fn rule(rule_id: &str) -> Value {
    json!({
        "rule_id": rule_id,
        "name": "Rare zone",
        "description": "A zone that is rarely asked for",
        "risk_score": 21,
        "severity": "low",
        "type": "machine_learning",
        "anomaly_threshold": 70,
        "machine_learning_job_id": "dga_rare_zone",
        "enabled": false,
        "tags": ["dga"],
    })
}

fn import(lab: &Lab, query: &str, name: &str, lines: &[Value]) -> Answer {
    let text: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    let body = format!(
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{}\r\n--B--\r\n",
        text.concat()
    );
    let headers = [
        ("kbn-xsrf", "true"),
        ("content-type", "multipart/form-data; boundary=B"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let path = format!("{RULES}/_import{query}");
    send(
        &lab.kibana_url(),
        "POST",
        &path,
        &headers,
        Some(body.as_bytes()),
    )
}

#[test]
fn a_rule_is_created_found_changed_and_deleted() {
    let lab = start("8.19");
    let created = call(&lab, "POST", RULES, Some(&rule("r1")));
    assert_eq!(created.status, 200, "{}", created.body);
    assert_eq!(
        created.body["machine_learning_job_id"],
        json!(["dga_rare_zone"])
    );
    assert_eq!(created.body["revision"], json!(0));
    let again = call(&lab, "POST", RULES, Some(&rule("r1")));
    assert_eq!(
        (again.status, &again.body["message"]),
        (409, &json!("rule_id: \"r1\" already exists"))
    );
    let patched = call(
        &lab,
        "PATCH",
        RULES,
        Some(&json!({"rule_id": "r1", "enabled": true})),
    );
    assert_eq!(
        (&patched.body["enabled"], &patched.body["tags"]),
        (&json!(true), &json!(["dga"]))
    );
    let mut bare = rule("r1");
    bare.as_object_mut().unwrap().shift_remove("tags");
    let replaced = call(&lab, "PUT", RULES, Some(&bare));
    assert_eq!(
        replaced.body["tags"],
        json!([]),
        "a PUT resets what it does not say"
    );
    assert_eq!(replaced.body["id"], created.body["id"]);
    let path = format!("{RULES}/_find?filter=alert.attributes.name:%20Rare*&per_page=1");
    let found = call(&lab, "GET", &path, None);
    assert_eq!(
        (&found.body["total"], &found.body["perPage"]),
        (&json!(1), &json!(1))
    );
    let gone = call(&lab, "DELETE", &format!("{RULES}?rule_id=r1"), None);
    assert_eq!(gone.body["rule_id"], json!("r1"));
    let missing = call(&lab, "GET", &format!("{RULES}?rule_id=r1"), None);
    let expected = json!({"message": "rule_id: \"r1\" not found", "status_code": 404});
    assert_eq!((missing.status, missing.body), (404, expected));
}

#[test]
fn both_shapes_of_errors_are_there() {
    let lab = start("8.19");
    let bare = send(&lab.kibana_url(), "POST", RULES, &[], Some(b"{}"));
    let expected = json!({
        "statusCode": 400, "error": "Bad Request", "message": "Request must contain a kbn-xsrf header.",
    });
    assert_eq!((bare.status, bare.body), (400, expected));
    let neither = call(&lab, "GET", RULES, None);
    let expected =
        json!({"message": "either \"id\" or \"rule_id\" must be set", "status_code": 400});
    assert_eq!(neither.body, expected);
    let nowhere = call(
        &lab,
        "GET",
        "/s/nowhere/api/detection_engine/rules/_find",
        None,
    );
    assert_eq!(nowhere.status, 404);
    assert_eq!(
        call(&lab, "GET", "/api/nothing", None).body["error"],
        json!("Not Found")
    );
}

#[test]
fn versions_differ() {
    let unknown = |version: &str| {
        let lab = start(version);
        call(&lab, "POST", "/api/detection_engine/index", None);
        let mut body = rule("r1");
        body["colour"] = json!("red");
        let answer = call(&lab, "POST", RULES, Some(&body));
        (answer.status, answer.body["message"].clone())
    };
    assert_eq!(
        unknown("8.19").0,
        200,
        "newer versions leave unknown keys out"
    );
    assert_eq!(
        unknown("7.17"),
        (400, json!("[request body]: invalid keys \"colour\""))
    );
    let old = start("7.17");
    let early = call(&old, "POST", RULES, Some(&rule("r1")));
    let text = early.body["message"].as_str().unwrap_or_default();
    assert!(
        text.starts_with("To create a rule, the index must exist first."),
        "{text}"
    );
    let status = call(&old, "GET", "/api/status", None);
    assert_eq!(status.body["status"]["overall"]["state"], json!("green"));
    assert_eq!(
        call(
            &start("9.x"),
            "POST",
            &format!("{RULES}/_bulk_create"),
            Some(&json!([]))
        )
        .status,
        404
    );
    assert_eq!(
        call(
            &start("8.19"),
            "POST",
            &format!("{RULES}/_bulk_create"),
            Some(&json!([rule("r")]))
        )
        .status,
        200
    );
    let level =
        call(&start("8.19"), "GET", "/api/status", None).body["status"]["overall"]["level"].clone();
    assert_eq!(level, json!("available"));
}

#[test]
fn rules_are_imported_one_by_one() {
    let lab = start("8.19");
    let wrong = import(&lab, "", "rules.json", &[rule("a")]);
    assert_eq!(
        (wrong.status, &wrong.body["message"]),
        (400, &json!("Invalid file extension .json"))
    );
    let mut bad = rule("b");
    bad.as_object_mut().unwrap().shift_remove("severity");
    let first = import(
        &lab,
        "",
        "rules.ndjson",
        &[rule("a"), bad, json!({"name": "x"}), rule("a")],
    );
    assert_eq!(first.status, 200, "failed rules do not fail the call");
    assert_eq!(
        (&first.body["success"], &first.body["success_count"]),
        (&json!(false), &json!(1))
    );
    let names: Vec<_> = first.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["rule_id"])
        .collect();
    assert_eq!(names, [&json!("b"), &json!("(unknown id)"), &json!("a")]);
    let second = import(&lab, "", "rules.ndjson", &[rule("a")]);
    assert_eq!(second.body["errors"][0]["error"]["status_code"], json!(409));
    let third = import(&lab, "?overwrite=true", "rules.ndjson", &[rule("a")]);
    assert_eq!(third.body["success"], json!(true), "{}", third.body);
}

#[test]
fn bulk_actions_tell_what_failed() {
    let lab = start("8.19");
    let created = call(&lab, "POST", RULES, Some(&rule("r1")));
    let id = &created.body["id"];
    let path = format!("{RULES}/_bulk_action");
    let good = call(
        &lab,
        "POST",
        &path,
        Some(&json!({"action": "enable", "ids": [id]})),
    );
    assert_eq!(
        good.body["attributes"]["summary"]["succeeded"],
        json!(1),
        "{}",
        good.body
    );
    let part = call(
        &lab,
        "POST",
        &path,
        Some(&json!({"action": "delete", "ids": [id, "none"]})),
    );
    assert_eq!(part.status, 500);
    assert_eq!(
        part.body["attributes"]["summary"],
        json!({"failed": 1, "succeeded": 1, "skipped": 0, "total": 2})
    );
    let both = call(
        &lab,
        "POST",
        &path,
        Some(&json!({"action": "delete", "ids": ["x"], "query": ""})),
    );
    assert_eq!(both.status, 400);
}

#[test]
fn machine_learning_rules_need_the_license() {
    let lab = Lab::start(&LabOptions {
        license: Some(License {
            grade: Grade::Basic,
            expires: None,
        }),
        ..LabOptions::default()
    })
    .unwrap();
    let refused = call(&lab, "POST", RULES, Some(&rule("r1")));
    let text = "Your license does not support machine learning. Please upgrade your license.";
    assert_eq!(
        (refused.status, &refused.body["message"]),
        (403, &json!(text))
    );
}

#[test]
fn spaces_keep_rules_apart_and_jobs_are_synchronized() {
    let lab = start("8.19");
    let space = json!({"id": "soc", "name": "SOC"});
    assert_eq!(
        call(&lab, "POST", "/api/spaces/space", Some(&space)).status,
        200
    );
    let inside = format!("/s/soc{RULES}");
    assert_eq!(call(&lab, "POST", &inside, Some(&rule("r1"))).status, 200);
    assert_eq!(
        call(&lab, "GET", &format!("{RULES}/_find"), None).body["total"],
        json!(0)
    );
    assert_eq!(
        call(&lab, "GET", &format!("{inside}/_find"), None).body["total"],
        json!(1)
    );
    let job = json!({
        "analysis_config": {"bucket_span": "5m", "detectors": [{"function": "count"}]},
        "data_description": {"time_field": "@timestamp"},
    });
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    let body = job.to_string().into_bytes();
    send(
        &lab.elasticsearch_url(),
        "PUT",
        "/_ml/anomaly_detectors/j1",
        &headers,
        Some(&body),
    );
    let path = "/api/ml/saved_objects/sync";
    let dry = call(&lab, "GET", &format!("{path}?simulate=true"), None);
    let wet = call(&lab, "GET", path, None);
    assert_eq!(dry.body, wet.body);
    assert_eq!(
        wet.body["savedObjectsCreated"]["anomaly-detector"]["j1"],
        json!({"success": true})
    );
    assert_eq!(
        call(&lab, "GET", path, None).body["savedObjectsCreated"],
        json!({})
    );
}
