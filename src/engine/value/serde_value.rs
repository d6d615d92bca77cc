//! To and from the values of `serde_json`.

use serde_json::Value as Json;

use super::{JavaMap, List, MAX_DEPTH, Map, Value};

impl From<&Json> for Value {
    /// Objects become `HashMap`s, whole numbers the narrowest of `Integer`,
    /// `Long` and `BigInteger`, as the JSON parser of Elasticsearch does. Parts
    /// nested deeper than [`MAX_DEPTH`] become null; no JSON text that was read
    /// by `serde_json` or [`json`](super::json) is so deep.
    fn from(json: &Json) -> Self {
        from_json(json, 0)
    }
}

fn from_json(json: &Json, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(n), _) => i32::try_from(n).map_or(Value::Long(n), Value::Int),
            (None, Some(n)) => Value::BigInt(n.to_string().into()),
            _ => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::str(text.as_str()),
        Json::Array(items) => Value::List(List::new(
            items
                .iter()
                .map(|item| from_json(item, depth + 1))
                .collect(),
        )),
        Json::Object(entries) => {
            let mut map = JavaMap::new();
            for (key, value) in entries {
                map.put_str(key, from_json(value, depth + 1));
            }
            Value::Map(Map::new(map))
        }
    }
}

impl From<&Value> for Json {
    /// What the JSON text of the value would be read as: keys in the order of
    /// the map, `Float` as its shortest decimal, `NaN` and infinities as strings,
    /// a `BigInteger` beyond 64 bits as a double. Parts nested deeper than
    /// [`MAX_DEPTH`] become null.
    fn from(value: &Value) -> Self {
        to_json(value, 0)
    }
}

fn to_json(value: &Value, depth: usize) -> Json {
    if depth > MAX_DEPTH {
        return Json::Null;
    }
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Byte(n) => (*n).into(),
        Value::Short(n) => (*n).into(),
        Value::Int(n) => (*n).into(),
        Value::Long(n) => (*n).into(),
        Value::Float(n) => number(super::float_to_string(*n)),
        Value::Double(n) if n.is_finite() => (*n).into(),
        Value::BigInt(text) => number(text.to_string()),
        Value::List(list) | Value::FrozenList(list) => list
            .borrow()
            .iter()
            .map(|item| to_json(item, depth + 1))
            .collect(),
        Value::Array(array) => array
            .borrow()
            .iter()
            .map(|item| to_json(item, depth + 1))
            .collect(),
        Value::Set(set) => set
            .borrow()
            .iter()
            .map(|(item, _)| to_json(item, depth + 1))
            .collect(),
        Value::Map(map) | Value::FrozenMap(map) => map
            .borrow()
            .iter()
            .map(|(key, value)| (key.to_java_string(), to_json(value, depth + 1)))
            .collect(),
        Value::Object(object) => match object.json() {
            Some(text) => Json::String(text.to_string()),
            None => Json::String(object.to_java_string()),
        },
        Value::Double(_) | Value::Char(_) | Value::Str(_) => Json::String(value.to_java_string()),
    }
}

fn number(text: String) -> Json {
    match serde_json::from_str(&text) {
        Ok(number @ Json::Number(_)) => number,
        _ => Json::String(text),
    }
}
