#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::{Needs, for_rules};
use crate::model::artifact::{ArtifactId, ArtifactKind};
use crate::model::version::StackVersion;
use crate::model::{base64, gzip};

#[test]
fn the_role_grants_what_is_needed() {
    let body = json!({"indices": ["packetbeat-*"], "source": {"index": "s"},
        "dest": {"index": "d"}});
    let ids: Vec<ArtifactId> = ArtifactKind::ALL
        .into_iter()
        .map(|kind| ArtifactId::new(kind, "x"))
        .collect();
    let everything = Needs::of(ids.iter().map(|id| (id, Some(&body))));
    let role = everything.role(&StackVersion::new(8, 4, 0), "soc");
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
    let expected = ["d", "packetbeat-*", "s", "sealift-receipts", "x", "*"];
    assert_eq!(names, expected);
    assert_eq!(role["applications"][0]["resources"], json!(["space:soc"]));
    let script = ArtifactId::new(ArtifactKind::Script, "s");
    let few = Needs::of([(&script, None)]);
    assert!(
        !few.machine_learning && few.kibana.is_empty() && !few.cluster.contains_key("manage_ml")
    );
}

#[test]
fn capacity_is_read_from_the_bodies() {
    let packed = base64::encode(&gzip::deflate(&[b' '; 5000]));
    let bodies: [(ArtifactKind, Value); 4] = [
        (
            ArtifactKind::Model,
            json!({"compressed_definition": packed, "model_size_bytes": 7}),
        ),
        (
            ArtifactKind::Pipeline,
            json!({"processors": [{"inference": {"model_id": "m"}},
                {"set": {"field": "a", "value": 1, "on_failure": [{"inference": {}}]}},
                {"foreach": {"field": "x", "processor": {"inference": {"model_id": "m"}}}}]}),
        ),
        (
            ArtifactKind::Job,
            json!({"analysis_limits": {"model_memory_limit": "2gb"}}),
        ),
        (
            ArtifactKind::Rule,
            json!({"type": "machine_learning", "machine_learning_job_id": ["x", "other"]}),
        ),
    ];
    let ids: Vec<ArtifactId> = bodies
        .iter()
        .map(|(kind, _)| ArtifactId::new(*kind, "x"))
        .collect();
    let needs = Needs::of(ids.iter().zip(bodies.iter().map(|(_, body)| Some(body))));
    assert_eq!(needs.models[0].inflated, Some(5000));
    assert_eq!(needs.models[0].memory, Some(7));
    assert_eq!(needs.inference[&ids[1]], bodies[1].1);
    assert_eq!(needs.job_memory[&ids[2]], 2 << 30);
    assert_eq!(needs.watched.keys().collect::<Vec<_>>(), ["other"]);
}

#[test]
fn the_features_of_kibana_have_their_names_of_the_version() {
    for (version, expected) in [
        ((7, 17, 0), "feature_siem.all"),
        ((8, 17, 9), "feature_siem.all"),
        ((8, 19, 0), "feature_siemV2.all"),
        ((9, 0, 0), "feature_siemV2.all"),
        ((9, 1, 0), "feature_siemV3.all"),
        ((9, 2, 0), "feature_siemV4.all"),
        ((9, 5, 0), "feature_siemV5.all"),
    ] {
        let version = StackVersion::new(version.0, version.1, version.2);
        assert_eq!(for_rules(&version)[0], expected, "{version}");
    }
}
