//! Help that teaches, on 80 columns, for every command.

use clap::CommandFactory;
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
