//! The aggregations of a datafeed: one histogram over time that holds the rest.

use serde_json::{Map, Value};

use super::super::failure::Failure;
use super::super::time_span::TimeSpan;

fn refuse(reason: impl Into<String>) -> Failure {
    Failure::bad_request(reason)
}

/// Checks what the server checks when a datafeed is created.
pub(super) fn check(aggregations: &Value) -> Result<(), Failure> {
    let top = aggregations.as_object().filter(|top| !top.is_empty());
    let Some(top) = top else {
        return Err(refuse(
            "A date_histogram (or histogram) aggregation is required",
        ));
    };
    let histogram = find_histogram(top, 20)?;
    let inner = children(histogram.holder);
    if inner.is_some_and(|inner| has_histogram(inner, 20)) {
        return Err(refuse(
            "Aggregations can only have 1 date_histogram or histogram aggregation",
        ));
    }
    let has_time = inner.into_iter().flat_map(Map::values).any(|child| {
        child
            .pointer("/max/field")
            .and_then(Value::as_str)
            .is_some_and(|field| Some(field) == histogram.field)
    });
    if !has_time {
        return Err(refuse(format!(
            "Date histogram must have nested max aggregation for time_field [{}]",
            histogram.field.unwrap_or("null")
        )));
    }
    match histogram.interval {
        Some(millis) if millis <= 0 => Err(refuse("Aggregation interval must be greater than 0")),
        _ => Ok(()),
    }
}

/// The interval of the histogram, in milliseconds.
pub(super) fn interval_millis(aggregations: &Value) -> Option<i64> {
    find_histogram(aggregations.as_object()?, 20).ok()?.interval
}

struct Histogram<'a> {
    holder: &'a Value,
    field: Option<&'a str>,
    interval: Option<i64>,
}

fn children(aggregation: &Value) -> Option<&Map<String, Value>> {
    ["aggregations", "aggs"]
        .iter()
        .find_map(|key| aggregation.get(key)?.as_object())
}

fn histogram(aggregation: &Value) -> Option<Histogram<'_>> {
    let found = |kind: &str| aggregation.get(kind);
    if let Some(body) = found("date_histogram").or_else(|| found("histogram")) {
        return Some(Histogram {
            holder: aggregation,
            field: body.get("field").and_then(Value::as_str),
            interval: interval(body),
        });
    }
    let sources = found("composite")?.get("sources")?.as_array()?;
    let body = sources
        .iter()
        .filter_map(Value::as_object)
        .flat_map(Map::values)
        .find_map(|source| source.get("date_histogram"))?;
    Some(Histogram {
        holder: aggregation,
        field: body.get("field").and_then(Value::as_str),
        interval: interval(body),
    })
}

fn interval(body: &Value) -> Option<i64> {
    let value = ["fixed_interval", "calendar_interval", "interval"]
        .iter()
        .find_map(|key| body.get(key))?;
    let text = match value {
        Value::Number(number) => return number.as_i64(),
        Value::String(text) => text,
        _ => return None,
    };
    match text.as_str() {
        "second" => Some(1_000),
        "minute" => Some(60_000),
        "hour" => Some(3_600_000),
        "day" | "1d" => Some(86_400_000),
        "week" | "1w" => Some(7 * 86_400_000),
        _ => TimeSpan::parse(text, "interval")
            .ok()
            .map(TimeSpan::as_millis),
    }
}

fn find_histogram(level: &Map<String, Value>, depth: usize) -> Result<Histogram<'_>, Failure> {
    let missing = || refuse("A date_histogram (or histogram) aggregation is required");
    let depth = depth.checked_sub(1).ok_or_else(missing)?;
    let mut members = level.values();
    let first = members.next().ok_or_else(missing)?;
    if members.next().is_some() {
        return Err(refuse(
            "The date_histogram (or histogram) aggregation cannot have sibling aggregations",
        ));
    }
    match histogram(first) {
        Some(found) => Ok(found),
        None => find_histogram(children(first).ok_or_else(missing)?, depth),
    }
}

fn has_histogram(level: &Map<String, Value>, depth: usize) -> bool {
    depth > 0
        && level.values().any(|child| {
            histogram(child).is_some()
                || children(child).is_some_and(|inner| has_histogram(inner, depth - 1))
        })
}
