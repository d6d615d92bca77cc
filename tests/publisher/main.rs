//! The publisher's side: HTTP, GitHub's API, fetching, fixtures.

#![allow(clippy::unwrap_used)]

mod catalog;
mod http;
