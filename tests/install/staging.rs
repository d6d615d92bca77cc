//! Pipelines are tried before they go live, and nothing of the trial stays.

use std::collections::BTreeSet;

use sealift::error::ErrorKind;
use sealift::flow::history;
use sealift::flow::prepare::{self, Wish};
use sealift::flow::status::{self, Standing};
use sealift::io::http::Method;
use sealift::lab::{Action, Fault, Lab};
use sealift::model::plan::STAGING;
use sealift::progress::Silent;
use serde_json::{Value, json};

use crate::kit::{DGA, PLAIN, Recipe, Room, call, connect, install, lab, wanted};

/// The release with its validation set.
fn first() -> Recipe {
    Recipe {
        validation: Some(DGA),
        ..Recipe::of(&[DGA])
    }
}

/// The same one later, with `from` replaced by `to` in every file.
fn later(from: &str, to: &str) -> Recipe {
    let mut recipe = first();
    recipe.sequence = 2;
    for (_, files) in &mut recipe.releases {
        for (_, bytes) in files {
            let text = String::from_utf8(bytes.clone()).unwrap();
            *bytes = text.replace(from, to).into_bytes();
        }
    }
    recipe
}

/// The ids of stored scripts and pipelines.
fn ids(lab: &Lab) -> BTreeSet<String> {
    let store = lab.snapshot();
    let of = |name: &str| -> Vec<String> {
        let found = store.get(name).and_then(Value::as_object);
        found
            .into_iter()
            .flat_map(|map| map.keys().cloned())
            .collect()
    };
    of("scripts").into_iter().chain(of("pipelines")).collect()
}

#[test]
fn what_disagrees_with_the_documents_does_not_go_live() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    install(&room, &cluster, &first().bundle(room.path()), &PLAIN).unwrap();
    let before = lab.snapshot();
    // Another probability; the expected one stays in the bundle.
    let other = later(
        "probability = entry.class_probability",
        "probability = 0.125",
    );
    let bundle = other.bundle(room.path());
    let refused = install(&room, &cluster, &bundle, &PLAIN).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Difference, "{refused:?}");
    let told = format!("{refused:?}");
    for part in [
        "nothing in use was changed",
        "ml_is_dga.malicious_probability is 0.125 instead of",
        "document ",
        "dns_enrich_pipeline",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!refused.to_string().contains(STAGING), "{refused}");
    assert!(refused.next_step().unwrap().contains("--no-check"));
    let after = lab.snapshot();
    for name in ["scripts", "pipelines", "models"] {
        assert_eq!(before.get(name), after.get(name), "{name}");
    }
    // Only on the operator's word; what the check finds afterwards is told.
    let unchecked = Wish {
        unchecked: true,
        ..PLAIN
    };
    let done = install(&room, &cluster, &bundle, &unchecked).unwrap();
    assert_eq!(done.receipt.unwrap().header.overrides, ["no-check"]);
    assert_eq!(done.checkup, None);
    assert!(!ids(&lab).iter().any(|id| id.starts_with(STAGING)));
}

#[test]
fn a_swallowed_failure_is_found_before_it_goes_live() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    let broken = later(
        "Map verdict = new HashMap();",
        "Map verdict = new HashMap(); ctx.missing.deeper = 1;",
    );
    let refused = install(&room, &cluster, &broken.bundle(room.path()), &PLAIN).unwrap_err();
    let told = format!("{refused:?}");
    assert!(told.contains("failed: DGA model: "), "{told}");
    assert!(told.contains("in a processor script"), "{told}");
    let told = status::status(&cluster, &[], &Silent).unwrap();
    let pipelines = told
        .artifacts
        .iter()
        .filter(|line| line.artifact.id.contains("pipeline"));
    assert_eq!(pipelines.count(), 0, "{:#?}", told.artifacts);
}

