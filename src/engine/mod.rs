//! Offline evaluation: pure functions over values. No I/O, and no clock but the
//! one handed in.

mod civil;
pub mod failure;
pub mod inference;
pub mod ingest;
mod md5;
pub mod painless;
pub mod regex;
mod sha1;
pub mod value;
