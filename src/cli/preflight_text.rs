//! What a preflight found, as a person reads it.

use crate::cli::{escape, wrap};
use crate::model::preflight::{Finding, Weight};

/// Two lines or more for each finding: what, and what to do.
#[must_use]
pub fn findings<'a>(found: impl IntoIterator<Item = &'a Finding>) -> Vec<String> {
    let found = found.into_iter();
    let lines = found.flat_map(|finding| {
        let word = match finding.weight {
            Weight::Missing => "missing",
            Weight::Warning => "warning",
        };
        let first = format!("  {word}  ");
        [
            wrap::hanging(&first, &escape::line(&finding.what)),
            // A command stays on one line.
            format!("           {}", escape::line(&finding.next)),
        ]
    });
    lines.collect()
}
