//! Every call of an installation, an upgrade, a rollback and a removal meets
//! every kind of fault; afterwards the same command, or a rollback, must reach
//! the right state, seen by comparing the whole store.
//!
//! `SEALIFT_FAULTS=all` tries every point and, with `SEALIFT_BLESS=1`, writes the
//! table into `docs/reliability.md`; `SEALIFT_FAULTS='Upgrade late 12'` tries those
//! whose names hold this text. Otherwise some are tried.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use sealift::error::{Error, ErrorKind};
use sealift::flow::install::Done;
use sealift::flow::prepare::{self, Wish};
use sealift::flow::{fleet, history};
use sealift::io::bundle::VerifiedBundle;
use sealift::io::cluster::{Address, Cluster};
use sealift::io::http::{Method, Url};
use sealift::lab::{Action, Fault, Lab};
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{
    CAREFUL, DETECTIONS, DGA, Files, PATIENCE, PLAIN, Recipe, Room, address, call, connect,
    install, key, lab, now, open, release, remove,
};
use crate::refusing::Door;
use crate::sample;

const PRUNE: Wish = Wish {
    permissions: CAREFUL,
    prune: true,
    unchecked: false,
    start: false,
    default_pipelines: Vec::new(),
};

/// What is done while the fault waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    Install,
    Upgrade,
    Rollback,
    Remove,
}

const WORKS: [Work; 4] = [Work::Install, Work::Upgrade, Work::Rollback, Work::Remove];

/// What happens at a call.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    /// The cluster does this.
    Fault(Action),
    /// Nobody listens there for a while.
    Refused,
    /// The process of the installer is killed while it waits for the answer.
    Killed,
}

/// After the client gave up, and before it sends the call again.
const LATE: Duration = PATIENCE.saturating_mul(3).checked_div(2).unwrap();

/// After the call was sent again.
const TOO_LATE: Duration = PATIENCE.saturating_mul(5).checked_div(2).unwrap();

const TROUBLES: [(&str, Trouble); 10] = [
    ("refused", Trouble::Refused),
    ("500", Trouble::Fault(Action::Status(500))),
    ("503", Trouble::Fault(Action::Status(503))),
    ("429", Trouble::Fault(Action::Status(429))),
    ("cut before", Trouble::Fault(Action::Drop)),
    ("cut after", Trouble::Fault(Action::Lose)),
    ("answer torn", Trouble::Fault(Action::Truncate)),
    ("late", Trouble::Fault(Action::Delay(LATE))),
    ("after its repeat", Trouble::Fault(Action::Delay(TOO_LATE))),
    ("kill -9", Trouble::Killed),
];

/// How long a call takes at which the installer is killed.
const WHILE: Duration = Duration::from_millis(200);

/// How many more calls a command makes than the work alone, at most.
const EXTRA: u64 = 16;

/// How a point came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Healed {
    /// The command itself got over it.
    Itself,
    /// It stopped; the same command finished the work.
    Again,
    /// It stopped; a rollback led back.
    Back,
}

/// The two bundles, and the states that they lead to.
struct World {
    first: VerifiedBundle,
    second: VerifiedBundle,
    /// The files of the two, and the trusted key.
    files: [PathBuf; 3],
    /// The store without anything, with the first, with the second.
    states: [Value; 3],
    room: Room,
}

/// A small release of every kind that the releases of the fixtures do not have.
fn scores(bodies: &[(&str, Value)]) -> (String, Files) {
    sample::recipe(1, bodies).releases.remove(0)
}

/// The first bundle: an object of every kind.
fn first() -> Recipe {
    let mut first = Recipe {
        validation: Some(DGA),
        documents: 3,
        entry: Some("dns_enrich_pipeline"),
        ..Recipe::of(&[DGA, DETECTIONS])
    };
    first.releases.push(scores(&sample::bodies()));
    first
}

