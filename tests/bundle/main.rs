//! Bundles: keys, the signed list, the archive, trust.

#![allow(clippy::unwrap_used)]

mod keys;
mod kit;
mod roundtrip;
