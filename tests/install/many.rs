//! Many clusters at once: one that fails stops no other.

use std::time::Instant;

use sealift::error::ErrorKind;
use sealift::flow::fleet;
use sealift::io::cluster::Cluster;
use sealift::lab::{Action, Fault, Lab, LabOptions};

use crate::kit::{DGA, Files, PLAIN, Recipe, Room, address, install, release};

/// How many practice clusters are installed on.
const CLUSTERS: usize = 200;

#[test]
fn two_hundred_clusters_with_a_broken_and_a_slow_one() {
    let room = Room::new();
    let files: Files = release(DGA)
        .into_iter()
        .filter(|(name, _)| name.contains("pipeline1") || name.contains("ngrams"))
        .map(|(name, bytes)| (name.replace("pipeline1", "pipeline"), bytes))
        .filter(|(name, _)| name.contains("ngrams"))
        .map(|(name, bytes)| {
            (
                format!("{}_script.json", name.trim_end_matches(".json")),
                bytes,
            )
        })
        .collect();
    let recipe = Recipe {
        releases: vec![("scripts".to_owned(), files)],
        ..Recipe::of(&[])
    };
    let bundle = recipe.bundle(room.path());
    let labs: Vec<Lab> = (0..CLUSTERS)
        .map(|_| Lab::start(&LabOptions::default()).unwrap())
        .collect();
    let broken: Fault = "* *: drop x*".parse().unwrap();
    labs[17].inject(broken);
    let slow = Action::Delay(std::time::Duration::from_millis(60));
    for n in 1..30 {
        labs[42].inject(Fault::nth("*", "*", n, slow));
    }
    let items = |range: std::ops::Range<usize>| {
        range
            .map(|n| (format!("c{n}"), address(&labs[n], None)))
            .collect::<Vec<_>>()
    };
    let work = |_: &str, address| {
        let cluster = Cluster::connect(address)?;
        install(&room, &cluster, &bundle, &PLAIN)
    };
    let began = Instant::now();
    let outcomes = fleet::each(items(0..CLUSTERS), work);
    let together = began.elapsed();
    for (n, outcome) in outcomes.iter().enumerate() {
        match &outcome.result {
            Ok(done) => {
                let receipt = done.receipt.as_ref().unwrap();
                assert_eq!(receipt.calls.len(), 2, "c{n}");
                assert_eq!(receipt.header.cluster.uuid, labs[n].uuid());
            }
            Err(error) => {
                assert_eq!((n, error.kind()), (17, ErrorKind::Network), "{error:?}");
            }
        }
    }
    // The same once more, one after the other: nothing to do, but to look.
    let began = Instant::now();
    for (label, address) in items(0..CLUSTERS) {
        if label != "c17" {
            let cluster = Cluster::connect(address).unwrap();
            let again = install(&room, &cluster, &bundle, &PLAIN).unwrap();
            assert!(again.receipt.is_none());
        }
    }
    let looking = began.elapsed();
    eprintln!(
        "{CLUSTERS} clusters: installed together in {together:?}, looked at one by one in {looking:?}"
    );
}
