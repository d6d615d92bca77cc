//! How the silent floors report that work goes on.

/// Told about long work by the floors below the front desk; only the front desk
/// turns it into something that a person sees.
pub trait Progress: Sync {
    /// Work named `what` starts; `total` is its size (bytes or steps) where known.
    fn begin(&self, what: &str, total: Option<u64>);
    /// `amount` more of the work that was begun last is done.
    fn advance(&self, amount: u64);
    /// The work that was begun last has ended.
    fn end(&self);
    /// One line worth telling now: a retry, a file kept, a deprecation.
    fn note(&self, line: &str);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _what: &str, _total: Option<u64>) {}
    fn advance(&self, _amount: u64) {}
    fn end(&self) {}
    fn note(&self, _line: &str) {}
}
