//! Whole rehearsals: from lines of JSON to results.

use std::path::Path;
use std::time::Duration;

use sealift::flow::gather::gather;
use sealift::flow::rehearse::{Artifacts, Lines, Report, Stage, choose, rehearse};
use sealift::progress::Silent;

/// A release and what it is rehearsed with, as lines.
pub(crate) struct Rehearsal {
    name: String,
    artifacts: Artifacts,
    entry: String,
    documents: String,
    expected: Option<String>,
}

impl Rehearsal {
    /// The release in `folder`, with so many documents from a file (again from the
    /// start where they are fewer), and the file of expected results where there
    /// is one.
    pub(crate) fn new(folder: &Path, documents: &Path, expected: &Path, count: usize) -> Self {
        let gathered = gather(&[folder.to_owned()], true, &Silent).unwrap();
        let artifacts = Artifacts::of_releases(&gathered).unwrap();
        let expected = std::fs::read_to_string(expected).ok();
        Self {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            entry: choose(&artifacts.calls, None).unwrap().to_owned(),
            artifacts,
            documents: repeated(&std::fs::read_to_string(documents).unwrap(), count),
            expected: expected.map(|text| repeated(&text, count)),
        }
    }

    /// Rehearses once, on one thread.
    pub(crate) fn once(&self) -> Report {
        let stage = Stage::new(self.artifacts.clone(), Duration::ZERO).unwrap();
        self.run(&stage, self.expected.as_deref(), 1)
    }

    /// Rehearses on one thread and on two, and tells what each processor costs.
    pub(crate) fn measure(&self) {
        for threads in [1, 2] {
            let stage = Stage::new(self.artifacts.clone(), Duration::ZERO).unwrap();
            let report = self.run(&stage, self.expected.as_deref(), threads);
            println!(
                "rehearsal, {}: {:.0} documents/s on {threads} (of {}: {} enriched, {} failed, {} of {} agree)",
                self.name,
                report.rate(),
                report.documents,
                report.enriched,
                report.failed,
                report.agreeing,
                report.compared,
            );
        }
        self.shares();
    }

    fn run(&self, stage: &Stage, expected: Option<&str>, threads: usize) -> Report {
        let documents = Lines::new(self.documents.as_bytes(), "documents");
        let expected = expected.map(|text| Lines::new(text.as_bytes(), "expected results"));
        rehearse(
            stage,
            &self.entry,
            documents,
            expected,
            threads,
            None,
            &Silent,
        )
        .unwrap()
    }

    /// What each processor costs: the pipelines are cut off after it.
    fn shares(&self) {
        let inner = self
            .artifacts
            .pipelines
            .iter()
            .position(|(id, _)| *id != self.entry)
            .unwrap_or(0);
        let steps = self.artifacts.pipelines[inner].1["processors"]
            .as_array()
            .unwrap()
            .clone();
        let mut before = None;
        for kept in 0..=steps.len() {
            let mut cut = self.artifacts.clone();
            cut.pipelines[inner].1["processors"] = steps[..kept].to_vec().into();
            let stage = Stage::new(cut, Duration::ZERO).unwrap();
            let report = self.run(&stage, None, 1);
            let each = report.seconds * 1e6 / f64::from(u32::try_from(report.documents).unwrap());
            let what = match kept.checked_sub(1).and_then(|last| steps[last].as_object()) {
                Some(step) => step.keys().next().unwrap().clone(),
                None => "reading, conditions, comparing with what came in".to_owned(),
            };
            println!("  {:>6.1} µs  {what}", each - before.unwrap_or(0.0));
            before = Some(each);
        }
    }
}

fn repeated(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let many: Vec<&str> = lines.iter().copied().cycle().take(count).collect();
    many.join("\n")
}
