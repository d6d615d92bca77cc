//! The practice cluster, seen from outside.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, missing_docs)]

mod http;
