//! The doors: one file per outside thing.

pub mod http;
pub mod files;
pub mod tls;
pub mod zip;
