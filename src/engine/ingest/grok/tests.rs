#![allow(clippy::unwrap_used)]

use super::{Grok, bank};
use crate::engine::value::Value;

fn grok(pattern: &str) -> Grok {
    Grok::new(&[pattern.to_owned()], &[], false).unwrap()
}

fn fields(pattern: &str, text: &str) -> Option<Vec<(String, String)>> {
    let captures = grok(pattern).captures(text).unwrap()?;
    Some(
        captures
            .fields
            .into_iter()
            .map(|(name, value)| (name, value.to_java_string()))
            .collect(),
    )
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

#[test]
fn every_pattern_of_the_bank_compiles() {
    for name in bank::standard().keys() {
        let pattern = format!("%{{{name}:x}}");
        let result = Grok::new(&[pattern], &[], false);
        assert!(result.is_ok(), "{name}: {:?}", result.err());
    }
}

#[test]
fn every_pattern_with_names_of_ecs_compiles() {
    let bank = bank::ecs();
    for name in bank.keys() {
        let pattern = format!("%{{{name}:x}}");
        let result = Grok::with_ecs(&[pattern], &[], false);
        assert!(result.is_ok(), "{name}: {:?}", result.err());
    }
    let left_out = bank::standard()
        .into_keys()
        .find(|name| !bank.contains_key(name))
        .unwrap();
    let error = Grok::with_ecs(&[format!("%{{{left_out}}}")], &[], false).unwrap_err();
    assert!(error.starts_with("not supported offline"), "{error}");
}

#[test]
fn takes_texts_apart() {
    for (pattern, text, expected) in [
        ("%{WORD:w}", "a b", &[("w", "a")][..]),
        (
            "%{NUMBER:n:int} %{NUMBER:f:float}",
            "5 0.50",
            &[("n", "5"), ("f", "0.5")],
        ),
        ("%{IP:ip}", "from ::1", &[("ip", "::1")]),
        ("%{IP:ip}", "10.1.2.3:80", &[("ip", "10.1.2.3")]),
        ("(?<q.r>\\d+)", "id 42", &[("q.r", "42")]),
        (
            "%{WORD:a.b}-%{WORD:[c]}",
            "x-y",
            &[("a.b", "x"), ("[c]", "y")],
        ),
        ("%{INT:i:int}|%{WORD:s}", "abc", &[("s", "abc")]),
        (
            "%{TIMESTAMP_ISO8601:t} %{LOGLEVEL:l} %{GREEDYDATA:m}",
            "2020-08-31T10:20:30.5Z ERROR boom at x",
            &[
                ("t", "2020-08-31T10:20:30.5Z"),
                ("l", "ERROR"),
                ("m", "boom at x"),
            ],
        ),
        (
            "%{COMBINEDAPACHELOG}",
            "1.2.3.4 - bob [31/Aug/2020:10:20:30 +0000] \"GET /x?y=1 HTTP/1.1\" 200 12 \"-\" \"curl/7\"",
            &[
                ("clientip", "1.2.3.4"),
                ("ident", "-"),
                ("auth", "bob"),
                ("timestamp", "31/Aug/2020:10:20:30 +0000"),
                ("verb", "GET"),
                ("request", "/x?y=1"),
                ("httpversion", "1.1"),
                ("response", "200"),
                ("bytes", "12"),
                ("referrer", "\"-\""),
                ("agent", "\"curl/7\""),
            ],
        ),
        (
            "%{SYSLOGLINE}",
            "Aug  1 10:20:30 host app[12]: hello",
            &[
                ("timestamp", "Aug  1 10:20:30"),
                ("logsource", "host"),
                ("program", "app"),
                ("pid", "12"),
                ("message", "hello"),
            ],
        ),
        (
            "%{WINPATH:p}",
            "in C:\\Windows\\x.exe",
            &[("p", "C:\\Windows\\x.exe")],
        ),
        (
            "%{URI:u}",
            "see https://a.b:8/c?d=e now",
            &[("u", "https://a.b:8/c?d=e"), ("port", "8")],
        ),
        (
            "%{UUID:u} %{MAC:m}",
            "0f8fad5b-d9cb-469f-a165-70867728950e 00:1b:2c:3d:4e:5f",
            &[
                ("u", "0f8fad5b-d9cb-469f-a165-70867728950e"),
                ("m", "00:1b:2c:3d:4e:5f"),
            ],
        ),
    ] {
        assert_eq!(fields(pattern, text), Some(pairs(expected)), "{pattern}");
    }
    assert_eq!(fields("%{IPV4:ip}", "1.2.3.400"), None);
    assert_eq!(fields("^$", ""), Some(Vec::new()));
}

#[test]
fn knows_which_expression_matched() {
    let patterns = ["%{INT:i}".to_owned(), "%{WORD:w}".to_owned()];
    let grok = Grok::new(&patterns, &[], true).unwrap();
    let found = grok.captures("x").unwrap().unwrap();
    assert_eq!(found.pattern, 1);
    assert_eq!(found.fields, vec![("w".to_owned(), Value::from("x"))]);
}

#[test]
fn words_errors_as_the_server() {
    let define = |name: &str, pattern: &str| (name.to_owned(), pattern.to_owned());
    for (pattern, definitions, expected) in [
        (
            "%{NOPE:x}",
            vec![],
            "Unable to find pattern [NOPE] in Grok's pattern dictionary",
        ),
        ("(", vec![], "end pattern with unmatched parenthesis"),
        ("a)", vec![], "unmatched close parenthesis"),
        ("[a", vec![], "premature end of char-class"),
        (
            "%{A:a}",
            vec![define("A", "%{B}"), define("B", "%{A}")],
            "circular reference in pattern [B][%{A}] back to pattern [A]",
        ),
        (
            "%{A}",
            vec![define("A", "x%{A}")],
            "circular reference in pattern [A][x%{A}]",
        ),
    ] {
        let error = Grok::new(&[pattern.to_owned()], &definitions, false).unwrap_err();
        assert_eq!(error, expected, "{pattern}");
    }
    let doubling: Vec<_> = (0..40)
        .map(|index| {
            define(
                &format!("P{index}"),
                &format!("%{{P{0}}}%{{P{0}}}", index + 1),
            )
        })
        .collect();
    assert!(Grok::new(&["%{P0}".to_owned()], &doubling, false).is_err());
}
