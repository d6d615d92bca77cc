//! Which pipeline the documents enter.

use std::collections::BTreeSet;

use crate::error::{Error, ErrorKind, Result};

/// A pipeline and those that it calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calls {
    /// Its id
    pub pipeline: String,
    /// The ids of the pipelines that it calls
    pub called: BTreeSet<String>,
}

/// The pipeline that documents enter: `wanted`, else the only one that no other
/// calls.
///
/// # Errors
/// [`ErrorKind::Usage`] when `wanted` is not among them, or when none or several
/// could be meant; the candidates are named.
pub fn choose<'c>(calls: &'c [Calls], wanted: Option<&str>) -> Result<&'c str> {
    let ids = || calls.iter().map(|call| call.pipeline.as_str());
    if let Some(wanted) = wanted {
        return ids().find(|id| *id == wanted).ok_or_else(|| {
            let known: Vec<&str> = ids().collect();
            Error::new(ErrorKind::Usage, format!("there is no pipeline {wanted}"))
                .hint(format!("the pipelines here are {}", known.join(", ")))
        });
    }
    let entries = entries(calls);
    match entries.as_slice() {
        [entry] => Ok(entry),
        [] if calls.is_empty() => Err(Error::new(
            ErrorKind::Usage,
            "there is no pipeline to send documents through",
        )),
        [] => Err(ambiguous(
            "every pipeline is called by another",
            &ids().collect::<Vec<_>>(),
        )),
        _ => Err(ambiguous(
            "several pipelines are called by no other",
            &entries,
        )),
    }
}

/// The pipelines that no other calls.
#[must_use]
pub fn entries(calls: &[Calls]) -> Vec<&str> {
    let called: BTreeSet<&str> = calls
        .iter()
        .flat_map(|call| {
            let others = call.called.iter().filter(|id| **id != call.pipeline);
            others.map(String::as_str)
        })
        .collect();
    let ids = calls.iter().map(|call| call.pipeline.as_str());
    ids.filter(|id| !called.contains(id)).collect()
}

fn ambiguous(what: &str, candidates: &[&str]) -> Error {
    Error::new(
        ErrorKind::Usage,
        format!("{what}: {}", candidates.join(", ")),
    )
    .hint("name the one that documents enter with --entry")
}

#[cfg(test)]
mod tests {
    use super::{Calls, choose};

    fn calls(pairs: &[(&str, &[&str])]) -> Vec<Calls> {
        pairs
            .iter()
            .map(|(pipeline, called)| Calls {
                pipeline: (*pipeline).to_owned(),
                called: called.iter().map(|id| (*id).to_owned()).collect(),
            })
            .collect()
    }

    #[test]
    fn the_one_that_nobody_calls_is_the_entry() {
        for (pairs, wanted, expected) in [
            (&[("a", &["b"][..]), ("b", &[])][..], None, Ok("a")),
            (&[("b", &[]), ("a", &["b"])], None, Ok("a")),
            (&[("a", &["a"])], None, Ok("a")),
            (&[("a", &["b"]), ("b", &[])], Some("b"), Ok("b")),
            (&[("a", &[])], Some("x"), Err("there is no pipeline x")),
            (
                &[("a", &[]), ("b", &[]), ("c", &[])],
                None,
                Err("several pipelines are called by no other: a, b, c"),
            ),
            (
                &[("a", &["b"]), ("b", &["a"])],
                None,
                Err("every pipeline is called by another: a, b"),
            ),
            (
                &[],
                None,
                Err("there is no pipeline to send documents through"),
            ),
        ] {
            let calls = calls(pairs);
            let chosen = choose(&calls, wanted).map_err(|error| error.to_string());
            assert_eq!(chosen, expected.map_err(str::to_owned), "{pairs:?}");
        }
    }
}
