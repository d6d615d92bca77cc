//! Filters of open jobs on versions that do not tell open jobs of them.

use sealift::error::ErrorKind;
use sealift::flow::prepare::{self, Wish};
use sealift::io::http::Method;
use sealift::lab::Lab;
use sealift::model::plan::{Action, Permissions};
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{DETECTIONS, PLAIN, Recipe, Room, call, connect, install, lab};

/// The job of the fixtures whose rules refer to the filter of the fixtures, and its
/// datafeed.
const JOB: &str = "/_ml/anomaly_detectors/fixture_rare_zone";
const FEED: &str = "/_ml/datafeeds/datafeed-fixture_rare_zone";

/// A bundle whose filter has another item.
fn changed(room: &Room) -> sealift::io::bundle::VerifiedBundle {
    let mut recipe = Recipe {
        sequence: 2,
        ..Recipe::of(&[DETECTIONS])
    };
    for (_, bytes) in recipe.releases.iter_mut().flat_map(|(_, files)| files) {
        let text = String::from_utf8(bytes.clone()).unwrap();
        *bytes = text
            .replace("telemetry.example", "telemetry.invalid")
            .into();
    }
    recipe.bundle(room.path())
}

fn state(lab: &Lab, path: &str) -> Value {
    let stats = call(lab, Method::Get, &format!("{path}/_stats"), &Value::Null);
    let list = stats.get("jobs").or_else(|| stats.get("datafeeds"));
    list.unwrap()[0]["state"].clone()
}

#[test]
fn an_open_job_is_reopened_for_a_filter_that_it_would_miss() {
    for (version, misses) in [("7.9.1", true), ("7.9.3", false), ("8.16.0", false)] {
        let room = Room::new();
        let lab = lab(version);
        let cluster = connect(&lab);
        let first = Recipe::of(&[DETECTIONS]).bundle(room.path());
        install(&room, &cluster, &first, &PLAIN).unwrap();
        let mapping = json!({"mappings": {"properties": {"@timestamp": {"type": "date"}}}});
        call(&lab, Method::Put, "/dns-1", &mapping);
        call(&lab, Method::Post, &format!("{JOB}/_open"), &Value::Null);
        call(&lab, Method::Post, &format!("{FEED}/_start"), &Value::Null);

        let second = changed(&room);
        let before = lab.snapshot();
        let plain = install(&room, &cluster, &second, &PLAIN);
        if !misses {
            let calls = plain.unwrap().receipt.unwrap().calls;
            assert_eq!(calls.len(), 1, "{version}: {calls:?}");
            continue;
        }
        let refused = plain.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Cluster);
        assert!(refused.to_string().contains("--restart-jobs"), "{refused}");
        assert_eq!(lab.snapshot(), before, "{version}");

        let wish = Wish {
            permissions: Permissions {
                restart_jobs: true,
                ..Permissions::default()
            },
            ..PLAIN
        };
        let wanted = crate::kit::wanted(&second);
        let prepared = prepare::prepare(&cluster, &second, &wanted, &wish, &Silent).unwrap();
        assert_eq!(prepared.plan.count(Action::Restart), 1, "{version}");
        let done = room.with(|bench| prepared.apply(&cluster, bench, &Silent));
        let calls = done.unwrap().receipt.unwrap().calls;
        let verbs: Vec<&str> = calls.iter().map(|call| call.verb.name()).collect();
        assert_eq!(verbs, ["update", "stop", "close", "open", "start"]);
        assert_eq!(state(&lab, JOB), "opened");
        assert_eq!(state(&lab, FEED), "started");
    }
}
