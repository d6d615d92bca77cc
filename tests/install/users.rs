//! What others made keeps what it uses: templates, transforms, aliases, and indices
//! that may not be looked at.

use sealift::flow::clock::Clock;
use sealift::flow::preflight::Question;
use sealift::flow::prepare;
use sealift::io::bundle::VerifiedBundle;
use sealift::io::cluster::Cluster;
use sealift::io::http::{Authorization, Method};
use sealift::lab::{Lab, LabOptions, Profile};
use sealift::model::plan::Permissions;
use sealift::model::secret::Secret;
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{
    self, CAREFUL, DGA, PLAIN, Recipe, Room, address, call, connect, install, lab, remove, wanted,
};

const ENTRY: &str = "dns_enrich_pipeline";
const PASSWORD: &str = "password-of-tests";

/// What stands in the way of removing `bundle`.
fn refusal(room: &Room, cluster: &Cluster, bundle: &VerifiedBundle) -> String {
    let refused = remove(room, cluster, bundle, CAREFUL).unwrap_err();
    refused.to_string()
}

#[test]
fn templates_and_transforms_of_others_keep_their_pipelines() {
    for version in ["7.10", "8.16.0"] {
        let room = Room::new();
        let bundle = Recipe::of(&[DGA]).bundle(room.path());
        let lab = lab(version);
        let cluster = connect(&lab);
        install(&room, &cluster, &bundle, &PLAIN).unwrap();
        let users: [(&str, Value, &str); 4] = [
            (
                "/_index_template/dns",
                json!({"index_patterns": ["dns-2*"],
                    "template": {"settings": {"index.default_pipeline": ENTRY}}}),
                "index template dns",
            ),
            (
                "/_component_template/ends",
                json!({"template": {"settings": {"index": {"final_pipeline": ENTRY}}}}),
                "component template ends",
            ),
            (
                "/_template/old",
                json!({"index_patterns": ["old-*"], "settings": {"default_pipeline": ENTRY}}),
                "legacy template old",
            ),
            (
                "/_transform/theirs",
                json!({"source": {"index": ["dns-clients-daily"]},
                    "dest": {"index": "x", "pipeline": ENTRY},
                    "pivot": {"group_by": {"a": {"terms": {"field": "a"}}},
                        "aggregations": {"b": {"max": {"field": "c"}}}}}),
                "transform theirs",
            ),
        ];
        for (path, body, name) in users {
            call(&lab, Method::Put, path, &body);
            let before = lab.snapshot();
            let told = refusal(&room, &cluster, &bundle);
            assert!(
                told.contains(&format!("still used by {name}")),
                "{version} {told}"
            );
            assert_eq!(lab.snapshot(), before, "{version} {name}");
            call(&lab, Method::Delete, path, &Value::Null);
        }
        remove(&room, &cluster, &bundle, CAREFUL).unwrap();
    }
}

#[test]
fn what_an_upgrade_changes_names_the_templates_that_lead_to_it() {
    let room = Room::new();
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let mut later = Recipe::of(&[DGA]);
    later.sequence = 2;
    for (name, bytes) in &mut later.releases[0].1 {
        if name.contains("ingest_pipeline") {
            let mut body: Value = serde_json::from_slice(bytes).unwrap();
            body["description"] = json!("second");
            *bytes = body.to_string().into_bytes();
        }
    }
    let later = later.bundle(room.path());
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    install(&room, &cluster, &bundle, &PLAIN).unwrap();
    let template = json!({"index_patterns": ["dns-2*"],
        "template": {"settings": {"index.default_pipeline": ENTRY}}});
    call(&lab, Method::Put, "/_index_template/dns", &template);
    let made = prepare::prepare(&cluster, &later, &wanted(&later), &PLAIN, &Silent).unwrap();
    let mut steps = made.plan.steps.iter();
    let step = steps.find(|step| step.artifact.id == ENTRY).unwrap();
    assert_eq!(step.affects, ["index template dns"]);
}

fn secured(version: &str) -> Lab {
    Lab::start(&LabOptions {
        version: Profile::parse(version).unwrap(),
        users: vec![("elastic".to_owned(), PASSWORD.to_owned())],
        ..LabOptions::default()
    })
    .unwrap()
}

fn as_user(lab: &Lab, user: &str) -> Cluster {
    let authorization = Authorization::Basic {
        user: user.to_owned(),
        password: Secret::new(PASSWORD.to_owned()),
    };
    Cluster::connect(address(lab, Some(authorization))).unwrap()
}

/// A user with `role`, connected.
fn with_role(lab: &Lab, user: &str, role: &Value) -> Cluster {
    let admin = as_user(lab, "elastic").elasticsearch;
    let put = |path: &str, body: &Value| admin.call(Method::Put, path, body).unwrap();
    put(&format!("/_security/role/{user}"), role);
    let body = json!({"password": PASSWORD, "roles": [user, "kibana_admin"]});
    put(&format!("/_security/user/{user}"), &body);
    as_user(lab, user)
}

