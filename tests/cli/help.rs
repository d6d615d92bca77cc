//! Help that teaches, on 80 columns, for every command.

use clap::{CommandFactory, Parser};
use sealift::cli::args::Args;

use crate::sandbox::Sandbox;

/// All commands with their sub-commands, as words.
fn commands() -> Vec<Vec<String>> {
    fn walk(command: &clap::Command, words: &[String], out: &mut Vec<Vec<String>>) {
        for sub in command
            .get_subcommands()
            .filter(|sub| sub.get_name() != "help")
        {
            let mut words = words.to_vec();
            words.push(sub.get_name().to_owned());
            walk(sub, &words, out);
            out.push(words);
        }
    }
    let mut out = vec![Vec::new()];
    walk(&Args::command(), &[], &mut out);
    out
}

#[test]
fn the_command_line_is_consistent() {
    Args::command().debug_assert();
}

#[test]
fn every_help_fits_80_columns_and_says_what_the_command_does() {
    let sandbox = Sandbox::new();
    for words in commands() {
        for flag in ["-h", "--help"] {
            let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
            args.push(flag);
            let run = sandbox.run(&args);
            assert_eq!(run.code, 0, "{args:?}: {}", run.err);
            assert!(run.err.is_empty(), "{args:?}: {}", run.err);
            let about = run.out.lines().next().unwrap_or_default();
            assert!(
                about.contains(' '),
                "{args:?} does not say what it does: {about:?}"
            );
            for line in run.out.lines() {
                let width = line.chars().count();
                assert!(width <= 80, "{args:?}: {width} columns: {line}");
            }
        }
    }
}

#[test]
fn every_option_says_what_it_is() {
    fn walk(command: &clap::Command, path: &str) {
        for argument in command.get_arguments() {
            let name = argument.get_id().as_str();
            let told = argument.get_help().is_some() || matches!(name, "help" | "version");
            assert!(told, "{path}: {name} has no help");
        }
        for sub in command.get_subcommands() {
            walk(sub, &format!("{path} {}", sub.get_name()));
        }
    }
    walk(&Args::command(), "sealift");
}

#[test]
fn every_command_has_a_manual_page() {
    let sandbox = Sandbox::new();
    for words in commands() {
        let mut args = vec!["man"];
        args.extend(words.iter().map(String::as_str));
        let run = sandbox.run(&args);
        assert_eq!(run.code, 0, "{args:?}: {}", run.err);
        assert!(run.out.contains(".SH NAME"), "{args:?}");
    }
}

#[test]
fn every_shell_gets_its_completions() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = sandbox.run(&["completions", shell]);
        assert_eq!(run.code, 0);
        assert!(
            run.out.contains("sealift") && run.out.contains("completions"),
            "{shell}"
        );
    }
}

/// The examples of a command's help, each as the words of a command line.
fn examples(command: &clap::Command) -> Vec<Vec<String>> {
    let Some(help) = command.get_after_help() else {
        return Vec::new();
    };
    let help = help.to_string().replace("\\\n", " ");
    let lines = help
        .lines()
        .map(|line| line.trim().trim_start_matches("Example: "));
    let shown = lines.filter(|line| line.starts_with("sealift "));
    shown
        .map(|line| {
            let end = line.find(" | ").or_else(|| line.find(" > "));
            words(&line[..end.unwrap_or(line.len())])
        })
        .collect()
}

/// A line of a shell as its words; single quotes hold a word together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (nth, part) in line.split('\'').enumerate() {
        if nth % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn every_command_shows_an_example_that_it_understands() {
    fn walk(command: &clap::Command, path: &str, faults: &mut Vec<String>) {
        let subs = command
            .get_subcommands()
            .filter(|sub| sub.get_name() != "help");
        for sub in subs {
            let path = format!("{path} {}", sub.get_name());
            let examples = examples(sub);
            if examples.is_empty() && !sub.has_subcommands() {
                faults.push(format!("{path}: no example"));
            }
            for example in examples {
                if !example.join(" ").starts_with(&path) {
                    faults.push(format!("{path}: shows {}", example.join(" ")));
                }
                if let Err(error) = Args::try_parse_from(&example) {
                    faults.push(format!("{path}: {error}"));
                }
            }
            walk(sub, &path, faults);
        }
    }
    let mut faults = Vec::new();
    walk(&Args::command(), "sealift", &mut faults);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
