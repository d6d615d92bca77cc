//! The lock: clocks that differ, calls that take longer than the lease, and who lost
//! it.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use sealift::error::{ErrorKind, Result};
use sealift::flow::clock::Clock;
use sealift::flow::history;
use sealift::flow::install::Bench;
use sealift::flow::lock::{LEASE, Lock};
use sealift::flow::prepare;
use sealift::io::cluster::Cluster;
use sealift::io::elasticsearch::Elasticsearch;
use sealift::io::http::Method;
use sealift::lab::{Action, Fault, Lab};
use sealift::model::time::Timestamp;
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::between::{behind, front, is, past};
use crate::kit::{DGA, PLAIN, Recipe, Room, call, connect, install, lab, now, wanted};

const LOCK: &str = "/sealift-receipts/_doc/lock";

/// A try to take the lock by a machine whose clock is `ahead` by so many minutes.
fn attempt(cluster: &Cluster, room: &Room, ahead: i64, lease: Duration) -> Result<Lock> {
    let clock = || Timestamp::from_seconds(now()?.seconds() + ahead * 60);
    let bench = Bench {
        state: room.path(),
        holder: "another",
        clock: &Clock::new(&clock),
        pause: Duration::from_millis(1),
        lease,
    };
    Lock::acquire(cluster, &bench, &format!("work-of-{ahead}"))
}

fn practice() -> (Lab, Cluster) {
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    cluster.elasticsearch.prepare_memory().unwrap();
    (lab, cluster)
}

#[test]
fn a_clock_that_runs_ahead_takes_no_lock() {
    let (lab, cluster) = practice();
    let rooms = [Room::new(), Room::new()];
    let held = attempt(&cluster, &rooms[0], 0, LEASE).unwrap();
    for ahead in [-16, 0, 16, 60 * 24] {
        let refused = attempt(&cluster, &rooms[1], ahead, LEASE).unwrap_err();
        assert!(refused.to_string().contains("at work"), "{refused}");
    }
    held.release(&cluster, Duration::ZERO).unwrap();

    // Where the clocks of the nodes are not to be had, there is twice the time.
    let hidden = || lab.inject("GET _nodes/stats*: 403 x*".parse::<Fault>().unwrap());
    hidden();
    let held = attempt(&cluster, &rooms[0], 0, LEASE).unwrap();
    for ahead in [-16, 0, 16, 29] {
        attempt(&cluster, &rooms[1], ahead, LEASE).unwrap_err();
    }
    // Nor does who knows them trust what was written without.
    lab.clear_faults();
    assert_eq!(
        call(&lab, Method::Get, LOCK, &Value::Null)["_source"]["clock"],
        "machine"
    );
    hidden();
    let taken = attempt(&cluster, &rooms[1], 31, LEASE).unwrap();
    let lost = held.hold(&cluster).unwrap_err();
    assert!(
        lost.to_string()
            .contains("another, receipt work-of-31, took over"),
        "{lost}"
    );
    taken.release(&cluster, Duration::ZERO).unwrap();
}

#[test]
fn a_lease_that_is_over_by_the_clusters_clock_is_over_at_once() {
    let (_lab, cluster) = practice();
    let rooms = [Room::new(), Room::new()];
    let lease = Duration::from_secs(1);
    let held = attempt(&cluster, &rooms[0], 60, lease).unwrap();
    thread::sleep(Duration::from_millis(2_100));
    // Also for a machine by whose own clock it has an hour to go.
    let taken = attempt(&cluster, &rooms[1], 0, LEASE).unwrap();
    drop(held);
    taken.release(&cluster, Duration::ZERO).unwrap();
}

