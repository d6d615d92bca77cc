//! The publisher's side: HTTP, GitHub's API, fetching, fixtures.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod catalog;
mod fetching;
mod http;
mod real_shaped;
