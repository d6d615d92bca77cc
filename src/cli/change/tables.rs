//! What became of many clusters, in one table, and of those that failed.

use std::time::Duration;

use crate::cli::fleet::{Report, failure, names};
use crate::cli::table;
use crate::error::Error;
use crate::flow::fleet::Outcome;

/// One line for each cluster, then what failed in full.
pub(super) fn outcomes(width: u16, all: &[Outcome<Report>]) -> String {
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    let mut parts = vec![table::table(
        width,
        &["cluster", "result", "took", "what"],
        &rows,
    )];
    let notes = all.iter().filter_map(|outcome| {
        let report = outcome.result.as_ref().ok()?;
        report.text.contains('\n').then(|| report.text.clone())
    });
    parts.extend(notes);
    parts.extend(failures("", all));
    parts.join("\n")
}

/// The clusters that nothing will be done to, and why.
pub(super) fn left_out(all: &[Outcome<Report>]) -> Vec<String> {
    failures("left out: ", all)
}

/// The errors in full after `first`; one that several clusters met is told once.
fn failures(first: &str, all: &[Outcome<Report>]) -> Vec<String> {
    let mut alike: Vec<(String, Vec<&str>, &Error)> = Vec::new();
    for outcome in all {
        let Err(error) = &outcome.result else {
            continue;
        };
        let told = failure("", error);
        match alike.iter_mut().find(|(known, ..)| *known == told) {
            Some((_, labels, _)) => labels.push(&outcome.label),
            None => alike.push((told, vec![&outcome.label], error)),
        }
    }
    let told = alike.into_iter();
    told.map(|(_, labels, error)| format!("{first}{}", failure(&names(&labels), error)))
        .collect()
}

fn row(outcome: &Outcome<Report>) -> Vec<String> {
    let (result, what) = match &outcome.result {
        Ok(report) => {
            let receipt = report.json.get("receipt").and_then(|id| id.as_str());
            let result = match (report.ending, receipt) {
                (Some(_), _) => "differs",
                (None, Some(_)) => "done",
                (None, None) => "nothing to do",
            };
            (result, receipt.unwrap_or_default().to_owned())
        }
        Err(error) => ("failed", error.to_string()),
    };
    vec![
        outcome.label.clone(),
        result.to_owned(),
        took(outcome.took),
        what,
    ]
}

fn took(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::outcomes;
    use crate::cli::fleet::Report;
    use crate::error::{Error, ErrorKind};
    use crate::flow::fleet::Outcome;

    #[test]
    fn every_cluster_has_its_line_and_every_failure_its_hint() {
        let down = |label: &str| Outcome {
            label: label.to_owned(),
            result: Err(Error::new(ErrorKind::Network, "it is down").hint("start it")),
            took: Duration::ZERO,
        };
        let all = [
            Outcome {
                label: "a".to_owned(),
                result: Ok(Report {
                    json: json!({"receipt": "r1"}),
                    text: "a: done".to_owned(),
                    ending: None,
                }),
                took: Duration::from_millis(1260),
            },
            down("b"),
            down("c"),
        ];
        let text = outcomes(80, &all);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "a        done    1.3 s  r1");
        assert_eq!(lines[2], "b        failed  0.0 s  it is down");
        let failed = text.split_once("\nb, c: ").map(|(_, failed)| failed);
        assert_eq!(
            failed,
            Some("error: it is down\n  hint: start it"),
            "{text}"
        );
    }
}
