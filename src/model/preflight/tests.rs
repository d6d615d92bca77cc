#![allow(clippy::unwrap_used, clippy::panic, clippy::too_many_lines)]

use std::collections::BTreeSet;

use serde_json::json;

use super::{Denied, Facts, Finding, KibanaFacts, License, Needs, Node, Range, Weight, findings};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::time::Timestamp;
use crate::model::version::StackVersion;

/// One artifact of every kind, with something of everything.
fn everything() -> Needs {
    let body = json!({
        "indices": ["packetbeat-*"], "source": {"index": "s"}, "dest": {"index": "d"},
        "definition": {"x": "y".repeat(2000)}, "model_size_bytes": 9000,
        "processors": [{"inference": {"model_id": "m"}}],
        "analysis_limits": {"model_memory_limit": "2gb"},
        "machine_learning_job_id": "watched",
    });
    let ids: Vec<ArtifactId> = ArtifactKind::ALL
        .into_iter()
        .map(|kind| ArtifactId::new(kind, "x"))
        .collect();
    let mut needs = Needs::of(ids.iter().map(|id| (id, Some(&body))));
    needs
        .regex
        .insert(ArtifactId::new(ArtifactKind::Script, "x"));
    needs
}

fn good() -> Facts {
    Facts {
        license: Some(License {
            kind: "platinum".to_owned(),
            status: "active".to_owned(),
            expires_millis: None,
        }),
        ml_enabled: Some(true),
        upgrade_mode: Some(false),
        max_model_memory: Some(4 << 30),
        nodes: vec![Node {
            name: "n".to_owned(),
            roles: ["master", "ingest", "ml"].map(str::to_owned).to_vec(),
            heap: Some(1 << 30),
        }],
        inference_limit: Some(50),
        regex: Some(true),
        clock_ahead: Some(2),
        kibana: KibanaFacts {
            named: true,
            version: Some(StackVersion::new(8, 4, 0)),
            space: "default".to_owned(),
            space_exists: Some(true),
            rules_allowed: Some(true),
            has_key: Some(true),
            fault: None,
        },
        ..Facts::unknown(StackVersion::new(8, 4, 0))
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds).expect("a time")
}

fn look(facts: &Facts, ranges: &[Range]) -> Vec<Finding> {
    findings(&everything(), ranges, facts, at(1_000_000))
}

#[test]
fn a_good_cluster_has_no_findings() {
    assert_eq!(look(&good(), &[]), []);
    // What cannot be known is not held against it.
    let unknown = Facts {
        license: good().license,
        kibana: good().kibana,
        ..Facts::unknown(StackVersion::new(8, 4, 0))
    };
    assert_eq!(look(&unknown, &[]), []);
}

#[test]
fn each_thing_that_is_missing_is_named_with_the_next_step() {
    type Change = fn(&mut Facts);
    let cases: [(Change, Weight, &str); 23] = [
        (
            |f| f.version = StackVersion::new(7, 6, 0),
            Weight::Missing,
            "too old",
        ),
        (
            |f| f.license = None,
            Weight::Missing,
            "license cannot be read",
        ),
        (
            |f| f.license.as_mut().unwrap().kind = "gold".into(),
            Weight::Missing,
            "gold license",
        ),
        (
            |f| f.license.as_mut().unwrap().status = "expired".into(),
            Weight::Missing,
            "not active",
        ),
        (
            |f| f.license.as_mut().unwrap().expires_millis = Some(5),
            Weight::Missing,
            "not active",
        ),
        (
            |f| f.license.as_mut().unwrap().expires_millis = Some((1_000_000 + 5 * 86_400) * 1000),
            Weight::Warning,
            "ends in 5 days",
        ),
        (
            |f| f.ml_enabled = Some(false),
            Weight::Missing,
            "switched off",
        ),
        (
            |f| f.upgrade_mode = Some(true),
            Weight::Missing,
            "upgrade mode",
        ),
        (
            |f| f.max_model_memory = Some(1 << 30),
            Weight::Missing,
            "job x may use 2048.0 MB",
        ),
        (
            |f| f.nodes[0].heap = Some(20_000),
            Weight::Missing,
            "model x inflates to",
        ),
        (
            |f| f.nodes[0].heap = Some(22_000),
            Weight::Warning,
            "once loaded",
        ),
        (
            |f| f.nodes[0].roles = vec!["master".into()],
            Weight::Warning,
            "role ml",
        ),
        (
            |f| f.inference_limit = Some(0),
            Weight::Missing,
            "inference processors",
        ),
        (
            |f| f.inference_limit = Some(1),
            Weight::Warning,
            "the copies that are tried first",
        ),
        (
            |f| f.regex = Some(false),
            Weight::Missing,
            "regular expressions",
        ),
        (
            |f| f.clock_ahead = Some(-300),
            Weight::Warning,
            "300 seconds behind",
        ),
        (
            |f| f.kibana.named = false,
            Weight::Missing,
            "no Kibana is named",
        ),
        (
            |f| f.kibana.fault = Some("it is down".into()),
            Weight::Missing,
            "it is down",
        ),
        (
            |f| f.kibana.space_exists = Some(false),
            Weight::Missing,
            "no space default",
        ),
        (
            |f| f.kibana.rules_allowed = Some(false),
            Weight::Missing,
            "may not use the rules",
        ),
        (
            |f| f.kibana.has_key = Some(false),
            Weight::Missing,
            "no key",
        ),
        (
            |f| f.kibana.version = Some(StackVersion::new(7, 17, 0)),
            Weight::Missing,
            "Kibana is 7.17.0",
        ),
        (
            |f| f.absent_jobs = BTreeSet::from(["watched".to_owned()]),
            Weight::Warning,
            "rule x watches the job watched",
        ),
    ];
    for (change, weight, text) in cases {
        let mut facts = good();
        change(&mut facts);
        let found = look(&facts, &[]);
        let hit = found.iter().find(|finding| finding.what.contains(text));
        let hit = hit.unwrap_or_else(|| panic!("{text}: {found:#?}"));
        assert_eq!(hit.weight, weight, "{text}");
        assert!(!hit.next.is_empty());
    }
}

#[test]
fn everything_is_named_at_once_and_what_is_missing_comes_first() {
    let facts = Facts {
        license: Some(License {
            kind: "basic".to_owned(),
            status: "expired".to_owned(),
            expires_millis: Some(5),
        }),
        ml_enabled: Some(false),
        clock_ahead: Some(3600),
        denied: Denied {
            cluster: vec!["manage_ml".to_owned(), "monitor".to_owned()],
            indices: vec![("packetbeat-*".to_owned(), vec!["read".to_owned()])],
            kibana: vec!["feature_ml.all".to_owned()],
        },
        ..good()
    };
    let ranges = [Range {
        artifact: ArtifactId::new(ArtifactKind::Rule, "r"),
        min: Some(StackVersion::new(8, 10, 0)),
        max: None,
        subscription: None,
    }];
    let found = look(&facts, &ranges);
    let missing = found.iter().filter(|f| f.weight == Weight::Missing).count();
    assert_eq!((missing, found.len()), (7, 9), "{found:#?}");
    assert!(
        found
            .iter()
            .take(missing)
            .all(|f| f.weight == Weight::Missing)
    );
    let told = found.iter().any(|finding| {
        let what = &finding.what;
        what.ends_with("manage_ml, needed for models, filters, jobs, datafeeds, analytics")
    });
    assert!(told, "{found:#?}");
}
