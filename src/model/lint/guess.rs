//! What a JSON file holds that does not name its kind and id by itself: the body
//! of a request, or the module of a package.

use super::super::artifact::{ArtifactId, ArtifactKind};
use super::super::json_text::Node;
use super::step;

/// Keys that together only one kind of request has. Requests that lack a key that
/// they need are known by the others.
const SHAPES: [(ArtifactKind, &[&str]); 9] = [
    (ArtifactKind::Job, &["analysis_config"]),
    (ArtifactKind::Job, &["data_description"]),
    (ArtifactKind::Analytics, &["source", "dest"]),
    (ArtifactKind::Analytics, &["analysis"]),
    (ArtifactKind::Pipeline, &["processors"]),
    (ArtifactKind::Script, &["script"]),
    (ArtifactKind::Filter, &["items"]),
    (ArtifactKind::Datafeed, &["job_id"]),
    (ArtifactKind::Datafeed, &["datafeed_id"]),
];

/// Keys of requests of other kinds that look like one of these.
const OTHERS: [&str; 4] = ["pivot", "latest", "result_type", "record_score"];

/// The objects of a file, each with the pointer to its body; `stem` is the id of
/// a body that has none.
#[must_use]
pub fn guess(stem: &str, root: &Node) -> Vec<(ArtifactId, String)> {
    let inner = root.get("body").filter(|body| body.members().is_some());
    let (body, path) = match inner {
        Some(body) => (body, "/body"),
        None => (root, ""),
    };
    let has = |key: &&str| body.get(key).is_some();
    let shapes = SHAPES.into_iter();
    let mut fitting = shapes.filter(|(_, keys)| keys.iter().all(has) && !OTHERS.iter().any(has));
    if let Some((kind, _)) = fitting.next() {
        let stated = ["job_id", "datafeed_id", "filter_id", "id"]
            .into_iter()
            .filter(|key| !(*key == "job_id" && kind == ArtifactKind::Datafeed))
            .find_map(|key| body.get(key).and_then(Node::as_str));
        let id = stated.unwrap_or(stem);
        return vec![(ArtifactId::new(kind, id), path.to_owned())];
    }
    module(root)
}

/// The jobs and datafeeds of a package's `kibana/ml_module`.
fn module(root: &Node) -> Vec<(ArtifactId, String)> {
    let mut found = Vec::new();
    for (list, kind) in [
        ("jobs", ArtifactKind::Job),
        ("datafeeds", ArtifactKind::Datafeed),
    ] {
        for prefix in ["", "/attributes"] {
            let pointer = format!("{prefix}/{}", step(list));
            let entries = root.pointer(&pointer).and_then(Node::elements);
            for (place, entry) in entries.unwrap_or_default().iter().enumerate() {
                if let (Some(id), Some(_)) =
                    (entry.get("id").and_then(Node::as_str), entry.get("config"))
                {
                    found.push((
                        ArtifactId::new(kind, id),
                        format!("{pointer}/{place}/config"),
                    ));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::super::json_text::parse;
    use super::guess;

    #[test]
    fn bodies_and_modules_are_recognized() {
        for (text, expected) in [
            (r#"{"analysis_config": {}}"#, vec!["job stem "]),
            (r#"{"job_id": "j", "indices": []}"#, vec!["datafeed stem "]),
            (
                r#"{"name": "n", "body": {"items": [], "filter_id": "f"}}"#,
                vec!["filter f /body"],
            ),
            (
                r#"{"attributes": {"jobs": [{"id": "a", "config": {}}], "datafeeds": [{"id": "d", "config": {}}]}}"#,
                vec![
                    "job a /attributes/jobs/0/config",
                    "datafeed d /attributes/datafeeds/0/config",
                ],
            ),
            (r#"{"data_description": {}}"#, vec!["job stem "]),
            (r#"{"job_id": "j"}"#, vec!["datafeed stem "]),
            (r#"{"source": {}, "dest": {}, "pivot": {}}"#, vec![]),
            (r#"{"other": 1}"#, vec![]),
            ("[1]", vec![]),
        ] {
            let found: Vec<String> = guess("stem", &parse(text))
                .into_iter()
                .map(|(artifact, path)| format!("{artifact} {path}"))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
