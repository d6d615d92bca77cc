//! What several test crates share.

pub mod conformance;
