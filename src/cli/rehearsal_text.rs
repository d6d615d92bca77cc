//! A rehearsal's report for people.

use std::fmt::Write as _;

use crate::cli::table::table;
use crate::flow::rehearse::{Finding, Outcome, Report, Spread};

/// The most findings that are told to people.
const SHOWN: usize = 20;

/// The longest bar of a histogram.
const BAR: usize = 40;

/// The report as text; what comes from documents is escaped.
#[must_use]
pub fn describe(report: &Report, width: u16) -> String {
    // Writing to a string cannot fail.
    let mut text = format!(
        "entry pipeline {}\n",
        crate::cli::escape::line(&report.entry)
    );
    let counts: Vec<String> = Outcome::ALL
        .iter()
        .map(|outcome| format!("{} {}", report.count(*outcome), outcome.name()))
        .collect();
    let _ = writeln!(
        text,
        "{} documents: {}",
        report.documents,
        counts.join(", ")
    );
    if report.compared > 0 {
        let _ = writeln!(
            text,
            "{} of {} results are as expected (numbers with a fraction to 1e-12, the rest exactly)",
            report.agreeing, report.compared
        );
    }
    let _ = writeln!(
        text,
        "{:.0} documents per second on {} {}",
        report.rate(),
        report.threads,
        if report.threads == 1 {
            "thread"
        } else {
            "threads"
        }
    );
    if let Some(spread) = &report.scores {
        let _ = write!(text, "\n{}", histogram(spread));
    }
    if !report.findings.is_empty() {
        let rows: Vec<Vec<String>> = report.findings.iter().take(SHOWN).map(row).collect();
        let header = ["line", "id", "outcome", "what"];
        let _ = writeln!(text, "\n{}", table(width, &header, &rows));
        let hidden = report.findings.len().saturating_sub(SHOWN) + report.more_findings;
        if hidden > 0 {
            let _ = writeln!(text, "and {hidden} more");
        }
    }
    text.trim_end().to_owned()
}

fn row(finding: &Finding) -> Vec<String> {
    let what = [finding.difference.as_deref(), finding.reason.as_deref()];
    vec![
        finding.line.to_string(),
        finding.id.clone().unwrap_or_default(),
        finding.outcome.name().to_owned(),
        what.into_iter().flatten().collect::<Vec<_>>().join("; "),
    ]
}

/// A bar for each tenth of the range, in characters that any terminal has.
fn histogram(spread: &Spread) -> String {
    let most = spread.counts.iter().copied().max().unwrap_or(0).max(1);
    let mut text = format!("{}\n", crate::cli::escape::line(&spread.field));
    for (step, &count) in spread.counts.iter().enumerate() {
        let length = (count * BAR).div_ceil(most);
        let _ = writeln!(text, "0.{step} {:<BAR$} {count}", "#".repeat(length));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{describe, histogram};
    use crate::flow::rehearse::{Finding, Outcome, Report, Spread};

    #[test]
    fn bars_are_as_long_as_counts_are_high() {
        let spread = Spread {
            field: "ml.p".to_owned(),
            counts: vec![80, 1, 0],
        };
        let text = histogram(&spread);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "ml.p",
                &format!("0.0 {} 80", "#".repeat(40)),
                &format!("0.1 #{} 1", " ".repeat(39)),
                &format!("0.2 {} 0", " ".repeat(40)),
            ]
        );
    }

    #[test]
    fn tells_counts_agreement_and_findings() {
        let report = Report {
            entry: "p".to_owned(),
            documents: 2,
            enriched: 1,
            failed: 1,
            compared: 2,
            agreeing: 1,
            findings: vec![Finding {
                line: 2,
                id: Some("x\u{1b}".to_owned()),
                outcome: Outcome::Failed,
                reason: Some("t: r".to_owned()),
                difference: None,
            }],
            threads: 1,
            seconds: 0.5,
            ..Report::default()
        };
        let text = describe(&report, 100);
        for part in [
            "entry pipeline p",
            "2 documents: 1 enriched, 0 untouched, 0 dropped, 1 failed",
            "1 of 2 results are as expected",
            "4 documents per second on 1 thread",
            "failed   t: r",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains('\u{1b}'));
    }
}
