//! How the silent floors report that work goes on, and hear that it should stop.

use crate::error::{Error, ErrorKind, Result};

/// Told about long work by the floors below the front desk; only the front desk
/// turns it into something that a person sees.
pub trait Progress: Sync {
    /// Work named `what` starts, which goes piece by piece; `total` is how many
    /// there are, where known.
    fn begin(&self, what: &str, total: Option<u64>);
    /// Work named `what` starts, which goes byte by byte; `total` is how many there
    /// are, where known.
    fn begin_bytes(&self, what: &str, total: Option<u64>) {
        self.begin(what, total);
    }
    /// `amount` more of the work that was begun last is done.
    fn advance(&self, amount: u64);
    /// The work that was begun last has ended.
    fn end(&self);
    /// One line worth telling now: a retry, a file kept, a deprecation.
    fn note(&self, line: &str);

    /// Whether the operator asked to stop. Long work looks at it between pieces
    /// that must not be torn apart.
    fn stop_asked(&self) -> bool {
        false
    }

    /// Goes on unless the operator asked to stop.
    ///
    /// # Errors
    /// [`ErrorKind::Interrupted`] once [`stop_asked`](Self::stop_asked) says so.
    fn go_on(&self) -> Result<()> {
        if self.stop_asked() {
            Err(Error::new(ErrorKind::Interrupted, "interrupted"))
        } else {
            Ok(())
        }
    }
}

/// Tells nobody and never stops.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _what: &str, _total: Option<u64>) {}
    fn advance(&self, _amount: u64) {}
    fn end(&self) {}
    fn note(&self, _line: &str) {}
}
