//! How long an installation on 200 practice clusters takes, in a group and one
//! after the other: the same bundle, the same calls, fresh clusters each time, in
//! one run. Once with clusters that answer at once, and once with an answer that
//! takes 5 ms, as over a line.
//!
//! `cargo bench --bench fleet`

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::path::Path;
use std::time::{Duration, Instant};

use sealift::error::Result;
use sealift::flow::clock::Clock;
use sealift::flow::fleet;
use sealift::flow::gather::gather;
use sealift::flow::install::Bench;
use sealift::flow::pack::{PackInput, pack};
use sealift::flow::prepare::{self, Wish};
use sealift::flow::targets;
use sealift::io::bundle::{Conditions, VerifiedBundle};
use sealift::io::cluster::{Address, Cluster};
use sealift::io::elasticsearch::{Access, Patience};
use sealift::io::http::{Settings, Url};
use sealift::io::medium::Medium;
use sealift::lab::{Fault, Lab, LabOptions};
use sealift::model::key::SecretKey;
use sealift::model::label::Label;
use sealift::model::plan::Target;
use sealift::model::signed_list::ListHeader;
use sealift::model::time::Timestamp;
use sealift::model::trust::{TrustPolicy, TrustedKey};
use sealift::progress::Silent;

/// How many clusters there are.
const CLUSTERS: usize = 200;

/// When the bundle is made, in seconds since 1970: 2026-03-01.
const CREATED: i64 = 1_772_323_200;

fn main() {
    let room = tempfile::tempdir().unwrap();
    let bundle = bundle(room.path());
    let targets = targets::wanted(&bundle).unwrap();
    for (name, delay) in [
        ("that answer at once", None),
        ("that answer after 5 ms", Some("5ms")),
    ] {
        let work = Work {
            state: room.path(),
            bundle: &bundle,
            targets: &targets,
        };
        compare(name, delay, &work);
    }
}

fn now() -> Result<Timestamp> {
    Timestamp::from_seconds(CREATED + 3600)
}

/// A release of the fixtures, packed, signed and verified.
fn bundle(folder: &Path) -> VerifiedBundle {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let release = root.join("fixtures/releases/ML-DGA-20260105-1");
    let gathered = gather(&[release], false, &Silent).unwrap();
    let key = SecretKey::from_seed(&[1; 32]);
    let path = folder.join("fleet.sealift");
    let input = PackInput {
        header: ListHeader {
            name: Label::parse("fleet").unwrap(),
            channel: Label::parse("fleet").unwrap(),
            sequence: 1,
            created: Timestamp::from_seconds(CREATED).unwrap(),
            expires: Timestamp::from_seconds(CREATED + 18_250 * 86_400).unwrap(),
            trust: 0,
        },
        releases: gathered.releases,
        catalog: gathered.catalog,
        validation: Vec::new(),
        license: None,
        trust: Vec::new(),
    };
    let trusted = TrustedKey {
        key: key.public(),
        label: "bench".to_owned(),
    };
    pack(input, &[key], &path, 1, &Silent).unwrap();
    let policy = TrustPolicy::new(vec![trusted], 1, Vec::new()).unwrap();
    let conditions = Conditions {
        policy: &policy,
        now: now().unwrap(),
        memory: None,
        overrides: &[],
        threads: 1,
        progress: &Silent,
    };
    VerifiedBundle::open(Medium::file(&path).unwrap(), &conditions).unwrap()
}

/// What is installed, and where receipts go.
struct Work<'a> {
    state: &'a Path,
    bundle: &'a VerifiedBundle,
    targets: &'a [Target],
}

impl Work<'_> {
    fn install(&self, address: Address) -> Result<usize> {
        let cluster = Cluster::connect(address)?;
        let wish = Wish::default();
        let prepared = prepare::prepare(&cluster, self.bundle, self.targets, &wish, &Silent)?;
        let done = prepared.apply(
            &cluster,
            &Bench {
                state: self.state,
                holder: "bench",
                clock: &Clock::new(&now),
                pause: Duration::from_millis(1),
            },
            &Silent,
        )?;
        Ok(done.receipt.map_or(0, |receipt| receipt.calls.len()))
    }
}

fn compare(name: &str, delay: Option<&str>, work: &Work<'_>) {
    let before = resident();
    let (calls, one_by_one) = timed(delay, |addresses| {
        addresses
            .into_iter()
            .map(|(_, address)| work.install(address).unwrap())
            .sum()
    });
    let between = resident();
    let (same, together) = timed(delay, |addresses| {
        let outcomes = fleet::each(addresses, |_, address| work.install(address));
        outcomes
            .into_iter()
            .map(|outcome| outcome.result.unwrap())
            .sum()
    });
    assert_eq!(calls, same, "the same work");
    let ratio = one_by_one.as_secs_f64() / together.as_secs_f64();
    println!(
        "{CLUSTERS} clusters {name}, {calls} changes: one by one {one_by_one:.2?}, \
         in a group {together:.2?}, ratio {ratio:.2}"
    );
    if let (Some(before), Some(between), Some(after)) = (before, between, resident()) {
        println!(
            "  resident memory, practice clusters included: {before} KiB before, {between} KiB \
             after one by one, {after} KiB after the group"
        );
    }
}

/// The work on fresh clusters, and the time that it took.
fn timed(
    delay: Option<&str>,
    work: impl FnOnce(Vec<(String, Address)>) -> usize,
) -> (usize, Duration) {
    let labs: Vec<Lab> = (0..CLUSTERS)
        .map(|_| {
            let lab = Lab::start(&LabOptions::default()).unwrap();
            if let Some(delay) = delay {
                let fault = format!("* *: delay {delay} x*");
                lab.inject(fault.parse::<Fault>().unwrap());
            }
            lab
        })
        .collect();
    let addresses = labs
        .iter()
        .enumerate()
        .map(|(n, lab)| (format!("c{n}"), address(lab)));
    let addresses: Vec<(String, Address)> = addresses.collect();
    let begun = Instant::now();
    let done = work(addresses);
    (done, begun.elapsed())
}

fn address(lab: &Lab) -> Address {
    Address {
        label: "practice".to_owned(),
        elasticsearch: Access {
            urls: vec![Url::parse(&lab.elasticsearch_url()).unwrap()],
            authorization: None,
            http: Settings::default(),
            patience: Patience::default(),
            compress: false,
        },
        kibana: None,
        space: None,
    }
}

/// Kibibytes in memory, where the system tells (`VmRSS`).
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
