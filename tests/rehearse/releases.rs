//! Whole releases, document by document.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sealift::flow::gather::gather;
use sealift::flow::rehearse::{Artifacts, Lines, Report, Stage, choose, rehearse};
use sealift::progress::Silent;
use serde_json::Value;

use crate::recordings::shared;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn artifacts(folder: &Path) -> Artifacts {
    let gathered = gather(&[folder.to_owned()], true, &Silent).unwrap();
    Artifacts::of_releases(&gathered).unwrap()
}

/// Rehearses a release; gives the results with the report.
fn over(
    artifacts: &Artifacts,
    documents: &str,
    expected: Option<&str>,
    threads: usize,
) -> (Report, Vec<Value>) {
    let entry = choose(&artifacts.calls, None).unwrap().to_owned();
    let stage = Stage::new(artifacts.clone(), Duration::from_secs(1_700_000_000)).unwrap();
    let mut results = Vec::new();
    let report = rehearse(
        &stage,
        &entry,
        Lines::new(documents.as_bytes(), "documents"),
        expected.map(|text| Lines::new(text.as_bytes(), "expected")),
        threads,
        Some(&mut |result| {
            results.push(serde_json::from_str(result).unwrap());
            Ok(())
        }),
        &Silent,
    )
    .unwrap();
    (report, results)
}

fn assert_all_agree(report: &Report, documents: usize) {
    let differences: Vec<String> = report
        .findings
        .iter()
        .filter_map(|finding| {
            Some(format!(
                "{:?}: {}",
                finding.id,
                finding.difference.as_ref()?
            ))
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!((report.documents, report.agreeing), (documents, documents));
}

#[test]
fn our_own_releases_give_the_known_results() {
    let documents = fs::read_to_string(fixtures().join("documents.ndjson")).unwrap();
    for tag in ["ML-DGA-20260105-1", "ML-NameShape-20260212-1"] {
        let artifacts = artifacts(&fixtures().join("releases").join(tag));
        let expected = fixtures().join("expected").join(format!("{tag}.ndjson"));
        let expected = fs::read_to_string(expected).unwrap();
        let (report, _) = over(&artifacts, &documents, Some(&expected), 1);
        assert_all_agree(&report, documents.lines().count());
        assert!(report.enriched > 20, "{tag}: {}", report.enriched);
        let spread = report.scores.unwrap();
        assert!(spread.counts.iter().sum::<usize>() > 20, "{spread:?}");
    }
}

#[test]
fn the_recorded_releases_give_the_recorded_results() {
    let Some(data) = shared("data") else {
        return;
    };
    let documents = fs::read_to_string(data.join("expected/documents.ndjson")).unwrap();
    for tag in ["ML-DGA-20201129-1", "ML-DGA-20210604-2"] {
        let artifacts = artifacts(&data.join("releases").join(tag));
        let expected = data.join("expected").join(format!("{tag}.ndjson"));
        let expected = fs::read_to_string(expected).unwrap();
        let (report, _) = over(&artifacts, &documents, Some(&expected), 2);
        assert_all_agree(&report, 500);
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let documents = fs::read_to_string(fixtures().join("documents.ndjson")).unwrap();
    let many = documents.repeat(60);
    let artifacts = artifacts(&fixtures().join("releases/ML-DGA-20260105-1"));
    let (_, one) = over(&artifacts, &many, None, 1);
    let (report, three) = over(&artifacts, &many, None, 3);
    assert_eq!(report.threads, 3);
    assert_eq!(one.len(), many.lines().count());
    assert!(one == three, "the results differ");
}
