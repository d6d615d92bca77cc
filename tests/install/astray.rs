//! Answers that do not come from the cluster, or do not say what they should: they
//! prove nothing.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use sealift::error::ErrorKind;
use sealift::flow::{history, status};
use sealift::io::elasticsearch::answer::Decision;
use sealift::io::elasticsearch::{Elasticsearch, Peer};
use sealift::io::http::Method;
use sealift::lab::Lab;
use sealift::lab::http::Response;
use sealift::model::receipt::Outcome;
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::between::{behind, front, is};
use crate::kit::{
    DETECTIONS, DGA, PLAIN, Recipe, Room, access, connect, install, lab, now, remove,
};

const FILTER: &str = "/_ml/filters/fixture_quiet_domains";

/// What a front of clusters says that knows no such resource.
fn unknown_resource() -> Response {
    Response::json(404, &json!({"ok": false, "message": "Unknown resource."}))
}

fn has(lab: &Lab, path: &str) -> bool {
    let cluster: Elasticsearch = connect(lab).elasticsearch;
    cluster.find(path).unwrap().is_some()
}

#[test]
fn a_404_of_a_front_deletes_nothing_and_forgets_nothing() {
    let (room, lab) = (Room::new(), lab("8.16.0"));
    let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
    install(&room, &connect(&lab), &bundle, PLAIN).unwrap();
    let front = front(&lab, |asked, pass| {
        if is(asked, "DELETE", FILTER) {
            return unknown_resource();
        }
        pass(asked)
    });
    let cut = remove(&room, &behind(&lab, &front), &bundle, PLAIN.permissions).unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::Partial, "{cut:?}");
    assert!(has(&lab, FILTER));
    remove(&room, &connect(&lab), &bundle, PLAIN.permissions).unwrap();
    assert!(!has(&lab, FILTER));
}

#[test]
fn a_404_of_a_front_does_not_hide_what_is_installed() {
    let (room, lab) = (Room::new(), lab("8.16.0"));
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    install(&room, &connect(&lab), &bundle, PLAIN).unwrap();
    for body in [
        json!({"ok": false, "message": "Unknown resource."}),
        json!({}),
    ] {
        let front = front(&lab, move |asked, pass| {
            if is(asked, "GET", "/sealift-receipts/_doc/claims") {
                let status = if body == json!({}) { 200 } else { 404 };
                return Response::json(status, &body);
            }
            pass(asked)
        });
        let error = status::status(&behind(&lab, &front), &[], &Silent).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
    }
}

#[test]
fn success_that_says_nothing_is_not_taken_for_done() {
    for answer in [Response::empty(200), Response::json(200, &json!({}))] {
        let (room, lab) = (Room::new(), lab("8.16.0"));
        let bundle = Recipe::of(&[DETECTIONS]).bundle(room.path());
        let front = front(&lab, move |asked, pass| {
            if is(asked, "PUT", FILTER) {
                return answer.clone();
            }
            pass(asked)
        });
        let cut = install(&room, &behind(&lab, &front), &bundle, PLAIN).unwrap_err();
        assert_eq!(cut.kind(), ErrorKind::Partial, "{cut:?}");
        let state = room.path().join("state");
        let history = history::all(&connect(&lab), &state, now().unwrap()).unwrap();
        let call = history.receipts[0].calls.last().unwrap();
        assert_eq!(call.artifact.id, "fixture_quiet_domains");
        assert_eq!(call.outcome, Outcome::Unknown);
        assert!(!has(&lab, "/_ml/anomaly_detectors/fixture_rare_zone"));
        install(&room, &connect(&lab), &bundle, PLAIN).unwrap();
    }
}

#[test]
fn what_is_too_long_is_not_asked_for_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            drop(stream.read(&mut [0; 4096]));
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                        content-length: 600000000\r\n\r\n{";
            drop(stream.write_all(head.as_bytes()));
        }
    });
    let peer = Peer::new(access(&url, None), Vec::new()).unwrap();
    let failed = peer.call(Method::Get, "/x", &Value::Null).unwrap_err();
    assert_eq!(failed.decision, Decision::Stop);
    assert!(
        failed
            .error
            .to_string()
            .contains("more than 536870912 bytes"),
        "{:?}",
        failed.error
    );
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    // Of what changes something, nobody knows.
    let failed = peer.call(Method::Put, "/x", &json!({})).unwrap_err();
    assert_eq!(failed.decision, Decision::Unknown);
}
