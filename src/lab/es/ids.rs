//! Ids as the machine-learning APIs take them in paths: one, several, patterns,
//! and pages of what they mean.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::lab::rest::{Call, fits};
use crate::lab::store::{Collection, Store};
use crate::model::failure::Failure;

/// Whether an expression stands for everything.
fn is_all(expression: &str) -> bool {
    matches!(expression, "" | "_all" | "*")
}

/// What an expression selects among `known` ids, and the part of it that selects
/// nothing although it should.
pub(super) fn select<'a>(
    expression: &str,
    known: impl Iterator<Item = &'a str>,
    allow_no_match: bool,
) -> Result<Vec<&'a str>, String> {
    let known: Vec<&str> = known.collect();
    if is_all(expression) {
        if known.is_empty() && !allow_no_match {
            return Err(if expression.is_empty() {
                "_all"
            } else {
                expression
            }
            .to_owned());
        }
        return Ok(known);
    }
    let mut missing = Vec::new();
    let mut chosen = vec![false; known.len()];
    for part in expression.split(',').filter(|part| !part.is_empty()) {
        let mut found = false;
        for (id, chosen) in known.iter().zip(&mut chosen) {
            if fits(part, id) {
                *chosen = true;
                found = true;
            }
        }
        if !found && (!part.contains('*') || !allow_no_match) {
            missing.push(part);
        }
    }
    if !missing.is_empty() {
        return Err(missing.join(","));
    }
    let chosen = known.iter().zip(chosen).filter(|(_, chosen)| *chosen);
    Ok(chosen.map(|(id, _)| *id).collect())
}

/// What an expression selects among the stored bodies of a collection, in the
/// order of the ids, or the part of it that selects nothing although it should.
pub(super) fn stored<'a>(
    store: &'a Store,
    collection: &Collection,
    expression: &str,
    allow_no_match: bool,
) -> Result<Vec<(&'a str, &'a Value)>, String> {
    let mut all = store.sorted(collection);
    let chosen = select(expression, all.iter().map(|(id, _)| *id), allow_no_match)?;
    let chosen: HashSet<&str> = chosen.into_iter().collect();
    all.retain(|(id, _)| chosen.contains(id));
    Ok(all)
}

/// `from` and `size` of a call.
pub(super) struct Page {
    from: usize,
    size: usize,
}

impl Page {
    /// Reads them; 0 and 100 without.
    pub(super) fn of(call: &Call) -> Result<Self, Failure> {
        let read = |name: &str, default: i32| {
            let value = call.params.int(name, default)?;
            usize::try_from(value)
                .map_err(|_| Failure::illegal_argument(format!("Parameter [{name}] cannot be < 0")))
        };
        Ok(Self {
            from: read("from", 0)?,
            size: read("size", 100)?,
        })
    }

    /// The answer of a list: its total and this page of it.
    pub(super) fn answer(&self, name: &str, all: &[Value]) -> Value {
        let page: Vec<&Value> = all.iter().skip(self.from).take(self.size).collect();
        json!({"count": all.len(), name: page})
    }
}

#[cfg(test)]
mod tests {
    use super::select;

    #[test]
    fn expressions_select() {
        let known = || ["a1", "a2", "b"].into_iter();
        assert_eq!(select("a*", known(), true), Ok(vec!["a1", "a2"]));
        assert_eq!(select("b,a1", known(), true), Ok(vec!["a1", "b"]));
        assert_eq!(select("_all", known(), true).map(|ids| ids.len()), Ok(3));
        assert_eq!(select("x,b,y", known(), true), Err("x,y".to_owned()));
        assert_eq!(select("x*", known(), true), Ok(vec![]));
        assert_eq!(select("x*", known(), false), Err("x*".to_owned()));
    }
}
