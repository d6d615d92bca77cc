//! What becomes of receipts where the disk is full, a journal is damaged or
//! several pieces of work fall into one second, and who holds the lock.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use sealift::error::ErrorKind;
use sealift::flow::{history, lock::Lock, status, targets};
use sealift::io::cluster::Cluster;
use sealift::io::http::Method;
use sealift::io::receipts::Journal;
use sealift::model::receipt::{FORMAT, Header, Origin, Purpose};
use sealift::model::time::Timestamp;
use sealift::progress::Silent;
use serde_json::Value;

use crate::command::{Desk, outcome};
use crate::kit::{DETECTIONS, DGA, PLAIN, Recipe, Room, call, connect, install, lab, now, remove};

fn journals(room: &Room) -> Vec<PathBuf> {
    let folder = room.path().join("state/receipts");
    let Ok(clusters) = fs::read_dir(folder) else {
        return Vec::new();
    };
    clusters
        .flat_map(|cluster| fs::read_dir(cluster.unwrap().path()).unwrap())
        .map(|journal| journal.unwrap().path())
        .collect()
}

fn header(cluster: &Cluster, origin: Origin, id: &str) -> Header {
    Header {
        format: FORMAT,
        id: id.to_owned(),
        purpose: Purpose::Install,
        origin,
        cluster: cluster.elasticsearch.identity().clone(),
        space: cluster.space.clone(),
        started: now().unwrap(),
        by: "tester".to_owned(),
        continues: None,
        undoes: None,
        tool: "test".to_owned(),
        overrides: Vec::new(),
    }
}

/// The ids and states that `sealift history` tells, and why others are missing.
fn told(desk: &Desk) -> (Vec<(String, String)>, Vec<Value>) {
    let (code, out, err) = outcome(&mut desk.command(&["history", "--json"]));
    assert_eq!(code, 0, "{err}");
    let told: Value = serde_json::from_str(&out).unwrap();
    let cluster = &told["result"]["clusters"][0];
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let receipts = cluster["receipts"].as_array().unwrap().iter();
    let receipts = receipts.map(|one| (word(&one["header"]["id"]), word(&one["state"])));
    let unreadable = cluster["unreadable"].as_array().unwrap();
    (receipts.collect(), unreadable.clone())
}

/// `command` where no file can grow beyond `blocks` of 512 bytes: writing fails
/// as on a full disk.
#[cfg(unix)]
fn cramped(command: &Command, blocks: u32) -> Command {
    let mut shell = Command::new("/bin/sh");
    let script = "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"";
    shell
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(key, value)| Some((key, value?))),
        )
        .args(["-c", script, &blocks.to_string()])
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null());
    shell
}

