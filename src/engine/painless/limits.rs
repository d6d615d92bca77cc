//! What a script may use up at most. Elasticsearch has the first three of these;
//! the others keep a script that nobody has vouched for from exhausting the
//! machine.

/// Bounds on one script and one run of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Characters of the source.
    pub source: usize,
    /// Rounds of all loops of one call of a function together.
    pub rounds: u32,
    /// Calls of functions within each other; fewer where their expressions nest, as
    /// the stack of the thread has to hold both.
    pub depth: usize,
    /// Operations of one run.
    pub steps: u64,
    /// UTF-16 units of one string.
    pub text: usize,
    /// Elements of one collection or array.
    pub elements: usize,
    /// Units of text made in one run; an element of a collection counts for eight.
    pub allocation: usize,
}

impl Default for Limits {
    /// What the published scripts need: one of them compares every part of a name
    /// with tens of thousands of words by edit distance, at some hundred million
    /// operations for a name of a dozen letters. A script at all its limits runs
    /// for half a minute and holds 600 MB.
    fn default() -> Self {
        Self {
            source: 65_535,
            rounds: 1_000_000,
            depth: 1_000,
            steps: 1_000_000_000,
            text: 10_000_000,
            elements: 5_000_000,
            allocation: 300_000_000,
        }
    }
}
