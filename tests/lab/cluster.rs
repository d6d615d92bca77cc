//! State, security, licenses, versions and faults of the practice cluster.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use proptest::prelude::{ProptestConfig, any, proptest};
use sealift::lab::{Action, Fault, Grade, Lab, LabOptions, License, Profile};
use sealift::model::base64;
use serde_json::{Value, json};

use crate::client::{Answer, send};

fn start(options: &LabOptions) -> Lab {
    Lab::start(options).unwrap()
}

fn version(version: &str) -> LabOptions {
    LabOptions {
        version: Profile::parse(version).unwrap(),
        ..LabOptions::default()
    }
}

fn call_as(
    lab: &Lab,
    user: Option<&str>,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> Answer {
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    if let Some(user) = user {
        let value = format!("Basic {}", base64::encode(user.as_bytes()));
        headers.push(("authorization".to_owned(), value));
    }
    let body = body.map(|body| body.to_string().into_bytes());
    send(
        &lab.elasticsearch_url(),
        method,
        path,
        &headers,
        body.as_deref(),
    )
}

fn call(lab: &Lab, method: &str, path: &str, body: Option<&Value>) -> Answer {
    call_as(lab, None, method, path, body)
}

fn reason(answer: &Answer) -> &str {
    answer.body["error"]["reason"].as_str().unwrap_or_default()
}

fn job() -> Value {
    json!({
        "analysis_config": {"bucket_span": "5m", "detectors": [{
            "function": "rare", "by_field_name": "zone",
            "custom_rules": [{"actions": ["skip_result"], "scope": {"zone": {"filter_id": "safe"}}}],
        }]},
        "data_description": {"time_field": "@timestamp"},
    })
}

#[test]
fn a_missing_filter_is_met_at_open_or_right_after() {
    for (name, status, state) in [
        ("7.17", 200, "failed"),
        ("8.5.0", 200, "failed"),
        ("8.6", 404, "closed"),
        ("9.x", 404, "closed"),
    ] {
        let lab = start(&version(name));
        call(&lab, "PUT", "/_ml/anomaly_detectors/j", Some(&job()));
        let opened = call(&lab, "POST", "/_ml/anomaly_detectors/j/_open", None);
        assert_eq!(opened.status, status, "{name}: {}", opened.body);
        let stats = call(&lab, "GET", "/_ml/anomaly_detectors/j/_stats", None);
        assert_eq!(stats.body["jobs"][0]["state"], json!(state), "{name}");
        if state == "failed" {
            let close = call(&lab, "POST", "/_ml/anomaly_detectors/j/_close", None);
            assert_eq!(
                reason(&close),
                "cannot close job [j] because it failed, use force close"
            );
            assert_eq!(
                call(
                    &lab,
                    "POST",
                    "/_ml/anomaly_detectors/j/_close?force=true",
                    None
                )
                .status,
                200
            );
        }
    }
}

#[test]
fn versions_differ_where_the_table_says_so() {
    let cases = [
        ("7.9", "GET", "/_ml/inference", 200),
        ("7.9", "GET", "/_ml/trained_models", 400),
        ("7.10", "GET", "/_ml/trained_models", 200),
        ("9.x", "GET", "/_ml/inference", 400),
        ("7.9", "POST", "/_ml/anomaly_detectors/none/_reset", 400),
        ("7.17", "POST", "/_ml/anomaly_detectors/none/_reset", 404),
        (
            "7.10",
            "GET",
            "/_ml/anomaly_detectors?exclude_generated=true",
            400,
        ),
        (
            "7.17",
            "GET",
            "/_ml/anomaly_detectors?exclude_generated=true",
            200,
        ),
        ("7.17", "DELETE", "/_ml/trained_models/none?force=true", 400),
        ("8.19", "DELETE", "/_ml/trained_models/none?force=true", 404),
    ];
    for (name, method, path, status) in cases {
        let lab = start(&version(name));
        let answer = call(&lab, method, path, None);
        assert_eq!(
            answer.status, status,
            "{name} {method} {path}: {}",
            answer.body
        );
    }
    let product = |name: &str| {
        let answer = call(&start(&version(name)), "GET", "/", None);
        (
            answer.header("x-elastic-product").is_some(),
            answer.header("content-type").unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(
        product("7.10"),
        (false, "application/json; charset=UTF-8".to_owned())
    );
    assert_eq!(
        product("7.17"),
        (true, "application/json; charset=UTF-8".to_owned())
    );
    assert_eq!(product("9.x"), (true, "application/json".to_owned()));
}

#[test]
fn a_default_pipeline_is_kept_from_7_16_on() {
    for (name, status) in [("7.10", 200), ("7.17", 400), ("9.x", 400)] {
        let lab = start(&version(name));
        call(
            &lab,
            "PUT",
            "/_ingest/pipeline/p",
            Some(&json!({"processors": []})),
        );
        call(
            &lab,
            "PUT",
            "/logs",
            Some(&json!({"settings": {"index.default_pipeline": "p"}})),
        );
        let deleted = call(&lab, "DELETE", "/_ingest/pipeline/p", None);
        assert_eq!(deleted.status, status, "{name}: {}", deleted.body);
    }
}

#[test]
fn an_expired_license_stops_what_needs_it_and_no_more() {
    let lab = start(&LabOptions {
        license: Some(License {
            grade: Grade::Platinum,
            expires: Some(1_600_000_000_000),
        }),
        ..LabOptions::default()
    });
    assert_eq!(
        call(&lab, "GET", "/_license", None).body["license"]["status"],
        json!("expired")
    );
    let refused = call(&lab, "PUT", "/_ml/anomaly_detectors/j", Some(&job()));
    assert_eq!(
        (refused.status, reason(&refused)),
        (403, "current license is non-compliant for [ml]")
    );
    assert_eq!(
        call(&lab, "PUT", "/_ml/filters/f", Some(&json!({"items": []}))).status,
        200
    );
}

#[test]
fn an_enterprise_license_looks_like_platinum_to_old_clients() {
    let shown = |name: &str, path: &str| {
        let lab = start(&LabOptions {
            license: Some(License {
                grade: Grade::Enterprise,
                expires: None,
            }),
            ..version(name)
        });
        call(&lab, "GET", path, None).body["license"]["type"].clone()
    };
    assert_eq!(shown("7.17", "/_license"), json!("platinum"));
    assert_eq!(
        shown("7.17", "/_license?accept_enterprise=true"),
        json!("enterprise")
    );
    assert_eq!(shown("8.19", "/_license"), json!("enterprise"));
}

#[test]
fn a_denial_says_what_would_grant_it() {
    let lab = start(&LabOptions {
        users: vec![("elastic".to_owned(), "secret1".to_owned())],
        ..version("8.19")
    });
    let admin = Some("elastic:secret1");
    let role = json!({"cluster": ["monitor"], "indices": []});
    call_as(&lab, admin, "PUT", "/_security/role/watcher", Some(&role));
    let user = json!({"password": "secret2", "roles": ["watcher"]});
    call_as(&lab, admin, "PUT", "/_security/user/ann", Some(&user));
    let denied = call_as(
        &lab,
        Some("ann:secret2"),
        "PUT",
        "/_ml/filters/f",
        Some(&json!({"items": []})),
    );
    assert_eq!(
        reason(&denied),
        "action [cluster:admin/xpack/ml/filters/put] is unauthorized for user [ann] with effective roles [watcher], \
         this action is granted by the cluster privileges [manage_ml,manage,all]"
    );
    assert_eq!(call_as(&lab, None, "GET", "/", None).status, 401);
    assert!(
        !lab.snapshot().to_string().contains("secret1"),
        "passwords are kept as digests"
    );
}

#[test]
fn state_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let options = LabOptions {
        data: Some(folder.path().to_owned()),
        ..LabOptions::default()
    };
    let lab = start(&options);
    call(
        &lab,
        "PUT",
        "/_ml/filters/f",
        Some(&json!({"items": ["b", "a"]})),
    );
    call(
        &lab,
        "PUT",
        "/_scripts/s",
        Some(&json!({"script": {"lang": "painless", "source": "1"}})),
    );
    let seen = lab.snapshot();
    lab.stop();
    assert_eq!(start(&options).snapshot(), seen);
}

#[test]
fn faults_strike_before_or_after_the_work() {
    let lab = start(&LabOptions::default());
    let filter = json!({"items": []});
    lab.inject(Fault::once("PUT", "/_ml/filters/before", Action::Drop));
    lab.inject(Fault::once("PUT", "/_ml/filters/after", Action::Lose));
    lab.inject("PUT _ml/filters/busy: 503 x2".parse().unwrap());
    assert_eq!(
        call(&lab, "PUT", "/_ml/filters/before", Some(&filter)).status,
        0
    );
    assert_eq!(
        call(&lab, "PUT", "/_ml/filters/after", Some(&filter)).status,
        0
    );
    assert_eq!(call(&lab, "GET", "/_ml/filters/before", None).status, 404);
    assert_eq!(call(&lab, "GET", "/_ml/filters/after", None).status, 200);
    let busy: Vec<u16> = (0..3)
        .map(|_| call(&lab, "PUT", "/_ml/filters/busy", Some(&filter)).status)
        .collect();
    assert_eq!(busy, [503, 503, 200]);
    lab.inject(Fault::once(
        "GET",
        "/",
        Action::Delay(Duration::from_millis(150)),
    ));
    let begun = Instant::now();
    assert_eq!(call(&lab, "GET", "/", None).status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(150));
    lab.inject(Fault::once("GET", "/_license", Action::Truncate));
    assert_eq!(
        call(&lab, "GET", "/_license", None).body,
        Value::Null,
        "half of an answer is no JSON"
    );
    lab.inject("* *: drop x*".parse().unwrap());
    lab.clear_faults();
    assert_eq!(call(&lab, "GET", "/", None).status, 200);
}

#[test]
fn encrypted_doors_show_their_authority() {
    let folder = tempfile::tempdir().unwrap();
    let options = LabOptions {
        tls: true,
        data: Some(folder.path().to_owned()),
        ..LabOptions::default()
    };
    let lab = start(&options);
    assert!(lab.elasticsearch_url().starts_with("https://"));
    let fingerprint = lab.authority().unwrap().fingerprint().to_owned();
    assert_eq!(fingerprint.len(), 64);
    lab.stop();
    let again = start(&options);
    assert_eq!(
        again.authority().unwrap().fingerprint(),
        fingerprint,
        "the authority is kept"
    );
}

#[test]
fn unknown_routes_and_verbs_are_refused_in_a_string() {
    let lab = start(&LabOptions::default());
    let nowhere = call(&lab, "GET", "/_ml/nothing/at/all/here", None);
    let text = "no handler found for uri [/_ml/nothing/at/all/here] and method [GET]";
    assert_eq!(
        (nowhere.status, nowhere.body),
        (400, json!({"error": text}))
    );
    let verb = call(&lab, "POST", "/_license/trial_status", None);
    assert_eq!((verb.status, verb.header("allow")), (405, Some("GET")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_request_breaks_an_api(
        method in "GET|PUT|POST|DELETE",
        path in "/(_ml/(filters|anomaly_detectors|datafeeds|trained_models|data_frame/analytics|calendars)|_scripts|_ingest/pipeline|x)(/[a-z*_%]{0,8}){0,3}",
        query in "(\\?(from|size|force|pretty|filter_path|timeout)=[-a-z0-9.*]{0,6})?",
        body in any::<Vec<u8>>(),
        json in "\\{\"(items|script|processors|analysis_config|job_id|docs|definition)\":(\\[|\\{|null|1|\"x\"|\\[\\{\\}\\])\\}?",
        raw in any::<bool>(),
    ) {
        static LAB: OnceLock<Lab> = OnceLock::new();
        let lab = LAB.get_or_init(|| start(&LabOptions::default()));
        let body = if raw { body } else { json.into_bytes() };
        let mut request = format!(
            "{method} {path}{query} HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend(body);
        let answer = lab.exchange(&request);
        let text = String::from_utf8_lossy(&answer);
        assert!(text.starts_with("HTTP/1.1 "), "{text}");
        assert!(!text.contains("the service failed"), "{text}");
    }
}

#[test]
fn scripts_are_executed_in_the_contexts_that_a_version_has() {
    let ask = |version: &str, body: &Value| {
        let lab = start(&self::version(version));
        call(&lab, "PUT", "/logs", Some(&json!({})));
        call(&lab, "POST", "/_scripts/painless/_execute", Some(body))
    };
    let script = json!({"source": "params.a + 1", "params": {"a": 41}});
    let unknown = "Failed to build [painless_execute_request] after last required field arrived";
    for (version, more, status, said) in [
        ("8.5.0", json!({}), 200, ""),
        ("8.5.0", json!({"context": "painless_test"}), 200, ""),
        ("8.5.0", json!({"context": "ingest"}), 400, unknown),
        ("7.9.0", json!({"context": "long_field"}), 400, unknown),
        (
            "8.5.0",
            json!({"context": "filter", "context_setup": {"index": "logs"}}),
            400,
            "Validation Failed: 1: document is a required parameter for current context;",
        ),
        (
            "8.5.0",
            json!({"context": "score", "context_setup": {"index": "gone", "document": {}}}),
            404,
            "no such index [gone]",
        ),
        (
            "8.5.0",
            json!({"context": "filter", "context_setup": {"index": "logs", "document": {}}}),
            400,
            "the practice cluster has no fields for scripts of the context [filter]; it executes those of [painless_test]",
        ),
        (
            "8.5.0",
            json!({"script": {"id": "s"}}),
            400,
            "Validation Failed: 1: only inline scripts are supported;",
        ),
    ] {
        let mut body = json!({"script": script});
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        let answer = ask(version, &body);
        assert_eq!(
            (answer.status, reason(&answer)),
            (status, said),
            "{version} {more}"
        );
        if status == 200 {
            assert_eq!(answer.body, json!({"result": "42"}));
        }
    }
}

#[test]
fn what_pipelines_do_follows_their_scripts() {
    let lab = start(&LabOptions::default());
    let script = |source: &str| json!({"script": {"lang": "painless", "source": source}});
    let docs = json!({"docs": [{"_source": {}}]});
    let simulated = |lab: &Lab| {
        let answer = call(lab, "POST", "/_ingest/pipeline/p/_simulate", Some(&docs));
        answer.body["docs"][0]["doc"]["_source"].clone()
    };
    call(&lab, "PUT", "/_scripts/s", Some(&script("ctx.n = 1")));
    let pipeline = json!({"processors": [{"script": {"id": "s"}}]});
    call(&lab, "PUT", "/_ingest/pipeline/p", Some(&pipeline));
    assert_eq!(simulated(&lab), json!({"n": 1}));
    call(&lab, "PUT", "/logs/_doc/1?pipeline=p", Some(&json!({})));
    call(&lab, "PUT", "/_scripts/s", Some(&script("ctx.n = 2")));
    assert_eq!(simulated(&lab), json!({"n": 2}));
    call(&lab, "PUT", "/logs/_doc/2?pipeline=p", Some(&json!({})));
    let kept = |id: &str| {
        let answer = call(&lab, "GET", &format!("/logs/_doc/{id}"), None);
        answer.body["_source"].clone()
    };
    assert_eq!((kept("1"), kept("2")), (json!({"n": 1}), json!({"n": 2})));
}

/// Writes that name the state that they were made against hold only there.
#[test]
fn a_document_that_changed_meanwhile_is_not_overwritten() {
    let lab = start(&LabOptions::default());
    let one = json!({"n": 1});
    let put = |path: &str| call(&lab, "PUT", path, Some(&one));
    let first = put("/notes/_create/a");
    assert_eq!((first.status, &first.body["_seq_no"]), (201, &json!(0)));
    assert_eq!(put("/notes/_create/a").status, 409);
    let second = put("/notes/_doc/a?if_seq_no=0&if_primary_term=1");
    assert_eq!((second.status, &second.body["_seq_no"]), (200, &json!(1)));

    let late = put("/notes/_doc/a?if_seq_no=0&if_primary_term=1");
    assert_eq!(late.status, 409);
    assert_eq!(
        late.body["error"]["type"],
        "version_conflict_engine_exception"
    );
    assert_eq!(
        late.body["error"]["reason"],
        "[a]: version conflict, required seqNo [0], primary term [1]. current document has seqNo \
         [1] and primary term [1]"
    );
    assert_eq!(
        put("/notes/_doc/a?if_seq_no=1&if_primary_term=2").status,
        409
    );
    for (path, reason) in [
        (
            "/notes/_doc/a?if_seq_no=1",
            "ifSeqNo is set, but primary term is [0]",
        ),
        (
            "/notes/_doc/a?if_primary_term=1",
            "ifSeqNo is unassigned, but primary term is [1]",
        ),
        (
            "/notes/_doc/a?if_seq_no=x&if_primary_term=1",
            "long parameter [if_seq_no]",
        ),
    ] {
        let refused = put(path);
        assert_eq!(refused.status, 400, "{path}");
        let told = refused.body["error"]["reason"].as_str().unwrap();
        assert!(told.contains(reason), "{told}");
    }

    let delete = |path: &str| call(&lab, "DELETE", path, None);
    assert_eq!(
        delete("/notes/_doc/a?if_seq_no=0&if_primary_term=1").status,
        409
    );
    assert_eq!(
        delete("/notes/_doc/a?if_seq_no=1&if_primary_term=1").status,
        200
    );
    let gone = put("/notes/_doc/a?if_seq_no=1&if_primary_term=1");
    assert_eq!(gone.status, 409);
    let told = gone.body["error"]["reason"].as_str().unwrap();
    assert!(told.ends_with("but no document was found"), "{told}");
}
