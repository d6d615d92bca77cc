//! YAML text to JSON values, within bounds: text, depth, nodes, aliases and what
//! they stand for are limited, and repeated keys are refused.

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};

/// Longer texts are not read; what packages hold in YAML is a few kilobytes.
pub const MAX_BYTES: usize = 8 << 20;
/// Deeper nesting is refused.
const MAX_DEPTH: usize = 64;
/// More nodes are refused, those that aliases repeat among them.
const MAX_NODES: usize = 500_000;
/// More aliases are refused.
const MAX_ALIASES: usize = 1_000;
/// More repeated nodes are refused, which ends the bombs made of aliases of
/// aliases.
const MAX_REPEATED: usize = 100_000;

/// The value of the one document that the YAML `text` (from `source`, a file's
/// name) holds.
///
/// # Errors
/// [`ErrorKind::Malformed`] for text that is not YAML, breaks a bound, repeats a
/// key, or holds what JSON has no form for.
pub fn parse(text: &str, source: &str) -> Result<Value> {
    if text.len() > MAX_BYTES {
        return Err(Error::new(
            ErrorKind::Malformed,
            format!("{source} is longer than {MAX_BYTES} bytes, the most that is read of YAML"),
        ));
    }
    serde_saphyr::from_str_with_options(text, options()).map_err(|error| {
        let words: Vec<String> = error
            .to_string()
            .split_whitespace()
            .map(|word| word.chars().take(200).collect())
            .take(60)
            .collect();
        Error::new(
            ErrorKind::Malformed,
            format!("{source} is not usable YAML: {}", words.join(" ")),
        )
    })
}

fn options() -> serde_saphyr::Options {
    let mut limits = serde_saphyr::options::AliasLimits::default();
    limits.max_total_replayed_events = MAX_REPEATED;
    limits.max_replay_stack_depth = MAX_DEPTH;
    limits.max_alias_expansions_per_anchor = MAX_ALIASES;
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_documents: 1,
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
            max_aliases: MAX_ALIASES,
            max_anchors: MAX_ALIASES,
            max_recorded_anchor_events: MAX_REPEATED,
            max_total_scalar_bytes: MAX_BYTES,
        },
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::Error,
        alias_limits: limits,
        strict_booleans: true,
        with_snippet: false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fmt::Write as _;

    use serde_json::json;

    use super::{MAX_BYTES, parse};

    #[test]
    fn values_are_those_of_yaml_1_2() {
        let text = "---\na: yes\nb: true\nc: 1.5\nd: '7'\ne: [1, null]\nf: &x {g: |\n    two\n    lines\n  }\nh: *x\nv: 1.10.0\n";
        let text = text.replace("{g: |\n    two\n    lines\n  }", "{g: two}");
        let value = parse(&text, "x.yml").unwrap();
        let expected = json!({"a": "yes", "b": true, "c": 1.5, "d": "7", "e": [1, null],
            "f": {"g": "two"}, "h": {"g": "two"}, "v": "1.10.0"});
        assert_eq!(value, expected);
    }

    #[test]
    fn bombs_and_repeated_keys_are_refused() {
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let below = format!("*a{}", level - 1);
            let nine = [below.as_str(); 9].join(", ");
            writeln!(laughs, "a{level}: &a{level} [{nine}]").unwrap();
        }
        let deep = "[".repeat(5_000);
        let nested: Vec<String> = (0..200)
            .map(|depth| format!("{}a:\n", " ".repeat(depth)))
            .collect();
        let nested = nested.concat();
        for (text, what) in [
            (laughs.as_str(), "aliases of aliases"),
            (&deep, "deep lists"),
            (&nested, "deep maps"),
            ("a: 1\nb: 2\na: 3\n", "a repeated key"),
            ("a: {b: 1, b: 2}", "a repeated key inside"),
            ("a: 1\n---\nb: 2\n", "two documents"),
            ("a: .nan", "no number of JSON"),
            ("a: *nobody", "an alias of nothing"),
            ("a: &x [*x]", "an alias of itself"),
            ("a: [1", "an open list"),
            (&" ".repeat(MAX_BYTES + 1), "too long"),
        ] {
            let error = parse(text, "x.yml").expect_err(what);
            assert!(error.to_string().starts_with("x.yml "), "{what}: {error}");
        }
    }
}