#[test]
fn a_call_that_takes_longer_than_the_lease_keeps_the_lock() {
    let (lab, cluster) = practice();
    let (room, other) = (Room::new(), Room::new());
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let prepared = prepare::prepare(&cluster, &bundle, &wanted(&bundle), &PLAIN, &Silent).unwrap();
    let slow = Action::Delay(Duration::from_secs(5));
    lab.inject(Fault::once("PUT", "_ml/trained_models/*", slow));
    let lease = Duration::from_secs(2);
    thread::scope(|scope| {
        let work = scope.spawn(|| {
            let bench = Bench {
                state: &room.path().join("state"),
                holder: "tester",
                clock: &Clock::new(&now),
                pause: Duration::from_millis(1),
                lease,
            };
            prepared.apply(&cluster, &bench, &Silent)
        });
        while lab.faults_waiting() > 0 {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_secs(4));
        let refused = attempt(&connect(&lab), &other, 0, lease).unwrap_err();
        assert!(
            refused.to_string().contains("tester is at work"),
            "{refused}"
        );
        assert_eq!(work.join().unwrap().unwrap().warnings, [""; 0]);
    });
    assert_eq!(
        lab.snapshot().pointer("/documents/sealift-receipts/lock"),
        None
    );
}

/// Has somebody else take the lock, as one does by whose reckoning it is over.
fn steal(cluster: &Elasticsearch) {
    let lock =
        json!({"kind": "lock", "token": "theirs", "holder": "another", "until": 4_000_000_000_i64});
    cluster.call(Method::Put, LOCK, &lock).unwrap();
}

/// Installs while somebody takes the lock at the answer to the call `method` `path`;
/// gives the calls after that which change something.
fn stolen_at(room: &Room, lab: &Lab, method: &'static str, path: &'static str) -> Vec<String> {
    let after = Arc::new(Mutex::new(None::<Vec<String>>));
    let (seen, thief) = (Arc::clone(&after), past(lab));
    let front = front(lab, move |asked, pass| {
        let answer = pass(asked);
        let mut seen = seen.lock().unwrap();
        if let Some(seen) = seen.as_mut() {
            if !matches!(asked.method.as_str(), "GET") && !asked.path.contains("_simulate") {
                seen.push(format!("{} {}", asked.method, asked.path));
            }
        } else if is(asked, method, path) {
            steal(&thief);
            *seen = Some(Vec::new());
        }
        answer
    });
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let cut = install(room, &behind(lab, &front), &bundle, PLAIN).unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::Partial, "{cut:?}");
    let told = format!("{cut:?}");
    assert!(
        told.contains("another, receipt theirs, took over the lock"),
        "{told}"
    );
    assert!(
        cut.next_step().unwrap().contains("sealift status"),
        "{cut:?}"
    );
    let cluster = connect(lab);
    let history = history::all(&cluster, &room.path().join("state"), now().unwrap()).unwrap();
    assert_eq!(history.receipts.last().unwrap().state(), "failed");
    // It is not ours to give back.
    assert_eq!(
        call(lab, Method::Get, LOCK, &Value::Null)["_source"]["token"],
        "theirs"
    );
    after.lock().unwrap().take().unwrap()
}

#[test]
fn who_lost_the_lock_changes_nothing_more_and_is_not_done() {
    let (room, lab) = (Room::new(), lab("8.16.0"));
    let after = stolen_at(&room, &lab, "PUT", "/_scripts/dga_ngrams_create");
    let memory = |call: &String| call.contains("/sealift-receipts/");
    assert!(after.iter().all(memory), "{after:#?}");

    // Also where there was no change left to make.
    let (room, lab) = (Room::new(), self::lab("8.16.0"));
    stolen_at(&room, &lab, "PUT", "/_ingest/pipeline/dns_enrich_pipeline");
}

#[test]
fn who_lost_the_lock_repeats_nothing() {
    let (room, lab) = (Room::new(), lab("8.16.0"));
    let tries = Arc::new(Mutex::new(0));
    let (count, thief) = (Arc::clone(&tries), past(&lab));
    let front = front(&lab, move |asked, pass| {
        if is(asked, "PUT", "/_scripts/dga_ngrams_create") {
            *count.lock().unwrap() += 1;
            steal(&thief);
            return crate::between::unavailable();
        }
        pass(asked)
    });
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let cut = install(&room, &behind(&lab, &front), &bundle, PLAIN).unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::Partial, "{cut:?}");
    assert_eq!(*tries.lock().unwrap(), 1);
}
