//! The doors: one file per outside thing.

pub mod archive;
pub mod bundle;
pub mod cluster;
pub mod elasticsearch;
pub mod files;
pub mod github;
pub mod http;
pub mod keepsake;
pub mod kibana;
pub mod machine;
pub mod medium;
pub mod partial;
pub mod receipts;
pub mod registry;
pub mod release_zip;
pub mod state;
pub mod state_folder;
pub mod tls;
pub mod trust_store;
pub mod volumes;
pub mod zip;
