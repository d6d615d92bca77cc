//! Questions to the person at the terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::error::{Error, ErrorKind, OrErr, Result};

/// Whether somebody is there to be asked.
#[must_use]
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks `question` and takes only `y` or `yes` for consent; with `yes` given
/// beforehand nothing is asked.
///
/// # Errors
/// [`ErrorKind::Usage`] without a terminal; [`ErrorKind::Interrupted`] when the
/// answer is anything else.
pub fn confirm(question: &str, yes: bool) -> Result<()> {
    if yes {
        return Ok(());
    }
    if !can_ask() {
        return Err(
            Error::new(ErrorKind::Usage, "nobody is at the terminal to confirm")
                .hint("look at the plan, then add --yes"),
        );
    }
    let mut err = io::stderr().lock();
    let asked = write!(err, "{question} [y/N] ").and_then(|()| err.flush());
    asked.or_err(ErrorKind::Io, || "cannot ask on the terminal")?;
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.or_err(ErrorKind::Io, || "cannot read the answer")?;
    match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Error::new(
            ErrorKind::Interrupted,
            "not confirmed, nothing was changed",
        )),
    }
}

/// Asks for a secret without showing it.
///
/// # Errors
/// [`ErrorKind::Usage`] without a terminal, with `hint` as the other ways.
pub fn secret(question: &str, hint: &str) -> Result<String> {
    if !can_ask() {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("nobody is at the terminal to give the {question}"),
        )
        .hint(hint));
    }
    rpassword::prompt_password(format!("{question}: "))
        .or_err(ErrorKind::Io, || format!("cannot read the {question}"))
}
