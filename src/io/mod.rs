//! The doors: one file per outside thing.

pub mod tls;
