//! A plan that was agreed on: applied as it is, or what is left of it, or nothing.

use std::fs;

use sealift::io::http::Method;
use sealift::lab::{Action, Fault};
use serde_json::json;

use crate::command::{Desk, outcome};
use crate::kit::{DETECTIONS, DGA, Recipe, call, lab};

fn desk() -> (Desk, String) {
    let desk = Desk::new(&[DGA], lab("8.16.0"));
    let plan = desk.room.path().join("plan.json");
    let plan = plan.to_str().unwrap().to_owned();
    let (code, _, err) = desk.run("plan", &["--out", &plan]);
    assert_eq!(code, 0, "{err}");
    (desk, plan)
}

#[test]
fn work_that_was_cut_off_goes_on_by_the_same_plan() {
    let (desk, plan) = desk();
    let install = || desk.run("install", &["--plan", &plan]);
    desk.lab
        .inject(Fault::once("PUT", "_ingest/*", Action::Status(400)));
    let (code, _, err) = install();
    assert_eq!(code, 10, "{err}");
    let (code, out, err) = install();
    assert_eq!(code, 0, "{out}{err}");
    assert_eq!(desk.run("status", &["--exit-code"]).0, 0);
}

#[test]
fn what_moved_is_named() {
    let (desk, plan) = desk();
    let script = json!({"script": {"lang": "painless", "source": "1"}});
    let path = "/_scripts/dga_ngrams_create";
    call(&desk.lab, Method::Put, path, &script);
    let (code, _, err) = desk.run("install", &["--plan", &plan]);
    assert_eq!(code, 9, "{err}");
    assert!(
        err.contains("script dga_ngrams_create: conflict instead of create\n"),
        "{err}"
    );
    assert!(err.contains("sealift plan FILE --out"), "{err}");

    // Somebody else's work on what an interrupted one left is no part of the plan.
    call(&desk.lab, Method::Delete, path, &json!(null));
    desk.lab
        .inject(Fault::once("PUT", "_ingest/*", Action::Status(400)));
    assert_eq!(desk.run("install", &["--plan", &plan]).0, 10);
    call(&desk.lab, Method::Put, path, &script);
    let (code, _, err) = desk.run("install", &["--plan", &plan]);
    assert_eq!(code, 9, "{err}");
    assert!(
        err.contains("script dga_ngrams_create: replace instead of"),
        "{err}"
    );
}

#[test]
fn a_plan_of_another_cluster_or_bundle_says_what_it_is_for() {
    let (desk, plan) = desk();
    let other = Desk::new(&[DGA], lab("8.16.0"));
    let stranger = other.run("install", &["--plan", &plan]);
    assert_eq!(stranger.0, 2, "{}", stranger.2);
    assert!(
        stranger.2.contains("it was made for practice"),
        "{}",
        stranger.2
    );
    let bundle = Recipe {
        sequence: 2,
        ..Recipe::of(&[DETECTIONS])
    };
    let bundle = bundle.packed(desk.room.path());
    let trust = desk.room.path().join("key.pub.pem");
    let (bundle, trust) = (bundle.to_str().unwrap(), trust.to_str().unwrap());
    let args = ["install", bundle, "--trust", trust, "--plan", &plan];
    let (code, _, err) = outcome(&mut desk.command(&args));
    assert_eq!(code, 8, "{err}");
    assert!(err.contains("SHA-256"), "{err}");
}

#[test]
fn a_plan_is_not_written_over_another() {
    let (desk, plan) = desk();
    let before = fs::read(&plan).unwrap();
    let (code, _, err) = desk.run("plan", &["--out", &plan, "--prune"]);
    assert_eq!(code, 4, "{err}");
    assert!(err.contains("exists already"), "{err}");
    assert_eq!(fs::read(&plan).unwrap(), before);
}
