//! Release zips: read without trusting them, written so that the same files give
//! the same bytes.

mod read;
mod time;
mod write;

pub use read::{ZipEntry, ZipLimits, ZipReader};
pub use write::ZipBuilder;
