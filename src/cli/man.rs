//! `sealift man`: the manual page.

use clap::CommandFactory;
use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::args::Args;
use crate::cli::desk::Desk;
use crate::error::{Error, ErrorKind, OrErr, Result};

/// Print the manual page of sealift or of one of its commands.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift man install | man -l -")]
pub struct ManArgs {
    /// The command, with its sub-command if it has one
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// The page of `args.command` in roff.
///
/// # Errors
/// [`ErrorKind::Usage`] when there is no such command.
pub fn run(args: &ManArgs, _desk: &Desk) -> Result<Answer> {
    let mut command = Args::command();
    command.build();
    for name in &args.command {
        command = command
            .find_subcommand(name)
            .cloned()
            .ok_or_else(|| Error::new(ErrorKind::Usage, format!("no command {name:?}")))?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .or_err(ErrorKind::Bug, || "cannot write the manual page")?;
    let page = String::from_utf8_lossy(&page).trim_end().to_owned();
    Answer::new(&json!({"roff": page}), page)
}
