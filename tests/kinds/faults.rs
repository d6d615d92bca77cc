//! Calls of an installation, an upgrade and a removal of these kinds meet faults;
//! afterwards the same command must reach the right state.

use std::time::Duration;

use sealift::error::Result;
use sealift::flow::fleet;
use sealift::flow::install::Done;
use sealift::io::bundle::VerifiedBundle;
use sealift::io::cluster::Cluster;
use sealift::io::http::Method;
use sealift::lab::{Action, Fault, Lab};
use serde_json::{Value, json};

use crate::kit::{self, PLAIN, Room, call, connect, install, remove};
use crate::sample::{bodies, recipe};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Install,
    Upgrade,
    Remove,
}

const FAULTS: [Action; 6] = [
    Action::Status(500),
    Action::Status(503),
    Action::Drop,
    Action::Lose,
    Action::Truncate,
    Action::Delay(Duration::from_millis(400)),
];

/// Every so many points are tried.
const STRIDE: u64 = 5;

fn lab() -> Lab {
    let lab = kit::lab("8.19");
    let zones = json!({"mappings": {"properties": {"zone": {"type": "keyword"}}}});
    call(&lab, Method::Put, "/zones", &zones);
    lab
}

/// What was put there, without times and numbers of the server's.
fn settled(lab: &Lab) -> Value {
    let mut store = lab.snapshot();
    let map = store.as_object_mut().unwrap();
    for collection in ["cluster", "documents/sealift-receipts"] {
        map.remove(collection);
    }
    scrub(&mut store);
    let map = store.as_object_mut().unwrap();
    map.retain(|_, inner| inner.as_object().is_none_or(|inner| !inner.is_empty()));
    store.sort_all_objects();
    store
}

fn scrub(value: &mut Value) {
    if let Value::Object(map) = value {
        for key in [
            "create_time",
            "created",
            "created_at",
            "updated_at",
            "version",
            "uuid",
            "sealift-receipts",
            "next_seq_no",
        ] {
            map.remove(key);
        }
        map.iter_mut().for_each(|(_, inner)| scrub(inner));
    }
}

struct World {
    first: VerifiedBundle,
    second: VerifiedBundle,
    /// The store with nothing, with the first, with the second.
    states: [Value; 3],
    _room: Room,
}

impl World {
    fn new() -> Self {
        let room = Room::new();
        let mut other = bodies();
        for (name, body) in &mut other {
            match *name {
                "scores_index_template.json" => body["priority"] = json!(300),
                "scores_pivot_transform.json" => body["frequency"] = json!("5m"),
                "scores_dashboards.ndjson" => body[0]["attributes"]["title"] = json!("Others"),
                _ => {}
            }
        }
        let first = recipe(1, &bodies()).bundle(room.path());
        let second = recipe(2, &other).bundle(room.path());
        let lab = lab();
        let cluster = connect(&lab);
        let nothing = settled(&lab);
        install(&room, &cluster, &first, PLAIN).unwrap();
        let one = settled(&lab);
        install(&room, &cluster, &second, PLAIN).unwrap();
        let two = settled(&lab);
        Self {
            first,
            second,
            states: [nothing, one, two],
            _room: room,
        }
    }

    fn run(&self, work: Work, lab: &Lab, room: &Room) -> Result<Done> {
        let cluster = Cluster::connect(kit::address(lab, None))?;
        match work {
            Work::Install => install(room, &cluster, &self.first, PLAIN),
            Work::Upgrade => install(room, &cluster, &self.second, PLAIN),
            Work::Remove => remove(room, &cluster, &self.first, PLAIN.permissions),
        }
    }

    /// Whether `work` met `action` at its `n`th call.
    fn point(&self, work: Work, n: u64, action: Action) -> bool {
        let room = Room::new();
        let lab = lab();
        if work != Work::Install {
            install(&room, &connect(&lab), &self.first, PLAIN).unwrap();
        }
        lab.inject(Fault::nth("*", "*", n, action));
        let outcome = self.run(work, &lab, &room);
        let met = lab.faults_waiting() == 0;
        lab.clear_faults();
        let what = format!("{work:?} call {n} {action:?}");
        if outcome.is_err() {
            if matches!(action, Action::Delay(_)) {
                std::thread::sleep(Duration::from_millis(450));
            }
            self.run(work, &lab, &room)
                .unwrap_or_else(|error| panic!("{what}, again: {error:?}\nfirst: {outcome:?}"));
        }
        let [nothing, one, two] = &self.states;
        let wanted = match work {
            Work::Install => one,
            Work::Upgrade => two,
            Work::Remove => nothing,
        };
        let found = settled(&lab);
        let difference = sealift::model::diff::bodies(wanted, &found);
        assert!(found == *wanted, "{what} {outcome:?}\n{difference}");
        let policies = lab.snapshot();
        let policies = policies["enrich_policies"]
            .as_object()
            .into_iter()
            .flatten();
        for (name, policy) in policies {
            assert_eq!(policy["executed"], true, "{what}: {name} was not executed");
        }
        met
    }
}

#[test]
fn faults_are_got_over() {
    let world = World::new();
    let mut points = Vec::new();
    for (index, work) in (0_u64..).zip([Work::Install, Work::Upgrade, Work::Remove]) {
        for (kind, action) in (0_u64..).zip(FAULTS) {
            for n in 1..=70_u64 {
                if (n + kind + index).is_multiple_of(STRIDE) {
                    points.push((format!("{work:?} {kind} {n}"), (work, n, action)));
                }
            }
        }
    }
    let outcomes = fleet::each(points, |_, (work, n, action)| {
        Ok(world.point(work, n, action))
    });
    let met = outcomes
        .into_iter()
        .filter(|outcome| *outcome.result.as_ref().unwrap())
        .count();
    assert!(met >= 100, "only {met} faults were met");
}
