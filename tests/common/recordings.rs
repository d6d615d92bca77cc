//! The recordings that lie beside the project.

use std::path::PathBuf;

/// A file or folder of the recordings that lie beside the project; `None`, with
/// a note, where they are not at hand.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let full = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")).join(path);
    if full.exists() {
        return Some(full);
    }
    eprintln!("skipped: ../shared/{path} is not at hand");
    None
}
