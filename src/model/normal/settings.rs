//! Settings and mappings of indices and templates, which the server takes in
//! several spellings.

use serde_json::{Map, Value, json};

/// Nothing nests deeper in what a server accepts.
const MAX_DEPTH: usize = 64;

/// Settings as dotted keys that begin with `index.`, their values as text:
/// `{"number_of_shards": 1}`, `{"index.number_of_shards": "1"}` and
/// `{"index": {"number_of_shards": "1"}}` mean the same.
pub(super) fn flatten(settings: &mut Value) {
    let mut flat = Map::new();
    fold(settings, "", 0, &mut flat);
    *settings = Value::Object(flat);
}

fn fold(value: &Value, path: &str, depth: usize, flat: &mut Map<String, Value>) {
    match value {
        Value::Object(map) if depth < MAX_DEPTH => {
            for (key, inner) in map {
                let path = match path {
                    "" => key.clone(),
                    path => format!("{path}.{key}"),
                };
                fold(inner, &path, depth + 1, flat);
            }
        }
        value => {
            let key = match path.strip_prefix("index.") {
                Some(_) => path.to_owned(),
                None => format!("index.{path}"),
            };
            flat.insert(key, as_text(value));
        }
    }
}

fn as_text(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.to_string()),
        Value::Bool(flag) => json!(flag.to_string()),
        Value::Array(items) => items.iter().map(as_text).collect(),
        other => other.clone(),
    }
}

/// Mappings with the fields of dotted names inside each other: `host.name` is the
/// field `name` of the object `host`. The type `object` is a default.
pub(super) fn nest(mappings: &mut Value) {
    nest_properties(mappings, 0);
}

fn nest_properties(field: &mut Value, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    let Value::Object(map) = field else { return };
    let Some(Value::Object(properties)) = map.get_mut("properties") else {
        return;
    };
    let mut nested = Map::new();
    for (name, mut inner) in std::mem::take(properties) {
        nest_properties(&mut inner, depth + 1);
        place(&mut nested, &name, inner, depth);
    }
    *properties = nested;
    if map.get("type").is_some_and(|kind| kind == "object") {
        map.remove("type");
    }
}

/// Puts `field` where its dotted `name` says.
fn place(properties: &mut Map<String, Value>, name: &str, field: Value, depth: usize) {
    let rest = name.split_once('.').filter(|_| depth <= MAX_DEPTH);
    let Some((first, rest)) = rest else {
        join(properties, name, field);
        return;
    };
    let object = properties
        .entry(first)
        .or_insert_with(|| json!({"properties": {}}));
    if let Value::Object(map) = object {
        let inner = map.entry("properties").or_insert_with(|| json!({}));
        if let Value::Object(inner) = inner {
            place(inner, rest, field, depth + 1);
        }
    }
}

/// Adds `field` to what an earlier dotted name may have put there.
fn join(properties: &mut Map<String, Value>, name: &str, field: Value) {
    match (properties.get_mut(name), field) {
        (Some(Value::Object(there)), Value::Object(more)) => {
            for (key, value) in more {
                match (there.get_mut(&key), value) {
                    (Some(Value::Object(there)), Value::Object(more)) if key == "properties" => {
                        there.extend(more);
                    }
                    (_, value) => {
                        there.insert(key, value);
                    }
                }
            }
        }
        (_, field) => {
            properties.insert(name.to_owned(), field);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{flatten, nest};

    #[test]
    fn all_spellings_of_settings_are_one() {
        for mut settings in [
            json!({"number_of_shards": 1, "refresh_interval": "5s"}),
            json!({"index.number_of_shards": "1", "index": {"refresh_interval": "5s"}}),
            json!({"index": {"number_of_shards": "1", "refresh_interval": "5s"}}),
        ] {
            flatten(&mut settings);
            assert_eq!(settings["index.number_of_shards"], "1");
            assert_eq!(settings["index.refresh_interval"], "5s");
        }
    }

    #[test]
    fn dotted_fields_are_nested() {
        let mut dotted = json!({"properties": {"host.name": {"type": "keyword"},
            "host": {"properties": {"ip": {"type": "ip"}}, "type": "object"}}});
        let mut nested = json!({"properties": {"host": {"properties":
            {"name": {"type": "keyword"}, "ip": {"type": "ip"}}}}});
        nest(&mut dotted);
        nest(&mut nested);
        dotted.sort_all_objects();
        nested.sort_all_objects();
        assert_eq!(dotted, nested);
    }
}
