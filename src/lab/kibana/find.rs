//! Lists of rules: `_find` and their tags.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::lab::store::Collection;

use super::error::{Fault, platform};
use super::kql::Kql;
use super::{Answered, Reply, Visit};

fn number(visit: &Visit, name: &str, default: usize) -> Result<usize, Fault> {
    match visit.request.param(name) {
        None => Ok(default),
        Some(text) => text
            .parse()
            .ok()
            .filter(|number| *number > 0 || name == "per_page")
            .ok_or_else(|| {
                platform(
                    400,
                    format!("[request query]: Invalid value \"{text}\" supplied to \"{name}\""),
                )
            }),
    }
}

/// The rules that an expression selects; all without one.
pub(super) fn select(visit: &Visit, filter: Option<&str>) -> Result<Vec<Value>, Fault> {
    let filter = match filter.map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(Kql::parse(text).ok_or_else(|| {
            platform(
                400,
                format!("KQLSyntaxError: cannot read the filter {text:?}"),
            )
        })?),
    };
    let store = visit.cluster.read();
    Ok(store
        .all(&Collection::rules(&visit.space))
        .filter(|(_, rule)| filter.as_ref().is_none_or(|filter| filter.matches(rule)))
        .map(|(_, rule)| rule.clone())
        .collect())
}

/// One page of the rules.
pub(super) fn find(visit: &Visit) -> Answered {
    let page = number(visit, "page", 1)?;
    let per_page = number(visit, "per_page", 20)?.min(10_000);
    let mut rules = select(visit, visit.request.param("filter"))?;
    if let Some(field) = visit.request.param("sort_field") {
        let key = |rule: &Value| match rule.get(field) {
            Some(Value::String(text)) => text.to_lowercase(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        rules.sort_by_key(key);
        if visit.request.param("sort_order") == Some("desc") {
            rules.reverse();
        }
    }
    let total = rules.len();
    let data: Vec<Value> = rules
        .into_iter()
        .skip((page - 1).saturating_mul(per_page))
        .take(per_page)
        .collect();
    Ok(Reply::ok(
        json!({"page": page, "perPage": per_page, "total": total, "data": data}),
    ))
}

/// The tags of all rules, sorted.
pub(super) fn tags(visit: &Visit) -> Answered {
    let rules = select(visit, None)?;
    let tags: BTreeSet<&str> = rules
        .iter()
        .filter_map(|rule| rule.get("tags")?.as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    Ok(Reply::ok(json!(tags)))
}
