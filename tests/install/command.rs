//! The commands as an operator runs them, with their exit codes.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use sealift::flow::{history, status};
use sealift::io::http::Method;
use sealift::lab::{Action, Fault, Grade, Lab, LabOptions, License};
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{DETECTIONS, DGA, Recipe, Room, call, connect, key, lab, now, open, wanted};

/// A room with a bundle, a trusted key, and a practice cluster.
pub(crate) struct Desk {
    pub(crate) room: Room,
    bundle: PathBuf,
    trust: PathBuf,
    pub(crate) lab: Lab,
}

impl Desk {
    pub(crate) fn new(tags: &[&str], lab: Lab) -> Self {
        Self::of(&Recipe::of(tags), lab)
    }

    pub(crate) fn of(recipe: &Recipe, lab: Lab) -> Self {
        let room = Room::new();
        let bundle = recipe.packed(room.path());
        let trust = room.path().join("key.pub.pem");
        fs::write(&trust, key().public().to_pem().unwrap()).unwrap();
        Self {
            room,
            bundle,
            trust,
            lab,
        }
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sealift"));
        command
            .env_clear()
            .env("HOME", self.room.path())
            .env("SEALIFT_STATE", self.room.path().join("state"))
            .env("COLUMNS", "80")
            .args(args)
            .args(["--url", &self.lab.elasticsearch_url()])
            .args(["--kibana-url", &self.lab.kibana_url(), "--timeout", "5"])
            .stdin(Stdio::null());
        command
    }

    /// A command on the bundle.
    pub(crate) fn on_bundle(&self, verb: &str, more: &[&str]) -> Command {
        let bundle = self.bundle.to_str().unwrap();
        let trust = self.trust.to_str().unwrap();
        let mut args = vec![verb, bundle, "--trust", trust];
        args.extend(more);
        self.command(&args)
    }

    /// Runs a command on the bundle: exit code, standard output, standard error.
    pub(crate) fn run(&self, verb: &str, more: &[&str]) -> (i32, String, String) {
        outcome(&mut self.on_bundle(verb, more))
    }
}