/// The second bundle: another model, changed scripts and pipelines, another
/// filter list, another custom rule, another query, another priority, another
/// frequency, another title.
fn second() -> Recipe {
    let changed = |files: Files, pairs: &[(&str, &str)]| -> Files {
        files
            .into_iter()
            .map(|(name, bytes)| {
                let mut text = String::from_utf8(bytes).unwrap();
                for (from, to) in pairs {
                    text = text.replace(from, to);
                }
                (name.replace("500100_1.0", "500200_2.0"), text.into_bytes())
            })
            .collect()
    };
    let model = [
        ("dga_500100_1.0", "dga_500200_2.0"),
        ("Pieces of the name", "Parts of the name"),
        ("// Leaves a verdict", "// Keeps a verdict"),
    ];
    let detections = [
        ("telemetry.example", "telemetry.invalid"),
        ("Zones that hardly", "Zones which hardly"),
        ("\"dns-*\"", "\"dns-2*\""),
    ];
    let mut bodies = sample::bodies();
    for (name, body) in &mut bodies {
        match *name {
            "scores_index_template.json" => body["priority"] = json!(300),
            "scores_pivot_transform.json" => body["frequency"] = json!("5m"),
            "scores_dashboards.ndjson" => body[0]["attributes"]["title"] = json!("Others"),
            _ => {}
        }
    }
    Recipe {
        releases: vec![
            (DGA.to_owned(), changed(release(DGA), &model)),
            (
                DETECTIONS.to_owned(),
                changed(release(DETECTIONS), &detections),
            ),
            scores(&bodies),
        ],
        sequence: 2,
        validation: Some(DGA),
        documents: 3,
        entry: Some("dns_enrich_pipeline"),
        ..Recipe::of(&[])
    }
}

/// What of a store has to be the same: everything but times, random numbers and
/// the tale of what was done.
pub(crate) fn settled(lab: &Lab) -> Value {
    let mut store = lab.snapshot();
    let map = store.as_object_mut().unwrap();
    map.remove("cluster");
    let memory = map.remove("documents/sealift-receipts").unwrap_or_default();
    map.insert("memory".to_owned(), remembered(&memory));
    let indices = map.get_mut("indices").and_then(Value::as_object_mut);
    indices.unwrap().remove("sealift-receipts");
    for (_, rules) in map
        .iter_mut()
        .filter(|(name, _)| name.starts_with("rules/"))
    {
        *rules = by_rule_id(rules);
    }
    scrub(&mut store);
    // A collection that was emptied is as good as one that never was.
    let map = store.as_object_mut().unwrap();
    map.retain(|_, inner| inner.as_object().is_none_or(|inner| !inner.is_empty()));
    store.sort_all_objects();
    store
}

/// What the index of receipts says is sealift's and how it was when it was put
/// there, what has to be started again, and whether somebody is at work.
fn remembered(memory: &Value) -> Value {
    let stored = &memory["claims"]["source"]["receipt"];
    let artifacts = stored["artifacts"].as_array().cloned().unwrap_or_default();
    let artifacts: Vec<Value> = artifacts
        .into_iter()
        .map(|mut line| {
            let claim = line["claim"].as_object_mut().unwrap();
            claim.remove("receipt");
            // It covers what the server draws by lot, such as `query_delay`.
            let is_settled = claim.remove("settled").is_some();
            claim.insert("is_settled".to_owned(), json!(is_settled));
            line
        })
        .collect();
    json!({
        "artifacts": artifacts,
        "unfinished": stored.get("unfinished"),
        "halted": stored.get("halted").cloned().unwrap_or_else(|| json!([])),
        "locked": memory.get("lock").is_some(),
    })
}

/// Rules under the id that their author gave them: the cluster's own is random.
fn by_rule_id(rules: &Value) -> Value {
    let named = |rule: &Value| Some((rule["rule_id"].as_str()?.to_owned(), rule.clone()));
    let rules = rules.as_object().unwrap().values();
    Value::Object(rules.map(|rule| named(rule).unwrap()).collect())
}

fn scrub(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for key in [
                "create_time",
                "query_delay",
                "modified_date_millis",
                "id",
                "created",
                "created_at",
                "updated_at",
                "revision",
                "version",
                "uuid",
                "next_seq_no",
            ] {
                map.remove(key);
            }
            map.iter_mut().for_each(|(_, inner)| scrub(inner));
        }
        Value::Array(items) => items.iter_mut().for_each(scrub),
        _ => {}
    }
}

