//! Whole rehearsals: from lines of JSON to results.

use std::path::Path;
use std::time::Duration;

use sealift::flow::gather::gather;
use sealift::flow::rehearse::{Artifacts, Lines, Report, Stage, choose, rehearse};
use sealift::progress::Silent;

/// How many documents go through each time.
const DOCUMENTS: usize = 20_000;

/// Rehearses the release in `folder` over `documents`, again and again.
pub(crate) fn measure(folder: &Path, documents: &Path) {
    let name = folder.file_name().unwrap().to_string_lossy();
    let gathered = gather(&[folder.to_owned()], true, &Silent).unwrap();
    let artifacts = Artifacts::of_releases(&gathered).unwrap();
    let entry = choose(&artifacts.calls, None).unwrap().to_owned();
    let text = repeated(&std::fs::read_to_string(documents).unwrap());
    for threads in [1, 2] {
        let stage = Stage::new(artifacts.clone(), Duration::ZERO).unwrap();
        let report = run(&stage, &entry, &text, threads);
        println!(
            "rehearsal, {name}: {:.0} documents/s on {threads} (of {}: {} enriched, {} failed)",
            report.rate(),
            report.documents,
            report.enriched,
            report.failed
        );
    }
    shares(&artifacts, &entry, &text);
}

/// What each processor costs: the pipelines are cut off after it.
fn shares(artifacts: &Artifacts, entry: &str, text: &str) {
    let inner = artifacts
        .pipelines
        .iter()
        .position(|(id, _)| id != entry)
        .unwrap_or(0);
    let steps = artifacts.pipelines[inner].1["processors"]
        .as_array()
        .unwrap()
        .clone();
    let mut before = None;
    for kept in 0..=steps.len() {
        let mut cut = artifacts.clone();
        cut.pipelines[inner].1["processors"] = steps[..kept].to_vec().into();
        let stage = Stage::new(cut, Duration::ZERO).unwrap();
        let report = run(&stage, entry, text, 1);
        let each = report.seconds * 1e6 / f64::from(u32::try_from(report.documents).unwrap());
        let what = match kept.checked_sub(1).and_then(|last| steps[last].as_object()) {
            Some(step) => step.keys().next().unwrap().clone(),
            None => "reading, conditions, comparing, writing".to_owned(),
        };
        println!("  {:>6.1} µs  {what}", each - before.unwrap_or(0.0));
        before = Some(each);
    }
}

fn run(stage: &Stage, entry: &str, text: &str, threads: usize) -> Report {
    let documents = Lines::new(text.as_bytes(), "documents");
    let nothing: Option<Lines<&[u8]>> = None;
    rehearse(
        stage,
        entry,
        documents,
        nothing,
        threads,
        &mut |_| Ok(()),
        &Silent,
    )
    .unwrap()
}

fn repeated(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let many: Vec<&str> = lines.iter().copied().cycle().take(DOCUMENTS).collect();
    many.join("\n")
}
