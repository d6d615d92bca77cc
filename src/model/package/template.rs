//! Names of pipelines in a package's files: `{{ IngestPipeline "name" }}`, and
//! `{< IngestPipeline "name" >}` as Beats wrote it. Other braces are mustache,
//! which the server fills in.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};

/// The braces around such a name.
const BRACES: [(&str, &str); 2] = [("{{", "}}"), ("{<", ">}")];

/// The word before the name.
const WORD: &str = "IngestPipeline";

/// `text` (of the file `source`) with each such name replaced by the one that
/// `names` gives it.
///
/// # Errors
/// [`ErrorKind::Malformed`] for a name that the package has no pipeline of.
pub(super) fn filled(text: &str, source: &str, names: &BTreeMap<String, String>) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next(rest) {
        let installed = names.get(name).ok_or_else(|| {
            Error::new(
                ErrorKind::Malformed,
                format!("{source} names the pipeline {name:?}, which the package does not have"),
            )
        })?;
        out.push_str(before);
        out.push_str(installed);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// The first such name: what is before it, the name, what is after it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let word = from + text.get(from..)?.find(WORD)?;
        from = word + WORD.len();
        let before = text.get(..word)?.trim_end_matches(' ');
        let after = text.get(from..)?;
        let found = BRACES.iter().find_map(|(open, close)| {
            let before = before.strip_suffix(open)?;
            let (name, after) = quoted(after)?;
            Some((
                before,
                name,
                after.trim_start_matches(' ').strip_prefix(close)?,
            ))
        });
        if found.is_some() {
            return found;
        }
    }
}

/// A name in quotes of either kind after spaces, and what is after it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let spaced = text.trim_start_matches(' ');
    if spaced.len() == text.len() {
        return None;
    }
    let quote = spaced.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    spaced.get(1..)?.split_once(quote)
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn all_spellings_and_all_places() {
        let names = [("a".to_owned(), "1.0.0-a".to_owned())]
            .into_iter()
            .collect();
        for (text, expected) in [
            ("n: '{{ IngestPipeline \"a\" }}'", "n: '1.0.0-a'"),
            ("n: \"{{IngestPipeline 'a'}}\"", "n: \"1.0.0-a\""),
            (
                "{< IngestPipeline \"a\" >}{{  IngestPipeline  'a'  }}",
                "1.0.0-a1.0.0-a",
            ),
            (
                "{{ _ingest.on_failure_message }}",
                "{{ _ingest.on_failure_message }}",
            ),
            (
                "IngestPipeline {{IngestPipeline}}",
                "IngestPipeline {{IngestPipeline}}",
            ),
            ("{{ IngestPipeline \"a\" ", "{{ IngestPipeline \"a\" "),
            ("{{ IngestPipeline \u{e9}", "{{ IngestPipeline \u{e9}"),
        ] {
            assert_eq!(filled(text, "x", &names).expect(text), expected);
        }
        let error = filled("{{ IngestPipeline \"b\" }}", "x.yml", &names).expect_err("unknown");
        assert!(
            error
                .to_string()
                .starts_with("x.yml names the pipeline \"b\"")
        );
    }
}
