//! How often and how slowly a call is repeated.

use std::time::Duration;

/// How often and how slowly a call is repeated that may be.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often at most after the first time.
    pub retries: u32,
    /// The first pause; each next is twice as long.
    pub pause: Duration,
    /// The longest pause, also where the server asks for more.
    pub longest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            retries: 4,
            pause: Duration::from_millis(250),
            longest: Duration::from_secs(20),
        }
    }
}
