//! `filter_path`: which parts of an answer are wanted ("Response filtering" of
//! the REST API conventions). `*` stands for one name, also in part, `**` for
//! any number of names, a leading `-` leaves out.

use serde_json::{Map, Value};

/// Parsed `filter_path` of a call.
#[derive(Clone, Debug, Default)]
pub struct FilterPath {
    include: Vec<Vec<String>>,
    exclude: Vec<Vec<String>>,
}

impl FilterPath {
    /// Parses a comma-separated list; nothing when it holds nothing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut filter = Self::default();
        for pattern in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (list, pattern) = match pattern.strip_prefix('-') {
                Some(rest) => (&mut filter.exclude, rest),
                None => (&mut filter.include, pattern),
            };
            list.push(pattern.split('.').map(str::to_owned).collect());
        }
        (!filter.include.is_empty() || !filter.exclude.is_empty()).then_some(filter)
    }

    /// What is left of `value`.
    #[must_use]
    pub fn apply(&self, value: Value) -> Value {
        let include: Vec<_> = self.include.iter().map(Vec::as_slice).collect();
        let value = if include.is_empty() {
            Some(value)
        } else {
            kept(value, &include)
        };
        let exclude: Vec<_> = self.exclude.iter().map(Vec::as_slice).collect();
        value.map_or_else(
            || Value::Object(Map::new()),
            |value| without(value, &exclude),
        )
    }
}

type Patterns<'a> = [&'a [String]];

/// The patterns that are left after the step `name`; the second value says
/// whether one of them ends here.
fn step<'a>(patterns: &Patterns<'a>, name: &str) -> (Vec<&'a [String]>, bool) {
    let mut left = Vec::new();
    let mut ends = false;
    for pattern in patterns {
        let Some((first, rest)) = pattern.split_first() else {
            continue;
        };
        if first == "**" {
            left.push(*pattern);
            let (deeper, inner_ends) = step(&[rest], name);
            left.extend(deeper);
            ends |= inner_ends || rest.is_empty();
        } else if fits(first, name) {
            ends |= rest.is_empty();
            if !rest.is_empty() {
                left.push(rest);
            }
        }
    }
    (left, ends)
}

fn kept(value: Value, patterns: &Patterns) -> Option<Value> {
    match value {
        Value::Object(members) => {
            let members: Map<_, _> = members
                .into_iter()
                .filter_map(|(name, value)| {
                    let (left, ends) = step(patterns, &name);
                    let value = if ends {
                        Some(value)
                    } else {
                        kept(value, &left)
                    };
                    value.map(|value| (name, value))
                })
                .collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        Value::Array(elements) => {
            let elements: Vec<_> = elements
                .into_iter()
                .filter_map(|element| kept(element, patterns))
                .collect();
            (!elements.is_empty()).then_some(Value::Array(elements))
        }
        _ => None,
    }
}

fn without(value: Value, patterns: &Patterns) -> Value {
    if patterns.is_empty() {
        return value;
    }
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter_map(|(name, value)| {
                let (left, ends) = step(patterns, &name);
                (!ends).then(|| (name, without(value, &left)))
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(elements) => elements
            .into_iter()
            .map(|element| without(element, patterns))
            .collect(),
        other => other,
    }
}

/// Whether `name` fits a pattern in which `*` stands for any text.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{FilterPath, fits};

    #[test]
    fn filters() {
        let whole = json!({"a": {"b": 1, "c": [{"d": 2, "e": 3}, {"e": 4}]}, "n": {"x": {"v": 1}, "y": {"v": 2, "w": 3}}});
        let cases = [
            ("a.b", json!({"a": {"b": 1}})),
            ("a.c.d", json!({"a": {"c": [{"d": 2}]}})),
            ("n.*.v", json!({"n": {"x": {"v": 1}, "y": {"v": 2}}})),
            ("**.v", json!({"n": {"x": {"v": 1}, "y": {"v": 2}}})),
            ("n.x,a.b", json!({"a": {"b": 1}, "n": {"x": {"v": 1}}})),
            ("-n,-a.c", json!({"a": {"b": 1}})),
            ("n,-n.y", json!({"n": {"x": {"v": 1}}})),
            ("zz", json!({})),
            ("a.b.c", json!({})),
        ];
        for (text, left) in cases {
            let filter = FilterPath::parse(text);
            assert_eq!(
                filter.map(|filter| filter.apply(whole.clone())),
                Some(left),
                "{text}"
            );
        }
        assert!(FilterPath::parse("").is_none());
    }

    #[test]
    fn wildcards() {
        for (pattern, name, expected) in [
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "abc", true),
            ("a*b*c", "a_b_c", true),
            ("*", "", true),
            ("abc", "abc", true),
            ("ab", "abc", false),
            ("a*d", "abc", false),
            ("*ab*ab*", "ab", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