#[test]
fn indices_that_may_not_be_looked_at_keep_their_pipelines() {
    // From 7.16 on the server itself keeps a pipeline that an index has as default.
    for (version, guarded) in [("7.10", true), ("8.16.0", false)] {
        let room = Room::new();
        let bundle = Recipe::of(&[DGA]).bundle(room.path());
        let lab = secured(version);
        let targets = wanted(&bundle);
        let question = Question::of(&targets, &[], false);
        let clock = Clock::new(&kit::now);
        let admin = as_user(&lab, "elastic");
        let full = question.put_to(&admin, &clock).unwrap().role;
        let mut narrow = full.clone();
        let rights = narrow["indices"].as_array_mut().unwrap();
        rights.retain(|right| right["names"] != json!(["*"]));
        assert!(rights.len() < full["indices"].as_array().unwrap().len());
        let seeing = with_role(&lab, "seeing", &full);
        let blind = with_role(&lab, "blind", &narrow);

        let answer = question.put_to(&seeing, &clock).unwrap();
        assert_eq!(answer.warnings().count(), 0, "{:?}", answer.found);
        let answer = question.put_to(&blind, &clock).unwrap();
        answer.refuse("blind").unwrap();
        let warned: Vec<&str> = answer.warnings().map(|found| found.what.as_str()).collect();
        assert!(
            warned
                .iter()
                .any(|what| what.contains("view_index_metadata on *")),
            "{warned:?}"
        );

        install(&room, &blind, &bundle, &PLAIN).unwrap();
        // A template is seen by whoever may look at the state of the cluster.
        let template = json!({"index_patterns": ["dns-2*"],
            "template": {"settings": {"index.default_pipeline": ENTRY}}});
        let put = |path: &str, body: &Value| {
            admin.elasticsearch.call(Method::Put, path, body).unwrap();
        };
        put("/_index_template/dns", &template);
        let told = refusal(&room, &blind, &bundle);
        assert!(
            told.contains("still used by index template dns"),
            "{version} {told}"
        );
        let gone = |path: &str| {
            admin
                .elasticsearch
                .call(Method::Delete, path, &Value::Null)
                .unwrap();
        };
        gone("/_index_template/dns");
        put(
            "/dns-1",
            &json!({"settings": {"index.default_pipeline": ENTRY}}),
        );
        let told = refusal(&room, &seeing, &bundle);
        assert!(
            told.contains("still used by index dns-1"),
            "{version} {told}"
        );
        if guarded {
            let told = refusal(&room, &blind, &bundle);
            assert!(
                told.contains("--unseen removes it all the same"),
                "{version} {told}"
            );
        }
        gone("/dns-1");
        let permissions = Permissions {
            unseen: guarded,
            ..CAREFUL
        };
        let done = remove(&room, &blind, &bundle, permissions).unwrap();
        let overrides = done.receipt.unwrap().header.overrides;
        assert_eq!(overrides.len(), usize::from(guarded), "{overrides:?}");
    }
}

const MODEL: &str = "dga_500100_1.0";

/// The model's aliases.
fn aliases(lab: &Lab) -> Value {
    let path = format!("/_ml/trained_models/{MODEL}");
    let answer = call(lab, Method::Get, &path, &Value::Null);
    answer["trained_model_configs"][0]["metadata"]["model_aliases"].clone()
}

#[test]
fn a_pipeline_keeps_the_model_that_it_calls_by_an_alias() {
    for version in ["7.17", "8.19.0"] {
        let room = Room::new();
        let bundle = Recipe::of(&[DGA]).bundle(room.path());
        let lab = lab(version);
        let cluster = connect(&lab);
        install(&room, &cluster, &bundle, &PLAIN).unwrap();
        let alias = format!("/_ml/trained_models/{MODEL}/model_aliases/dga_live");
        call(&lab, Method::Put, &alias, &Value::Null);
        let theirs = json!({"processors": [{"inference": {"if": "ctx.x != null",
            "model_id": "dga_live", "field_map": {}, "inference_config": {"classification": {}}}}]});
        call(&lab, Method::Put, "/_ingest/pipeline/theirs", &theirs);
        let before = lab.snapshot();
        let told = refusal(&room, &cluster, &bundle);
        assert!(
            told.contains(&format!("model {MODEL}: still used by pipeline theirs")),
            "{told}"
        );
        assert_eq!(lab.snapshot(), before, "{version}");
        call(
            &lab,
            Method::Delete,
            "/_ingest/pipeline/theirs",
            &Value::Null,
        );

        // The alias itself is no difference, and comes back with the model.
        let done = install(&room, &cluster, &bundle, &PLAIN).unwrap();
        assert!(done.receipt.is_none(), "{version}");
        let done = remove(&room, &cluster, &bundle, CAREFUL).unwrap();
        let receipt = done.receipt.unwrap();
        let undo = prepare::prepare_rollback(&cluster, &receipt, CAREFUL, &Silent).unwrap();
        room.with(|bench| undo.apply(&cluster, bench, &Silent))
            .unwrap();
        assert_eq!(aliases(&lab), json!(["dga_live"]), "{version}");
        let done = install(&room, &cluster, &bundle, &PLAIN).unwrap();
        assert!(done.receipt.is_none(), "{version}");
    }
}
