//! Rehearsing: documents go through the pipelines, scripts and models of a bundle
//! or of releases, without a cluster, and what comes out is compared with what is
//! expected.
//!
//! Documents are lines of JSON: the fields alone, or `{"_id", "_index",
//! "_source"}`. Expected results stand in the same order, one per line:
//! `{"_id", "outcome", "_source", "error"}`, of which each line states what it
//! wants compared.

mod artifacts;
pub mod compare;
mod documents;
mod entry;
mod outcome;
mod packing;
mod report;
mod scores;
mod stage;

use std::io::BufRead;
use std::thread;
use std::time::Instant;

pub use artifacts::Artifacts;
pub use documents::{Document, Line, Lines};
pub use entry::{Calls, choose, entries};
pub use outcome::{Outcome, Processed, unexpected};
pub use packing::{fit, rehearse_set};
pub use report::{Finding, MAX_FINDINGS, Report, Spread};
pub use scores::{STEPS, Scores};
pub use stage::Stage;

use crate::engine::value::{Value, json};
use crate::error::{Error, ErrorKind, Result};
use crate::progress::Progress;
use documents::object;
use scores::scores_of;

/// How many documents are read before they are handed to the threads.
const CHUNK: usize = 2_048;

/// Takes the results as lines in the form of expected results, one after the other.
pub type Results<'r> = &'r mut dyn FnMut(&str) -> Result<()>;

/// Sends all documents through the pipeline `entry` of `stage` on `threads`
/// threads. Each result goes to `results`, in the order of the documents.
///
/// # Errors
/// [`ErrorKind::Io`] when reading fails; [`ErrorKind::Malformed`] for a line that
/// is no document, and when there are more or fewer expected results than
/// documents; what `results` fails with; [`ErrorKind::Interrupted`].
pub fn rehearse<R: BufRead, E: BufRead>(
    stage: &Stage,
    entry: &str,
    mut documents: Lines<R>,
    mut expected: Option<Lines<E>>,
    threads: usize,
    mut results: Option<Results<'_>>,
    progress: &dyn Progress,
) -> Result<Report> {
    let threads = threads.max(1);
    let mut report = Report {
        entry: entry.to_owned(),
        threads,
        ..Report::default()
    };
    let mut scores = Scores::default();
    let start = Instant::now();
    let task = Task {
        stage,
        entry,
        writes: results.is_some(),
    };
    progress.begin("rehearsing documents", None);
    loop {
        progress.go_on()?;
        let lines = documents.take(CHUNK)?;
        let wanted = expected_lines(expected.as_mut(), lines.len())?;
        if lines.is_empty() {
            break;
        }
        for part in task.chunk(&lines, wanted.as_deref(), threads)? {
            scores.merge(part.scores);
            for rehearsed in part.documents {
                if let (Some(results), Some(line)) = (&mut results, &rehearsed.line) {
                    results(line)?;
                }
                report.add(rehearsed.finding, rehearsed.agrees);
            }
        }
        progress.advance(lines.len() as u64);
    }
    progress.end();
    report.seconds = start.elapsed().as_secs_f64();
    report.scores = Spread::of(&scores);
    Ok(report)
}

/// As many expected results as there are documents, no more, no fewer.
fn expected_lines<E: BufRead>(
    expected: Option<&mut Lines<E>>,
    documents: usize,
) -> Result<Option<Vec<Line>>> {
    let Some(expected) = expected else {
        return Ok(None);
    };
    let lines = expected.take(if documents == 0 { 1 } else { documents })?;
    if lines.len() == documents {
        return Ok(Some(lines));
    }
    let which = if documents == 0 { "more" } else { "fewer" };
    Err(Error::new(
        ErrorKind::Malformed,
        format!("there are {which} expected results than documents"),
    ))
}

/// The documents of one thread, in their order.
struct Part {
    documents: Vec<Rehearsed>,
    scores: Scores,
}

/// One document, after its way through the pipelines.
struct Rehearsed {
    /// The result as a line, if it is to be written
    line: Option<String>,
    finding: Finding,
    agrees: Option<bool>,
}

/// What is done with every document.
#[derive(Clone, Copy)]
struct Task<'t> {
    stage: &'t Stage,
    entry: &'t str,
    /// Whether results are wanted as lines
    writes: bool,
}

impl Task<'_> {
    /// Splits a chunk between the threads.
    fn chunk(
        &self,
        lines: &[Line],
        expected: Option<&[Line]>,
        threads: usize,
    ) -> Result<Vec<Part>> {
        let share = lines.len().div_ceil(threads).max(1);
        let expected: Vec<Option<&[Line]>> = match expected {
            Some(expected) => expected.chunks(share).map(Some).collect(),
            None => vec![None; lines.len().div_ceil(share)],
        };
        let work = lines.chunks(share).zip(expected);
        if threads == 1 {
            return work
                .map(|(lines, expected)| self.part(lines, expected))
                .collect();
        }
        thread::scope(|scope| {
            let running: Vec<_> = work
                .map(|(lines, expected)| scope.spawn(move || self.part(lines, expected)))
                .collect();
            running
                .into_iter()
                .map(|thread| {
                    thread.join().unwrap_or_else(|_| {
                        Err(Error::new(
                            ErrorKind::Bug,
                            "a thread of the rehearsal broke down",
                        ))
                    })
                })
                .collect()
        })
    }

    fn part(&self, lines: &[Line], expected: Option<&[Line]>) -> Result<Part> {
        let mut part = Part {
            documents: Vec::with_capacity(lines.len()),
            scores: Scores::default(),
        };
        for (index, line) in lines.iter().enumerate() {
            let wanted = expected.and_then(|expected| expected.get(index));
            let rehearsed = self.rehearse(line, wanted, &mut part.scores)?;
            part.documents.push(rehearsed);
        }
        Ok(part)
    }

    fn rehearse(
        &self,
        line: &Line,
        expected: Option<&Line>,
        scores: &mut Scores,
    ) -> Result<Rehearsed> {
        let read = || Document::parse(line, "documents");
        let document = read()?;
        let known = scores_of(&Value::Map(document.source.clone()));
        let fields = document.source.borrow().len();
        let processed = self.stage.send(self.entry, &document);
        if let Some(after) = &processed.source {
            scores.add(&known, after);
        }
        // Reading again is rarer and costs less than a copy of each document.
        let outcome = processed.outcome(fields, || Ok(Value::Map(read()?.source)))?;
        let result = processed.line(document.id.as_deref(), outcome);
        let expected = expected
            .map(|line| object(line, "expected results"))
            .transpose()?;
        let difference = expected
            .as_ref()
            .map(|expected| unexpected(expected, &result));
        Ok(Rehearsed {
            line: self.writes.then(|| json::write(&Value::Map(result))),
            agrees: difference.as_ref().map(Option::is_none),
            finding: Finding {
                line: line.number,
                id: document.id,
                outcome,
                reason: processed.reason(),
                difference: difference.flatten(),
            },
        })
    }
}
