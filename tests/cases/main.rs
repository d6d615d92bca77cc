//! Hostile and good bundles, one folder per case: `case.toml` says how it is
//! built and what must be said about it. A name that ends in `_fail` must be
//! refused by `verify`, `inspect`, `plan` and `install` alike, with nothing
//! written and no connection opened.

#![allow(clippy::unwrap_used)]

mod archive;
mod bundle;
mod case;
mod corpus;
mod run;
mod table;
mod zips;

use std::path::{Path, PathBuf};

use case::Case;

/// When to stop: more faults would say no more.
const MOST_FAULTS: usize = 10;

/// The folders of all cases, by name.
fn folders() -> Vec<PathBuf> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(home)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap().to_str().unwrap().to_owned()
}

/// The quick half: what `tests/mutation` runs over and over.
#[test]
fn verify_and_pack_decide_every_case_as_they_must() {
    decide(run::first);
}

#[test]
fn inspect_plan_and_install_decide_every_case_as_they_must() {
    decide(run::others);
}

/// Runs the `commands` that each case asks for.
fn decide(commands: fn(&Case, &str) -> Vec<Vec<String>>) {
    let cases: Vec<(String, Case)> = folders()
        .iter()
        .map(|folder| (name(folder), Case::read(folder)))
        .collect();
    assert!(cases.len() >= 130, "{} cases", cases.len());
    let next = std::sync::atomic::AtomicUsize::new(0);
    let faults = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while faults.lock().unwrap().len() < MOST_FAULTS
                    && let Some((name, case)) =
                        cases.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    let found = run::check(name, case, commands);
                    faults.lock().unwrap().extend(found);
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
