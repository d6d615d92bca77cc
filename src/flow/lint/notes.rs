//! What people noted about the items of filters: what has expired.

use super::subject::Noted;
use crate::model::finding::{Finding, Severity};
use crate::model::time::Timestamp;

/// Items that have expired at `now`.
pub(super) fn review(noted: &Noted, now: Timestamp) -> Vec<Finding> {
    let (severity, why) = if noted.is_packed {
        (
            Severity::Error,
            "a bundle carries the file as it is, so that the item would go on being trusted",
        )
    } else {
        (
            Severity::Warning,
            "it is left out when the filter is put or updated",
        )
    };
    let expired = noted.text.expired(now).into_iter();
    expired
        .map(|(place, item)| {
            let last = item.expires.as_deref().unwrap_or_default();
            let what = format!("the item {:?} expired on {last}", item.item);
            Finding::new(severity, "item/expired", what)
                .at(format!("/items/{place}"))
                .why(why)
                .fix("review it: remove it, or give it a later date")
        })
        .collect()
}
