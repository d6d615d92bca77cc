//! The nouns: pure values. No file, socket, clock, environment or terminal.

pub mod artifact;
pub mod base64;
pub mod digest;
pub mod entry_name;
pub mod failure;
pub mod gzip;
pub mod json_text;
pub mod key;
pub mod key_id;
pub mod label;
pub mod manifest;
pub mod path;
pub mod release;
pub mod secret;
pub mod signed_list;
pub mod time;
pub mod toml;
pub mod version;
