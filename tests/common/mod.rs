//! What several test crates share.

pub(crate) mod conformance;
pub(crate) mod recordings;
