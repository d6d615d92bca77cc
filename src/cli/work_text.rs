//! Work on a cluster that goes on, or did not come to its end, as a person reads it.

use crate::flow::lock::AtWork;

/// What there is to tell: `unfinished` is the receipt of work that changed something
/// and is not at its end, `at_work` what holds the lock.
#[must_use]
pub fn describe(unfinished: Option<&str>, at_work: Option<&AtWork>) -> Option<String> {
    match (unfinished, at_work) {
        (_, Some(work)) => Some(format!(
            "{} is at work, receipt {}: wait until that is done, and look again",
            work.holder, work.receipt
        )),
        (Some(receipt), None) => Some(format!(
            "the work of {receipt} did not come to its end; give its command again, or sealift \
             rollback {receipt}"
        )),
        (None, None) => None,
    }
}
