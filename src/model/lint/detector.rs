//! Review of detectors.

use std::collections::HashSet;

use super::super::finding::{Finding, Severity};
use super::super::json_text::{Kind, Node};
use super::{Surroundings, rule};

pub(super) fn review(
    node: &Node,
    index: usize,
    path: &str,
    around: &Surroundings,
    findings: &mut Vec<Finding>,
) {
    let function = node.get("function").and_then(Node::as_str);
    let Some(rules) = node.get("custom_rules") else {
        stated_index(node, index, path, findings);
        return;
    };
    let (elements, is_list) = match &rules.kind {
        Kind::Array(elements) => (elements.as_slice(), true),
        _ => (std::slice::from_ref(rules), false),
    };
    let mut seen = HashSet::new();
    for (place, element) in elements.iter().enumerate() {
        let path = if is_list {
            format!("{path}/custom_rules/{place}")
        } else {
            format!("{path}/custom_rules")
        };
        rule::review(element, function, &path, around, findings);
        if !seen.insert(element.to_value().to_string()) {
            findings.push(
                Finding::new(
                    Severity::Warning,
                    "rule/duplicate",
                    "the rule repeats an earlier one",
                )
                .at(path)
                .why("it changes nothing")
                .fix("remove it"),
            );
        }
    }
    stated_index(node, index, path, findings);
}

fn stated_index(node: &Node, index: usize, path: &str, findings: &mut Vec<Finding>) {
    let stated = node.get("detector_index").map(Node::to_value);
    if stated.is_some_and(|stated| stated != index) {
        findings.push(
            Finding::new(
                Severity::Note,
                "detector/index",
                "detector_index differs from the place in the list",
            )
            .at(format!("{path}/detector_index"))
            .why("the server numbers detectors by their place, whatever is said")
            .fix("remove it"),
        );
    }
}
