//! Anomaly records, as the results index and the records API give them.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::detector::Detector;
use crate::error::{Error, ErrorKind, Result};

/// One record (`result_type: record`), as far as rules look at it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Record<'a> {
    /// The job.
    #[serde(borrow, default)]
    pub job_id: Option<Cow<'a, str>>,
    /// What kind of result it is; only records count.
    #[serde(borrow, default)]
    result_type: Option<Cow<'a, str>>,
    /// The start of the bucket, in milliseconds since 1970.
    #[serde(default)]
    pub timestamp: i64,
    /// The detector's place in the job.
    #[serde(default)]
    pub detector_index: usize,
    /// The score, 0 to 100.
    #[serde(default)]
    pub record_score: f64,
    #[serde(borrow, default)]
    by_field_value: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    over_field_value: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    partition_field_value: Option<Cow<'a, str>>,
    #[serde(default)]
    actual: Vec<f64>,
    #[serde(default)]
    typical: Vec<f64>,
    #[serde(borrow, default)]
    causes: Vec<Cause<'a>>,
}

/// What a record of a population comes from.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
struct Cause<'a> {
    #[serde(borrow, default)]
    by_field_value: Option<Cow<'a, str>>,
    #[serde(default)]
    actual: Vec<f64>,
    #[serde(default)]
    typical: Vec<f64>,
}

impl Record<'_> {
    fn is_record(&self) -> bool {
        self.result_type
            .as_deref()
            .is_none_or(|kind| kind == "record")
    }

    /// The value that was seen; in populations it stands with the first cause.
    pub(super) fn actual(&self) -> Option<f64> {
        let cause = || self.causes.first()?.actual.first();
        self.actual.first().or_else(cause).copied()
    }

    /// The value that was expected.
    pub(super) fn typical(&self) -> Option<f64> {
        let cause = || self.causes.first()?.typical.first();
        self.typical.first().or_else(cause).copied()
    }

    /// The value of the by, over or partition field called `field`.
    pub(super) fn entity(&self, detector: &Detector, field: &str) -> Option<&str> {
        let is = |name: &Option<String>| name.as_deref() == Some(field);
        if is(&detector.partition) {
            return self.partition_field_value.as_deref();
        }
        if is(&detector.over) {
            return self.over_field_value.as_deref();
        }
        let cause = || self.causes.first()?.by_field_value.as_deref();
        is(&detector.by)
            .then(|| self.by_field_value.as_deref().or_else(cause))
            .flatten()
    }
}

#[derive(Deserialize)]
struct Hit<'a> {
    #[serde(borrow, rename = "_source")]
    source: Record<'a>,
}

#[derive(Deserialize)]
struct Hits<'a> {
    #[serde(borrow)]
    hits: Vec<Hit<'a>>,
}

/// The shapes of one whole document.
#[derive(Deserialize)]
#[serde(untagged)]
enum Document<'a> {
    /// The answer of the records API.
    Records {
        #[serde(borrow)]
        records: Vec<Record<'a>>,
    },
    /// The answer of a search.
    Search {
        #[serde(borrow)]
        hits: Hits<'a>,
    },
}

/// The records of `text`: one JSON object a line (a record, or a search hit), a
/// list of records, the answer of the records API, or that of a search.
///
/// # Errors
/// [`ErrorKind::Malformed`] with the line of what is none of these; `name` is what
/// messages call the text.
pub fn read_records<'a>(name: &str, text: &'a str) -> Result<Vec<Record<'a>>> {
    let malformed = |line: usize, error: &dyn std::fmt::Display| {
        Error::new(ErrorKind::Malformed, format!("{name} line {line} holds no anomaly record: {error}"))
            .hint("give one record a line, or the answer of GET _ml/anomaly_detectors/JOB/results/records")
    };
    let mut records = whole(text);
    if records.is_none() {
        let mut lines = Vec::new();
        for (place, line) in text.lines().enumerate() {
            if !line.trim().is_empty() {
                lines.push(of_line(line).map_err(|error| malformed(place + 1, &error))?);
            }
        }
        records = Some(lines);
    }
    let mut records = records.unwrap_or_default();
    records.retain(Record::is_record);
    Ok(records)
}

fn whole(text: &str) -> Option<Vec<Record<'_>>> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).ok();
    }
    // One document of these shapes, not one a line.
    match serde_json::from_str::<Document<'_>>(text).ok()? {
        Document::Records { records } => Some(records),
        Document::Search { hits } => Some(hits.hits.into_iter().map(|hit| hit.source).collect()),
    }
}

fn of_line(line: &str) -> serde_json::Result<Record<'_>> {
    if line.contains("\"_source\"")
        && let Ok(hit) = serde_json::from_str::<Hit<'_>>(line)
    {
        return Ok(hit.source);
    }
    serde_json::from_str(line)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::read_records;

    #[test]
    fn records_are_read_in_every_shape() {
        let record = r#"{"result_type": "record", "timestamp": 1000, "detector_index": 0, "over_field_value": "a\"b", "actual": [1.5]}"#;
        let bucket = r#"{"result_type": "bucket", "timestamp": 1000}"#;
        let hit = format!(r#"{{"_index": "i", "_source": {record}}}"#);
        for text in [
            format!("{record}\n\n{bucket}\n"),
            format!("[{record}, {bucket}]"),
            format!(r#"{{"count": 1, "records": [{record}]}}"#),
            format!(r#"{{"took": 1, "hits": {{"total": 1, "hits": [{hit}]}}}}"#),
            hit.clone(),
        ] {
            let records = read_records("x", &text).unwrap();
            assert_eq!(records.len(), 1, "{text}");
            assert_eq!(records[0].actual(), Some(1.5), "{text}");
        }
        let error = read_records("x", &format!("{record}\nnonsense")).unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