/// A practice cluster with the indices that analytics and policies read.
fn cluster() -> Lab {
    let lab = lab("8.16.0");
    let zones = json!({"mappings": {"properties": {"zone": {"type": "keyword"}}}});
    call(&lab, Method::Put, "/zones", &zones);
    lab
}

impl World {
    fn new() -> Self {
        let room = Room::new();
        let trust = room.path().join("key.pub.pem");
        std::fs::write(&trust, key().public().to_pem().unwrap()).unwrap();
        let files = [
            first().packed(room.path()),
            second().packed(room.path()),
            trust,
        ];
        let (first, second) = (open(&files[0]), open(&files[1]));
        let lab = cluster();
        let cluster = connect(&lab);
        let nothing = settled(&lab);
        install(&room, &cluster, &first, &PLAIN).unwrap();
        let one = settled(&lab);
        install(&room, &cluster, &second, &PRUNE).unwrap();
        let two = settled(&lab);
        assert_ne!(one, two);
        Self {
            first,
            second,
            files,
            states: [nothing, one, two],
            room,
        }
    }

    /// The state that `work` starts from, and the one that it leads to.
    fn ends(&self, work: Work) -> (&Value, &Value) {
        let [nothing, one, two] = &self.states;
        match work {
            Work::Install => (nothing, one),
            Work::Upgrade => (one, two),
            Work::Rollback => (two, one),
            Work::Remove => (one, nothing),
        }
    }

    /// A cluster in the state that `work` starts from.
    fn start(&self, work: Work, room: &Room) -> Lab {
        let lab = cluster();
        let cluster = connect(&lab);
        if work != Work::Install {
            install(room, &cluster, &self.first, &PLAIN).unwrap();
        }
        if work == Work::Rollback {
            install(room, &cluster, &self.second, &PRUNE).unwrap();
        }
        assert_eq!(settled(&lab), *self.ends(work).0);
        lab
    }

    /// Does `work`, from connecting on.
    fn run(
        &self,
        work: Work,
        address: Address,
        room: &Room,
        receipt: &str,
    ) -> sealift::error::Result<Done> {
        let cluster = Cluster::connect(address)?;
        match work {
            Work::Install => install(room, &cluster, &self.first, &PLAIN),
            Work::Upgrade => install(room, &cluster, &self.second, &PRUNE),
            Work::Remove => remove(room, &cluster, &self.first, PLAIN.permissions),
            Work::Rollback => back(room, &cluster, receipt),
        }
    }

