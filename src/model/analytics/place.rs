//! What analytics reads and what it writes.

use serde_json::{Map, Value, json};

use super::super::failure::Failure;
use super::super::json_text::{Kind, Node};
use super::super::version::StackVersion;
use super::super::xcontent::{self, Read, Stop, Takes};

/// `source`.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Names and patterns of indices.
    pub indices: Vec<String>,
    /// Which documents; all when nothing is said.
    pub query: Option<Value>,
    /// Which fields of the documents.
    pub fields: Option<Value>,
    /// Fields that are computed while searching (from 7.12).
    pub runtime_mappings: Option<Value>,
}

impl Source {
    /// Reads the source of a body.
    ///
    /// # Errors
    /// What a server of `version` answers to its shape.
    pub fn read(node: &Node, version: &StackVersion) -> Read<Self> {
        let mut fields = vec![
            ("index", Takes::Strings),
            ("query", Takes::Object),
            ("_source", Takes::Anything),
        ];
        if version.offers(7, 12) {
            fields.push(("runtime_mappings", Takes::Object));
        }
        let mut source = Self {
            indices: Vec::new(),
            query: None,
            fields: None,
            runtime_mappings: None,
        };
        let mut has_index = false;
        xcontent::object(
            node,
            "data_frame_analytics_source",
            &fields,
            |name, value| {
                match name {
                    "index" => {
                        has_index = true;
                        source.indices = xcontent::string_list(value)?;
                    }
                    "query" => source.query = Some(value.to_value()),
                    "_source" => source.fields = Some(field_choice(value)?),
                    _ => source.runtime_mappings = Some(value.to_value()),
                }
                Ok(())
            },
        )?;
        xcontent::required(node, &[("index", has_index)])?;
        if source.indices.is_empty() {
            return Err(not_built(
                node,
                "data_frame_analytics_source",
                "source.index must specify at least one index",
            ));
        }
        if source.indices.iter().any(String::is_empty) {
            let reason = "source.index must contain non-null and non-empty strings";
            return Err(not_built(node, "data_frame_analytics_source", reason));
        }
        Ok(source)
    }

    /// The source as the server returns it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("index".into(), json!(self.indices));
        let query = self
            .query
            .clone()
            .unwrap_or_else(|| json!({"match_all": {}}));
        object.insert("query".into(), query);
        for (key, value) in [
            ("_source", &self.fields),
            ("runtime_mappings", &self.runtime_mappings),
        ] {
            if let Some(value) = value {
                object.insert(key.into(), value.clone());
            }
        }
        Value::Object(object)
    }
}

/// `dest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The index.
    pub index: String,
    /// The field that holds the results; `ml` when nothing is said.
    pub results_field: Option<String>,
}

impl Destination {
    /// Reads the destination of a body.
    ///
    /// # Errors
    /// What the server answers to its shape.
    pub fn read(node: &Node) -> Read<Self> {
        let fields = [("index", Takes::String), ("results_field", Takes::String)];
        let (mut index, mut results_field) = (None, None);
        xcontent::object(node, "data_frame_analytics_dest", &fields, |name, value| {
            match name {
                "index" => index = Some(xcontent::string(value)?),
                _ => results_field = Some(xcontent::string(value)?),
            }
            Ok(())
        })?;
        xcontent::required(node, &[("index", index.is_some())])?;
        let index = index.unwrap_or_default();
        if index.is_empty() {
            return Err(not_built(
                node,
                "data_frame_analytics_dest",
                "dest.index must be non-empty",
            ));
        }
        Ok(Self {
            index,
            results_field,
        })
    }

    /// The destination as the server returns it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "index": self.index,
            "results_field": self.results_field.as_deref().unwrap_or("ml"),
        })
    }
}

fn not_built(node: &Node, name: &str, reason: &str) -> Stop {
    let build = format!("Failed to build [{name}] after last required field arrived");
    let failure = Failure::new(400, "x_content_parse_exception", build);
    Stop::new(node.end, failure.because(Failure::bad_request(reason)))
}

/// A choice of fields: nothing or all, names, or `includes` and `excludes`.
pub(super) fn field_choice(value: &Node) -> Read<Value> {
    let both = |includes: Vec<String>, excludes: Vec<String>| json!({"includes": includes, "excludes": excludes});
    match &value.kind {
        Kind::Object(members) => {
            let (mut includes, mut excludes) = (Vec::new(), Vec::new());
            for member in members {
                match member.name.as_str() {
                    "includes" | "include" => includes = xcontent::string_list(&member.value)?,
                    "excludes" | "exclude" => excludes = xcontent::string_list(&member.value)?,
                    other => {
                        let token = xcontent::token(&member.value.kind);
                        let reason = format!("Unknown key for a {token} in [{other}].");
                        let failure = Failure::new(400, "parsing_exception", reason)
                            .with("line", member.value.at.line)
                            .with("col", member.value.at.column);
                        return Err(Stop::new(member.value.at, failure));
                    }
                }
            }
            Ok(both(includes, excludes))
        }
        Kind::Bool(_) => Ok(both(Vec::new(), Vec::new())),
        _ => Ok(both(xcontent::string_list(value)?, Vec::new())),
    }
}

/// Whether an index pattern covers a name: `*` stands for any text.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut later: Vec<&str> = parts.collect();
    let Some(last) = later.pop() else {
        return rest.is_empty();
    };
    for part in later {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_cover_names() {
        for (pattern, name, covered) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*b", "ab", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abde", false),
            ("*", "x", true),
            ("logs-*", "log", false),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(matches(pattern, name), covered, "{pattern} {name}");
        }
    }
}
