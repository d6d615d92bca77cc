//! The practice cluster, seen from outside.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    missing_docs,
    unreachable_pub,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod client;
mod cluster;
mod conformance;
mod http;
mod kibana;
mod store;
mod volatile;
