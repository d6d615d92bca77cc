//! The corpus recorded from a real Elasticsearch.

use std::collections::BTreeMap;
use std::path::Path;

use crate::corpus::{check, read};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/painless");

#[test]
fn recorded_scripts_give_the_recorded_results() {
    let corpus = Path::new(CORPUS);
    if !corpus.exists() {
        println!("note: no corpus beside the checkout, nothing replayed");
        return;
    }
    let mut score: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut differences = Vec::new();
    for (file, regex) in [
        ("scripts", false),
        ("conditions", false),
        ("regex_enabled", true),
    ] {
        for case in read(&corpus.join(format!("{file}.ndjson")), regex) {
            let entry = score.entry(case.topic.clone()).or_default();
            entry.1 += 1;
            match check(&case) {
                Ok(()) => entry.0 += 1,
                Err(what) => differences.push((case.name.clone(), what)),
            }
        }
    }
    for (topic, (good, all)) in &score {
        println!("{topic}: {good} of {all}");
    }
    for (name, what) in &differences {
        println!("{name}: {what}");
    }
    let good: usize = score.values().map(|(good, _)| good).sum();
    let all: usize = score.values().map(|(_, all)| all).sum();
    println!("total: {good} of {all}");
    assert!(good * 100 >= all * 90, "{good} of {all}");
}
