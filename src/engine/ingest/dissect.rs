//! Dissect patterns: literal delimiters with keys between them
//! (Elasticsearch guide, "Dissect processor").

use crate::engine::failure::Failure;

/// A pattern may have this many keys.
const MAX_KEYS: usize = 1000;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Dissect {
    pattern: String,
    leading: String,
    /// Each key with the delimiter that follows it.
    pairs: Vec<(Key, String)>,
    append_separator: String,
    /// How many fields a match gives.
    fields: usize,
}

#[derive(Clone, Debug)]
struct Key {
    name: String,
    kind: Kind,
    /// `->`: delimiters that repeat count as one.
    skip_right_padding: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `%{name}`
    Field,
    /// `%{?name}` and `%{}`: matched and dropped.
    Skip,
    /// `%{+name}`, or `%{+name/2}` with its place.
    Append(Option<i16>),
    /// `%{*name}`: the value is a field's name.
    FieldName,
    /// `%{&name}`: the value of the field that `%{*name}` names.
    FieldValue,
}

impl Dissect {
    /// Compiles a pattern; values of `+` keys are joined by `append_separator`.
    ///
    /// # Errors
    /// `pattern_parse` for a pattern without keys or with references that do
    /// not pair up, `key_parse` for a key that is not well formed.
    pub(super) fn new(pattern: &str, append_separator: &str) -> Result<Self, Failure> {
        let refuse = |reason: &str| {
            let reason = format!("Unable to parse pattern: {pattern} Reason: {reason}");
            Failure::new(500, "pattern_parse", reason)
        };
        let (leading, mut rest) = pattern.split_at(pattern.find("%{").unwrap_or(0));
        let mut pairs = Vec::new();
        while let Some(start) = rest.find("%{") {
            let Some((key, after)) = rest[start + 2..].split_once('}') else {
                break;
            };
            let (delimiter, next) = after.split_at(after.find('%').unwrap_or(after.len()));
            pairs.push((Key::parse(key)?, delimiter.to_owned()));
            rest = next;
        }
        let fields = distinct_names(&pairs);
        if fields == 0 {
            return Err(refuse("Unable to find any keys or delimiters."));
        }
        if pairs.len() > MAX_KEYS {
            return Err(refuse("Too many keys."));
        }
        if let Some(name) = unpaired_reference(&pairs) {
            return Err(refuse(&format!(
                "Found invalid key/reference associations: '{name}' Please ensure each '*<key>' is matched with a matching '&<key>"
            )));
        }
        append_where_one_does(&mut pairs);
        Ok(Self {
            pattern: pattern.to_owned(),
            leading: leading.to_owned(),
            pairs,
            append_separator: append_separator.to_owned(),
            fields,
        })
    }

    /// The fields and their texts that `input` holds.
    ///
    /// # Errors
    /// `find_match` when `input` does not have the pattern's shape.
    pub(super) fn parse(&self, input: &str) -> Result<Vec<(String, String)>, Failure> {
        self.values(input)
            .map(|values| self.results(&values))
            .filter(|results| results.len() == self.fields)
            .ok_or_else(|| {
                Failure::new(
                    500,
                    "find_match",
                    format!(
                        "Unable to find match for dissect pattern: {} against source: {input}",
                        self.pattern
                    ),
                )
            })
    }

    /// The text of each key, or `None` when not all keys find theirs. Where a
    /// delimiter repeats, the keys that follow are empty, whatever their own
    /// delimiters are: so does the server.
    fn values<'text>(&self, input: &'text str) -> Option<Vec<&'text str>> {
        let mut rest = input.strip_prefix(self.leading.as_str())?;
        if rest.is_empty() {
            return None;
        }
        let mut values = Vec::with_capacity(self.pairs.len());
        let mut pairs = self.pairs.iter().map(|(key, delimiter)| (key, delimiter));
        let (mut key, mut delimiter) = pairs.next()?;
        loop {
            let found = (!delimiter.is_empty())
                .then(|| rest.split_once(delimiter.as_str()))
                .flatten();
            let Some((value, after)) = found else {
                break;
            };
            values.push(value);
            rest = after;
            while let Some(after) = rest.strip_prefix(delimiter.as_str()) {
                rest = after;
                if !key.skip_right_padding {
                    let Some((next, _)) = pairs.next() else {
                        break;
                    };
                    key = next;
                    values.push("");
                }
            }
            let Some((next, next_delimiter)) = pairs.next() else {
                break;
            };
            (key, delimiter) = (next, next_delimiter);
        }
        if pairs.next().is_none() && values.len() < self.pairs.len() && delimiter.is_empty() {
            values.push(if key.skip_right_padding {
                rest.trim_end_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r'])
            } else {
                rest
            });
        }
        (values.len() == self.pairs.len()).then_some(values)
    }

    fn results(&self, values: &[&str]) -> Vec<(String, String)> {
        let keys = || {
            self.pairs
                .iter()
                .map(|(key, _)| key)
                .zip(values.iter().copied())
        };
        let mut results: Vec<(String, String)> = Vec::new();
        for (key, value) in keys() {
            match key.kind {
                Kind::Field => put(&mut results, &key.name, value.to_owned()),
                Kind::FieldName => {
                    let text = keys()
                        .find(|(other, _)| other.kind == Kind::FieldValue && other.name == key.name)
                        .map_or("", |(_, text)| text);
                    put(&mut results, value, text.to_owned());
                }
                Kind::Append(_) => {
                    if !results.iter().any(|(name, _)| *name == key.name) {
                        let text = self.appended(&key.name, values);
                        put(&mut results, &key.name, text);
                    }
                }
                Kind::Skip | Kind::FieldValue => {}
            }
        }
        results
    }

    /// The values of all `+name` keys, by their place.
    fn appended(&self, name: &str, values: &[&str]) -> String {
        let mut parts = Vec::new();
        let mut implicit = 0;
        for ((key, _), value) in self.pairs.iter().zip(values) {
            if let Kind::Append(place) = key.kind {
                if key.name == name {
                    parts.push((place.map_or(implicit, i32::from), *value));
                }
                implicit += i32::from(place.is_none());
            }
        }
        parts.sort_by_key(|(place, _)| *place);
        let parts: Vec<_> = parts.into_iter().map(|(_, value)| value).collect();
        parts.join(&self.append_separator)
    }
}

