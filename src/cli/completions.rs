//! `sealift completions`: a completion script for a shell.

use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::args::Args;
use crate::error::Result;

/// Print a completion script for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: sealift completions bash > /etc/bash_completion.d/sealift")]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

/// The script of `args.shell`.
///
/// # Errors
/// None that are known.
pub fn run(args: &CompletionsArgs) -> Result<Answer> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "sealift", &mut script);
    let script = String::from_utf8_lossy(&script).trim_end().to_owned();
    Answer::new(&json!({"script": script}), script)
}
