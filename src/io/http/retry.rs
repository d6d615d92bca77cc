//! Trying again what may pass.

use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::progress::Progress;

use super::failure::Failure;

/// How patiently something is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// Attempts in a row that may fail without getting any further.
    pub attempts: u32,
    /// The pause after the first failed attempt; it doubles with each.
    pub first_pause: Duration,
    /// The longest time that a peer may ask us to wait.
    pub longest_wait: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_pause: Duration::from_millis(500),
            longest_wait: Duration::from_secs(90),
        }
    }
}

/// Whether trying again may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It will not.
    No,
    /// After a pause of our choice.
    Soon,
    /// After at least this time, as the peer asks.
    After(Duration),
    /// After a pause; this attempt got further than the one before.
    Further,
}

/// An attempt that failed.
#[derive(Debug)]
pub struct Setback {
    /// What happened.
    pub error: Error,
    /// What may help.
    pub again: Again,
}

impl From<Error> for Setback {
    fn from(error: Error) -> Self {
        Self {
            error,
            again: Again::No,
        }
    }
}

impl From<Failure> for Setback {
    fn from(failure: Failure) -> Self {
        let again = if failure.is_transient() {
            Again::Soon
        } else {
            Again::No
        };
        Self {
            error: failure.into(),
            again,
        }
    }
}

/// All attempts together never exceed this, however far each one gets.
const MAX_ATTEMPTS: u32 = 1000;

impl Retry {
    /// The first success of `attempt`; between attempts it pauses and says so.
    ///
    /// # Errors
    /// The last setback's, when trying again cannot help, would take too long,
    /// or has been tried often enough; [`ErrorKind::Interrupted`] when the
    /// operator asks to stop.
    ///
    /// [`ErrorKind::Interrupted`]: crate::error::ErrorKind::Interrupted
    pub fn run<T>(
        &self,
        progress: &dyn Progress,
        mut attempt: impl FnMut() -> Result<T, Setback>,
    ) -> Result<T> {
        let mut in_a_row = 0;
        for _ in 0..MAX_ATTEMPTS {
            let setback = match attempt() {
                Ok(value) => return Ok(value),
                Err(setback) => setback,
            };
            in_a_row = if setback.again == Again::Further {
                1
            } else {
                in_a_row + 1
            };
            let pause = match setback.again {
                Again::No => return Err(setback.error),
                Again::After(wait) if wait > self.longest_wait => return Err(setback.error),
                _ if in_a_row >= self.attempts => return Err(setback.error),
                Again::After(wait) => wait,
                Again::Soon | Again::Further => self.first_pause * 2_u32.pow(in_a_row.min(8) - 1),
            };
            progress.note(&format!(
                "{}; trying again in {:.1} s",
                setback.error,
                pause.as_secs_f64()
            ));
            sleep(pause, progress)?;
        }
        attempt().map_err(|setback| setback.error)
    }
}

/// Sleeps, in short naps so that a wish to stop is heard.
fn sleep(pause: Duration, progress: &dyn Progress) -> Result<()> {
    const NAP: Duration = Duration::from_millis(100);
    let until = Instant::now() + pause;
    loop {
        progress.go_on()?;
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        thread::sleep(left.min(NAP));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Again, Retry, Setback};
    use crate::error::{Error, ErrorKind};
    use crate::progress::Silent;

    fn attempts(answers: &[Again]) -> (bool, usize) {
        let retry = Retry {
            attempts: 3,
            first_pause: Duration::from_millis(1),
            longest_wait: Duration::from_millis(5),
        };
        let mut count = 0;
        let result = retry.run(&Silent, || match answers.get(count) {
            None => Ok(()),
            Some(again) => {
                count += 1;
                Err(Setback {
                    error: Error::new(ErrorKind::Network, "no"),
                    again: *again,
                })
            }
        });
        (result.is_ok(), count)
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        let (soon, further) = (Again::Soon, Again::Further);
        let short = Again::After(Duration::from_millis(2));
        let long = Again::After(Duration::from_millis(6));
        for (answers, expected) in [
            (&[][..], (true, 0)),
            (&[soon, soon], (true, 2)),
            (&[soon, soon, soon], (false, 3)),
            (&[soon, soon, further, soon], (true, 4)),
            (&[soon, further, further, further, soon], (true, 5)),
            (&[short, soon], (true, 2)),
            (&[long], (false, 1)),
            (&[Again::No], (false, 1)),
        ] {
            assert_eq!(attempts(answers), expected, "{answers:?}");
        }
    }
}
