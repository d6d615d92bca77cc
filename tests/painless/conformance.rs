//! The corpus recorded from a real Elasticsearch.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::corpus::{check, read};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus/painless");
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/engine-conformance.md");
const START: &str = "<!-- painless -->";
const END: &str = "<!-- /painless -->";

/// Why cases differ, by name.
fn reasons() -> BTreeMap<&'static str, &'static str> {
    include_str!("differences.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once(": ").unwrap())
        .collect()
}

/// The section of the document.
fn section(score: &BTreeMap<String, (usize, usize)>, differences: &[(String, String)]) -> String {
    let mut text = String::from("| topic | equal | cases |\n|---|---|---|\n");
    let (mut good, mut all) = (0, 0);
    for (topic, (equal, cases)) in score {
        let _ = writeln!(text, "| {topic} | {equal} | {cases} |");
        good += equal;
        all += cases;
    }
    let _ = writeln!(text, "| **all** | **{good}** | **{all}** |\n");
    text.push_str("| differs | why |\n|---|---|\n");
    let reasons = reasons();
    for (name, _) in differences {
        let _ = writeln!(text, "| {name} | {} |", reasons[name.as_str()]);
    }
    text
}

/// Puts the section between its markers.
fn with_section(document: &str, section: &str) -> String {
    let block = format!("{START}\n{section}{END}");
    match (document.find(START), document.find(END)) {
        (Some(start), Some(end)) => {
            format!(
                "{}{block}{}",
                &document[..start],
                &document[end + END.len()..]
            )
        }
        _ => format!("{document}\n## Painless\n\n{block}\n"),
    }
}

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
    for (name, what) in &differences {
        println!("{name}: {what}");
    }
    let good: usize = score.values().map(|(good, _)| good).sum();
    let all: usize = score.values().map(|(_, all)| all).sum();
    println!("total: {good} of {all}");
    let reasons = reasons();
    for (name, what) in &differences {
        assert!(
            reasons.contains_key(name.as_str()),
            "{name} differs and tests/painless/differences.txt does not say why: {what}"
        );
    }
    for name in reasons.keys() {
        assert!(
            differences.iter().any(|(differs, _)| differs == name),
            "{name} is listed in tests/painless/differences.txt and agrees"
        );
    }

    let document = std::fs::read_to_string(DOCUMENT).unwrap_or_default();
    let expected = with_section(&document, &section(&score, &differences));
    if std::env::var_os("SEALIFT_BLESS").is_some() {
        std::fs::write(DOCUMENT, expected).unwrap();
    } else {
        assert!(
            document == expected,
            "docs/engine-conformance.md is out of date: run with SEALIFT_BLESS=1"
        );
    }
}
