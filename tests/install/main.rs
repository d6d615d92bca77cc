//! Installing from real bundles into the practice cluster.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

mod cycle;
mod faults;
mod kit;
