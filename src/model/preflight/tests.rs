#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::{Denied, Facts, License, Needs, Range, findings};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::time::Timestamp;
use crate::model::version::StackVersion;

fn everything() -> Needs {
    let body =
        json!({"indices": ["packetbeat-*"], "source": {"index": "s"}, "dest": {"index": "d"}});
    let ids: Vec<ArtifactId> = ArtifactKind::ALL
        .into_iter()
        .map(|kind| ArtifactId::new(kind, "x"))
        .collect();
    Needs::of(ids.iter().map(|id| (id, Some(&body))))
}

#[test]
fn the_role_grants_what_is_needed() {
    let role = everything().role();
    assert_eq!(
        role["cluster"],
        json!([
            "cluster:admin/script/delete",
            "cluster:admin/script/get",
            "cluster:admin/script/put",
            "manage_enrich",
            "manage_index_templates",
            "manage_ml",
            "manage_pipeline",
            "manage_transform",
            "monitor"
        ])
    );
    let names: Vec<&str> = role["indices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|index| index["names"][0].as_str().unwrap())
        .collect();
    assert_eq!(names, ["d", "packetbeat-*", "s", "sealift-receipts", "x"]);
    let script = ArtifactId::new(ArtifactKind::Script, "s");
    let few = Needs::of([(&script, None)]);
    assert!(!few.machine_learning && !few.kibana && !few.cluster.contains("manage_ml"));
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let facts = Facts {
        version: StackVersion::new(7, 6, 0),
        license: Some(License {
            kind: "basic".to_owned(),
            status: "expired".to_owned(),
            expires_millis: Some(5),
        }),
        ml_enabled: Some(false),
        upgrade_mode: Some(true),
        denied: Denied {
            cluster: vec!["manage_ml".to_owned()],
            indices: vec![("packetbeat-*".to_owned(), vec!["read".to_owned()])],
        },
    };
    let ranges = [Range {
        artifact: ArtifactId::new(ArtifactKind::Rule, "r"),
        min: Some(StackVersion::new(7, 10, 0)),
        max: None,
        subscription: None,
    }];
    let now = Timestamp::from_seconds(1_000_000).unwrap();
    let found = findings(&everything(), &ranges, &facts, false, now);
    assert_eq!(found.len(), 9, "{found:#?}");
    assert!(found.iter().all(|finding| !finding.next.is_empty()));
}

#[test]
fn a_good_cluster_has_no_findings() {
    let facts = Facts {
        version: StackVersion::new(8, 4, 0),
        license: Some(License {
            kind: "trial".to_owned(),
            status: "active".to_owned(),
            expires_millis: None,
        }),
        ml_enabled: Some(true),
        upgrade_mode: Some(false),
        denied: Denied::default(),
    };
    let now = Timestamp::from_seconds(0).unwrap();
    assert_eq!(findings(&everything(), &[], &facts, true, now), []);
}
