//! What a rehearsal found.

use serde::Serialize;

use super::outcome::Outcome;
use super::scores::Scores;

/// The most findings that are kept; all are counted.
pub const MAX_FINDINGS: usize = 1_000;

/// What a rehearsal found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The pipeline that the documents entered
    pub entry: String,
    /// How many documents went through
    pub documents: usize,
    /// How many came out changed
    pub enriched: usize,
    /// How many came out as they went in
    pub untouched: usize,
    /// How many were dropped
    pub dropped: usize,
    /// How many failed
    pub failed: usize,
    /// How many were compared with an expected result
    pub compared: usize,
    /// How many of these agreed
    pub agreeing: usize,
    /// Documents that failed or did not agree, in their order
    pub findings: Vec<Finding>,
    /// How many findings there were beyond those kept
    pub more_findings: usize,
    /// How the scores are spread
    pub scores: Option<Spread>,
    /// How many threads worked
    pub threads: usize,
    /// How long it took, in seconds
    pub seconds: f64,
}

/// Something to look at in one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The document's line, from 1
    pub line: usize,
    /// The document's `_id`, if it has one
    pub id: Option<String>,
    /// What became of it
    pub outcome: Outcome,
    /// Why it failed
    pub reason: Option<String>,
    /// How it differs from the expected result
    pub difference: Option<String>,
}

/// How many numbers of a field lie in each tenth of the range from 0 to 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// The field, with dots
    pub field: String,
    /// The counts
    pub counts: Vec<usize>,
}

impl Spread {
    /// The spread of the field that most documents have.
    #[must_use]
    pub fn of(scores: &Scores) -> Option<Self> {
        scores.main().map(|(field, counts)| Self {
            field: field.to_owned(),
            counts: counts.to_vec(),
        })
    }
}

impl Report {
    /// Whether nothing failed unexpectedly: every compared document agrees, and
    /// no document failed that was not compared.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.agreeing == self.compared && (self.failed == 0 || self.compared == self.documents)
    }

    /// How many documents failed or did not agree.
    #[must_use]
    pub const fn bad(&self) -> usize {
        self.findings.len() + self.more_findings
    }

    /// How many documents there were of an outcome.
    #[must_use]
    pub const fn count(&self, outcome: Outcome) -> usize {
        match outcome {
            Outcome::Enriched => self.enriched,
            Outcome::Untouched => self.untouched,
            Outcome::Dropped => self.dropped,
            Outcome::Failed => self.failed,
        }
    }

    /// Documents per second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        let documents = u32::try_from(self.documents).map_or(f64::INFINITY, f64::from);
        if self.seconds > 0.0 {
            documents / self.seconds
        } else {
            0.0
        }
    }

    /// Counts a document.
    pub(super) fn add(&mut self, finding: Finding, agrees: Option<bool>) {
        self.documents += 1;
        match finding.outcome {
            Outcome::Enriched => self.enriched += 1,
            Outcome::Untouched => self.untouched += 1,
            Outcome::Dropped => self.dropped += 1,
            Outcome::Failed => self.failed += 1,
        }
        self.compared += usize::from(agrees.is_some());
        self.agreeing += usize::from(agrees == Some(true));
        if finding.reason.is_none() && finding.difference.is_none() {
            return;
        }
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        } else {
            self.more_findings += 1;
        }
    }
}
