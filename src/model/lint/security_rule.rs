//! Review of detection rules, as far as every version of Kibana asks for it.

use super::super::finding::{Finding, Severity};
use super::super::json_text::{Kind, Node};
use super::Surroundings;

const REQUIRED: [&str; 5] = ["name", "description", "risk_score", "severity", "type"];
const SEVERITIES: [&str; 4] = ["low", "medium", "high", "critical"];

pub(super) fn review(body: &Node, around: &Surroundings) -> Vec<Finding> {
    let mut findings: Vec<Finding> = REQUIRED
        .into_iter()
        .filter(|key| body.get(key).is_none())
        .map(|key| {
            error("rule/missing-key", format!("{key} is missing"))
                .why("Kibana refuses a rule without it")
                .fix(format!("set {key}"))
        })
        .collect();
    let text = |key: &str| body.get(key).and_then(Node::as_str);
    if let Some(severity) = text("severity").filter(|severity| !SEVERITIES.contains(severity)) {
        findings.push(
            error(
                "rule/severity",
                format!("the severity {severity:?} is unknown"),
            )
            .at("/severity")
            .why("Kibana refuses it")
            .fix("use low, medium, high or critical"),
        );
    }
    if let Some(Kind::Number(score)) = body.get("risk_score").map(|score| &score.kind)
        && !score
            .parse::<f64>()
            .is_ok_and(|score| (0.0..=100.0).contains(&score))
    {
        findings.push(
            error(
                "rule/risk-score",
                format!("the risk score {score} is out of range"),
            )
            .at("/risk_score")
            .why("Kibana refuses it")
            .fix("use a number from 0 to 100"),
        );
    }
    if text("type") == Some("machine_learning") {
        machine_learning(body, around, &mut findings);
    }
    findings
}

fn error(check: &'static str, what: String) -> Finding {
    Finding::new(Severity::Error, check, what)
}

fn machine_learning(body: &Node, around: &Surroundings, findings: &mut Vec<Finding>) {
    for key in ["anomaly_threshold", "machine_learning_job_id"] {
        if body.get(key).is_none() {
            findings.push(
                error("rule/missing-key", format!("{key} is missing"))
                    .why("Kibana refuses a machine learning rule without it")
                    .fix(format!("set {key}")),
            );
        }
    }
    let Some(jobs) = body.get("machine_learning_job_id") else {
        return;
    };
    for job in jobs.elements().unwrap_or(std::slice::from_ref(jobs)) {
        if let Some(id) = job.as_str().filter(|id| !around.jobs.contains(*id)) {
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
