//! Validation sets on their way into a bundle: rehearsed first, and given the
//! expected results that they do not carry yet.

use std::io::{BufReader, Read};

use super::entry::Calls;
use super::report::Report;
use super::{Lines, Results, Stage, choose, rehearse};
use crate::error::{Error, ErrorKind, Result};
use crate::flow::pack::PackValidation;
use crate::io::bundle::Content;
use crate::progress::Progress;

/// The most bytes of results that are kept for one set.
const MAX_RESULTS: usize = 1 << 30;

/// Rehearses `set` with the artifacts on `stage`. Without expected results it gets
/// those that came out; its pipeline becomes the one that the documents entered.
///
/// # Errors
/// As [`choose`] and [`rehearse`]; [`ErrorKind::Malformed`] when the results are
/// more than a bundle should carry.
pub fn rehearse_set(
    stage: &Stage,
    calls: &[Calls],
    set: &mut PackValidation,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Report> {
    let entry = choose(calls, set.pipeline.as_deref())?.to_owned();
    let mut results = Vec::new();
    let report = {
        let documents = lines(set.documents.open()?, &set.name);
        let expected = match &set.expected {
            Some(expected) => Some(lines(expected.open()?, "expected results")),
            None => None,
        };
        let mut add = |result: &str| {
            results.extend_from_slice(result.as_bytes());
            results.push(b'\n');
            if results.len() <= MAX_RESULTS {
                return Ok(());
            }
            Err(Error::new(
                ErrorKind::Malformed,
                format!(
                    "the results of {} have more than {MAX_RESULTS} bytes",
                    set.name
                ),
            ))
        };
        let keep: Option<Results<'_>> = match expected {
            Some(_) => None,
            None => Some(&mut add),
        };
        rehearse(stage, &entry, documents, expected, threads, keep, progress)?
    };
    set.pipeline = Some(entry);
    set.expected.get_or_insert(Content::Bytes(results));
    Ok(report)
}

fn lines<'a>(content: Box<dyn Read + 'a>, name: &str) -> Lines<BufReader<Box<dyn Read + 'a>>> {
    Lines::new(BufReader::new(content), name)
}

/// That a set is not fit to be packed, unless its report is good.
///
/// # Errors
/// [`ErrorKind::Difference`] with the first thing that was not as expected.
pub fn fit(name: &str, report: &Report) -> Result<()> {
    if report.is_good() {
        return Ok(());
    }
    let first = report.findings.first().map_or_else(String::new, |finding| {
        let what = finding.difference.as_ref().or(finding.reason.as_ref());
        format!(
            ": line {} {}",
            finding.line,
            what.map_or("failed", String::as_str)
        )
    });
    Err(Error::new(
        ErrorKind::Difference,
        format!("the rehearsal of {name} failed{first}"),
    )
    .hint(
        "see all of it with `sealift rehearse`, or pack it anyway with --allow-failed-validation",
    ))
}
