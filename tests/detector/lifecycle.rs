//! Jobs, datafeeds, analytics and rules over their lives: several clusters, other
//! versions, races, what cannot be changed.

use sealift::lab::{Action, Fault};
use serde_json::json;

use crate::stage::Stage;

const COUNT: &str = r#"{"analysis_config": {"bucket_span": "15m", "detectors": [
    {"function": "count", "by_field_name": "host"}]}, "data_description": {"time_field": "@timestamp"}}"#;

/// A cluster with the job `j`, its datafeed and the filter `safe`.
fn with_job(stage: &Stage) {
    let list = stage.write("safe.txt", "a.example\n");
    stage.ok(&["filter", "put", "safe", "--from", &list, "--yes"]);
    let job = stage.write("job.json", COUNT);
    stage.ok(&["job", "put", "j", "--from", &job]);
    let feed = stage.write("feed.json", r#"{"job_id": "j", "indices": ["logs"]}"#);
    stage.ok(&["datafeed", "put", "datafeed-j", "--from", &feed]);
}

const ADD: [&str; 7] = [
    "job",
    "rules",
    "add",
    "j",
    "--scope",
    "host=safe",
    "--when=actual < 5",
];

#[test]
fn a_group_of_clusters_is_managed_at_once() {
    let (east, west) = (Stage::new(), Stage::new());
    let settings = format!(
        "[cluster.east]\nurl = \"{}\"\n\n[cluster.west]\nurl = \"{}\"\n\n\
         [cluster.gone]\nurl = \"http://127.0.0.1:1\"\n\n\
         [group]\nsoc = [\"east\", \"west\"]\nall = [\"east\", \"west\", \"gone\"]\n",
        east.lab.elasticsearch_url(),
        west.lab.elasticsearch_url()
    );
    let settings = east.write("sealift.toml", &settings);
    let list = east.write("safe.txt", "a.example\nb.example\n");
    let on = |args: &[&str], group: &str| {
        let more = ["--group", group, "--config", &settings];
        east.away(&[args, &more].concat())
    };
    let (code, document, told) = on(&["filter", "put", "safe", "--from", &list, "--yes"], "soc");
    assert_eq!(code, 0, "{told}");
    let clusters = document["result"]["clusters"].as_array().unwrap().clone();
    assert_eq!(clusters.len(), 2);
    assert_eq!(clusters[1]["cluster"], "west");
    assert_eq!(
        clusters[1]["result"]["added"],
        json!(["a.example", "b.example"])
    );

    west.ok(&["filter", "update", "safe", "--remove", "b.example", "--yes"]);
    let update = ["filter", "update", "safe", "--remove", "b.example", "--yes"];
    let (code, document, _) = on(&update, "soc");
    assert_eq!(code, 0);
    let removed = |place: usize| document["result"]["clusters"][place]["result"]["removed"].clone();
    assert_eq!((removed(0), removed(1)), (json!(["b.example"]), json!([])));

    // One that fails does not stop the others, and tells on the whole.
    let (code, document, _) = on(&["filter", "list"], "all");
    assert_eq!(code, 3, "{document}");
    let clusters = &document["result"]["clusters"];
    assert_eq!(clusters[0]["result"][0]["id"], "safe");
    assert!(clusters[2]["error"].is_object(), "{clusters}");
    let output = east
        .command(&["filter", "list", "--group", "all", "--config", &settings])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let heads: Vec<&str> = text.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(heads, ["cluster", "id", "items", "description"], "{text}");
    assert!(text.lines().any(|line| line.starts_with("west ")), "{text}");
    assert!(text.contains("gone: error: "), "{text}");

    let (code, ..) = on(&["filter", "delete", "safe", "--yes"], "soc");
    assert_eq!(code, 0);
    assert_eq!(west.ok(&["filter", "list"]), json!([]));
}

/// What could not be looked at is not replaced, even where it could be a moment later.
#[test]
fn only_jobs_that_were_shown_are_replaced() {
    let (east, west, north) = (Stage::new(), Stage::new(), Stage::new());
    with_job(&east);
    with_job(&north);
    let clusters: String = [("east", &east), ("west", &west), ("north", &north)]
        .map(|(name, stage)| {
            let url = stage.lab.elasticsearch_url();
            format!("[cluster.{name}]\nurl = \"{url}\"\n\n")
        })
        .concat();
    let group = "[group]\nall = [\"east\", \"west\", \"north\"]\n";
    let settings = east.write("sealift.toml", &format!("{clusters}{group}"));
    let job = east.write("other.json", &COUNT.replace("15m", "1h"));
    let put = [
        "job",
        "put",
        "j",
        "--from",
        &job,
        "--overwrite",
        "--yes",
        "--group",
        "all",
        "--config",
        &settings,
    ];
    let read = || Fault::once("GET", "_ml/anomaly_detectors/j", Action::Status(403));
    north.lab.inject(read());
    let (code, document, told) = east.away(&put);
    assert_eq!(code, 11, "{document} {told}");
    let span =
        |stage: &Stage| stage.ok(&["job", "show", "j"])["analysis_config"]["bucket_span"].clone();
    assert_eq!(
        (span(&east), span(&west), span(&north)),
        (json!("1h"), json!("1h"), json!("15m")),
        "{document}"
    );
    assert!(told.contains("east: job j (- there, + wanted)"), "{told}");
    assert!(!told.contains("north: job j"), "{told}");
    let of = |place: usize| &document["result"]["clusters"][place];
    assert_eq!(of(0)["result"]["done"], "replaced", "{document}");
    assert!(of(2)["error"].is_object(), "{document}");
    // Its datafeed is put back.
    assert_eq!(east.ok(&["datafeed", "show", "datafeed-j"])["job_id"], "j");

    let (code, document, told) = east.away(&put);
    assert_eq!(code, 0, "{document} {told}");
    assert_eq!(span(&north), json!("1h"));
    assert!(told.contains("north: job j (- there, + wanted)"), "{told}");
    assert!(!told.contains("east: job j"), "it is the same: {told}");
}

#[test]
fn a_job_that_cannot_be_closed_keeps_its_datafeed() {
    let stage = Stage::new();
    with_job(&stage);
    stage.ok(&["job", "open", "j"]);
    let job = stage.write("other.json", &COUNT.replace("15m", "1h"));
    let put = ["job", "put", "j", "--from", &job, "--overwrite", "--yes"];
    let close = "_ml/anomaly_detectors/j/_close";
    stage
        .lab
        .inject(Fault::once("POST", close, Action::Status(403)));
    let (code, document, told) = stage.run(&put);
    assert_eq!(code, 11, "{document} {told}");
    assert!(told.contains("nothing was changed"), "{told}");
    assert_eq!(stage.ok(&["datafeed", "show", "datafeed-j"])["job_id"], "j");
    assert_eq!(stage.ok(&put)["done"], "replaced");

    // Where neither the new job nor the old one is taken, the old one is on the disk.
    let next = stage.write("next.json", &COUNT.replace("15m", "2h"));
    let put = ["job", "put", "j", "--from", &next, "--overwrite", "--yes"];
    for _ in 0..2 {
        let job = "_ml/anomaly_detectors/j";
        stage
            .lab
            .inject(Fault::once("PUT", job, Action::Status(400)));
    }
    let (code, document, told) = stage.run(&put);
    assert_eq!(code, 11, "{document} {told}");
    let hint = document["error"]["hint"].as_str().unwrap();
    let rest = hint.strip_prefix("what was there is in ").unwrap();
    let file = rest.strip_suffix(": put it back from there").unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let span = &kept[0]["body"]["analysis_config"]["bucket_span"];
    assert_eq!((&kept[0]["id"], span), (&json!("j"), &json!("1h")));
}

#[test]
fn a_job_may_carry_its_datafeed() {
    let stage = Stage::new();
    let mut job: serde_json::Value = serde_json::from_str(COUNT).unwrap();
    job["datafeed_config"] = json!({"indices": ["logs"]});
    let file = stage.write("job.json", &job.to_string());
    stage.ok(&["job", "put", "j", "--from", &file]);
    assert_eq!(stage.ok(&["datafeed", "show", "j"])["job_id"], "j");

    // A datafeed that is refused leaves no job behind.
    job["datafeed_config"]["indices"] = json!([]);
    let file = stage.write("job.json", &job.to_string());
    let (code, document, _) = stage.run(&["job", "put", "k", "--from", &file]);
    assert_ne!(code, 0, "{document}");
    assert_ne!(stage.run(&["job", "show", "k"]).0, 0);
}

#[test]
fn rules_given_in_words_change_open_jobs_and_reset_them() {
    let stage = Stage::new();
    with_job(&stage);
    stage.ok(&["job", "open", "j"]);
    let done = stage.ok(&[&ADD[..], &["--yes"]].concat());
    assert_eq!(
        done["words"],
        json!(["skip the result when `host` is in `safe` and actual < 5"])
    );
    assert_eq!(
        done["notes"][0],
        "only results from now on change; what was found before stays"
    );
    // The same rule again changes nothing.
    assert_eq!(
        stage.ok(&[&ADD[..], &["--yes"]].concat())["rules"],
        done["rules"]
    );
    let set = [
        "job",
        "rules",
        "set",
        "j",
        "--scope",
        "host!=safe",
        "--action",
        "skip_model_update",
        "--yes",
        "--reset",
    ];
    let done = stage.ok(&set);
    assert_eq!(
        done["words"],
        json!(["do not teach the model when `host` is not in `safe`"])
    );
    assert!(
        done["notes"][0]
            .as_str()
            .unwrap()
            .starts_with("the job was closed and reset")
    );
    assert_eq!(stage.ok(&["job", "list"])[0]["state"], "closed");
    // Nobody is there to be asked.
    let (code, _, told) = stage.run(&["job", "rules", "remove", "j", "0"]);
    assert_eq!(code, 2, "{told}");
    assert_eq!(
        stage.ok(&["job", "rules", "remove", "j", "0", "--yes"])["rules"],
        json!([])
    );
    for (wrong, said) in [
        (&["--scope", "host"][..], "is no scope"),
        (&["--when", "actual is low"], "is no condition"),
        (&["--when", "mean < 1"], "AppliesTo"),
        (
            &["--scope", "user=safe"],
            "scope field 'user' is invalid; select from [host]",
        ),
        (&["--scope", "host=none"], "the filter none is not here"),
    ] {
        let (code, _, told) = stage.run(&[&["job", "rules", "add", "j", "--yes"], wrong].concat());
        assert!([2, 5].contains(&code), "{told}");
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn older_versions_are_told_what_they_cannot_do() {
    let old = Stage::of_version("7.10.2");
    with_job(&old);
    let (code, _, told) = old.run(&[&ADD[..], &["--yes", "--reset"]].concat());
    assert_eq!(code, 8, "{told}");
    assert!(told.contains("sealift job clone j NEW_ID"), "{told}");
    assert_eq!(old.run(&["job", "reset", "j", "--yes"]).0, 8);

    // A new filter is not loaded by a job that is open (7.8.1 to 7.9.2).
    let buggy = Stage::of_version("7.9.2");
    with_job(&buggy);
    buggy.ok(&["job", "open", "j"]);
    let done = buggy.ok(&[&ADD[..], &["--yes"]].concat());
    let notes = done["notes"].to_string();
    assert!(notes.contains("close the job and open it again"), "{notes}");
}

#[test]
fn a_race_is_run_again_and_a_public_suffix_refused() {
    let stage = Stage::new();
    with_job(&stage);
    let update = ["filter", "update", "safe", "--add", "b.example", "--yes"];
    let wide = ["filter", "update", "safe", "--add", "*.co.uk", "--yes"];
    let (code, _, told) = stage.run(&wide);
    assert_eq!(code, 5, "{told}");
    assert!(told.contains("swallows the public suffix co.uk"), "{told}");
    stage.lab.inject(Fault::once(
        "POST",
        "/_ml/filters/*/_update",
        Action::Status(409),
    ));
    assert_eq!(stage.ok(&update)["added"], json!(["b.example"]));
    assert_eq!(stage.lab.faults_waiting(), 0);
    let shown = stage.ok(&["filter", "show", "safe"]);
    assert_eq!(shown["filter"]["items"], json!(["a.example", "b.example"]));
}

#[test]
fn datafeeds_start_and_stop_and_everything_goes_in_order() {
    let stage = Stage::new();
    with_job(&stage);
    stage.index("logs", &json!({"@timestamp": {"type": "date"}}));
    assert_eq!(stage.run(&["datafeed", "start", "datafeed-j"]).0, 11);
    stage.ok(&["job", "open", "j"]);
    stage.ok(&[
        "datafeed",
        "start",
        "datafeed-j",
        "--start",
        "2026-01-01T00:00:00Z",
    ]);
    assert_eq!(stage.ok(&["datafeed", "list"])[0]["state"], "started");
    let change = stage.write("change.json", r#"{"indices": ["other"]}"#);
    let (code, _, told) = stage.run(&["datafeed", "update", "datafeed-j", "--from", &change]);
    assert_eq!(code, 11, "{told}");
    assert!(told.contains("while its status is started"), "{told}");
    stage.ok(&["datafeed", "stop", "datafeed-j"]);
    stage.ok(&["datafeed", "update", "datafeed-j", "--from", &change]);
    assert_eq!(
        stage.ok(&["datafeed", "show", "datafeed-j"])["indices"],
        json!(["other"])
    );
    let back = stage.write("back.json", r#"{"indices": ["logs"]}"#);
    stage.ok(&["datafeed", "update", "datafeed-j", "--from", &back]);
    for (change, said) in [
        (r#"{"job_id": "k"}"#, "job_id cannot be changed"),
        (r#"{"colour": 1}"#, "unknown field [colour]"),
    ] {
        let change = stage.write("bad.json", change);
        let (code, _, told) = stage.run(&["datafeed", "update", "datafeed-j", "--from", &change]);
        assert_eq!(code, 5, "{told}");
        assert!(told.contains(said), "{told}");
    }
    for (change, said) in [
        (
            r#"{"detectors": [{"detector_index": 0, "function": "mean"}]}"#,
            "sealift job clone j",
        ),
        (
            r#"{"analysis_config": {"bucket_span": "1h"}}"#,
            "sealift job clone j",
        ),
        (
            r#"{"detectors": [{"detector_index": 3, "custom_rules": []}]}"#,
            "Supplied detector_index [3]",
        ),
        (
            r#"{"detectors": [{"detector_index": 0, "custom_rules": [{"scope": {"host": {"filter_id": "none"}}}]}]}"#,
            "filter none",
        ),
    ] {
        let change = stage.write("bad.json", change);
        let (code, _, told) = stage.run(&["job", "update", "j", "--from", &change]);
        assert!([2, 5].contains(&code), "{told}");
        assert!(told.contains(said), "{told}");
    }
    let change = stage.write("good.json", r#"{"description": "new", "groups": ["a"]}"#);
    stage.ok(&["job", "update", "j", "--from", &change]);
    assert_eq!(stage.ok(&["job", "show", "j"])["description"], "new");
    stage.ok(&["datafeed", "start", "datafeed-j"]);
    let gone = stage.ok(&["job", "delete", "j", "--yes"]);
    assert_eq!(gone["answer"], json!(["datafeed datafeed-j", "job j"]));
}

#[test]
fn analytics_live_too() {
    let stage = Stage::new();
    stage.index("logs", &json!({"n": {"type": "long"}}));
    let file = stage.write(
        "analytics.json",
        r#"{"source": {"index": "logs"}, "dest": {"index": "out"}, "analysis": {"outlier_detection": {}}}"#,
    );
    stage.ok(&["analytics", "put", "a", "--from", &file]);
    let change = stage.write("change.json", r#"{"description": "new"}"#);
    stage.ok(&["analytics", "update", "a", "--from", &change]);
    assert_eq!(stage.ok(&["analytics", "show", "a"])["description"], "new");
    let bad = stage.write("bad.json", r#"{"dest": {"index": "x"}}"#);
    let (code, _, told) = stage.run(&["analytics", "update", "a", "--from", &bad]);
    assert_eq!(code, 5, "{told}");
    assert!(told.contains("unknown field [dest]"), "{told}");
    assert_eq!(stage.ok(&["analytics", "list"])[0]["state"], "stopped");
    stage.ok(&["analytics", "delete", "a", "--yes"]);
    assert_eq!(stage.ok(&["analytics", "list"]), json!([]));
}
