//! What every command stands on: terminal, settings, environment, clock.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::cli::bars::Bars;
use crate::cli::environment::{Environment, SOURCE_DATE_EPOCH};
use crate::cli::prompt;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::error::{Error, ErrorKind, OrErr, Result};
use crate::model::time::Timestamp;

/// Whether the operator interrupted; set by the handler.
static STOP: AtomicBool = AtomicBool::new(false);
/// Whether a command looks at [`STOP`] itself.
static GRACEFUL: AtomicBool = AtomicBool::new(false);

/// The front desk as a command sees it.
pub struct Desk {
    /// Standard output and error.
    pub terminal: Terminal,
    /// The settings file.
    pub settings: Settings,
    /// The environment variables.
    pub environment: Environment,
}

impl Desk {
    /// Lets Ctrl-C end the process with exit code 130: at once, or, for a command
    /// that asked for [`progress`](Self::progress), after the piece of work that
    /// runs; at a question at once, for nothing is done yet. A second Ctrl-C always
    /// ends at once.
    ///
    /// # Errors
    /// [`ErrorKind::Bug`] when the system has no such signal.
    pub fn watch_interrupts() -> Result<()> {
        ctrlc::set_handler(|| {
            let second = STOP.swap(true, Ordering::Relaxed);
            if prompt::is_waiting() {
                // There is nothing left to say where standard error is gone.
                drop(writeln!(io::stderr(), "\nerror: {}", prompt::INTERRUPTED));
                std::process::exit(i32::from(ErrorKind::Interrupted.exit_code()));
            }
            if second || !GRACEFUL.load(Ordering::Relaxed) {
                std::process::exit(i32::from(ErrorKind::Interrupted.exit_code()));
            }
        })
        .or_err(ErrorKind::Bug, || "cannot watch for interrupts")
    }

    /// Progress for work that stops by itself when the operator interrupts.
    #[must_use]
    pub fn progress(&self) -> Bars<'_> {
        GRACEFUL.store(true, Ordering::Relaxed);
        Bars::new(&self.terminal, &STOP)
    }

    /// The flag that an interrupt sets, for a command that waits by itself.
    #[must_use]
    pub fn stop(&self) -> &'static AtomicBool {
        GRACEFUL.store(true, Ordering::Relaxed);
        &STOP
    }

    /// The time now.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the clock stands before 1970.
    pub fn now(&self) -> Result<Timestamp> {
        Self::clock()
    }

    /// The time now, for work on other threads.
    ///
    /// # Errors
    /// As [`now`](Self::now).
    pub fn clock() -> Result<Timestamp> {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .or_err(ErrorKind::Usage, || "the clock stands before 1970")?;
        Timestamp::from_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }

    /// `SOURCE_DATE_EPOCH` where it is set.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when it is not a number of seconds.
    pub fn source_date(&self) -> Result<Option<Timestamp>> {
        let Some(text) = self.environment.get(SOURCE_DATE_EPOCH) else {
            return Ok(None);
        };
        let seconds: i64 = text.parse().or_err(ErrorKind::Usage, || {
            format!("{SOURCE_DATE_EPOCH}={text:?} is not a number of seconds")
        })?;
        Timestamp::from_seconds(seconds).map(Some)
    }

    /// The folder of receipts, journals and what was installed last.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when nothing says where it is.
    pub fn state_folder(&self) -> Result<PathBuf> {
        let told = self.environment.get(crate::cli::environment::STATE);
        told.map(PathBuf::from)
            .or_else(|| self.settings.state.dir.clone())
            .or_else(|| self.environment.state_folder())
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Usage,
                    "no folder for receipts and state is known",
                )
                .hint("set SEALIFT_STATE, or HOME")
            })
    }
}
