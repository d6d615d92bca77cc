//! What every command that opens a bundle takes: whom to trust, and which rules
//! to set aside for which reason.

use std::path::{Path, PathBuf};
use std::thread;

use crate::cli::desk::Desk;
use crate::error::{Error, ErrorKind, Result};
use crate::io::bundle::{Conditions, VerifiedBundle};
use crate::io::medium::Medium;
use crate::io::{state, trust_store};
use crate::model::admission::{Override, Rule};
use crate::model::memory::Memory;
use crate::model::trust::TrustPolicy;
use crate::model::trust_file::TrustFile;
use crate::progress::Progress;

/// What a command line calls standard input.
pub(super) const STANDARD_INPUT: &str = "-";

/// How a bundle is opened.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Trust")]
pub struct OpeningArgs {
    /// Public key, or folder of keys; repeat for several [default: from the settings]
    #[arg(long, value_name = "KEY-OR-DIR")]
    pub trust: Vec<PathBuf>,
    /// More folders to look for volumes in, for discs mounted one beside the other
    #[arg(long, value_name = "DIR")]
    pub volume_dir: Vec<PathBuf>,
    /// Take a bundle that is expired or expires too soon; the reason goes on record
    #[arg(long, value_name = "REASON")]
    pub allow_expired: Option<String>,
    /// Take a bundle whose sequence goes backwards; the reason goes on record
    #[arg(long, value_name = "REASON")]
    pub allow_older: Option<String>,
    /// Take a bundle though the clock looks wrong; the reason goes on record
    #[arg(long, value_name = "REASON")]
    pub allow_clock: Option<String>,
    /// Take a bundle of another channel; the reason goes on record
    #[arg(long, value_name = "REASON")]
    pub allow_channel: Option<String>,
    /// Threads that hash [default: as many as the machine has]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

impl OpeningArgs {
    /// Opens and checks the bundle at `file`.
    ///
    /// # Errors
    /// As [`VerifiedBundle::open`]; [`ErrorKind::Trust`] when nobody is trusted.
    pub fn open(&self, file: &Path, desk: &Desk) -> Result<VerifiedBundle> {
        if file == Path::new(STANDARD_INPUT) {
            return Err(
                Error::new(ErrorKind::Usage, "only verify reads standard input").hint(
                    "a bundle is read more than once, and nothing of it is written to disk here: \
                     save it to a file and name that",
                ),
            );
        }
        let medium = Medium::open(file, &self.volume_dir)?;
        self.under(desk, |conditions| VerifiedBundle::open(medium, conditions))
    }

    /// Remembers that `bundle` was installed, so that nothing older follows it.
    ///
    /// # Errors
    /// Those of [`state::remember`] and [`Desk::state_folder`].
    pub fn remember(bundle: &VerifiedBundle, desk: &Desk) -> Result<()> {
        let folder = desk.state_folder()?;
        state::remember(&folder, bundle.header(), bundle.digest(), desk.now()?)
    }

    /// Opens the bundle at `file` as something of the past: it may be expired and
    /// older than what is installed.
    ///
    /// # Errors
    /// As [`OpeningArgs::open`].
    pub fn open_past(&self, file: &Path, desk: &Desk) -> Result<VerifiedBundle> {
        let reason = || Some("looked at as something of the past".to_owned());
        let mut past = self.clone();
        past.allow_expired = self.allow_expired.clone().or_else(reason);
        past.allow_older = self.allow_older.clone().or_else(reason);
        past.open(file, desk)
    }

    /// Runs `work` under the conditions that the command line, the settings and
    /// the state amount to.
    ///
    /// # Errors
    /// [`ErrorKind::Trust`] when nobody is trusted, and those of `work`.
    pub fn under<T>(&self, desk: &Desk, work: impl FnOnce(&Conditions) -> Result<T>) -> Result<T> {
        let policy = self.policy(desk)?;
        let memory = recall(desk)?;
        let overrides = self.overrides()?;
        let progress = desk.progress();
        let done = work(&Conditions {
            policy: &policy,
            now: desk.now()?,
            memory: memory.as_ref(),
            overrides: &overrides,
            threads: threads(self.threads),
            progress: &progress,
        });
        if done.is_err() {
            progress.end();
        }
        done
    }

    /// Who is trusted: `--trust` instead of the settings' keys. Keys that the
    /// settings revoke stay revoked.
    ///
    /// # Errors
    /// As [`trust_store::load`].
    pub fn policy(&self, desk: &Desk) -> Result<TrustPolicy> {
        let settings = &desk.settings.trust;
        let mut base = TrustFile {
            revoked: settings.revoked.clone(),
            ..TrustFile::default()
        };
        if !self.trust.is_empty() {
            return trust_store::load(&self.trust, &base);
        }
        base.threshold = settings.threshold;
        base.channels.clone_from(&settings.channels);
        base.min_days_left = settings.min_days_left;
        trust_store::load(&settings.keys, &base)
    }

    fn overrides(&self) -> Result<Vec<Override>> {
        let given = [
            (Rule::Expiry, &self.allow_expired, "--allow-expired"),
            (Rule::Sequence, &self.allow_older, "--allow-older"),
            (Rule::Clock, &self.allow_clock, "--allow-clock"),
            (Rule::Created, &self.allow_clock, "--allow-clock"),
            (Rule::Channel, &self.allow_channel, "--allow-channel"),
        ];
        let mut overrides = Vec::new();
        for (rule, reason, flag) in given {
            let Some(reason) = reason else { continue };
            let reason = reason.trim();
            if reason.is_empty() || reason.len() > 500 || reason.chars().any(char::is_control) {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!("{flag} needs a reason of 1 to 500 plain characters"),
                ));
            }
            let reason = reason.to_owned();
            overrides.push(Override { rule, reason });
        }
        Ok(overrides)
    }
}

/// How many threads to work with.
#[must_use]
pub fn threads(asked: Option<u16>) -> usize {
    asked.map_or_else(
        || thread::available_parallelism().map_or(1, usize::from),
        usize::from,
    )
}

/// What is remembered here; nothing on a machine that has no place for it.
fn recall(desk: &Desk) -> Result<Option<Memory>> {
    desk.state_folder()
        .ok()
        .map(|folder| state::recall(&folder))
        .transpose()
}
