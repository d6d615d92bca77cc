//! A plan as a person reads it.

use crate::cli::fleet::{few, names};
use crate::cli::{escape, table, wrap};
use crate::model::plan::{Action, Plan};

/// The plan of the cluster `label`: a table of its steps, then what differs.
/// Ends without a newline.
#[must_use]
pub fn describe(label: &str, plan: &Plan, width: u16) -> String {
    let mut parts = vec![format!(
        "{} ({} {}): {}",
        escape::line(label),
        escape::line(&plan.cluster.name),
        escape::line(&plan.cluster.version),
        plan.summary()
    )];
    let rows: Vec<Vec<String>> = plan
        .steps
        .iter()
        .map(|step| {
            vec![
                step.action.name().to_owned(),
                step.artifact.kind.to_string(),
                step.artifact.id.clone(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        parts.push(table::table(width, &["action", "kind", "id"], &rows));
    }
    let said = plan.steps.iter().map(|step| {
        let why = why(&step.reasons, &step.affects);
        (step.action, step.artifact.to_string(), why)
    });
    for told in together(said.filter(|(.., why)| !why.is_empty())) {
        parts.push(wrap::hanging("  ", &escape::line(&told)));
    }
    let course = plan.course();
    if !course.trials.is_empty() {
        let tried: Vec<&str> = course.trials.keys().map(String::as_str).collect();
        let told = format!(
            "tried with the bundle's documents before anything in use changes: {}",
            tried.join(", ")
        );
        parts.push(wrap::hanging("", &escape::line(&told)));
    }
    for step in plan.steps.iter().filter(|step| !step.diff.is_empty()) {
        let sides = if step.action == Action::Replace {
            "- now, + then"
        } else {
            "- there, + wanted"
        };
        parts.push(format!(
            "\n{} ({sides})\n{}",
            escape::line(&step.artifact.to_string()),
            escape::lines(step.diff.trim_end())
        ));
    }
    parts.join("\n")
}

/// How many artifacts stand before what is said of all of them.
const MAX_NAMES: usize = 3;

/// What was said of artifacts: what becomes of each, which it is, and why. What is
/// said of several is said once.
fn together(said: impl Iterator<Item = (Action, String, String)>) -> Vec<String> {
    let mut alike: Vec<(Action, String, Vec<String>)> = Vec::new();
    for (action, name, why) in said {
        let mut all = alike.iter_mut();
        match all.find(|(known, same, _)| *known == action && *same == why) {
            Some((.., names)) => names.push(name),
            None => alike.push((action, why, vec![name])),
        }
    }
    let told = alike
        .into_iter()
        .map(|(action, why, names)| format!("{} {}: {why}", action.name(), few(&names, MAX_NAMES)));
    told.collect()
}

fn why(reasons: &[String], affects: &[String]) -> String {
    let mut text = reasons.join("; ");
    if !affects.is_empty() {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str("used by ");
        text.push_str(&affects.join(", "));
    }
    text
}

/// The plans of clusters, each with its label and its text, whose first line
/// names the cluster; what several have alike is told once.
#[must_use]
pub fn alike<'a>(all: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
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

#[cfg(test)]
mod tests {
    use super::{alike, together};
    use crate::model::plan::Action;

    #[test]
    fn what_is_said_of_several_artifacts_is_said_once() {
        let said = |name: &str, why: &str| (Action::Keep, name.to_owned(), why.to_owned());
        let all = ["a", "b", "c", "d", "e"].map(|name| said(name, "it is theirs"));
        let told = together(all.into_iter().chain([
            said("f", "it is in use"),
            (Action::Delete, "g".to_owned(), "it is theirs".to_owned()),
        ]));
        assert_eq!(
            told,
            [
                "keep a, b, c and 2 more: it is theirs",
                "keep f: it is in use",
                "delete g: it is theirs"
            ]
        );
    }

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
        let told = alike(all.map(|(label, text)| (label.as_str(), text.as_str())));
        assert_eq!(
            told,
            [
                "11 clusters alike: c0, c1, c2, c4, c5, c6, c7, c8 and 3 more\ncreate x",
                "c3 (practice 8.19.9): 1\nreplace x"
            ]
        );
    }
}
