//! Many clusters told in few lines: plans that are the same once, and one table
//! of what became of each.

use std::time::Duration;

use crate::cli::fleet::{Report, failure, names};
use crate::cli::table;
use crate::error::Error;
use crate::flow::fleet::Outcome;

/// The plans of clusters, each with its label and its text, whose first line
/// names the cluster; what several have alike is told once.
pub(super) fn plans<'a>(all: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let mut groups: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
    for (label, text) in all {
        let body = text.split_once('\n').map_or("", |(_, body)| body);
        match groups.iter_mut().find(|(known, _)| *known == body) {
            Some((_, members)) => members.push((label, text)),
            None => groups.push((body, vec![(label, text)])),
        }
    }
    groups.into_iter().map(group).collect()
}

fn group((body, members): (&str, Vec<(&str, &str)>)) -> String {
    if let [(_, text)] = members.as_slice() {
        return (*text).to_owned();
    }
    let labels: Vec<&str> = members.iter().map(|(label, _)| *label).collect();
    format!(
        "{} clusters alike: {}\n{body}",
        labels.len(),
        names(&labels)
    )
    .trim_end()
    .to_owned()
}

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
    parts.extend(failures(all));
    parts.join("\n")
}

/// The errors in full; one that several clusters met is told once.
fn failures(all: &[Outcome<Report>]) -> Vec<String> {
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
    told.map(|(_, labels, error)| failure(&names(&labels), error))
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

    use super::{outcomes, plans};
    use crate::cli::fleet::Report;
    use crate::error::{Error, ErrorKind};
    use crate::flow::fleet::Outcome;

    #[test]
    fn plans_that_are_the_same_are_told_once() {
        let labels: Vec<String> = (0..12).map(|n| format!("c{n}")).collect();
        let texts: Vec<String> = labels
            .iter()
            .map(|label| {
                let body = if label == "c3" {
                    "replace x"
                } else {
                    "create x"
                };
                format!("{label} (practice 8.19.9): 1\n{body}")
            })
            .collect();
        let all = labels.iter().zip(&texts);
        let told = plans(all.map(|(label, text)| (label.as_str(), text.as_str())));
        assert_eq!(
            told,
            [
                "11 clusters alike: c0, c1, c2, c4, c5, c6, c7, c8 and 3 more\ncreate x",
                "c3 (practice 8.19.9): 1\nreplace x"
            ]
        );
    }

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
