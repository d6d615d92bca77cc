//! The role that the preflight prints is enough for detection rules, in every
//! version's own words, and in its space alone.

use sealift::flow::preflight::{Answer, Question};
use sealift::flow::targets;
use sealift::io::cluster::Cluster;
use sealift::io::elasticsearch::Peer;
use sealift::io::http::{Authorization, Method};
use sealift::lab::{Lab, LabOptions, Profile};
use sealift::model::secret::Secret;
use serde_json::{Value, json};

use crate::kit::{DETECTIONS, PLAIN, Recipe, Room, access, address, install, remove};

const PASSWORD: &str = "changeme";

fn secured(version: &str) -> Lab {
    Lab::start(&LabOptions {
        users: vec![("elastic".to_owned(), PASSWORD.to_owned())],
        version: Profile::parse(version).unwrap(),
        ..LabOptions::default()
    })
    .unwrap()
}

fn connect(lab: &Lab, user: &str, space: &str) -> Cluster {
    let who = Authorization::Basic {
        user: user.to_owned(),
        password: Secret::new(PASSWORD.to_owned()),
    };
    let mut address = address(lab, Some(who));
    address.space = Some(space.to_owned());
    Cluster::connect(address).unwrap()
}

/// Makes a space of Kibana.
fn make_space(lab: &Lab, id: &str) {
    let who = Authorization::Basic {
        user: "elastic".to_owned(),
        password: Secret::new(PASSWORD.to_owned()),
    };
    let access = access(&lab.kibana_url(), Some(who));
    let kibana = Peer::new(access, vec![("kbn-xsrf", "test".to_owned())]).unwrap();
    let space = json!({"id": id, "name": id});
    kibana
        .call(Method::Post, "/api/spaces/space", &space)
        .unwrap();
}

fn told(answer: &Answer) -> String {
    let found = answer.found.iter();
    let texts: Vec<&str> = found.map(|finding| finding.what.as_str()).collect();
    texts.join("; ")
}

#[test]
fn with_the_printed_role_rules_are_installed_in_every_version() {
    let room = Room::new();
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    let (wanted, ranges) = (targets::wanted(&bundle).unwrap(), targets::ranges(&bundle));
    let question = Question::of(&wanted, &ranges, false);
    for (version, feature) in [
        ("7.17.0", "feature_siem.all"),
        ("8.4.0", "feature_siem.all"),
        ("8.19.0", "feature_siemV2.all"),
        ("9.1.0", "feature_siemV3.all"),
        ("9.3.0", "feature_securitySolutionRulesV1.all"),
    ] {
        let lab = secured(version);
        let admin = connect(&lab, "elastic", "default");
        let put = |path: &str, body: &Value| {
            admin.elasticsearch.call(Method::Put, path, body).unwrap();
        };
        let mappings = json!({"properties": {"requests": {"type": "long"}}});
        put("/dns-clients-daily", &json!({"mappings": mappings}));
        put(
            "/_security/role/installer",
            &json!({"cluster": ["monitor"]}),
        );
        put(
            "/_security/user/installer",
            &json!({"roles": ["installer"], "password": PASSWORD}),
        );
        let cluster = connect(&lab, "installer", "default");
        let ask = || room.with(|bench| question.put_to(&cluster, bench.clock).unwrap());
        let answer = ask();
        assert!(
            told(&answer).contains("may not use the rules of the space default"),
            "{version}: {:#?}",
            answer.found
        );
        let granted = answer.role["applications"][0]["privileges"].as_array();
        assert!(granted.unwrap().contains(&json!(feature)), "{version}");
        put("/_security/role/installer", &answer.role);
        let answer = ask();
        assert!(answer.is_ready(), "{version}: {:#?}", answer.found);
        assert!(
            !told(&answer).contains("feature_"),
            "{version}: {}",
            told(&answer)
        );
        let room = Room::new();
        install(&room, &cluster, &bundle, &PLAIN)
            .unwrap_or_else(|error| panic!("{version}: {error:?}"));
        remove(&room, &cluster, &bundle, PLAIN.permissions)
            .unwrap_or_else(|error| panic!("{version}: {error:?}"));
    }
}

#[test]
fn the_printed_role_is_for_its_space_alone() {
    let room = Room::new();
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    let wanted = targets::wanted(&bundle).unwrap();
    let question = Question::of(&wanted, &[], false);
    let lab = secured("8.19.0");
    let admin = connect(&lab, "elastic", "default");
    for space in ["soc", "night"] {
        make_space(&lab, space);
    }
    let ask = |cluster: &Cluster| room.with(|bench| question.put_to(cluster, bench.clock));
    let answer = ask(&connect(&lab, "elastic", "soc")).unwrap();
    let put = |path: &str, body: &Value| {
        admin.elasticsearch.call(Method::Put, path, body).unwrap();
    };
    put("/_security/role/installer", &answer.role);
    put(
        "/_security/user/installer",
        &json!({"roles": ["installer"], "password": PASSWORD}),
    );
    assert!(ask(&connect(&lab, "installer", "soc")).unwrap().is_ready());
    let night = ask(&connect(&lab, "installer", "night")).unwrap();
    assert!(
        told(&night).contains("may not use the rules of the space night"),
        "{:#?}",
        night.found
    );
}
