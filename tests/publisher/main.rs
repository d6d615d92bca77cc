//! The publisher's side: HTTP, GitHub's API, fetching, fixtures.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::too_many_lines,
    clippy::case_sensitive_file_extension_comparisons
)]

mod catalog;
mod fetching;
mod front_desk;
mod http;
mod migrating;
mod old_rules;
mod publishing;
mod real_shaped;
#[path = "../common/recorded_publisher.rs"]
mod recorded_publisher;
