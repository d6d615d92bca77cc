//! Parameters of a call: those of the path and those of the query. Like the real
//! server, they remember which of them the API asked for, so that the others
//! can be refused.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::str::FromStr;

use crate::model::failure::Failure;

/// Parameters that every API takes.
const COMMON: [&str; 9] = [
    "pretty",
    "human",
    "error_trace",
    "filter_path",
    "format",
    "source",
    "source_content_type",
    "ignore",
    "path_restricted",
];

/// Path and query parameters of one call.
#[derive(Debug, Default)]
pub struct Params {
    path: Vec<(&'static str, String)>,
    query: Vec<(String, String)>,
    seen: RefCell<BTreeSet<String>>,
}

impl Params {
    /// Parameters from a route and a query.
    #[must_use]
    pub fn new(path: Vec<(&'static str, String)>, query: Vec<(String, String)>) -> Self {
        Self {
            path,
            query,
            seen: RefCell::default(),
        }
    }

    /// A part of the path; empty when the route has no such part.
    #[must_use]
    pub fn path(&self, name: &str) -> &str {
        self.path
            .iter()
            .find(|(key, _)| *key == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// A query parameter, if it was given.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.seen.borrow_mut().insert(name.to_owned());
        self.query
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A query parameter that is `true` or `false`; without a value it is true.
    ///
    /// # Errors
    /// 400 for other words.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, Failure> {
        match self.get(name) {
            None => Ok(default),
            Some("true" | "") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => Err(Failure::illegal_argument(format!(
                "Failed to parse value [{other}] as only [true] or [false] are allowed."
            ))),
        }
    }

    /// A query parameter that is a 32-bit number.
    ///
    /// # Errors
    /// 400 for other text.
    pub fn int(&self, name: &str, default: i32) -> Result<i32, Failure> {
        Ok(self.number("int", name)?.unwrap_or(default))
    }

    /// A query parameter that is a 64-bit number, not below zero.
    ///
    /// # Errors
    /// 400 for other text.
    pub fn long(&self, name: &str) -> Result<Option<u64>, Failure> {
        self.number("long", name)
    }

    fn number<T: FromStr>(&self, kind: &str, name: &str) -> Result<Option<T>, Failure> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| {
            Failure::illegal_argument(format!(
                "Failed to parse {kind} parameter [{name}] with value [{text}]"
            ))
            .because(Failure::new(
                400,
                "number_format_exception",
                format!("For input string: \"{text}\""),
            ))
        })
    }

    /// Marks parameters as known that need no value here (timeouts and the like).
    pub fn accept(&self, names: &[&str]) {
        let mut seen = self.seen.borrow_mut();
        seen.extend(names.iter().map(|name| (*name).to_owned()));
    }

    /// Refuses what was given and never asked for.
    ///
    /// # Errors
    /// 400 that names them, with the known parameter that is meant, if any.
    pub fn refuse_unknown(&self, path: &str) -> Result<(), Failure> {
        let seen = self.seen.borrow();
        let unknown: BTreeSet<&str> = self
            .query
            .iter()
            .map(|(key, _)| key.as_str())
            .filter(|key| !seen.contains(*key) && !COMMON.contains(key))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let plural = if unknown.len() > 1 { "s" } else { "" };
        let names: Vec<String> = unknown
            .iter()
            .map(|name| format!("[{name}]{}", meant(name, &seen)))
            .collect();
        Err(Failure::illegal_argument(format!(
            "request [{path}] contains unrecognized parameter{plural}: {}",
            names.join(", ")
        )))
    }
}

/// ` -> did you mean ...`, as the server suggests, or nothing.
fn meant(unknown: &str, known: &BTreeSet<String>) -> String {
    let mut close: Vec<(f64, &str)> = known
        .iter()
        .map(|name| (similarity(unknown, name), name.as_str()))
        .filter(|(score, _)| *score > 0.5)
        .collect();
    close.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    match close.as_slice() {
        [] => String::new(),
        [(_, one)] => format!(" -> did you mean [{one}]?"),
        many => {
            let names: Vec<_> = many.iter().map(|(_, name)| *name).collect();
            format!(" -> did you mean any of [{}]?", names.join(", "))
        }
    }
}

/// One minus the edit distance over the longer length.
fn similarity(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let longest = a.len().max(b.len());
    if longest == 0 || longest > 200 {
        return 0.0;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut previous = i + 1;
        let mut next = vec![previous];
        for (right, above) in b.iter().zip(row.iter().skip(1)) {
            let cost = usize::from(left != right);
            previous = (diagonal + cost).min(above + 1).min(previous + 1);
            diagonal = *above;
            next.push(previous);
        }
        row = next;
    }
    let distance = row.last().copied().unwrap_or(longest);
    #[expect(clippy::cast_precision_loss, reason = "lengths of parameter names")]
    let score = 1.0 - distance as f64 / longest as f64;
    score
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{Params, similarity};

    #[test]
    fn unknown_parameters_are_named_in_order() {
        let query = ["include", "exclude_generated", "size", "pretty"]
            .map(|name| (name.to_owned(), String::new()));
        let params = Params::new(Vec::new(), query.to_vec());
        params.accept(&["size"]);
        let refusal = params.refuse_unknown("/_ml/inference/x").unwrap_err();
        assert_eq!(
            refusal.reason(),
            "request [/_ml/inference/x] contains unrecognized parameters: [exclude_generated], [include]"
        );
    }

    #[test]
    fn a_slip_of_the_pen_is_recognized() {
        let params = Params::new(Vec::new(), vec![("forse".into(), "true".into())]);
        params.accept(&["force", "timeout"]);
        let refusal = params.refuse_unknown("/x").unwrap_err();
        assert!(
            refusal
                .reason()
                .ends_with("[forse] -> did you mean [force]?")
        );
        assert!(similarity("abc", "abc") > 0.999);
        assert!(similarity("abc", "xyz") < 0.001);
    }
}
