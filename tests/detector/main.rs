//! Filters, custom rules, jobs, datafeeds and analytics: what the server says of
//! them, what it forgets, and what sealift makes of both.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::format_push_string
)]

mod accepted;
mod explain;
mod hostile;
mod lifecycle;
mod manage;
mod recall;
mod recording;
mod review;
mod seeds;
mod server;
mod stage;
