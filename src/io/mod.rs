//! The doors: one file per outside thing.

pub mod archive;
pub mod bundle;
pub mod elasticsearch;
pub mod files;
pub mod github;
pub mod http;
pub mod medium;
pub mod partial;
pub mod state;
pub mod tls;
pub mod trust_store;
pub mod zip;
