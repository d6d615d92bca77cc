//! Field definitions of a package as mappings.

use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind, Result};
use crate::model::yaml;

/// Fields nest less deep than this.
const MAX_DEPTH: usize = 32;

/// The longest text that a keyword keeps, as Fleet sets it.
const IGNORE_ABOVE: u32 = 1024;

/// Keys of a definition that are parameters of the mapping as well.
const PARAMETERS: [&str; 9] = [
    "doc_values",
    "index",
    "null_value",
    "format",
    "path",
    "scaling_factor",
    "value",
    "dynamic",
    "enabled",
];

/// Adds the fields in the YAML `text` of `file` to `properties`.
///
/// # Errors
/// [`ErrorKind::Malformed`] for what is not a list of definitions.
pub(super) fn add(file: &str, text: &str, properties: &mut Value) -> Result<()> {
    let list = yaml::parse(text, file)?;
    let Value::Object(properties) = properties else {
        return Ok(());
    };
    add_list(file, &list, properties, 0)
}

fn add_list(file: &str, list: &Value, to: &mut Map<String, Value>, depth: usize) -> Result<()> {
    let malformed = |what: &str| Error::new(ErrorKind::Malformed, format!("{file} {what}"));
    if depth > MAX_DEPTH {
        return Err(malformed("nests fields too deep"));
    }
    let list = list
        .as_array()
        .ok_or_else(|| malformed("is not a list of fields"))?;
    for definition in list {
        let name = definition.get("name").and_then(Value::as_str);
        let name = name
            .filter(|name| !name.is_empty())
            .ok_or_else(|| malformed("has a field without a name"))?;
        add_field(file, name, definition, to, depth)?;
    }
    Ok(())
}

fn add_field(
    file: &str,
    name: &str,
    definition: &Value,
    to: &mut Map<String, Value>,
    depth: usize,
) -> Result<()> {
    // A dotted name is a field inside an object.
    if let Some((first, rest)) = name.split_once('.') {
        if depth > MAX_DEPTH {
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("{file} nests fields too deep"),
            ));
        }
        if let Some(inner) = properties_of(to, first) {
            add_field(file, rest, definition, inner, depth + 1)?;
        }
        return Ok(());
    }
    let kind = definition.get("type").and_then(Value::as_str);
    if let Some(fields) = definition.get("fields") {
        if let Some(inner) = properties_of(to, name) {
            add_list(file, fields, inner, depth + 1)?;
        }
        if kind == Some("nested")
            && let Some(field) = to.get_mut(name)
        {
            field["type"] = json!("nested");
        }
        return Ok(());
    }
    to.insert(
        name.to_owned(),
        mapping(kind.unwrap_or("keyword"), definition),
    );
    Ok(())
}

/// The properties of the object `name`, made where there are none.
fn properties_of<'a>(
    to: &'a mut Map<String, Value>,
    name: &str,
) -> Option<&'a mut Map<String, Value>> {
    let object = to.entry(name).or_insert_with(|| json!({}));
    let object = object.as_object_mut()?;
    let inner = object.entry("properties").or_insert_with(|| json!({}));
    inner.as_object_mut()
}

/// The mapping of a field that has none inside.
fn mapping(kind: &str, definition: &Value) -> Value {
    let mut mapping = Map::new();
    let kind = match kind {
        "group" => "object",
        "array" => definition
            .get("object_type")
            .and_then(Value::as_str)
            .unwrap_or("keyword"),
        kind => kind,
    };
    mapping.insert("type".to_owned(), json!(kind));
    if matches!(kind, "keyword" | "wildcard") {
        let length = definition.get("ignore_above");
        let length = length.cloned().unwrap_or_else(|| json!(IGNORE_ABOVE));
        mapping.insert("ignore_above".to_owned(), length);
    }
    if kind == "scaled_float" {
        mapping.insert("scaling_factor".to_owned(), json!(1000));
    }
    for key in PARAMETERS {
        if let Some(value) = definition.get(key) {
            mapping.insert(key.to_owned(), value.clone());
        }
    }
    let further = definition.get("multi_fields").and_then(Value::as_array);
    let further: Map<String, Value> = further
        .into_iter()
        .flatten()
        .filter_map(|field| {
            let kind = field.get("type")?.as_str()?;
            Some((
                field.get("name")?.as_str()?.to_owned(),
                json!({"type": kind}),
            ))
        })
        .collect();
    if !further.is_empty() {
        mapping.insert("fields".to_owned(), Value::Object(further));
    }
    Value::Object(mapping)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::add;

    #[test]
    fn definitions_become_mappings() {
        let text = "- name: host.name\n  type: keyword\n- name: risk\n  type: group\n  fields:\n    \
                    - name: score\n      type: scaled_float\n    - name: text\n      type: text\n      \
                    multi_fields:\n        - {name: raw, type: keyword}\n";
        let mut properties = json!({});
        add("fields.yml", text, &mut properties).unwrap();
        let expected = json!({
            "host": {"properties": {"name": {"type": "keyword", "ignore_above": 1024}}},
            "risk": {"properties": {
                "score": {"type": "scaled_float", "scaling_factor": 1000},
                "text": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
            }},
        });
        assert_eq!(properties, expected);
        for bad in ["a: 1", "- type: keyword", "- name: ''"] {
            assert!(add("fields.yml", bad, &mut json!({})).is_err(), "{bad}");
        }
        let deep = format!("- name: {}\n", vec!["a"; 100].join("."));
        assert!(add("fields.yml", &deep, &mut json!({})).is_err());
    }
}
