//! Review of custom rules: what the server lets pass and the native process, or
//! the analyst, stumbles over.

use super::super::artifact::ArtifactKind;
use super::super::detector::{Action, AppliesTo, Condition, Function, Operator};
use super::super::finding::{Finding, Severity};
use super::super::json_text::{Kind, Node};
use super::super::ml_id;
use super::{Surroundings, step};

/// Above this a time is hardly in seconds: the year 5138.
const LATEST_SECONDS: f64 = 1e11;

pub(super) fn review(
    rule: &Node,
    function: Option<&str>,
    path: &str,
    around: &Surroundings,
    findings: &mut Vec<Finding>,
) {
    actions(rule, path, around, findings);
    scope(rule, path, around, findings);
    conditions(rule, function, path, findings);
}

fn actions(rule: &Node, path: &str, around: &Surroundings, findings: &mut Vec<Finding>) {
    let Some(node) = rule.get("actions") else {
        return;
    };
    let elements = node.elements().unwrap_or(std::slice::from_ref(node));
    if elements.is_empty() {
        findings.push(
            Finding::new(Severity::Error, "rule/empty-actions", "the rule has no actions")
                .at(format!("{path}/actions"))
                .why("the server takes it, but the native process refuses it and the job fails when it is opened")
                .fix("name an action, or remove the key (then it is skip_result)"),
        );
    }
    let shifts = elements.iter().any(|action| {
        action
            .as_str()
            .is_some_and(|name| name.eq_ignore_ascii_case(Action::ForceTimeShift.name()))
    });
    if shifts && Action::ForceTimeShift.is_known_to(&around.version) {
        findings.push(
            Finding::new(
                Severity::Note,
                "rule/since-8.16",
                "force_time_shift is used",
            )
            .at(format!("{path}/actions"))
            .why("clusters before 8.16 refuse it")
            .fix("state the oldest version for which the job is meant"),
        );
    }
}

fn scope(rule: &Node, path: &str, around: &Surroundings, findings: &mut Vec<Finding>) {
    let members = rule
        .get("scope")
        .and_then(Node::members)
        .unwrap_or_default();
    for member in members {
        let Some(filter) = member.value.get("filter_id").and_then(Node::as_str) else {
            continue;
        };
        let path = format!("{path}/scope/{}/filter_id", step(&member.name));
        if !ml_id::is_valid(filter) {
            findings.push(
                Finding::new(Severity::Error, "rule/filter-id", format!("no filter can have the id {filter:?}"))
                    .at(path)
                    .why("the server does not look at it here, but takes no filter of that id; the job fails when it is opened")
                    .fix("use the id of a filter: a-z, 0-9, hyphens, underscores and full stops"),
            );
        } else if !around.has(ArtifactKind::Filter, filter) {
            findings.push(
                Finding::new(Severity::Error, "rule/unknown-filter", format!("the filter {filter} is not here"))
                    .at(path)
                    .why("no version checks it when the job is made; without the filter the job fails when it is opened")
                    .fix("put the filter beside the job, or name it as known when the cluster has it"),
            );
        }
    }
}

fn conditions(rule: &Node, function: Option<&str>, path: &str, findings: &mut Vec<Finding>) {
    let Some(node) = rule.get("conditions") else {
        return;
    };
    let elements = match &node.kind {
        Kind::Array(elements) => elements.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let takes_values = Function::parse(function.unwrap_or("metric"))
        .map_or(true, Function::has_conditions_on_values);
    let read: Vec<Option<Condition>> = elements
        .iter()
        .map(|element| Condition::read(element).ok())
        .collect();
    for (place, condition) in read.iter().enumerate() {
        let Some(condition) = condition else { continue };
        let path = format!("{path}/conditions/{place}");
        // The server itself refuses the first condition.
        if place > 0 && !takes_values && condition.applies_to != AppliesTo::Time {
            findings.push(
                Finding::new(
                    Severity::Error,
                    "rule/later-condition",
                    format!(
                        "function {} only supports conditions that apply to time",
                        function.unwrap_or("metric")
                    ),
                )
                .at(format!("{path}/applies_to"))
                .why("the server looks at the first condition only; this one has no meaning for the function")
                .fix("remove the condition, or let it apply to time"),
            );
        }
        if condition.applies_to == AppliesTo::Time && condition.value.abs() >= LATEST_SECONDS {
            findings.push(
                Finding::new(
                    Severity::Error,
                    "rule/time-unit",
                    "the time seems to be in milliseconds",
                )
                .at(format!("{path}/value"))
                .why("time is in seconds since 1970; the condition never holds, or always")
                .fix("divide by 1000"),
            );
        }
    }
    let known: Vec<&Condition> = read.iter().flatten().collect();
    if let Some(value) = contradiction(&known) {
        findings.push(
            Finding::new(
                Severity::Warning,
                "rule/never",
                format!("no {} can meet all conditions", value.name()),
            )
            .at(format!("{path}/conditions"))
            .why("all conditions of a rule must hold; for either of them to do, two rules are needed")
            .fix("correct the bounds, or make two rules of it"),
        );
    }
}

/// The value for which lower bounds lie above upper ones.
fn contradiction(conditions: &[&Condition]) -> Option<AppliesTo> {
    AppliesTo::ALL.into_iter().find(|value| {
        let of_value = || {
            conditions
                .iter()
                .filter(|condition| condition.applies_to == *value)
        };
        of_value().any(|lower| {
            matches!(lower.operator, Operator::Gt | Operator::Gte)
                && of_value()
                    .filter(|upper| matches!(upper.operator, Operator::Lt | Operator::Lte))
                    .any(|upper| {
                        let both_closed =
                            lower.operator == Operator::Gte && upper.operator == Operator::Lte;
                        lower.value > upper.value || (!both_closed && lower.value >= upper.value)
                    })
        })
    })
}
