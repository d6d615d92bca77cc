//! Review of stored scripts and pipelines, as far as their shape goes.

use super::super::finding::{Finding, Severity};
use super::super::json_text::{Kind, Node};

/// How large a stored script may be (`script.max_size_in_bytes`).
const MAX_SCRIPT: usize = 65_535;

fn error(check: &'static str, what: impl Into<String>) -> Finding {
    Finding::new(Severity::Error, check, what)
}

pub(super) fn script(id: &str, body: &Node) -> Vec<Finding> {
    let mut findings = Vec::new();
    if id.contains('#') {
        findings.push(
            error(
                "script/id",
                format!("id cannot contain '#' for stored script: {id:?}"),
            )
            .why("Elasticsearch refuses it")
            .fix("rename the script"),
        );
    }
    let source = body.pointer("/script/source").and_then(Node::as_str);
    if source.is_none_or(str::is_empty) {
        findings.push(
            error("script/source", "must specify [source] for stored script")
                .at("/script")
                .why("Elasticsearch refuses a script without source")
                .fix("set script.source"),
        );
    }
    if let Some(length) = source.map(str::len).filter(|length| *length > MAX_SCRIPT) {
        findings.push(
            error("script/size", format!("the source has {length} bytes"))
                .at("/script/source")
                .why("a stored script may have 65,535 bytes unless script.max_size_in_bytes is raised")
                .fix("shorten it"),
        );
    }
    if let Some(language) = body.pointer("/script/lang").and_then(Node::as_str)
        && !["painless", "mustache", "expression"].contains(&language)
    {
        findings.push(
            error(
                "script/language",
                format!("unable to put stored script with unsupported lang [{language}]"),
            )
            .at("/script/lang")
            .why("Elasticsearch refuses it")
            .fix("use painless"),
        );
    }
    findings
}

pub(super) fn pipeline(body: &Node) -> Vec<Finding> {
    let Some(processors) = body.get("processors").and_then(Node::elements) else {
        return vec![
            error(
                "pipeline/processors",
                "[processors] required property is missing",
            )
            .why("Elasticsearch refuses a pipeline without a list of processors")
            .fix("set processors"),
        ];
    };
    let mut findings = Vec::new();
    for (place, processor) in processors.iter().enumerate() {
        let is_one = matches!(&processor.kind, Kind::Object(members) if members.len() == 1);
        if !is_one {
            findings.push(
                error(
                    "pipeline/processor",
                    "a processor is an object with one member, its type",
                )
                .at(format!("/processors/{place}"))
                .why("Elasticsearch refuses it")
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
    findings
}
