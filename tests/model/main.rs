//! The nouns: what each accepts, refuses and writes.

#![allow(clippy::unwrap_used)]

mod names;
mod times;
