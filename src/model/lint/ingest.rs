//! Review of stored scripts and pipelines, as far as it needs no compiler.

use super::super::finding::{Finding, Severity};
use super::super::json_text::{Kind, Node};
use super::super::reference;
use super::{Surroundings, fix, step};

/// How large the request may be that stores a script (`script.max_size_in_bytes`).
const MAX_SCRIPT: usize = 65_535;

const LANGUAGES: [&str; 3] = ["painless", "mustache", "expression"];

fn refused(check: &'static str, what: impl Into<String>) -> Finding {
    let what = what.into();
    let fix = fix::of(&what);
    Finding::new(Severity::Error, check, what)
        .why("Elasticsearch refuses it")
        .fix(fix)
}

pub(super) fn script(id: &str, body: &Node) -> Vec<Finding> {
    let mut findings = Vec::new();
    if id.contains('#') {
        findings.push(refused(
            "script/id",
            format!("id cannot contain '#' for stored script: {id:?}"),
        ));
    }
    let Some(script) = body.get("script") else {
        let first = body.members().and_then(<[_]>::first);
        let what = match first {
            Some(first) => format!("unexpected field [{}], expected [script]", first.name),
            None => "unexpected token [END_OBJECT], expected [script]".to_owned(),
        };
        findings.push(refused("script/shape", what));
        return findings;
    };
    let text = |key: &str| script.get(key).and_then(Node::as_str);
    match text("lang") {
        None => findings
            .push(refused("script/language", "must specify lang for stored script").at("/script")),
        Some(language) if !LANGUAGES.contains(&language) => findings.push(
            refused(
                "script/language",
                format!("unable to put stored script with unsupported lang [{language}]"),
            )
            .at("/script/lang"),
        ),
        Some(_) => {}
    }
    let is_template = script
        .get("source")
        .is_some_and(|source| source.members().is_some());
    if text("source").is_none_or(str::is_empty) && !is_template {
        findings
            .push(refused("script/source", "must specify source for stored script").at("/script"));
    }
    let size = body.to_value().to_string().len();
    if size > MAX_SCRIPT {
        let what = format!("exceeded max allowed stored script size in bytes [{MAX_SCRIPT}]");
        findings.push(
            refused("script/size", what)
                .at("/script/source")
                .why(format!(
                    "the request has {size} bytes, and Elasticsearch refuses it"
                ))
                .fix("shorten it, or raise script.max_size_in_bytes"),
        );
    }
    findings
}

pub(super) fn pipeline(body: &Node, around: &Surroundings) -> Vec<Finding> {
    let Some(processors) = body.get("processors").and_then(Node::elements) else {
        return vec![
            refused(
                "pipeline/processors",
                "[processors] required property is missing",
            )
            .fix("set processors to a list"),
        ];
    };
    let mut findings = Vec::new();
    for (place, processor) in processors.iter().enumerate() {
        if !matches!(&processor.kind, Kind::Object(members) if members.len() == 1) {
            findings.push(
                refused(
                    "pipeline/processor",
                    "a processor is an object with one member, its type",
                )
                .at(format!("/processors/{place}"))
                .fix("write one object a processor"),
            );
        }
    }
    if processors.is_empty() {
        findings.push(
            Finding::new(
                Severity::Warning,
                "pipeline/empty",
                "the pipeline has no processors",
            )
            .at("/processors")
            .why("it does nothing")
            .fix("add processors, or leave the pipeline out"),
        );
    }
    absent(body, "", 0, around, &mut findings);
    findings
}

/// Scripts, models and pipelines that processors name and that are not there.
fn absent(
    node: &Node,
    path: &str,
    depth: usize,
    around: &Surroundings,
    findings: &mut Vec<Finding>,
) {
    if depth > reference::MAX_DEPTH {
        return;
    }
    match &node.kind {
        Kind::Object(members) => {
            for member in members {
                let path = format!("{path}/{}", step(&member.name));
                for (processor, key, kind) in reference::PLACES {
                    let id = member.value.get(key).and_then(Node::as_str);
                    // A name with a template in it may be any.
                    let id = id.filter(|id| {
                        processor == member.name && !id.contains("{{") && !around.has(kind, id)
                    });
                    if let Some(id) = id {
                        findings.push(
                            Finding::new(
                                Severity::Warning,
                                "pipeline/unknown-reference",
                                format!("the {kind} {id} is not here"),
                            )
                            .at(format!("{path}/{key}"))
                            .why("without it the pipeline is refused, or fails with every document")
                            .fix(format!(
                                "put the {kind} beside the pipeline, or see that the cluster has it"
                            )),
                        );
                    }
                }
                absent(&member.value, &path, depth + 1, around, findings);
            }
        }
        Kind::Array(elements) => {
            for (place, element) in elements.iter().enumerate() {
                absent(
                    element,
                    &format!("{path}/{place}"),
                    depth + 1,
                    around,
                    findings,
                );
            }
        }
        _ => {}
    }
}
