//! The role that the preflight prints is enough for all of it, and without it
//! everything that is missing is named at once.

use sealift::flow::clock::Clock;
use sealift::flow::preflight::Question;
use sealift::io::cluster::Cluster;
use sealift::io::http::{Authorization, Method};
use sealift::lab::{Lab, LabOptions};
use sealift::model::secret::Secret;
use serde_json::{Value, json};

use crate::kit::{self, PLAIN, Room, install, remove, wanted};
use crate::sample::{bodies, recipe};

fn basic(user: &str) -> Authorization {
    Authorization::Basic {
        user: user.to_owned(),
        password: Secret::new("password-of-tests".to_owned()),
    }
}

fn cluster(lab: &Lab, user: &str) -> Cluster {
    Cluster::connect(kit::address(lab, Some(basic(user)))).unwrap()
}

#[test]
fn the_printed_role_is_enough() {
    let lab = Lab::start(&LabOptions {
        users: vec![("elastic".to_owned(), "password-of-tests".to_owned())],
        ..LabOptions::default()
    })
    .unwrap();
    let room = Room::new();
    let bundle = recipe(1, &bodies()).bundle(room.path());
    let admin = cluster(&lab, "elastic");
    let put = |path: &str, body: &Value| {
        admin.elasticsearch.call(Method::Put, path, body).unwrap();
    };
    put("/zones", &json!({}));
    let user = |roles: Value| json!({"password": "password-of-tests", "roles": roles});
    put(
        "/_security/role/nothing",
        &json!({"cluster": ["monitor"], "indices": []}),
    );
    put(
        "/_security/user/newcomer",
        &user(json!(["nothing", "kibana_admin"])),
    );
    let clock = Clock::new(&kit::now);
    let newcomer = cluster(&lab, "newcomer");
    let wanted = wanted(&bundle);
    let question = Question::of(&wanted, &[], false);
    let answer = question.put_to(&newcomer, &clock).unwrap();
    let missing: Vec<&str> = answer
        .found
        .iter()
        .map(|finding| finding.what.as_str())
        .collect();
    for privilege in [
        "cluster privilege manage_enrich",
        "cluster privilege manage_index_templates",
        "cluster privilege manage_pipeline",
        "cluster privilege manage_transform",
        "on ml_scores_latest",
        "on ml_scores_all",
        "on zones",
        "on alerts-*",
    ] {
        assert!(
            missing.iter().any(|what| what.contains(privilege)),
            "{privilege}: {missing:#?}"
        );
    }
    put("/_security/role/installer", &answer.role);
    put(
        "/_security/user/installer",
        &user(json!(["installer", "kibana_admin"])),
    );
    let installer = cluster(&lab, "installer");
    let answer = question.put_to(&installer, &clock).unwrap();
    answer.refuse("installer").unwrap();
    install(&room, &installer, &bundle, PLAIN).unwrap_or_else(|error| panic!("{error:?}"));
    remove(&room, &installer, &bundle, PLAIN.permissions)
        .unwrap_or_else(|error| panic!("{error:?}"));
}
