//! The house rules that a compiler does not know: imports point down, every
//! outside crate has one owner, no glob imports, no file above 400 lines, and
//! the pure floors touch no process state.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// The floors, lowest first. A floor may name itself and those before it.
const FLOORS: [&str; 6] = ["model", "engine", "io", "lab", "flow", "cli"];

/// What stands beside the floors and may be used by all of them.
const BESIDE: [&str; 2] = ["error", "progress"];

/// Files longer than this are two rooms.
const MAX_LINES: usize = 400;

/// Outside crates and the one place that may name each: a file, or a folder
/// where the path ends in `/`.
const OWNERS: [(&str, &str); 27] = [
    ("base64", "model/base64.rs"),
    ("clap", "cli/"),
    ("clap_complete", "cli/"),
    ("clap_mangen", "cli/"),
    ("comfy_table", "cli/"),
    ("ctrlc", "cli/"),
    ("ed25519_dalek", "model/key.rs"),
    ("fancy_regex", "engine/regex.rs"),
    ("flate2", "model/gzip.rs"),
    ("getrandom", "io/files.rs"),
    ("httparse", "lab/http/"),
    ("indicatif", "cli/"),
    ("jiff", "model/time.rs"),
    ("pkcs8", "model/key.rs"),
    ("rcgen", "lab/certificate.rs"),
    ("rpassword", "cli/"),
    ("rustls", "io/tls.rs"),
    ("serde_saphyr", "model/yaml.rs"),
    ("sha2", "model/digest.rs"),
    ("similar", "model/diff.rs"),
    ("tar", "io/archive.rs"),
    ("tempfile", "io/files.rs"),
    ("terminal_size", "cli/"),
    ("toml", "model/toml.rs"),
    ("ureq", "io/http/"),
    ("walkdir", "io/files.rs"),
    ("zip", "io/zip/"),
];

/// Process state that the pure floors never touch.
const IMPURE: [[&str; 2]; 7] = [
    ["std", "env"],
    ["std", "fs"],
    ["std", "net"],
    ["std", "process"],
    ["std", "thread"],
    ["SystemTime", "now"],
    ["Instant", "now"],
];

#[test]
fn the_house_keeps_its_rules() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&src);
    assert!(files.len() > 8, "the source tree was not found");
    let mut findings = Vec::new();
    for file in files {
        let name = file
            .strip_prefix(&src)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let text = fs::read_to_string(&file).unwrap();
        findings.extend(check(&name, &text));
    }
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

#[test]
fn the_checker_sees_what_it_must_see() {
    let long = "\n".repeat(401);
    let cases: [(&str, &str, &str); 12] = [
        (
            "model/plan.rs",
            "use crate::cli::ui;",
            "names the floor `cli`",
        ),
        (
            "model/plan.rs",
            "use crate::{error::Result, io::files};",
            "names the floor `io`",
        ),
        (
            "io/http.rs",
            "fn f() { crate::flow::pack::pack(); }",
            "names the floor `flow`",
        ),
        (
            "flow/pack.rs",
            "use ureq::Agent;",
            "`ureq` belongs to io/http/",
        ),
        (
            "flow/pack.rs",
            "use {tar::Header, std::fmt};",
            "`tar` belongs to io/archive.rs",
        ),
        (
            "flow/pack.rs",
            "fn f() { ::sha2::x(); }",
            "`sha2` belongs to model/digest.rs",
        ),
        ("flow/pack.rs", "use crate::model::plan::*;", "glob import"),
        (
            "flow/pack.rs",
            "use crate::model::{plan::{Plan, *}, path};",
            "glob import",
        ),
        ("model/plan.rs", "use std::{fmt, fs};", "std::fs"),
        (
            "engine/a.rs",
            "fn f() { SystemTime::now(); }",
            "SystemTime::now",
        ),
        ("flow/pack.rs", &long, "lines"),
        ("extra/a.rs", "fn f() {}", "stands on no floor"),
    ];
    for (name, text, expected) in cases {
        let findings = check(name, text);
        assert!(
            findings.iter().any(|finding| finding.contains(expected)),
            "{name}: {text:?} gave {findings:?}, expected {expected:?}"
        );
    }
    let clean = r#"
        //! use crate::cli::ui; in a comment
        use crate::error::{Error, Result};
        use crate::model::{path::BundlePath, toml};
        use std::{fmt, fs};
        fn h() { toml::parse(""); }
        /* use ureq::Agent; */
        fn f(tar: &str) -> &'static str { let c = '"'; "use crate::cli::x; tar::Header" }
        fn g(a: &A) -> usize { a.tar::<u8>() * 2 }
    "#;
    assert_eq!(check("io/archive2.rs", clean), Vec::<String>::new());
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// All rules that `text`, the file `name` below `src`, breaks.
fn check(name: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_LINES {
        findings.push(format!("{name}: {lines} lines, {MAX_LINES} at most"));
    }
    let first = name.split('/').next().unwrap();
    let level = FLOORS.iter().position(|floor| *floor == first);
    if level.is_none() && name.contains('/') {
        findings.push(format!("{name}: stands on no floor"));
    }
    let paths = paths(&tokens(text));
    let ours = |name: &str| {
        paths
            .iter()
            .any(|path| path[0] == "crate" && path.last().is_some_and(|last| last == name))
    };
    for path in &paths {
        if path.last().is_some_and(|last| last == "*") {
            findings.push(format!("{name}: glob import `{}`", path.join("::")));
        }
        if let Some(level) = level {
            findings.extend(check_floor(name, level, path));
        }
        let root = path[0].as_str();
        if let Some((_, owner)) = OWNERS.iter().find(|(outside, _)| *outside == root) {
            let allowed =
                ours(root) || name == *owner || owner.ends_with('/') && name.starts_with(owner);
            if !allowed {
                findings.push(format!("{name}: `{root}` belongs to {owner}"));
            }
        }
    }
    findings.sort();
    findings.dedup();
    findings
}

fn check_floor(name: &str, level: usize, path: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    if path[0] == "crate"
        && let Some(target) = path.get(1)
    {
        let allowed = BESIDE.contains(&target.as_str())
            || FLOORS[..=level].contains(&target.as_str())
            || !FLOORS.contains(&target.as_str());
        if !allowed {
            findings.push(format!("{name}: names the floor `{target}` above it"));
        }
    }
    if level <= 1 {
        for impure in IMPURE {
            if path.windows(2).any(|pair| pair == impure) {
                findings.push(format!(
                    "{name}: a pure floor touches {}",
                    impure.join("::")
                ));
            }
        }
    }
    findings
}

/// The code as identifiers and single punctuation marks (`::` is one), without
/// comments, strings, characters and lifetimes.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        if let Some(after) = after_comment_or_literal(&chars, i) {
            i = after;
            continue;
        }
        let c = chars[i];
        if is_word_char(c) {
            let start = i;
            while chars.get(i).is_some_and(|c| is_word_char(*c)) {
                i += 1;
            }
            out.push(chars[start..i].iter().collect());
        } else if c == ':' && chars.get(i + 1) == Some(&':') {
            out.push("::".to_owned());
            i += 2;
        } else {
            if !c.is_whitespace() {
                out.push(c.to_string());
            }
            i += 1;
        }
    }
    out
}

