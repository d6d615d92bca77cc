//! The time, as the front desk gives it.

use crate::error::Result;
use crate::model::time::Timestamp;

/// Tells the time when it is asked.
pub struct Clock<'a>(&'a (dyn Fn() -> Result<Timestamp> + Sync));

impl<'a> Clock<'a> {
    /// A clock that asks `now`.
    #[must_use]
    pub fn new(now: &'a (dyn Fn() -> Result<Timestamp> + Sync)) -> Self {
        Self(now)
    }

    /// The time now.
    ///
    /// # Errors
    /// As the function behind it.
    pub fn now(&self) -> Result<Timestamp> {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}
