//! The documentation says what the program does.

#![allow(clippy::unwrap_used)]

mod cli_page;
mod pages;
mod transcript;