#[cfg(unix)]
#[test]
fn a_full_disk_stops_the_work_wherever_it_is_and_loses_nothing() {
    let desk = Desk::new(&[DGA, DETECTIONS], lab("8.16.0"));
    let cluster = connect(&desk.lab);
    let installed = || {
        let told = status::status(&cluster, &[], &Silent).unwrap();
        told.artifacts.len()
    };
    let mut codes = Vec::new();
    for blocks in 0.. {
        let known = told(&desk).0.len();
        let (code, out, err) =
            outcome(&mut cramped(&desk.on_bundle("install", &["--yes"]), blocks));
        let what = format!("{blocks} blocks: {code}\n{out}{err}");
        codes.push(code);
        let memory = &desk.lab.snapshot()["documents/sealift-receipts"];
        assert_eq!(
            memory.get("lock"),
            None,
            "the lock was not given back: {what}"
        );
        let (receipts, unreadable) = told(&desk);
        assert_eq!(unreadable, [] as [Value; 0], "{what}");
        let news = &receipts[known..];
        assert!(news.len() <= 1, "{what}{receipts:?}");
        if code != 0 {
            assert!(
                err.contains("hint: free space in the state folder "),
                "{what}"
            );
            assert!(err.contains("(SEALIFT_STATE names another)"), "{what}");
        }
        match code {
            4 => {
                assert_eq!(installed(), 0, "{what}");
                assert!(news.iter().all(|(_, state)| state == "failed"), "{news:?}");
            }
            10 => {
                let (id, state) = &news[0];
                assert_eq!(state, "failed", "the cluster tells how it ended: {what}");
                assert!(err.contains("stopped after "), "{what}");
                assert!(err.contains(&format!("receipt {id}")), "{what}");
                assert!(err.contains("the same command goes on from here"), "{what}");
                if blocks % 2 == 0 {
                    let rollback = ["rollback", id, "--yes"];
                    let (code, out, err) = outcome(&mut desk.command(&rollback));
                    assert_eq!(code, 0, "{what}{out}{err}");
                    assert_eq!(installed(), 0, "{what}");
                }
            }
            0 if !out.contains("note: ") => break,
            0 => {
                let whole = "sealift history reads it from the cluster";
                let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(out.contains(whole), "{what}");
                assert_eq!(news[0].1, "complete", "{what}");
            }
            _ => panic!("{what}"),
        }
        let (code, out, err) = desk.run("install", &["--yes"]);
        assert_eq!(code, 0, "{what}{out}{err}");
        assert_eq!(desk.run("status", &["--exit-code"]).0, 0, "{what}");
        assert_eq!(desk.run("remove", &["--yes"]).0, 0, "{what}");
    }
    assert_eq!(codes.first(), Some(&4), "{codes:?}");
    assert_eq!(codes.last(), Some(&0), "{codes:?}");
    let partly = codes.iter().filter(|code| **code == 10).count();
    assert!(
        partly >= 2,
        "one is rolled back, one gone on with: {codes:?}"
    );
    // Nothing is left of work that could not begin.
    for journal in journals(&desk.room) {
        assert!(fs::metadata(&journal).unwrap().len() > 0, "{journal:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_installed_is_told_even_where_it_cannot_be_remembered() {
    let desk = Desk::new(&[DGA], lab("8.16.0"));
    assert_eq!(desk.run("install", &["--yes"]).0, 0);
    let command = desk.on_bundle("install", &["--yes"]);
    let (code, out, err) = outcome(&mut cramped(&command, 0));
    assert_eq!(code, 4, "{out}{err}");
    assert!(out.contains("nothing to do"), "{out}{err}");
    assert!(
        out.contains("this machine does not remember the bundle"),
        "{out}{err}"
    );
    assert!(
        out.contains("hint: free space in the state folder"),
        "{out}"
    );
}

#[test]
fn a_state_folder_that_cannot_be_written_is_named() {
    let desk = Desk::new(&[DGA], lab("8.16.0"));
    let state = desk.room.path().join("state");
    fs::create_dir(&state).unwrap();
    fs::write(state.join("receipts"), "in the way").unwrap();
    let (code, _, err) = desk.run("install", &["--yes"]);
    assert_eq!(code, 4, "{err}");
    let folder = state.to_str().unwrap();
    assert!(
        err.contains(&format!("the state folder {folder} (SEALIFT_STATE")),
        "{err}"
    );
    let memory = &desk.lab.snapshot()["documents/sealift-receipts"];
    assert_eq!(memory.get("lock"), None);
    fs::remove_file(state.join("receipts")).unwrap();
    assert_eq!(desk.run("install", &["--yes"]).0, 0);
}

#[test]
fn a_damaged_journal_hides_no_other() {
    let desk = Desk::new(&[DGA], lab("8.16.0"));
    assert_eq!(desk.run("install", &["--yes"]).0, 0);
    let whole = journals(&desk.room).pop().unwrap();
    let beside = |name: &str| whole.with_file_name(name);
    let text = fs::read_to_string(&whole).unwrap();
    let first = text.lines().next().unwrap();
    // Work whose header is not whole never began.
    fs::write(beside("20260301T000000Z-install-00000001.jsonl"), "").unwrap();
    fs::write(
        beside("20260301T000000Z-install-00000002.jsonl"),
        &first[..99],
    )
    .unwrap();
    let (receipts, unreadable) = told(&desk);
    assert_eq!((receipts.len(), unreadable), (1, Vec::new()));
    let never = ["rollback", "20260301T000000Z-install-00000001", "--yes"];
    let (code, _, err) = outcome(&mut desk.command(&never));
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("no receipt"), "{err}");

    let damaged = beside("20260301T000000Z-install-00000003.jsonl");
    fs::write(&damaged, format!("{first}\nsome other text\n")).unwrap();
    let (receipts, unreadable) = told(&desk);
    assert_eq!((receipts.len(), unreadable.len()), (1, 1));
    let (code, out, err) = outcome(desk.command(&["history"]).env("COLUMNS", "100"));
    assert_eq!(code, 0, "{err}");
    let out_of = |part: &str| assert!(out.contains(part), "{part}\n{out}");
    out_of(&receipts[0].0);
    out_of(&format!(
        "note: cannot read the receipt {}",
        damaged.display()
    ));
    out_of("line 2 of the journal cannot be read");
    out_of("move the file to another folder");

    // The cluster's own copy takes the place of one that is damaged here.
    fs::write(&whole, format!("{first}\nsome other text\n")).unwrap();
    let (receipts, unreadable) = told(&desk);
    assert_eq!((receipts.len(), unreadable.len()), (1, 2));
    assert_eq!(receipts[0].1, "complete");
}

#[test]
fn receipts_of_one_second_are_in_their_order() {
    let room = Room::new();
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let id = |done: sealift::flow::install::Done| done.receipt.unwrap().header.id;
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(id(install(&room, &cluster, &bundle, &PLAIN).unwrap()));
        ids.push(id(
            remove(&room, &cluster, &bundle, PLAIN.permissions).unwrap()
        ));
    }
    let listed = |state: &Path| {
        let history = history::all(&cluster, state, now().unwrap()).unwrap();
        let receipts = history.receipts.into_iter();
        receipts
            .map(|receipt| receipt.header.id)
            .collect::<Vec<_>>()
    };
    let state = room.path().join("state");
    assert_eq!(listed(&state), ids);
    assert_eq!(listed(&room.path().join("elsewhere")), ids);

    // The cluster does not know of work that was cut off at its very beginning.
    std::thread::sleep(Duration::from_millis(20));
    let cut = "20200101T000000Z-install-00000000";
    let cut = header(&cluster, targets::origin(&bundle), cut);
    ids.push(cut.id.clone());
    drop(Journal::begin(&state, cut).unwrap());
    assert_eq!(listed(&state), ids);
    ids.push(id(install(&room, &cluster, &bundle, &PLAIN).unwrap()));
    assert_eq!(listed(&state), ids);
}

