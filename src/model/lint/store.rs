//! Review of templates, indices, enrich policies, transforms and saved objects,
//! as far as their shape goes.

use super::super::finding::{Finding, Severity};
use super::super::json_text::Node;

/// The longest id of a transform.
const MAX_ID: usize = 64;

fn error(check: &'static str, what: impl Into<String>) -> Finding {
    Finding::new(Severity::Error, check, what)
}

/// One text, or the texts of a list.
fn texts(node: Option<&Node>) -> Vec<&str> {
    match node {
        Some(node) => match node.elements() {
            Some(list) => list.iter().filter_map(Node::as_str).collect(),
            None => node.as_str().into_iter().collect(),
        },
        None => Vec::new(),
    }
}

pub(super) fn transform(id: &str, body: &Node) -> Vec<Finding> {
    let mut findings = Vec::new();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let inner = |c: char| plain(c) || matches!(c, '_' | '-' | '.');
    if id.len() > MAX_ID || !id.starts_with(plain) || !id.ends_with(plain) || !id.chars().all(inner)
    {
        findings.push(
            error("transform/id", format!("{id:?} is not usable as an id"))
                .why("an id has 64 characters at most: a-z, 0-9, hyphens and underscores inside")
                .fix("rename the transform"),
        );
    }
    let functions = ["pivot", "latest"];
    if functions
        .iter()
        .filter(|key| body.get(key).is_some())
        .count()
        != 1
    {
        findings.push(
            error(
                "transform/function",
                "it has not exactly one of pivot and latest",
            )
            .why("the server refuses it")
            .fix("make two transforms of it, or say what it does"),
        );
    }
    let sources = texts(body.pointer("/source/index"));
    let dest = body.pointer("/dest/index").and_then(Node::as_str);
    for (missing, key) in [
        (sources.is_empty(), "/source/index"),
        (dest.is_none(), "/dest/index"),
    ] {
        if missing {
            findings.push(
                error(
                    "transform/index",
                    format!("it has no {}", key.trim_start_matches('/')),
                )
                .why("the server refuses it")
                .fix("name the index"),
            );
        }
    }
    if let Some(dest) = dest.filter(|dest| sources.iter().any(|source| covers(source, dest))) {
        findings.push(
            error(
                "transform/circle",
                format!("it writes to {dest}, which it reads as well"),
            )
            .at("/dest/index")
            .why("the server refuses a destination that is among the sources")
            .fix("write elsewhere"),
        );
    }
    if body.get("sync").is_none() {
        findings.push(
            Finding::new(Severity::Note, "transform/once", "it runs once and ends")
                .why("without sync a transform does not go on with new documents")
                .fix("add sync, unless once is meant"),
        );
    }
    findings
}

/// Whether the name or pattern `source` covers the index `name`.
fn covers(source: &str, name: &str) -> bool {
    match source.split_once('*') {
        None => source == name,
        Some((start, end)) => {
            let rest = name.strip_prefix(start);
            rest.is_some_and(|rest| end.contains('*') || rest.ends_with(end))
        }
    }
}

pub(super) fn enrich(body: &Node) -> Vec<Finding> {
    let kinds = ["match", "geo_match", "range"];
    let Some(policy) = kinds.iter().find_map(|kind| body.get(kind)) else {
        return vec![
            error("enrich/type", "it is neither match, geo_match nor range")
                .why("the server refuses it")
                .fix("use one of these"),
        ];
    };
    ["indices", "match_field", "enrich_fields"]
        .into_iter()
        .filter(|key| texts(policy.get(key)).is_empty())
        .map(|key| {
            error("enrich/incomplete", format!("it has no {key}"))
                .why("the server refuses it")
                .fix(format!("set {key}"))
        })
        .collect()
}

pub(super) fn template(body: &Node) -> Vec<Finding> {
    let patterns = texts(body.get("index_patterns"));
    let mut findings = Vec::new();
    if patterns.is_empty() {
        findings.push(
            error("template/patterns", "it has no index_patterns")
                .why("the server refuses it")
                .fix("say which indices it is for"),
        );
    }
    if patterns.contains(&"*") {
        findings.push(
            Finding::new(
                Severity::Warning,
                "template/everything",
                "it is for every index",
            )
            .at("/index_patterns")
            .why("indices that have nothing to do with it get its settings and mappings")
            .fix("name the indices that it is for"),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::super::json_text::parse;
    use super::{covers, enrich, template, transform};

    #[test]
    fn what_the_server_would_refuse_is_found() {
        let checks = |findings: Vec<super::Finding>| -> Vec<&'static str> {
            findings.into_iter().map(|finding| finding.check).collect()
        };
        for (id, text, expected) in [
            (
                "t",
                r#"{"source":{"index":"a"},"dest":{"index":"b"},"latest":{},"sync":{}}"#,
                vec![],
            ),
            (
                "T",
                r#"{"source":{"index":["lo*"]},"dest":{"index":"logs"},"pivot":{},"latest":{},"sync":{}}"#,
                vec!["transform/id", "transform/function", "transform/circle"],
            ),
            (
                "t",
                r#"{"pivot":{}}"#,
                vec!["transform/index", "transform/index", "transform/once"],
            ),
        ] {
            assert_eq!(checks(transform(id, &parse(text))), expected, "{text}");
        }
        let policy = r#"{"match":{"indices":"a","match_field":"b","enrich_fields":[]}}"#;
        assert_eq!(checks(enrich(&parse(policy))), ["enrich/incomplete"]);
        assert_eq!(checks(enrich(&parse("{}"))), ["enrich/type"]);
        assert_eq!(checks(template(&parse("{}"))), ["template/patterns"]);
        let everything = r#"{"index_patterns":["*"]}"#;
        assert_eq!(
            checks(template(&parse(everything))),
            ["template/everything"]
        );
        assert!(covers("a*", "abc") && covers("a*c", "abc") && !covers("a*d", "abc"));
    }
}