    /// Does `work` in a process of its own, which is killed at its `n`th call.
    /// Whether it was.
    fn kill(&self, work: Work, n: u64, lab: &Lab, room: &Room, receipt: &str) -> bool {
        lab.inject(Fault::nth("*", "*", n, Action::Delay(WHILE)));
        let [first, second, trust] = self.files.each_ref().map(|path| path.to_str().unwrap());
        let args: &[&str] = match work {
            Work::Install => &["install", first, "--trust", trust],
            Work::Upgrade => &["install", second, "--trust", trust, "--prune"],
            Work::Remove => &["remove", first, "--trust", trust],
            Work::Rollback => &["rollback", receipt],
        };
        let mut child = Command::new(env!("CARGO_BIN_EXE_sealift"))
            .env_clear()
            .env("HOME", room.path())
            .env("SEALIFT_STATE", room.path().join("state"))
            .args(args)
            .args(["--yes", "--url", &lab.elasticsearch_url()])
            .args(["--kibana-url", &lab.kibana_url(), "--timeout", "20"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while lab.faults_waiting() > 0 && child.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        let met = lab.faults_waiting() == 0 && child.try_wait().unwrap().is_none();
        drop(child.kill());
        child.wait().unwrap();
        lab.clear_faults();
        thread::sleep(WHILE + Duration::from_millis(50));
        met
    }

    /// `work` meets `trouble` at its `n`th call; its result, and whether it did.
    fn trouble(
        &self,
        work: Work,
        n: u64,
        trouble: Trouble,
        lab: &Lab,
        room: &Room,
        receipt: &str,
    ) -> (sealift::error::Result<Done>, bool) {
        match trouble {
            Trouble::Fault(action) => {
                lab.inject(Fault::nth("*", "*", n, action));
                let result = self.run(work, address(lab, None), room, receipt);
                let met = lab.faults_waiting() == 0;
                lab.clear_faults();
                // The call may still be on its way.
                if let Action::Delay(time) = action {
                    thread::sleep(time + WHILE);
                }
                (result, met)
            }
            Trouble::Refused => {
                let inner = lab.elasticsearch_url();
                let inner = inner.trim_start_matches("http://").trim_end_matches('/');
                let door = Door::new(inner.parse().unwrap(), n);
                let mut address = address(lab, None);
                address.elasticsearch.urls = vec![Url::parse(&door.url()).unwrap()];
                let result = self.run(work, address, room, receipt);
                (result, door.was_shut())
            }
            Trouble::Killed => {
                let met = self.kill(work, n, lab, room, receipt);
                let killed = Error::new(ErrorKind::Interrupted, "killed");
                (Err(killed), met)
            }
        }
    }

    /// One point: `work` meets `trouble` at its `n`th call. `None` when it has
    /// fewer calls.
    fn point(&self, work: Work, n: u64, trouble: Trouble, undo: bool) -> Option<Healed> {
        let room = Room::new();
        let lab = self.start(work, &room);
        let receipt = last_receipt(&lab, &room);
        let receipt = receipt.as_deref().unwrap_or_default();
        let (first, met) = self.trouble(work, n, trouble, &lab, &room, receipt);
        if !met {
            return None;
        }
        let (before, after) = self.ends(work);
        let what = format!("{work:?} call {n} {trouble:?}");
        if let Ok(done) = &first {
            let what = format!("{what}, warnings {:?}", done.warnings);
            // Only what comes when the command is over is left to the next one.
            if !matches!(trouble, Trouble::Fault(Action::Delay(TOO_LATE))) {
                same(&settled(&lab), after, &what);
            }
            if settled(&lab) == *after {
                return Some(Healed::Itself);
            }
            self.run(work, patient(&lab), &room, receipt)
                .unwrap_or_else(|error| panic!("{what}, again: {error:?}"));
            same(&settled(&lab), after, &format!("{what}, again"));
            return Some(Healed::Again);
        }
        let failed = first.unwrap_err();
        assert!(failed.kind().exit_code() > 2, "{what}: {failed:?}");
        let newest = last_receipt(&lab, &room).unwrap_or_default();
        if undo && newest != receipt && !newest.is_empty() {
            let cluster = connect(&lab);
            back(&room, &cluster, &newest).unwrap_or_else(|error| panic!("{what}: {error:?}"));
            same(&settled(&lab), before, &format!("{what}, rolled back"));
            return Some(Healed::Back);
        }
        self.run(work, patient(&lab), &room, receipt)
            .unwrap_or_else(|error| panic!("{what}, again: {error:?}\nfirst: {failed:?}"));
        same(&settled(&lab), after, &format!("{what}, again"));
        Some(Healed::Again)
    }
}

fn same(found: &Value, wanted: &Value, what: &str) {
    assert!(
        found == wanted,
        "{what}\n{}",
        sealift::model::diff::bodies(wanted, found)
    );
}

fn last_receipt(lab: &Lab, room: &Room) -> Option<String> {
    let cluster = connect(lab);
    let history = history::all(&cluster, &room.path().join("state"), now().unwrap()).unwrap();
    let mut receipts = history.receipts;
    receipts.pop().map(|receipt| receipt.header.id)
}

fn back(room: &Room, cluster: &Cluster, id: &str) -> sealift::error::Result<Done> {
    let receipt = history::one(cluster, &room.path().join("state"), id)?;
    let prepared = prepare::prepare_rollback(cluster, &receipt, PLAIN.permissions, &Silent)?;
    room.with(|bench| prepared.apply(cluster, bench, &Silent))
}

/// A way to `lab` that no fault disturbs.
fn patient(lab: &Lab) -> Address {
    let mut address = address(lab, None);
    address.elasticsearch.http.timeouts.response = Duration::from_secs(30);
    address.elasticsearch.http.timeouts.idle = Duration::from_secs(30);
    address
}

/// The number of calls of each work.
fn calls(world: &World, work: Work) -> u64 {
    let mut n = 1;
    let mut step = 32;
    // A delay of nothing disturbs nobody and still counts.
    let reached = |n: u64| {
        world
            .point(
                work,
                n,
                Trouble::Fault(Action::Delay(Duration::ZERO)),
                false,
            )
            .is_some()
    };
    while step > 0 {
        if reached(n + step) {
            n += step;
        } else {
            step /= 2;
        }
    }
    n
}

#[test]
fn every_call_may_fail_in_every_way() {
    let world = World::new();
    let wanted = std::env::var("SEALIFT_FAULTS").unwrap_or_default();
    let all = wanted == "all";
    let stride: u64 = if wanted.is_empty() { 37 } else { 1 };
    let mut points = Vec::new();
    for (index, work) in (0_u64..).zip(WORKS) {
        let count = calls(&world, work);
        for (kind, (name, trouble)) in (0_u64..).zip(TROUBLES) {
            // A process of its own costs more, and makes more calls: a preflight.
            let (stride, count) = match trouble {
                Trouble::Killed if stride == 1 => (1, count + EXTRA),
                Trouble::Killed => (97, count),
                _ => (stride, count),
            };
            for n in 1..=count {
                let number = n + kind + index;
                let label = format!("{work:?} {name} {n}");
                if number.is_multiple_of(stride) && (all || label.contains(&wanted)) {
                    points.push((label, (work, name, n, trouble, number.is_multiple_of(2))));
                }
            }
        }
    }
    let tried = points.len();
    let outcomes = fleet::each(points, |_, (work, name, n, trouble, undo)| {
        let point = AssertUnwindSafe(|| world.point(work, n, trouble, undo));
        Ok((work, name, catch_unwind(point)))
    });
    let mut table: BTreeMap<(Work, &str), BTreeMap<Healed, usize>> = BTreeMap::new();
    let mut lost = Vec::new();
    for outcome in outcomes {
        let (work, name, healed) = outcome.result.unwrap();
        if healed.is_err() {
            lost.push(outcome.label);
        } else if let Ok(Some(healed)) = healed {
            *table
                .entry((work, name))
                .or_default()
                .entry(healed)
                .or_default() += 1;
        }
    }
    assert!(lost.is_empty(), "lost: {lost:#?}");
    let met: usize = table.values().flat_map(BTreeMap::values).sum();
    assert!(
        met * 10 > tried * 8,
        "only {met} of {tried} faults were met"
    );
    assert!(!all || met >= 300, "{met}");
    assert!(world.room.path().exists());
    if all && std::env::var_os("SEALIFT_BLESS").is_some() {
        write_table(&table, met);
    }
}

fn write_table(table: &BTreeMap<(Work, &str), BTreeMap<Healed, usize>>, met: usize) {
    let mut rows = format!(
        "{met} points, none lost.\n\n\
         | work | fault | points | got over it itself | same command again | rolled back |\n\
         |---|---|---:|---:|---:|---:|\n"
    );
    for work in WORKS {
        for (name, _) in TROUBLES {
            let counts = table.get(&(work, name)).cloned().unwrap_or_default();
            let of = |healed| counts.get(&healed).copied().unwrap_or(0);
            let total: usize = counts.values().sum();
            let _ = writeln!(
                rows,
                "| {} | {name} | {total} | {} | {} | {} |",
                format!("{work:?}").to_lowercase(),
                of(Healed::Itself),
                of(Healed::Again),
                of(Healed::Back)
            );
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reliability.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = page.split_once("<!-- table -->\n").unwrap();
    let (_, tail) = rest.split_once("<!-- end -->").unwrap();
    let page = format!("{head}<!-- table -->\n{rows}<!-- end -->{tail}");
    std::fs::write(path, page).unwrap();
}
