//! The only hands on standard output and standard error.

use std::io::{self, IsTerminal, Write};

use serde_json::{Value, json};

use crate::cli::answer::Answer;
use crate::cli::environment::{COLUMNS, Environment, NO_COLOR};
use crate::cli::escape;
use crate::error::Error;

/// The schema number of the document that `--json` prints.
const SCHEMA: u32 = 1;

/// When words are colored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How to speak to whoever called.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent choices of the caller, set once"
)]
#[derive(Clone, Debug)]
pub struct Terminal {
    json: bool,
    quiet: bool,
    bars: bool,
    color: bool,
    width: u16,
}

impl Terminal {
    /// A terminal that prints JSON or text, quietly or not.
    #[must_use]
    pub fn new(
        json: bool,
        quiet: bool,
        no_progress: bool,
        color: Color,
        env: &Environment,
    ) -> Self {
        let stderr_is_terminal = io::stderr().is_terminal();
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => stderr_is_terminal && env.get(NO_COLOR).is_none(),
        };
        let asked = terminal_size::terminal_size().map(|(width, _)| width.0);
        let told = env.get(COLUMNS).and_then(|columns| columns.parse().ok());
        Self {
            json,
            quiet,
            bars: stderr_is_terminal && !quiet && !no_progress && !json,
            color,
            width: told.or(asked).unwrap_or(80).clamp(40, 160),
        }
    }

    /// The same terminal without notes and progress.
    #[must_use]
    pub fn without_notes(&self) -> Self {
        Self {
            quiet: true,
            bars: false,
            ..self.clone()
        }
    }

    /// Columns to write in: 80 where nobody can tell.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether the answer is a JSON document.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether moving bars are welcome.
    #[must_use]
    pub fn shows_bars(&self) -> bool {
        self.bars
    }

    /// One line on standard error, unless quiet. The text is already escaped.
    pub fn note(&self, line: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{line}");
        }
    }

    /// A line of a story on standard output, at once; nothing with `--json`.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn say(&self, line: &str) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()
    }

    /// The answer of `command`, on standard output.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn answer(&self, command: &str, answer: &Answer) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.json {
            let document = json!({"schema": SCHEMA, "command": command, "result": answer.json});
            writeln!(out, "{document}")?;
        } else if !answer.text.is_empty() {
            writeln!(out, "{}", answer.text)?;
        }
        out.flush()
    }

    /// The failure of `command`: for people on standard error, and with `--json`
    /// as the document on standard output.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn failure(&self, command: &str, error: &Error) -> io::Result<()> {
        let mut lines = vec![format!(
            "{} {}",
            self.paint("31", "error:"),
            escape::lines(&error.to_string())
        )];
        for cause in causes(error) {
            lines.push(format!("caused by: {}", escape::lines(&cause)));
        }
        if let Some(hint) = error.next_step() {
            let word = self.paint("36", "hint:");
            lines.push(format!("{word} {}", escape::lines(hint)));
        }
        let _ = writeln!(io::stderr().lock(), "{}", lines.join("\n"));
        if self.json {
            let document = json!({"schema": SCHEMA, "command": command, "error": describe(error)});
            let mut out = io::stdout().lock();
            writeln!(out, "{document}")?;
            out.flush()?;
        }
        Ok(())
    }

    fn paint(&self, code: &str, word: &str) -> String {
        if self.color {
            format!("\u{1b}[1;{code}m{word}\u{1b}[0m")
        } else {
            word.to_owned()
        }
    }
}

/// An error as the `error` of a JSON document.
#[must_use]
pub fn describe(error: &Error) -> Value {
    json!({
        "kind": error.kind().name(),
        "exit": error.kind().exit_code(),
        "message": error.to_string(),
        "causes": causes(error),
        "hint": error.next_step(),
    })
}

/// What stands behind an error, outermost first.
fn causes(error: &Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes
}