pub(crate) fn outcome(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn the_whole_way_with_its_exit_codes() {
    let desk = Desk::new(&[DGA, DETECTIONS], lab("8.16.0"));
    let (code, out, err) = desk.run("plan", &["--exit-code"]);
    assert_eq!(code, 9, "{err}");
    assert!(
        out.contains("create") && out.lines().all(|line| line.chars().count() <= 80),
        "{out}"
    );
    assert_eq!(desk.run("plan", &[]).0, 0);

    let plan = desk.room.path().join("plan.json");
    let plan = plan.to_str().unwrap();
    let part = ["--out", plan, "--without", "analytics", "--enable-rules"];
    assert_eq!(desk.run("plan", &part).0, 0);
    let (code, _, err) = desk.run("install", &[]);
    assert_eq!(code, 2, "nobody confirmed: {err}");
    assert!(err.contains("--yes"), "{err}");

    // The cluster moves: the plan no longer holds.
    let script = json!({"script": {"lang": "painless", "source": "1"}});
    call(
        &desk.lab,
        Method::Put,
        "/_scripts/dga_ngrams_create",
        &script,
    );
    let (code, _, err) = desk.run("install", &["--plan", plan]);
    assert_eq!(code, 9, "{err}");
    let (code, _, err) = desk.run("install", &["--yes"]);
    assert_eq!(code, 11, "a conflict: {err}");
    call(
        &desk.lab,
        Method::Delete,
        "/_scripts/dga_ngrams_create",
        &json!(null),
    );
    let (code, out, err) = desk.run("install", &["--plan", plan]);
    assert_eq!(code, 0, "{out}{err}");

    let again = [
        "--yes",
        "--json",
        "--without",
        "analytics",
        "--enable-rules",
    ];
    let (code, out, err) = desk.run("install", &again);
    assert_eq!(code, 0, "{err}");
    let told: Value = serde_json::from_str(&out).unwrap();
    let steps = told["result"]["clusters"][0]["plan"]["steps"]
        .as_array()
        .unwrap();
    assert!(steps.iter().all(|step| step["action"] == "keep"), "{out}");

    // Everything is there but what the plan left out.
    let (code, out, _) = desk.run("status", &["--exit-code"]);
    assert_eq!(code, 9);
    assert!(out.contains("missing   analytics"), "{out}");
    assert!(out.contains("1 not as they should be"), "{out}");
    call(
        &desk.lab,
        Method::Put,
        "/_scripts/dga_ngrams_create",
        &script,
    );
    let (code, out, _) = desk.run("status", &["--exit-code"]);
    assert_eq!(code, 9);
    assert!(out.contains("changed"), "{out}");

    let (code, out, _) = outcome(&mut desk.command(&["history", "--json"]));
    assert_eq!(code, 0);
    let told: Value = serde_json::from_str(&out).unwrap();
    let id = told["result"]["clusters"][0]["receipts"][0]["header"]["id"]
        .as_str()
        .unwrap();
    let (code, out, err) = outcome(&mut desk.command(&["rollback", id, "--yes"]));
    assert_eq!(code, 0, "{out}{err}");
    let cluster = connect(&desk.lab);
    assert_eq!(
        status::status(&cluster, &[], &Silent)
            .unwrap()
            .artifacts
            .len(),
        0
    );

    assert_eq!(desk.run("install", &["--yes"]).0, 0);
    assert_eq!(desk.run("remove", &["--yes"]).0, 0);
    assert_eq!(
        desk.run("remove", &["--yes"]).0,
        0,
        "nothing left to remove"
    );
    let (code, out, _) = outcome(&mut desk.command(&["cluster", "info"]));
    assert_eq!(code, 0);
    assert!(out.contains("trial (active, until "), "{out}");
}

#[test]
fn what_is_not_there_is_told_unless_it_was_left_out() {
    let desk = Desk::new(&[DGA, DETECTIONS], lab("8.16.0"));
    let (_, out, _) = desk.run("status", &[]);
    let mut analytics = out.lines().filter(|line| line.contains(" analytics "));
    let analytics = analytics.next().unwrap();
    assert!(
        analytics.starts_with("missing"),
        "blocked, not there: {out}"
    );
    let (code, out, _) = desk.run("check", &[]);
    assert_eq!(code, 9, "nothing is there: {out}");
    assert!(
        out.contains("not installed: script dga_ngrams_create,"),
        "{out}"
    );

    let left_out = ["--without", "analytics"];
    assert_eq!(
        desk.run("install", &["--yes", "--without", "analytics"]).0,
        0
    );
    assert_eq!(desk.run("check", &[]).0, 9);
    assert_eq!(desk.run("check", &left_out).0, 0);
    assert_eq!(desk.run("status", &["--exit-code"]).0, 9);
    let status = desk.run("status", &["--exit-code", "--without", "analytics"]);
    assert_eq!(status.0, 0, "{}", status.1);
}

#[test]
fn what_fails_says_so_with_its_code() {
    let basic = Lab::start(&LabOptions {
        license: Some(License {
            grade: Grade::Basic,
            expires: None,
        }),
        ..LabOptions::default()
    });
    let desk = Desk::new(&[DGA], basic.unwrap());
    let (code, _, err) = desk.run("install", &["--yes"]);
    assert_eq!(code, 8, "{err}");
    assert!(err.contains("basic license"), "{err}");
    let (code, out, _) = desk.run("install", &["--preflight-only"]);
    assert_eq!(code, 8);
    assert!(out.contains("PUT _security/role/sealift"), "{out}");

    let desk = Desk::new(&[DGA], lab("8.16.0"));
    let (code, _, err) = desk.run("plan", &["--cluster", "nowhere"]);
    assert_eq!(code, 2, "{err}");
    let (code, _, err) = outcome(&mut desk.command(&["install", "missing.sealift"]));
    assert_eq!(code, 4, "{err}");
    let bundle = desk.bundle.to_str().unwrap();
    let (code, _, err) = outcome(&mut desk.command(&["install", bundle]));
    assert_eq!(code, 7, "nobody is trusted: {err}");
    let (code, _, err) = outcome(
        Command::new(env!("CARGO_BIN_EXE_sealift"))
            .env_clear()
            .env("HOME", desk.room.path())
            .args(["status", "--url", "http://127.0.0.1:1", "--timeout", "2"]),
    );
    assert_eq!(code, 3, "{err}");
    // A refusal in the middle: some is done, some is not.
    desk.lab.inject(Fault::once(
        "PUT",
        "_ingest/pipeline/*",
        Action::Status(400),
    ));
    let (code, _, err) = desk.run("install", &["--yes"]);
    assert_eq!(code, 10, "{err}");
    assert!(err.contains("rollback"), "{err}");
    assert_eq!(desk.run("install", &["--yes"]).0, 0);
}

#[test]
fn a_killed_installer_is_resumed_at_every_call() {
    let desk = Desk::new(&[DGA], lab("8.16.0"));
    let bundle = open(&desk.bundle);
    let mut killed = 0;
    for n in (14..34).step_by(3) {
        desk.lab.inject(Fault::nth(
            "*",
            "*",
            n,
            Action::Delay(Duration::from_millis(300)),
        ));
        let args = [
            "install",
            desk.bundle.to_str().unwrap(),
            "--trust",
            desk.trust.to_str().unwrap(),
            "--yes",
        ];
        let mut child = desk
            .command(&args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while desk.lab.faults_waiting() > 0 && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            killed += 1;
        }
        child.wait().unwrap();
        desk.lab.clear_faults();
        std::thread::sleep(Duration::from_millis(350));
        let (code, out, err) = desk.run("install", &["--yes"]);
        assert_eq!(code, 0, "killed at call {n}: {out}{err}");
        let cluster = connect(&desk.lab);
        let told = status::status(&cluster, &wanted(&bundle), &Silent).unwrap();
        assert!(
            !told.has_drift(),
            "killed at call {n}: {:#?}",
            told.artifacts
        );
        assert_eq!(desk.run("remove", &["--yes"]).0, 0, "killed at call {n}");
        assert!(history::all(&cluster, &desk.room.path().join("state"), now().unwrap()).is_ok());
    }
    assert!(killed >= 5, "only {killed} were killed");
}
