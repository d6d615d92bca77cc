//! Rules in words.

use super::super::time::Timestamp;
use super::{Action, AppliesTo, Condition, Detector, Membership, Rule};

/// One sentence that says what a rule does and when: "skip the result when `host`
/// is in `safe_hosts` and actual < 0.2".
#[must_use]
pub fn of_rule(rule: &Rule) -> String {
    let actions: Vec<String> = rule
        .actions
        .iter()
        .map(|action| of_action(*action, rule.time_shift))
        .collect();
    let actions = match actions.as_slice() {
        [] => "do nothing (the job will fail when it is opened)".to_owned(),
        _ => actions.join(" and "),
    };
    let scope = rule.scope.references().map(|(field, reference)| {
        let relation = match reference.membership {
            Membership::Include => "is in",
            Membership::Exclude => "is not in",
        };
        format!("`{field}` {relation} `{}`", reference.filter_id)
    });
    let parts: Vec<String> = scope
        .chain(rule.conditions.iter().map(of_condition))
        .collect();
    if parts.is_empty() {
        return format!("{actions} always");
    }
    format!("{actions} when {}", parts.join(" and "))
}

fn of_action(action: Action, time_shift: Option<i64>) -> String {
    match action {
        Action::SkipResult => "skip the result".to_owned(),
        Action::SkipModelUpdate => "do not teach the model".to_owned(),
        Action::ForceTimeShift => match time_shift {
            Some(seconds) => format!("shift the model's time by {seconds} seconds"),
            None => "shift the model's time".to_owned(),
        },
    }
}

fn of_condition(condition: &Condition) -> String {
    let value = match condition.applies_to {
        AppliesTo::Actual => "actual",
        AppliesTo::Typical => "typical",
        AppliesTo::DiffFromTypical => "the distance of actual and typical",
        AppliesTo::Time => "the time",
    };
    let bound = match condition.applies_to {
        AppliesTo::Time => time(condition.value),
        _ => condition.value.to_string(),
    };
    format!("{value} {} {bound}", condition.operator.sign())
}

fn time(seconds: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole seconds within the range of dates"
    )]
    let whole = seconds.trunc() as i64;
    let is_whole = seconds.fract() == 0.0 && seconds.abs() < 1e11;
    match Timestamp::from_seconds(whole) {
        Ok(instant) if is_whole => instant.to_string(),
        _ => seconds.to_string(),
    }
}

/// What a detector looks for, with all of its rules, one a line.
#[must_use]
pub fn of_detector(index: usize, detector: &Detector) -> Vec<String> {
    let mut lines = vec![format!("detector {index}: {}", detector.title())];
    if detector.rules.is_empty() {
        lines.push("  no rules: every anomaly makes a result and teaches the model".to_owned());
    }
    let rules = detector.rules.iter().enumerate();
    lines.extend(rules.map(|(place, rule)| format!("  rule {place}: {}", of_rule(rule))));
    lines
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::super::json_text::parse;
    use super::super::super::version::StackVersion;
    use super::super::Rule;
    use super::of_rule;

    #[test]
    fn rules_are_told_in_one_sentence() {
        for (rule, words) in [
            (
                r#"{"scope": {"highest_registered_domain": {"filter_id": "safe_domains"}},
                    "conditions": [{"applies_to": "actual", "operator": "lt", "value": 0.2}]}"#,
                "skip the result when `highest_registered_domain` is in `safe_domains` and actual < 0.2",
            ),
            (
                r#"{"actions": ["skip_model_update", "skip_result"], "scope": {"o": {"filter_id": "f", "filter_type": "exclude"}}}"#,
                "skip the result and do not teach the model when `o` is not in `f`",
            ),
            (
                r#"{"conditions": [{"applies_to": "time", "operator": "gte", "value": 1600000000},
                    {"applies_to": "time", "operator": "lt", "value": 1600003600},
                    {"applies_to": "diff_from_typical", "operator": "lte", "value": 5}]}"#,
                "skip the result when the time >= 2020-09-13T12:26:40Z and the time < 2020-09-13T13:26:40Z and the distance of actual and typical <= 5",
            ),
            (
                r#"{"actions": ["force_time_shift"], "params": {"force_time_shift": {"time_shift_amount": -3600}},
                    "conditions": [{"applies_to": "time", "operator": "gt", "value": 0.5}]}"#,
                "shift the model's time by -3600 seconds when the time > 0.5",
            ),
        ] {
            let rule = Rule::read(&parse(rule), &StackVersion::new(8, 16, 0)).unwrap();
            assert_eq!(of_rule(&rule), words);
        }
    }
}
