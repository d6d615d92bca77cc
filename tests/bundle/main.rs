//! Bundles: keys, the signed list, the archive, trust.

#![allow(clippy::unwrap_used)]

mod differential;
mod endless;
mod fuzzed;
mod keys;
mod kit;
mod policy;
mod roundtrip;
mod trust;
mod vectors;
