//! Installing on several clusters: a canary first, each with its own end, the exit
//! code of the worst.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use sealift::flow::status;
use sealift::lab::{Action, Fault, Lab, LabOptions, Shape};
use sealift::progress::Silent;

use crate::command::outcome;
use crate::kit::{DGA, Recipe, Room, connect, key};

/// Practice clusters with names, one address where nobody is, and a bundle.
struct Group {
    room: Room,
    labs: Vec<(&'static str, Lab)>,
    bundle: PathBuf,
}

impl Group {
    fn new(options: &LabOptions, names: &[&'static str]) -> Self {
        let room = Room::new();
        let recipe = Recipe {
            validation: Some(DGA),
            documents: 3,
            entry: Some("dns_enrich_pipeline"),
            ..Recipe::of(&[DGA])
        };
        let bundle = recipe.packed(room.path());
        let start = |name: &&'static str| (*name, Lab::start(options).unwrap());
        let labs: Vec<(&str, Lab)> = names.iter().map(start).collect();
        let clusters = labs
            .iter()
            .map(|(name, lab)| (*name, lab.elasticsearch_url()));
        let gone = ("gone", "http://127.0.0.1:1".to_owned());
        let clusters = clusters.chain([gone]);
        let clusters: Vec<String> = clusters
            .map(|(name, url)| format!("[cluster.{name}]\nurl = {url:?}\n"))
            .collect();
        fs::write(room.path().join("sealift.toml"), clusters.concat()).unwrap();
        let trust = room.path().join("key.pub.pem");
        fs::write(trust, key().public().to_pem().unwrap()).unwrap();
        Self { room, labs, bundle }
    }

    /// Installs on the clusters `names`: exit code, standard output and error.
    fn install(&self, names: &[&str], more: &[&str]) -> (i32, String, String) {
        self.run(&["install", "--yes"], names, more)
    }

    fn run(&self, verb: &[&str], names: &[&str], more: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sealift"));
        command
            .env_clear()
            .env("HOME", self.room.path())
            .env("SEALIFT_STATE", self.room.path().join("state"))
            .env("COLUMNS", "80")
            .current_dir(self.room.path())
            .args(verb)
            .args(["--config", "sealift.toml"])
            .args(["--trust", "key.pub.pem"])
            .arg(&self.bundle)
            .args(more)
            .stdin(Stdio::null());
        for name in names {
            command.args(["--cluster", name]);
        }
        outcome(&mut command)
    }

    /// How many artifacts of sealift's each cluster has.
    fn installed(&self) -> Vec<usize> {
        let count = |lab: &Lab| status::status(&connect(lab), &[], &Silent).unwrap();
        let labs = self.labs.iter();
        labs.map(|(_, lab)| count(lab).artifacts.len()).collect()
    }
}

#[test]
fn what_is_doubtful_is_told_once_per_cluster() {
    let mut shape = Shape::default();
    shape.clock_ahead = 600;
    let options = LabOptions {
        shape,
        ..LabOptions::default()
    };
    let group = Group::new(&options, &["east", "west"]);
    let (code, out, err) = group.install(&["east", "west"], &[]);
    assert_eq!(code, 0, "{out}{err}");
    for (name, _) in &group.labs {
        let told = format!("{name}: warning: the cluster's clock is");
        assert_eq!(err.matches(&told).count(), 1, "{err}");
    }
}

#[test]
fn a_canary_that_fails_keeps_the_others_as_they_are() {
    let group = Group::new(&LabOptions::default(), &["east", "west"]);
    let canary = &["--canary", "east"];
    // Refused in the middle.
    let model = Fault::once("PUT", "_ml/trained_models/*", Action::Status(400));
    group.labs[0].1.inject(model);
    let (code, out, err) = group.install(&["west", "east"], canary);
    assert_eq!(code, 10, "{out}{err}");
    assert!(
        out.contains("left as it is, for the canary did not go well"),
        "{out}"
    );
    assert_eq!(group.installed()[1], 0);

    // Installed, and then the documents cannot be held against it.
    let simulate = "_ingest/pipeline/dns_enrich_pipeline/_simulate";
    group.labs[0]
        .1
        .inject(Fault::once("POST", simulate, Action::Status(400)));
    let (code, out, err) = group.install(&["west", "east"], canary);
    assert_eq!(code, 9, "{out}{err}");
    assert_eq!(group.installed(), [5, 0], "{out}");

    let (code, out, err) = group.install(&["west", "east"], canary);
    assert_eq!(code, 0, "{out}{err}");
    assert_eq!(group.installed(), [5, 5]);

    let (code, _, err) = group.install(&["west"], canary);
    assert_eq!(code, 2, "{err}");
    let (code, out, _) = group.install(&["west", "gone"], &["--canary", "gone"]);
    assert_eq!(code, 3, "{out}");
}

#[test]
fn one_that_fails_stops_no_other_and_tells_on_the_whole() {
    let group = Group::new(&LabOptions::default(), &["east", "west"]);
    let (code, out, err) = group.install(&["east", "gone", "west"], &[]);
    assert_eq!(code, 3, "{err}");
    assert_eq!(group.installed(), [5, 5], "{out}");
    let row = |name: &str| out.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(row("east ").contains(" done "), "{out}");
    assert!(row("gone ").contains(" failed "), "{out}");
    assert!(
        out.contains("gone: error: cannot talk to the cluster"),
        "{out}"
    );
    // Each has its own receipt.
    let receipt = |name: &str| row(name).split_whitespace().last().unwrap();
    assert_ne!(receipt("east "), receipt("west "));
    assert!(receipt("west ").contains("-install-"), "{out}");
}

#[test]
fn who_is_left_out_is_told_before_the_question() {
    let group = Group::new(&LabOptions::default(), &["east", "west"]);
    // Nobody is there to answer.
    let (code, out, err) = group.run(&["install"], &["east", "gone", "west"], &[]);
    assert_eq!(code, 2, "{out}{err}");
    assert!(out.contains("left out: gone: error: cannot talk"), "{out}");
    assert!(out.contains("2 clusters alike: east, west"), "{out}");
    let (code, out, err) = group.run(&["install", "--json"], &["east", "west"], &[]);
    assert_eq!(code, 2, "{out}{err}");
    assert!(err.contains("nobody sees a plan"), "{err}");
}

#[test]
fn plans_that_are_alike_are_told_once() {
    let group = Group::new(&LabOptions::default(), &["east", "west"]);
    let (code, out, err) = group.run(&["plan"], &["east", "gone", "west"], &[]);
    assert_eq!(code, 3, "{err}");
    assert!(out.contains("2 clusters alike: east, west"), "{out}");
    assert_eq!(
        out.matches("create  pipeline  dns_enrich_pipeline\n")
            .count(),
        1,
        "{out}"
    );
    assert!(out.contains("gone: error: cannot talk"), "{out}");
}

#[test]
fn a_canary_is_checked_or_there_is_none() {
    let group = Group::new(&LabOptions::default(), &["east", "west"]);
    let unchecked = &["--canary", "east", "--no-check"];
    let (code, _, err) = group.install(&["east", "west"], unchecked);
    assert_eq!(code, 2, "{err}");
    assert_eq!(group.installed(), [0, 0]);
}
