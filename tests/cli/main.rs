//! The front desk as a person or a script meets it: the built binary.

#![allow(clippy::unwrap_used)]

mod bundles;
mod help;
mod keys;
mod sandbox;
mod secrets;
mod streams;
mod trust;
