//! The front desk: arguments, settings, and the only words on the terminal.

use std::process::ExitCode;

/// Parses the command line, runs the command, and gives its exit code.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
