//! Queries over documents, as far as installs are checked with them: all, none,
//! ids by field, `exists`, `term`, `terms`, `match`, `range`, `bool`.

use serde_json::{Map, Value};

use crate::model::failure::Failure;

/// How deep queries may nest.
const MAX_DEPTH: usize = 30;

/// A parsed query.
#[derive(Clone, Debug)]
pub(super) enum Query {
    All,
    None,
    Exists(String),
    /// A field has one of these values.
    Terms(String, Vec<Value>),
    Range(String, Map<String, Value>),
    Bool {
        all: Vec<Query>,
        none: Vec<Query>,
        any: Vec<Query>,
        least: usize,
    },
}

impl Query {
    /// The query that every document matches.
    pub(super) fn all() -> Self {
        Self::All
    }

    /// The query of a body `{"query": ...}`.
    pub(super) fn parse(body: &Value) -> Result<Self, Failure> {
        match body.get("query") {
            None => Ok(Self::All),
            Some(query) => Self::read(query, 0),
        }
    }

    fn read(query: &Value, depth: usize) -> Result<Self, Failure> {
        let malformed = |reason: &str| Failure::new(400, "parsing_exception", reason.to_owned());
        if depth > MAX_DEPTH {
            return Err(malformed("query is nested too deeply"));
        }
        let (kind, config) = query
            .as_object()
            .and_then(|members| members.iter().next())
            .ok_or_else(|| malformed("query malformed, empty clause found"))?;
        Ok(match kind.as_str() {
            "match_all" => Self::All,
            "match_none" => Self::None,
            "exists" => {
                let field = config.get("field").and_then(Value::as_str);
                Self::Exists(
                    field
                        .ok_or_else(|| malformed("[exists] must be provided with a [field]"))?
                        .to_owned(),
                )
            }
            "term" | "match" => {
                let (field, value) = one(config).ok_or_else(|| malformed("query needs a field"))?;
                let value = value
                    .get("value")
                    .or_else(|| value.get("query"))
                    .unwrap_or(value);
                Self::Terms(field.to_owned(), vec![value.clone()])
            }
            "terms" => {
                let (field, values) =
                    one(config).ok_or_else(|| malformed("query needs a field"))?;
                let values = values
                    .as_array()
                    .ok_or_else(|| malformed("[terms] query needs an array of values"))?;
                Self::Terms(field.to_owned(), values.clone())
            }
            "range" => {
                let (field, bounds) =
                    one(config).ok_or_else(|| malformed("query needs a field"))?;
                Self::Range(
                    field.to_owned(),
                    bounds.as_object().cloned().unwrap_or_default(),
                )
            }
            "bool" => Self::boolean(config, depth)?,
            "constant_score" => {
                Self::read(config.get("filter").unwrap_or(&Value::Null), depth + 1)?
            }
            other => {
                return Err(malformed(&format!("unknown query [{other}]")));
            }
        })
    }

    fn boolean(config: &Value, depth: usize) -> Result<Self, Failure> {
        let list = |name: &str| -> Result<Vec<Self>, Failure> {
            match config.get(name) {
                None => Ok(Vec::new()),
                Some(Value::Array(queries)) => queries
                    .iter()
                    .map(|query| Self::read(query, depth + 1))
                    .collect(),
                Some(query) => Ok(vec![Self::read(query, depth + 1)?]),
            }
        };
        let mut all = list("must")?;
        all.extend(list("filter")?);
        let any = list("should")?;
        let default = usize::from(all.is_empty() && !any.is_empty());
        let least = config
            .get("minimum_should_match")
            .and_then(Value::as_u64)
            .and_then(|least| usize::try_from(least).ok())
            .unwrap_or(default);
        Ok(Self::Bool {
            all,
            none: list("must_not")?,
            any,
            least,
        })
    }