#[test]
fn the_check_is_part_of_the_receipt() {
    let room = Room::new();
    let lab = lab("7.10.2");
    let cluster = connect(&lab);
    let bundle = first().bundle(room.path());
    let prepared = prepare::prepare(&cluster, &bundle, &wanted(&bundle), &PLAIN, &Silent).unwrap();
    assert!(prepared.plan.trials.contains("dns_enrich_pipeline"));
    let done = install(&room, &cluster, &bundle, &PLAIN).unwrap();
    let checkup = done.checkup.unwrap();
    assert!(checkup.is_right(), "{checkup:?}");
    assert!(checkup.sets[0].right > 10, "{checkup:?}");
    let receipt = done.receipt.unwrap();
    assert_eq!(receipt.checkup.as_ref(), Some(&checkup));
    let told = history::one(&cluster, &room.path().join("elsewhere"), &receipt.header.id).unwrap();
    assert_eq!(told, receipt);
    let told = history::one(&cluster, &room.path().join("state"), &receipt.header.id).unwrap();
    assert_eq!(told, receipt);
    // With nothing left to do it is still checked.
    let again = install(&room, &cluster, &bundle, &PLAIN).unwrap();
    assert_eq!((again.receipt, again.checkup), (None, Some(checkup)));
}

#[test]
fn copies_that_were_left_go_with_the_next_command() {
    let room = Room::new();
    let lab = lab("8.16.0");
    let cluster = connect(&lab);
    install(&room, &cluster, &first().bundle(room.path()), &PLAIN).unwrap();
    let second = later("// ", "//  ").bundle(room.path());
    let third = Recipe {
        sequence: 3,
        ..later("// ", "//   ")
    };
    let third = third.bundle(room.path());
    for next in ["install", "rollback", "another bundle"] {
        // The live pipeline leads to copies by then.
        lab.inject(Fault::nth(
            "PUT",
            "_scripts/dga_ngrams_create/ingest",
            1,
            Action::Status(400),
        ));
        let cut = install(&room, &cluster, &second, &PLAIN).unwrap_err();
        assert_eq!(cut.kind(), ErrorKind::Partial, "{cut:?}");
        let left = ids(&lab);
        assert!(left.iter().any(|id| id.starts_with(STAGING)), "{left:?}");
        let told = status::status(&cluster, &[], &Silent).unwrap();
        for line in &told.artifacts {
            let is_copy = line.artifact.id.starts_with(STAGING);
            assert_eq!(line.standing == Standing::Leftover, is_copy, "{line:?}");
        }
        assert!(
            told.artifacts
                .iter()
                .any(|line| line.standing == Standing::Leftover)
        );
        let path = "/_ingest/pipeline/dns_enrich_pipeline/_simulate";
        let body = json!({"docs": [{"_source": {"type": "dns",
            "dns": {"question": {"type": "A", "registered_domain": "abc.example"}}}}]});
        let works = call(&lab, Method::Post, path, &body);
        assert!(
            works.pointer("/docs/0/doc/_source/ml_is_dga").is_some(),
            "{works}"
        );

        match next {
            "install" => drop(install(&room, &cluster, &second, &PLAIN).unwrap()),
            "rollback" => {
                let state = room.path().join("state");
                let claims = sealift::flow::claims::Claims::read(&cluster).unwrap();
                let receipt = history::one(&cluster, &state, claims.receipts.last().unwrap());
                let undo = prepare::prepare_rollback(
                    &cluster,
                    &receipt.unwrap(),
                    PLAIN.permissions,
                    &Silent,
                );
                room.with(|bench| undo.unwrap().apply(&cluster, bench, &Silent))
                    .unwrap();
            }
            _ => drop(install(&room, &cluster, &third, &PLAIN).unwrap()),
        }
        let left = ids(&lab);
        assert!(
            !left.iter().any(|id| id.starts_with(STAGING)),
            "{next}: {left:?}"
        );
        let told = status::status(&cluster, &[], &Silent).unwrap();
        assert!(!told.has_drift(), "{next}: {:#?}", told.artifacts);
        assert_eq!(told.artifacts.len(), 5, "{next}: {:#?}", told.artifacts);
        if next == "install" {
            // Back to the first, so that there is something to switch.
            let older = Wish {
                unchecked: true,
                ..PLAIN
            };
            let first = Recipe {
                sequence: 2,
                ..first()
            };
            let refused = install(&room, &cluster, &first.bundle(room.path()), &older);
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::Policy);
            let state = room.path().join("state");
            for id in sealift::flow::claims::Claims::read(&cluster)
                .unwrap()
                .receipts
                .iter()
                .rev()
                .take(2)
            {
                let receipt = history::one(&cluster, &state, id).unwrap();
                let undo =
                    prepare::prepare_rollback(&cluster, &receipt, PLAIN.permissions, &Silent);
                room.with(|bench| undo.unwrap().apply(&cluster, bench, &Silent))
                    .unwrap();
            }
        }
    }
}
