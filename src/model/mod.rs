//! The nouns: pure values. No file, socket, clock, environment or terminal.

pub mod artifact;
pub mod base64;
pub mod byte_size;
pub mod detector;
pub mod digest;
pub mod entry_name;
pub mod failure;
pub mod gzip;
pub mod java;
pub mod job;
pub mod json_text;
pub mod key;
pub mod key_id;
pub mod label;
pub mod manifest;
pub mod ml_id;
pub mod path;
pub mod release;
pub mod secret;
pub mod signed_list;
pub mod time;
pub mod time_span;
pub mod toml;
pub mod version;
pub mod xcontent;
