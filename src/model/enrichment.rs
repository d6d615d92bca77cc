//! What pipelines leave in a document: the fields of a result, or the message of
//! a failure that their `on_failure` swallowed.

use std::collections::BTreeSet;

use serde_json::Value;

/// Deeper nesting than this is not looked into; the server's own limit is lower.
const MAX_DEPTH: usize = 100;

/// Where a swallowed failure leaves its message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Marker {
    /// The field, with dots.
    field: String,
    /// What the message begins with, so that it is not taken for somebody else's.
    prefix: String,
}

/// The fields by which a document tells what pipelines made of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enrichment {
    results: BTreeSet<String>,
    markers: BTreeSet<Marker>,
}

impl Enrichment {
    /// Takes up one pipeline: where its `inference` writes, and where its
    /// `on_failure` notes the message.
    pub fn add_pipeline(&mut self, body: &Value) {
        self.look(body, 0);
    }

    fn look(&mut self, value: &Value, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.look(item, depth + 1)),
            Value::Object(map) => {
                for (key, inner) in map {
                    self.processor(key, inner);
                    self.look(inner, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn processor(&mut self, kind: &str, config: &Value) {
        let text = |key: &str| config.get(key).and_then(Value::as_str);
        match kind {
            "inference" if text("model_id").is_some() => {
                let by_tag = || text("tag").map(|tag| format!("ml.inference.{tag}"));
                let target = text("target_field").map(str::to_owned).or_else(by_tag);
                self.results
                    .insert(target.unwrap_or_else(|| "ml.inference".to_owned()));
            }
            "set" | "append" => {
                if let (Some(field), Some(value)) = (text("field"), text("value"))
                    && value.contains("_ingest.on_failure_")
                {
                    let prefix = value.split("{{").next().unwrap_or_default();
                    self.markers.insert(Marker {
                        field: field.to_owned(),
                        prefix: prefix.to_owned(),
                    });
                }
            }
            _ => {}
        }
    }

    /// Learns from documents with their expected results which fields a result
    /// really leaves: they count instead of where inference writes, which scripts
    /// may move.
    pub fn learn<'v>(&mut self, pairs: impl Iterator<Item = (&'v Value, &'v Value)>) {
        let mut added = BTreeSet::new();
        for (before, after) in pairs {
            if self.message(after).is_none() {
                new_fields(before, after, "", &mut added);
            }
        }
        if !added.is_empty() {
            self.results = added;
        }
    }

    /// The message of a swallowed failure in a document.
    #[must_use]
    pub fn message(&self, source: &Value) -> Option<String> {
        self.markers.iter().find_map(|marker| {
            let told = at(source, &marker.field)?;
            let texts: Vec<&Value> = match told {
                Value::Array(items) => items.iter().collect(),
                single => vec![single],
            };
            let mut texts = texts.into_iter().filter_map(Value::as_str);
            let found = texts.find(|text| text.starts_with(&marker.prefix))?;
            Some(found.to_owned())
        })
    }

    /// Whether a document holds a result.
    #[must_use]
    pub fn is_in(&self, source: &Value) -> bool {
        let mut results = self.results.iter();
        results.any(|field| at(source, field).is_some_and(|found| !found.is_null()))
    }

    /// The fields of results.
    pub fn results(&self) -> impl Iterator<Item = &str> {
        self.results.iter().map(String::as_str)
    }
}

/// The fields of `after` that `before` does not have, the outermost of each.
fn new_fields(before: &Value, after: &Value, path: &str, found: &mut BTreeSet<String>) {
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        return;
    };
    for (key, value) in after {
        let path = match path {
            "" => key.clone(),
            path => format!("{path}.{key}"),
        };
        match before.get(key) {
            None => {
                found.insert(path);
            }
            Some(known) if path.matches('.').count() < MAX_DEPTH => {
                new_fields(known, value, &path, found);
            }
            Some(_) => {}
        }
    }
}

/// The value at a field with dots, nested or spelled as one key.
fn at<'v>(source: &'v Value, field: &str) -> Option<&'v Value> {
    if let Some(found) = source.get(field) {
        return Some(found);
    }
    field
        .match_indices('.')
        .take(MAX_DEPTH)
        .find_map(|(dot, _)| {
            let (outer, inner) = (field.get(..dot)?, field.get(dot + 1..)?);
            at(source.get(outer)?, inner)
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Enrichment;

    fn released() -> Enrichment {
        let mut enrichment = Enrichment::default();
        enrichment.add_pipeline(&json!({
            "processors": [
                {"foreach": {"field": "x", "processor":
                    {"inference": {"model_id": "m", "target_field": "raw.verdict"}}}},
                {"set": {"field": "note", "value": "plain"}}],
            "on_failure": [
                {"set": {"field": "error.message", "value": "DGA: {{ _ingest.on_failure_message }}"}},
                {"append": {"field": "tags", "value": "failed: {{{_ingest.on_failure_message}}}"}}],
        }));
        enrichment
    }

    #[test]
    fn a_swallowed_failure_is_told_from_somebody_elses_message() {
        for (source, message) in [
            (
                json!({"error": {"message": "DGA: boom"}}),
                Some("DGA: boom"),
            ),
            (json!({"error.message": "DGA: boom"}), Some("DGA: boom")),
            (json!({"error": {"message": "truncated packet"}}), None),
            (json!({"tags": ["a", "failed: x"]}), Some("failed: x")),
            (json!({"error": "DGA: no object"}), None),
            (json!([]), None),
        ] {
            assert_eq!(released().message(&source).as_deref(), message, "{source}");
        }
    }

    #[test]
    fn results_are_where_inference_writes_or_what_documents_show() {
        let mut enrichment = released();
        assert!(enrichment.is_in(&json!({"raw": {"verdict": {}}})));
        assert!(!enrichment.is_in(&json!({"raw": {"verdict": null}})));
        let before = json!({"dns": {"name": "x"}});
        let after = json!({"dns": {"name": "x", "kind": 1}, "ml": {"p": 1}});
        let failed = json!({"error": {"message": "DGA: boom"}});
        enrichment.learn([(&before, &after), (&before, &failed)].into_iter());
        assert_eq!(enrichment.results().collect::<Vec<_>>(), ["dns.kind", "ml"]);
        assert!(!enrichment.is_in(&json!({"raw": {"verdict": {}}})));
    }
}
