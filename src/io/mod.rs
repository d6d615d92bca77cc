//! The doors: one file per outside thing.

pub mod http;
pub mod tls;
