//! The front desk: arguments, settings, and the only words on the terminal.

pub mod analytics;
pub mod answer;
pub mod args;
pub mod bars;
pub mod change;
pub mod check;
pub mod checkup_text;
pub mod cluster;
pub mod cluster_files;
pub mod completions;
pub mod datafeed;
pub mod demo;
pub mod desk;
pub mod diff;
pub mod environment;
pub mod escape;
pub mod fetch;
pub mod filter;
pub mod fleet;
pub mod history;
pub mod inspect;
pub mod install;
pub mod install_release;
pub mod job;
pub mod key;
pub mod lab;
pub mod lint;
pub mod man;
pub mod managed;
pub mod old_names;
pub mod opening;
pub mod pack;
pub mod passphrase;
pub mod plan;
pub mod plan_file;
pub mod plan_text;
pub mod preflight_text;
pub mod prompt;
pub mod publish;
pub mod publisher;
pub mod put;
pub mod recent_text;
pub mod rehearsal_text;
pub mod rehearse;
pub mod release;
pub mod release_diff;
pub mod remove;
pub mod role_text;
pub mod rollback;
pub mod rule;
pub mod settings;
pub mod sign;
pub mod split;
pub mod status;
pub mod table;
pub mod target;
pub mod terminal;
pub mod trust;
pub mod validate;
pub mod verify;
pub mod wish;
pub mod work_text;
pub mod wrap;

use std::io;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::args::Args;
use crate::cli::desk::Desk;
use crate::cli::environment::Environment;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::error::{Error, ErrorKind, Result};

/// Parses the command line, runs the command, and gives its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let environment = Environment::of_process();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return refuse(&old_names::explain(error), &environment),
    };
    let global = &args.global;
    let terminal = Terminal::new(
        global.json,
        global.quiet,
        global.no_progress,
        global.color,
        &environment,
    );
    let command = args.command.name();
    let outcome = run(args, terminal.clone(), environment);
    let (written, code) = match &outcome {
        Ok(answer) => (terminal.answer(command, answer), answer.code),
        Err(error) => (terminal.failure(command, error), error.kind().exit_code()),
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            ExitCode::from(ErrorKind::Io.exit_code())
        }
        _ => ExitCode::from(code),
    }
}

/// A command line that cannot be understood; with `--json` that is a document too.
fn refuse(error: &clap::Error, environment: &Environment) -> ExitCode {
    let words: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    if !error.use_stderr() || !words.iter().any(|word| word == "--json") {
        error.exit()
    }
    let told = error.render().to_string();
    let mut lines = told.lines().map(str::trim).filter(|line| !line.is_empty());
    let message = lines.next().unwrap_or_default();
    let refused = Error::new(
        ErrorKind::Usage,
        message.strip_prefix("error: ").unwrap_or(message),
    )
    .hint(lines.collect::<Vec<_>>().join("; "));
    let command = words.iter().find(|word| !word.starts_with('-'));
    let command = command.map_or("sealift", String::as_str);
    let terminal = Terminal::new(true, false, true, terminal::Color::Never, environment);
    // There is nothing left to say where standard output is gone.
    drop(terminal.failure(command, &refused));
    ExitCode::from(ErrorKind::Usage.exit_code())
}

fn run(args: Args, terminal: Terminal, environment: Environment) -> Result<answer::Answer> {
    Desk::watch_interrupts()?;
    let settings = Settings::load(args.global.config.as_deref(), &environment)?;
    let desk = Desk {
        terminal,
        settings,
        environment,
    };
    args.command.run(&desk)
}