    /// Whether a document matches.
    pub(super) fn matches(&self, source: &Value) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Exists(field) => !values(source, field).is_empty(),
            Self::Terms(field, wanted) => values(source, field)
                .iter()
                .any(|value| wanted.iter().any(|wanted| same(value, wanted))),
            Self::Range(field, bounds) => values(source, field)
                .iter()
                .any(|value| within(value, bounds)),
            Self::Bool {
                all,
                none,
                any,
                least,
            } => {
                all.iter().all(|query| query.matches(source))
                    && !none.iter().any(|query| query.matches(source))
                    && any.iter().filter(|query| query.matches(source)).count() >= *least
            }
        }
    }
}

/// The one member of an object.
fn one(config: &Value) -> Option<(&str, &Value)> {
    let (name, value) = config.as_object()?.iter().next()?;
    Some((name, value))
}

/// The values of a field, wherever its dots stand; `null` is none.
fn values<'a>(source: &'a Value, field: &str) -> Vec<&'a Value> {
    match source {
        Value::Array(elements) => elements
            .iter()
            .flat_map(|element| values(element, field))
            .collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| {
                if name == field {
                    leaves(value)
                } else if let Some(rest) = field
                    .strip_prefix(name.as_str())
                    .and_then(|rest| rest.strip_prefix('.'))
                {
                    values(value, rest)
                } else {
                    Vec::new()
                }
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn leaves(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(elements) => elements.iter().flat_map(leaves).collect(),
        Value::Object(members) => members.values().flat_map(leaves).collect(),
        other => vec![other],
    }
}

/// Equal as text, so that `1` and `"1"` are the same.
fn same(a: &Value, b: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    a == b || text(a) == text(b)
}

fn within(value: &Value, bounds: &Map<String, Value>) -> bool {
    bounds.iter().all(|(name, bound)| {
        let order = match (value.as_f64(), bound.as_f64()) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => match (value.as_str(), bound.as_str()) {
                (Some(a), Some(b)) => Some(a.cmp(b)),
                _ => None,
            },
        };
        match name.as_str() {
            "gt" => order == Some(std::cmp::Ordering::Greater),
            "gte" => order.is_some_and(std::cmp::Ordering::is_ge),
            "lt" => order == Some(std::cmp::Ordering::Less),
            "lte" => order.is_some_and(std::cmp::Ordering::is_le),
            _ => true,
        }
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::Query;

    #[test]
    fn queries_match() {
        let source =
            json!({"a": {"b": 1}, "c.d": "x", "n": null, "l": [{"m": 2}, {"m": 3}], "e": []});
        let cases = [
            (json!({"match_all": {}}), true),
            (json!({"exists": {"field": "a.b"}}), true),
            (json!({"exists": {"field": "a"}}), true),
            (json!({"exists": {"field": "c.d"}}), true),
            (json!({"exists": {"field": "n"}}), false),
            (json!({"exists": {"field": "e"}}), false),
            (json!({"term": {"l.m": 3}}), true),
            (json!({"terms": {"a.b": [4, "1"]}}), true),
            (json!({"range": {"a.b": {"gte": 1, "lt": 2}}}), true),
            (json!({"range": {"a.b": {"gt": 1}}}), false),
            (
                json!({"bool": {"filter": [{"exists": {"field": "a.b"}}], "must_not": {"term": {"c.d": "y"}}}}),
                true,
            ),
            (
                json!({"bool": {"should": [{"term": {"c.d": "y"}}, {"match_none": {}}]}}),
                false,
            ),
        ];
        for (query, expected) in cases {
            let parsed = Query::parse(&json!({"query": query})).unwrap();
            assert_eq!(parsed.matches(&source), expected, "{query}");
        }
        for bad in [
            json!({"query": {}}),
            json!({"query": {"nonsense": {}}}),
            json!({"query": {"exists": {}}}),
        ] {
            assert!(Query::parse(&bad).is_err(), "{bad}");
        }
    }
}