#[test]
fn work_that_goes_on_is_not_told_to_be_cut_off() {
    let desk = Desk::new(&[DGA], lab("8.16.0"));
    assert_eq!(desk.run("install", &["--yes"]).0, 0);
    let cluster = connect(&desk.lab);
    let state = desk.room.path().join("state");
    let history = history::all(&cluster, &state, now().unwrap()).unwrap();
    let origin = history.receipts[0].header.origin.clone();
    let id = "29990101T000000Z-install-00000001";
    let mut header = header(&cluster, origin, id);
    header.started = Timestamp::parse("2999-01-01T00:00:00Z").unwrap();
    let journal = Journal::begin(&state, header).unwrap();
    let states = || {
        let (receipts, _) = told(&desk);
        receipts
            .into_iter()
            .map(|(_, state)| state)
            .collect::<Vec<_>>()
    };
    assert_eq!(states(), ["complete", "running"]);
    drop(journal);
    assert_eq!(states(), ["complete", "cut off"]);
}

#[test]
fn work_that_goes_on_elsewhere_is_known_by_its_lock() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let bundle = Recipe::of(&[DGA]).bundle(room.path());
    let done = install(&room, &cluster, &bundle, PLAIN).unwrap();
    let id = done.receipt.unwrap().header.id;
    let state = || {
        let elsewhere = room.path().join("elsewhere");
        let history = history::all(&cluster, &elsewhere, now().unwrap()).unwrap();
        history.state(&history.receipts[0])
    };
    let take = || room.with(|bench| Lock::acquire(&cluster, bench, &id).unwrap());
    // A lock that could not be given back says nothing about work that has ended.
    let held = take();
    assert_eq!(state(), "complete");
    held.release(&cluster, Duration::ZERO).unwrap();

    let path = format!("/sealift-receipts/_doc/receipt-{id}");
    let mut document = call(&lab, Method::Get, &path, &Value::Null)["_source"].take();
    let receipt = document["receipt"].as_object_mut().unwrap();
    assert!(receipt.remove("end").is_some());
    call(&lab, Method::Put, &path, &document);
    assert_eq!(state(), "cut off");
    let held = take();
    assert_eq!(state(), "running");
    held.release(&cluster, Duration::ZERO).unwrap();
    assert_eq!(state(), "cut off");
}

#[test]
fn a_lock_says_what_it_is_held_for_and_how_it_ends() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    cluster.elasticsearch.prepare_memory().unwrap();
    let id = "20260301T000000Z-install-00000001";
    let held = room.with(|bench| Lock::acquire(&cluster, bench, id).unwrap());
    let refused = room.with(|bench| Lock::acquire(&cluster, bench, "mine").unwrap_err());
    assert_eq!(refused.kind(), ErrorKind::Cluster);
    assert_eq!(
        refused.to_string(),
        format!("tester is at work on this cluster, receipt {id}")
    );
    let next = refused.next_step().unwrap();
    let ends = Timestamp::from_seconds(now().unwrap().seconds() + 900);
    let ends = ends.unwrap().to_string();
    for part in [
        "its own machine takes the lock over",
        "in 15 minutes",
        &ends,
    ] {
        assert!(next.contains(part), "{part}: {next}");
    }
    held.release(&cluster, Duration::ZERO).unwrap();
}
