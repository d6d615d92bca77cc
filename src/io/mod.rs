//! The doors: one file per outside thing.

pub mod files;
pub mod http;
pub mod tls;
pub mod zip;
