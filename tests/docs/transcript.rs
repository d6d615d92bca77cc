//! Commands and their output as a page shows them.
//!
//! A block that starts with ```` ```console ```` holds a session: a line that
//! begins with `$ ` is a command (a `\` at its end continues it), what follows is
//! its output. In output `[..]` stands for any text within a line, and a line
//! `...` for any number of lines.

/// One command with what the page says it prints, standard output and standard
/// error together.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The line of the page, from 1.
    pub(crate) line: usize,
    pub(crate) command: String,
    pub(crate) output: Vec<String>,
}

/// All steps of a page, in order.
pub(crate) fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    let mut continued = false;
    for (index, line) in page.lines().enumerate() {
        if line.starts_with("```") {
            inside = !inside && line == "```console";
            continued = false;
        } else if inside && continued {
            let step = steps.last_mut().unwrap();
            step.command.push('\n');
            step.command.push_str(line);
            continued = line.ends_with('\\');
        } else if let (true, Some(command)) = (inside, line.strip_prefix("$ ")) {
            steps.push(Step {
                line: index + 1,
                command: command.to_owned(),
                output: Vec::new(),
            });
            continued = line.ends_with('\\');
        } else if inside {
            let step = steps.last_mut().expect("output before any command");
            step.output.push(line.to_owned());
        }
    }
    steps
}

/// Whether `actual` is what `expected` describes.
pub(crate) fn matches(expected: &[String], actual: &[&str]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((line, rest)) if line == "..." => {
            (0..=actual.len()).any(|skipped| matches(rest, &actual[skipped..]))
        }
        Some((line, rest)) => actual
            .split_first()
            .is_some_and(|(first, others)| line_matches(line, first) && matches(rest, others)),
    }
}

fn line_matches(expected: &str, actual: &str) -> bool {
    let mut parts = expected.trim_end().split("[..]");
    let actual = actual.trim_end();
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = actual.strip_prefix(first) else {
        return false;
    };
    let mut open = false;
    let parts: Vec<&str> = parts.collect();
    for (index, part) in parts.iter().enumerate() {
        open = true;
        if index + 1 == parts.len() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    open || rest.is_empty()
}

/// Lines in which what differs from run to run is `[..]`.
pub(crate) fn shown(printed: &str) -> Vec<String> {
    let line = |line: &str| {
        let words: Vec<&str> = line.trim_end().split(' ').map(shown_word).collect();
        words.join(" ")
    };
    printed.lines().map(line).collect()
}

fn shown_word(word: &str) -> &str {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let longest_hex = word.split(|c| !is_hex(c)).map(str::len).max().unwrap_or(0);
    let is_spoken = word.matches('-').count() == 7 && digits == 0;
    let is_time = word.contains('T') && word.contains('Z') && digits >= 14;
    let is_number = digits >= 13;
    // A cluster's uuid: 16 bytes in base64 without padding.
    let is_cluster_uuid = word.len() == 22
        && word.contains(|c: char| c.is_ascii_uppercase())
        && word.contains(|c: char| c.is_ascii_lowercase());
    let is_uuid = word.len() == 36 && word.matches('-').count() == 4;
    if is_uuid {
        word
    } else if is_cluster_uuid
        || longest_hex >= 16
        || is_spoken
        || is_time
        || is_number
        || word.contains("127.0.0.1")
    {
        "[..]"
    } else {
        word
    }
}

/// The page with the outputs of its sessions replaced by `outputs`, in order.
pub(crate) fn with_outputs(page: &str, outputs: &[Vec<String>]) -> String {
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    for (step, output) in steps(page).iter().zip(outputs).rev() {
        let first = step.line - 1 + step.command.lines().count();
        let old = first..first + step.output.len();
        lines.splice(old, output.iter().cloned());
    }
    lines.join("\n") + "\n"
}

#[test]
fn outputs_are_put_in_their_places() {
    let page = "a\n```console\n$ x \\\n  y\nold\n$ z\n```\nb\n";
    let new = with_outputs(page, &[vec!["1".into(), "2".into()], vec!["3".into()]]);
    assert_eq!(new, "a\n```console\n$ x \\\n  y\n1\n2\n$ z\n3\n```\nb\n");
}

#[test]
fn what_differs_from_run_to_run_is_a_wildcard() {
    let cases = [
        ("key id       770db2261122e874", "key id       [..]"),
        ("created 2026-11-21T21:56:34Z", "created [..]"),
        (
            "spoken lisat-ramok-dahof-voduh-nanih-tivil-larog-visid",
            "spoken [..]",
        ),
        (
            "rule 5e0f1c52-6a0e-4b5e-9d63-0f0a6a0c7b04 x",
            "rule 5e0f1c52-6a0e-4b5e-9d63-0f0a6a0c7b04 x",
        ),
        (
            "create  pipeline  dns_enrich",
            "create  pipeline  dns_enrich",
        ),
    ];
    for (printed, expected) in cases {
        assert_eq!(shown(printed), [expected]);
    }
}

#[test]
fn steps_are_commands_with_their_output() {
    let page = "text\n```console\n$ a \\\n    b\nout\n$ c\n```\n```sh\n$ not run\n```\n";
    let expected = [(3, "a \\\n    b", vec!["out".to_owned()]), (6, "c", vec![])];
    let steps = steps(page);
    assert_eq!(steps.len(), expected.len());
    for (step, (line, command, output)) in steps.iter().zip(expected) {
        assert_eq!(
            *step,
            Step {
                line,
                command: command.into(),
                output
            }
        );
    }
}

#[test]
fn wildcards_match_what_they_stand_for_and_nothing_else() {
    let cases = [
        ("a\nb", "a\nb", true),
        ("a\nb", "a", false),
        ("a", "a\nb", false),
        ("a [..] c", "a b b c", true),
        ("a [..] c", "a b", false),
        ("[..]", "", true),
        ("x[..]y[..]z", "x1y2z", true),
        ("x[..]y[..]z", "x1z", false),
        ("...\nb", "a\na\nb", true),
        ("...", "", true),
        ("...\nb", "a", false),
    ];
    for (expected, actual, outcome) in cases {
        let expected: Vec<String> = expected.lines().map(str::to_owned).collect();
        let actual: Vec<&str> = actual.split('\n').collect();
        assert_eq!(
            matches(&expected, &actual),
            outcome,
            "{expected:?} {actual:?}"
        );
    }
}
