//! Calls of which nobody knows whether they still happen: never told as failed, and
//! undone, finished or put right by the next command.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sealift::error::{Error, ErrorKind};
use sealift::flow::prepare::{self, Wish};
use sealift::flow::{history, status};
use sealift::io::bundle::VerifiedBundle;
use sealift::io::cluster::Cluster;
use sealift::io::http::Method;
use sealift::lab::Lab;
use sealift::lab::http::{Request as Asked, Response};
use sealift::model::operation::Verb;
use sealift::model::plan::Permissions;
use sealift::model::receipt::{Outcome, Receipt};
use sealift::progress::{Progress, Silent};
use serde_json::{Value, json};

use crate::between::{Once, behind, front, is, past, unavailable};
use crate::kit::{
    CAREFUL, DETECTIONS, DGA, PLAIN, Recipe, Room, call, connect, install, lab, now, wanted,
};
use crate::sample;

const SCRIPT: &str = "/_scripts/dga_ngrams_create";
const FILTER: &str = "/_ml/filters/fixture_quiet_domains";
const JOB: &str = "/_ml/anomaly_detectors/fixture_rare_zone";

/// The newest receipt.
fn last(room: &Room, lab: &Lab) -> Receipt {
    let state = room.path().join("state");
    let history = history::all(&connect(lab), &state, now().unwrap()).unwrap();
    history.receipts.into_iter().next_back().unwrap()
}

fn roll_back(room: &Room, lab: &Lab) {
    let cluster = connect(lab);
    let receipt = last(room, lab);
    let undo = prepare::prepare_rollback(&cluster, &receipt, CAREFUL, &Silent).unwrap();
    room.with(|bench| undo.apply(&cluster, bench, &Silent))
        .unwrap();
}

/// The detections with a second domain in the filter, and another limit of the job.
fn later(room: &Room) -> VerifiedBundle {
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

fn items(lab: &Lab) -> String {
    call(lab, Method::Get, FILTER, &Value::Null)["filters"][0]["items"].to_string()
}

fn outcome(receipt: &Receipt, verb: Verb, id: &str) -> Outcome {
    let mut calls = receipt.calls.iter().rev();
    let made = calls.find(|call| call.verb == verb && call.artifact.id == id);
    made.unwrap().outcome
}

#[test]
fn what_comes_after_the_last_repeat_is_known_to_be_ours() {
    let (room, lab) = (Room::new(), lab("8.16.0"));
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    let front = front(&lab, move |asked, pass| {
        if is(asked, "PUT", SCRIPT) {
            keep.lock().unwrap().push(asked.clone());
            return unavailable();
        }
        pass(asked)
    });
    let cut = install(&room, &behind(&lab, &front), &bundle, PLAIN).unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::Partial, "{cut:?}");
    let told = format!("{cut:?}");
    assert!(!told.contains("nothing was changed"), "{told}");
    assert!(told.contains("may still come to have its effect"), "{told}");
    let receipt = last(&room, &lab);
    assert_eq!(
        outcome(&receipt, Verb::Put, "dga_ngrams_create"),
        Outcome::Unknown
    );
    let cluster = connect(&lab);
    let look = || status::status(&cluster, &[], &Silent).unwrap();
    assert_eq!(look().unfinished.unwrap(), receipt.header.id);

    // Now it comes after all.
    let late: Asked = kept.lock().unwrap().pop().unwrap();
    assert_eq!(kept.lock().unwrap().len(), 2);
    let body: Value = serde_json::from_slice(&late.body).unwrap();
    call(&lab, Method::Put, &late.path, &body);
    roll_back(&room, &lab);
    assert!(cluster.elasticsearch.find(SCRIPT).unwrap().is_none());
    assert!(!look().has_drift(), "{:#?}", look());
}

