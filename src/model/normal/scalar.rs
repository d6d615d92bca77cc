//! One spelling for numbers, durations, byte sizes and sets.

use serde_json::{Number, Value};

/// Whole numbers lose their `.0`, everywhere below `value` but in the parameters of
/// scripts: a script divides 2.0 otherwise than 2.
pub(super) fn numbers(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(whole) = whole(number) {
                *number = whole;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(numbers),
        Value::Object(map) => {
            let is_script = ["source", "id"].iter().any(|key| map.contains_key(*key));
            let plain = map.iter_mut();
            plain
                .filter(|(key, _)| !is_script || *key != "params")
                .for_each(|(_, inner)| numbers(inner));
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// The largest magnitude below which every whole `f64` is one integer.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn whole(number: &Number) -> Option<Number> {
    let value = number.as_f64().filter(|_| number.is_f64())?;
    if value.fract() != 0.0 || value.abs() >= EXACT {
        return None;
    }
    format!("{value:.0}").parse::<i64>().ok().map(Number::from)
}

/// A duration as milliseconds: `15m`, `900s` and `7.5m` become `900000ms` or
/// `450000ms`. What is no duration stays.
pub(super) fn time(value: &mut Value) {
    let spelled = match value {
        Value::String(text) => unit(
            text,
            &[
                ("nanos", 1e-6),
                ("micros", 1e-3),
                ("ms", 1.0),
                ("s", 1e3),
                ("m", 60e3),
                ("h", 3_600e3),
                ("d", 86_400e3),
            ],
        ),
        // A bare number is seconds in the places where one may stand.
        Value::Number(number) => number.as_f64().map(|seconds| seconds * 1e3),
        _ => None,
    };
    if let Some(millis) = spelled {
        *value = Value::String(format!("{millis}ms"));
    }
}

/// A byte size as bytes: `1gb` and `1024mb` are the same. A bare number is
/// megabytes, as `model_memory_limit` reads it.
pub(super) fn size(value: &mut Value) {
    const KB: f64 = 1024.0;
    let spelled = match value {
        Value::String(text) => {
            let text = text.to_ascii_lowercase();
            unit(
                &text,
                &[
                    ("kb", KB),
                    ("mb", KB * KB),
                    ("gb", KB * KB * KB),
                    ("tb", KB * KB * KB * KB),
                    ("pb", KB * KB * KB * KB * KB),
                    ("k", KB),
                    ("m", KB * KB),
                    ("g", KB * KB * KB),
                    ("t", KB * KB * KB * KB),
                    ("p", KB * KB * KB * KB * KB),
                    ("b", 1.0),
                ],
            )
        }
        Value::Number(number) => number.as_f64().map(|mega| mega * KB * KB),
        _ => None,
    };
    if let Some(bytes) = spelled {
        *value = Value::String(format!("{bytes}b"));
    }
}

/// The number before the first suffix of `units` that fits, times its factor.
fn unit(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let text = text.trim();
    units.iter().find_map(|(suffix, factor)| {
        let digits = text.strip_suffix(suffix)?.trim_end();
        let numeric = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let number: f64 = digits.parse().ok().filter(|_| numeric)?;
        Some(number * factor)
    })
}

/// A single value as a list of one.
pub(super) fn list(value: &mut Value) {
    if !matches!(value, Value::Array(_) | Value::Null) {
        *value = Value::Array(vec![value.take()]);
    }
}

/// A list of plain values as a sorted set of texts, in the order of UTF-16
/// units, as a Java sorted set has it.
pub(super) fn set(value: &mut Value) {
    let Value::Array(items) = value else { return };
    let texts: Option<Vec<String>> = items
        .iter()
        .map(|item| match item {
            Value::String(text) => Some(text.clone()),
            Value::Bool(_) | Value::Number(_) => Some(item.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        })
        .collect();
    if let Some(mut texts) = texts {
        texts.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
        texts.dedup();
        *items = texts.into_iter().map(Value::String).collect();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[test]
    fn one_spelling() {
        type Change = fn(&mut Value);
        let cases: [(Change, Value, Value); 15] = [
            (super::time, json!("15m"), json!("900000ms")),
            (super::time, json!("900s"), json!("900000ms")),
            (super::time, json!("7.5m"), json!("450000ms")),
            (super::time, json!("95653ms"), json!("95653ms")),
            (super::time, json!(60), json!("60000ms")),
            (super::time, json!("soon"), json!("soon")),
            (super::time, json!("1em"), json!("1em")),
            (super::size, json!("1gb"), json!("1073741824b")),
            (super::size, json!("1024MB"), json!("1073741824b")),
            (super::size, json!(1024), json!("1073741824b")),
            (
                super::set,
                json!(["b", "a", "b", 2]),
                json!(["2", "a", "b"]),
            ),
            (super::set, json!([{"a": 1}]), json!([{"a": 1}])),
            (
                super::numbers,
                json!({"a": [5.0, 5.5, 1e300]}),
                json!({"a": [5, 5.5, 1e300]}),
            ),
            (
                super::numbers,
                json!({"script": {"id": "s", "params": {"n": 2.0}}, "params": {"n": 2.0}}),
                json!({"script": {"id": "s", "params": {"n": 2.0}}, "params": {"n": 2}}),
            ),
            (super::list, json!("x"), json!(["x"])),
        ];
        for (change, mut value, expected) in cases {
            let before = value.clone();
            change(&mut value);
            assert_eq!(value, expected, "{before}");
        }
    }
}
