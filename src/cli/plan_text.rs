//! A plan as a person reads it.

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
    for step in &plan.steps {
        let why = why(&step.reasons, &step.affects);
        if !why.is_empty() {
            let told = format!("{} {}: {why}", step.action.name(), step.artifact);
            parts.push(wrap::hanging("  ", &escape::line(&told)));
        }
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