#[test]
fn a_job_whose_close_comes_late_is_opened_again() {
    let (room, lab) = (Room::new(), lab("7.9.1"));
    let cluster = connect(&lab);
    let first = Recipe::of(&[DETECTIONS]).bundle(room.path());
    install(&room, &cluster, &first, PLAIN).unwrap();
    call(&lab, Method::Post, &format!("{JOB}/_open"), &Value::Null);
    let front = front(&lab, |asked, pass| {
        if is(asked, "POST", JOB) && asked.path.ends_with("/_close") {
            return unavailable();
        }
        pass(asked)
    });
    let wish = Wish {
        permissions: Permissions {
            restart_jobs: true,
            ..CAREFUL
        },
        ..PLAIN
    };
    // The filter changes, of which this version does not tell open jobs.
    let second = later(&room);
    let cut = install(&room, &behind(&lab, &front), &second, &wish).unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::Partial, "{cut:?}");
    assert_eq!(
        outcome(&last(&room, &lab), Verb::Close, "fixture_rare_zone"),
        Outcome::Unknown
    );
    call(&lab, Method::Post, &format!("{JOB}/_close"), &Value::Null);

    install(&room, &cluster, &second, &wish).unwrap();
    let stats = call(&lab, Method::Get, &format!("{JOB}/_stats"), &Value::Null);
    assert_eq!(stats["jobs"][0]["state"], "opened");
}

#[test]
fn an_effect_just_before_the_repeat_is_no_failure() {
    let (room, lab) = (Room::new(), lab("8.16.0"));
    let first = Recipe::of(&[DETECTIONS]).bundle(room.path());
    install(&room, &connect(&lab), &first, PLAIN).unwrap();
    let before = items(&lab);
    let kept = Mutex::new(None::<Asked>);
    let refused = Arc::new(AtomicBool::new(false));
    let was_refused = Arc::clone(&refused);
    let front = front(&lab, move |asked, pass| {
        if is(asked, "POST", FILTER) {
            let mut kept = kept.lock().unwrap();
            let Some(first) = kept.take() else {
                *kept = Some(asked.clone());
                return unavailable();
            };
            pass(&first);
            let answer = pass(asked);
            was_refused.store(answer.status == 400, Ordering::SeqCst);
            return answer;
        }
        pass(asked)
    });
    let second = later(&room);
    install(&room, &behind(&lab, &front), &second, PLAIN).unwrap();
    assert!(refused.load(Ordering::SeqCst));
    assert!(items(&lab).contains("telemetry.invalid"));
    assert_eq!(
        outcome(&last(&room, &lab), Verb::Update, "fixture_quiet_domains"),
        Outcome::Done
    );
    roll_back(&room, &lab);
    assert_eq!(items(&lab), before);
}

/// What the server says to an update that meets another one.
fn modified() -> Response {
    let reason = "Error updating filter with id [fixture_quiet_domains] because it was modified \
                  while the update was in progress";
    let error = json!({"type": "status_exception", "reason": reason});
    Response::json(409, &json!({"error": error, "status": 409}))
}

#[test]
fn an_update_that_met_another_is_made_again_unless_that_changed_something() {
    for is_changed in [false, true] {
        let (room, lab) = (Room::new(), lab("8.16.0"));
        let first = Recipe::of(&[DETECTIONS]).bundle(room.path());
        install(&room, &connect(&lab), &first, PLAIN).unwrap();
        let (once, hand) = (Once::default(), past(&lab));
        let front = front(&lab, move |asked, pass| {
            if is(asked, "POST", FILTER) && once.first() {
                if is_changed {
                    let add = json!({"add_items": ["by.hand"]});
                    let path = format!("{FILTER}/_update");
                    hand.call(Method::Post, &path, &add).unwrap();
                }
                return modified();
            }
            pass(asked)
        });
        let done = install(&room, &behind(&lab, &front), &later(&room), PLAIN);
        if is_changed {
            let cut = done.unwrap_err();
            assert!(format!("{cut:?}").contains("is now neither"), "{cut:?}");
            assert!(items(&lab).contains("by.hand"));
            let receipt = last(&room, &lab);
            let failed = outcome(&receipt, Verb::Update, "fixture_quiet_domains");
            assert_eq!(failed, Outcome::Failed);
        } else {
            done.unwrap();
            assert!(items(&lab).contains("telemetry.invalid"));
        }
    }
}

