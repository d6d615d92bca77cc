//! Every refusal of a real server that the installer can meet, as recorded, has
//! a decision and, where a person has to act, a next step.

use std::fs;
use std::path::Path;

use sealift::io::elasticsearch::answer::{Decision, refusal};
use serde_json::Value;

/// The decision that each recorded refusal must lead to, by the beginning of the
/// server's words; the first that fits holds.
const WANTED: [(&str, Decision); 22] = [
    ("no handler found", Decision::Stop),
    ("Incorrect HTTP method", Decision::Stop),
    ("missing authentication", Decision::Stop),
    ("unable to authenticate", Decision::Stop),
    ("current license is non-compliant", Decision::Stop),
    ("action [", Decision::Stop),
    ("unable to find script", Decision::Stop),
    ("job and group names must be unique", Decision::Stop),
    ("No known", Decision::Absent),
    ("Unable to find filter", Decision::Absent),
    ("No datafeed with id", Decision::Absent),
    ("No filter with id", Decision::Absent),
    ("Could not find trained model", Decision::Absent),
    ("Could not delete filter", Decision::Absent),
    ("A filter with id", Decision::Exists),
    ("The job cannot be created with the Id", Decision::Exists),
    ("A data frame analytics with id", Decision::Exists),
    (
        "Cannot open job [j1] because it has already",
        Decision::Exists,
    ),
    (
        "cannot start datafeed [d1] because it has already",
        Decision::Exists,
    ),
    (
        "Cannot delete job [j1] because the job is opened",
        Decision::State,
    ),
    ("Cannot update datafeed", Decision::State),
    ("Cannot delete datafeed", Decision::State),
];

#[test]
fn every_recorded_refusal_leads_to_an_action() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/recordings"));
    if !folder.exists() {
        eprintln!("skipped: no recordings beside the project");
        return;
    }
    let (mut seen, mut matched) = (0, 0);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let topic: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for exchange in topic["exchanges"].as_array().unwrap() {
            let status = u16::try_from(exchange["response"]["status"].as_u64().unwrap()).unwrap();
            if status < 400 {
                continue;
            }
            seen += 1;
            let body = exchange["response"]["body"].to_string();
            let found = refusal("CALL", status, body.as_bytes(), 0);
            let told = format!("{} {}: {:?}", path.display(), exchange["name"], found);
            let error = &exchange["response"]["body"]["error"];
            let words = error["reason"]
                .as_str()
                .or_else(|| error.as_str())
                .unwrap_or_default();
            assert!(
                found
                    .error
                    .to_string()
                    .contains(words.get(..40).unwrap_or(words)),
                "{told}"
            );
            let wanted = WANTED.iter().find(|(start, _)| words.starts_with(start));
            if let Some((_, decision)) = wanted {
                matched += 1;
                assert_eq!(found.decision, *decision, "{told}");
            }
            // What is decided by a person comes with what to do.
            let for_people = found.decision == Decision::Stop && status != 400 && status != 406;
            assert!(!for_people || found.error.next_step().is_some(), "{told}");
        }
    }
    assert!(
        seen > 100 && matched > 40,
        "{seen} refusals, {matched} known"
    );
}
