//! Review of detection rules, as Kibana asks for them.

use super::super::artifact::ArtifactKind;
use super::super::detection_rule;
use super::super::finding::{Finding, Severity};
use super::super::json_text::{Kind, Node};
use super::super::normal;
use super::{Surroundings, step};

pub(super) fn review(body: &Node, around: &Surroundings) -> Vec<Finding> {
    let mut findings = Vec::new();
    kind(body, around, &mut findings);
    for key in detection_rule::REQUIRED {
        needed(body, key, "a rule", &mut findings);
    }
    values(body, &mut findings);
    unknown_keys(body, around, &mut findings);
    jobs(body, around, &mut findings);
    findings
}

fn error(check: &'static str, what: impl Into<String>) -> Finding {
    Finding::new(Severity::Error, check, what).why("Kibana refuses it")
}

/// What is set, and not to `null`.
fn given<'a>(body: &'a Node, key: &str) -> Option<&'a Node> {
    body.get(key).filter(|value| value.kind != Kind::Null)
}

fn needed(body: &Node, key: &str, of: &str, findings: &mut Vec<Finding>) {
    if given(body, key).is_none() {
        findings.push(
            error("rule/missing-key", format!("{key} is missing"))
                .why(format!("Kibana refuses {of} without it"))
                .fix(format!("set {key}")),
        );
    }
}

fn kind(body: &Node, around: &Surroundings, findings: &mut Vec<Finding>) {
    let Some(kind) = given(body, "type") else {
        needed(body, "type", "a rule", findings);
        return;
    };
    let known: Vec<&str> = detection_rule::types(&around.version).collect();
    let Some(name) = kind.as_str().filter(|name| known.contains(name)) else {
        findings.push(
            error(
                "rule/type",
                format!(
                    "Kibana {} knows no rule of type {}",
                    around.version,
                    kind.to_value()
                ),
            )
            .at("/type")
            .fix(format!("use one of {}", known.join(", "))),
        );
        return;
    };
    for key in detection_rule::needs(name) {
        needed(body, key, &format!("a rule of type {name}"), findings);
    }
}

fn values(body: &Node, findings: &mut Vec<Finding>) {
    let mut wrong = |key: &str, check: &'static str, fix: &str| {
        let value = given(body, key).map(Node::to_value).unwrap_or_default();
        findings.push(
            error(check, format!("{key} is {value}"))
                .at(format!("/{key}"))
                .fix(fix),
        );
    };
    for key in ["name", "description"] {
        if given(body, key).is_some_and(|value| value.as_str().is_none_or(str::is_empty)) {
            wrong(key, "rule/text", "write a text");
        }
    }
    let whole = |key: &str| given(body, key).map(|value| value.to_value().as_i64());
    if whole("risk_score").is_some_and(|score| !score.is_some_and(|s| (0..=100).contains(&s))) {
        wrong(
            "risk_score",
            "rule/risk-score",
            "use a whole number from 0 to 100",
        );
    }
    if whole("anomaly_threshold").is_some_and(|threshold| threshold.is_none_or(|t| t < 0)) {
        wrong(
            "anomaly_threshold",
            "rule/anomaly-threshold",
            "use a whole number from 0 to 100",
        );
    }
    let severity = given(body, "severity").map(Node::as_str);
    if severity.is_some_and(|text| !text.is_some_and(|t| detection_rule::SEVERITIES.contains(&t))) {
        wrong(
            "severity",
            "rule/severity",
            "use low, medium, high or critical",
        );
    }
    if given(body, "enabled").is_some_and(|value| !matches!(value.kind, Kind::Bool(_))) {
        wrong("enabled", "rule/enabled", "use true or false");
    }
    for key in detection_rule::LISTS {
        if given(body, key).is_some_and(|value| value.elements().is_none()) {
            wrong(key, "rule/list", "write a list");
        }
    }
}

/// Keys that this version refuses. What exports carry and servers set is left out
/// when a rule is sent.
fn unknown_keys(body: &Node, around: &Surroundings, findings: &mut Vec<Finding>) {
    if detection_rule::drops_unknown_keys(&around.version) {
        return;
    }
    let generated = normal::generated_keys(ArtifactKind::Rule);
    for member in body.members().unwrap_or_default() {
        let name = member.name.as_str();
        if !detection_rule::knows(&around.version, name) && !generated.contains(&name) {
            findings.push(
                error("rule/unknown-key", format!("invalid keys \"{name}\""))
                    .at(format!("/{}", step(name)))
                    .fix("remove it, or install on a version that knows it"),
            );
        }
    }
}

fn jobs(body: &Node, around: &Surroundings, findings: &mut Vec<Finding>) {
    let Some(jobs) = given(body, "machine_learning_job_id") else {
        return;
    };
    for job in jobs.elements().unwrap_or(std::slice::from_ref(jobs)) {
        let id = job.as_str();
        if let Some(id) = id.filter(|id| !around.has(ArtifactKind::Job, id)) {
            findings.push(
                Finding::new(
                    Severity::Warning,
                    "rule/unknown-job",
                    format!("the job {id} is not here"),
                )
                .at("/machine_learning_job_id")
                .why("Kibana does not check it; without the job the rule never finds anything")
                .fix("put the job beside the rule, or see that the cluster has it"),
            );
        }
    }
}