/// A front at which the first try to put the script gets no answer and has no effect,
/// and where `then` happens once the last pipeline is put.
fn repeating(lab: &Lab, then: impl Fn() + Send + Sync + 'static) -> sealift::lab::http::Server {
    let (once, last) = (Once::default(), Once::default());
    front(lab, move |asked, pass| {
        if is(asked, "PUT", SCRIPT) && once.first() {
            return unavailable();
        }
        let answer = pass(asked);
        if is(asked, "PUT", "/_ingest/pipeline/dns_enrich_pipeline") && last.first() {
            then();
        }
        answer
    })
}

fn apply(
    room: &Room,
    cluster: &Cluster,
    progress: &dyn Progress,
) -> Result<sealift::flow::install::Done, Error> {
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let prepared = prepare::prepare(cluster, &bundle, &wanted(&bundle), &PLAIN, &Silent)?;
    room.with(|bench| prepared.apply(cluster, bench, progress))
}

#[test]
fn the_last_look_does_not_undo_what_somebody_changed_meanwhile() {
    let (room, lab) = (Room::new(), lab("8.16.0"));
    let hand = past(&lab);
    let front = repeating(&lab, move || {
        let script = json!({"script": {"lang": "painless", "source": "int byHand = 1;"}});
        hand.call(Method::Put, SCRIPT, &script).unwrap();
    });
    let cut = apply(&room, &behind(&lab, &front), &Silent).unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::Partial, "{cut:?}");
    assert!(
        format!("{cut:?}").contains("script dga_ngrams_create is now neither"),
        "{cut:?}"
    );
    let script = call(&lab, Method::Get, SCRIPT, &Value::Null);
    assert!(script.to_string().contains("byHand"), "{script}");
}

/// Is asked to stop once `asked`.
struct Stopping {
    asked: Arc<AtomicBool>,
}

impl Progress for Stopping {
    fn begin(&self, _what: &str, _total: Option<u64>) {}
    fn advance(&self, _amount: u64) {}
    fn end(&self) {}
    fn note(&self, _line: &str) {}

    fn stop_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}

#[test]
fn the_last_look_heeds_the_operator() {
    let (room, lab) = (Room::new(), lab("8.16.0"));
    let asked = Arc::new(AtomicBool::new(false));
    let press = Arc::clone(&asked);
    let front = repeating(&lab, move || press.store(true, Ordering::SeqCst));
    let stopped = apply(&room, &behind(&lab, &front), &Stopping { asked }).unwrap_err();
    assert_eq!(stopped.kind(), ErrorKind::Interrupted, "{stopped:?}");
    install(
        &room,
        &connect(&lab),
        &Recipe::of(&[DGA]).bundle(room.path()),
        PLAIN,
    )
    .unwrap();
}

#[test]
fn an_execution_that_takes_long_is_waited_for_and_not_begun_again() {
    let (room, lab) = (Room::new(), lab("8.16.0"));
    let zones = json!({"mappings": {"properties": {"zone": {"type": "keyword"}}}});
    call(&lab, Method::Put, "/zones", &zones);
    let mut bodies = sample::bodies();
    bodies.retain(|(name, _)| name.contains("zones"));
    let bundle = sample::recipe(1, &bodies).bundle(room.path());
    let counts = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let seen = Arc::clone(&counts);
    let kept = Mutex::new(None::<Asked>);
    let front = front(&lab, move |asked, pass| {
        if asked.path.ends_with("/_execute") {
            seen.0.fetch_add(1, Ordering::SeqCst);
            *kept.lock().unwrap() = Some(asked.clone());
            return unavailable();
        }
        if is(asked, "GET", "/_enrich/_stats") && seen.1.fetch_add(1, Ordering::SeqCst) < 5 {
            let running = json!([{"name": "another"}, {"name": "known_zones_policy"}]);
            return Response::json(200, &json!({"executing_policies": running}));
        }
        if let Some(execution) = kept.lock().unwrap().take() {
            pass(&execution);
        }
        pass(asked)
    });
    install(&room, &behind(&lab, &front), &bundle, PLAIN).unwrap();
    assert_eq!(counts.0.load(Ordering::SeqCst), 1);
    assert_eq!(counts.1.load(Ordering::SeqCst), 6);
}
