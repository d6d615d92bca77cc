//! How long an installation on 200 practice clusters takes, in a group and one
//! after the other: the same bundle, the same calls, fresh clusters each time, in
//! one run. Once with clusters that answer at once, and once with an answer that
//! takes 5 ms, as over a line.
//!
//! `cargo bench --bench fleet`; `SEALIFT_CLUSTERS=10` for fewer.

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
use sealift::io::bundle::VerifiedBundle;
use sealift::io::cluster::{Address, Cluster};
use sealift::io::elasticsearch::{Access, Patience};
use sealift::io::http::{Settings, Url};
use sealift::lab::{Fault, Lab, LabOptions};
use sealift::model::plan::Target;
use sealift::progress::Silent;

use bundles::{header, key, now, open};

#[path = "../common/bundles.rs"]
mod bundles;

/// How many clusters there are, unless `SEALIFT_CLUSTERS` says another number.
const CLUSTERS: usize = 200;

fn clusters() -> usize {
    let asked = std::env::var("SEALIFT_CLUSTERS").ok();
    asked.map_or(CLUSTERS, |text| text.parse().unwrap())
}

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

/// A release of the fixtures, packed, signed and verified.
fn bundle(folder: &Path) -> VerifiedBundle {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let release = root.join("fixtures/releases/ML-DGA-20260105-1");
    let gathered = gather(&[release], false, &Silent).unwrap();
    let path = folder.join("fleet.sealift");
    let input = PackInput {
        header: header("fleet", 1),
        releases: gathered.releases,
        catalog: gathered.catalog,
        validation: Vec::new(),
        license: None,
        trust: Vec::new(),
    };
    pack(input, &[key()], &path, 1, &Silent).unwrap();
    open(&path)
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
                lease: sealift::flow::lock::LEASE,
            },
            &Silent,
        )?;
        Ok(done.receipt.map_or(0, |receipt| receipt.calls.len()))
    }
}

fn compare(name: &str, delay: Option<&str>, work: &Work<'_>) {
    let (calls, one_by_one) = timed(delay, |addresses| {
        addresses
            .into_iter()
            .map(|(_, address)| work.install(address).unwrap())
            .sum()
    });
    let alone = peak();
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
        "{} clusters {name}, {calls} changes: one by one {one_by_one:.2?}, in a group \
         {together:.2?}, ratio {ratio:.2}",
        clusters()
    );
    if let (Some(alone), Some(together)) = (alone, peak()) {
        println!(
            "  most memory, practice clusters included: {alone} KiB one by one, {together} KiB \
             in the group"
        );
    }
}

/// The work on fresh clusters, and the time that it took.
fn timed(
    delay: Option<&str>,
    work: impl FnOnce(Vec<(String, Address)>) -> usize,
) -> (usize, Duration) {
    let labs: Vec<Lab> = (0..clusters())
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
    forget_peak();
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

/// The most kibibytes that were in memory since [`forget_peak`], where the system
/// tells (`VmHWM`).
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Has the peak counted from now on, where the system can.
fn forget_peak() {
    drop(std::fs::write("/proc/self/clear_refs", "5"));
}