/// Where the comment, string, character or lifetime that starts at `i` ends.
fn after_comment_or_literal(chars: &[char], i: usize) -> Option<usize> {
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut end = i;
    match (chars[i], at(i + 1)) {
        ('/', '/') => {
            while end < chars.len() && chars[end] != '\n' {
                end += 1;
            }
            Some(end)
        }
        ('/', '*') => {
            end += 2;
            while end < chars.len() && !(chars[end] == '*' && at(end + 1) == '/') {
                end += 1;
            }
            Some(end + 2)
        }
        ('r' | 'b', _) => {
            let (start, hashes) = raw_string(chars, i)?;
            let close: Vec<char> = format!("\"{}", "#".repeat(hashes)).chars().collect();
            end = start;
            while end < chars.len() && !chars[end..].starts_with(&close) {
                end += 1;
            }
            Some(end + close.len())
        }
        ('"', _) => {
            end += 1;
            while end < chars.len() && chars[end] != '"' {
                end += if chars[end] == '\\' { 2 } else { 1 };
            }
            Some(end + 1)
        }
        ('\'', '\\') => {
            end += 3;
            while end < chars.len() && chars[end] != '\'' {
                end += 1;
            }
            Some(end + 1)
        }
        ('\'', _) if at(i + 2) == '\'' => Some(i + 3),
        ('\'', _) => {
            end += 1;
            while is_word_char(at(end)) {
                end += 1;
            }
            Some(end)
        }
        _ => None,
    }
}

/// Where the content of a raw string that starts at `i` begins, and its number
/// of hash marks.
fn raw_string(chars: &[char], i: usize) -> Option<(usize, usize)> {
    if i > 0 && is_word_char(chars[i - 1]) {
        return None;
    }
    let start = i + usize::from(chars[i] == 'b');
    if chars.get(start) != Some(&'r') {
        return None;
    }
    let hashes = chars[start + 1..].iter().take_while(|c| **c == '#').count();
    let quote = start + 1 + hashes;
    (chars.get(quote) == Some(&'"')).then_some((quote + 1, hashes))
}

/// Every path of the code with its groups written out: `use a::{b, c::*}` gives
/// `a::b` and `a::c::*`; expressions give their paths too.
fn paths(tokens: &[String]) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let previous = if i == 0 { "" } else { tokens[i - 1].as_str() };
        if tokens[i] == "use" {
            i = use_tree(tokens, i + 1, &[], &mut out);
            continue;
        }
        if is_word(&tokens[i]) && previous != "." {
            let mut path = vec![tokens[i].clone()];
            while tokens.get(i + 1).is_some_and(|t| t == "::")
                && tokens.get(i + 2).is_some_and(|t| is_word(t))
            {
                path.push(tokens[i + 2].clone());
                i += 2;
            }
            if path.len() > 1 {
                out.push(path);
            }
        }
        i += 1;
    }
    out
}

/// Reads one use tree from `i` on, adds its paths, and gives where it ended.
fn use_tree(
    tokens: &[String],
    mut i: usize,
    prefix: &[String],
    out: &mut Vec<Vec<String>>,
) -> usize {
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(i) {
        match token.as_str() {
            "::" => i += 1,
            "{" => {
                i += 1;
                while tokens.get(i).is_some_and(|t| t != "}") {
                    let before = i;
                    i = use_tree(tokens, i, &path, out);
                    i += usize::from(i == before || tokens.get(i).is_some_and(|t| t == ","));
                }
                return i + 1;
            }
            "as" => i += 2,
            "*" => {
                path.push("*".to_owned());
                i += 1;
            }
            word if is_word(word) => {
                path.push(word.to_owned());
                i += 1;
            }
            _ => break,
        }
    }
    if !path.is_empty() {
        out.push(path);
    }
    i
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
