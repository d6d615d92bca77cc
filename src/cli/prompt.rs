//! Questions to the person at the terminal.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, ErrorKind, OrErr, Result};

/// What an interrupt at a question says.
pub const INTERRUPTED: &str = "interrupted, nothing was changed";

/// Whether a question waits for its answer.
static WAITING: AtomicBool = AtomicBool::new(false);

/// Whether a question waits for its answer, before which nothing is changed.
#[must_use]
pub fn is_waiting() -> bool {
    WAITING.load(Ordering::Relaxed)
}

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
    let line = {
        let _asking = Asking::begin();
        ask(question)?
    };
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
/// [`ErrorKind::Usage`] without a terminal, with `hint` as the other ways;
/// [`ErrorKind::Interrupted`] by Ctrl-C.
pub fn secret(question: &str, hint: &str) -> Result<String> {
    if !can_ask() {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("nobody is at the terminal to give the {question}"),
        )
        .hint(hint));
    }
    // Ctrl-C is read there as a character, for the terminal shows nothing meanwhile.
    rpassword::prompt_password(format!("{question}: ")).map_err(|error| {
        if error.kind() == io::ErrorKind::Interrupted {
            Error::new(ErrorKind::Interrupted, INTERRUPTED)
        } else {
            Error::new(ErrorKind::Io, format!("cannot read the {question}")).because(error)
        }
    })
}

fn ask(question: &str) -> Result<String> {
    // Standard error is free again while the answer is awaited: an interrupt tells there.
    {
        let mut err = io::stderr().lock();
        let asked = write!(err, "{question} [y/N] ").and_then(|()| err.flush());
        asked.or_err(ErrorKind::Io, || "cannot ask on the terminal")?;
    }
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.or_err(ErrorKind::Io, || "cannot read the answer")?;
    Ok(line)
}

/// The time in which a question waits for its answer.
struct Asking;

impl Asking {
    fn begin() -> Self {
        WAITING.store(true, Ordering::Relaxed);
        Self
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        WAITING.store(false, Ordering::Relaxed);
    }
}
