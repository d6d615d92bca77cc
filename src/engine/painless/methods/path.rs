//! `getByPath`: a value within lists and maps, by a path of names and indexes.

use super::arguments::{at, text};
use super::list::{bounds, shown};
use super::number::parse_long;
use crate::engine::painless::interpret::{Run, illegal_argument, null_pointer};
use crate::engine::value::{JavaString, Value};

/// The parts of a path.
fn parts(path: &str) -> Run<Vec<&str>> {
    if path.is_empty() {
        return illegal_argument("Missing path");
    }
    if path.ends_with('.') {
        return illegal_argument(format!("Trailing '.' in path [{path}]"));
    }
    Ok(path.split('.').collect())
}

/// The value at a path; the default stands in for its last part only.
pub(super) fn by_path(a: &[Value]) -> Run<Value> {
    let path = text(a, 1)?.to_string();
    let parts = parts(&path)?;
    let mut here = at(a, 0).clone();
    for (index, part) in parts.iter().enumerate() {
        if part.is_empty() {
            return illegal_argument(format!("Extra '.' in path [{path}] at index [{index}]"));
        }
        if let Some(next) = step(&here, part, index, &path)? {
            here = shown(next, &here);
            continue;
        }
        if index + 1 < parts.len() {
            return illegal_argument(format!(
                "Container does not have [{part}], for non-terminal index [{index}] in path [{path}]"
            ));
        }
        return match a.get(2) {
            Some(default) => Ok(default.clone()),
            None => illegal_argument(format!("Could not find value at path [{path}]")),
        };
    }
    Ok(here)
}

/// What a container has under a part; `None` if it has nothing there.
fn step(container: &Value, part: &str, index: usize, path: &str) -> Run<Option<Value>> {
    match container {
        Value::Map(map) | Value::FrozenMap(map) => Ok(map.get(part)),
        Value::List(list) | Value::FrozenList(list) => {
            let digits = JavaString::from(part);
            let Ok(place) = parse_long(Some(&digits), 10, i32::MIN.into(), i32::MAX.into()) else {
                return illegal_argument(format!(
                    "Could not parse [{part}] as a int index into list at path [{path}] and index [{index}]"
                ));
            };
            let length = list.len();
            if i64::try_from(length).is_ok_and(|length| place > length) {
                return Ok(None);
            }
            match usize::try_from(place)
                .ok()
                .and_then(|place| list.get(place))
            {
                Some(item) => Ok(Some(item)),
                // Elasticsearch reaches for the place behind the last one, too
                None => bounds(i32::try_from(place).unwrap_or_default(), length),
            }
        }
        Value::Null => null_pointer("Cannot invoke \"Object.getClass()\" because \"obj\" is null"),
        other => illegal_argument(format!(
            "Non-container [{}] at [{part}], index [{index}] in path [{path}]",
            other.class_name()
        )),
    }
}
