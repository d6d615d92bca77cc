//! What is left to do after an installation, told once for all clusters on which it
//! is the same.

use serde_json::Value;

use crate::cli::fleet::{self, Report};
use crate::cli::{escape, wrap};
use crate::flow::fleet::Outcome;

/// The advice of all reports; empty, or begins with a new line.
pub(super) fn of(all: &[Outcome<Report>]) -> String {
    let mut groups: Vec<(&[Value], Vec<&str>)> = Vec::new();
    for outcome in all {
        let Ok(report) = &outcome.result else {
            continue;
        };
        let advice = report.json.get("advice").and_then(Value::as_array);
        let advice = advice.map(Vec::as_slice).unwrap_or_default();
        let is_alike = |known: &[Value]| whats(known).eq(whats(advice));
        match groups.iter_mut().find(|(known, _)| is_alike(known)) {
            Some((_, labels)) => labels.push(&outcome.label),
            None if advice.is_empty() => {}
            None => groups.push((advice, vec![&outcome.label])),
        }
    }
    let told = groups
        .into_iter()
        .map(|(advice, labels)| told(advice, &labels));
    told.collect()
}

/// What is to be done, without the lines, which name the cluster's own addresses.
fn whats(advice: &[Value]) -> impl Iterator<Item = &str> {
    advice.iter().filter_map(|one| one.get("what")?.as_str())
}

fn told(advice: &[Value], labels: &[&str]) -> String {
    let names = fleet::names(labels);
    let on = match labels {
        [_] => format!("next, on {names}:"),
        [first, ..] => format!("next, on {names} (addresses are those of {first}):"),
        [] => String::new(),
    };
    let mut lines = vec![String::new(), String::new(), wrap::hanging("", &on)];
    for (number, one) in (1..).zip(advice) {
        let what = one.get("what").and_then(Value::as_str).unwrap_or_default();
        lines.push(wrap::hanging(&format!("  {number}. "), &escape::line(what)));
        let more = one.get("lines").and_then(Value::as_array);
        let more = more.into_iter().flatten().filter_map(Value::as_str);
        lines.extend(more.map(|line| format!("       {}", escape::line(line))));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::of;
    use crate::cli::fleet::Report;
    use crate::error::{Error, ErrorKind};
    use crate::flow::fleet::Outcome;

    fn outcome(label: &str, advice: Option<Value>) -> Outcome<Report> {
        let result = match advice {
            Some(advice) => Ok(Report {
                json: json!({"advice": advice}),
                text: String::new(),
                ending: None,
            }),
            None => Err(Error::new(ErrorKind::Network, "down")),
        };
        Outcome {
            label: label.to_owned(),
            result,
            took: Duration::ZERO,
        }
    }

    #[test]
    fn advice_that_is_alike_is_told_once() {
        let send = |host: &str| json!({"what": "send documents", "lines": [host]});
        let open = json!({"what": "open the jobs"});
        let all = [
            outcome("a", Some(json!([send("h1"), open]))),
            outcome("b", None),
            outcome("c", Some(json!([send("h3"), open]))),
            outcome("d", Some(json!([send("h4")]))),
            outcome("e", Some(json!([]))),
        ];
        assert_eq!(
            of(&all),
            "\n\nnext, on a, c (addresses are those of a):\n  1. send documents\n       h1\n  \
             2. open the jobs\n\nnext, on d:\n  1. send documents\n       h4"
        );
        assert_eq!(of(&all[1..2]), "");
    }
}
