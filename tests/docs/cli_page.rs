//! `docs/cli.md` is what the commands themselves say.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use clap::CommandFactory;
use sealift::cli::args::Args;

const HEAD: &str = "# Commands\n\n\
    What `sealift help` prints on 80 columns, for every command. `tests/docs` keeps this page equal to the program\n\
    (`SEALIFT_BLESS=1 cargo test --test docs` writes it anew).\n";

#[test]
fn the_page_of_commands_is_up_to_date() {
    let mut page = HEAD.to_owned();
    section(&Args::command(), &[], &mut page);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    if std::env::var_os("SEALIFT_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(
        written == page,
        "docs/cli.md is out of date: SEALIFT_BLESS=1 cargo test --test docs writes it anew"
    );
}

fn section(command: &clap::Command, words: &[&str], page: &mut String) {
    let shown = [&["sealift"], words].concat().join(" ");
    let run = Command::new(env!("CARGO_BIN_EXE_sealift"))
        .args(words)
        .arg("--help")
        .env("COLUMNS", "80")
        .output()
        .unwrap();
    assert!(run.status.success(), "{shown} --help failed");
    let help = String::from_utf8(run.stdout).unwrap();
    let help = if words.is_empty() {
        help
    } else {
        without_global(&help)
    };
    write!(page, "\n## {shown}\n\n```text\n{}\n```\n", help.trim_end()).unwrap();
    for sub in command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
    {
        section(sub, &[words, &[sub.get_name()]].concat(), page);
    }
}

/// The help without the options that every command has.
fn without_global(help: &str) -> String {
    let mut out = String::new();
    let mut skipping = false;
    for line in help.lines() {
        let is_heading = !line.is_empty() && !line.starts_with(' ');
        if is_heading {
            skipping = line.starts_with("Global options");
        }
        if !skipping {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}