impl Key {
    fn parse(text: &str) -> Result<Self, Failure> {
        let refuse = |reason: &str| {
            Failure::new(
                500,
                "key_parse",
                format!("Unable to parse key: {text} Reason: {reason}"),
            )
        };
        let (body, skip_right_padding) = match text.strip_suffix("->") {
            Some(body) => (body, true),
            None => (text, false),
        };
        let rest = || body.get(1..).unwrap_or_default();
        let (kind, name) = match body.chars().next() {
            None => (Kind::Skip, ""),
            Some('?') => (Kind::Skip, rest()),
            Some('*') => (Kind::FieldName, rest()),
            Some('&') => (Kind::FieldValue, rest()),
            Some('+') => match rest().rsplit_once('/') {
                Some((name, place)) => {
                    let place = place.parse().map_err(|_| refuse("bad append order"))?;
                    (Kind::Append(Some(place)), name)
                }
                None => (Kind::Append(None), rest()),
            },
            Some(_) => (Kind::Field, body),
        };
        if name.is_empty() && kind != Kind::Skip {
            return Err(refuse("The key name could be determined"));
        }
        Ok(Self {
            name: name.to_owned(),
            kind,
            skip_right_padding,
        })
    }
}

fn distinct_names(pairs: &[(Key, String)]) -> usize {
    let mut names: Vec<_> = pairs
        .iter()
        .filter(|(key, _)| key.kind != Kind::Skip)
        .map(|(key, _)| key.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

/// A name that does not have exactly one `*` and one `&`.
fn unpaired_reference(pairs: &[(Key, String)]) -> Option<&str> {
    let count = |kind: Kind, name: &str| {
        pairs
            .iter()
            .filter(|(key, _)| key.kind == kind && key.name == name)
            .count()
    };
    pairs
        .iter()
        .filter(|(key, _)| matches!(key.kind, Kind::FieldName | Kind::FieldValue))
        .map(|(key, _)| key.name.as_str())
        .find(|name| count(Kind::FieldName, name) != 1 || count(Kind::FieldValue, name) != 1)
}

/// Where one key of a name appends, its plain namesakes do, too.
fn append_where_one_does(pairs: &mut [(Key, String)]) {
    let appended: Vec<String> = pairs
        .iter()
        .filter(|(key, _)| matches!(key.kind, Kind::Append(_)))
        .map(|(key, _)| key.name.clone())
        .collect();
    for (key, _) in pairs {
        if key.kind == Kind::Field && appended.contains(&key.name) {
            key.kind = Kind::Append(None);
        }
    }
}

fn put(results: &mut Vec<(String, String)>, name: &str, text: String) {
    match results.iter_mut().find(|(known, _)| known == name) {
        Some((_, place)) => *place = text,
        None => results.push((name.to_owned(), text)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Dissect;

    type Fields = &'static [(&'static str, &'static str)];

    #[test]
    fn cuts_texts_into_fields() {
        let cases: [(&str, &str, Fields); 11] = [
            ("%{a} %{b}", "x y z", &[("a", "x"), ("b", "y z")]),
            ("[%{ts}] %{m}", "[1] w", &[("ts", "1"), ("m", "w")]),
            ("%{+n} %{+n}", "x y", &[("n", "x-y")]),
            ("%{+n/2} %{+n/1}", "x y", &[("n", "y-x")]),
            ("%{n} %{+n}", "x y", &[("n", "x-y")]),
            ("%{?no} %{b}", "x y", &[("b", "y")]),
            ("%{} %{b}", "x y", &[("b", "y")]),
            ("%{*k}=%{&k}", "key=val", &[("key", "val")]),
            ("%{a->} %{b}", "x    y", &[("a", "x"), ("b", "y")]),
            (
                "%{a},%{b},%{c}",
                "x,,z",
                &[("a", "x"), ("b", ""), ("c", "z")],
            ),
            (
                "%{a} - %{?->} %{b}",
                "x - skip    y",
                &[("a", "x"), ("b", "y")],
            ),
        ];
        for (pattern, input, expected) in cases {
            let found = Dissect::new(pattern, "-").unwrap().parse(input).unwrap();
            let expected: Vec<_> = expected
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect();
            assert_eq!(found, expected, "{pattern} {input}");
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        for (pattern, input) in [
            ("%{a} %{b}", "x"),
            ("%{a}%{b}", "xy"),
            ("%{a}", ""),
            ("[%{a}]", "x]"),
            ("%{a}]", "x"),
        ] {
            let dissect = Dissect::new(pattern, "").unwrap();
            let failure = dissect.parse(input).unwrap_err();
            assert_eq!(failure.kind(), "find_match", "{pattern} {input}");
        }
        for (pattern, kind) in [
            ("", "pattern_parse"),
            ("plain", "pattern_parse"),
            ("%{a", "pattern_parse"),
            ("%{?a}", "pattern_parse"),
            ("%{*a} %{b}", "pattern_parse"),
            ("%{+} %{b}", "key_parse"),
            ("%{+a/x} %{b}", "key_parse"),
        ] {
            let failure = Dissect::new(pattern, "").unwrap_err();
            assert_eq!(failure.kind(), kind, "{pattern}");
        }
    }
}
